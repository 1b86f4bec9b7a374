//! Binary evidence and traces of Windows: whatever gives records.

use std::io::Read;

use crate::artefact::{self, Artefact};
use crate::fuzz::repair;
use crate::look::{self, CONTENT_CAP, Hashes, Looked, Subject};
use crate::record::{FIELDS_CAP, Flow, Missed, RECORD_CAP, Record, Sink};
use crate::yara::Externals;
use crate::{event_export, event_log, hive as registry};

/// Windows event logs: a file, or the chunks that follow its header.
pub(super) fn event_log(bytes: &[u8]) {
    const HEADER: [u8; 4 << 10] = [0; 4 << 10];
    let header = if bytes.starts_with(b"ElfFile\0") { &[] } else { HEADER.as_slice() };
    // The last chunk counts as whole, though it may be cut.
    let length = (header.len() + bytes.len()).next_multiple_of(64 << 10);
    twice(length, |sink| event_log::read(&mut header.chain(bytes), sink));
}

/// Windows events exported as XML.
pub(super) fn event_export(bytes: &[u8]) {
    twice(bytes.len(), |sink| event_export::read(&mut &*bytes, sink));
}

/// Registry hives and their logs: the base block, at once the bins, then any number of logs at multiples of 512 bytes.
/// Checksums of zero stand for the right ones.
pub(super) fn hive(bytes: &[u8]) {
    let (hive, logs) = repair::hive_and_logs(bytes);
    let logs: Vec<_> = logs.iter().map(Vec::as_slice).collect();
    // A hive grows by what its logs hold.
    let length = hive.len() + logs.iter().map(|log| log.len()).sum::<usize>();
    twice(length, |sink| registry::read(&hive, &logs, sink));
    if !logs.is_empty() {
        twice(length, |sink| registry::read(&hive, &[], sink));
    }
    logs.iter().for_each(|log| assert_eq!(registry::is_log(log), registry::is_log(log.get(..512).unwrap_or(log))));
}

/// File tables of NTFS.
pub(super) fn file_table(bytes: &[u8]) {
    of_artefacts(&[Artefact::FileTable], bytes);
}

/// Change journals of NTFS.
pub(super) fn change_journal(bytes: &[u8]) {
    of_artefacts(&[Artefact::ChangeJournal], bytes);
}

/// Scheduled tasks, of older Windows too.
pub(super) fn task_file(bytes: &[u8]) {
    of_artefacts(&[Artefact::Task, Artefact::OldTask], bytes);
}

/// Configuration of the web server.
pub(super) fn web_server_config(bytes: &[u8]) {
    of_artefacts(&[Artefact::WebServerConfig], bytes);
}

/// Error reports.
pub(super) fn error_report(bytes: &[u8]) {
    of_artefacts(&[Artefact::ErrorReport], bytes);
}

/// Logs of virus scanners.
pub(super) fn scanner_log(bytes: &[u8]) {
    of_artefacts(&[Artefact::ProtectionLog, Artefact::ScanLog], bytes);
}

/// The hosts file and commands that somebody typed.
pub(super) fn hosts_and_history(bytes: &[u8]) {
    of_artefacts(&[Artefact::HostsFile, Artefact::CommandHistory], bytes);
}

/// One file by its content: executables, scripts, compiled pages.
pub(super) fn look(bytes: &[u8]) {
    let digests = Hashes::of(bytes);
    for path in ["x.aspx", "C/x.js", "x.compiled", "x"] {
        for (size, digests) in [(bytes.len() as u64, None), (u64::MAX, Some(&digests))] {
            look_at(&Subject { path, size, digests, ..Subject::default() }, bytes);
        }
    }
}

fn look_at(subject: &Subject<'_>, bytes: &[u8]) {
    let looked: Looked = look::look(subject, bytes);
    assert!(looked.record.bytes() <= RECORD_CAP, "a record over its cap");
    // Of a member that could not be opened nothing is there, which whoever tried has told. What else is not all there is told.
    let is_whole = subject.size <= bytes.len().min(CONTENT_CAP) as u64;
    let is_open = is_whole || !bytes.is_empty();
    let sha256 = Hashes::of(bytes).sha256();
    assert_eq!(looked.record.text("SHA256"), is_open.then_some(sha256.as_str()));
    assert!(is_whole || !is_open || !looked.missed.is_empty(), "bytes were passed over in silence");
    let mut held = Held::new(bytes.len(), u64::MAX);
    let externals = Externals::new(subject, &looked, bytes);
    assert!(!externals.filetype.is_empty() && externals.filename == subject.name());
    looked.missed.into_iter().for_each(|missed| held.missed(missed));
    held.record(looked.record);
}

pub(super) fn of_artefacts(artefacts: &[Artefact], bytes: &[u8]) {
    let _ = artefact::recognise("C/Windows/System32/Tasks/x", bytes);
    for artefact in artefacts {
        let length = bytes.len();
        twice(length, |sink| artefact.read("C/Windows/System32/Tasks/x", &mut &*bytes, sink));
    }
}

/// Reads once to the end and once up to the first record: whoever wants no more gets no more, and the same input gives the
/// same record.
pub(super) fn twice(length: usize, read: impl Fn(&mut dyn Sink)) {
    let mut whole = Held::new(length, u64::MAX);
    read(&mut whole);
    if whole.records > 1 {
        let mut begun = Held::new(length, 1);
        read(&mut begun);
        assert!(begun.first == whole.first, "the same input gave another record");
    }
}

/// A sink that holds what every reader owes to whoever calls it.
struct Held {
    length: u64,
    wanted: u64,
    records: u64,
    told: u64,
    first: Option<Record>,
}

impl Held {
    fn new(length: usize, wanted: u64) -> Self {
        Self { length: length as u64, wanted, records: 0, told: 0, first: None }
    }
}

impl Sink for Held {
    fn record(&mut self, mut record: Record) -> Flow {
        /// No reader gathers more for one record, before it is cut to its cap.
        const GATHERED: usize = 4 * RECORD_CAP;
        assert!(self.records < self.wanted, "a record after the last that was wanted");
        self.records += 1;
        assert!(record.offset <= self.length, "a record at {} in {} bytes", record.offset, self.length);
        assert!(self.records <= self.length.max(1), "{} records in {} bytes", self.records, self.length);
        assert!(record.bytes() <= GATHERED, "{} bytes in one record", record.bytes());
        record.cap();
        assert!(record.bytes() <= RECORD_CAP && record.fields.len() <= FIELDS_CAP, "a record over its cap");
        let _ = record.time.map(|time| time.to_string());
        self.first.get_or_insert(record);
        if self.records < self.wanted { Flow::GoOn } else { Flow::Stop }
    }

    fn missed(&mut self, missed: Missed) {
        /// Readers add equal reasons up, so there are never more than a few.
        const TOLD: u64 = 64;
        self.told += 1;
        assert!(self.told <= TOLD, "the same reason is told again and again: {missed:?}");
        assert!(missed.count > 0, "something was missed no time: {missed:?}");
    }
}
