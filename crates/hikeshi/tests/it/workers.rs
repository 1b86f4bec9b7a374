//! Worker processes: what a file costs beyond the limits costs that file alone.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use hikeshi_core::coverage::Gap;
use hikeshi_core::time::Timestamp;
use hikeshi_drill::event_log::{Body, Event, EventLog, Guid, Provider};
use hikeshi_evidence::kind::Kind;
use hikeshi_evidence::record::{Flow, Gathered, Missed, Record, Sink};
use hikeshi_evidence::worker::{About, Input, Job, Launch, Limits, Parent, Setup, Task, Watchdog, Worker};
use hikeshi_evidence::yara::Match;

/// Nothing in these tests keeps silent for so long.
const PATIENCE: Duration = Duration::from_secs(120);

/// Gives the bytes of a reader to a worker, and what the worker tells to a sink.
struct FromReader<'a> {
    source: &'a mut dyn Read,
    sink: &'a mut dyn Sink,
}

impl Sink for FromReader<'_> {
    fn record(&mut self, record: Record) -> Flow {
        self.sink.record(record)
    }

    fn missed(&mut self, missed: Missed) {
        self.sink.missed(missed);
    }
}

impl Parent for FromReader<'_> {
    fn more(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.source.read(room)
    }

    fn progress(&mut self, _: u64) {}

    fn matched(&mut self, _: usize, _: Match) {}
}

fn worker(limits: Limits) -> Worker {
    let launch = Launch { program: env!("CARGO_BIN_EXE_hikeshi").into(), arguments: vec!["worker".to_owned()] };
    Worker::new(Arc::new(launch), setup(limits), Watchdog::start(PATIENCE, || false))
}

/// An event log with so many events.
pub(crate) fn event_log(channel: &str, events: u32) -> Vec<u8> {
    let provider = Provider::new("Kamome-Gate", "{54849625-5478-4994-a5ba-3e3b0328c30d}".parse::<Guid>().unwrap());
    let event = |number: u32| {
        let time = Timestamp::from_micros(1_903_000_000_000_000 + i64::from(number) * 1_000_000);
        let body = Body::named([("Ticket", format!("ticket {number} 切符").as_str().into())]);
        Event { body, ..Event::new(provider.clone(), 7, time, "gate.kamome.example") }
    };
    (0..events).fold(EventLog::new(channel), |log, number| log.event(event(number))).write().unwrap()
}

fn setup(limits: Limits) -> Arc<Setup> {
    Arc::new(Setup { limits, ..Setup::default() })
}

fn pieces(bytes: u64) -> Job {
    Job { task: Task::Records(Kind::EventLog), about: About::default(), input: Input::Pieces, bytes }
}

fn read(worker: &mut Worker, source: &mut dyn Read, bytes: u64) -> Gathered {
    let mut gathered = Gathered::default();
    worker.read(&pieces(bytes), &mut FromReader { source, sink: &mut gathered });
    gathered
}

fn reasons(gathered: &Gathered) -> Vec<Gap> {
    gathered.missed.iter().map(|missed| missed.reason).collect()
}

#[test]
fn a_worker_reads_from_a_file_and_from_pieces_alike() {
    let log = event_log("Kamome", 500);
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("kamome.evtx");
    fs_err::write(&place, &log).unwrap();
    let mut worker = worker(Limits::default());
    let of_pieces = read(&mut worker, &mut log.as_slice(), log.len() as u64);
    let mut of_place = Gathered::default();
    let job = Job {
        task: Task::Records(Kind::EventLog),
        about: About::default(),
        input: Input::Place(place),
        bytes: log.len() as u64,
    };
    worker.read(&job, &mut FromReader { source: &mut io::empty(), sink: &mut of_place });
    assert_eq!((of_pieces.records.len(), reasons(&of_pieces)), (500, vec![]));
    assert_eq!(of_place.records, of_pieces.records);
    let last = of_pieces.records.last().unwrap();
    assert_eq!((last.number, last.text("Ticket")), (Some(500), Some("ticket 499 切符")));
}

#[test]
fn a_worker_that_has_no_memory_left_is_told_and_the_next_file_is_read() {
    // Less than the executable itself takes: nothing more is granted.
    let mut starved = worker(Limits { memory_bytes: 1 << 20, ..Limits::default() });
    let log = event_log("Kamome", 2_000);
    for _ in 0..2 {
        let gathered = read(&mut starved, &mut log.as_slice(), log.len() as u64);
        assert_eq!(reasons(&gathered), [Gap::OverMemory]);
    }
    let mut fed = worker(Limits::default());
    assert_eq!(read(&mut fed, &mut log.as_slice(), log.len() as u64).records.len(), 2_000);
}

/// A log without end: the same chunk for ever.
struct Endless {
    log: Vec<u8>,
    at: usize,
}

impl Read for Endless {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        const HEADER: usize = 4 << 10;
        let count = (&self.log[self.at..]).read(room)?;
        self.at += count;
        if self.at == self.log.len() {
            self.at = HEADER;
        }
        Ok(count)
    }
}

/// Counts, because there is no end to what comes.
#[derive(Default)]
struct Counter {
    records: u64,
    missed: Vec<Missed>,
}

impl Sink for Counter {
    fn record(&mut self, _: Record) -> Flow {
        self.records += 1;
        Flow::GoOn
    }

    fn missed(&mut self, missed: Missed) {
        self.missed.push(missed);
    }
}

#[test]
fn a_file_without_end_is_left_when_its_processor_time_is_used_up_and_what_was_read_counts() {
    let mut worker = worker(Limits { seconds: 0, ..Limits::default() });
    let log = event_log("Kamome", 500);
    let mut counter = Counter::default();
    let mut endless = Endless { log: log.clone(), at: 0 };
    worker.read(&pieces(0), &mut FromReader { source: &mut endless, sink: &mut counter });
    assert!(counter.records > 500, "{}", counter.records);
    assert_eq!(counter.missed.iter().map(|missed| missed.reason).collect::<Vec<_>>(), [Gap::OverTime]);
    // A second is enough for the next.
    assert_eq!(read(&mut worker, &mut log.as_slice(), log.len() as u64).records.len(), 500);
}

/// A named pipe that nobody writes to waits for ever.
#[cfg(unix)]
#[test]
fn a_worker_that_keeps_silent_is_ended() {
    let host = crate::reports::host().pipe("pipe.evtx");
    let launch = Launch { program: env!("CARGO_BIN_EXE_hikeshi").into(), arguments: vec!["worker".to_owned()] };
    let mut worker =
        Worker::new(Arc::new(launch), setup(Limits::default()), Watchdog::start(Duration::from_millis(500), || false));
    let mut gathered = Gathered::default();
    let job = Job {
        task: Task::Records(Kind::EventLog),
        about: About::default(),
        input: Input::Place(host.path("pipe.evtx")),
        bytes: 1 << 20,
    };
    worker.read(&job, &mut FromReader { source: &mut io::empty(), sink: &mut gathered });
    assert_eq!(reasons(&gathered), [Gap::OverTime]);
}

#[test]
fn a_worker_that_cannot_be_started_is_told() {
    let launch = Launch { program: "/no/such/program".into(), arguments: vec![] };
    let mut worker = Worker::new(Arc::new(launch), setup(Limits::default()), Watchdog::start(PATIENCE, || false));
    let gathered = read(&mut worker, &mut io::empty(), 0);
    assert_eq!(reasons(&gathered), [Gap::ReaderFailed]);
}

#[test]
fn a_source_that_fails_costs_that_file_alone() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk fails"))
        }
    }
    let mut worker = worker(Limits::default());
    assert_eq!(reasons(&read(&mut worker, &mut Failing, 1)), [Gap::ReadFailed]);
    let log = event_log("Kamome", 5);
    assert_eq!(read(&mut worker, &mut log.as_slice(), log.len() as u64).records.len(), 5);
}
