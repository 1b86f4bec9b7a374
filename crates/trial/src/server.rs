//! A server as it grows: rows, events and files by their Windows path, each tied to the traces it holds.
//!
//! Nothing is written before [`Server::finish`], which sorts the rows by time, writes every file at its place in the
//! collection, and only then knows each trace's line or record.

mod render;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;

use self::render::{Hit, Placed, render};
use crate::dice::Dice;
use crate::event::{Event, lineage};
use crate::format::hive::{self, Value};
use crate::format::process::{ProcessLogs, Subject};
use crate::host::{Heading, Host};
use crate::moment::Moment;
use crate::shape::{Collection, Shape};
use crate::technique::Technique;
use crate::truth::{Actor, ActorKind, Product, Trace, Truth, Verdict, Weight};

/// Names a trace before its place is known.
pub type Key = usize;

/// What a trace says, whatever its place.
#[derive(Debug, Clone)]
pub struct Mark {
    /// What was done.
    pub technique: Technique,
    /// How much it matters.
    pub weight: Weight,
    /// Who did it, as [`Server::actor`] numbers them.
    pub actor: Option<usize>,
    /// In words.
    pub about: String,
    /// The act that left it, where several traces come of one act.
    pub act: Option<usize>,
}

impl Mark {
    /// A trace that an assessment must name.
    pub fn must(technique: Technique, actor: usize, about: impl Into<String>) -> Self {
        Self { technique, weight: Weight::Must, actor: Some(actor), about: about.into(), act: None }
    }

    /// A trace that completes the picture.
    pub fn supporting(technique: Technique, actor: usize, about: impl Into<String>) -> Self {
        Self { weight: Weight::Supporting, ..Self::must(technique, actor, about) }
    }

    /// A trace of interest beside others.
    pub fn context(technique: Technique, actor: usize, about: impl Into<String>) -> Self {
        Self { weight: Weight::Context, ..Self::must(technique, actor, about) }
    }

    /// The same at a less telling place.
    pub fn lesser(&self) -> Self {
        let weight = self.weight.max(Weight::Supporting);
        Self { weight, ..self.clone() }
    }
}

/// How a row log is headed.
#[derive(Debug, Clone)]
pub enum Head {
    /// The mail server's own family.
    Mail {
        /// After `#Version: `.
        version: String,
        /// After `#Log-type: `.
        log_type: &'static str,
        /// Columns, comma-joined.
        fields: String,
        /// Where the columns stand.
        heading: Heading,
    },
    /// The web server.
    Web {
        /// `10.0`, `8.5`.
        version: &'static str,
        /// Columns, blank-joined.
        fields: &'static str,
    },
    /// A log of Windows itself.
    Windows {
        /// The lines above the first row.
        text: &'static str,
        /// How the whole is stored.
        encoding: Encoding,
    },
}

impl Head {
    /// The lines above the first row, and again after a restart.
    pub fn text(&self, time: Moment) -> String {
        match self {
            Self::Mail { version, log_type, fields, heading } => {
                let comments = format!(
                    "#Software: Microsoft Exchange Server\r\n#Version: {version}\r\n#Log-type: {log_type}\r\n\
                     #Date: {}\r\n#Fields: {fields}\r\n",
                    time.iso()
                );
                match heading {
                    Heading::CommentsOnly => comments,
                    Heading::CommentsThenPlain => format!("{comments}{fields}\r\n"),
                    Heading::PlainThenComments => format!("{fields}\r\n{comments}"),
                }
            }
            Self::Web { version, fields } => format!(
                "#Software: Microsoft Internet Information Services {version}\r\n#Version: 1.0\r\n#Date: {}\r\n\
                 #Fields: {fields}\r\n",
                time.w3c()
            ),
            Self::Windows { text, .. } => (*text).to_owned(),
        }
    }
}

#[derive(Debug)]
struct Row {
    time: Moment,
    text: String,
    key: Option<Key>,
}

#[derive(Debug)]
enum Content {
    Rows { head: Head, opened: Moment, rows: Vec<Row> },
    Events(Vec<(Event, Option<Key>)>),
    Whole { bytes: Vec<u8>, keys: Vec<(Key, Option<u64>)> },
}

#[derive(Debug)]
struct Item {
    content: Content,
    modified: Moment,
}

impl Item {
    fn events(&mut self) -> impl Iterator<Item = &mut Event> {
        let events = match &mut self.content {
            Content::Events(events) => events.as_mut_slice(),
            _ => &mut [],
        };
        events.iter_mut().map(|(event, _)| event)
    }
}

#[derive(Debug)]
struct Someone {
    kind: ActorKind,
    addresses: Vec<String>,
    first: Option<Moment>,
    last: Option<Moment>,
}

/// How a text file is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a mark.
    Plain,
    /// UTF-16 little-endian with its mark.
    Wide,
    /// UTF-16 big-endian with its mark.
    WideBigEndian,
}

impl Encoding {
    /// The bytes of a text.
    pub fn store(self, text: &str) -> Vec<u8> {
        let wide = || [0xfeff].into_iter().chain(text.encode_utf16());
        match self {
            Self::Plain => text.as_bytes().to_vec(),
            Self::Wide => wide().flat_map(u16::to_le_bytes).collect(),
            Self::WideBigEndian => wide().flat_map(u16::to_be_bytes).collect(),
        }
    }
}

/// A server under construction.
#[derive(Debug)]
pub struct Server {
    /// What it is.
    pub host: Host,
    /// Its choices.
    pub dice: Dice,
    /// First and last moment of its logs.
    pub window: (Moment, Moment),
    /// Build and moment of an update within the window.
    pub update: Option<([u16; 4], Moment)>,
    /// Whether its build at the window's beginning has the holes.
    pub affected: bool,
    /// Which of its logs tell of processes.
    pub process_logs: ProcessLogs,
    /// How its security log names the system as the one that starts a process.
    pub subject: Subject,
    /// Hives by name, and traces in them: what a finding must hold, by the hive's path.
    hives: BTreeMap<&'static str, hive::Key>,
    in_hives: Vec<(String, Vec<String>, Key, Moment)>,
    /// Channels that were cleared, and when: what was in them before is gone.
    cleared: Vec<(&'static str, Moment)>,
    items: BTreeMap<String, Item>,
    marks: Vec<Mark>,
    actors: Vec<Someone>,
}

impl Server {
    /// An empty server.
    pub fn new(host: Host, dice: Dice, window: (Moment, Moment)) -> Self {
        Self {
            host,
            dice,
            window,
            update: None,
            affected: true,
            process_logs: ProcessLogs::default(),
            subject: Subject::default(),
            hives: BTreeMap::new(),
            in_hives: Vec::new(),
            cleared: Vec::new(),
            items: BTreeMap::new(),
            marks: Vec::new(),
            actors: Vec::new(),
        }
    }

    /// A new actor; its number goes into marks.
    pub fn actor(&mut self, kind: ActorKind, addresses: &[&str]) -> usize {
        let addresses = addresses.iter().map(ToString::to_string).collect();
        self.actors.push(Someone { kind, addresses, first: None, last: None });
        self.actors.len() - 1
    }

    /// A new trace, to be tied to rows, events or files.
    pub fn key(&mut self, mut mark: Mark) -> Key {
        let key = self.marks.len();
        // An act is numbered by its first trace.
        mark.act.get_or_insert(key);
        self.marks.push(mark);
        key
    }

    /// One more trace of the act that `key` belongs to.
    pub fn same_act(&mut self, key: Key, mark: Mark) -> Key {
        let act = self.marks.get(key).and_then(|first| first.act);
        self.key(Mark { act, ..mark })
    }

    /// Opens a row log without a row, as idle hours have it.
    pub fn open(&mut self, path: &str, head: impl FnOnce() -> Head, time: Moment) {
        self.items.entry(path.to_owned()).or_insert_with(|| Item {
            content: Content::Rows { head: head(), opened: time, rows: Vec::new() },
            modified: time,
        });
    }

    /// One row of a log.
    pub fn row(&mut self, path: &str, head: impl FnOnce() -> Head, time: Moment, text: String, key: Option<Key>) {
        self.open(path, head, time);
        self.seen(key, time);
        if let Some(Item { content: Content::Rows { rows, .. }, modified }) = self.items.get_mut(path) {
            rows.push(Row { time, text, key });
            *modified = time.max(*modified);
        }
    }

    /// The head once more, as after a restart of the writing process.
    pub fn restart(&mut self, path: &str, head: &Head, time: Moment) {
        if let Some(Item { content: Content::Rows { rows, .. }, .. }) = self.items.get_mut(path) {
            let text = head.text(time);
            rows.push(Row { time, text: text.trim_end().to_owned(), key: None });
        }
    }

    /// One event; its channel tells the file.
    pub fn event(&mut self, event: Event, key: Option<Key>) {
        self.seen(key, event.time);
        let path = format!("{}\\{}.evtx", crate::host::EVENT_LOGS, event.channel.replace('/', "%4"));
        let time = event.time;
        let item =
            self.items.entry(path).or_insert_with(|| Item { content: Content::Events(Vec::new()), modified: time });
        item.modified = item.modified.max(time);
        if let Content::Events(events) = &mut item.content {
            events.push((event, key));
        }
    }

    /// A file that is evidence as a whole.
    pub fn file(&mut self, path: &str, bytes: Vec<u8>, modified: Moment, key: Option<Key>) {
        let keys = key.into_iter().map(|key| (key, None)).collect();
        self.items.insert(path.to_owned(), Item { content: Content::Whole { bytes, keys }, modified });
    }

    /// A text file some of whose lines are traces: each key stands on the first line that holds its text.
    pub fn text(&mut self, path: &str, text: &str, encoding: Encoding, modified: Moment, keys: &[(&str, Key)]) {
        let line_of = |needle: &str| {
            let at = text.lines().position(|line| line.contains(needle));
            at.and_then(|at| u64::try_from(at + 1).ok())
        };
        let keys = keys.iter().map(|(needle, key)| (*key, line_of(needle))).collect();
        let bytes = encoding.store(text);
        self.items.insert(path.to_owned(), Item { content: Content::Whole { bytes, keys }, modified });
    }

    /// A value of the registry. As a trace it is told by `holds`, its name for people, or by its text.
    pub fn registry(
        &mut self,
        (hive, path, name): (&'static str, &str, &str),
        value: Value,
        time: Moment,
        trace: Option<(&str, Key)>,
    ) {
        if let Some((holds, key)) = trace {
            let text = match &value {
                Value::Text(text) | Value::Expanding(text) => Some(text.clone()),
                Value::List(texts) => texts.last().cloned(),
                Value::Number(_) => None,
            };
            let holds = std::iter::once(holds.to_owned()).chain(text).collect();
            self.in_hives.push((hive_path(hive), holds, key, time));
        }
        self.hives.entry(hive).or_default().set(path, name, value, time);
    }

    /// Ties a file that is there, as a whole, to a trace.
    pub fn tie(&mut self, path: &str, key: Key) {
        if let Some(Item { content: Content::Whole { keys, .. }, .. }) = self.items.get_mut(path) {
            keys.push((key, None));
        }
    }

    /// Takes evidence away, as rotation or an intruder does. Traces that stood only there are gone with it.
    pub fn lose(&mut self, lost: impl Fn(&str, Moment) -> bool) {
        self.items.retain(|path, item| !lost(path, item.modified));
    }

    /// Row logs that are meant have no rows from `time` on, as where somebody stopped their writing.
    pub fn silence(&mut self, is_meant: impl Fn(&str) -> bool, time: Moment) {
        self.items.retain(|path, item| {
            let Content::Rows { opened, rows, .. } = &mut item.content else { return true };
            if !is_meant(path) {
                return true;
            }
            rows.retain(|row| row.time < time);
            item.modified = rows.iter().map(|row| row.time).max().unwrap_or(*opened);
            !rows.is_empty() || *opened < time
        });
    }

    /// Empties a channel: at the end, only its events from `time` on are written.
    pub fn clear(&mut self, channel: &'static str, time: Moment) {
        self.cleared.push((channel, time));
    }

    fn seen(&mut self, key: Option<Key>, time: Moment) {
        let actor = key.and_then(|key| self.marks.get(key)).and_then(|mark| mark.actor);
        if let Some(someone) = actor.and_then(|actor| self.actors.get_mut(actor)) {
            someone.first = Some(someone.first.map_or(time, |first| first.min(time)));
            someone.last = Some(someone.last.map_or(time, |last| last.max(time)));
        }
    }

    /// Writes the collection below `folder` and tells the truth about it.
    pub fn finish(mut self, folder: &Path, shape: Shape, verdict: (Verdict, &str)) -> Result<Truth> {
        let mut collection = Collection::new(folder, shape, &self.host, self.window.1)?;
        let shown = self.shown_addresses();
        let end = self.window.1;
        for (name, hive) in std::mem::take(&mut self.hives) {
            self.file(&hive_path(name), hive.write(name, end), end, None);
        }
        let mut placed: BTreeMap<(Key, String), Placed> = BTreeMap::new();
        let live = self.items.keys().filter(|path| path.contains("\\HttpProxy\\Mapi\\")).max().cloned();
        lineage::settle(self.dice.clone(), self.items.values_mut().flat_map(Item::events));
        for item in self.items.values_mut() {
            if let Content::Events(events) = &mut item.content {
                let gone =
                    |event: &Event| self.cleared.iter().any(|(name, at)| *name == event.channel && event.time < *at);
                events.retain(|(event, _)| !gone(event));
            }
        }
        for (path, item) in std::mem::take(&mut self.items) {
            let place = collection.place(&path);
            let (mut bytes, keys) = render(item.content, item.modified)?;
            if live.as_deref() == Some(&path) && keys.is_empty() {
                // The file that was being written when it was copied ends in the middle of a row.
                bytes.truncate(bytes.len().saturating_sub(211));
            }
            for hit in keys {
                placed.entry((hit.key, place.clone())).or_default().add(&hit);
            }
            collection.add(&path, &bytes, item.modified)?;
        }
        let in_hives = std::mem::take(&mut self.in_hives);
        for (path, holds, key, time) in in_hives {
            let entry = placed.entry((key, collection.place(&path))).or_default();
            entry.add(&Hit { key, line: None, record: None, time: Some(time) });
            entry.holds = holds;
        }
        let traces = placed.iter().enumerate().filter_map(|(number, ((key, file), placed))| {
            let mark = self.marks.get(*key)?;
            Some(self.trace(number, mark, file, placed))
        });
        let traces: Vec<Trace> = traces.collect();
        let bytes = collection.close()?;
        let product = Product {
            name: self.host.product.to_owned(),
            build: self.host.build_short(),
            affected: self.affected,
            updated: self.update.map(|(build, at)| (crate::host::long(build), at.iso())),
        };
        Ok(Truth {
            schema: "trial-truth/1".to_owned(),
            scenario: String::new(),
            set: String::new(),
            seed: 0,
            verdict: verdict.0,
            why: verdict.1.to_owned(),
            server: String::new(),
            product,
            actors: (0..self.actors.len()).filter_map(|at| self.told(at, &shown)).collect(),
            traces,
            bytes,
        })
    }

    fn trace(&self, number: usize, mark: &Mark, file: &str, placed: &Placed) -> Trace {
        let (technique, attack) = mark.technique.names();
        Trace {
            id: format!("t{:03}", number + 1),
            technique: technique.to_owned(),
            attack: attack.to_owned(),
            act: format!("a{:03}", mark.act.unwrap_or(number) + 1),
            about: mark.about.clone(),
            file: file.to_owned(),
            lines: placed.lines.clone(),
            records: placed.records.clone(),
            holds: placed.holds.clone(),
            time: placed.first.map(Moment::iso),
            until: placed.last.map(Moment::iso),
            weight: mark.weight,
            actor: mark.actor.map(|actor| self.actor_name(actor)),
        }
    }

    fn actor_name(&self, at: usize) -> String {
        let kind = match self.actors.get(at).map(|someone| someone.kind) {
            Some(ActorKind::Intruder) => "intruder",
            Some(ActorKind::Prober) => "prober",
            Some(ActorKind::Scanner) | None => "scanner",
        };
        format!("{kind}-{}", at + 1)
    }

    /// Addresses of actors that a row with one of their traces still shows: nobody can find the others.
    fn shown_addresses(&self) -> BTreeSet<String> {
        let mut shown = BTreeSet::new();
        for item in self.items.values() {
            let Content::Rows { rows, .. } = &item.content else { continue };
            for row in rows {
                let actor = row.key.and_then(|key| self.marks.get(key)).and_then(|mark| mark.actor);
                let Some(someone) = actor.and_then(|actor| self.actors.get(actor)) else { continue };
                shown.extend(someone.addresses.iter().filter(|address| row.text.contains(*address)).cloned());
            }
        }
        shown
    }

    /// The head and the rows of every row log, by path; what noise is made of.
    pub fn row_logs(&self) -> impl Iterator<Item = (&str, String, Vec<&str>)> {
        self.items.iter().filter_map(|(path, item)| match &item.content {
            Content::Rows { head, opened, rows } => {
                let rows = rows.iter().filter(|row| !row.text.starts_with('#')).map(|row| row.text.as_str());
                Some((path.as_str(), head.text(*opened), rows.collect()))
            }
            _ => None,
        })
    }

    fn told(&self, at: usize, shown: &BTreeSet<String>) -> Option<Actor> {
        let someone = self.actors.get(at)?;
        Some(Actor {
            id: self.actor_name(at),
            kind: someone.kind,
            addresses: someone.addresses.iter().filter(|address| shown.contains(*address)).cloned().collect(),
            first: someone.first.map(Moment::iso),
            last: someone.last.map(Moment::iso),
        })
    }
}

/// Where Windows keeps a hive.
fn hive_path(name: &str) -> String {
    format!("C:\\Windows\\System32\\config\\{name}")
}
