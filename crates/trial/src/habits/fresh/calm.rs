//! The fresh set where nobody gets in: those who only try, and a house at work whose doings look alike.

mod desk;
mod house;

use super::super::Habits;
use super::ROOK_ELSEWHERE;
use crate::attack::Attack;
use crate::format::web::{self, Request};
use crate::moment::{DAY, HOUR, MINUTE, Moment, SECOND};
use crate::scenario::at;
use crate::server::{Key, Mark, Server};
use crate::technique::Technique;
use crate::truth::ActorKind;

/// A module of a product that many put before their mail server.
pub(super) const ROUTER: (&str, &str, Option<Key>) =
    ("ApplicationRequestRouting", "%ProgramFiles%\\IIS\\Application Request Routing\\requestRouter.dll", None);

/// Everything harmless, spread over the days.
pub(super) fn noisy(server: &mut Server, habits: &'static Habits) {
    let from = at(habits, -2, 0, 0).floor(DAY);
    let (address, agent) = habits.scanner;
    census(server, from.plus(11 * HOUR), address, agent);
    vulnerability_scan(server, from.plus(3 * DAY + 17 * HOUR));
    house::all(server, from);
    desk::all(server, from);
}

/// A census of the internet: one look each day.
fn census(server: &mut Server, from: Moment, address: &str, agent: &str) {
    let actor = server.actor(ActorKind::Scanner, &[address]);
    let mark = Mark::context(Technique::Scan, actor, "a census of the internet looks at the front page");
    for day in 0..4 {
        for (number, (stem, status)) in (0i64..).zip([("/", 302), ("/owa/", 302), ("/favicon.ico", 404)]) {
            let request = Request {
                time: from.plus(day * DAY + number * 800),
                client: address,
                mail_name: server.host.address,
                stem,
                agent,
                status,
                ..Request::default()
            };
            web::record(server, &request, Some(&mark));
        }
    }
}

/// The house's own vulnerability scanner, from inside: pages that are not there, and the harmless form of the check.
fn vulnerability_scan(server: &mut Server, at: Moment) {
    let address = "10.20.9.30";
    let agent = "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0) Nessus SOAP v0.0.1";
    let actor = server.actor(ActorKind::Scanner, &[address]);
    let mark = Mark::context(Technique::Scan, actor, "the house's vulnerability scanner");
    let stems = [
        "/aspnet_client/shell.aspx",
        "/owa/auth/OutlookEN.aspx",
        "/owa/auth/8Lw7tAhF9i1pJnRo.aspx",
        "/ecp/auth/Err0r.aspx",
        "/cmd.aspx",
        "/trace.axd",
        "/elmah.axd",
        "/web.config",
        "/global.asax",
        "/CFIDE/administrator/index.cfm",
        "/_vti_bin/owssvr.dll",
    ];
    for (number, stem) in (0i64..).zip(stems) {
        let request = Request {
            time: at.plus(number * 310),
            client: address,
            mail_name: server.host.address,
            stem,
            agent,
            status: if stem.ends_with(".axd") || stem.ends_with("config") { 403 } else { 404 },
            ..Request::default()
        };
        web::record(server, &request, Some(&mark));
    }
    let check = Request {
        time: at.plus(4 * MINUTE),
        client: address,
        mail_name: server.host.address,
        protocol: Some("Owa"),
        stem: "/owa/auth/x.js",
        agent,
        anchor: "ServerInfo~localhost/ecp/default.flt?#",
        hint: "X-AnonResource-Backend-Cookie",
        status: 500,
        back_status: Some(500),
        errors: server.host.tongue.choose(
            "System.Net.WebException: The remote name could not be resolved: 'localhost~1941962753'",
            "System.Net.WebException: リモート名を解決できませんでした。: 'localhost~1941962753'",
        ),
        ..Request::default()
    };
    web::record(server, &check, Some(&mark));
}

/// One is quick and tries everything once; the other takes two days and two addresses.
pub(super) fn scanned(server: &mut Server, habits: &'static Habits) {
    let [quick, slow] = habits.probers;
    let mut attack = Attack::begin(server, quick, ActorKind::Prober, at(habits, 0, 4, 30));
    attack.look(&[
        ("/owa/auth/errorFE.aspx", Some("Owa"), 200),
        ("/ecp/", Some("Ecp"), 302),
        ("/mapi/nspi/", Some("Mapi"), 401),
    ]);
    for (path, status) in [
        ("/EWS/Exchange.asmx", 401),
        ("/autodiscover/autodiscover.xml", 401),
        ("/mapi/emsmdb/", 403),
        ("/ecp/proxyLogon.ecp", 500),
        ("/PowerShell/", 404),
    ] {
        attack.fail(path, status);
    }
    attack.by_cookie("/EWS/Exchange.asmx", 1, 500);
    let mut attack = Attack::begin(server, slow, ActorKind::Prober, at(habits, 1, 1, 12));
    attack.look(&[("/owa/auth/logon.aspx", Some("Owa"), 200)]);
    for _ in 0..3 {
        attack.fail("/autodiscover/autodiscover.xml", 500);
        attack.time = attack.time.plus(9 * HOUR + 13 * SECOND);
    }
    let (actor, time) = (attack.actor, attack.time);
    Attack::resume(server, &ROOK_ELSEWHERE, actor, time).fail("/EWS/Exchange.asmx", 401);
}

/// The update was in place; the tries meet closed doors.
pub(super) fn patched_in_time(server: &mut Server, habits: &'static Habits) {
    server.update = Some((server.host.fixed_build(), at(habits, 0, 15, 40)));
    for (who, start) in habits.probers.into_iter().zip([at(habits, 2, 7, 19), at(habits, 5, 12, 58)]) {
        let mut attack = Attack::begin(server, who, ActorKind::Prober, start);
        for (path, status) in [("/EWS/Exchange.asmx", 404), ("/mapi/emsmdb/", 503), ("/ecp/proxyLogon.ecp", 503)] {
            attack.fail(path, status);
        }
    }
}
