//! The worker's side: puts the limits on itself, then does one job after the other until its parent goes away.

mod look;
mod out;
mod source;

use std::cell::RefCell;
use std::io::{self, BufReader, BufWriter, StdinLock, StdoutLock, Write};

use hikeshi_core::coverage::Gap;
use hikeshi_host::limits;

use super::frame::{self, ORDER_CAP};
use super::{Job, Limits, Order, Reply, Setup, Task};
use crate::archive;
use crate::event_log;
use crate::hive;
use crate::kind::Kind;
use crate::record::{Missed, Sink, gap_of};
use crate::tool_output::Outputs;
use crate::yara::Rules;
use out::{Handed, Out};
use source::Source;

/// Serves the parent over standard input and output; returns when the parent has gone.
///
/// # Errors
/// When the limits cannot be put on, or the parent speaks another language.
pub fn serve() -> io::Result<()> {
    let pipe = Pipe { from: BufReader::new(io::stdin().lock()), to: BufWriter::new(io::stdout().lock()) };
    let pipe = RefCell::new(pipe);
    let hear = || pipe.borrow_mut().hear();
    let Some(Order::Setup(Setup { limits, yara, passwords, outputs })) = hear()? else {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the setup comes first"));
    };
    limits::limit_memory(limits.memory_bytes)?;
    // The parent has compiled them before, so what is wrong with them was told there.
    let outputs = Outputs::new(&outputs).unwrap_or_default();
    let bench = Bench { limits, yara: RefCell::new(Yara::Asleep(yara)), passwords, outputs, pipe: &pipe };
    while let Some(order) = hear()? {
        match order {
            Order::Job(job) => bench.work(&job)?,
            Order::Setup(_) | Order::Piece(_) | Order::Wanted(_) => return Err(io::ErrorKind::InvalidData.into()),
        }
    }
    Ok(())
}

struct Pipe<'p> {
    from: BufReader<StdinLock<'p>>,
    to: BufWriter<StdoutLock<'p>>,
}

impl Pipe<'_> {
    fn hear(&mut self) -> io::Result<Option<Order>> {
        frame::read(&mut self.from, ORDER_CAP)
    }

    fn tell(&mut self, reply: &Reply) -> io::Result<()> {
        frame::write(&mut self.to, reply)
    }

    /// Says something and waits for the answer.
    fn ask(&mut self, reply: &Reply) -> io::Result<Option<Order>> {
        self.tell(reply)?;
        self.to.flush()?;
        self.hear()
    }
}

/// What one worker works with.
struct Bench<'b, 'p> {
    limits: Limits,
    yara: RefCell<Yara>,
    passwords: Vec<String>,
    outputs: Outputs,
    pipe: &'b RefCell<Pipe<'p>>,
}

/// The sets of YARA rules, compiled when the first file is looked at.
enum Yara {
    Asleep(Vec<Vec<u8>>),
    Ready(Vec<Rules>),
}

impl Bench<'_, '_> {
    fn work(&self, job: &Job) -> io::Result<()> {
        limits::grant_processor_seconds(self.limits.seconds_for(job.bytes))?;
        let mut out = Out::new(self.pipe);
        match Source::open(job, self.pipe) {
            Err(error) => out.missed(Missed::new(gap_of(error.kind())).because(&error)),
            Ok(source) => match &job.task {
                Task::Records(kind) => records(*kind, &self.outputs, job, source, &mut out),
                Task::Look => self.look(&job.about, job.bytes, source, &mut out),
                Task::Unpack => self.unpack(source, &mut out),
            },
        }
        out.finish()
    }

    fn unpack(&self, source: Source<'_, '_>, out: &mut Out<'_, '_>) {
        let limits = archive::Limits::default();
        match source {
            Source::Place(file) => self.unpack_from(file, &limits, out),
            Source::Pieces(mut pieces) => match source::whole(&mut pieces) {
                Ok(bytes) => self.unpack_from(io::Cursor::new(bytes), &limits, out),
                Err(missed) => out.missed(missed),
            },
        }
    }
}

impl Bench<'_, '_> {
    fn unpack_from(&self, mut source: impl io::Read + io::Seek, limits: &archive::Limits, out: &mut Out<'_, '_>) {
        let (samples, missed) = archive::samples(&mut source, limits, &self.passwords).unwrap_or_default();
        missed.into_iter().for_each(|missed| out.missed(missed));
        archive::read(source, limits, &self.passwords, &mut Handed { out, samples });
    }
}

/// The reader for each kind of evidence.
fn records(kind: Kind, outputs: &Outputs, job: &Job, mut source: Source<'_, '_>, sink: &mut dyn Sink) {
    match kind {
        Kind::EventLog => event_log::read(&mut source, sink),
        Kind::Hive => match source::whole(&mut source) {
            Ok(bytes) => {
                let logs = source::beside(job);
                hive::read(&bytes, &logs.iter().map(Vec::as_slice).collect::<Vec<_>>(), sink);
            }
            Err(missed) => sink.missed(missed),
        },
        Kind::Artefact(artefact) => {
            let path =
                job.about.disk_path.as_ref().map_or_else(|| job.about.path.clone(), |path| path.replace('\\', "/"));
            artefact.read(&path, &mut source, sink);
        }
        Kind::ToolOutput(number) => outputs.read(number, &job.about.path, &mut source, sink),
        _ => sink.missed(Missed::new(Gap::NotReadYet)),
    }
}
