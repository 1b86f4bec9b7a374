//! The unseen set where nobody gets in: quiet weeks, a busy one, and those who only try.

use super::super::Habits;
use super::{bureau, estate, plays};
use crate::attack::Attack;
use crate::event::make;
use crate::format::process::{self, ProcessLogs};
use crate::format::web::{self, Request};
use crate::moment::{DAY, HOUR, MINUTE, Moment};
use crate::scenario::at;
use crate::server::{Mark, Server};
use crate::technique::Technique;
use crate::truth::ActorKind;

/// Nothing happened; the update comes at the end.
pub(super) fn weeks(server: &mut Server, habits: &'static Habits) {
    server.process_logs = plays::BLIND;
    for week in [-8, -4, -1] {
        estate::days(server, at(habits, week * 7, 0, 0).floor(DAY), 6);
    }
    bureau::week(server, at(habits, -22, 0, 0).floor(DAY));
    installer(server, at(habits, 2, 19, 50));
}

/// Everything harmless, spread over the days.
pub(super) fn noisy(server: &mut Server, habits: &'static Habits) {
    server.process_logs = ProcessLogs::Both;
    let from = at(habits, -3, 0, 0).floor(DAY);
    let (address, agent) = habits.scanner;
    passers_by(server, from.plus(15 * HOUR), address, agent);
    estate::days(server, from, 10);
    bureau::week(server, from.plus(DAY));
    let update = from.plus(7 * DAY + 19 * HOUR);
    installer(server, update);
    bureau::after_the_news(server, update.plus(13 * HOUR));
}

/// The update by the vendor's own installer, started by the house's deployment; it writes pages and restarts services.
fn installer(server: &mut Server, time: Moment) {
    let host = server.host;
    server.update = Some((host.fixed_build(), time));
    let name = format!("Security Update for {} (KB5000871)", host.product);
    for (minutes, id, items) in [
        (-21, 1040, ["C:\\Windows\\Temp\\KB5000871-x64-de.msp", "9912", "(NULL)", "(NULL)", "(NULL)"]),
        (0, 1036, [name.as_str(), "15.1.0.0", "1031", "Microsoft Corporation", "0"]),
        (1, 1042, ["C:\\Windows\\Temp\\KB5000871-x64-de.msp", "9912", "(NULL)", "(NULL)", "(NULL)"]),
    ] {
        server.event(make::application(&host, time.plus(minutes * MINUTE), "MsiInstaller", id, 4, &items), None);
    }
    for name in ["errorFE.aspx", "logon.aspx", "signout.aspx", "SvmFeedback.aspx"] {
        let target = host.installed(&format!("FrontEnd\\HttpProxy\\owa\\auth\\{name}"));
        process::written(server, time.plus(-MINUTE), "C:\\Windows\\System32\\msiexec.exe", &target, None);
    }
    for (minutes, state) in [(-19, "stopped"), (3, "running")] {
        for service in ["Microsoft Exchange Information Store", "World Wide Web Publishing Service"] {
            server.event(make::service_state(&host, time.plus(minutes * MINUTE), service, state), None);
        }
    }
}

/// A survey of the internet; somebody who looks for what others left; and the vendor's check, which names itself a server.
fn passers_by(server: &mut Server, from: Moment, address: &'static str, agent: &'static str) {
    let survey = server.actor(ActorKind::Scanner, &[address]);
    let mark = Mark::context(Technique::Scan, survey, "a survey of the internet looks at the front page");
    for (number, (stem, status)) in
        (0i64..).zip([("/", 302), ("/owa/auth/logon.aspx", 200), ("/owa/service-worker.js", 404)])
    {
        knock(server, from.plus(number * 2_700), (address, agent), (stem, status), &mark);
    }
    let other = "203.0.113.38";
    let actor = server.actor(ActorKind::Scanner, &[other]);
    let mark = Mark::context(Technique::Scan, actor, "looks for pages of others that are not there");
    let stems = [
        "/aspnet_client/iispage.aspx",
        "/aspnet_client/s.aspx",
        "/aspnet_client/xclkmcfldfi948398430fdjkfdkj.aspx",
        "/owa/auth/8Lw7tAhF9i1pJnRo.aspx",
        "/owa/auth/web.aspx",
        "/owa/auth/one.aspx",
    ];
    for (number, stem) in (0i64..).zip(stems) {
        let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0.4240.198 Safari/537.36";
        knock(server, from.plus(3 * DAY + number * 520), (other, agent), (stem, 404), &mark);
    }
}

fn knock(server: &mut Server, time: Moment, (client, agent): (&str, &str), (stem, status): (&str, u16), mark: &Mark) {
    let mail_name = server.host.address;
    web::record(server, &Request { time, client, mail_name, stem, agent, status, ..Request::default() }, Some(mark));
}

/// One tries every path at once, the other one path each night, by the cookie and by the route.
pub(super) fn scanned(server: &mut Server, habits: &'static Habits) {
    estate::ordinary(server, habits, ProcessLogs::Neither);
    let [first, second] = habits.probers;
    let mut attack = Attack::begin(server, first, ActorKind::Prober, at(habits, 1, 4, 44));
    attack.look(&[("/owa/auth/logon.aspx", Some("Owa"), 200)]);
    for (path, status) in [
        ("/autodiscover/autodiscover.xml", 500),
        ("/EWS/Exchange.asmx", 401),
        ("/ecp/proxyLogon.ecp", 403),
        ("/mapi/nspi/", 500),
    ] {
        attack.fail(path, status);
    }
    let mut attack = Attack::begin(server, second, ActorKind::Prober, at(habits, 1, 22, 30));
    for day in 1..5 {
        attack.time = at(habits, day, 22, 30);
        attack.by_cookie("/autodiscover/autodiscover.xml", 1, 401);
        attack.fail("/ecp/proxyLogon.ecp", 403);
    }
}

/// The update was in place when they came, days later and by night.
pub(super) fn patched_in_time(server: &mut Server, habits: &'static Habits) {
    estate::ordinary(server, habits, ProcessLogs::Sysmon);
    installer(server, at(habits, 2, 21, 10));
    for (who, start) in habits.probers.into_iter().zip([at(habits, 4, 1, 33), at(habits, 6, 23, 12)]) {
        let mut attack = Attack::begin(server, who, ActorKind::Prober, start);
        attack.knock();
        for (path, status) in
            [("/autodiscover/autodiscover.xml", 503), ("/EWS/Exchange.asmx", 503), ("/ecp/proxyLogon.ecp", 404)]
        {
            attack.fail(path, status);
        }
    }
}
