//! The file of a channel: a header of 4 KiB, then chunks of 64 KiB, each with its own names and templates.

use anyhow::{Result, ensure};

use super::Event;
use super::binary::{Known, encode};

const CHUNK: usize = 0x1_0000;
const CHUNK_HEADER: usize = 0x200;

/// The bytes of a channel whose first record has the number `first`.
pub fn write(first: u64, events: &[Event]) -> Result<Vec<u8>> {
    let mut chunks: Vec<Chunk> = Vec::new();
    for (record, event) in (first..).zip(events) {
        if !chunks.last_mut().is_some_and(|chunk| chunk.push(record, event)) {
            let mut chunk = Chunk::new(record);
            ensure!(chunk.push(record, event), "an event of `{}` is larger than a chunk", event.provider.0);
            chunks.push(chunk);
        }
    }
    let next = first + events.len() as u64;
    let mut bytes = header(chunks.len(), next);
    for chunk in chunks {
        bytes.extend(chunk.close());
    }
    Ok(bytes)
}

fn header(chunks: usize, next_record: u64) -> Vec<u8> {
    let mut bytes = b"ElfFile\0".to_vec();
    bytes.extend(0u64.to_le_bytes());
    bytes.extend((chunks.saturating_sub(1) as u64).to_le_bytes());
    bytes.extend(next_record.to_le_bytes());
    bytes.extend(128u32.to_le_bytes());
    // Version 3.1, a header block of 4 KiB.
    for number in [1u16, 3, 4096, u16::try_from(chunks).unwrap_or(u16::MAX)] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.resize(120, 0);
    let checksum = crc32fast::hash(&bytes);
    bytes.extend(0u32.to_le_bytes());
    bytes.extend(checksum.to_le_bytes());
    bytes.resize(4096, 0);
    bytes
}

struct Chunk {
    first: u64,
    last: u64,
    last_at: usize,
    records: Vec<u8>,
    known: Known,
}

impl Chunk {
    fn new(first: u64) -> Self {
        Self { first, last: first, last_at: CHUNK_HEADER, records: Vec::new(), known: Known::default() }
    }

    /// False where the record does not fit any more. The names it brought are then of no use: the chunk is full.
    fn push(&mut self, record: u64, event: &Event) -> bool {
        let at = CHUNK_HEADER + self.records.len();
        // Magic, size, number and time stand before the XML.
        let offset = u32::try_from(at + 24).unwrap_or(0);
        let before = (self.known.name_buckets.clone(), self.known.template_buckets.clone());
        let xml = encode(event, record, offset, &mut self.known);
        let size = (24 + xml.len() + 4).next_multiple_of(8);
        if at + size > CHUNK {
            (self.known.name_buckets, self.known.template_buckets) = before;
            return false;
        }
        let mut bytes = vec![0x2a, 0x2a, 0, 0];
        let length = u32::try_from(size).unwrap_or(0).to_le_bytes();
        bytes.extend(length);
        bytes.extend(record.to_le_bytes());
        bytes.extend(event.time.filetime().to_le_bytes());
        bytes.extend(xml);
        bytes.resize(size - 4, 0);
        bytes.extend(length);
        self.records.extend(bytes);
        (self.last, self.last_at) = (record, at);
        true
    }

    fn close(self) -> Vec<u8> {
        let mut head = b"ElfChnk\0".to_vec();
        for number in [self.first, self.last, self.first, self.last] {
            head.extend(number.to_le_bytes());
        }
        head.extend(128u32.to_le_bytes());
        head.extend(u32::try_from(self.last_at).unwrap_or(0).to_le_bytes());
        head.extend(u32::try_from(CHUNK_HEADER + self.records.len()).unwrap_or(0).to_le_bytes());
        head.extend(crc32fast::hash(&self.records).to_le_bytes());
        head.resize(120, 0);
        let mut tables = Vec::new();
        for bucket in 0..64u32 {
            tables.extend(self.known.name_buckets.get(&bucket).copied().unwrap_or(0).to_le_bytes());
        }
        for bucket in 0..32u32 {
            tables.extend(self.known.template_buckets.get(&bucket).copied().unwrap_or(0).to_le_bytes());
        }
        let mut checked = head.clone();
        checked.extend(&tables);
        head.extend(0u32.to_le_bytes());
        head.extend(crc32fast::hash(&checked).to_le_bytes());
        head.extend(tables);
        head.extend(self.records);
        head.resize(CHUNK, 0);
        head
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Body, Concerns, Datum};
    use super::*;
    use crate::moment::Moment;

    fn event(number: u32) -> Event {
        Event {
            time: Moment::day(2021, 3, 3).plus(i64::from(number) * 1000),
            provider: ("Some-Provider", Some("{00000000-0000-0000-0000-000000000001}")),
            id: 4688,
            qualifiers: None,
            class: (2, 0, 13_312, 0),
            keywords: 0x8020_0000_0000_0000,
            channel: "Security",
            computer: "ex.example.org".to_owned(),
            user: Some("S-1-5-18".to_owned()),
            body: Body::Named(vec![
                ("CommandLine", Datum::Text(format!("run {number}"))),
                ("Id", Datum::Hex(0x3e7)),
                ("At", Datum::Time(Moment::day(2021, 3, 3))),
                ("Sid", Datum::Sid("S-1-5-21-1-2-3-500".to_owned())),
                ("Guid", Datum::Guid("6f6c0a52-0000-4000-8000-000000000001".to_owned())),
            ]),
            concerns: Concerns::Nothing,
        }
    }

    #[test]
    fn an_independent_reader_reads_every_record_of_several_chunks() {
        let events: Vec<Event> = (0..900).map(event).collect();
        let bytes = write(77, &events).unwrap();
        assert!(bytes.len() > 4096 + 2 * CHUNK);
        let settings = evtx::ParserSettings::default().validate_checksums(true);
        let mut parser = evtx::EvtxParser::from_buffer(bytes).unwrap().with_configuration(settings);
        let records: Vec<_> = parser.records_json_value().map(Result::unwrap).collect();
        assert_eq!(records.len(), 900);
        assert_eq!(records[0].event_record_id, 77);
        let data = &records[899].data["Event"]["EventData"];
        assert_eq!(data["CommandLine"], "run 899");
        assert_eq!(data["Sid"], "S-1-5-21-1-2-3-500");
        assert_eq!(records[5].data["Event"]["System"]["EventID"], 4688);
        assert_eq!(records[5].data["Event"]["System"]["Channel"], "Security");
    }
}
