//! Takes in the records of one piece of evidence, from its reader or from a worker.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hikeshi_core::PRACTICE_MARK;
use hikeshi_core::coverage::Unreadable;
use hikeshi_core::finding::{EvidenceRef, Finding, Reading};
use hikeshi_core::machine::Machine;
use hikeshi_core::place::Place;
use hikeshi_core::time::Timestamp;
use hikeshi_evidence::record::{Flow, Missed, Record, Sink, Topic, Value};
use hikeshi_evidence::yara::Match;

use super::event::RecordEvent;
use super::{Kept, RecordProgram};
use crate::affected::{OfFile, Products};
use crate::check::{Progress, unreadable};
use crate::collect::Hits;
use crate::correlate::{Joined, Watch};
use crate::follow::{Descent, Pursuit, Sighting};
use crate::known_good::KnownGood;
use crate::machine::machine;
use crate::mask::mask;
use crate::program::{Mode, RuleFacts};
use crate::scope::Scope;
use crate::second_opinion::heard::Voices;
use crate::shown::{FIELDS_SHOWN, short};
use crate::sought::Sought;
use crate::times::Times;
use crate::watch_list::WatchList;
use crate::yara::{self, YaraPlaces};

/// What a scan works with; shared by all threads.
#[derive(Clone, Copy)]
pub(crate) struct RecordTools<'a> {
    pub(crate) program: &'a RecordProgram,
    pub(crate) facts: &'a [RuleFacts],
    pub(crate) watch: &'a Watch,
    pub(crate) mode: Mode,
    pub(crate) scope: &'a Scope,
    pub(crate) yara: &'a YaraPlaces,
    pub(crate) sought: Option<&'a Sought>,
    pub(crate) products: &'a Products<'a>,
    pub(crate) known_good: &'a BTreeMap<String, KnownGood>,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) pursuit: Option<&'a Pursuit>,
}

/// One piece of evidence while its records come in.
pub(crate) struct RecordScan<'a> {
    tools: RecordTools<'a>,
    path: Arc<str>,
    kept: Kept,
    /// The place that the file lies in, and what belongs there.
    place: Option<(&'a Place, Option<&'a KnownGood>)>,
    /// Bytes that were read.
    pub(crate) read: u64,
    /// The time of the file that was looked at.
    file_time: Option<Timestamp>,
    pub(crate) hits: BTreeMap<usize, Hits>,
    pub(crate) watched: WatchList,
    pub(crate) unreadable: Vec<Unreadable>,
    /// Times by channel; for records that are no events, under the empty name.
    pub(crate) times: BTreeMap<String, Times>,
    pub(crate) practice: bool,
    pub(crate) machines: BTreeSet<Machine>,
    /// What another tool says in it.
    voices: Voices,
    /// What the records say of builds.
    pub(crate) builds: OfFile<'a>,
    /// What intruders' processes did.
    pub(crate) descent: Descent<'a>,
}

/// More channels than this are not told apart in one file: their names come from the evidence.
const CHANNELS: usize = 1_000;

impl<'a> RecordScan<'a> {
    pub(crate) fn new(
        tools: RecordTools<'a>,
        path: Arc<str>,
        kept: Kept,
        place: Option<(&'a Place, Option<&'a KnownGood>)>,
    ) -> Self {
        Self {
            tools,
            builds: tools.products.begin(&path),
            descent: Descent::new(tools.pursuit),
            path,
            kept,
            place,
            read: 0,
            file_time: None,
            hits: BTreeMap::new(),
            watched: WatchList::default(),
            unreadable: Vec::new(),
            times: BTreeMap::new(),
            practice: false,
            machines: BTreeSet::new(),
            voices: Voices::default(),
        }
    }

    /// A YARA rule holds for the file whose record came last.
    pub(crate) fn matched(&mut self, set: usize, found: &Match) {
        let Some(place) = self.tools.yara.place(set, found) else { return };
        let Some(facts) = self.tools.facts.get(place) else { return };
        if self.tools.scope.holds(self.file_time) {
            let hits = self.hits.entry(place).or_default();
            if hits.count(self.file_time, Reading::Exact) {
                let offset = found.strings.iter().map(|string| string.offset).min().unwrap_or_default();
                let evidence =
                    EvidenceRef { path: self.path.to_string(), line: None, record: None, offset, sha256: None };
                let finding = facts.finding(evidence, self.file_time, None);
                hits.list(Finding { fields: yara::shown(found), ..finding }, self.tools.progress);
            }
        }
    }

    /// What another tool says. An event log in which many channels come together is not the tool's own output.
    pub(crate) fn take_voices(&mut self) -> Voices {
        let voices = std::mem::take(&mut self.voices);
        if self.times.len() > 1 { Voices::default() } else { voices }
    }

    /// The file has been read.
    pub(crate) fn close(&mut self) {
        for record in self.descent.early() {
            self.descend(&record);
        }
    }

    fn descend(&mut self, record: &Record) {
        if let Some(sighting) = self.descent.see(&self.tools.program.sources.processes, record, &self.path) {
            self.sighted(sighting, record);
        }
    }

    /// Gives back what was borrowed for the scan.
    pub(crate) fn take_kept(&mut self) -> Kept {
        std::mem::take(&mut self.kept)
    }

    /// Adds to a file what the pack says of where it lies.
    fn put_in_place(&self, record: &mut Record) {
        // Of a file in a file table there is no content; its name may belong to what is shipped all the same.
        if record.topic == Topic::File
            && record.number.is_some()
            && let Some(name) = record.text("Name")
        {
            let is_known = KnownGood::any_has_name(self.tools.known_good, name);
            record.fields.push(("KnownName".to_owned(), if is_known { "yes" } else { "no" }.into()));
        }
        let Some((place, known_good)) = self.place.filter(|_| record.topic == Topic::File) else { return };
        if let (Some(list), Some(path), Some(hash)) = (known_good, record.text("TargetFilename"), record.text("SHA256"))
        {
            let known = list.judge(path, hash).word();
            record.fields.push(("Known".to_owned(), known.into()));
        }
        record.fields.push(("Place".to_owned(), place.id.as_str().into()));
    }

    fn note(&mut self, record: &Record) {
        if record.topic == Topic::File {
            self.file_time = record.time;
        }
        self.machines.extend(machine(record));
        let channel = match record.topic {
            Topic::Event => record.text("Channel").unwrap_or_default(),
            _ => "",
        };
        // Remains of deleted records do not show that the log covers their time.
        if let Some(time) = record.time.filter(|_| record.field("Recovered").is_none()) {
            if let Some(times) = self.times.get_mut(channel) {
                times.see(time, record.number);
            } else if self.times.len() < CHANNELS {
                self.times.entry(channel.to_owned()).or_default().see(time, record.number);
            }
        }
        self.practice = self.practice || carries_mark(record);
    }

    fn hold(&mut self, place: usize, record: &Record) {
        let Some(facts) = self.tools.facts.get(place) else { return };
        let address = self.address(record);
        let evidence = self.evidence(record);
        self.descent.held(facts, &self.tools.program.sources.processes, record, &evidence);
        let hits = self.hits.entry(place).or_default();
        if let Some(address) = &address {
            hits.seen_from(address, record.time);
        }
        if hits.count(record.time, Reading::Exact) {
            let sources = &self.tools.program.sources;
            let secrets = if record.topic == Topic::Event { &[][..] } else { &sources.secrets };
            let fields = shown(record, &self.tools.program.fields_of(place, record), &sources.show, secrets);
            let finding = Finding { fields, ..facts.finding(evidence.clone(), record.time, address.clone()) };
            hits.list(finding, self.tools.progress);
        }
        let event = RecordEvent::plain(record);
        let joined = Joined { evidence, time: record.time, address };
        self.watched.extend(self.tools.watch.take(place, &event, joined));
    }

    /// What an intruder's process did.
    fn sighted(&mut self, sighting: Sighting, record: &Record) {
        let Some(facts) = self.tools.facts.get(sighting.place) else { return };
        let evidence = self.evidence(record);
        let hits = self.hits.entry(sighting.place).or_default();
        if hits.count(record.time, Reading::Exact) {
            let sources = &self.tools.program.sources;
            let fields = shown(record, sources.processes.tells(record), &sources.show, &[]);
            // Addresses in such a record are where it came from and where it went, not who came in.
            let finding = facts.finding(evidence.clone(), record.time, None);
            hits.list(Finding { fields, ..finding }, self.tools.progress);
            self.descent.listed(sighting, record, &evidence);
        }
    }

    fn evidence(&self, record: &Record) -> EvidenceRef {
        EvidenceRef {
            path: self.path.to_string(),
            line: None,
            record: record.number,
            offset: record.offset,
            sha256: None,
        }
    }

    /// The address of whoever came in over the network.
    fn address(&self, record: &Record) -> Option<String> {
        let sources = &self.tools.program.sources;
        let named = sources.addresses.iter().find_map(|name| record.text(name))?;
        let address: std::net::IpAddr = named.trim_start_matches("::ffff:").parse().ok()?;
        (!address.is_loopback() && !address.is_unspecified()).then(|| address.to_string())
    }
}

impl Sink for RecordScan<'_> {
    fn record(&mut self, mut record: Record) -> Flow {
        self.put_in_place(&mut record);
        self.note(&record);
        self.voices.hear(&record, |record| self.tools.program.sources.is_detection(record));
        self.builds.record(&record);
        if !self.tools.scope.holds(record.time) {
            return Flow::GoOn;
        }
        let mut places = self.tools.program.evaluate(&record, self.tools.mode, &mut self.kept);
        let sought = self.tools.sought.map(|sought| sought.in_record(&record, &self.tools.program.sources.roles));
        let sought = sought.unwrap_or_default().into_iter();
        places.extend(sought.filter(|place| self.descent.is_news(*place, &record, &self.path)));
        for place in places {
            self.hold(place, &record);
        }
        self.descend(&record);
        Flow::GoOn
    }

    fn missed(&mut self, missed: Missed) {
        self.unreadable.push(unreadable(&self.path, missed));
    }
}

fn carries_mark(record: &Record) -> bool {
    let marked = |text: &String| text.contains(PRACTICE_MARK);
    record.fields.iter().any(|(_, value)| match value {
        Value::Text(text) => marked(text),
        Value::List(texts) => texts.iter().any(marked),
        Value::Number(_) | Value::Bool(_) => false,
    })
}

/// What the rule looked at, and then what people want to see of such a record.
fn shown(record: &Record, looked_at: &[String], wanted: &[String], secrets: &[String]) -> BTreeMap<String, String> {
    let mut shown = BTreeMap::new();
    let value = |name: &String| {
        let (name, value) = record.fields.iter().find(|(have, _)| have.eq_ignore_ascii_case(name))?;
        let text = match value {
            Value::Text(text) => text.clone(),
            Value::List(texts) => texts.join(", "),
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
        };
        (!text.is_empty() && text != "-").then(|| (name.clone(), short(&mask(&text, secrets))))
    };
    for (name, text) in looked_at.iter().chain(wanted).filter_map(value) {
        if shown.len() < FIELDS_SHOWN {
            shown.insert(name, text);
        }
    }
    if shown.is_empty() {
        shown.extend(record.fields.iter().map(|(name, _)| name).filter_map(value).take(FIELDS_SHOWN));
    }
    shown
}
