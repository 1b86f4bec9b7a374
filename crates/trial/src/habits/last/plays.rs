//! How attacks of the last set go up to a page and its use: their order and pace.

use super::super::Habits;
use super::{TERN_ELSEWHERE, house, pages};
use crate::attack::odd_page::OddPage;
use crate::attack::page_use::Processes;
use crate::attack::{Attack, Page};
use crate::format::web::{self, Request};
use crate::format::{page, whole};
use crate::moment::{DAY, HOUR, MINUTE, SECOND};
use crate::scenario::at;
use crate::server::{Encoding, Mark, Server};
use crate::technique::Technique;
use crate::truth::ActorKind;

/// What a server of this set does anyway, from the day before the attack on.
pub(super) fn ordinary(server: &mut Server, habits: &'static Habits, kept: Processes) {
    house::everyday(server, at(habits, -1, 0, 0).floor(DAY), kept);
}

/// A first look by day, two nights of reading, the second from elsewhere.
pub(super) fn mail_read(server: &mut Server, habits: &'static Habits) {
    ordinary(server, habits, Processes::Unknown);
    let mut attack = Attack::begin(server, habits.intruders[0], ActorKind::Intruder, at(habits, 0, 13, 8));
    attack.knock();
    attack.guess(2);
    attack.locate();
    attack.time = at(habits, 0, 23, 41);
    attack.read_mail(86);
    let actor = attack.actor;
    let mut attack = Attack::resume(server, &TERN_ELSEWHERE, actor, at(habits, 3, 0, 26));
    attack.locate();
    attack.read_mail(130);
}

/// One refusal, then the session within seconds; nothing after it.
pub(super) fn session_only(server: &mut Server, habits: &'static Habits) {
    ordinary(server, habits, Processes::Unknown);
    let mut attack = Attack::begin(server, habits.intruders[2], ActorKind::Intruder, at(habits, 0, 3, 19));
    attack.look(&[("/owa/auth/logon.aspx", Some("Owa"), 200)]);
    attack.fail("/autodiscover/autodiscover.xml", 500);
    attack.locate();
    attack.take_session();
}

/// The chain to one page; what it learns goes to a file beside it that is fetched.
pub(super) fn url_page(server: &mut Server, habits: &'static Habits) {
    ordinary(server, habits, Processes::Kept);
    let who = habits.intruders[1];
    let mut attack = Attack::begin(server, who, ActorKind::Intruder, at(habits, 0, 17, 34));
    attack.knock();
    attack.locate();
    attack.take_session();
    for page in who.pages {
        attack.plant_by_url(page, &page::one_line(who.item));
        attack.time = attack.time.plus(9 * MINUTE);
        attack.use_page(page, Processes::Kept);
        result(&mut attack, page, "dump.txt");
        attack.time = at(habits, 3, 18, 2);
        attack.use_page(page, Processes::Kept);
    }
}

/// A file with what commands said, beside a page, and its fetching.
fn result(attack: &mut Attack<'_>, page: &Page, name: &str) {
    let host = attack.server.host;
    let path = format!("{}\\{name}", page.folder(&host));
    let about = format!("{path} holds what commands said");
    let key = attack.server.key(Mark::supporting(Technique::Discovery, attack.actor, about));
    let text = format!(
        "iis apppool\\defaultapppool\r\n\r\nWindows IP Configuration\r\n   Host Name . . . : {}\r\n",
        host.name
    );
    attack.server.text(&path, &text, Encoding::Plain, attack.time, &[]);
    attack.server.tie(&path, key);
    attack.time = attack.time.plus(20 * SECOND);
    let stem = format!("{}/{name}", page.place.url);
    let request = Request {
        time: attack.time,
        client: attack.who.addresses.last().copied().unwrap_or_default(),
        mail_name: host.mail_names.first().copied().unwrap_or_default(),
        stem: &stem,
        agent: attack.who.page_agent,
        sizes: (402, 2_866),
        ..Request::default()
    };
    let about = format!("{stem} is fetched from outside");
    let mark = Mark::supporting(Technique::WebExfiltration, attack.actor, about);
    web::record(attack.server, &request, Some(&mark));
    attack.pause();
}

/// The address book's download writes the page; it is used at once and once more by night.
pub(super) fn address_book_page(server: &mut Server, habits: &'static Habits) {
    ordinary(server, habits, Processes::Unknown);
    let (page, text) = habits.written;
    let mut attack = Attack::begin(server, habits.intruders[0], ActorKind::Intruder, at(habits, 0, 10, 12));
    attack.guess(1);
    attack.locate();
    attack.take_session();
    attack.write_by_address_book(&page, &whole(text));
    attack.time = attack.time.plus(4 * MINUTE);
    attack.use_page(&page, Processes::Unknown);
    attack.time = at(habits, 2, 16, 55);
    attack.use_page(&page, Processes::Unknown);
}

/// The voice service fails twice; each time its worker starts a shell, and the second time it leaves a page
/// that takes files.
pub(super) fn voice(server: &mut Server, habits: &'static Habits) {
    ordinary(server, habits, Processes::Kept);
    let mut attack = Attack::begin(server, habits.intruders[2], ActorKind::Intruder, at(habits, 0, 20, 47));
    attack.deserialise("cmd.exe /c whoami & hostname");
    attack.time = attack.time.plus(26 * MINUTE);
    attack.deserialise(&whole(habits.voice_command));
    let page = Page { place: pages::SIGN_IN, name: "themesCheck.aspx" };
    let (worker, path) = {
        let host = attack.server.host;
        (host.installed("bin\\UMWorkerProcess.exe"), page.path(&host))
    };
    attack.time = attack.time.plus(3 * MINUTE);
    attack.file_written(&worker, &path);
    attack.lay_page(&page, &whole(pages::BY_VOICE), attack.time);
    attack.time = at(habits, 1, 2, 15);
    attack.use_page(&page, Processes::Unknown);
}

/// The second comes first, the third hours later, the first on the third day; others only try.
pub(super) fn three_intruders(server: &mut Server, habits: &'static Habits) {
    ordinary(server, habits, Processes::Unknown);
    let [first, second, third] = habits.intruders;
    for (who, start, rest) in [
        (second, at(habits, 0, 4, 50), 40 * MINUTE),
        (third, at(habits, 0, 11, 21), 5 * DAY),
        (first, at(habits, 2, 6, 9), 3 * HOUR),
    ] {
        let mut attack = Attack::begin(server, who, ActorKind::Intruder, start);
        attack.locate();
        attack.take_session();
        for page in who.pages {
            attack.plant_by_url(page, &page::one_line(who.item));
        }
        attack.time = attack.time.plus(rest);
        for page in who.pages {
            attack.use_page(page, Processes::Unknown);
        }
    }
    for (who, start) in habits.probers.into_iter().zip([at(habits, 0, 8, 2), at(habits, 3, 21, 30)]) {
        let mut attack = Attack::begin(server, who, ActorKind::Prober, start);
        attack.fail("/autodiscover/autodiscover.xml", 503);
        attack.fail("/ecp/proxyLogon.ecp", 500);
    }
}

/// All pages are laid within an hour, by what the log does not tell, and used over the next days.
pub(super) fn odd_code(server: &mut Server, habits: &'static Habits) {
    ordinary(server, habits, Processes::Unknown);
    let mut attack = Attack::begin(server, habits.intruders[0], ActorKind::Intruder, at(habits, 0, 1, 33));
    attack.locate();
    attack.take_session();
    lay(&mut attack, habits.odd_code);
    attack.time = at(habits, 1, 5, 2);
    ask(&mut attack, habits.odd_code, &["GET", "POST", "POST"]);
}

/// The same with pages whose place hides.
pub(super) fn odd_places(server: &mut Server, habits: &'static Habits) {
    ordinary(server, habits, Processes::Unknown);
    let mut attack = Attack::begin(server, habits.intruders[2], ActorKind::Intruder, at(habits, 0, 9, 58));
    attack.locate();
    attack.take_session();
    lay(&mut attack, habits.odd_places);
    attack.time = at(habits, 0, 22, 10);
    ask(&mut attack, habits.odd_places, &["GET", "POST"]);
    attack.time = at(habits, 4, 3, 44);
    ask(&mut attack, habits.odd_places, &["POST"]);
}

fn lay(attack: &mut Attack<'_>, all: &[OddPage]) {
    for odd in all {
        attack.hide(odd);
        attack.time = attack.time.plus(5 * MINUTE);
    }
}

fn ask(attack: &mut Attack<'_>, all: &[OddPage], methods: &[&str]) {
    attack.ask_for_each(all, |_| true, methods, (9, 95));
}
