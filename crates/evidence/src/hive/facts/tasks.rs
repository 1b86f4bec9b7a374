//! Scheduled tasks, as the task scheduler keeps them in the registry: a tree of names, and a key for each task.
//!
//! Fields: `TaskName`, `Id`, `Hidden` or `InTree`, `Uri`, `Author`, `Description`, `Source`, `RegistrationDate`, those of
//! the actions (`Command`, `Arguments`, `WorkingDirectory`, see `actions.rs`), `Created`, `LastRun`, `LastSuccess`,
//! `LastResult`, `Key`.
//!
//! A task whose key in the tree has no security descriptor (value `SD`) is shown by no tool of Windows. Source: Microsoft,
//! "Tarrask malware uses scheduled tasks for defense evasion", 2022.

mod actions;

use std::collections::HashSet;

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;

use super::{Place, with};
use crate::hive::bytes::{filetime, u32_at, u64_at};
use crate::hive::cells::Damage;
use crate::hive::identity::Hive;
use crate::hive::tally::Out;
use crate::record::{Record, Topic};

/// A machine has some hundreds of tasks.
const TASKS_CAP: usize = 20_000;
/// The path of a task is no longer than that of a file.
const NAME_CAP: usize = 1 << 10;

/// Hands over the tasks: those of the tree, and those that only have a key.
pub(super) fn tell(hive: &Hive<'_>, out: &mut Out<'_>) {
    const CACHE: &str = r"Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache";
    let Some(cache) = Place::below_root(hive, CACHE) else { return };
    let tasks = cache.below(hive, "Tasks");
    let tree = cache.below(hive, "Tree");
    let listed = tree.map(|tree| tell_tree(hive, out, &tree, tasks.as_ref())).unwrap_or_default();
    let unlisted = |place: &Place| !listed.contains(&place.key.name.to_ascii_lowercase());
    for place in tasks.iter().flat_map(|tasks| tasks.subkeys(hive)).filter(unlisted) {
        let record = with(place.record(Topic::ScheduledTask), "TaskName", place.text(hive, "Path"));
        let record = record.with("Id", place.key.name.as_str()).with("InTree", "no");
        let record = described(hive, out, record, &place);
        out.record(record.with("Key", place.path.as_str()));
    }
}

/// Hands over the tasks of the tree; returns their ids in lower case. Its folders are keys without an id.
fn tell_tree(hive: &Hive<'_>, out: &mut Out<'_>, tree: &Place, tasks: Option<&Place>) -> HashSet<String> {
    let mut listed = HashSet::new();
    let mut above = vec![(tree.key.subkeys(), String::new())];
    while let Some((subkeys, folder)) = above.last_mut() {
        let key = match subkeys.next(&hive.cells).filter(|_| !hive.cells.is_spent()) {
            Some(Ok(key)) => key,
            Some(Err(_)) => continue,
            None => {
                above.pop();
                continue;
            }
        };
        let name = format!(r"{folder}\{}", key.name);
        if name.len() > NAME_CAP || listed.len() >= TASKS_CAP {
            out.tally.add(Gap::TooMany, || {
                both!("more scheduled tasks than are looked at", "タスクの数が調べる上限を超える")
            });
            continue;
        }
        let place = Place { path: format!("{}{name}", tree.path), key };
        above.push((place.key.subkeys(), name.clone()));
        if let Some(id) = place.text(hive, "Id") {
            let task = tasks.and_then(|tasks| tasks.below(hive, &id));
            tell_task(hive, out, &place, &name, &id, task.as_ref());
            let id = id.get(..NAME_CAP).unwrap_or(&id);
            listed.insert(id.to_ascii_lowercase());
        }
    }
    listed
}

/// Hands over a task of the tree, with what its key says.
fn tell_task(hive: &Hive<'_>, out: &mut Out<'_>, place: &Place, name: &str, id: &str, task: Option<&Place>) {
    let mut record = place.record(Topic::ScheduledTask).with("TaskName", name).with("Id", id);
    if place.key.value(&hive.cells, "SD").is_none() {
        record = record.with("Hidden", "yes");
    }
    if let Some(task) = task {
        record = described(hive, out, record, task);
    }
    out.record(record.with("Key", place.path.as_str()));
}

/// Adds what the key of a task says.
fn described(hive: &Hive<'_>, out: &mut Out<'_>, mut record: Record, place: &Place) -> Record {
    for (field, value) in [
        ("Uri", "URI"),
        ("Author", "Author"),
        ("Description", "Description"),
        ("Source", "Source"),
        ("RegistrationDate", "Date"),
    ] {
        record = with(record, field, place.text(hive, value));
    }
    if let Some(bytes) = place.bytes(hive, "Actions") {
        let decoded = actions::decode(&bytes);
        if decoded.is_err() {
            out.damage(Damage {
                offset: place.key.offset,
                what: ("the actions of a task are not understood", "タスクの操作を解釈できない"),
            });
        }
        let (Ok(fields) | Err(fields)) = decoded;
        record.fields.extend(fields);
    }
    if let Some(bytes) = place.bytes(hive, "DynamicInfo") {
        record = with_runs(record, &bytes);
    }
    record
}

/// Adds when it was made and when it ran.
/// Source: <https://github.com/GDATAAdvancedAnalytics/winreg-tasks>, `dynamic_info.ksy`, and
/// <https://github.com/libyal/winreg-kb>, "Task scheduler".
fn with_runs(mut record: Record, bytes: &[u8]) -> Record {
    for (field, at) in [("Created", 4), ("LastRun", 12), ("LastSuccess", 28)] {
        record = with(record, field, u64_at(bytes, at).and_then(filetime).map(|time| time.to_string()));
    }
    with(record, "LastResult", u32_at(bytes, 24).map(|code| format!("{code:#010x}")))
}
