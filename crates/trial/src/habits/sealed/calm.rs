//! The sealed set where nobody gets in: quiet weeks, a busy one, and those who only try.

use super::super::Habits;
use super::{plays, staff, works};
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
    let update = at(habits, 0, 21, 20);
    for week in [-9, -5, -2] {
        works::days(server, at(habits, week * 7, 0, 0).floor(DAY), 5);
    }
    staff::week(server, at(habits, -30, 0, 0).floor(DAY));
    installer(server, update);
}

/// Everything harmless, spread over the days.
pub(super) fn noisy(server: &mut Server, habits: &'static Habits) {
    server.process_logs = ProcessLogs::Both;
    let from = at(habits, -3, 0, 0).floor(DAY);
    let (address, agent) = habits.scanner;
    passers_by(server, from.plus(13 * HOUR), address, agent);
    works::days(server, from, 8);
    staff::week(server, from.plus(DAY));
    let update = from.plus(7 * DAY + 20 * HOUR);
    installer(server, update);
    staff::after_the_news(server, update.plus(11 * HOUR));
}

/// The update, by hand from a prompt: the installer's events, and pages that it writes.
fn installer(server: &mut Server, time: Moment) {
    let host = server.host;
    server.update = Some((host.fixed_build(), time));
    let name = format!("Security Update for {} (KB5000871)", host.product);
    for (minutes, id, items) in [
        (-14, 1040, ["D:\\Ops\\KB5000871-x64-en.msp", "11208", "(NULL)", "(NULL)", "(NULL)"]),
        (0, 1022, ["Microsoft Exchange Server", &name, "(NULL)", "(NULL)", "(NULL)"]),
        (1, 1042, ["D:\\Ops\\KB5000871-x64-en.msp", "11208", "(NULL)", "(NULL)", "(NULL)"]),
    ] {
        server.event(make::application(&host, time.plus(minutes * MINUTE), "MsiInstaller", id, 4, &items), None);
    }
    for name in ["expiredpassword.aspx", "frowny.aspx", "logoff.aspx", "OutlookCN.aspx"] {
        let target = host.installed(&format!("FrontEnd\\HttpProxy\\owa\\auth\\{name}"));
        process::written(server, time, "C:\\Windows\\System32\\msiexec.exe", &target, None);
    }
    for (minutes, state) in [(-12, "stopped"), (2, "running")] {
        for service in ["Microsoft Exchange Mailbox Replication", "IIS Admin Service"] {
            server.event(make::service_state(&host, time.plus(minutes * MINUTE), service, state), None);
        }
    }
}

/// A survey of the internet, and somebody who looks for what others left.
fn passers_by(server: &mut Server, from: Moment, address: &'static str, agent: &'static str) {
    let survey = server.actor(ActorKind::Scanner, &[address]);
    let mark = Mark::context(Technique::Scan, survey, "a survey of the internet looks at the front page");
    for (number, (stem, status)) in
        (0i64..).zip([("/", 302), ("/owa/auth/logon.aspx", 200), ("/.well-known/security.txt", 404)])
    {
        knock(server, from.plus(number * 3_300), (address, agent), (stem, status), &mark);
    }
    let other = "203.0.113.229";
    let actor = server.actor(ActorKind::Scanner, &[other]);
    let mark = Mark::context(Technique::Scan, actor, "looks for pages of others that are not there");
    let stems = [
        "/aspnet_client/shellex.aspx",
        "/aspnet_client/HttpProxy.aspx",
        "/aspnet_client/Server.aspx",
        "/owa/auth/ahihi.aspx",
        "/owa/auth/OutlookEN.US.aspx",
        "/aspnet_client/login.aspx",
    ];
    for (number, stem) in (0i64..).zip(stems) {
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:60.0) Gecko/20100101 Firefox/60.0";
        knock(server, from.plus(2 * DAY + number * 410), (other, agent), (stem, 404), &mark);
    }
}

fn knock(server: &mut Server, time: Moment, (client, agent): (&str, &str), (stem, status): (&str, u16), mark: &Mark) {
    let mail_name = server.host.address;
    web::record(server, &Request { time, client, mail_name, stem, agent, status, ..Request::default() }, Some(mark));
}

/// One goes through five paths at once, the other tries one path on three days.
pub(super) fn scanned(server: &mut Server, habits: &'static Habits) {
    works::ordinary(server, habits, ProcessLogs::Neither);
    let [first, second] = habits.probers;
    let mut attack = Attack::begin(server, first, ActorKind::Prober, at(habits, 0, 17, 22));
    for (path, status) in [
        ("/autodiscover/autodiscover.xml", 500),
        ("/EWS/Exchange.asmx", 401),
        ("/mapi/emsmdb/", 503),
        ("/ecp/proxyLogon.ecp", 403),
        ("/ecp/DDI/DDIService.svc/GetList", 403),
    ] {
        attack.fail(path, status);
    }
    let mut attack = Attack::begin(server, second, ActorKind::Prober, at(habits, 1, 8, 0));
    attack.knock();
    for day in 1..4 {
        attack.time = at(habits, day, 8 + day, 5);
        attack.by_cookie("/EWS/Exchange.asmx", 1, 401);
        attack.fail("/autodiscover/autodiscover.xml", 500);
    }
}

/// The update was in place when they came.
pub(super) fn patched_in_time(server: &mut Server, habits: &'static Habits) {
    let update = at(habits, -2, 19, 45);
    server.process_logs = ProcessLogs::Sysmon;
    installer(server, update);
    works::ordinary(server, habits, ProcessLogs::Sysmon);
    for (who, start) in habits.probers.into_iter().zip([at(habits, 0, 22, 31), at(habits, 3, 5, 54)]) {
        let mut attack = Attack::begin(server, who, ActorKind::Prober, start);
        attack.fail("/autodiscover/autodiscover.xml", 503);
        attack.time = attack.time.plus(6 * HOUR);
        attack.fail("/mapi/emsmdb/", 503);
        attack.fail("/ecp/proxyLogon.ecp", 404);
    }
}
