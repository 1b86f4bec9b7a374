//! How attacks of the sealed set go up to a page and its use, and logs that are gone.

use super::super::Habits;
use super::{MANTIS_ELSEWHERE, pages, works};
use crate::attack::aftermath::Left;
use crate::attack::directory::{ADDRESS_BOOK, ADMIN_CENTRE};
use crate::attack::odd_page::OddPage;
use crate::attack::page_use::Processes;
use crate::attack::shell::Line;
use crate::attack::{Attack, Page};
use crate::event::make::CommandLines;
use crate::format::process::ProcessLogs;
use crate::format::{page, whole};
use crate::moment::{DAY, HOUR, MINUTE, SECOND};
use crate::program::CMD;
use crate::scenario::at;
use crate::server::{Encoding, Mark, Server};
use crate::technique::Technique;
use crate::truth::{ActorKind, Weight};

pub(super) const BLIND: ProcessLogs = ProcessLogs::Audit(CommandLines::LeftOut);

/// How logs are deleted: one folder is made like an empty one, another is overwritten.
pub(super) const DELETE: [Line; 2] = [
    Line {
        technique: Technique::LogDeletion,
        weight: Weight::Must,
        shell: CMD,
        command: "cmd.exe /q /c mkdir C:\\PerfLogs\\nul0 & robo¦copy C:\\PerfLogs\\nul0 \"F:\\Microsoft\\Exchange\\Logging\\HttpProxy\" /MIR /NFL /NDL /NJH",
        programs: &[(
            "C:\\Windows\\System32\\Robocopy.exe",
            "robo¦copy  C:\\PerfLogs\\nul0 \"F:\\Microsoft\\Exchange\\Logging\\HttpProxy\" /MIR /NFL /NDL /NJH",
        )],
    },
    Line {
        technique: Technique::LogDeletion,
        weight: Weight::Must,
        shell: CMD,
        command: "cmd.exe /q /c C:\\PerfLogs\\sd64.exe -accepteula -nobanner -q -s \"F:\\Microsoft\\Exchange\\Logging\\ECP\\Server\"",
        programs: &[(
            "C:\\PerfLogs\\sd64.exe",
            "C:\\PerfLogs\\sd64.exe  -accepteula -nobanner -q -s \"F:\\Microsoft\\Exchange\\Logging\\ECP\\Server\"",
        )],
    },
];

/// The address book and two evenings of mail; the second evening by another cookie, from elsewhere.
pub(super) fn mail_read(server: &mut Server, habits: &'static Habits) {
    works::ordinary(server, habits, ProcessLogs::Neither);
    let mut attack = Attack::begin(server, habits.intruders[0], ActorKind::Intruder, at(habits, 0, 18, 20));
    attack.look(&[("/owa/auth/logon.aspx", Some("Owa"), 200), ("/ecp/", Some("Ecp"), 302)]);
    attack.guess(6);
    attack.locate();
    attack.time = attack.time.plus(HOUR);
    attack.take_address_book();
    attack.read_mail(52);
    let actor = attack.actor;
    let mut attack = Attack::resume(server, &MANTIS_ELSEWHERE, actor, at(habits, 2, 17, 41));
    attack.by_cookie("/EWS/Exchange.asmx", 44, 200);
    attack.time = at(habits, 3, 18, 6);
    attack.read_mail(29);
}

/// Everything within two seconds, and nobody comes back.
pub(super) fn session_only(server: &mut Server, habits: &'static Habits) {
    works::ordinary(server, habits, BLIND);
    let mut attack = Attack::begin(server, habits.intruders[1], ActorKind::Intruder, at(habits, 1, 23, 58));
    attack.locate();
    attack.take_session();
}

/// A page by the address book's download; through it a mailbox is exported to a folder of pictures and fetched.
pub(super) fn address_book_page(server: &mut Server, habits: &'static Habits) {
    works::ordinary(server, habits, ProcessLogs::Neither);
    let (page, text) = habits.written;
    let mut attack = Attack::begin(server, habits.intruders[2], ActorKind::Intruder, at(habits, 0, 7, 37));
    attack.fail("/autodiscover/autodiscover.xml", 500);
    attack.guess(1);
    attack.locate();
    attack.take_session();
    attack.write_by_address_book(&page, &whole(text));
    attack.time = attack.time.plus(52 * MINUTE);
    attack.use_page(&page, Processes::Kept);
    attack.time = at(habits, 1, 2, 24);
    attack.manage(&[(
        Technique::MailboxExport,
        "New-MailboxExportRequest",
        "-Mailbox \"MAILBOX\" -FilePath \"\\\\127.0.0.1\\D$\\Exchange2019\\FrontEnd\\HttpProxy\\owa\\auth\\Current\\themes\\resources\\icp.png\"",
    )]);
    attack.time = attack.time.plus(21 * MINUTE);
    attack.leave(&[Left {
        technique: Technique::MailboxExport,
        path: "D:\\Exchange2019\\FrontEnd\\HttpProxy\\owa\\auth\\Current\\themes\\resources\\icp.png",
        head: b"!BDN\x5a\x1c\x7e\x90SM\x17\0\x13\0\x01\x01",
        size: 34_816,
    }]);
    attack.use_page(&page, Processes::Kept);
    attack.fetch(("/owa/auth/Current/themes/resources/icp.png", Some("Owa")));
}

/// The voice service's worker starts a shell that loads a library from a share of the web, and a second that echoes a page
/// into a folder.
pub(super) fn voice(server: &mut Server, habits: &'static Habits) {
    works::ordinary(server, habits, BLIND);
    let mut attack = Attack::begin(server, habits.intruders[2], ActorKind::Intruder, at(habits, 0, 3, 12));
    let command = whole(habits.voice_command);
    attack.deserialise(&command);
    let loader = command.strip_prefix("cmd.exe /c ").unwrap_or_default().to_owned();
    attack.child(
        (CMD, &command),
        ("C:\\Windows\\System32\\rundll32.exe", &loader),
        (Technique::ShellProcess, Weight::Supporting),
    );
    attack.time = attack.time.plus(74 * MINUTE);
    let page = Page { place: pages::ADMIN_AUTH, name: "umcheck.aspx" };
    let path = page.path(&attack.server.host);
    attack.deserialise(&format!(
        "cmd.exe /c echo {} > \"{path}\"",
        whole(pages::ECHOED).trim_end().replace('<', "^<").replace('>', "^>")
    ));
    attack.lay_page(&page, &whole(pages::ECHOED), attack.time);
    attack.time = attack.time.plus(9 * MINUTE);
    attack.use_page(&page, Processes::Kept);
    attack.time = at(habits, 2, 4, 30);
    attack.use_page(&page, Processes::Kept);
}

/// The worm first, then the spies, then those who want money, who find the worm's page gone.
pub(super) fn three_intruders(server: &mut Server, habits: &'static Habits) {
    works::ordinary(server, habits, ProcessLogs::Sysmon);
    let [spies, worm, money] = habits.intruders;
    for (who, start, directory, rest) in [
        (worm, at(habits, 0, 0, 3), ADDRESS_BOOK, 4 * SECOND),
        (spies, at(habits, 1, 16, 28), ADMIN_CENTRE, 2 * DAY),
        (money, at(habits, 2, 9, 45), ADDRESS_BOOK, 19 * HOUR),
    ] {
        let mut attack = Attack::begin(server, who, ActorKind::Intruder, start);
        attack.locate();
        attack.take_session();
        for page in who.pages {
            attack.plant_by_directory(page, &page::one_line(who.item), &directory);
        }
        attack.time = attack.time.plus(rest);
        for page in who.pages {
            attack.use_page(page, Processes::Kept);
        }
    }
    for (who, start) in habits.probers.into_iter().zip([at(habits, 1, 1, 1), at(habits, 5, 13, 13)]) {
        let mut attack = Attack::begin(server, who, ActorKind::Prober, start);
        attack.fail("/ecp/proxyLogon.ecp", 500);
        attack.fail("/EWS/Exchange.asmx", 401);
    }
}

/// The pages come one each half hour through a morning; a day later each is asked for in turn, again and again.
pub(super) fn odd_code(server: &mut Server, habits: &'static Habits) {
    works::ordinary(server, habits, ProcessLogs::Neither);
    let mut attack = Attack::begin(server, habits.intruders[1], ActorKind::Intruder, at(habits, 0, 5, 15));
    attack.locate();
    attack.take_session();
    for odd in habits.odd_code {
        attack.hide(odd);
        attack.time = attack.time.plus(28 * MINUTE);
    }
    // The sentence that the last of them reads.
    let sentence = whole("cmVzcG9uc2Uu¦V3JpdGUobmV3IERhdGUoKSk7\r\n");
    let path = format!("{}\\exppw64.ini", attack.server.host.installed(pages::SIGN_IN.folder));
    let mark = Mark::supporting(Technique::ShellFile, attack.actor, "the sentence that exppw64.aspx reads");
    let key = attack.server.key(mark);
    let time = attack.time;
    attack.server.text(&path, &sentence, Encoding::Plain, time, &[]);
    attack.server.tie(&path, key);
    attack.time = at(habits, 1, 12, 0);
    ask(&mut attack, habits.odd_code, &["GET", "POST", "POST", "POST"]);
}

/// All at once by night, and asked for on two later nights.
pub(super) fn odd_places(server: &mut Server, habits: &'static Habits) {
    works::ordinary(server, habits, ProcessLogs::Neither);
    let mut attack = Attack::begin(server, habits.intruders[0], ActorKind::Intruder, at(habits, 0, 1, 50));
    attack.guess(2);
    attack.locate();
    attack.take_session();
    for odd in habits.odd_places {
        attack.hide(odd);
    }
    for day in [1, 3] {
        attack.time = at(habits, day, 22, 36);
        ask(&mut attack, habits.odd_places, &["POST"]);
    }
}

fn ask(attack: &mut Attack<'_>, all: &[OddPage], methods: &[&str]) {
    let is_asked_for = |name: &str| [".aspx", ".ashx", ".asp", ".svc"].iter().any(|end| name.ends_with(end));
    attack.ask_for_each(all, is_asked_for, methods, (3, 240));
}

/// When the logs were deleted, counted from the first moment of the window.
const DELETION: i64 = 4 * DAY + 3 * HOUR + 41 * MINUTE;

/// One page to look around with, one to delete the logs a day later; then both are gone too.
pub(super) fn lost_logs(server: &mut Server, habits: &'static Habits) {
    works::ordinary(server, habits, ProcessLogs::Sysmon);
    let who = habits.intruders[0];
    let mut attack = Attack::begin(server, who, ActorKind::Intruder, at(habits, 0, 13, 55));
    attack.locate();
    attack.take_session();
    for page in who.pages {
        attack.plant_by_url(page, &page::one_line(who.item));
        attack.time = attack.time.plus(31 * MINUTE);
    }
    let [first, second] = who.pages else { return };
    attack.use_page(second, Processes::Kept);
    attack.time = attack.server.window.0.plus(DELETION);
    attack.work(first, &DELETE);
    let paths = [first, second].map(|page| page.path(&attack.server.host));
    attack.time = at(habits, 2, 15, 0);
    attack.miss_page(second, 5);
    attack.server.lose(|lost, _| paths.iter().any(|path| path == lost));
}

/// What was deleted then.
pub(super) fn lose_logs(server: &mut Server) {
    let until = server.window.0.plus(DELETION);
    server.lose(|path, modified| {
        let is_deleted = ["\\Logging\\HttpProxy\\", "\\Logging\\ECP\\Server\\"].iter().any(|part| path.contains(part));
        is_deleted && modified < until
    });
}
