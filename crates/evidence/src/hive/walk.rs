//! Every key and every value, once.

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;

use super::cells::position;
use super::identity::Hive;
use super::key::{Key, Subkeys};
use super::secret;
use super::tally::Out;
use super::value::{Content, Value};
use crate::record::{self, Flow, Record, Topic};

/// Windows opens no key deeper than this. Source: "Registry element size limits",
/// <https://learn.microsoft.com/en-us/windows/win32/sysinfo/registry-element-size-limits>.
pub(super) const DEPTH_CAP: usize = 512;
/// The path of a key is shown to this length in bytes. Names of 255 characters, 512 deep, would repeat a hundred
/// kilobytes with every value.
pub(super) const PATH_CAP: usize = 8 << 10;

/// Hands over every value.
pub(super) fn walk(hive: &Hive<'_>, out: &mut Out<'_>) {
    hive.cells.read_once();
    // The root was looked at to know the hive. Looking again notes that it was read.
    let root = match Key::at(&hive.cells, hive.root.offset) {
        Ok(root) => root,
        Err(damage) => return out.damage(damage),
    };
    let mut walk = Walk { hive, out, path: Path::new(hive), above: Vec::new() };
    let mark = walk.path.mark();
    walk.enter(&root, mark);
    walk.run();
}

struct Walk<'w, 'h, 's> {
    hive: &'w Hive<'h>,
    out: &'w mut Out<'s>,
    path: Path,
    /// The keys from the root to where it is: what is left of their subkeys, and how long the path was above them.
    above: Vec<(Subkeys, Mark)>,
}

impl Walk<'_, '_, '_> {
    fn run(&mut self) {
        while self.out.flow() == Flow::GoOn {
            let Some((subkeys, mark)) = self.above.last_mut() else { return };
            match subkeys.next(&self.hive.cells) {
                Some(Ok(key)) => {
                    let mark = self.path.push(self.hive, &key, self.above.len());
                    if self.above.len() >= DEPTH_CAP {
                        let path = &self.path.shown;
                        self.out.tally.add(Gap::TooMany, || {
                            both!(
                                "a key is deeper than {DEPTH_CAP}: {path}",
                                "キーの深さが {DEPTH_CAP} を超える: {path}"
                            )
                        });
                        self.path.pop(&mark);
                    } else {
                        self.enter(&key, mark);
                    }
                }
                Some(Err(damage)) => self.out.damage(damage),
                None => {
                    self.path.pop(mark);
                    self.above.pop();
                }
            }
        }
    }

    /// Hands over the values of a key; its subkeys come next.
    fn enter(&mut self, key: &Key, mark: Mark) {
        let mut values = key.values();
        while self.out.flow() == Flow::GoOn {
            match values.next(&self.hive.cells) {
                Some(Ok(value)) => self.value(key, &value),
                Some(Err(damage)) => self.out.damage(damage),
                None => break,
            }
        }
        self.above.push((key.subkeys(), mark));
    }

    fn value(&mut self, key: &Key, value: &Value) {
        let record = Record::new(Topic::RegistryValue, position(value.offset));
        let mut record = Record { time: key.written, ..record }.with("TargetObject", self.path.of(value));
        if self.path.is_cut {
            self.out.tally.add(Gap::ValueCut, || {
                both!("a path is longer than {PATH_CAP} bytes", "{PATH_CAP} バイトを超えるパス")
            });
        }
        if secret::is_secret(self.hive.identity, &self.path.stored, value) {
            record = record.with("Details", secret::SHOWN);
        } else {
            match value.content(&self.hive.cells) {
                Ok(content) => record = with_content(record, value, content),
                // The name of a value is evidence, too.
                Err(damage) => self.out.damage(damage),
            }
        }
        record = record.with("ValueType", value.kind_name().into_owned());
        if let Some(set) = &self.path.control_set {
            record = record.with("ControlSet", set.as_str());
        }
        self.out.record(record);
    }
}

fn with_content(mut record: Record, value: &Value, content: Content) -> Record {
    record = record.with("Details", content.details());
    if let Some(hex) = content.hex() {
        record = record.with("Hex", hex).with("Size", record::Value::Number(i64::from(value.length)));
    }
    if let Content::Text(_, Some(after)) = content {
        record = record.with("AfterEnd", after);
    }
    record
}

/// The path of the key that is looked at.
struct Path {
    /// As records show it.
    shown: String,
    /// Below the root, as it is stored.
    stored: String,
    /// It was longer than the cap.
    is_cut: bool,
    /// The name of the control set in use, while below it.
    control_set: Option<String>,
}

/// How the path was above a key.
struct Mark {
    shown: usize,
    stored: usize,
    is_cut: bool,
}

impl Path {
    fn new(hive: &Hive<'_>) -> Self {
        Self { shown: hive.prefix.clone(), stored: String::new(), is_cut: false, control_set: None }
    }

    fn mark(&self) -> Mark {
        Mark { shown: self.shown.len(), stored: self.stored.len(), is_cut: self.is_cut }
    }

    /// Goes down to a key; returns how the path was above it.
    fn push(&mut self, hive: &Hive<'_>, key: &Key, depth: usize) -> Mark {
        let mark = self.mark();
        let shown = if depth == 1 { hive.shown(&key.name) } else { &key.name };
        if depth == 1 {
            self.control_set = (shown != key.name).then(|| key.name.clone());
        }
        if self.is_cut || self.shown.len() + shown.len() > PATH_CAP {
            self.is_cut = true;
            return mark;
        }
        self.shown.push('\\');
        self.shown.push_str(shown);
        if !self.stored.is_empty() {
            self.stored.push('\\');
        }
        self.stored.push_str(&key.name);
        mark
    }

    fn pop(&mut self, mark: &Mark) {
        self.shown.truncate(mark.shown);
        self.stored.truncate(mark.stored);
        self.is_cut = mark.is_cut;
    }

    /// The path of a value of the key.
    fn of(&self, value: &Value) -> String {
        let name = if value.name.is_empty() { "(Default)" } else { &value.name };
        let mut path = String::with_capacity(self.shown.len() + 1 + name.len());
        path.push_str(&self.shown);
        path.push('\\');
        path.push_str(name);
        path
    }
}
