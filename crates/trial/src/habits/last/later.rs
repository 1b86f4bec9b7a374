//! How attacks of the last set go on after the page: all that follows, the ransom, and logs that are gone.

use super::super::Habits;
use super::after;
use super::plays::ordinary;
use crate::attack::Attack;
use crate::attack::page_use::Processes;
use crate::event::make::Process;
use crate::format::{page, whole};
use crate::moment::{DAY, HOUR, MINUTE, SECOND};
use crate::program::{SYSTEM, W3WP};
use crate::scenario::at;
use crate::server::{Mark, Server};
use crate::technique::Technique;
use crate::truth::{ActorKind, Weight};

/// Two pages in a night; a day later, after the scanner took one of them, all that follows.
pub(super) fn aftermath(server: &mut Server, habits: &'static Habits) {
    ordinary(server, habits, Processes::Kept);
    let who = habits.intruders[0];
    let after = habits.aftermath;
    let mut attack = Attack::begin(server, who, ActorKind::Intruder, at(habits, 0, 1, 12));
    attack.knock();
    attack.locate();
    attack.take_session();
    for page in who.pages {
        attack.plant_by_url(page, &page::one_line(who.item));
        attack.time = attack.time.plus(35 * MINUTE);
        attack.use_page(page, Processes::Kept);
        attack.time = attack.time.plus(2 * HOUR);
    }
    let now = attack.time;
    attack.deeds(&after::COVER);
    attack.time = now.plus(300);
    attack.clear_channels(&["MSExchange Management"]);
    attack.time = at(habits, 0, 21, 37);
    if let Some(page) = who.pages.get(1) {
        let path = page.path(&attack.server.host);
        attack.found_by_defender(after.threat, &path);
        attack.server.lose(|lost, _| lost == path);
    }
    make_ready(&mut attack, habits);
    attack.weighed_deeds(&after::LOOK_AROUND, Weight::Supporting);
    attack.weighed_deeds(&after::STAND_ASIDE, Weight::Supporting);
    take(&mut attack, habits);
    stay(&mut attack, habits);
    attack.time = at(habits, 4, 1, 18);
    attack.typed(after.typed);
}

/// What a command leaves bears the command's time.
fn make_ready(attack: &mut Attack<'_>, habits: &'static Habits) {
    attack.time = at(habits, 1, 2, 50);
    let [service, policy, feature, script, transfer, fetched] = after::MAKE_READY;
    attack.deeds(&[service]);
    let now = attack.time;
    attack.registry(&after::POLICY);
    attack.time = now;
    attack.deeds(&[policy]);
    attack.exclude(habits.aftermath.exclusion);
    attack.deeds(&[feature, script]);
    let now = attack.time;
    attack.deeds(&[transfer]);
    attack.time = now.plus(2 * SECOND);
    attack.transfer("BITS Transfer", "http://203.0.113.175/7za.png");
    attack.time = now.plus(3 * MINUTE);
    attack.deeds(&[fetched]);
}

fn take(attack: &mut Attack<'_>, habits: &'static Habits) {
    let after = habits.aftermath;
    attack.time = at(habits, 2, 0, 31);
    attack.manage(after.management);
    attack.time = attack.time.plus(2 * HOUR);
    let [copy, save, logons, directory, pack, compress] = after::TAKE;
    let key = "SAM\\Domains\\Account\\Users\\Names\\Administrator";
    for (deed, place, name, key) in [
        (copy, "C:\\Intel\\Logs\\sa.jpg", "SAM", key),
        (save, "C:\\Intel\\Logs\\se.jpg", "SECURITY", "Policy\\Secrets\\DPAPI_SYSTEM"),
    ] {
        let now = attack.time;
        attack.deeds(&[deed]);
        attack.time = now.plus(700);
        attack.leave_hive(place, name, key);
        attack.time = now.plus(2 * MINUTE);
    }
    let now = attack.time;
    attack.deeds(&[logons]);
    attack.time = now.plus(1_100);
    attack.open_credentials(logons.image);
    attack.scripts(after.scripts);
    attack.deeds(&[directory]);
    attack.desktop("langford.admin");
    attack.time = attack.time.plus(6 * MINUTE);
    for (deed, left) in [None, Some(pack), Some(compress)].into_iter().zip(after.left) {
        let now = attack.time;
        attack.deeds(deed.as_slice());
        attack.time = now.plus(8 * SECOND);
        attack.leave(&[*left]);
        attack.time = now.plus(11 * MINUTE);
    }
    attack.time = attack.time.plus(HOUR);
    attack.fetch(after.fetched);
}

fn stay(attack: &mut Attack<'_>, habits: &'static Habits) {
    let after = habits.aftermath;
    let start = at(habits, 3, 4, 6);
    let [account, group, task, module] = after::STAY;
    attack.time = start;
    attack.deeds(&[account]);
    attack.time = start.plus(3 * SECOND);
    attack.deeds(&[group]);
    attack.time = start.plus(400);
    attack.account(after.account);
    attack.registry(after.registry);
    attack.services(after.services);
    let now = attack.time.plus(4 * MINUTE);
    attack.time = now;
    attack.deeds(&[task]);
    attack.time = now.plus(500);
    attack.tasks(after.tasks);
    let now = attack.time.plus(14 * MINUTE);
    attack.time = now;
    attack.deeds(&[module]);
    attack.time = now.plus(900);
    attack.module(after.module);
}

/// A page, left alone for a week; then within an hour of the night data is carried off and all is locked.
pub(super) fn ransom(server: &mut Server, habits: &'static Habits) {
    ordinary(server, habits, Processes::Kept);
    let who = habits.intruders[2];
    let mut attack = Attack::begin(server, who, ActorKind::Intruder, at(habits, 0, 12, 3));
    attack.locate();
    attack.take_session();
    for page in who.pages {
        attack.plant_by_url(page, &page::one_line(who.item));
        attack.use_page(page, Processes::Kept);
        attack.time = at(habits, 7, 16, 44);
        attack.use_page(page, Processes::Kept);
    }
    attack.deeds(&after::BEFORE_RANSOM);
    for (deed, channel) in after::CLEAR {
        let now = attack.time;
        attack.deeds(&[deed]);
        attack.time = now.plus(200);
        attack.clear_channels(&[channel]);
    }
    attack.weighed_deeds(&after::STOP_SERVICES, Weight::Supporting);
    attack.ransom(&habits.aftermath.ransom);
}

/// When the logs were deleted, counted from the first moment of the window.
const DELETION: i64 = 4 * DAY + 22 * HOUR + 12 * MINUTE;

/// The page deletes logs of the proxy and of the admin centre, then itself.
pub(super) fn lost_logs(server: &mut Server, habits: &'static Habits) {
    ordinary(server, habits, Processes::Kept);
    let who = habits.intruders[0];
    let mut attack = Attack::begin(server, who, ActorKind::Intruder, at(habits, 0, 18, 29));
    attack.locate();
    attack.take_session();
    for page in who.pages.iter().take(1) {
        attack.plant_by_url(page, &page::one_line(who.item));
        attack.time = attack.time.plus(14 * MINUTE);
        attack.use_page(page, Processes::Kept);
        attack.time = attack.server.window.0.plus(DELETION);
        let path = page.path(&attack.server.host);
        let own = format!("\"cmd\" /c del /f \"{path}\"");
        let all = habits.deletion.iter().map(|command| (Technique::LogDeletion, whole(command)));
        for (technique, command) in all.chain([(Technique::ShellProcess, own)]) {
            let process = Process {
                parent: W3WP,
                parent_command: "c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"MSExchangeOWAAppPool\" -v \"v4.0\"",
                image: "C:\\Windows\\System32\\cmd.exe",
                command: &command,
                user: SYSTEM,
            };
            let mark = Mark::must(technique, attack.actor, format!("runs: {command}"));
            attack.process(&process, &mark);
            attack.time = attack.time.plus(31 * SECOND);
        }
        attack.time = at(habits, 3, 9, 40);
        attack.miss_page(page, 3);
        attack.server.lose(|lost, _| lost == path);
    }
}

/// What was deleted then.
pub(super) fn lose_logs(server: &mut Server) {
    let until = server.window.0.plus(DELETION);
    server.lose(|path, modified| {
        let is_deleted = ["\\Logging\\HttpProxy\\", "\\Logging\\ECP\\"].iter().any(|part| path.contains(part));
        is_deleted && modified < until
    });
}
