//! The last set where nobody gets in: quiet weeks, a busy one, and those who only try.

use super::super::Habits;
use super::plays::ordinary;
use super::{house, office};
use crate::attack::Attack;
use crate::attack::page_use::Processes;
use crate::format::web::{self, Request};
use crate::moment::{DAY, HOUR, MINUTE, Moment};
use crate::scenario::at;
use crate::server::{Mark, Server};
use crate::technique::Technique;
use crate::truth::ActorKind;

/// Nothing happened; the update comes at the end.
pub(super) fn quiet(server: &mut Server, habits: &'static Habits) {
    let update = at(habits, 0, 22, 0);
    server.update = Some((server.host.fixed_build(), update));
    for week in [-8, -4, -1] {
        house::everyday(server, at(habits, week * 7, 0, 0).floor(DAY), Processes::Kept);
    }
    office::upkeep(server, at(habits, -20, 0, 0).floor(DAY));
    house::installer(server, update);
}

/// Everything harmless, spread over the days.
pub(super) fn noisy(server: &mut Server, habits: &'static Habits) {
    let from = at(habits, -2, 0, 0).floor(DAY);
    let (address, agent) = habits.scanner;
    survey(server, from.plus(9 * HOUR), address, agent);
    scavenger(server, from.plus(3 * DAY + 2 * HOUR));
    let update = from.plus(4 * DAY + 19 * HOUR);
    server.update = Some((server.host.fixed_build(), update));
    house::everyday(server, from, Processes::Kept);
    office::upkeep(server, from);
    house::installer(server, update);
    office::after_the_news(server, update.plus(14 * HOUR));
}

/// A survey of the internet: the front page, its picture and the rules for robots.
fn survey(server: &mut Server, from: Moment, address: &str, agent: &str) {
    let actor = server.actor(ActorKind::Scanner, &[address]);
    let mark = Mark::context(Technique::Scan, actor, "a survey of the internet looks at the front page");
    for (number, (stem, status)) in
        (0i64..).zip([("/robots.txt", 404), ("/", 302), ("/owa/auth/15.1.2106/themes/resources/favicon.ico", 200)])
    {
        knock(server, from.plus(number * 2_100), address, agent, (stem, status), &mark);
    }
}

/// Somebody looks for pages that others may have left.
fn scavenger(server: &mut Server, from: Moment) {
    let address = "203.0.113.212";
    let actor = server.actor(ActorKind::Scanner, &[address]);
    let mark = Mark::context(Technique::Scan, actor, "looks for pages of others that are not there");
    let stems = [
        "/aspnet_client/aspnet_www.aspx",
        "/aspnet_client/iispage.aspx",
        "/aspnet_client/xx.aspx",
        "/aspnet_client/system_web/logfe.aspx",
        "/aspnet_client/errorcheck.aspx",
        "/aspnet_client/multiup.aspx",
        "/aspnet_client/t.aspx",
    ];
    for (number, stem) in (0i64..).zip(stems) {
        let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/87.0.4280.88 Safari/537.36";
        knock(server, from.plus(number * 640), address, agent, (stem, 404), &mark);
    }
}

fn knock(server: &mut Server, time: Moment, client: &str, agent: &str, (stem, status): (&str, u16), mark: &Mark) {
    let mail_name = server.host.address;
    let request = Request { time, client, mail_name, stem, agent, status, ..Request::default() };
    web::record(server, &request, Some(mark));
}

/// Both try each path once; the second comes back after two days.
pub(super) fn scanned(server: &mut Server, habits: &'static Habits) {
    ordinary(server, habits, Processes::Unknown);
    let [first, second] = habits.probers;
    let mut attack = Attack::begin(server, first, ActorKind::Prober, at(habits, 0, 14, 51));
    attack.knock();
    for (path, status) in [("/autodiscover/autodiscover.xml", 500), ("/mapi/emsmdb/", 500), ("/EWS/Exchange.asmx", 401)]
    {
        attack.fail(path, status);
    }
    let mut attack = Attack::begin(server, second, ActorKind::Prober, at(habits, 1, 6, 17));
    attack.fail("/ecp/proxyLogon.ecp", 403);
    attack.fail("/autodiscover/autodiscover.xml", 503);
    attack.time = at(habits, 3, 6, 20);
    attack.fail("/autodiscover/autodiscover.xml", 500);
    attack.fail("/ecp/default.aspx", 403);
}

/// The update was in place when they came.
pub(super) fn patched_in_time(server: &mut Server, habits: &'static Habits) {
    let update = at(habits, -1, 20, 15);
    server.update = Some((server.host.fixed_build(), update));
    house::installer(server, update);
    ordinary(server, habits, Processes::Unknown);
    for (who, start) in habits.probers.into_iter().zip([at(habits, 1, 4, 8), at(habits, 4, 19, 46)]) {
        let mut attack = Attack::begin(server, who, ActorKind::Prober, start);
        attack.look(&[("/owa/auth/logon.aspx", Some("Owa"), 200)]);
        for (path, status) in [("/autodiscover/autodiscover.xml", 503), ("/EWS/Exchange.asmx", 503)] {
            attack.fail(path, status);
        }
        attack.time = attack.time.plus(30 * MINUTE);
        attack.fail("/ecp/proxyLogon.ecp", 404);
    }
}
