//! Servers on which nobody got in.

use super::{Scenario, at};
use crate::attack::Attack;
use crate::benign::oddity;
use crate::habits::Habits;
use crate::moment::{DAY, HOUR, MINUTE};
use crate::server::Server;
use crate::truth::{ActorKind, Verdict};

pub(super) const CLEAN: Scenario = Scenario {
    name: "clean",
    about: "nothing happened, and every log reaches from before the first known attack to the update",
    verdict: (Verdict::Clean, "C01: proxy logs, admin centre logs, management events and web folders cover the window"),
    host: 0,
    days: (63, 3),
    play: patched,
};

pub(super) const WEEK_MISSING: Scenario = Scenario {
    name: "week-missing",
    about: "as `clean`, but a week of text logs is gone",
    verdict: (Verdict::Inconclusive, "C01: a week of proxy, admin centre and web logs is missing inside the window"),
    host: 0,
    days: (63, 3),
    play: patched,
};

pub(super) const NOISY: Scenario = Scenario {
    name: "noisy",
    about: "harmless things that look alike: checks, updates, administrators, vendors",
    verdict: (Verdict::Inconclusive, "nothing was tried; the logs begin after the first known attack"),
    host: 0,
    days: (3, 8),
    play: noisy,
};

pub(super) const SCANNED: Scenario = Scenario {
    name: "scanned",
    about: "forged requests that reached nothing",
    verdict: (Verdict::Attempted, "R01 without R02 to R04: forged anchors, none answered by 200 or 241"),
    host: 1,
    days: (2, 5),
    play: scanned,
};

pub(super) const PATCHED_IN_TIME: Scenario = Scenario {
    name: "patched-in-time",
    about: "tried after the update was in place",
    verdict: (Verdict::Attempted, "R01 with 404 and 503 after the fixed build"),
    host: 2,
    days: (4, 6),
    play: patched_then_tried,
};

/// The update comes the day after it was published.
fn patched(server: &mut Server, habits: &'static Habits) {
    let day = at(habits, 0, 0, 0).max(crate::moment::Moment::day(2021, 3, 2));
    server.update = Some((server.host.fixed_build(), day.floor(DAY).plus(22 * HOUR)));
}

fn noisy(server: &mut Server, habits: &'static Habits) {
    let (address, agent) = habits.scanner;
    oddity::all(server, at(habits, -2, 0, 0).floor(DAY), address, agent);
}

fn scanned(server: &mut Server, habits: &'static Habits) {
    let paths = ["/autodiscover/autodiscover.xml", "/EWS/Exchange.asmx", "/ecp/proxyLogon.ecp", "/mapi/emsmdb/"];
    for (who, start) in habits.probers.into_iter().zip([at(habits, 1, 2, 40), at(habits, 2, 19, 5)]) {
        let mut attack = Attack::begin(server, who, ActorKind::Prober, start);
        attack.knock();
        for (path, status) in paths.into_iter().zip([500, 401, 403, 500]) {
            attack.fail(path, status);
        }
    }
}

fn patched_then_tried(server: &mut Server, habits: &'static Habits) {
    patched(server, habits);
    let start = at(habits, 4, 5, 11);
    for (number, who) in (0i64..).zip(habits.probers) {
        let mut attack = Attack::begin(server, who, ActorKind::Prober, start.plus(number * 50 * MINUTE));
        for (path, status) in ["/autodiscover/autodiscover.xml", "/ecp/proxyLogon.ecp"].into_iter().zip([503, 404]) {
            attack.fail(path, status);
        }
    }
}

/// Takes a week of text logs out of the middle.
pub(super) fn lose_a_week(server: &mut Server) {
    let middle = server.window.0.plus(30 * DAY);
    server.lose(|path, modified| {
        let is_text_log = path.contains("\\Logging\\") || path.contains("u_ex");
        is_text_log && modified >= middle && modified < middle.plus(7 * DAY)
    });
}
