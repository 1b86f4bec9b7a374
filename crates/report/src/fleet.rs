//! The reports of many servers as one summary. Start at [`Merging`]: reports are given one at a time, and only what the
//! summary needs is kept of each.

mod faces;

use std::collections::{BTreeMap, BTreeSet};

use hikeshi_core::actor::ActorKind;
use hikeshi_core::finding::{Finding, Stage};
use hikeshi_core::fleet::{
    FLEET_SCHEMA, Fleet, FleetMissing, FleetServer, Shared, SharedKind, UnreadReport, VerdictCount,
};
use hikeshi_core::report::{Report, Tool};
use hikeshi_core::text::Text;
use hikeshi_core::verdict::Verdict;

use crate::facts;

pub use self::faces::{csv, markdown, terminal};

/// Things compared over all servers, each counted once for every server.
const MOST_COMPARED: usize = 1_000_000;
/// Bytes of a thing that is compared; a longer one is not.
const MOST_VALUE_BYTES: usize = 512;
/// Shared things listed.
const MOST_SHARED: usize = 1_000;
/// Servers named of each of them.
const MOST_NAMED: usize = 50;
/// Kinds of evidence told as missing.
const MOST_KINDS: usize = 200;
/// Names of machines in the name of a server.
const MOST_MACHINES: usize = 3;

/// A summary in the making.
#[derive(Debug, Default)]
pub struct Merging {
    servers: Vec<FleetServer>,
    /// By kind and value: the servers, by their numbers, and whether an intruder used it.
    seen: BTreeMap<(SharedKind, String), (BTreeSet<usize>, bool)>,
    compared: usize,
    not_compared: u64,
    missing: BTreeMap<String, (Text, Vec<usize>)>,
    unread: Vec<UnreadReport>,
}

impl Merging {
    /// Takes in one report, which may be dropped after it.
    pub fn add(&mut self, file: &str, report: &Report) {
        let number = self.servers.len();
        self.servers.push(server(file, report));
        for actor in &report.actors {
            let by_intruder = actor.kind == ActorKind::Intruder;
            for (kind, values) in [
                (SharedKind::Address, &actor.addresses),
                (SharedKind::Page, &actor.pages),
                (SharedKind::Account, &actor.accounts),
            ] {
                values.iter().for_each(|value| self.compare(kind, value, number, by_intruder));
            }
        }
        for hash in report.findings.iter().filter_map(planted_hash) {
            self.compare(SharedKind::Hash, hash, number, true);
        }
        for missing in &report.missing {
            if self.missing.contains_key(&missing.kind) || self.missing.len() < MOST_KINDS {
                let kind: String = missing.kind.chars().take(MOST_VALUE_BYTES).collect();
                let (_, servers) = self.missing.entry(kind).or_insert_with(|| (missing.title.clone(), Vec::new()));
                if servers.last() != Some(&number) {
                    servers.push(number);
                }
            }
        }
    }

    /// Notes a file that is no report.
    pub fn unread(&mut self, file: &str, reason: &dyn std::error::Error) {
        self.unread.push(UnreadReport { file: file.to_owned(), reason: reason.to_string() });
    }

    fn compare(&mut self, kind: SharedKind, value: &str, server: usize, by_intruder: bool) {
        if value.is_empty() {
            return;
        }
        if self.compared >= MOST_COMPARED || value.len() > MOST_VALUE_BYTES {
            self.not_compared += 1;
            return;
        }
        let (servers, intruder) = self.seen.entry((kind, value.to_owned())).or_default();
        self.compared += usize::from(servers.insert(server));
        *intruder |= by_intruder;
    }

    /// The summary.
    #[must_use]
    pub fn told(mut self, tool: Tool) -> Fleet {
        self.tell_twins_apart();
        let names: Vec<String> = self.servers.iter().map(|server| server.name.clone()).collect();
        let named = |numbers: &mut dyn Iterator<Item = usize>| -> Vec<String> {
            numbers.take(MOST_NAMED).filter_map(|number| names.get(number).cloned()).collect()
        };
        let mut shared: Vec<Shared> = self
            .seen
            .into_iter()
            .filter(|(_, (servers, _))| servers.len() > 1)
            .map(|((what, value), (servers, intruder))| Shared {
                what,
                value,
                intruder,
                count: servers.len() as u64,
                servers: named(&mut servers.into_iter()),
            })
            .collect();
        // What intruders used tells more than who knocked everywhere.
        shared.sort_by_key(|one| (!one.intruder, std::cmp::Reverse(one.count)));
        let shared_more = shared.len().saturating_sub(MOST_SHARED) as u64;
        shared.truncate(MOST_SHARED);
        let mut missing: Vec<FleetMissing> = self
            .missing
            .into_iter()
            .map(|(kind, (title, servers))| FleetMissing {
                kind,
                title,
                count: servers.len() as u64,
                servers: named(&mut servers.into_iter()),
            })
            .collect();
        missing.sort_by_key(|one| std::cmp::Reverse(one.count));
        let count = |verdict| self.servers.iter().filter(|server| server.verdict == verdict).count() as u64;
        let verdicts =
            [Verdict::Compromised, Verdict::Exploited, Verdict::Attempted, Verdict::Inconclusive, Verdict::Clean];
        let counts = verdicts.map(|verdict| VerdictCount { verdict, servers: count(verdict) }).to_vec();
        self.servers.sort_by_cached_key(urgency);
        Fleet {
            schema: FLEET_SCHEMA.to_owned(),
            tool,
            verdict: self.servers.iter().map(|server| server.verdict).max(),
            counts,
            servers: self.servers,
            shared,
            shared_more,
            not_compared: self.not_compared,
            missing,
            unread: self.unread,
        }
    }

    /// Adds the file to names that several servers have.
    fn tell_twins_apart(&mut self) {
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        for server in &self.servers {
            *count.entry(server.name.to_lowercase()).or_default() += 1;
        }
        for server in &mut self.servers {
            if count.get(&server.name.to_lowercase()).is_some_and(|count| *count > 1) {
                server.name = format!("{} ({})", server.name, server.file);
            }
        }
    }
}

fn server(file: &str, report: &Report) -> FleetServer {
    let machines = facts::machines(report);
    let name = if machines.is_empty() {
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        name.strip_suffix(".json").unwrap_or(name).to_owned()
    } else {
        machines.into_iter().take(MOST_MACHINES).collect::<Vec<_>>().join(", ")
    };
    let telling: BTreeMap<&str, Stage> =
        report.findings.iter().filter_map(|one| Some((one.rule.name.as_str(), one.weight()?))).collect();
    let unread = report.coverage.iter().map(|one| one.unreadable_more.saturating_add(one.unreadable.len() as u64));
    FleetServer {
        name: name.chars().take(MOST_VALUE_BYTES).collect(),
        file: file.to_owned(),
        verdict: report.verdict,
        practice: report.practice,
        partial: report.partial,
        redacted: report.redacted,
        affected: report.affected.state,
        stage: report.findings.iter().filter_map(Finding::weight).max(),
        rules: telling.len() as u64,
        intruders: report.actors.iter().filter(|actor| actor.kind == ActorKind::Intruder).count() as u64,
        first: report.actors.iter().filter_map(|actor| actor.first).min(),
        last: report.actors.iter().filter_map(|actor| actor.last).max(),
        as_of: facts::as_of(report),
        next_step: report.next_steps.first().map(|step| short(&step.act)),
        missing: report.missing.len() as u64,
        unread: unread.fold(0, u64::saturating_add),
    }
}

/// A text that a summary of a thousand servers can hold.
fn short(text: &Text) -> Text {
    const MOST: usize = 2_000;
    let cut = |text: &str| text.chars().take(MOST).collect::<String>();
    Text::new(cut(&text.en), cut(&text.ja))
}

/// Who comes first: the gravest verdict; then who is still open to the attack; then the furthest and the latest activity.
fn urgency(server: &FleetServer) -> impl Ord + use<> {
    use std::cmp::Reverse;

    use hikeshi_core::affected::State;
    let open = match server.affected {
        State::Vulnerable | State::Mixed => 0,
        State::Unknown => 1,
        State::Fixed | State::Unaffected => 2,
    };
    (
        Reverse(server.verdict),
        open,
        Reverse(server.stage),
        Reverse(server.last),
        server.name.clone(),
        server.file.clone(),
    )
}

/// The hash of a file that an attacker left behind.
pub(crate) fn planted_hash(finding: &Finding) -> Option<&str> {
    facts::hash_of_file(finding).filter(|_| finding.weight() == Some(Stage::Implant))
}

#[cfg(test)]
mod tests {
    use hikeshi_core::affected::State;

    use super::*;
    use crate::sample;

    fn tool() -> Tool {
        Tool { name: "hikeshi".into(), version: "0".into() }
    }

    fn of(name: &str, verdict: Verdict, affected: State) -> Report {
        let mut report = sample::with(name);
        (report.verdict, report.affected.state) = (verdict, affected);
        report
    }

    #[test]
    fn the_gravest_and_still_open_servers_stand_first() {
        let mut merging = Merging::default();
        for (name, verdict, affected) in [
            ("a", Verdict::Clean, State::Fixed),
            ("b", Verdict::Compromised, State::Fixed),
            ("c", Verdict::Inconclusive, State::Vulnerable),
            ("d", Verdict::Compromised, State::Vulnerable),
            ("e", Verdict::Attempted, State::Unknown),
        ] {
            merging.add(&format!("{name}.json"), &of(name, verdict, affected));
        }
        let fleet = merging.told(tool());
        let names: Vec<_> = fleet.servers.iter().map(|server| server.name.as_str()).collect();
        assert_eq!(names, ["d", "b", "e", "c", "a"]);
        let counts: Vec<_> = fleet.counts.iter().map(|count| count.servers).collect();
        assert_eq!(counts, [2, 0, 1, 1, 1]);
        assert_eq!(fleet.verdict, Some(Verdict::Compromised));
    }

    #[test]
    fn what_two_servers_share_is_told_and_what_one_has_is_not() {
        let mut merging = Merging::default();
        merging.add("x/report.json", &of("one", Verdict::Compromised, State::Fixed));
        merging.add("y/report.json", &of("two", Verdict::Compromised, State::Fixed));
        let fleet = merging.told(tool());
        let shared: Vec<_> = fleet.shared.iter().map(|one| (one.what.word(), one.value.as_str(), one.count)).collect();
        assert_eq!(shared, [("address", "203.0.113.7", 2), ("hash", "ab".repeat(32).as_str(), 2)]);
        assert_eq!(fleet.shared[0].servers, ["one", "two"]);
    }

    #[test]
    fn an_empty_file_is_nothing_that_servers_share() {
        let mut report = sample::report();
        report.findings[1].evidence.sha256 = Some(facts::OF_NOTHING.to_owned());
        assert_eq!(report.findings.iter().filter_map(planted_hash).count(), 0);
        assert_eq!(sample::report().findings.iter().filter_map(planted_hash).count(), 1);
    }

    #[test]
    fn a_hive_that_holds_a_trace_is_no_file_of_the_attacker() {
        let mut report = sample::report();
        report.findings[1].evidence.offset = 6408;
        assert_eq!(report.findings.iter().filter_map(planted_hash).count(), 0);
    }

    #[test]
    fn twins_are_told_apart_by_their_files() {
        let mut merging = Merging::default();
        for file in ["x/report.json", "y/report.json"] {
            merging.add(file, &of("EX01", Verdict::Clean, State::Fixed));
        }
        let names: Vec<_> = merging.told(tool()).servers.into_iter().map(|server| server.name).collect();
        assert_eq!(names, ["EX01 (x/report.json)", "EX01 (y/report.json)"]);
    }

    #[test]
    fn what_is_beyond_the_cap_is_counted() {
        let mut report = sample::report();
        report.actors[0].addresses = vec!["x".repeat(MOST_VALUE_BYTES + 1)];
        let mut merging = Merging::default();
        merging.add("a", &report);
        assert_eq!(merging.told(tool()).not_compared, 1);
    }
}
