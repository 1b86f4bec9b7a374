//! Processes of intruders and what they started, as the records of one file come in.
//!
//! Sysmon's GUIDs join exactly. The number of a process is given again when it has ended, so a number joins on the same
//! computer only, behind the start, within a bounded time, and never where another process took the number in between.
//! Records are seen in the order of the file; those of a log that has begun to overwrite itself and that stand before what they come
//! from are seen a second time ([`super::early`]).

use std::collections::HashMap;

use hikeshi_core::time::Timestamp;

use super::Process;
use crate::records::processes::{Named, Naming, name};

/// A process whose program the record names may have done something so long behind its start.
const BY_PROGRAM_SECONDS: i64 = 24 * 60 * 60;
/// One of which a record gives the number alone.
const BY_NUMBER_SECONDS: i64 = 10 * 60;
/// Two logs tell of the same start within so many seconds.
const SAME_START_SECONDS: i64 = 2;
/// Processes that became known in one file; beyond it they are not followed, and that is told.
const MOST_KNOWN: usize = 4_000;
/// Processes kept of one number, the latest.
const MOST_OF_NUMBER: usize = 16;
/// Names shown of a chain, from its beginning and from its end.
const NAMES_SHOWN: [usize; 2] = [2, 4];
/// Characters shown of a name.
const NAME_SHOWN: usize = 60;

/// Known processes. The first are the roots.
#[derive(Debug, Clone, Default)]
pub(super) struct Tree {
    known: Vec<Known>,
    hosts: HashMap<String, Host>,
    roots: usize,
    /// There were more than [`MOST_KNOWN`].
    pub(super) is_cut: bool,
}

/// Places of known processes of one computer.
#[derive(Debug, Clone, Default)]
struct Host {
    by_guid: HashMap<String, usize>,
    by_number: HashMap<u64, Vec<usize>>,
}

#[derive(Debug, Clone)]
struct Known {
    process: Process,
    /// The root that it comes from.
    root: usize,
    /// Who started it; none for a root.
    parent: Option<usize>,
    /// When it had ended.
    until: Option<Timestamp>,
}

/// Something that a known process did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// The root that the process comes from.
    pub(super) root: usize,
    /// Where it started another one: the names of the programs, from the root's parent on.
    pub(super) chain: Option<String>,
}

impl Tree {
    pub(super) fn new(roots: &[Process]) -> Self {
        let mut tree = Self::default();
        for process in roots {
            tree.add(Known { process: process.clone(), root: tree.known.len(), parent: None, until: None });
        }
        tree.roots = tree.known.len();
        tree
    }

    /// Takes in what a record says of processes. Tells whether a known one did it.
    pub(super) fn see(&mut self, naming: &Naming) -> Option<Seen> {
        let doer = naming.by.as_ref().and_then(|by| self.doer(by, naming));
        if let Some(ended) = &naming.ends {
            self.end(ended, naming, Some(ended));
        }
        let Some(started) = &naming.starts else {
            return Some(Seen { root: self.known.get(doer?)?.root, chain: None });
        };
        let twin = self.twin(started, naming);
        match twin {
            Some(twin) => self.learn(twin, started, naming),
            None => self.end(started, naming, None),
        }
        let doer = doer.filter(|doer| Some(*doer) != twin)?;
        let root = self.known.get(doer)?.root;
        if twin.is_none() {
            self.adopt(doer, root, started, naming);
        }
        Some(Seen { root, chain: Some(self.chain(doer, started)) })
    }

    /// The names of a root and of what started it.
    pub(super) fn chain_of_root(process: &Process) -> String {
        [process.parent.as_deref(), process.image.as_deref()].map(|image| short(name(image))).join(ARROW)
    }

    /// The known process that a record means.
    fn doer(&self, by: &Named, naming: &Naming) -> Option<usize> {
        let host = self.hosts.get(&naming.host)?;
        let by_guid = by.guid.as_ref().and_then(|guid| host.by_guid.get(guid)).copied();
        by_guid.or_else(|| {
            let of_number = host.by_number.get(&by.id?)?;
            let did = |place: &&usize| self.known.get(**place).is_some_and(|known| known.did(by, naming.time));
            of_number.iter().rev().find(did).copied()
        })
    }

    /// The known process whose start a record tells once more.
    fn twin(&self, started: &Named, naming: &Naming) -> Option<usize> {
        let host = self.hosts.get(&naming.host)?;
        let by_guid = started.guid.as_ref().and_then(|guid| host.by_guid.get(guid)).copied();
        by_guid.or_else(|| {
            let of_number = host.by_number.get(&started.id?)?;
            let twin = Process::new(started, None, naming);
            let is_same = |place: &&usize| self.known.get(**place).is_some_and(|known| known.process.is_twin(&twin));
            of_number.iter().rev().find(is_same).copied()
        })
    }

    /// What another log says of a known process besides.
    fn learn(&mut self, place: usize, started: &Named, naming: &Naming) {
        let Some(guid) = &started.guid else { return };
        let Some(known) = self.known.get_mut(place).filter(|known| known.process.guid.is_none()) else { return };
        known.process.guid = Some(guid.clone());
        self.hosts.entry(naming.host.clone()).or_default().by_guid.insert(guid.clone(), place);
    }

    /// Whoever had this number has ended: its end is told, or another process has it now.
    fn end(&mut self, named: &Named, naming: &Naming, only: Option<&Named>) {
        let of_number = named.id.and_then(|id| self.hosts.get(&naming.host)?.by_number.get(&id));
        for place in of_number.into_iter().flatten() {
            let Some(known) = self.known.get_mut(*place) else { continue };
            let is_meant = only.is_none_or(|only| known.did(only, naming.time) || known.has_guid_of(only));
            if is_meant && known.process.started < naming.time {
                known.until = Some(known.until.map_or(naming.time, |until| until.min(naming.time)));
            }
        }
    }

    fn adopt(&mut self, parent: usize, root: usize, started: &Named, naming: &Naming) {
        if self.known.len() >= self.roots + MOST_KNOWN {
            self.is_cut = true;
            return;
        }
        let by = naming.by.as_ref().and_then(|by| by.image.clone());
        self.add(Known { process: Process::new(started, by, naming), root, parent: Some(parent), until: None });
    }

    fn add(&mut self, known: Known) {
        let place = self.known.len();
        let host = self.hosts.entry(known.process.host.clone()).or_default();
        if let Some(guid) = &known.process.guid {
            host.by_guid.entry(guid.clone()).or_insert(place);
        }
        if let Some(id) = known.process.id {
            let of_number = host.by_number.entry(id).or_default();
            of_number.push(place);
            if of_number.len() > MOST_OF_NUMBER {
                of_number.remove(0);
            }
        }
        self.known.push(known);
    }

    /// The programs from the root's parent to the one that was started.
    fn chain(&self, parent: usize, started: &Named) -> String {
        let mut names = vec![short(started.name())];
        let mut at = self.known.get(parent);
        // A parent became known before its child, so this ends.
        while let Some(known) = at {
            names.push(short(name(known.process.image.as_deref())));
            if known.parent.is_none() {
                names.push(short(name(known.process.parent.as_deref())));
            }
            at = known.parent.and_then(|parent| self.known.get(parent));
        }
        names.reverse();
        let [first, last] = NAMES_SHOWN;
        if names.len() > first + last {
            names.splice(first..names.len() - last, ["…".to_owned()]);
        }
        names.join(ARROW)
    }
}

/// Stands between a program and the one that it started.
const ARROW: &str = " → ";

fn short(name: &str) -> String {
    match name.char_indices().nth(NAME_SHOWN) {
        Some((at, _)) => format!("{}…", name.get(..at).unwrap_or_default()),
        None => name.to_owned(),
    }
}

impl Known {
    /// Whether the process that a record names by its number can be this one.
    fn did(&self, by: &Named, time: Timestamp) -> bool {
        // Had it this GUID, it would have been found by it.
        let is_other = by.guid.is_some() && self.process.guid.is_some();
        if is_other || time < self.process.started || self.until.is_some_and(|until| time >= until) {
            return false;
        }
        let most = match (&by.image, &self.process.image) {
            (Some(image), Some(own)) if image == own => BY_PROGRAM_SECONDS,
            (Some(_), Some(_)) => return false,
            _ => BY_NUMBER_SECONDS,
        };
        time.seconds_since(self.process.started) <= most
    }

    fn has_guid_of(&self, named: &Named) -> bool {
        named.guid.is_some() && named.guid == self.process.guid
    }
}

impl Process {
    /// Whether two records tell of one start. Two logs differ a little in time; two records of one log do not.
    pub(super) fn is_twin(&self, other: &Self) -> bool {
        if self.guid.is_some() && other.guid.is_some() {
            return self.guid == other.guid && self.host == other.host;
        }
        let apart = self.started.seconds_since(other.started).abs();
        let is_near = if self.guid == other.guid { self.started == other.started } else { apart <= SAME_START_SECONDS };
        is_near && self.host == other.host && self.id.is_some() && self.id == other.id && self.image == other.image
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CMD: &str = r"\windows\system32\cmd.exe";
    const NET: &str = r"\windows\system32\net.exe";
    const GUIDS: [&str; 2] = ["3d2c1b0a-0000-603f-0100-000000000b00", "3d2c1b0a-0000-603f-0200-000000000b00"];

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(1_000_000 * (1_000_000 + seconds))
    }

    fn named(id: u64, image: &str) -> Named {
        Named { id: Some(id), guid: None, image: (!image.is_empty()).then(|| image.to_owned()) }
    }

    fn of(host: &str, seconds: i64) -> Naming {
        Naming { host: host.to_owned(), time: at(seconds), starts: None, ends: None, by: None }
    }

    fn started(seconds: i64, by: Named, child: Named) -> Naming {
        Naming { starts: Some(child), by: Some(by), ..of("ex01", seconds) }
    }

    fn did(seconds: i64, by: Named) -> Naming {
        Naming { by: Some(by), ..of("ex01", seconds) }
    }

    /// A tree whose root is a shell that a web server started at second 0.
    fn tree() -> Tree {
        let root = Process::new(&named(40, CMD), Some(r"\web\w3wp.exe".to_owned()), &of("ex01", 0));
        Tree::new(&[root])
    }

    fn chain(seen: Option<Seen>) -> Option<String> {
        seen.and_then(|seen| seen.chain)
    }

    #[test]
    fn what_a_root_started_is_known_and_so_is_what_that_started() {
        let mut tree = tree();
        assert_eq!(
            chain(tree.see(&started(5, named(40, CMD), named(44, NET)))).as_deref(),
            Some("w3wp.exe → cmd.exe → net.exe")
        );
        assert_eq!(
            chain(tree.see(&started(6, named(44, NET), named(48, r"\x\net1.exe")))).as_deref(),
            Some("w3wp.exe → cmd.exe → net.exe → net1.exe")
        );
        assert_eq!(tree.see(&did(7, named(48, ""))), Some(Seen { root: 0, chain: None }));
    }

    #[test]
    fn a_number_joins_on_the_same_computer_behind_the_start_and_for_a_time() {
        const DAY: i64 = BY_PROGRAM_SECONDS;
        const SHORT: i64 = BY_NUMBER_SECONDS;
        for (seconds, image, joins) in [
            (-1, CMD, false),
            (0, CMD, true),
            (DAY, CMD, true),
            (DAY + 1, CMD, false),
            (SHORT, "", true),
            (SHORT + 1, "", false),
            (1, NET, false),
        ] {
            assert_eq!(tree().see(&did(seconds, named(40, image))).is_some(), joins, "{seconds} {image}");
        }
        assert_eq!(tree().see(&Naming { host: "ex02".to_owned(), ..did(1, named(40, CMD)) }), None);
        assert_eq!(tree().see(&did(1, named(41, CMD))), None);
    }

    #[test]
    fn a_number_that_another_process_took_joins_no_longer() {
        let mut tree = tree();
        assert!(tree.see(&did(5, named(40, CMD))).is_some());
        assert_eq!(tree.see(&started(10, named(4, r"\x\services.exe"), named(40, CMD))), None);
        assert_eq!(tree.see(&did(11, named(40, CMD))), None);
        assert!(tree.see(&did(9, named(40, CMD))).is_some(), "a record that was written late");
        // A process that had the number before says nothing of its end.
        let mut tree = self::tree();
        assert_eq!(tree.see(&started(-10, named(4, r"\x\services.exe"), named(40, CMD))), None);
        assert!(tree.see(&did(1, named(40, CMD))).is_some());
    }

    #[test]
    fn a_process_that_ended_does_nothing_more() {
        let mut tree = tree();
        tree.see(&Naming { ends: Some(named(40, NET)), ..of("ex01", 3) });
        assert!(tree.see(&did(4, named(40, CMD))).is_some(), "it was another program");
        tree.see(&Naming { ends: Some(named(40, CMD)), ..of("ex01", 5) });
        assert_eq!(tree.see(&did(6, named(40, CMD))), None);
    }

    #[test]
    fn guids_join_at_any_time_and_another_guid_does_not() {
        let guid =
            |number: usize, id| Named { guid: GUIDS.get(number).map(|guid| (*guid).to_owned()), ..named(id, CMD) };
        let root = Process::new(&guid(0, 40), None, &of("ex01", 0));
        let mut tree = Tree::new(&[root]);
        assert!(tree.see(&did(40 * BY_PROGRAM_SECONDS, guid(0, 99))).is_some());
        assert_eq!(tree.see(&did(1, guid(1, 40))), None);
        assert_eq!(tree.see(&Naming { host: "ex02".to_owned(), ..did(1, guid(0, 40)) }), None);
        // Security tells of the same process without a GUID.
        assert!(tree.see(&did(1, named(40, CMD))).is_some());
        assert_eq!(chain(tree.see(&started(2, guid(0, 40), guid(1, 44)))).as_deref(), Some("? → cmd.exe → cmd.exe"));
        assert!(tree.see(&did(40 * BY_PROGRAM_SECONDS, guid(1, 99))).is_some());
    }

    #[test]
    fn a_start_that_two_logs_tell_is_one() {
        let mut tree = tree();
        let twin = Named { guid: Some(GUIDS[0].to_owned()), ..named(40, CMD) };
        assert_eq!(tree.see(&started(1, named(4, ""), twin.clone())), None);
        assert!(tree.see(&did(5, named(40, CMD))).is_some(), "nobody else took the number");
        assert!(tree.see(&did(40 * BY_PROGRAM_SECONDS, twin)).is_some(), "by the GUID that the other log told");
        // The same shell started twice by one log is two.
        let mut tree = self::tree();
        assert_eq!(tree.see(&started(1, named(4, ""), named(40, CMD))), None);
        assert_eq!(tree.see(&did(5, named(40, CMD))), None);
    }

    #[test]
    fn a_process_that_says_it_started_itself_is_no_child() {
        let mut tree = tree();
        assert_eq!(tree.see(&started(0, named(40, CMD), named(40, CMD))), None);
        assert_eq!(tree.see(&started(1, named(40, CMD), named(40, CMD))).map(|seen| seen.root), Some(0));
    }

    #[test]
    fn what_is_known_is_bounded_and_the_cut_is_told() {
        let mut tree = tree();
        for number in 0..2 * MOST_KNOWN as u64 {
            assert!(tree.see(&started(1, named(40, CMD), named(100 + number, NET))).is_some());
        }
        assert_eq!((tree.known.len(), tree.is_cut), (MOST_KNOWN + 1, true));
        let mut tree = self::tree();
        for number in 0..3 * MOST_OF_NUMBER as i64 {
            tree.see(&started(number, named(40, CMD), named(44, NET)));
        }
        assert!(!tree.is_cut);
        assert_eq!(tree.hosts["ex01"].by_number[&44].len(), MOST_OF_NUMBER);
    }

    #[test]
    fn a_long_chain_and_a_long_name_are_cut() {
        let mut tree = tree();
        let mut last = None;
        for number in 0..1_000 {
            let image = format!("\\x\\{number}{}.exe", "é".repeat(200));
            let by = tree.known.last().and_then(|known| known.process.image.clone()).unwrap_or_default();
            last = chain(tree.see(&started(1, named(40 + number, &by), named(41 + number, &image))));
        }
        let last = last.unwrap();
        assert!(last.starts_with("w3wp.exe → cmd.exe → … → 996é") && last.chars().count() < 500, "{last}");
    }
}
