//! What a log says of itself, held against what was read of it: records that are gone, bytes that were changed.
//!
//! Records are numbered without a break. The header of each chunk says the numbers of its first and last record, the header
//! of the file says the number that the next record will get, and how many chunks there are. Both have checksums, and so
//! have the records of a chunk. What may rightly differ:
//!
//! - Numbers begin above 1 where a log was cleared, or where it is full and overwrites its oldest chunk; then the newest
//!   chunk lies before the oldest one. So the numbers of all chunks are put in order before holes are looked for.
//! - A log in use is marked as dirty. Its header is behind its chunks, and the newest chunk's header may be behind its
//!   records: both say too little then, never too much.
//! - Logs are grown ahead of their use: empty chunks at the end are none.
//!
//! Source of the format: see [`super`].

use std::collections::{BTreeMap, BTreeSet};

use evtx::{EvtxChunkData, EvtxChunkHeader, EvtxFileHeader, HeaderFlags};
use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::text::Text;

use super::hidden::Hidden;
use super::quoted;
use crate::record::Missed;

/// So many records of the least size, 28 bytes, fit behind the header of a chunk.
pub(super) const MOST_RECORDS: u64 = ((64 << 10) - 512) / 28;
/// So many runs of numbers without a break are told apart. What lies beyond counts as missing, in a log that is torn as
/// often as that.
const RUNS: usize = 1 << 16;

/// What a log says and what was seen of it.
#[derive(Debug, Default)]
pub(super) struct Account {
    file: Option<EvtxFileHeader>,
    /// Chunks that are not empty.
    chunks: u64,
    /// Empty chunks since the last one that is not.
    empty: u64,
    /// Empty chunks that others follow.
    emptied: u64,
    /// Runs of record numbers without a break: the last by the first.
    runs: BTreeMap<u64, u64>,
    missing: Told,
    altered: Told,
    hidden: Told,
    /// The last number of the newest chunk, and what is wrong with its checksums.
    newest: Option<(u64, Option<Text>)>,
}

/// How often, and the first case in words.
#[derive(Debug, Default)]
pub(crate) struct Told {
    count: u64,
    first: Option<Text>,
}

impl Told {
    pub(crate) fn add(&mut self, count: u64, words: impl FnOnce() -> Text) {
        if count > 0 {
            self.count = self.count.saturating_add(count);
            self.first.get_or_insert_with(words);
        }
    }

    pub(crate) fn missed(self, reason: Gap) -> Option<Missed> {
        let missed = Missed::new(reason).because(self.first?);
        Some(Missed { count: self.count, ..missed })
    }
}

/// What the header of a chunk says, and what was read of its records.
#[derive(Debug)]
pub(super) struct OfChunk {
    offset: u64,
    /// What is wrong with its checksums.
    fault: Option<Text>,
    /// The numbers and the ids of its records, and whether the header that says so is as it was written.
    said: Option<Said>,
    is_sealed: bool,
    read: BTreeSet<u64>,
    /// Records of its own that stood where its header says that there is unused space.
    remains: BTreeSet<u64>,
    /// Records that could not be decoded, which are told elsewhere.
    pub(super) damaged: u64,
}

#[derive(Debug, Clone, Copy)]
struct Said {
    first: u64,
    last: u64,
    first_id: u64,
    last_id: u64,
}

impl Said {
    /// `None` for a chunk without records, whose last number is the highest that there is, and for numbers that no chunk
    /// can hold.
    fn new(header: &EvtxChunkHeader) -> Option<Self> {
        let (first, last) = (header.first_event_record_number, header.last_event_record_number);
        let (first_id, last_id) = (header.first_event_record_id, header.last_event_record_id);
        let is_run = |first: u64, last: u64| last.checked_sub(first).is_some_and(|more| more < MOST_RECORDS);
        (is_run(first, last) && is_run(first_id, last_id)).then_some(Self { first, last, first_id, last_id })
    }

    /// How many records there are at least.
    fn records(&self) -> u64 {
        (self.last - self.first).min(self.last_id - self.first_id) + 1
    }
}

impl OfChunk {
    /// Before anything in the chunk is read or changed.
    pub(super) fn new(chunk: &EvtxChunkData, offset: u64) -> Self {
        let is_sealed = chunk.validate_header_checksum();
        let fault = match (is_sealed, chunk.validate_data_checksum()) {
            (true, true) => None,
            (false, _) => Some(both!(
                "the checksum of the header of the chunk at byte {offset} is wrong",
                "バイト位置 {offset} のチャンクのヘッダーのチェックサムが合わない"
            )),
            (true, false) => Some(both!(
                "the checksum of the records of the chunk at byte {offset} is wrong",
                "バイト位置 {offset} のチャンクのレコードのチェックサムが合わない"
            )),
        };
        let said = Said::new(&chunk.header);
        Self { offset, fault, said, is_sealed, read: BTreeSet::new(), remains: BTreeSet::new(), damaged: 0 }
    }

    /// A record was read; `is_remains` tells that it stood in unused space.
    pub(super) fn record(&mut self, id: u64, is_remains: bool) {
        let is_own = self.said.is_some_and(|said| (said.first_id..=said.last_id).contains(&id));
        if is_remains && is_own {
            self.remains.insert(id);
        } else if !is_remains && (is_own || !self.is_sealed) {
            self.read.insert(id);
        }
    }

    /// What its header says, or what the records say where it cannot be believed.
    fn numbers(&self) -> Option<Said> {
        let of = |ids: &BTreeSet<u64>| {
            let (first, last) = (*ids.first()?, *ids.last()?);
            (last - first < MOST_RECORDS).then_some(Said { first, last, first_id: first, last_id: last })
        };
        let said = self.said.filter(|_| self.is_sealed);
        said.or_else(|| of(&self.read)).or_else(|| of(&self.remains))
    }

    fn count(&self) -> u64 {
        self.read.union(&self.remains).count() as u64
    }
}

impl Account {
    /// What the file's header says.
    pub(super) fn begin(&mut self, header: &[u8]) {
        match EvtxFileHeader::from_bytes(header) {
            Ok(header) if header.validate_checksum() => self.file = Some(header),
            Ok(_) => self.altered.add(1, || {
                both!("the checksum of the file's header is wrong", "ファイルのヘッダーのチェックサムが合わない")
            }),
            Err(error) => self.altered.add(1, || {
                let Text { en, ja } = quoted(error);
                both!("the file's header: {en}", "ファイルのヘッダー: {ja}")
            }),
        }
    }

    /// A chunk of nothing but zeros.
    pub(super) const fn empty_chunk(&mut self) {
        self.empty += 1;
    }

    /// A chunk that is not empty, whether it can be read or not.
    pub(super) const fn chunk_begins(&mut self) {
        self.chunks += 1;
        self.emptied += self.empty;
        self.empty = 0;
    }

    /// All of a chunk was read that can be.
    pub(super) fn chunk(&mut self, chunk: OfChunk, hidden: &Hidden) {
        if let Some((inner, outer)) = hidden.first {
            self.hidden.add(hidden.records, || {
                both!(
                    "record {inner} was hidden inside record {outer}, as tools that remove traces do; it was read",
                    "レコード {inner} がレコード {outer} の中に隠されていた (痕跡を消すツールの手口)。内容は読んだ"
                )
            });
        }
        let OfChunk { offset, damaged, .. } = chunk;
        let numbers = chunk.numbers();
        if let Some(said) = numbers {
            let missing = said.records().saturating_sub(chunk.count()).saturating_sub(damaged);
            self.missing.add(missing, || {
                let Said { first, last, .. } = said;
                both!(
                    "{missing} of the records {first} to {last} in the chunk at byte {offset}",
                    "バイト位置 {offset} のチャンクのレコード {first}～{last} のうち {missing} 件"
                )
            });
            self.hold(said.first, said.last);
        }
        let last = numbers.map_or(0, |said| said.last);
        let fault = if self.newest.as_ref().is_none_or(|(newest, _)| *newest <= last) {
            self.newest.replace((last, chunk.fault)).and_then(|(_, fault)| fault)
        } else {
            chunk.fault
        };
        self.checksum(fault);
    }

    fn checksum(&mut self, fault: Option<Text>) {
        if let Some(fault) = fault {
            self.altered.add(1, || fault);
        }
    }

    /// Joins numbers to the runs that they touch.
    fn hold(&mut self, mut first: u64, mut last: u64) {
        while let Some((begin, end)) = self.runs.range(..=last.saturating_add(1)).next_back().map(|(a, b)| (*a, *b)) {
            if end.saturating_add(1) < first {
                break;
            }
            (first, last) = (first.min(begin), last.max(end));
            self.runs.remove(&begin);
        }
        if self.runs.len() < RUNS {
            self.runs.insert(first, last);
        }
    }

    /// All chunks were read: looks for holes between them and behind the last one.
    pub(super) fn settle(&mut self) {
        let holes: Vec<(u64, u64)> =
            self.runs.iter().zip(self.runs.keys().skip(1)).map(|((_, last), next)| (last + 1, next - 1)).collect();
        for (from, to) in holes {
            self.missing
                .add((to - from).saturating_add(1), || both!("records {from} to {to}", "レコード {from}～{to}"));
        }
        self.behind_the_last();
        if self.missing.count == 0 {
            self.missing
                .add(self.emptied, || both!("chunks before the last one are empty", "最後より前に空のチャンクがある"));
        }
    }

    fn behind_the_last(&mut self) {
        let Some(file) = &self.file else { return };
        let (next, said) = (file.next_record_id, u64::from(file.chunk_count));
        let gone = said.saturating_sub(self.chunks);
        let chunks = || {
            both!(
                "{gone} of the {said} chunks that the file's header counts are empty or cut off",
                "ファイルのヘッダーが示す {said} 個のチャンクのうち {gone} 個が空か、切り落とされている"
            )
        };
        match self.runs.last_key_value() {
            Some((_, last)) if next > last.saturating_add(1) => {
                let (from, to) = (last + 1, next - 1);
                self.missing
                    .add(to - last, || both!("records {from} to {to}, the last", "末尾のレコード {from}～{to}"));
            }
            Some(_) if !is_dirty(file) && self.missing.count == 0 => self.missing.add(gone, chunks),
            // Where no number is left, each chunk counts as one record: it had more, nobody knows how many.
            None if next > 1 => self.missing.add(gone, chunks),
            _ => {}
        }
    }

    pub(super) fn missed(mut self) -> impl Iterator<Item = Missed> {
        let is_dirty = self.file.as_ref().is_some_and(is_dirty);
        if let Some((_, fault)) = self.newest.take().filter(|_| !is_dirty) {
            self.checksum(fault);
        }
        // What somebody hid says more than a checksum.
        let altered = Told {
            count: self.hidden.count.saturating_add(self.altered.count),
            first: self.hidden.first.or(self.altered.first),
        };
        [self.missing.missed(Gap::RecordsMissing), altered.missed(Gap::Altered)].into_iter().flatten()
    }
}

/// Whether the log was in use when it was copied.
const fn is_dirty(file: &EvtxFileHeader) -> bool {
    file.flags.contains(HeaderFlags::DIRTY)
}
