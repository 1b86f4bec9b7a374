//! How attacks of the unseen set go on after the page: nights a week later, the vault, and logs that are gone.

use super::super::Habits;
use super::{MARTEN_ELSEWHERE, estate, night, stay, vault};
use crate::attack::aftermath::Deed;
use crate::attack::directory::{ADDRESS_BOOK, ADMIN_CENTRE};
use crate::attack::page_use::WORKER;
use crate::attack::shell::Line;
use crate::attack::{Attack, Page};
use crate::event::make::{self, CommandLines, Process};
use crate::format::config;
use crate::format::process::{self, ProcessLogs};
use crate::format::web::Keys;
use crate::format::{page, whole};
use crate::moment::{DAY, HOUR, MINUTE, Moment, SECOND};
use crate::program::{CMD, POWERSHELL};
use crate::scenario::at;
use crate::server::Server;
use crate::technique::Technique;
use crate::truth::{ActorKind, Weight};

const BODY: &str = "C:\\Windows\\debug\\WIA\\brother\\BrLogRx.exe";

/// How logs are deleted in [`lost_logs`]: one folder's files go at once, those of another older than today.
pub(super) const DELETE: [Line; 3] = [
    Line::must(
        Technique::LogDeletion,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"for /d %i in (\"C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Logging\\HttpProxy\\*\") do @del /f /s /q \"%i\\*.LOG\"\"",
        &[],
    ),
    Line::must(
        Technique::LogDeletion,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"cd /d \"C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Logging\\ECP\" && for %n in (Server Activity) do @rmdir /s /q %n\"",
        &[],
    ),
    Line::must(
        Technique::LogClearing,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"wevt¦util cl \"MSExchange Management\" & wevt¦util cl Application\"",
        &[
            ("C:\\Windows\\System32\\wevtutil.exe", "wevt¦util  cl \"MSExchange Management\""),
            ("C:\\Windows\\System32\\wevtutil.exe", "wevt¦util  cl Application"),
        ],
    ),
];

/// From the window's beginning until the web server of [`aftermath`] writes no more.
const SILENCE: i64 = 12 * DAY + 23 * HOUR + 12 * MINUTE;

/// Two pages by two directories, six days of nothing; then four nights of everything.
pub(super) fn aftermath(server: &mut Server, habits: &'static Habits) {
    estate::ordinary(server, habits, ProcessLogs::Sysmon);
    let who = habits.intruders[0];
    let mut attack = Attack::begin(server, who, ActorKind::Intruder, at(habits, 0, 23, 21));
    attack.guess(2);
    attack.locate();
    attack.take_session();
    for (page, directory) in who.pages.iter().zip([ADMIN_CENTRE, ADDRESS_BOOK]) {
        attack.plant_by_directory(page, &page::one_line(who.item), &directory);
    }
    let [first, second] = who.pages else { return };
    let actor = attack.actor;
    let mut attack = Attack::resume(server, &MARTEN_ELSEWHERE, actor, at(habits, 6, 22, 7));
    attack.work(first, &night::LOOK_AROUND);
    attack.time = at(habits, 7, 9, 2);
    let lost = second.path(&attack.server.host);
    attack.found_by_both(habits.aftermath.threat, &lost);
    attack.server.lose(|path, _| path == lost);
    attack.time = at(habits, 7, 22, 15);
    bring_and_take(&mut attack, habits, first);
    attack.time = at(habits, 8, 22, 2);
    go_on(&mut attack, habits, first);
    attack.time = at(habits, 9, 21, 40);
    make_at_home(&mut attack, habits, first);
    attack.time = attack.server.window.0.plus(SILENCE - 2 * MINUTE);
    let keys = attack.visit(first);
    attack.time = attack.server.window.0.plus(SILENCE);
    let [quiet, journal, log] = &stay::COVER;
    then(&mut attack, first, keys, quiet, |attack| {
        let about = "the site's own log is switched off";
        let key = attack.server.key(attack.mark((Technique::AuditPolicy, Weight::Must), about));
        config::unlogged(attack.server, attack.time, key);
    });
    attack.send(first, journal, keys);
    then(&mut attack, first, keys, log, |attack| attack.clear_channels(&["Windows PowerShell"]));
}

/// From then on the web server has no rows of the site outside.
pub(super) fn fall_silent(server: &mut Server) {
    let time = server.window.0.plus(SILENCE + 2 * SECOND);
    server.silence(|path| path.contains("\\W3SVC1\\"), time);
}

/// A line, and what it leaves a second later.
fn then(attack: &mut Attack<'_>, page: &Page, keys: Keys, line: &Line, leaves: impl FnOnce(&mut Attack<'_>)) {
    let now = attack.time;
    attack.send(page, line, keys);
    let next = attack.time;
    attack.time = now.plus(2 * SECOND);
    leaves(attack);
    attack.time = attack.time.max(next);
}

/// A program of theirs writes a file, where Sysmon sees it.
fn wrote(attack: &mut Attack<'_>, sort: (Technique, Weight), image: &str, target: &str) {
    let mark = attack.mark(sort, format!("{image} writes {target}"));
    process::written(attack.server, attack.time, image, target, Some(&mark));
    attack.time = attack.time.plus(300);
}

fn bring_and_take(attack: &mut Attack<'_>, habits: &'static Habits, page: &Page) {
    let after = habits.aftermath;
    let keys = attack.visit(page);
    let [fetch, unpack, build, definitions, date] = &night::BRING;
    then(attack, page, keys, fetch, |attack| {
        let program = "C:\\Program Files\\Windows Defender\\MpCmdRun.exe";
        attack.connects((Technique::Download, Weight::Supporting), program, ("203.0.113.158", 80));
        wrote(attack, (Technique::Download, Weight::Supporting), program, "C:\\Windows\\debug\\WIA\\brs.cab");
    });
    then(attack, page, keys, unpack, |attack| {
        for name in ["AvDump.exe", "BrLogRx.exe", "BrLogApi.dll", "iox.exe"] {
            let target = format!("{}\\{name}", night::FOLDER);
            wrote(attack, (Technique::Download, Weight::Supporting), "C:\\Windows\\System32\\expand.exe", &target);
        }
        let (path, text) = night::PROJECT;
        attack.lay_text((Technique::ScriptRun, Weight::Supporting), path, text);
    });
    then(attack, page, keys, date, |attack| {
        let target = format!("{}\\BrLogApi.dll", night::FOLDER);
        attack.dates_back(POWERSHELL, &target, Moment::day(2017, 5, 9).clock(6, 11, 0));
    });
    attack.send(page, build, keys);
    then(attack, page, keys, definitions, |attack| attack.exclude(after.exclusion));
    let [dump, tool, shadow, policies, library] = &night::TAKE;
    for (line, left) in [dump, tool].into_iter().zip(after.left) {
        then(attack, page, keys, line, |attack| {
            let image = line.programs.first().map_or(CMD, |(image, _)| *image);
            attack.open_credentials(image);
            attack.leave(&[*left]);
        });
    }
    let (path, text) = night::SHADOW;
    attack.lay_text((Technique::CredentialDump, Weight::Supporting), path, text);
    then(attack, page, keys, shadow, |attack| {
        let key = "SAM\\Domains\\Account\\Users\\Names\\Administrator";
        attack.leave_hive("C:\\Windows\\debug\\WIA\\brother\\st1.tmp", "SAM", key);
    });
    attack.send(page, policies, keys);
    then(attack, page, keys, library, |attack| {
        attack.scripts(after.scripts.get(..1).unwrap_or_default());
        attack.open_credentials(POWERSHELL);
    });
}

fn go_on(attack: &mut Attack<'_>, habits: &'static Habits, page: &Page) {
    let after = habits.aftermath;
    let keys = attack.visit(page);
    let [directory, remote, tunnel] = &night::GO_ON;
    attack.send(page, directory, keys);
    then(attack, page, keys, remote, |attack| {
        attack.signs_in_as("C:\\Windows\\System32\\wbem\\WMIC.exe", "ELBWERFT\\svc_veeam", "elb-fs02");
    });
    then(attack, page, keys, tunnel, |attack| {
        let image = tunnel.programs.first().map_or(CMD, |(image, _)| *image);
        attack.connects((Technique::Tunnel, Weight::Supporting), image, ("203.0.113.158", 9_443));
    });
    then(attack, page, keys, &night::MANAGE, |attack| {
        attack.manage(after.management);
        attack.scripts(after.scripts.get(1..).unwrap_or_default());
    });
    let [pack, cabinet, send] = &night::PACK;
    for (line, left) in [pack, cabinet].into_iter().zip(after.left.get(2..).unwrap_or_default()) {
        then(attack, page, keys, line, |attack| attack.leave(&[*left]));
    }
    then(attack, page, keys, send, |attack| {
        let image = send.programs.first().map_or(CMD, |(image, _)| *image);
        attack.looks_up(
            (Technique::WebExfiltration, Weight::Supporting),
            image,
            ("g.api.mega.example", "198.51.100.203"),
        );
    });
    attack.fetch(after.fetched);
}

fn make_at_home(attack: &mut Attack<'_>, habits: &'static Habits, page: &Page) {
    let after = habits.aftermath;
    let host = attack.server.host;
    let keys = attack.visit(page);
    let [service, account, groups, keyboard, firewall, consumer, names] = &stay::STAY;
    then(attack, page, keys, service, |attack| attack.services(after.services));
    let services = "C:\\Windows\\System32\\services.exe";
    attack.child(
        (services, services),
        (BODY, "C:\\Windows\\debug\\WIA\\brother\\BrLogRx.exe -k status"),
        (Technique::NewService, Weight::Supporting),
    );
    let machine = host.machine_account();
    then(attack, page, keys, account, |attack| {
        let mark = attack.mark((Technique::NewAccount, Weight::Must), format!("the account {}", after.account));
        let key = attack.server.key(mark);
        attack.server.event(make::account_created(&host, attack.time, &machine, after.account), Some(key));
    });
    then(attack, page, keys, groups, |attack| {
        let about = format!("{} becomes a local administrator", after.account);
        let key = attack.server.key(attack.mark((Technique::GroupChange, Weight::Must), about));
        attack.server.event(make::member_added(&host, attack.time, &machine, "Administratoren"), Some(key));
    });
    let seen = |attack: &mut Attack<'_>, (image, object, details): (&str, &str, &str)| {
        attack.sets_value((Technique::RegistryChange, Weight::Supporting), image, (object, details));
    };
    let [first, rest @ ..] = stay::SEEN;
    then(attack, page, keys, keyboard, |attack| {
        attack.registry(after.registry.get(..1).unwrap_or_default());
        seen(attack, first);
    });
    attack.registry(after.registry.get(1..).unwrap_or_default());
    for value in rest {
        seen(attack, value);
    }
    then(attack, page, keys, firewall, |attack| attack.opens_ports("Brother Scan", "54925,3389"));
    then(attack, page, keys, consumer, |attack| {
        attack.lasting_consumer("BrStatusMon", stay::HOURLY, "C:\\Windows\\debug\\WIA\\brother\\BrLogRx.exe -w");
    });
    for ((path, text), weight) in stay::AT_START.into_iter().zip([Weight::Must, Weight::Supporting]) {
        wrote(attack, (Technique::StartUpFile, Weight::Supporting), WORKER, path);
        attack.lay_text((Technique::StartUpFile, weight), path, text);
    }
    then(attack, page, keys, names, |attack| attack.redirect(after.hosts));
    attack.desktop_from("ELB-EX16\\brother_scan", "127.0.0.1", 34);
}

/// A page that rests for five days; a tunnel, a desktop through it, and by the next night the vault.
pub(super) fn ransom(server: &mut Server, habits: &'static Habits) {
    estate::ordinary(server, habits, ProcessLogs::Audit(CommandLines::Kept));
    let who = habits.intruders[2];
    let mut attack = Attack::begin(server, who, ActorKind::Intruder, at(habits, 0, 14, 2));
    attack.locate();
    attack.take_session();
    let Some(page) = who.pages.first() else { return };
    attack.plant_by_directory(page, &page::one_line(who.item), &ADDRESS_BOOK);
    attack.time = at(habits, 5, 17, 30);
    let keys = attack.visit(page);
    let [bring, unpack, blind, tunnel, sign_in] = &vault::BRING;
    then(&mut attack, page, keys, bring, |attack| attack.leave_weighed(&vault::LEFT[..1], Weight::Supporting));
    attack.send(page, unpack, keys);
    then(&mut attack, page, keys, blind, |attack| attack.exclude(vault::FOLDER));
    attack.send(page, tunnel, keys);
    then(&mut attack, page, keys, sign_in, |attack| attack.registry(&vault::POLICY[2..]));
    attack.time = at(habits, 5, 19, 4);
    attack.desktop_from("MINATO\\minato-sysadm", "127.0.0.1", 190);
    let shown = Process {
        parent: "C:\\Windows\\System32\\userinit.exe",
        parent_command: "C:\\Windows\\system32\\userinit.exe",
        image: "C:\\Windows\\explorer.exe",
        command: "C:\\Windows\\Explorer.EXE",
        user: "MINATO\\minato-sysadm",
    };
    let mark = attack.mark((Technique::RemoteDesktop, Weight::Supporting), "the desktop's own program starts");
    attack.process(&shown, &mark);
    attack.time = attack.time.plus(MINUTE);
    let [scan, shares, dump, passwords, spread] = vault::DESKTOP;
    for deed in [scan, shares] {
        by_hand(&mut attack, &deed, Weight::Supporting);
    }
    by_hand(&mut attack, &dump, Weight::Supporting);
    attack.leave(&vault::LEFT[1..]);
    by_hand(&mut attack, &passwords, Weight::Must);
    attack.time = at(habits, 6, 16, 40);
    by_hand(&mut attack, &spread, Weight::Must);
    attack.time = at(habits, 6, 17, 2);
    for (path, text) in vault::SCRIPTS {
        attack.lay_text((Technique::Ransom, Weight::Must), path, text);
    }
    last_hour(&mut attack, habits);
}

/// Something that the intruder starts at the desktop.
fn by_hand(attack: &mut Attack<'_>, deed: &Deed, weight: Weight) {
    let command = whole(deed.command);
    let process = Process {
        parent: deed.parent,
        parent_command: "C:\\Windows\\Explorer.EXE",
        image: deed.image,
        command: &command,
        user: "MINATO\\minato-sysadm",
    };
    let mark = attack.mark((deed.technique, weight), format!("runs: {command}"));
    attack.process(&process, &mark);
    attack.time = attack.time.plus(attack.server.dice.between(40, 500) * SECOND);
}

/// The script of the last hour, by the scheduler, and what it does.
fn last_hour(attack: &mut Attack<'_>, habits: &'static Habits) {
    let ransom = &habits.aftermath.ransom;
    attack.tasks(&[("VaultOnce", "C:\\PerfLogs\\Reports\\go.bat", "", 1440)]);
    let start = attack.time.plus(MINUTE);
    attack.task_runs("VaultOnce", "C:\\PerfLogs\\Reports\\go.bat", &[start]);
    attack.time = start.plus(800);
    let script = "C:\\Windows\\SYSTEM32\\cmd.exe /c \"\"C:\\PerfLogs\\Reports\\go.bat\"\"";
    let scheduler = Process {
        parent: "C:\\Windows\\System32\\svchost.exe",
        parent_command: "C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s Schedule",
        image: CMD,
        command: script,
        user: "NT AUTHORITY\\SYSTEM",
    };
    let mark = attack.mark((Technique::Ransom, Weight::Must), "the scheduler starts go.bat");
    attack.process(&scheduler, &mark);
    for deed in &vault::LAST_HOUR {
        attack.time = attack.time.plus(attack.server.dice.between(3, 140) * SECOND);
        let command = whole(deed.command);
        let process = Process {
            parent: CMD,
            parent_command: script,
            image: deed.image,
            command: &command,
            user: "NT AUTHORITY\\SYSTEM",
        };
        let mark = attack.mark((deed.technique, Weight::Must), format!("runs: {command}"));
        attack.process(&process, &mark);
    }
    attack.registry(&vault::POLICY[..2]);
    let (name, image) = ransom.service;
    let key = attack.server.key(attack.mark((Technique::Ransom, Weight::Must), format!("the service {name}")));
    let host = attack.server.host;
    attack.server.event(make::service_installed(&host, attack.time, name, image, "auto start"), Some(key));
    attack.leave_weighed(&vault::PACKAGES, Weight::Supporting);
    attack.notes(ransom);
    attack.time = attack.time.plus(8 * MINUTE);
    attack.runs_at_sign_in("C:\\PerfLogs\\Reports\\go.bat");
}

/// When the logs were deleted, counted from the first moment of the window.
const DELETION: i64 = 6 * DAY + 22 * HOUR + 48 * MINUTE;

/// By night, two days after it was planted, the page deletes logs of the proxy and of the admin centre, empties two
/// channels, and goes.
pub(super) fn lost_logs(server: &mut Server, habits: &'static Habits) {
    estate::ordinary(server, habits, ProcessLogs::Sysmon);
    let who = habits.intruders[0];
    let mut attack = Attack::begin(server, who, ActorKind::Intruder, at(habits, 0, 23, 5));
    attack.locate();
    attack.take_session();
    let Some(page) = who.pages.first() else { return };
    attack.plant_by_directory(page, &page::one_line(who.item), &ADDRESS_BOOK);
    let actor = attack.actor;
    let mut attack = Attack::resume(server, &MARTEN_ELSEWHERE, actor, at(habits, 2, 22, 30));
    attack.work(page, night::LOOK_AROUND.get(..2).unwrap_or_default());
    attack.time = attack.server.window.0.plus(DELETION);
    let keys = attack.visit(page);
    let [proxy, admin, channels] = &DELETE;
    attack.send(page, proxy, keys);
    attack.send(page, admin, keys);
    then(&mut attack, page, keys, channels, |attack| {
        attack.clear_channels(&["MSExchange Management", "Application"]);
    });
    let own = Line {
        technique: Technique::ShellProcess,
        weight: Weight::Supporting,
        shell: CMD,
        command: "\"C:\\Windows\\System32\\cmd.exe\" /c \"ping -n 5 localhost >nul & del /f /q \"DIR\\timezonepick.aspx\"\"",
        programs: &[("C:\\Windows\\System32\\PING.EXE", "ping  -n 5 localhost")],
    };
    attack.send(page, &own, keys);
    let path = page.path(&attack.server.host);
    attack.server.lose(|lost, _| lost == path);
    attack.time = at(habits, 5, 23, 16);
    attack.miss_page(page, 1);
}

/// What was deleted then.
pub(super) fn lose_logs(server: &mut Server) {
    let until = server.window.0.plus(DELETION);
    server.lose(|path, modified| {
        let is_deleted = ["\\Logging\\HttpProxy\\", "\\Logging\\ECP\\"].iter().any(|part| path.contains(part));
        is_deleted && modified < until
    });
}
