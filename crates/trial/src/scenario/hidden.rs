//! Servers whose intruders hid what they left.

use super::{Scenario, at};
use crate::attack::Attack;
use crate::attack::odd_page::OddPage;
use crate::attack::page_use::Processes;
use crate::event::make::Process;
use crate::format::{page, web, whole};
use crate::habits::Habits;
use crate::moment::{DAY, HOUR, SECOND};
use crate::server::{Mark, Server};
use crate::technique::Technique;
use crate::truth::{ActorKind, Verdict};

pub(super) const ODD_CODE: Scenario = Scenario {
    name: "odd-code",
    about: "pages whose text hides what it does",
    verdict: (Verdict::Compromised, "R11 to R13: foreign pages in web folders, and requests for them"),
    host: 2,
    days: (3, 6),
    play: odd_code,
};

pub(super) const ODD_PLACES: Scenario = Scenario {
    name: "odd-places",
    about: "pages whose place, kind or date hides them",
    verdict: (Verdict::Compromised, "R11, R12: foreign pages and handlers in web folders, and requests for them"),
    host: 0,
    days: (3, 6),
    play: odd_places,
};

pub(super) const LOST_LOGS: Scenario = Scenario {
    name: "lost-logs",
    about: "page and telling logs were deleted; the web server's rows, processes and compiled pages remain",
    verdict: (Verdict::Compromised, "R14 and R16; requests for a page that later is not there (R11)"),
    host: 0,
    days: (3, 7),
    play: lost_logs,
};

fn odd_code(server: &mut Server, habits: &'static Habits) {
    hide_and_use(server, habits, habits.odd_code);
}

fn odd_places(server: &mut Server, habits: &'static Habits) {
    hide_and_use(server, habits, habits.odd_places);
}

fn hide_and_use(server: &mut Server, habits: &'static Habits, pages: &[OddPage]) {
    let mut attack = Attack::begin(server, habits.intruders[1], ActorKind::Intruder, at(habits, 0, 13, 26));
    attack.locate();
    attack.take_session();
    for odd in pages {
        attack.hide(odd);
        let is_asked_for = [".aspx", ".ashx", ".asmx"].iter().any(|end| odd.page.name.ends_with(end));
        if is_asked_for {
            let about = format!("requests for the planted page {}", odd.page.name);
            let mark = Mark::must(Technique::ShellUse, attack.actor, about);
            let keys = web::keys(attack.server, &mark, odd.page.place.protocol.is_some());
            for _ in 0..3 {
                attack.ask(&odd.page, "POST", 200, keys);
                attack.time = attack.time.plus(61 * SECOND);
            }
        }
    }
}

fn lost_logs(server: &mut Server, habits: &'static Habits) {
    let who = habits.intruders[0];
    let mut attack = Attack::begin(server, who, ActorKind::Intruder, at(habits, 0, 5, 33));
    attack.locate();
    attack.take_session();
    for page in who.pages.iter().take(1) {
        attack.plant_by_url(page, &page::one_line(who.item));
        attack.use_page(page, Processes::Kept);
        for command in habits.deletion {
            let command = whole(command);
            let process = Process {
                parent: "C:\\Windows\\System32\\inetsrv\\w3wp.exe",
                parent_command: "c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"MSExchangeOWAAppPool\"",
                image: "C:\\Windows\\System32\\cmd.exe",
                command: &command,
                user: "NT AUTHORITY\\SYSTEM",
            };
            let mark = Mark::must(Technique::LogDeletion, attack.actor, format!("runs: {command}"));
            attack.process(&process, &mark);
            attack.time = attack.time.plus(20 * SECOND);
        }
        attack.time = at(habits, 3, 10, 0);
        attack.miss_page(page, 6);
    }
    let paths: Vec<String> = who.pages.iter().map(|page| page.path(&server.host)).collect();
    server.lose(|path, _| paths.iter().any(|page| page == path));
}

/// What the intruder deleted: the first days of the admin centre's logs, of its proxy's, and the management events.
pub(super) fn lose_logs(server: &mut Server) {
    let until = server.window.0.plus(3 * DAY + 12 * HOUR);
    server.lose(|path, modified| {
        let is_telling =
            ["\\HttpProxy\\Ecp\\", "\\HttpProxy\\Owa\\", "\\ECP\\Server\\"].iter().any(|part| path.contains(part));
        (is_telling && modified < until) || path.ends_with("\\MSExchange Management.evtx")
    });
}
