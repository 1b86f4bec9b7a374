//! The file of one event log.

use std::io::{self, Seek};
use std::path::{Path, PathBuf};

use super::{Written, create, stamp};
use crate::{
    Error, PRACTICE_MARK,
    clock::Moment,
    compile::{EventForm, EventLog},
    event_log::{self, Body, Event, Provider, Writer},
    template::Draw,
};

/// Who says in each event log that it is practice data.
const MARK_PROVIDER: &str = "Practice Server";
const MARK_EVENT_ID: u16 = 1;

/// Writes one event log.
#[derive(Debug)]
pub(crate) struct EventOutput<'a> {
    path: PathBuf,
    log: &'a EventLog,
    writer: Option<Writer<fs_err::File>>,
    /// The time of its last event.
    modified: i64,
}

impl<'a> EventOutput<'a> {
    pub(crate) fn new(root: &Path, log: &'a EventLog) -> Self {
        Self { path: root.join(&log.path), log, writer: None, modified: 0 }
    }

    /// Appends an event and says the number of its record.
    pub(crate) fn event(&mut self, moment: &Moment, form: &EventForm, draw: &mut Draw) -> Result<u64, Error> {
        let event = form.event(moment, draw)?;
        self.modified = moment.millis();
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => {
                self.writer.insert(begin(&self.path, self.log, moment).map_err(|source| failed(&self.path, source))?)
            }
        };
        writer.event(&event).map_err(|source| failed(&self.path, source))
    }

    /// Below the practice directory, with `/`.
    pub(crate) fn path(&self) -> &str {
        &self.log.path
    }

    /// Finishes the file; there is none if there was no event.
    pub(crate) fn close(self) -> Result<Option<Written>, Error> {
        let Some(writer) = self.writer else { return Ok(None) };
        let bytes = writer.finish().and_then(|mut file| {
            stamp(&file, self.modified)?;
            file.stream_position()
        });
        let bytes = bytes.map_err(|source| failed(&self.path, source))?;
        Ok(Some(Written { path: self.log.path.clone(), bytes, modified: self.modified }))
    }
}

/// The first event of every log carries the practice mark.
fn begin(path: &Path, log: &EventLog, moment: &Moment) -> io::Result<Writer<fs_err::File>> {
    let provider = Provider::classic(MARK_PROVIDER);
    let event = Event::new(provider, MARK_EVENT_ID, moment.timestamp(), &log.computer);
    let mark = Event { body: Body::texts([PRACTICE_MARK]), ..event };
    event_log::EventLog::new(&log.channel).first_record(log.first_record).event(mark).write_to(create(path)?)
}

fn failed(path: &Path, source: io::Error) -> Error {
    Error::Write { path: path.to_owned(), source }
}
