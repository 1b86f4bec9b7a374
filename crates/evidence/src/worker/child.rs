//! The worker's side: puts the limits on itself, then does one job after the other until its parent goes away.

mod look;
mod out;
mod source;

use std::cell::RefCell;
use std::io::{self, BufReader, BufWriter, Read, Seek, StdinLock, StdoutLock, Write};

use hikeshi_core::coverage::Gap;
use hikeshi_host::limits;

use super::frame::{self, ORDER_CAP};
use super::{Budget, Job, Limits, Order, Reply, Setup, Spent, Task};
use crate::archive::{self, Wanted};
use crate::artefact::Artefact;
use crate::change_journal;
use crate::event_export;
use crate::event_log;
use crate::hive;
use crate::kind::Kind;
use crate::record::{Missed, Sink, gap_of};
use crate::tool_output::Outputs;
use crate::yara::Rules;
use out::{Handed, Out, Time};
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
    // In this order: what watches the time may need memory to begin with. Each job replaces the grant.
    limits::grant_processor_seconds(limits.seconds)?;
    limits::limit_memory(limits.memory_bytes)?;
    // The parent has compiled them before, so what is wrong with them was told there.
    let outputs = Outputs::new(&outputs).unwrap_or_default();
    let bench = Bench { limits, yara: RefCell::new(Yara::Asleep(yara)), passwords, outputs, pipe: &pipe };
    let mut logs = Vec::new();
    while let Some(order) = hear()? {
        match order {
            Order::Log(log) => logs.push(log),
            Order::Job(job) => bench.work(&job, std::mem::take(&mut logs))?,
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
    fn work(&self, job: &Job, logs: Vec<Vec<u8>>) -> io::Result<()> {
        limits::grant_processor_seconds(self.seconds_for(job))?;
        let mut out = Out::new(self.pipe);
        match Source::open(job, self.pipe) {
            Err(error) => out.missed(Missed::new(gap_of(error.kind())).because(&error)),
            Ok(source) => match &job.task {
                Task::Records(kind) => records(*kind, &self.outputs, Brought { job, logs }, source, &mut out),
                Task::Look => self.look(&job.about, job.bytes, source, &mut out),
                Task::Unpack(budget) => self.unpack(job, *budget, source, &mut out)?,
            },
        }
        out.finish()
    }

    fn seconds_for(&self, job: &Job) -> u64 {
        let seconds = self.limits.seconds_for(job.bytes);
        match job.task {
            // Begun seconds count: a limit of none would end it before it can say why.
            Task::Unpack(budget) => seconds.min(budget.time.as_secs().saturating_add(1)),
            Task::Records(_) | Task::Look => seconds,
        }
    }

    fn unpack(&self, job: &Job, budget: Budget, source: Source<'_, '_>, out: &mut Out<'_, '_>) -> io::Result<()> {
        match source {
            Source::Place(file) => self.unpack_twice(job, budget, file, out),
            Source::Pieces(mut pieces) => match source::whole(&mut pieces) {
                Ok(bytes) => self.unpack_twice(job, budget, io::Cursor::new(bytes), out),
                Err(missed) => {
                    out.missed(missed);
                    Ok(())
                }
            },
        }
    }

    /// Once, and once more where the parent wants it.
    fn unpack_twice(
        &self,
        job: &Job,
        mut budget: Budget,
        mut source: impl Read + Seek,
        out: &mut Out<'_, '_>,
    ) -> io::Result<()> {
        let caps = budget.limits;
        let mut began = limits::processor_time()?;
        let (samples, missed) = archive::samples(&mut source, &caps, &self.passwords).unwrap_or_default();
        missed.into_iter().for_each(|missed| out.missed(missed));
        let mut handed = Handed { out, samples, time: Time::First };
        let mut reckon = |archive: archive::Spent| -> io::Result<Spent> {
            let now = limits::processor_time()?;
            let time = now.saturating_sub(std::mem::replace(&mut began, now));
            Ok(Spent { archive, time })
        };
        let spent = reckon(archive::read(&mut source, &caps, &self.passwords, &mut handed))?;
        handed.out.spent(spent);
        if handed.out.ask(&Reply::End) == Wanted::Yes {
            // The second time costs as much as the first one and no more, so only the time is reckoned.
            budget.spend(Spent { archive: archive::Spent::default(), ..spent });
            limits::grant_processor_seconds(self.seconds_for(&Job { task: Task::Unpack(budget), ..job.clone() }))?;
            handed.time = Time::Second;
            archive::read(&mut source, &caps, &self.passwords, &mut handed);
            let again = reckon(archive::Spent::default())?;
            handed.out.spent(again);
        }
        Ok(())
    }
}

/// What a parent brought for evidence that gives records.
struct Brought<'j> {
    job: &'j Job,
    /// Logs of a hive.
    logs: Vec<Vec<u8>>,
}

/// The reader for each kind of evidence.
fn records(kind: Kind, outputs: &Outputs, brought: Brought<'_>, mut source: Source<'_, '_>, sink: &mut dyn Sink) {
    let Brought { job, mut logs } = brought;
    match kind {
        Kind::EventLog => event_log::read(&mut source, sink),
        Kind::EventXml => event_export::read(&mut source, sink),
        Kind::Hive => match source::whole(&mut source) {
            Ok(bytes) => {
                logs.extend(source::beside(job));
                hive::read(&bytes, &logs.iter().map(Vec::as_slice).collect::<Vec<_>>(), sink);
            }
            Err(missed) => sink.missed(missed),
        },
        Kind::Artefact(Artefact::ChangeJournal) => match source.pass_hole() {
            Ok(start) => change_journal::read_from(start, &mut source, sink),
            Err(error) => sink.missed(Missed::new(Gap::ReadFailed).because(error)),
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
