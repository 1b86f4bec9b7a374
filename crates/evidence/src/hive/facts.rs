//! What the values of well-known keys mean together: services, programs that start by themselves, scheduled tasks,
//! accounts, installed software.
//!
//! The walk has told what is damaged before this begins, so a fact that cannot be read for that reason is left out here.

mod accounts;
mod autostarts;
mod machine;
mod services;
mod software;
mod tasks;

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;

use super::cells::position;
use super::identity::{Hive, Identity, is_control_set};
use super::key::Key;
use super::tally::Out;
use crate::record::{self, Flow, Record, Topic};

/// Hands over the facts of a hive.
pub(super) fn tell(hive: &Hive<'_>, out: &mut Out<'_>) {
    if out.flow() == Flow::Stop {
        return;
    }
    hive.cells.read_freely();
    match hive.identity {
        Identity::Software => {
            autostarts::of_machine(hive, out);
            tasks::tell(hive, out);
            software::of_machine(hive, out);
        }
        Identity::System => {
            machine::tell(hive, out);
            services::tell(hive, out);
            autostarts::of_system(hive, out);
        }
        Identity::User | Identity::SystemUser => {
            autostarts::of_user(hive, out);
            software::of_user(hive, out);
        }
        Identity::Accounts => accounts::tell(hive, out),
        _ => {}
    }
    if hive.cells.is_spent() {
        out.tally.add(Gap::TooMany, || {
            both!(
                "services, tasks, accounts and the like are not complete",
                "サービス、タスク、アカウントなどが全部はそろわない"
            )
        });
    }
}

/// A key and its path, for what is found below it.
struct Place {
    key: Key,
    /// As records show it.
    path: String,
}

impl Place {
    /// The key at a path below the root.
    fn below_root(hive: &Hive<'_>, path: &str) -> Option<Self> {
        let root = Self { key: hive.root.clone(), path: hive.prefix.clone() };
        path.split('\\').try_fold(root, |place, name| place.subkey(hive, name))
    }

    /// The key at a path below this one.
    fn below(&self, hive: &Hive<'_>, path: &str) -> Option<Self> {
        let key = self.key.below(&hive.cells, path)?;
        Some(Self { key, path: format!(r"{}\{path}", self.path) })
    }

    fn subkey(self, hive: &Hive<'_>, name: &str) -> Option<Self> {
        let is_root = self.key.offset == hive.root.offset;
        let key = self.key.subkey(&hive.cells, name)?;
        let shown = if is_root { hive.shown(&key.name) } else { &key.name };
        Some(Self { path: format!(r"{}\{shown}", self.path), key })
    }

    /// Its subkeys, with their paths.
    fn subkeys<'p>(&'p self, hive: &'p Hive<'_>) -> impl Iterator<Item = Self> + 'p {
        let mut subkeys = self.key.subkeys();
        let keys = std::iter::from_fn(move || (!hive.cells.is_spent()).then(|| subkeys.next(&hive.cells))?);
        keys.filter_map(Result::ok).map(|key| Self { path: format!(r"{}\{}", self.path, key.name), key })
    }

    fn text(&self, hive: &Hive<'_>, value: &str) -> Option<String> {
        self.key.value(&hive.cells, value)?.text(&hive.cells)
    }

    fn number(&self, hive: &Hive<'_>, value: &str) -> Option<u64> {
        self.key.value(&hive.cells, value)?.number(&hive.cells)
    }

    /// The bytes of a value of any type.
    fn bytes(&self, hive: &Hive<'_>, value: &str) -> Option<Vec<u8>> {
        /// More than any structure that is decoded here needs.
        const MOST: usize = 1 << 20;
        Some(self.key.value(&hive.cells, value)?.data(&hive.cells, MOST).ok()?.into_owned())
    }

    /// A record about this key.
    fn record(&self, topic: Topic) -> Record {
        Record { time: self.key.written, ..Record::new(topic, position(self.key.offset)) }
    }
}

/// The control sets whose settings count: the one in use, or all where that is unknown.
fn control_sets(hive: &Hive<'_>) -> Vec<Place> {
    if let Some(current) = &hive.current {
        return Place::below_root(hive, current).into_iter().collect();
    }
    let root = Place { key: hive.root.clone(), path: hive.prefix.clone() };
    root.subkeys(hive).filter(|place| is_control_set(&place.key.name)).collect()
}

/// Adds a field that is not always there.
fn with(record: Record, name: &str, value: Option<impl Into<record::Value>>) -> Record {
    match value {
        Some(value) => record.with(name, value),
        None => record,
    }
}
