//! The folders of a table, and the paths that lead through them.

use std::collections::HashMap;

use super::Caps;
use super::entry::{Entry, Name, number_of, sequence_of};

/// The folder in which all others lie.
const ROOT: u64 = 5;
/// A path leads through so many folders at most.
const DEPTH: usize = 256;
/// The longest path that Windows allows, 32,767 characters, in bytes.
const PATH_BYTES: usize = 3 * 32_767;

/// Whether a path is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Up to the root.
    Known,
    /// A folder on the way stands later in the table.
    Later,
    /// A folder on the way is gone, or its place has been used again.
    Lost,
}

/// All folders seen so far.
pub(super) struct Folders {
    caps: Caps,
    folders: HashMap<u64, Folder>,
    /// The entry at hand.
    at: u64,
    is_complete: bool,
    name_bytes: usize,
    left_out: u64,
    circles: u64,
    /// The folder asked for last and its path: neighbours in the table often lie in the same folder.
    last: Option<(u64, String)>,
}

struct Folder {
    /// The sequence under which its files know it.
    sequence: u16,
    parent: u64,
    /// Empty while its names stand in a record that comes later.
    name: Box<str>,
}

impl Folders {
    pub(super) fn new(caps: Caps) -> Self {
        Self {
            caps,
            folders: HashMap::new(),
            at: 0,
            is_complete: false,
            name_bytes: 0,
            left_out: 0,
            circles: 0,
            last: None,
        }
    }

    /// The reader has come to this entry.
    pub(super) const fn pass(&mut self, number: u64) {
        self.at = number;
    }

    /// The whole table has been seen.
    pub(super) const fn complete(&mut self) {
        self.is_complete = true;
    }

    pub(super) const fn left_out(&self) -> u64 {
        self.left_out
    }

    pub(super) const fn circles(&self) -> u64 {
        self.circles
    }

    /// Remembers a folder; other files are passed over.
    pub(super) fn add(&mut self, entry: &Entry) {
        if !entry.is_folder || entry.number == ROOT {
            return;
        }
        let name = entry.told_names().next();
        self.name_bytes += name.map_or(0, |name| name.text.len());
        if self.folders.len() >= self.caps.folders || self.name_bytes > self.caps.name_bytes {
            self.left_out += 1;
            return;
        }
        let folder = Folder {
            sequence: if entry.is_deleted { entry.sequence.wrapping_sub(1) } else { entry.sequence },
            parent: name.map_or(0, |name| name.parent),
            name: name.map_or("", |name| &name.text).into(),
        };
        self.folders.insert(entry.number, folder);
        self.last = None;
    }

    /// Whether the path of a folder is known.
    pub(super) fn way(&mut self, reference: u64) -> Way {
        if self.last.as_ref().is_some_and(|(last, _)| *last == reference) {
            return Way::Known;
        }
        let (way, names) = self.climb(reference);
        if way == Way::Known {
            let path = joined(&names);
            self.last = Some((reference, path));
        }
        way
    }

    /// The path of a file by one of its names.
    pub(super) fn path(&mut self, name: &Name) -> String {
        if name.parent == ROOT_OF_ITSELF && name.text == "." {
            return "\\".to_owned();
        }
        match self.way(name.parent) {
            Way::Known => {
                let folder = self.last.as_ref().map_or("", |(_, path)| path);
                format!("{folder}\\{}", name.text)
            }
            Way::Later | Way::Lost => {
                let (_, names) = self.climb(name.parent);
                format!("\\$Orphan{}\\{}", joined(&names), name.text)
            }
        }
    }

    /// The names of the folders above, nearest first, as far as they are known.
    fn climb(&mut self, reference: u64) -> (Way, Vec<&str>) {
        let mut names = Vec::new();
        let mut length = 0;
        let mut reference = reference;
        while number_of(reference) != ROOT {
            let number = number_of(reference);
            let Some(folder) = self.folders.get(&number) else {
                let is_ahead = number > self.at && !self.is_complete;
                return (if is_ahead { Way::Later } else { Way::Lost }, names);
            };
            if folder.sequence != sequence_of(reference) {
                return (Way::Lost, names);
            }
            if folder.name.is_empty() {
                return (if self.is_complete { Way::Lost } else { Way::Later }, names);
            }
            length += folder.name.len();
            if names.len() >= DEPTH || length > PATH_BYTES {
                self.circles += 1;
                return (Way::Lost, Vec::new());
            }
            names.push(&*folder.name);
            reference = folder.parent;
        }
        (Way::Known, names)
    }
}

/// The root names itself as its own folder.
const ROOT_OF_ITSELF: u64 = ROOT | (5 << 48);

/// From the root down: `\a\b`; empty for the root.
fn joined(names: &[&str]) -> String {
    names.iter().rev().flat_map(|name| ["\\", name]).collect()
}
