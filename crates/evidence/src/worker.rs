//! Reads binary evidence in a process of its own: the same executable, started again, under limits of memory and time.
//!
//! What a hostile file costs beyond the limits costs that file alone: the worker dies, the file stands in the coverage with
//! the reason, and the next file gets a new worker. Start at [`Worker::read`] for this side, and at [`child::serve`] for
//! the other. Only one side speaks at a time, so neither can wait for the other forever:
//!
//! ```text
//! parent: Log… Job ──►       child: Records… ──► [More ──►  ◄── Piece]…  Missed… ──► Done
//! an archive:                       [Member ──►  ◄── Wanted  [Bytes ──►  ◄── Wanted]…  MemberEnd]… ──► End
//!                                   ◄── Wanted: once more from its beginning; else ──► Done
//! ```

pub mod child;
mod frame;
mod place;
mod unpacking;
mod watchdog;

use std::io::{self, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hikeshi_core::both;
use hikeshi_core::cause::Cause;
use hikeshi_core::coverage::Gap;
use hikeshi_core::other_tool::Output;
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;
use hikeshi_host::limits::{Ended, end_with_this_process, ended};
use serde::{Deserialize, Serialize};

use crate::archive::{self, Member, Wanted};
use crate::kind::Kind;
use crate::record::{Flow, Missed, Record, Sink};
use crate::yara::Match;
pub use unpacking::Unpacking;
pub use watchdog::Watchdog;

/// How a worker process is started: this executable, with the arguments that make it call [`child::serve`].
#[derive(Debug, Clone)]
pub struct Launch {
    /// The executable.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}

/// What one worker may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Address space, in bytes.
    pub memory_bytes: u64,
    /// Processor time for any file, in seconds.
    pub seconds: u64,
    /// Bytes of a file for which one second more is granted.
    pub bytes_per_second: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_bytes: 1 << 30, seconds: 30, bytes_per_second: 4 << 20 }
    }
}

impl Limits {
    /// The processor time that a file of this size is granted, in seconds.
    #[must_use]
    pub fn seconds_for(&self, bytes: u64) -> u64 {
        self.seconds.saturating_add(bytes.checked_div(self.bytes_per_second).unwrap_or(0))
    }
}

/// What a worker is told before anything else.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Setup {
    /// What it may cost.
    pub limits: Limits,
    /// Sets of YARA rules, each as [`crate::yara::Rules::to_bytes`] gives them.
    pub yara: Vec<Vec<u8>>,
    /// Passwords to try on encrypted archives.
    pub passwords: Vec<String>,
    /// Forms of output of other tools, as [`Kind::ToolOutput`] numbers them.
    pub outputs: Vec<Output>,
}

/// One thing to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// What is to be done with it.
    pub task: Task,
    /// What is known of it besides its bytes.
    pub about: About,
    /// Where its bytes come from.
    pub input: Input,
    /// How many bytes it has, or is expected to have.
    pub bytes: u64,
}

/// What is to be done with the bytes of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// To read the records of a kind of evidence; see [`Worker::read`].
    Records(Kind),
    /// To look at the content of a file; see [`Worker::read`].
    Look,
    /// To unpack an archive within a budget; see [`Worker::unpack`].
    Unpack(Budget),
}

/// What unpacking an archive may cost, or all archives inside of one together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Members and bytes.
    pub limits: archive::Limits,
    /// Processor time of the worker.
    pub time: Duration,
}

impl Budget {
    /// What an archive of this size is granted.
    #[must_use]
    pub fn of_archive(bytes: u64, limits: &Limits) -> Self {
        Self { limits: archive::Limits::default(), time: Duration::from_secs(limits.seconds_for(bytes)) }
    }

    /// What all archives inside of an archive of this size are granted together: as much as the archive itself, so that
    /// cutting a bomb into pieces gains nothing.
    #[must_use]
    pub fn of_inner_archives(bytes: u64, limits: &Limits) -> Self {
        let mut budget = Self::of_archive(bytes, limits);
        let archive::Limits { ratio, ratio_from, total_bytes, .. } = budget.limits;
        budget.limits.total_bytes = bytes.saturating_mul(ratio).max(ratio_from).min(total_bytes);
        budget
    }

    /// What is left behind one of them.
    pub fn spend(&mut self, spent: Spent) {
        self.limits.total_bytes = self.limits.total_bytes.saturating_sub(spent.archive.bytes);
        self.limits.members = self.limits.members.saturating_sub(spent.archive.members);
        self.time = self.time.saturating_sub(spent.time);
    }

    /// Whether nothing can be unpacked within it.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.limits.total_bytes == 0 || self.limits.members == 0 || self.time.is_zero()
    }
}

/// What unpacking an archive came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Members and bytes.
    pub archive: archive::Spent,
    /// Processor time of the worker.
    pub time: Duration,
}

/// What is known of a file besides its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its path in the evidence, with `/`.
    pub path: String,
    /// Its path on the machine that it came from, where that is known.
    pub disk_path: Option<String>,
    /// When it came into being under this name.
    pub created: Option<Timestamp>,
    /// When its content was last written.
    pub modified: Option<Timestamp>,
}

/// Where the bytes of a job come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Input {
    /// A file that the worker opens; read up to [`Job::bytes`].
    Place(#[serde(with = "place")] PathBuf),
    /// The parent hands them over piece by piece.
    Pieces,
}

/// What the parent says to its worker.
#[derive(Debug, Serialize, Deserialize)]
enum Order {
    /// Said once, before anything else.
    Setup(Setup),
    /// A log of the hive that comes next.
    Log(Vec<u8>),
    Job(Job),
    /// The next bytes of [`Input::Pieces`]; none at their end.
    Piece(Vec<u8>),
    /// Whether the member that begins is wanted, or its next bytes, or all members once more.
    Wanted(Wanted),
}

/// What a worker says to its parent.
#[derive(Debug, Serialize, Deserialize)]
enum Reply {
    Records(Vec<Record>),
    /// What holds of one set of YARA rules, by its place in the setup.
    Matches(usize, Vec<Match>),
    Missed(Missed),
    Member(Member),
    /// Some of the member's content.
    Bytes(Vec<u8>),
    MemberEnd(Option<Missed>),
    /// What unpacking came to since this was told last.
    Spent(Spent),
    /// All members of the archive were told.
    End,
    /// The worker waits for an [`Order::Piece`].
    More,
    /// So many bytes of [`Input::Place`] are read.
    Progress(u64),
    Done,
}

/// One worker process, started when there is something to read and started again when it has died.
#[derive(Debug)]
pub struct Worker {
    launch: Arc<Launch>,
    setup: Arc<Setup>,
    watchdog: Arc<Watchdog>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    child: Arc<Mutex<Child>>,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

/// What the parent of a worker gives and takes.
pub trait Parent: Sink {
    /// The next bytes of [`Input::Pieces`] into `room`; 0 at their end.
    ///
    /// # Errors
    /// When they cannot be read.
    fn more(&mut self, room: &mut [u8]) -> io::Result<usize>;
    /// So many more bytes of the job are read.
    fn progress(&mut self, bytes: u64);
    /// A rule of one set of YARA rules, by its place in the setup, holds for the file.
    fn matched(&mut self, set: usize, found: Match);
}

/// So much is handed over in one piece.
const PIECE: usize = 256 << 10;

impl Worker {
    /// A worker that is not started yet.
    #[must_use]
    pub const fn new(launch: Arc<Launch>, setup: Arc<Setup>, watchdog: Arc<Watchdog>) -> Self {
        Self { launch, setup, watchdog, running: None }
    }

    /// Reads one thing; what it gives goes to `parent`. A worker that cannot be started, or that dies, is told as missed.
    pub fn read(&mut self, job: &Job, parent: &mut dyn Parent) {
        if let Err(error) = self.start() {
            let Text { en, ja } = Text::from(error);
            let detail = both!("no worker: {en}", "読み取り用プロセスを起動できない: {ja}");
            let missed = Missed::new(Gap::ReaderFailed).because(detail);
            self.running = None;
            return parent.missed(missed);
        }
        match self.converse(job, parent) {
            Ok(Flow::GoOn) => {}
            // What is not wanted any more may still be on its way; a new worker is cheaper than to wait for it.
            Ok(Flow::Stop) => {
                let _ = self.stop();
            }
            Err(error) => parent.missed(self.post_mortem(&error)),
        }
    }

    /// Hands over a log of the hive that is read next. For a hive that comes in pieces: beside it nothing can be looked for.
    pub fn lay_beside(&mut self, log: Vec<u8>) {
        // Where this fails, reading the hive fails too, and tells why.
        let _ = self.start().and_then(|()| self.tell(&Order::Log(log)));
    }

    fn start(&mut self) -> io::Result<()> {
        if self.running.is_some() {
            return Ok(());
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one place that starts a process: this executable again"
        )]
        let mut child = Command::new(&self.launch.program)
            .args(&self.launch.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        // Before it is told anything: it puts limits on itself then, and those have to lie within this one.
        end_with_this_process(&child)?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Cause::of(
                io::ErrorKind::Other,
                both!("the worker has no pipes", "読み取り用プロセスと通信できない"),
            ));
        };
        let running = Running { child: Arc::new(Mutex::new(child)), to, from: BufReader::with_capacity(PIECE, from) };
        self.running.insert(running).tell(&Order::Setup((*self.setup).clone()))
    }

    fn converse(&mut self, job: &Job, parent: &mut dyn Parent) -> io::Result<Flow> {
        let Some(running) = &mut self.running else { return Err(io::ErrorKind::NotConnected.into()) };
        running.tell(&Order::Job(job.clone()))?;
        loop {
            match running.hear(&self.watchdog)? {
                Reply::Records(records) => {
                    for record in records {
                        if parent.record(record) == Flow::Stop {
                            return Ok(Flow::Stop);
                        }
                    }
                }
                Reply::Matches(set, matches) => matches.into_iter().for_each(|found| parent.matched(set, found)),
                Reply::Missed(missed) => parent.missed(missed),
                Reply::Member(_) | Reply::Bytes(_) | Reply::MemberEnd(_) | Reply::Spent(_) | Reply::End => {
                    return Err(out_of_turn());
                }
                Reply::More => {
                    let mut piece = vec![0; PIECE];
                    let count = parent.more(&mut piece)?;
                    piece.truncate(count);
                    running.tell(&Order::Piece(piece))?;
                    parent.progress(count as u64);
                }
                Reply::Progress(bytes) => parent.progress(bytes),
                Reply::Done => return Ok(Flow::GoOn),
            }
        }
    }

    /// Why the conversation ended before its end.
    fn post_mortem(&mut self, error: &io::Error) -> Missed {
        let status = self.stop();
        let (reason, detail) = match (status.map(ended), error.kind()) {
            (Some(Ended::OverMemory), _) => {
                let bytes = self.setup.limits.memory_bytes;
                (Gap::OverMemory, both!("{bytes} bytes", "{bytes} バイト"))
            }
            (Some(Ended::OverTime), _) => (Gap::OverTime, both!("processor time", "プロセッサー時間")),
            (_, io::ErrorKind::TimedOut) => (Gap::OverTime, error.into()),
            (_, io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe) => {
                let status = status.map_or_else(|| "unknown".to_owned(), |status| status.to_string());
                (Gap::ReaderFailed, both!("the worker ended: {status}", "読み取り用プロセスが終了した: {status}"))
            }
            _ => (Gap::ReadFailed, error.into()),
        };
        Missed::new(reason).because(detail)
    }

    fn stop(&mut self) -> Option<std::process::ExitStatus> {
        let Running { child, to, from } = self.running.take()?;
        drop(to);
        drop(from);
        let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
        // One that has died already keeps its own exit status.
        if let Ok(Some(status)) = wait_briefly(&mut child) {
            return Some(status);
        }
        let _ = child.kill();
        child.wait().ok()
    }
}

/// The worker said something that does not belong here.
fn out_of_turn() -> io::Error {
    Cause::of(
        io::ErrorKind::InvalidData,
        both!("the worker spoke out of turn", "読み取り用プロセスの応答の順序がおかしい"),
    )
}

/// A process that has closed its pipes needs a moment until its status can be read.
fn wait_briefly(child: &mut Child) -> io::Result<Option<std::process::ExitStatus>> {
    for _ in 0..100 {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(None)
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(Running { child, .. }) = self.running.take() {
            let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Running {
    fn tell(&mut self, order: &Order) -> io::Result<()> {
        frame::write(&mut self.to, order)?;
        self.to.flush()
    }

    fn hear(&mut self, watchdog: &Watchdog) -> io::Result<Reply> {
        let patience = watchdog.wait_for(&self.child);
        let reply = frame::read(&mut self.from, frame::REPLY_CAP);
        if patience.ran_out() {
            return Err(Cause::of(
                io::ErrorKind::TimedOut,
                both!("the worker kept silent", "読み取り用プロセスが応答しない"),
            ));
        }
        reply?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}
