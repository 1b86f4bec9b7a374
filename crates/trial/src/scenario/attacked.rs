//! Servers that were entered, with all their logs.

use super::{Scenario, at};
use crate::attack::Attack;
use crate::attack::page_use::Processes;
use crate::format::{page, whole};
use crate::habits::Habits;
use crate::moment::{DAY, HOUR, MINUTE};
use crate::server::Server;
use crate::truth::{ActorKind, Verdict};

pub(super) const MAIL_READ: Scenario = Scenario {
    name: "mail-read",
    about: "mail is read by forged requests; no page, no session",
    verdict: (Verdict::Exploited, "R02, R19: forged anchors for the web services, answered by 200"),
    host: 0,
    days: (3, 5),
    play: mail_read,
};

pub(super) const SESSION_ONLY: Scenario = Scenario {
    name: "session-only",
    about: "an administrator's session is set up and then not used",
    verdict: (Verdict::Exploited, "R03: 241 for the session"),
    host: 1,
    days: (3, 4),
    play: session_only,
};

pub(super) const URL_PAGE: Scenario = Scenario {
    name: "url-page",
    about: "the whole chain to a page by a directory's address, and its use",
    verdict: (Verdict::Compromised, "R04, R05, R06, R11, R13"),
    host: 2,
    days: (3, 6),
    play: url_page,
};

pub(super) const ADDRESS_BOOK_PAGE: Scenario = Scenario {
    name: "address-book-page",
    about: "a page is written by the address book's download",
    verdict: (Verdict::Compromised, "R07 outside the product's folder, and the page is there and used (R11, R12)"),
    host: 1,
    days: (3, 5),
    play: address_book_page,
};

pub(super) const VOICE: Scenario = Scenario {
    name: "voice",
    about: "the voice service fails on a type and starts a shell",
    verdict: (Verdict::Compromised, "R08 with a child process, R16"),
    host: 2,
    days: (3, 4),
    play: voice,
};

pub(super) const AFTERMATH: Scenario = Scenario {
    name: "aftermath",
    about: "after the page: credentials, archives, tasks, services, accounts, exports, a module, cleaned logs",
    verdict: (Verdict::Compromised, "R04 to R06, R16 to R18"),
    host: 0,
    days: (3, 8),
    play: aftermath,
};

pub(super) const RANSOM: Scenario = Scenario {
    name: "ransom",
    about: "a page, and ransom a week later",
    verdict: (Verdict::Compromised, "a page in a web folder, a ransom's service and notes"),
    host: 1,
    days: (2, 10),
    play: ransom,
};

pub(super) const THREE_INTRUDERS: Scenario = Scenario {
    name: "three-intruders",
    about: "three intruders on one server within days, and others who only try",
    verdict: (Verdict::Compromised, "R04 to R06 by three addresses"),
    host: 0,
    days: (3, 7),
    play: three_intruders,
};

fn mail_read(server: &mut Server, habits: &'static Habits) {
    let mut attack = Attack::begin(server, habits.intruders[0], ActorKind::Intruder, at(habits, 0, 2, 31));
    attack.knock();
    attack.locate();
    attack.read_mail(140);
    attack.time = at(habits, 2, 3, 2);
    attack.read_mail(60);
}

fn session_only(server: &mut Server, habits: &'static Habits) {
    let mut attack = Attack::begin(server, habits.intruders[2], ActorKind::Intruder, at(habits, 1, 14, 9));
    attack.locate();
    attack.take_session();
}

/// The chain to an intruder's first page; the attack, to go on with.
fn enter<'a>(
    server: &'a mut Server,
    who: &'static crate::attack::Intruder,
    start: crate::moment::Moment,
) -> Attack<'a> {
    let mut attack = Attack::begin(server, who, ActorKind::Intruder, start);
    attack.locate();
    attack.take_session();
    if let Some(first) = who.pages.first() {
        attack.plant_by_url(first, &page::one_line(who.item));
    }
    attack
}

fn url_page(server: &mut Server, habits: &'static Habits) {
    let who = habits.intruders[1];
    let mut attack = enter(server, who, at(habits, 0, 6, 49));
    if let Some(first) = who.pages.first() {
        attack.time = attack.time.plus(2 * MINUTE);
        attack.use_page(first, Processes::Unknown);
        attack.time = at(habits, 2, 11, 40);
        attack.use_page(first, Processes::Unknown);
    }
}

fn address_book_page(server: &mut Server, habits: &'static Habits) {
    let (page, text) = habits.written;
    let mut attack = Attack::begin(server, habits.intruders[0], ActorKind::Intruder, at(habits, 0, 22, 41));
    attack.locate();
    attack.take_session();
    attack.write_by_address_book(&page, &whole(text));
    attack.use_page(&page, Processes::Unknown);
}

fn voice(server: &mut Server, habits: &'static Habits) {
    let mut attack = Attack::begin(server, habits.intruders[2], ActorKind::Intruder, at(habits, 0, 8, 15));
    attack.deserialise(habits.voice_command);
    attack.time = attack.time.plus(40 * MINUTE);
    attack.deserialise("cmd.exe /c hostname");
}

fn aftermath(server: &mut Server, habits: &'static Habits) {
    let who = habits.intruders[0];
    let after = habits.aftermath;
    let mut attack = enter(server, who, at(habits, 0, 4, 12));
    for page in who.pages.iter().take(1) {
        attack.use_page(page, Processes::Kept);
    }
    for page in who.pages.iter().skip(1) {
        attack.plant_by_url(page, &page::one_line(who.item));
        attack.use_page(page, Processes::Kept);
    }
    attack.clear_security_log();
    attack.time = at(habits, 1, 1, 20);
    attack.exclude(after.exclusion);
    attack.deeds(after.deeds);
    attack.leave(after.left);
    attack.fetch(after.fetched);
    attack.time = at(habits, 2, 3, 3);
    attack.persist(after);
    attack.account(after.account);
    attack.scripts(after.scripts);
    attack.manage(after.management);
    attack.time = at(habits, 3, 0, 44);
    attack.module(after.module);
    attack.typed(after.typed);
    attack.redirect(after.hosts);
    attack.time = at(habits, 5, 12, 0);
    for page in who.pages.iter().take(1) {
        attack.detected(after.threat, page);
    }
}

fn ransom(server: &mut Server, habits: &'static Habits) {
    let who = habits.intruders[2];
    let mut attack = enter(server, who, at(habits, 0, 15, 30));
    for page in who.pages {
        attack.use_page(page, Processes::Kept);
    }
    attack.time = at(habits, 8, 2, 6);
    attack.ransom(&habits.aftermath.ransom);
}

fn three_intruders(server: &mut Server, habits: &'static Habits) {
    for (number, who) in (0i64..).zip(habits.intruders) {
        let start = at(habits, number * 2, 3 + number * 5, 7);
        let mut attack = enter(server, who, start);
        for page in who.pages.iter().take(1) {
            attack.time = attack.time.plus(number * 3 * HOUR + MINUTE);
            attack.use_page(page, Processes::Unknown);
        }
    }
    for (number, who) in (0i64..).zip(habits.probers) {
        let start = at(habits, 1, 9, 0).plus(number * DAY);
        let mut attack = Attack::begin(server, who, ActorKind::Prober, start);
        attack.fail("/autodiscover/autodiscover.xml", 500);
        attack.fail("/ecp/proxyLogon.ecp", 403);
    }
}
