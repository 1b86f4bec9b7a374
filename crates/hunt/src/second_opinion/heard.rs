//! What other tools say, gathered from their records while files are read.

use std::collections::{BTreeMap, BTreeSet};

use hikeshi_core::second_opinion::Counts;
use hikeshi_core::time::Timestamp;
use hikeshi_evidence::record::{Record, Topic, Value};

/// So many runs are told apart in one file, and in all; what is beyond is joined to the last one.
const RUNS: usize = 200;
/// So many things of one level that a run lists are told apart; beyond that they are counted as they come.
const ITEMS: usize = 2_000;
/// So many files of one run are named.
const PATHS: usize = 50;
/// So many checks of one run are told apart.
const CHECKS: usize = 200;
/// So many figures of how far logs reach back are kept.
const DAYS: usize = 64;

/// What readers call the virus scanner that tells of detections in an event log.
const RESIDENT: &str = "Windows Defender";

/// Who spoke, as far as the record says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Voice {
    pub(super) scanner: String,
    /// The server that it speaks of.
    pub(super) host: String,
    /// When the run began, as the scanner writes it.
    pub(super) started: String,
}

/// What one run said.
#[derive(Debug, Clone, Default)]
pub(super) struct Run {
    pub(super) version: Option<String>,
    /// The newest time that it tells.
    pub(super) time: Option<Timestamp>,
    pub(super) local_time: Option<String>,
    /// When its newest file was written.
    pub(super) modified: Option<Timestamp>,
    pub(super) paths: BTreeSet<String>,
    pub(super) counts: Counts,
    /// What it listed: level, name, place.
    items: BTreeSet<(String, String, String)>,
    /// What it says of each check; under the blank name, of the whole.
    pub(super) says: BTreeMap<String, BTreeSet<String>>,
    /// For how many tenths of a day it has logs; `None` where it names a log and no figure.
    pub(super) days: Vec<Option<u32>>,
    /// Places from which it removed something.
    pub(super) removed: BTreeSet<String>,
}

/// The voices in one file.
#[derive(Debug, Default)]
pub(crate) struct Voices(BTreeMap<Voice, Run>);

impl Voices {
    /// Takes in a record, if it is one of a scanner; `is_detection` asks whether an event tells of a detection.
    pub(crate) fn hear(&mut self, record: &Record, is_detection: impl Fn(&Record) -> bool) {
        match record.topic {
            Topic::Detection => {
                let level = record.text("Level").unwrap_or("found").to_owned();
                if let Some(run) = self.run(record) {
                    run.list(level, record);
                }
            }
            Topic::ScanRun => {
                if let Some(run) = self.run(record) {
                    run.say(record);
                }
            }
            Topic::Event if record.field("Threat Name").is_some() && is_detection(record) => {
                let voice = Voice { scanner: RESIDENT.to_owned(), host: String::new(), started: String::new() };
                if let Some(run) = self.of(voice) {
                    run.time = run.time.max(record.time);
                    run.list("found".to_owned(), record);
                }
            }
            _ => {}
        }
    }

    fn run(&mut self, record: &Record) -> Option<&mut Run> {
        let text = |name| record.text(name).unwrap_or_default().trim().to_owned();
        let scanner = Some(text("Scanner")).filter(|scanner| !scanner.is_empty())?;
        let run = self.of(Voice { scanner, host: text("Host"), started: text("Started") })?;
        run.time = run.time.max(record.time);
        if run.version.is_none() {
            run.version = record.text("Version").map(str::to_owned);
        }
        for name in ["Finished", "Started", "LocalTime"] {
            run.local_time = run.local_time.take().or_else(|| record.text(name).map(str::to_owned));
        }
        Some(run)
    }

    fn of(&mut self, voice: Voice) -> Option<&mut Run> {
        if self.0.len() >= RUNS && !self.0.contains_key(&voice) {
            return self.0.values_mut().next_back();
        }
        Some(self.0.entry(voice).or_default())
    }
}

impl Run {
    fn list(&mut self, level: String, record: &Record) {
        let one = |name: &str| match record.field(name) {
            Some(Value::Text(text)) => Some(text.clone()),
            Some(Value::List(texts)) => texts.first().cloned(),
            _ => None,
        };
        let first = |names: &[&str]| names.iter().find_map(|name| one(name)).unwrap_or_default();
        let what = first(&["Threat Name", "Check", "Event", "Message"]);
        let place = first(&["Path", "AnchorMailbox", "CommandLine", "Entry"]);
        let place =
            if place.is_empty() { record.number.map(|number| number.to_string()).unwrap_or_default() } else { place };
        let action = ["Action", "Outcome", "Result", "Event"].iter().filter_map(|name| one(name)).collect::<Vec<_>>();
        let took = action.iter().any(|word| {
            let word = word.to_ascii_lowercase();
            (word.contains("removed") && !word.contains("not removed"))
                || word.contains("quarantine")
                || word == "remove"
                || word == "cleaned"
        });
        let failed = action.iter().any(|word| word.contains("fail"));
        if took && !failed && self.removed.len() < ITEMS {
            self.removed.insert(place.clone());
        }
        let count = match level.as_str() {
            "notice" => &mut self.counts.notices,
            "suspicious" => &mut self.counts.suspicious,
            _ => &mut self.counts.found,
        };
        if self.items.len() >= ITEMS || self.items.insert((level, what, place)) {
            *count += 1;
        }
    }

    fn say(&mut self, record: &Record) {
        let check = record.text("Check").unwrap_or_default();
        let says = record.text("Says").unwrap_or_default();
        if self.says.len() < CHECKS || self.says.contains_key(check) {
            self.says.entry(check.to_owned()).or_default().insert(says.to_owned());
        }
        if says != "log-ages" {
            return;
        }
        match record.text("LogDays") {
            Some(line) => self.days.extend(figures(line)),
            None => {
                // A table: a column for each log.
                const OWN: [&str; 7] = ["Scanner", "Output", "Host", "Says", "Started", "Check", "LocalTime"];
                let columns = record.fields.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
                self.days.extend(columns.filter_map(|(_, value)| match value {
                    Value::Text(text) => Some(tenths(text)),
                    _ => None,
                }));
            }
        }
        self.days.truncate(DAYS);
    }

    /// The first thing that it lists, of the gravest level.
    pub(super) fn first_listed(&self) -> Option<&str> {
        self.items.iter().map(|(_, _, place)| place.as_str()).find(|place| !place.is_empty())
    }

    pub(super) fn says(&self, word: &str) -> bool {
        self.says.values().any(|says| says.contains(word))
    }

    /// It has begun, and that is all.
    fn says_nothing(&self) -> bool {
        self.counts == Counts::default() && self.says.values().flatten().all(|says| says == "started")
    }

    fn join(&mut self, other: Self) {
        self.version = self.version.take().or(other.version);
        self.time = self.time.max(other.time);
        self.local_time = self.local_time.take().or(other.local_time);
        self.modified = self.modified.max(other.modified);
        self.paths.extend(other.paths);
        while self.paths.len() > PATHS {
            self.paths.pop_last();
        }
        for (level, what, place) in other.items {
            self.items.insert((level, what, place));
        }
        // A thing that two files name is one thing; beyond the bound the higher count is nearer.
        let counted = |level: &str| self.items.iter().filter(|(have, ..)| have == level).count() as u64;
        let most = |level: &str, a: u64, b: u64| counted(level).max(a).max(b);
        self.counts = Counts {
            found: most("found", self.counts.found, other.counts.found),
            suspicious: most("suspicious", self.counts.suspicious, other.counts.suspicious),
            notices: most("notice", self.counts.notices, other.counts.notices),
        };
        for (check, says) in other.says {
            self.says.entry(check).or_default().extend(says);
        }
        self.days.extend(other.days);
        self.days.truncate(DAYS);
        self.removed.extend(other.removed);
    }
}

/// `Oabgen 30,3 Ecp Mapi 21.5`: a figure for each name, or none.
fn figures(line: &str) -> Vec<Option<u32>> {
    let mut figures: Vec<Option<u32>> = Vec::new();
    let mut named = false;
    for word in line.split_whitespace().take(4 * DAYS) {
        match tenths(word) {
            Some(figure) => {
                figures.push(Some(figure));
                named = false;
            }
            None => {
                if named {
                    figures.push(None);
                }
                named = true;
            }
        }
    }
    if named {
        figures.push(None);
    }
    figures
}

/// A number with one decimal, whichever sign the region of the server puts before it: `30,3`, `30.3`, `1,024.5`.
fn tenths(text: &str) -> Option<u32> {
    let text = text.trim().trim_matches('"');
    let (whole, tenth) = text.rsplit_once(['.', ',']).unwrap_or((text, "0"));
    let whole: String = whole.chars().filter(|letter| !matches!(letter, '.' | ',' | '\u{a0}' | '\u{202f}')).collect();
    let digits = !whole.is_empty() && whole.bytes().chain(tenth.bytes()).all(|byte| byte.is_ascii_digit());
    (digits && tenth.len() == 1).then_some(())?;
    whole.parse::<u32>().ok()?.checked_mul(10)?.checked_add(tenth.parse().ok()?)
}

/// All runs of all tools.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    runs: BTreeMap<(usize, Voice, String), Run>,
}

impl Heard {
    /// Takes in the voices of a file. Outputs of a scanner that is always there are one, wherever they lie.
    pub(crate) fn add(
        &mut self,
        root: usize,
        path: &str,
        modified: Option<Timestamp>,
        voices: Voices,
        is_resident: impl Fn(&str) -> bool,
    ) {
        for (mut voice, mut run) in voices.0 {
            let mut folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
            if is_resident(&voice.scanner) {
                folder.clear();
                voice = Voice { scanner: voice.scanner, host: String::new(), started: String::new() };
            }
            run.paths.insert(path.to_owned());
            run.modified = modified;
            if self.runs.len() < RUNS * 10 {
                self.runs.entry((root, voice, folder)).or_default().join(run);
            }
        }
    }

    /// The runs, in order; outputs that say less of themselves are joined to the one run that they can be of.
    pub(super) fn runs(self) -> Vec<(Voice, Run)> {
        let mut all: Vec<((usize, Voice, String), Run)> = self.runs.into_iter().collect();
        // Those that say most come first, so that what is joined goes to them.
        let told = |voice: &Voice| usize::from(!voice.host.is_empty()) + usize::from(!voice.started.is_empty());
        all.sort_by_key(|((root, voice, folder), _)| {
            (std::cmp::Reverse(told(voice)), *root, voice.clone(), folder.clone())
        });
        let mut runs: Vec<((usize, Voice, String), Run)> = Vec::new();
        for (key, run) in all {
            let mut fits: Vec<usize> =
                runs.iter().enumerate().filter(|(_, (have, _))| can_be_one(have, &key)).map(|(at, _)| at).collect();
            // Of several, the one that speaks in the same file.
            let same_file = |at: &usize| runs.get(*at).is_some_and(|(_, have)| !have.paths.is_disjoint(&run.paths));
            if fits.iter().filter(|at| same_file(at)).count() == 1 {
                fits.retain(same_file);
            }
            match fits.as_slice() {
                [at] => {
                    if let Some((have, joined)) = runs.get_mut(*at) {
                        for (mine, theirs) in [(&mut have.1.host, &key.1.host), (&mut have.1.started, &key.1.started)] {
                            if mine.is_empty() {
                                mine.clone_from(theirs);
                            }
                        }
                        joined.join(run);
                    }
                }
                // The heading of a text that speaks of several servers is of none of them.
                [_, ..] if run.says_nothing() => {}
                _ => runs.push((key, run)),
            }
        }
        let mut runs: Vec<_> = runs.into_iter().map(|((_, voice, folder), run)| (voice, folder, run)).collect();
        runs.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        runs.truncate(RUNS);
        runs.into_iter().map(|(voice, _, run)| (voice, run)).collect()
    }
}

/// Whether two outputs can be of one run: of the same tool in folders that lie in one another, and unlike in nothing that
/// both say, while one of them leaves something open.
fn can_be_one(a: &(usize, Voice, String), b: &(usize, Voice, String)) -> bool {
    let same = |a: &str, b: &str| a.is_empty() || b.is_empty() || a.eq_ignore_ascii_case(b);
    let inside =
        |a: &str, b: &str| a == b || a.is_empty() || b.strip_prefix(a).is_some_and(|rest| rest.starts_with('/'));
    let folders = inside(&a.2, &b.2) || inside(&b.2, &a.2);
    a.0 == b.0
        && a.1.scanner == b.1.scanner
        && folders
        && same(&a.1.host, &b.1.host)
        && same(&a.1.started, &b.1.started)
        && (a.1 != b.1 || a.2 != b.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_whatever_sign_stands_before_the_decimal_and_missing_ones_are_seen() {
        assert_eq!(figures("Oabgen 30,3 Ecp 29.8 Autod  Mapi 21,5 Oab"), [Some(303), Some(298), None, Some(215), None]);
        assert_eq!(
            (tenths("1,024.5"), tenths("1.024,5"), tenths("30"), tenths("x"), tenths("")),
            (Some(10245), Some(10245), Some(300), None, None)
        );
        assert_eq!(tenths("99999999999.0"), None);
    }

    fn record(topic: Topic, fields: &[(&str, &str)]) -> Record {
        fields.iter().fold(Record::new(topic, 0), |record, (name, value)| record.with(name, *value))
    }

    #[test]
    fn outputs_of_one_run_are_joined_and_those_of_others_are_not() {
        let mut heard = Heard::default();
        let mut add = |path: &str, records: &[Record]| {
            let mut voices = Voices::default();
            records.iter().for_each(|record| voices.hear(record, |_| false));
            heard.add(0, path, None, voices, |scanner| scanner == "Resident");
        };
        let hit =
            |host: &str, path: &str| record(Topic::Detection, &[("Scanner", "Check"), ("Host", host), ("Path", path)]);
        let skipped = record(Topic::ScanRun, &[("Scanner", "Check"), ("Says", "skipped")]);
        let console = record(
            Topic::ScanRun,
            &[("Scanner", "Check"), ("Host", "EX01"), ("Says", "nothing-found"), ("Started", "1")],
        );
        add("a/out.txt", &[skipped, console]);
        add("a/logs/EX01-other.csv", &[hit("EX01", "x"), hit("EX01", "y"), hit("EX01", "x")]);
        add("a/logs/EX02-other.csv", &[hit("EX02", "x")]);
        let resident = record(Topic::Detection, &[("Scanner", "Resident"), ("Path", "z"), ("Action", "quarantined")]);
        add("b/one.log", std::slice::from_ref(&resident));
        add("c/two", &[resident]);
        let runs = heard.runs();
        let shown: Vec<_> = runs
            .iter()
            .map(|(voice, run)| {
                (voice.scanner.as_str(), voice.host.as_str(), run.counts.found, run.paths.len(), run.removed.len())
            })
            .collect();
        assert_eq!(shown, [("Check", "EX01", 2, 2, 0), ("Check", "EX02", 1, 1, 0), ("Resident", "", 1, 2, 1)]);
        assert!(runs[0].1.says("skipped") && runs[0].1.says("nothing-found"));
    }
}
