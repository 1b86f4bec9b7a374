//! What of an archive waits until it is unpacked a second time: an archive is a stream, and some members can only be read
//! when others were seen, or have to be read twice.
//!
//! - A hive that was being written when it was copied waits for its logs, which mostly come behind it. The logs are kept
//!   meanwhile, within bounds.
//! - What lies in a telling place and is read as what it is the first time (an archive, a configuration, a text that shows a
//!   product's build) is looked at as a file the second time.

use std::collections::BTreeMap;
use std::io::{self, Read};

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_evidence::encoding::Encoding;
use hikeshi_evidence::hive;
use hikeshi_evidence::kind::Kind;
use hikeshi_evidence::record::Missed;

use super::item::Item;

/// A hive's log is not larger than so much; of a longer one no more is kept.
const LOG_CAP: usize = 64 << 20;
/// All logs of hives in one archive may take so much while they wait.
const LOGS_CAP: usize = 128 << 20;
/// Endings of the logs of a hive, behind its whole name.
const LOG_ENDINGS: [&str; 3] = [".log1", ".log2", ".log"];

/// What is to be done with a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// It is read for the first time.
    First,
    /// It is a hive that waited for its logs.
    Hive,
    /// It was read as what it is; this time it is looked at as a file.
    Look,
    /// Its path says that it is a log of the family at this place, and its beginning says otherwise: this time it is read as one.
    Log(usize, Encoding),
    /// It was read the first time.
    Done,
}

/// What of one archive waits for the second time.
#[derive(Debug)]
pub(super) struct Postponed {
    /// By number, in the order of the archive. The names of a million members would be too much to keep.
    waiting: Vec<(u64, Turn)>,
    /// The member that comes next.
    next: u64,
    /// How many of those that wait were reached; `None` while the archive is unpacked for the first time.
    reached: Option<usize>,
    logs: Logs,
}

/// Logs, until their hives come.
#[derive(Debug)]
struct Logs {
    /// By path in lower case.
    kept: BTreeMap<String, Vec<u8>>,
    room: usize,
    /// Logs that were too much to keep.
    dropped: u64,
    /// Hives for which no log was kept.
    lacking: u64,
}

impl Default for Postponed {
    fn default() -> Self {
        Self::with_room(LOGS_CAP)
    }
}

impl Postponed {
    fn with_room(room: usize) -> Self {
        let logs = Logs { kept: BTreeMap::new(), room, dropped: 0, lacking: 0 };
        Self { waiting: Vec::new(), next: 0, reached: None, logs }
    }

    /// What is to be done with the next member.
    pub(super) fn turn(&mut self) -> Turn {
        let number = self.next;
        self.next += 1;
        let Some(reached) = &mut self.reached else { return Turn::First };
        match self.waiting.get(*reached) {
            Some((waiting, turn)) if *waiting == number => {
                *reached += 1;
                *turn
            }
            _ => Turn::Done,
        }
    }

    /// Whether the member that came last is a hive that has to wait for its logs.
    pub(super) fn waits_for_logs(&mut self, item: &Item<'_>) -> bool {
        let waits = Kind::detect(&item.head) == Some(Kind::Hive) && hive::is_unfinished(&item.head);
        if waits {
            self.wait(Turn::Hive);
        }
        waits
    }

    /// The member that came last is to come once more.
    pub(super) fn wait(&mut self, turn: Turn) {
        self.waiting.push((self.next.saturating_sub(1), turn));
    }

    /// Whether there is anything for a second time; if so, it begins.
    pub(super) fn begin_second_time(&mut self) -> bool {
        (self.next, self.reached) = (0, Some(0));
        !self.waiting.is_empty()
    }

    /// How many of those that wait were not reached.
    pub(super) fn left(&self) -> u64 {
        (self.waiting.len() - self.reached.unwrap_or_default().min(self.waiting.len())) as u64
    }

    /// Reads a member, of this path, and keeps it where it may be the log of a hive.
    pub(super) fn keeping<R: Read>(&self, path: &str, source: R) -> Keeping<R> {
        let path = path.to_lowercase();
        let is_log = self.reached.is_none() && LOG_ENDINGS.iter().any(|ending| path.ends_with(ending));
        let room = if is_log { self.logs.room.min(LOG_CAP) } else { 0 };
        Keeping { source, path: is_log.then_some(path), kept: Vec::new(), room }
    }

    /// Keeps what was read, and the rest of it, if it is the log of a hive.
    pub(super) fn keep<R: Read>(&mut self, mut read: Keeping<R>, head: Option<Kind>) {
        let Some(path) = read.path.take().filter(|_| head == Some(Kind::HiveLog)) else { return };
        // What fails here is told of the member by whoever unpacks it.
        let room = read.room as u64;
        let _ = io::copy(&mut (&mut read).take(room), &mut io::sink());
        self.logs.keep(path, read.kept);
    }

    /// The logs that lie beside the hive of this path, whatever the case of their names.
    pub(super) fn logs_of(&mut self, hive: &str) -> Vec<Vec<u8>> {
        let hive = hive.to_lowercase();
        let log = |ending: &&str| self.logs.kept.remove(&format!("{hive}{ending}"));
        let logs: Vec<_> = LOG_ENDINGS.iter().filter_map(log).collect();
        self.logs.lacking += u64::from(logs.is_empty());
        logs
    }

    /// Logs that were not kept, where a hive may lack them.
    pub(super) fn missed(&self) -> Option<Missed> {
        let Logs { dropped, lacking, .. } = self.logs;
        (dropped > 0 && lacking > 0).then(|| {
            let detail = both!(
                "logs of hives; {LOGS_CAP} bytes of them are kept of an archive",
                "ハイブのログ (書庫 1 つにつき {LOGS_CAP} バイトまで保持)"
            );
            Missed { count: dropped, ..Missed::new(Gap::TooLarge).because(detail) }
        })
    }
}

impl Logs {
    fn keep(&mut self, path: String, log: Vec<u8>) {
        // A log that takes all the room may go on behind it.
        match self.room.checked_sub(log.len() + path.len()).filter(|room| *room > 0) {
            Some(room) => {
                self.room = room;
                self.kept.insert(path, log);
            }
            None => self.dropped += 1,
        }
    }
}

/// Keeps what is read, as far as there is room.
pub(super) struct Keeping<R> {
    source: R,
    /// In lower case, where it is to be kept.
    path: Option<String>,
    kept: Vec<u8>,
    room: usize,
}

impl<R: Read> Read for Keeping<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(room)?;
        let fitting = count.min(self.room.saturating_sub(self.kept.len()));
        self.kept.extend_from_slice(room.get(..fitting).unwrap_or_default());
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Offers a member with this content; the turn that it gets.
    fn offer(postponed: &mut Postponed, path: &str, content: &[u8]) -> Turn {
        let turn = postponed.turn();
        let mut read = postponed.keeping(path, content);
        let mut head = [0; 4];
        let count = read.read(&mut head).unwrap();
        let is_log = head.get(..count).is_some_and(|head| head.starts_with(b"log"));
        postponed.keep(read, is_log.then_some(Kind::HiveLog));
        turn
    }

    #[test]
    fn members_that_wait_come_again_and_the_others_are_done() {
        let mut postponed = Postponed::default();
        for (path, turn) in [("a", None), ("b", Some(Turn::Hive)), ("c", None), ("d", Some(Turn::Look))] {
            assert_eq!(offer(&mut postponed, path, b"x"), Turn::First);
            turn.into_iter().for_each(|turn| postponed.wait(turn));
        }
        assert!(postponed.begin_second_time());
        assert_eq!(["a", "b", "c"].map(|path| offer(&mut postponed, path, b"x")), [Turn::Done, Turn::Hive, Turn::Done]);
        assert_eq!(postponed.left(), 1);
        assert_eq!((offer(&mut postponed, "d", b"x"), postponed.left()), (Turn::Look, 0));
        assert_eq!(offer(&mut postponed, "e", b"x"), Turn::Done);
        assert!(!Postponed::default().begin_second_time());
    }

    #[test]
    fn the_logs_of_a_hive_are_those_of_its_whole_name_in_any_case() {
        let mut postponed = Postponed::default();
        for (path, content) in [
            ("c/SYSTEM.LOG1", "log one"),
            ("C/system.log2", "log two"),
            ("c/SYSTEM", "log of no ending"),
            ("c/SAM.LOG", "log of another"),
            ("c/SYSTEM.LOG", "no such log"),
        ] {
            offer(&mut postponed, path, content.as_bytes());
        }
        assert_eq!(postponed.logs_of("c/System"), [b"log one", b"log two"]);
        assert_eq!(postponed.logs_of("other/SAM"), Vec::<Vec<u8>>::new());
        assert_eq!(postponed.missed(), None);
    }

    #[test]
    fn logs_beyond_the_room_are_not_kept_and_told_where_a_hive_may_lack_them() {
        const ROOM: usize = 100;
        let mut postponed = Postponed::with_room(ROOM);
        for number in 0..50 {
            offer(&mut postponed, &format!("hive{number}.log1"), &[b"log".as_slice(), &[7; 20]].concat());
        }
        let held: usize = postponed.logs.kept.iter().map(|(path, log)| path.len() + log.len()).sum();
        assert!(held <= ROOM && held > ROOM / 2, "{held}");
        assert_eq!((postponed.logs_of("hive0").len(), postponed.missed()), (1, None));
        assert!(postponed.logs_of("hive49").is_empty());
        let missed = postponed.missed().unwrap();
        assert_eq!((missed.reason, missed.count), (Gap::TooLarge, 47));
    }

    #[test]
    fn a_log_is_kept_up_to_its_cap_and_one_that_may_go_on_behind_the_room_is_not() {
        let mut postponed = Postponed::default();
        let long = [b"log".as_slice(), &vec![0; LOG_CAP]].concat();
        offer(&mut postponed, "a.log1", &long);
        offer(&mut postponed, "b.log1", &long);
        assert_eq!(postponed.logs_of("a"), [long.get(..LOG_CAP).unwrap()]);
        assert_eq!((postponed.logs_of("b").len(), postponed.missed().map(|missed| missed.count)), (0, Some(1)));
    }
}
