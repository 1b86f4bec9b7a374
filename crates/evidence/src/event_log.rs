//! Windows event logs (EVTX): chunk by chunk from a stream, each event as a [`Record`].
//!
//! The crate `evtx` decodes the binary XML. A log is a header of 4 KiB and chunks of 64 KiB, each of which can be read
//! alone, so neither a wrong header nor a ruined chunk costs more than itself. What the headers say is held against what
//! was read (see `account`), so that nothing goes missing in silence.
//! Source of the format: [MS-EVEN6] and
//! <https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc>.

pub(crate) mod account;
pub(crate) mod fields;
mod hidden;
pub mod name;
#[cfg(test)]
mod tests;

use std::fmt::Display;
use std::io::{self, Read};
use std::sync::Arc;

use evtx::{EvtxChunkData, EvtxRecord, ParserSettings};
use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;
use memchr::memmem;

use self::account::{Account, OfChunk};
use crate::record::{Flow, Missed, Record, Sink, Topic};

/// Every chunk has this size.
const CHUNK: usize = 64 << 10;
/// The file's header ends here, whatever it says of itself; chunks follow.
const HEADER: usize = 4 << 10;
const CHUNK_MAGIC: &[u8] = b"ElfChnk\0";
/// 1980-01-01: no event is older, since no machine is that logs events. Such times come from bytes that were overwritten.
pub(crate) const EARLIEST: Timestamp = Timestamp::from_micros(315_532_800 * 1_000_000);

/// Reads a log from its beginning to its end.
///
/// Records that were deleted or overwritten but still stand whole in the unused space of a chunk are handed over too,
/// with the field `Recovered`: `yes`. They say nothing about the time that the log covers.
pub fn read(source: &mut dyn Read, sink: &mut dyn Sink) {
    let mut log = Log { sink, damaged: 0, ruined: 0, first_fault: None, account: Account::default() };
    match log.read(source) {
        Ok(Flow::GoOn) => log.account.settle(),
        // What follows is not known, so nothing can be said to be missing.
        Ok(Flow::Stop) => {}
        Err(error) => log.sink.missed(Missed::new(Gap::ReadFailed).because(error)),
    }
    log.tell();
}

/// Where in these bytes a chunk begins, if none begins at their start: bytes were put into the log, or taken out of it.
fn later_begin(bytes: &[u8]) -> Option<usize> {
    (!bytes.starts_with(CHUNK_MAGIC)).then(|| memmem::find(bytes, CHUNK_MAGIC)).flatten()
}

struct Log<'s> {
    sink: &'s mut dyn Sink,
    /// Records that could not be decoded.
    damaged: u64,
    /// Bytes of chunks that could not be read at all.
    ruined: u64,
    first_fault: Option<Text>,
    account: Account,
}

impl Log<'_> {
    fn read(&mut self, source: &mut dyn Read) -> io::Result<Flow> {
        let mut header = vec![0; HEADER];
        if fill(source, &mut header)? < HEADER {
            self.sink.missed(
                Missed::new(Gap::Malformed)
                    .because(both!("the file ends in its header", "ヘッダーの途中でファイルが終わっている")),
            );
            return Ok(Flow::Stop);
        }
        self.account.begin(&header);
        let settings = Arc::new(ParserSettings::new().indent(false).recover_records(true));
        // Where the header was cut off, chunks begin before its end.
        let mut begun = memmem::find(&header, CHUNK_MAGIC).map(|at| header.split_off(at)).unwrap_or_default();
        let mut offset = (HEADER - begun.len()) as u64;
        loop {
            let mut chunk = std::mem::take(&mut begun);
            let had = chunk.len();
            chunk.resize(CHUNK, 0);
            let count = had + fill(source, chunk.get_mut(had..).unwrap_or_default())?;
            if count == 0 {
                return Ok(Flow::GoOn);
            }
            if let Some(at) = later_begin(&chunk) {
                self.fault(|| no_chunk(offset), at as u64);
                chunk.truncate(count);
                begun = chunk.split_off(at);
                offset += at as u64;
                continue;
            }
            if count < CHUNK {
                let cut = || {
                    both!(
                        "the last chunk at byte {offset} is cut",
                        "バイト位置 {offset} にある最後のチャンクが途中で切れている"
                    )
                };
                self.fault(cut, (CHUNK - count) as u64);
            }
            if self.chunk(chunk, offset, &settings) == Flow::Stop {
                return Ok(Flow::Stop);
            }
            offset += CHUNK as u64;
        }
    }

    fn chunk(&mut self, bytes: Vec<u8>, offset: u64, settings: &Arc<ParserSettings>) -> Flow {
        if bytes.iter().all(|byte| *byte == 0) {
            // Logs are grown ahead of their use.
            self.account.empty_chunk();
            return Flow::GoOn;
        }
        self.account.chunk_begins();
        if !bytes.starts_with(CHUNK_MAGIC) {
            self.fault(|| no_chunk(offset), CHUNK as u64);
            return Flow::GoOn;
        }
        let mut data = match EvtxChunkData::new(bytes, false) {
            Ok(data) => data,
            Err(error) => {
                self.fault(|| in_chunk(offset, &quoted(error)), CHUNK as u64);
                return Flow::GoOn;
            }
        };
        let mut account = OfChunk::new(&data, offset);
        let hidden = hidden::uncover(&mut data.data, data.header.free_space_offset as usize);
        let flow = self.records(data, offset, settings, &mut account);
        self.account.chunk(account, &hidden);
        flow
    }

    fn records(
        &mut self,
        mut data: EvtxChunkData,
        offset: u64,
        settings: &Arc<ParserSettings>,
        account: &mut OfChunk,
    ) -> Flow {
        let mut chunk = match data.parse(Arc::clone(settings)) {
            Ok(chunk) => chunk,
            Err(error) => {
                self.fault(|| in_chunk(offset, &quoted(error)), CHUNK as u64);
                return Flow::GoOn;
            }
        };
        for record in chunk.iter() {
            let is_remains = record.as_ref().is_ok_and(|record| record.recovered);
            match record.map_err(quoted).and_then(|record| event(record, offset)) {
                Ok(record) => {
                    account.record(record.number.unwrap_or_default(), is_remains);
                    if self.sink.record(record) == Flow::Stop {
                        return Flow::Stop;
                    }
                }
                // Remains in unused space are whole or they are nothing: what stood there may be half overwritten.
                Err(_) if is_remains => {}
                Err(error) => {
                    account.damaged += 1;
                    self.damaged += 1;
                    self.first_fault.get_or_insert_with(|| in_chunk(offset, &error));
                }
            }
        }
        Flow::GoOn
    }

    fn fault(&mut self, what: impl FnOnce() -> Text, bytes: u64) {
        self.ruined += bytes;
        self.damaged += 1;
        self.first_fault.get_or_insert_with(what);
    }

    fn tell(self) {
        if self.damaged > 0 {
            let missed = Missed::new(Gap::DamagedRecords).because(self.first_fault.unwrap_or_default());
            let bytes = (self.ruined > 0).then_some(self.ruined);
            self.sink.missed(Missed { count: self.damaged, bytes, ..missed });
        }
        self.account.missed().for_each(|missed| self.sink.missed(missed));
    }
}

/// Reads until `buffer` is full or the source ends; what is not filled stays zero.
pub(crate) fn fill(source: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
        match source.read(room) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn no_chunk(offset: u64) -> Text {
    both!("no chunk begins at byte {offset}", "バイト位置 {offset} からチャンクが始まらない")
}

fn in_chunk(offset: u64, Text { en, ja }: &Text) -> Text {
    both!("chunk at byte {offset}: {en}", "バイト位置 {offset} のチャンク: {ja}")
}

/// The library's own words.
fn quoted(error: impl Display) -> Text {
    Text::quoted(error, "解読できない")
}

fn event(record: EvtxRecord<'_>, chunk_offset: u64) -> Result<Record, Text> {
    /// So much stands before the binary XML of a record.
    const RECORD_HEADER: u64 = 24;
    let number = record.event_record_id;
    let written = Timestamp::from_micros(record.timestamp.as_microsecond());
    let offset = chunk_offset + record.binxml_offset.saturating_sub(RECORD_HEADER);
    let recovered = record.recovered;
    let xml = record.into_xml_bytes().map_err(quoted)?.data;
    let mut event = Record { number: Some(number), ..Record::new(Topic::Event, offset) };
    let created = fields::read(&xml, &mut event.fields)
        .map_err(|Text { en, ja }| both!("record {number}: {en}", "レコード {number}: {ja}"))?;
    event.time = [created, Some(written)].into_iter().flatten().find(|time| *time >= EARLIEST);
    if recovered {
        event.fields.push(("Recovered".to_owned(), "yes".into()));
    }
    Ok(event)
}
