//! Registry hives: from their shape to a tree of keys.

use hikeshi_core::time::Timestamp;

use super::{hex, time};
use crate::{
    Error, PRACTICE_MARK,
    clock::Moment,
    compile::{Compiler, Scope, Slots, filled, stays_inside},
    error::Error as E,
    event_log::Sid,
    hive::{self, Account, Data, Key, Unflushed},
    shape::{AccountShape, AccountState, BytesShape, EntryShape, HiveShape, KeyShape, Scalar, TypedValue, ValueShape},
    template::Draw,
};

/// The value of the root that carries the practice mark.
const MARK_VALUE: &str = "Practice";

/// A hive with slots.
#[derive(Debug)]
pub(crate) struct HiveForm {
    pub(crate) path: String,
    file_name: String,
    written: i64,
    flushed: Option<i64>,
    machine: Option<Sid>,
    /// What it holds before any step.
    ordinary: Setting,
}

/// Things that are written into a hive.
#[derive(Debug)]
pub(crate) struct Setting {
    /// Index of the hive.
    pub(crate) hive: usize,
    /// Rules that it should raise.
    pub(crate) rules: Vec<String>,
    entries: Vec<(Option<i64>, EntryForm)>,
    lists: Vec<usize>,
    guids: usize,
}

#[derive(Debug)]
enum EntryForm {
    Key { path: String, values: Vec<(String, ValueForm)> },
    Account(AccountShape),
}

#[derive(Debug)]
enum ValueForm {
    Number(u32),
    Text(Slots),
    Expand(Slots),
    Multi(Vec<Slots>),
    Qword(u64),
    Bytes(Vec<BytesForm>),
}

#[derive(Debug)]
enum BytesForm {
    Plain(Vec<u8>),
    Counted(Slots),
}

/// Something that a hive holds, its slots filled.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) at: i64,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Key { path: String, values: Vec<(String, Data)> },
    Account(Account),
}

impl<'a> Compiler<'a> {
    pub(crate) fn hives(&self) -> Result<Vec<HiveForm>, Error> {
        self.file.hives.iter().map(|(name, shape)| self.hive(name, shape)).collect()
    }

    fn hive(&self, name: &str, shape: &'a HiveShape) -> Result<HiveForm, Error> {
        let place = format!("hive `{name}`");
        let file = &self.file;
        if file.streams.contains_key(name) || file.events.contains_key(name) || file.files.contains_key(name) {
            return Err(E::template(place, "a stream, a kind of event or a file has the same name"));
        }
        stays_inside(&shape.path, &place)?;
        let machine = shape.machine.as_deref().map(str::parse::<Sid>).transpose();
        let ordinary = self.setting(name, &shape.entries, Vec::new(), Scope::new(place.clone(), Vec::new()))?;
        let flushed = shape.flushed.as_deref().map(|text| time(text, &place)).transpose()?;
        let later = |flushed: i64| ordinary.entries.iter().any(|(at, _)| at.is_some_and(|at| at > flushed));
        if flushed.is_some_and(|flushed| !later(flushed)) {
            return Err(E::template(place, "nothing is written after `flushed`"));
        }
        Ok(HiveForm {
            path: shape.path.clone(),
            file_name: shape.name.clone(),
            written: time(&shape.written, &place)?,
            flushed,
            machine: machine.map_err(|error| E::template(&place, error.to_string()))?,
            ordinary,
        })
    }

    /// What a hive or a step writes into the hive of that name.
    pub(super) fn setting(
        &self,
        name: &str,
        shapes: &[EntryShape],
        rules: Vec<String>,
        mut scope: Scope<'a>,
    ) -> Result<Setting, Error> {
        let index = self.file.hives.keys().position(|known| known == name);
        let index = index.ok_or_else(|| E::template(&scope.place, format!("unknown hive `{name}`")))?;
        let has_accounts = self.file.hives.get(name).is_some_and(|hive| hive.machine.is_some());
        let mut entries = Vec::new();
        for shape in shapes {
            let (at, form) = match shape {
                EntryShape::Key(KeyShape { key, at, values }) => {
                    let value = |(name, value)| Ok((String::clone(name), self.value(value, &mut scope)?));
                    let values = values.iter().map(value).collect::<Result<_, Error>>()?;
                    (at, EntryForm::Key { path: key.clone(), values })
                }
                EntryShape::Account(account) if has_accounts => (&account.at, EntryForm::Account(account.clone())),
                EntryShape::Account(_) => {
                    return Err(E::template(&scope.place, format!("accounts need the `machine` of hive `{name}`")));
                }
            };
            let at = at.as_deref().map(|text| time(text, &scope.place)).transpose()?;
            entries.push((at, form));
        }
        Ok(Setting { hive: index, rules, entries, guids: scope.guids.len(), lists: scope.lists() })
    }

    fn value(&self, shape: &ValueShape, scope: &mut Scope<'a>) -> Result<ValueForm, Error> {
        let mut slots = |text: &String| self.slots(Some(&Scalar(text.clone())), scope);
        Ok(match shape {
            ValueShape::Number(number) => ValueForm::Number(*number),
            ValueShape::Text(text) => ValueForm::Text(slots(text)?),
            ValueShape::Typed(TypedValue::Expand(text)) => ValueForm::Expand(slots(text)?),
            ValueShape::Typed(TypedValue::Multi(texts)) => {
                ValueForm::Multi(texts.iter().map(slots).collect::<Result<_, _>>()?)
            }
            ValueShape::Typed(TypedValue::Qword(number)) => ValueForm::Qword(*number),
            ValueShape::Typed(TypedValue::Bytes(parts)) => {
                let part = |part: &BytesShape| {
                    Ok(match part {
                        BytesShape::Hex(digits) => BytesForm::Plain(hex(digits, &scope.place)?),
                        BytesShape::Counted(text) => {
                            BytesForm::Counted(self.slots(Some(&Scalar(text.clone())), scope)?)
                        }
                    })
                };
                ValueForm::Bytes(parts.iter().map(part).collect::<Result<_, Error>>()?)
            }
        })
    }
}

impl HiveForm {
    /// What it holds before any step.
    pub(crate) fn ordinary(&self, draw: &mut Draw) -> Vec<Entry> {
        self.ordinary.entries(self.written, draw)
    }

    /// The files of the hive with these entries: itself, and its transaction log where there is one.
    pub(crate) fn files(&self, mut entries: Vec<Entry>) -> Vec<(String, Vec<u8>)> {
        let Some(flushed) = self.flushed else {
            return vec![(self.path.clone(), hive::write(&self.tree(&entries), &self.file_name))];
        };
        entries.sort_by_key(|entry| entry.at.max(flushed));
        let first = entries.partition_point(|entry| entry.at <= flushed);
        let states: Vec<Key> =
            (first..=entries.len()).map(|end| self.tree(entries.get(..end).unwrap_or_default())).collect();
        let Some((before, after)) = states.split_first() else { return Vec::new() };
        let Unflushed { hive, logs: [log, _] } = hive::unflushed(before, after, &[], &self.file_name);
        vec![(self.path.clone(), hive), (format!("{}.LOG1", self.path), log)]
    }

    fn tree(&self, entries: &[Entry]) -> Key {
        let root = Key::new("ROOT").at(timestamp(self.written)).value(MARK_VALUE, PRACTICE_MARK);
        let mut accounts = Vec::new();
        let root = entries.iter().fold(root, |root, Entry { at, content }| match content {
            Content::Key { path, values } => root.below(path, |key| {
                values.iter().fold(key.at(timestamp(*at)), |key, (name, data)| key.change(name, data.clone()))
            }),
            Content::Account(account) => {
                accounts.push(account.clone());
                root
            }
        });
        match &self.machine {
            Some(machine) => root.key(hive::accounts(machine, &accounts)),
            None => root,
        }
    }
}

impl Setting {
    /// What is written, `at` this time where nothing else is said.
    pub(crate) fn entries(&self, at: i64, draw: &mut Draw) -> Vec<Entry> {
        draw.next_request(&self.lists, self.guids);
        let entry = |(own, form): &(Option<i64>, EntryForm)| {
            let at = own.unwrap_or(at);
            Entry { at, content: form.content(at, draw) }
        };
        self.entries.iter().map(entry).collect()
    }
}

impl EntryForm {
    fn content(&self, at: i64, draw: &mut Draw) -> Content {
        /// [MS-SAMR] section 2.2.1.12.
        const NORMAL: u32 = 0x10;
        const DISABLED: u32 = 0x01;
        match self {
            Self::Key { path, values } => {
                let moment = Moment::new(at);
                let values = values.iter().map(|(name, form)| (name.clone(), form.data(&moment, draw))).collect();
                Content::Key { path: path.clone(), values }
            }
            Self::Account(shape) => Content::Account(Account {
                name: shape.account.clone(),
                rid: shape.rid,
                comment: shape.comment.clone(),
                made: timestamp(at),
                flags: if shape.state == AccountState::Disabled { NORMAL | DISABLED } else { NORMAL },
                groups: shape.groups.clone(),
            }),
        }
    }
}

impl ValueForm {
    fn data(&self, moment: &Moment, draw: &mut Draw) -> Data {
        match self {
            Self::Number(number) => Data::Dword(*number),
            Self::Text(slots) => Data::Text(filled(slots, moment, draw)),
            Self::Expand(slots) => Data::Expand(filled(slots, moment, draw)),
            Self::Multi(texts) => Data::Multi(texts.iter().map(|slots| filled(slots, moment, draw)).collect()),
            Self::Qword(number) => Data::Qword(*number),
            Self::Bytes(parts) => Data::Binary(parts.iter().flat_map(|part| part.bytes(moment, draw)).collect()),
        }
    }
}

impl BytesForm {
    fn bytes(&self, moment: &Moment, draw: &mut Draw) -> Vec<u8> {
        match self {
            Self::Plain(bytes) => bytes.clone(),
            Self::Counted(slots) => {
                let text: Vec<u8> = filled(slots, moment, draw).encode_utf16().flat_map(u16::to_le_bytes).collect();
                [(text.len() as u32).to_le_bytes().to_vec(), text].concat()
            }
        }
    }
}

fn timestamp(millis: i64) -> Timestamp {
    Timestamp::from_micros(millis * 1_000)
}
