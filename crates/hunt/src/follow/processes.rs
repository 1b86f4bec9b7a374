//! What intruders' processes started and did: from a finding that shows one as started, through all event logs.
//!
//! Findings of the first pass are the roots ([`Pursuit`]). In the second pass each file has a tree of its own, to which
//! children are added as their records come in ([`Descent`]).

mod early;
mod tree;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;

use hikeshi_core::finding::{EvidenceRef, Finding, Reading, Severity, Stage, weight};
use hikeshi_core::time::Timestamp;
use hikeshi_evidence::record::{Record, Value};

use super::{explanation, of_following};
use crate::program::RuleFacts;
use crate::records::processes::{Named, Naming, ProcessEvents};
use early::Early;
use tree::Tree;

/// ATT&CK's technique of running commands. Source: <https://attack.mitre.org/techniques/T1059/>.
const COMMANDS: &str = "T1059";
/// Roots, and records that show each; beyond it they are not followed, and that is told.
const MOST_ROOTS: usize = 2_000;
const MOST_RECORDS: usize = 20;
/// Findings of which is kept whose they are: more than are listed of a rule.
const MOST_DEEDS: usize = 1_000;

/// A process that somebody started.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Process {
    started: Timestamp,
    host: String,
    id: Option<u64>,
    guid: Option<String>,
    image: Option<String>,
    /// The program that started it.
    parent: Option<String>,
}

impl Process {
    /// The computer that it ran on, in lower case.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    fn new(started: &Named, parent: Option<String>, naming: &Naming) -> Self {
        let Named { id, guid, image } = started.clone();
        Self { started: naming.time, host: naming.host.clone(), id, guid, image, parent }
    }
}

/// What is known of the rule for what such a process does. What it started was done by the intruder; files and connections
/// of a program are mostly its own, and weigh what his other traces make of them.
fn of_act(act: Act) -> RuleFacts {
    let (severity, technique) = match act {
        Act::Started => (Severity::Medium, Some(COMMANDS)),
        Act::Did => (Severity::Low, None),
    };
    let name = format!("follow-process-{}", act.word());
    of_following(name, explanation("process", act.word(), ""), (severity, Stage::Action, technique))
}

/// Where a record stands: path, number, offset. The hash of the file comes later.
type Spot = (String, Option<u64>, u64);

fn spot(evidence: &EvidenceRef) -> Spot {
    (evidence.path.clone(), evidence.record, evidence.offset)
}

/// The same of a record in the file at `path`.
fn spot_of(record: &Record, path: &str) -> Spot {
    (path.to_owned(), record.number, record.offset)
}

/// What the files of one pass tell of intruders' processes.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// In the first pass: processes that findings show as started, the earliest, and the records that show it.
    roots: BTreeMap<Process, BTreeSet<Spot>>,
    /// In the second pass, by time: findings of following, and whose they are.
    deeds: [BTreeMap<(Timestamp, Spot), Deed>; 2],
    /// The same for records that are findings of other rules.
    told: BTreeMap<Spot, Deed>,
    is_cut: bool,
}

/// What a process that comes from a root did.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Deed {
    root: usize,
    chain: Option<String>,
}

/// What following a process finds, in the order of its rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// It started a program.
    Started,
    /// It did something else.
    Did,
}

impl Act {
    pub(crate) const ALL: [Self; 2] = [Self::Started, Self::Did];

    /// As rule names and words call it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Did => "did",
        }
    }
}

impl Gathered {
    /// Takes in what another file tells.
    pub(crate) fn join(&mut self, other: Self) {
        self.is_cut |= other.is_cut;
        for (process, records) in other.roots {
            self.add_root(process, records);
        }
        for (own, deeds) in self.deeds.iter_mut().zip(other.deeds) {
            own.extend(deeds);
            while own.len() > MOST_DEEDS {
                own.pop_last();
            }
        }
        self.told.extend(other.told);
    }

    fn add_root(&mut self, process: Process, records: BTreeSet<Spot>) {
        let own = self.roots.entry(process).or_default();
        own.extend(records);
        while own.len() > MOST_RECORDS {
            own.pop_last();
        }
        if self.roots.len() > MOST_ROOTS {
            self.roots.pop_last();
            self.is_cut = true;
        }
    }
}

/// What the second pass looks for: the processes that findings of the first show as started by an intruder.
#[derive(Debug, Default)]
pub(crate) struct Pursuit {
    /// The place of the first of the rules for what is found, among all.
    base: usize,
    processes: Vec<Process>,
    /// Which root a record shows as started.
    by_record: HashMap<Spot, usize>,
    /// Records that are findings of other rules which tell as much.
    told: HashSet<Spot>,
    /// Files and folders that are looked for, by the place of their rule: as a whole, and in records that are not told.
    files: BTreeMap<usize, String>,
    tree: Tree,
    is_cut: bool,
}

impl Pursuit {
    /// From what the first pass gathered, and files by the places of their rules. Appends the rules for what processes do to
    /// `facts`.
    pub(crate) fn new(
        gathered: Gathered,
        findings: &[Finding],
        files: BTreeMap<usize, String>,
        facts: &mut Vec<RuleFacts>,
    ) -> Self {
        let mut roots = Self { base: facts.len(), is_cut: gathered.is_cut, files, ..Self::default() };
        let mut last: BTreeMap<(String, Option<u64>), usize> = BTreeMap::new();
        // In order of time, so that the two records of a start that two logs tell follow one another.
        for (process, records) in gathered.roots {
            let key = (process.host.clone(), process.id);
            let twin = last.get(&key).copied();
            let known = twin.and_then(|at| Some((at, roots.processes.get_mut(at)?)));
            let at = match known.filter(|(_, known)| known.is_twin(&process)) {
                Some((at, known)) => {
                    known.guid = known.guid.take().or(process.guid);
                    at
                }
                None => {
                    roots.processes.push(process);
                    roots.processes.len() - 1
                }
            };
            last.insert(key, at);
            roots.by_record.extend(records.into_iter().map(|record| (record, at)));
        }
        let tells = |finding: &&Finding| finding.severity >= Severity::Low && finding.stage >= Stage::Implant;
        roots.told = findings.iter().filter(tells).map(|finding| spot(&finding.evidence)).collect();
        if !roots.processes.is_empty() {
            roots.tree = Tree::new(&roots.processes);
            facts.extend(Act::ALL.map(of_act));
        }
        roots
    }

    pub(crate) fn count(&self) -> usize {
        self.processes.len()
    }
}

/// The processes of a run, when all was read.
#[derive(Debug, Default)]
pub(crate) struct Lineage {
    roots: Pursuit,
    seen: Gathered,
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Tree::chain_of_root(self))
    }
}

impl Lineage {
    pub(crate) fn new(roots: Pursuit, seen: Gathered) -> Self {
        Self { roots, seen }
    }

    /// There were more processes than could be followed.
    pub(crate) fn is_cut(&self) -> bool {
        self.roots.is_cut || self.seen.is_cut
    }

    /// The roots that a finding belongs to: the one that it shows as started, and the one that its process comes from.
    pub(crate) fn of(&self, finding: &Finding) -> Vec<&Process> {
        let spot = spot(&finding.evidence);
        let own = self.roots.by_record.get(&spot).copied();
        let came_from = self.deed(finding, spot).map(|deed| deed.root);
        [own, came_from].into_iter().flatten().filter_map(|root| self.roots.processes.get(root)).collect()
    }

    /// The programs from the first to the one that a finding shows as started.
    pub(crate) fn chain(&self, finding: &Finding) -> Option<String> {
        let spot = spot(&finding.evidence);
        let own = self.roots.by_record.get(&spot).and_then(|root| self.roots.processes.get(*root));
        let deed = self.deed(finding, spot);
        match deed {
            Some(deed) => deed.chain.clone(),
            None => own.map(Process::to_string),
        }
    }

    fn deed(&self, finding: &Finding, spot: Spot) -> Option<&Deed> {
        self.seen.told.get(&spot).or_else(|| {
            let key = (finding.time?, spot);
            self.seen.deeds.iter().find_map(|deeds| deeds.get(&key))
        })
    }
}

/// Whether a text names a file by its whole path; `None` where it does not name the path at all. What lies in a folder, which
/// ends in a separator, is named with it.
fn names_whole(text: &str, file: &str) -> Option<bool> {
    let text = text.to_lowercase();
    let goes_on = |rest: &str| {
        if file.ends_with('\\') {
            return false;
        }
        let mut rest = rest.chars();
        match rest.next() {
            Some('.') => rest.next().is_some_and(char::is_alphanumeric),
            next => next.is_some_and(|next| next.is_alphanumeric() || matches!(next, '_' | '-' | '\\')),
        }
    };
    text.match_indices(file).map(|(at, _)| !goes_on(text.get(at + file.len()..).unwrap_or_default())).max()
}

/// What one file tells of intruders' processes, while its records come in.
pub(crate) struct Descent<'r> {
    /// None in the first pass.
    pursuit: Option<&'r Pursuit>,
    /// Made when the first record names a process.
    tree: Option<Tree>,
    /// What may come from processes that are told of behind it.
    early: Early,
    gathered: Gathered,
}

/// What a record shows, and how it is to be told.
pub(crate) struct Sighting {
    act: Act,
    /// The place of its rule among all.
    pub(crate) place: usize,
    deed: Deed,
}

impl<'r> Descent<'r> {
    pub(crate) fn new(pursuit: Option<&'r Pursuit>) -> Self {
        Self { pursuit, tree: None, early: Early::default(), gathered: Gathered::default() }
    }

    /// In the first pass: a rule held. Where it weighs enough, a process that was started is one to follow.
    pub(crate) fn held(&mut self, rule: &RuleFacts, events: &ProcessEvents, record: &Record, evidence: &EvidenceRef) {
        let is_followed =
            weight(rule.severity, rule.stage, Reading::Exact).is_some_and(|stage| stage >= Stage::Implant);
        if self.pursuit.is_some() || !is_followed {
            return;
        }
        let Some(naming) = events.read(record) else { return };
        let Some(started) = naming.starts.as_ref().filter(|named| named.id.is_some() || named.guid.is_some()) else {
            return;
        };
        let parent = naming.by.as_ref().and_then(|by| by.image.clone());
        self.gathered.add_root(Process::new(started, parent, &naming), BTreeSet::from([spot(evidence)]));
    }

    /// In the second pass: whether a record tells anything new by the rule at this place. Other rules may tell of a file, and
    /// its path may be the beginning of another.
    pub(crate) fn is_news(&self, place: usize, record: &Record, path: &str) -> bool {
        let Some((pursuit, file)) = self.pursuit.and_then(|pursuit| Some((pursuit, pursuit.files.get(&place)?))) else {
            return true;
        };
        let named =
            record.fields.iter().filter_map(|(_, value)| if let Value::Text(text) = value { Some(text) } else { None });
        let is_told = || pursuit.told.contains(&spot_of(record, path));
        !is_told() && named.filter_map(|text| names_whole(text, file)).max() != Some(false)
    }

    /// In the second pass: what a record shows, unless it is told by another rule.
    pub(crate) fn see(&mut self, events: &ProcessEvents, record: &Record, path: &str) -> Option<Sighting> {
        let pursuit = self.pursuit.filter(|pursuit| pursuit.count() > 0)?;
        self.early.pass(record);
        let naming = events.read(record)?;
        let seen = self.tree.get_or_insert_with(|| pursuit.tree.clone()).see(&naming);
        if seen.is_none() {
            self.early.keep(record);
        }
        let seen = seen?;
        let deed = Deed { root: seen.root, chain: seen.chain };
        let at = spot_of(record, path);
        if pursuit.told.contains(&at) {
            self.gathered.told.insert(at, deed);
            return None;
        }
        if naming.starts.as_ref().is_some_and(|started| events.is_silent(started)) {
            return None;
        }
        let act = if naming.starts.is_some() { Act::Started } else { Act::Did };
        Some(Sighting { act, place: pursuit.base + act as usize, deed })
    }

    /// The records that are to be seen once more when the file has been read: the log goes round, and they stand before what they
    /// may come from.
    pub(crate) fn early(&mut self) -> Vec<Record> {
        self.early.take()
    }

    /// A sighting became a finding that is listed.
    pub(crate) fn listed(&mut self, sighting: Sighting, record: &Record, evidence: &EvidenceRef) {
        let Some(deeds) = self.gathered.deeds.get_mut(sighting.act as usize) else { return };
        if let Some(time) = record.time {
            deeds.insert((time, spot(evidence)), sighting.deed);
        }
    }

    /// What the file told.
    pub(crate) fn finish(self) -> Gathered {
        let is_cut = self.gathered.is_cut || self.tree.is_some_and(|tree| tree.is_cut);
        Gathered { is_cut, ..self.gathered }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_whole_where_it_does_not_go_on() {
        let file = r"c:\users\public\odd.exe";
        for (text, whole) in [
            (r#""C:\Users\Public\ODD.exe" -k"#, Some(true)),
            (r"run C:\Users\Public\odd.exe.", Some(true)),
            (r"C:\Users\Public\odd.exe.bak", Some(false)),
            (r"C:\Users\Public\odd.exe.bak C:\Users\Public\odd.exe", Some(true)),
            (r"C:\Users\Public\odd.exe_1", Some(false)),
            (r"/Users/Public/odd.exe", None),
        ] {
            assert_eq!(names_whole(text, file), whole, "{text}");
        }
        assert_eq!(names_whole(r"copy C:\Drivers\Log\x.bin", r"c:\drivers\log\"), Some(true));
    }

    #[test]
    fn roots_that_two_logs_tell_are_one_and_too_many_are_cut() {
        let naming = |seconds: i64| Naming {
            host: "ex01".to_owned(),
            time: Timestamp::from_micros(seconds * 1_000_000),
            starts: None,
            ends: None,
            by: None,
        };
        let named = |id: u64, guid: Option<&str>| Named { id: Some(id), guid: guid.map(str::to_owned), image: None };
        let root = |seconds, named: Named| (Process::new(&named, None, &naming(seconds)), BTreeSet::new());
        let mut gathered = Gathered::default();
        for (process, records) in [root(1, named(7, None)), root(2, named(7, Some("a"))), root(9, named(7, None))] {
            gathered.add_root(process, records);
        }
        let pursuit = Pursuit::new(gathered, &[], BTreeMap::new(), &mut Vec::new());
        assert_eq!(pursuit.processes.iter().map(|root| root.guid.as_deref()).collect::<Vec<_>>(), [Some("a"), None]);
        let mut gathered = Gathered::default();
        for number in 0..2 * MOST_ROOTS as u64 {
            let (process, records) = root(0, named(number + 1, None));
            gathered.add_root(process, records);
        }
        assert!(gathered.is_cut);
        assert_eq!(gathered.roots.len(), MOST_ROOTS);
        let mut joined = Gathered::default();
        joined.join(gathered);
        assert!(joined.is_cut);
    }
}
