//! Windows event logs (EVTX), written as Windows writes them.
//!
//! [`EventLog`] gives a log its events and its bytes; [`Writer`] takes events one by one. The same events give the same
//! bytes. `event.rs` and `value.rs` are what an event holds, `template.rs` its shape in binary XML, `chunk.rs` the bytes.
//!
//! Sources of the format: libyal's "Windows XML Event Log (EVTX) format",
//! <https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc>, and
//! [MS-EVEN6] section 2.2.12 and after, "BinXml". Not written: processing instructions, CDATA, entity references, arrays of
//! other types than text, and logs that overwrite their first chunk.

mod chunk;
mod event;
mod template;
mod value;

use std::io::{self, Cursor, Seek, SeekFrom, Write};

use chunk::{CHUNK_BYTES, Chunk};
pub use event::{Body, Content, Datum, Element, Event, Level, Provider};
pub use value::{Guid, NoValue, Sid, Value};
pub(crate) use value::{Kind, number};

/// Chunks begin behind this many bytes.
const FILE_HEADER_BYTES: u16 = 4 << 10;

/// How a log was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Closed, as by an export or at shutdown.
    Clean,
    /// Copied from a running machine: marked as dirty, and the counters of the file's header are from the time when the
    /// log held one event.
    Dirty,
}

/// A log: its channel, how it was left, and its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLog {
    channel: String,
    state: State,
    first_record: u64,
    events: Vec<Event>,
}

impl EventLog {
    /// A clean log without events, whose records count from 1.
    #[must_use]
    pub fn new(channel: &str) -> Self {
        Self { channel: channel.to_owned(), state: State::Clean, first_record: 1, events: Vec::new() }
    }

    #[must_use]
    pub const fn state(mut self, state: State) -> Self {
        self.state = state;
        self
    }

    /// The id of the first record: above 1 in a log whose older records were overwritten.
    #[must_use]
    pub const fn first_record(mut self, id: u64) -> Self {
        self.first_record = id;
        self
    }

    #[must_use]
    pub fn event(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    /// The bytes of the log.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for an event that no chunk can hold.
    pub fn write(self) -> io::Result<Vec<u8>> {
        Ok(self.write_to(Cursor::new(Vec::new()))?.finish()?.into_inner())
    }

    /// Writes the log's events and takes more.
    ///
    /// # Errors
    /// As [`Writer::event`].
    pub fn write_to<W: Write + Seek>(self, output: W) -> io::Result<Writer<W>> {
        let mut writer = Writer {
            output,
            channel: self.channel,
            state: self.state,
            chunk: Chunk::new(),
            chunks: 0,
            first_record: self.first_record,
            next_record: self.first_record,
        };
        // The header is known at the end only; until then the file is no log.
        writer.output.write_all(&[0; FILE_HEADER_BYTES as usize])?;
        for event in &self.events {
            writer.event(event)?;
        }
        Ok(writer)
    }
}

/// Writes a log event by event, a chunk in memory at a time. What is written is a log once [`Writer::finish`] has come.
#[derive(Debug)]
pub struct Writer<W> {
    output: W,
    channel: String,
    state: State,
    chunk: Chunk,
    /// Chunks that went to the output.
    chunks: u64,
    first_record: u64,
    next_record: u64,
}

impl<W: Write + Seek> Writer<W> {
    /// Appends an event and says its record id.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for an event that no chunk can hold; it is left out, and others may follow.
    /// Whatever the output says.
    pub fn event(&mut self, event: &Event) -> io::Result<u64> {
        let id = self.next_record;
        let system = template::system(event, &self.channel, id);
        let body = template::body(&event.body);
        if self.chunk.record(id, event.time, &system, body.as_ref()).is_err() {
            let fresh = |chunk: &mut Chunk| chunk.record(id, event.time, &system, body.as_ref());
            let mut next = Chunk::new();
            if self.chunk.is_empty() || fresh(&mut next).is_err() {
                let problem = format!("event {} does not fit into a chunk of {CHUNK_BYTES} bytes", event.id);
                return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
            }
            let full = std::mem::replace(&mut self.chunk, next);
            self.put(full)?;
        }
        self.next_record += 1;
        Ok(id)
    }

    /// Bytes of the file until now, without the rest of the chunk that is being filled.
    pub(crate) fn bytes(&self) -> u64 {
        u64::from(FILE_HEADER_BYTES) + self.chunks * CHUNK_BYTES as u64 + self.chunk.used() as u64
    }

    /// Writes what is left and the header.
    ///
    /// # Errors
    /// Whatever the output says.
    pub fn finish(mut self) -> io::Result<W> {
        // A log without events has one empty chunk.
        if !self.chunk.is_empty() || self.chunks == 0 {
            let last = std::mem::replace(&mut self.chunk, Chunk::new());
            self.put(last)?;
        }
        let header = self.header();
        self.output.seek(SeekFrom::Start(0))?;
        self.output.write_all(&header)?;
        self.output.seek(SeekFrom::End(0))?;
        self.output.flush()?;
        Ok(self.output)
    }

    fn put(&mut self, chunk: Chunk) -> io::Result<()> {
        self.output.write_all(&chunk.finish())?;
        self.chunks += 1;
        Ok(())
    }

    fn header(&self) -> Vec<u8> {
        let (chunks, next_record, flags) = match self.state {
            State::Clean => (self.chunks, self.next_record, 0_u32),
            State::Dirty => (1, self.next_record.min(self.first_record + 1), 1),
        };
        let mut header = b"ElfFile\0".to_vec();
        for number in [0, chunks - 1, next_record] {
            header.extend(number.to_le_bytes());
        }
        header.extend(128_u32.to_le_bytes());
        // Version 3.1; the number of chunks has two bytes only.
        for number in [1, 3, FILE_HEADER_BYTES, u16::try_from(chunks).unwrap_or(u16::MAX)] {
            header.extend(number.to_le_bytes());
        }
        header.resize(120, 0);
        let checksum = crc32fast::hash(&header);
        header.extend(flags.to_le_bytes());
        header.extend(checksum.to_le_bytes());
        header.resize(FILE_HEADER_BYTES.into(), 0);
        header
    }
}
