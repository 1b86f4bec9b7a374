//! Writes a practice server: everyday traffic hour by hour, and what happens between it.

use std::path::Path;

use crate::{
    Attack, Error, Form, PRACTICE_MARK, Spec, TRUTH_FILE, Trace, Truth,
    clock::{self, DAY, HOUR, Moment, SECOND},
    compile::{EventForm, Everyday, Happening, Pace, Row, Rows},
    disk::Disk,
    output::{EventOutput, Output, UNPACKED, Written, pack},
    random::Random,
    spec::Scenario,
    template::Draw,
    volume,
};

/// The longest period, in days.
const MOST_DAYS: u32 = 3_650;

/// What to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    pub scenario: String,
    /// About how many bytes all logs together take; the templates' own size if none. Headers and
    /// what runs at fixed distances are written in any case.
    pub size_bytes: Option<u64>,
    /// How many days the logs cover; the templates' own number if none.
    pub days: Option<u32>,
    pub seed: u64,
    pub form: Form,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub truth: Truth,
    /// Rows and events.
    pub rows: u64,
}

/// Writes a practice server into `dir`, which is made if missing and must be empty.
///
/// # Errors
/// An unknown scenario, a period that does not hold its attack, a directory that is not empty,
/// a file that cannot be written. What was written until then stays.
pub fn write(dir: &Path, spec: &Spec, options: &Options) -> Result<Summary, Error> {
    let scenario = spec.scenario(&options.scenario)?;
    let days = options.days.unwrap_or(spec.period.days);
    if days == 0 || days > MOST_DAYS {
        return Err(Error::Days { days, most: MOST_DAYS });
    }
    let start = spec.end - i64::from(days) * DAY;
    let schedule = schedule(spec, scenario, start, days)?;
    empty_directory(dir)?;
    let root = match options.form {
        Form::Folder => dir.to_owned(),
        Form::Zip => dir.join(UNPACKED),
    };
    let mut writer = Writer::new(&root, spec, options.seed, start, schedule);
    let size_bytes = options.size_bytes.unwrap_or(spec.period.size);
    writer.everything(volume::factor(spec, days, size_bytes))?;
    let (mut written, left) = writer.finish(&root, options.seed)?;
    if options.form == Form::Zip {
        pack(dir, &root, &mut written)?;
    }
    let rows = left.rows;
    let summary = Summary { truth: truth(scenario, options, days, &written, left), rows };
    let mut json = serde_json::to_vec_pretty(&summary.truth).map_err(Error::Truth)?;
    json.push(b'\n');
    let path = dir.join(TRUTH_FILE);
    fs_err::write(&path, json).map_err(|source| Error::Write { path, source })?;
    Ok(summary)
}

fn empty_directory(dir: &Path) -> Result<(), Error> {
    let failed = |source| Error::Directory { path: dir.to_owned(), source };
    fs_err::create_dir_all(dir).map_err(failed)?;
    match fs_err::read_dir(dir).map_err(failed)?.next() {
        None => Ok(()),
        Some(_) => Err(Error::DirectoryNotEmpty { path: dir.to_owned() }),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Background,
    Attack,
}

/// One happening at its time.
#[derive(Debug)]
struct Appointment<'a> {
    at: i64,
    part: Part,
    happening: &'a Happening,
}

/// All happenings in order of time. Background outside the period is left out.
fn schedule<'a>(spec: &'a Spec, scenario: &'a Scenario, start: i64, days: u32) -> Result<Vec<Appointment<'a>>, Error> {
    let background = spec.background.iter().chain(spec.upkeep(scenario)).map(|happening| (Part::Background, happening));
    let attack = spec.attack(scenario).map(|happening| (Part::Attack, happening));
    let mut schedule = Vec::new();
    for (part, happening) in background.chain(attack) {
        for time in 0..happening.times {
            let at = happening.at + i64::from(time) * happening.every;
            schedule.push(Appointment { at, part, happening });
        }
    }
    schedule.retain(|next| next.part == Part::Attack || (start..spec.end).contains(&next.at));
    schedule.sort_by_key(|appointment| (appointment.at, appointment.part));
    match (schedule.first(), schedule.last()) {
        (_, Some(last)) if last.at >= spec.end => {
            let place = format!("scenario `{}`", scenario.name);
            Err(Error::template(place, "a step comes after the period"))
        }
        (Some(first), _) if first.at < start => {
            let needed = (spec.end - 1 - first.at).div_euclid(DAY) + 1;
            Err(Error::PeriodTooShort { scenario: scenario.name.clone(), days, needed: needed as u32 })
        }
        _ => Ok(schedule),
    }
}

/// What there is to tell of a server that was written.
struct Left {
    rows: u64,
    traces: Vec<Trace>,
    context: Vec<Trace>,
}

struct Writer<'a> {
    spec: &'a Spec,
    start: i64,
    outputs: Vec<Output<'a>>,
    event_outputs: Vec<EventOutput<'a>>,
    disk: Disk<'a>,
    moment: Moment,
    /// Everyday traffic, background and attack draw apart, so that an attack changes no other row.
    everyday: Draw,
    background: Draw,
    attack: Draw,
    schedule: std::iter::Peekable<std::vec::IntoIter<Appointment<'a>>>,
    /// What runs at fixed distances, with its next time.
    fixed: Vec<(i64, i64, &'a Everyday)>,
    /// The earliest time in `schedule` and `fixed`.
    due: i64,
    rows: u64,
    traces: Vec<Trace>,
    context: Vec<Trace>,
}

impl<'a> Writer<'a> {
    fn new(dir: &'a Path, spec: &'a Spec, seed: u64, start: i64, schedule: Vec<Appointment<'a>>) -> Self {
        let draw = |purpose| Draw::new(Random::new(seed, purpose), spec.lists);
        let events = spec.event_logs.iter().map(|log| log.reaches_back);
        let back = spec.logs.iter().map(|log| log.reaches_back).chain(events).max().unwrap_or_default();
        let first = start - i64::from(back) * DAY;
        let mut everyday = draw(1);
        let mut fixed = Vec::new();
        for request in &spec.traffic {
            if let Pace::Every(every) = request.pace {
                let offset = everyday.random().below((every.min(10 * 60 * SECOND)) as u32);
                fixed.push((first + i64::from(offset), every, request));
            }
        }
        let mut writer = Self {
            spec,
            start,
            outputs: spec.logs.iter().map(|log| Output::new(dir, log)).collect(),
            event_outputs: spec.event_logs.iter().map(|log| EventOutput::new(dir, log)).collect(),
            disk: Disk::new(spec),
            moment: Moment::new(first),
            everyday,
            background: draw(2),
            attack: draw(3),
            schedule: schedule.into_iter().peekable(),
            fixed,
            due: first,
            rows: 0,
            traces: Vec::new(),
            context: Vec::new(),
        };
        writer.look_ahead();
        writer
    }

    /// Writes all rows. `factor` turns weights into requests an hour.
    fn everything(&mut self, factor: f64) -> Result<(), Error> {
        let mut hour = self.moment.millis();
        let mut owed = 0.0;
        while hour < self.spec.end {
            let choice = self.choice(hour);
            owed += factor * choice.last().map_or(0.0, |(share, _)| *share);
            let count = owed as u32;
            owed -= f64::from(count);
            self.hour(hour, count, &choice)?;
            hour += HOUR;
            self.until(hour)?;
        }
        Ok(())
    }

    /// Writes `count` requests of an hour, evenly spread.
    fn hour(&mut self, hour: i64, count: u32, choice: &[(f64, &'a Everyday)]) -> Result<(), Error> {
        let total = choice.last().map_or(0.0, |(share, _)| *share);
        let distance = HOUR as f64 / f64::from(count.max(1));
        for index in 0..count {
            let random = self.everyday.random();
            let within = (f64::from(index) + random.fraction()) * distance;
            let wanted = random.fraction() * total;
            let at = hour + (within as i64).min(HOUR - 1);
            if at >= self.due {
                self.until(at)?;
            }
            let chosen = choice.partition_point(|(share, _)| *share <= wanted);
            if let Some((_, request)) = choice.get(chosen) {
                self.request(at, request)?;
            }
        }
        Ok(())
    }

    /// Requests that may come in an hour, each with the sum of all shares up to its own.
    fn choice(&self, hour: i64) -> Vec<(f64, &'a Everyday)> {
        let hour_of_day = hour.rem_euclid(DAY) / HOUR;
        let mut sum = 0.0;
        let mut choice = Vec::new();
        for request in &self.spec.traffic {
            let share = volume::rate(self.spec, request, hour_of_day as usize);
            let rows = request.rows.rows.iter().map(|row| self.reaches(row));
            let events = request.rows.events.iter().map(|event| self.event_reaches(event));
            let seen = rows.chain(events).any(|days| self.keeps(days, hour));
            if share > 0.0 && seen {
                sum += share;
                choice.push((sum, request));
            }
        }
        choice
    }

    /// How many days before the period the log of a row begins.
    fn reaches(&self, row: &Row) -> u32 {
        self.spec.logs.get(row.log).map_or(0, |log| log.reaches_back)
    }

    fn event_reaches(&self, event: &EventForm) -> u32 {
        self.spec.event_logs.get(event.log).map_or(0, |log| log.reaches_back)
    }

    /// Whether a log that reaches so many days back already ran at that time.
    fn keeps(&self, reaches_back: u32, at: i64) -> bool {
        at >= self.start - i64::from(reaches_back) * DAY
    }

    /// Writes what is due before `limit`.
    fn until(&mut self, limit: i64) -> Result<(), Error> {
        while self.due < limit {
            if let Some(appointment) = self.schedule.next_if(|next| next.at <= self.due) {
                self.happen(&appointment)?;
            } else if let Some(index) = self.fixed.iter().position(|fixed| fixed.0 <= self.due)
                && let Some((next, every, request)) = self.fixed.get_mut(index)
            {
                let (at, request) = (*next, *request);
                *next += *every;
                self.request(at, request)?;
            }
            self.look_ahead();
        }
        Ok(())
    }

    fn look_ahead(&mut self) {
        let fixed = self.fixed.iter().map(|fixed| fixed.0);
        let next = self.schedule.peek().map(|next| next.at);
        self.due = fixed.chain(next).min().unwrap_or(i64::MAX);
    }

    fn request(&mut self, at: i64, request: &Everyday) -> Result<(), Error> {
        self.moment.set(at);
        let Rows { rows, events, lists, guids } = &request.rows;
        self.everyday.next_request(lists, *guids);
        for row in rows {
            if self.keeps(self.reaches(row), at)
                && let Some(output) = self.outputs.get_mut(row.log)
            {
                output.row(&self.moment, row, &mut self.everyday)?;
                self.rows += 1;
            }
        }
        for event in events {
            if self.keeps(self.event_reaches(event), at)
                && let Some(output) = self.event_outputs.get_mut(event.log)
            {
                output.event(&self.moment, event, &mut self.everyday)?;
                self.rows += 1;
            }
        }
        Ok(())
    }

    fn happen(&mut self, appointment: &Appointment<'a>) -> Result<(), Error> {
        let Happening { what, rows: Rows { rows, events, lists, guids }, changes, .. } = appointment.happening;
        self.moment.set(appointment.at);
        // A file that is gone is no trace any more.
        let removed = self.disk.removed(changes);
        for traces in [&mut self.traces, &mut self.context] {
            traces.retain(|trace| !removed.contains(&trace.path));
        }
        let (draw, traces) = match appointment.part {
            Part::Background => (&mut self.background, &mut self.context),
            Part::Attack => (&mut self.attack, &mut self.traces),
        };
        draw.next_request(lists, *guids);
        let mut tell = |path: &str, line, record, rules: &[String]| {
            let trace = |rule: Option<&String>| Trace {
                what: what.clone(),
                rule: rule.cloned(),
                path: path.to_owned(),
                line,
                record,
                time: clock::text(appointment.at),
            };
            match rules {
                [] => traces.push(trace(None)),
                rules => traces.extend(rules.iter().map(|rule| trace(Some(rule)))),
            }
        };
        for row in rows {
            let Some(output) = self.outputs.get_mut(row.log) else { continue };
            let line = output.row(&self.moment, row, draw)?;
            tell(output.path(), Some(line), None, &row.rules);
            self.rows += 1;
        }
        for event in events {
            let Some(output) = self.event_outputs.get_mut(event.log) else { continue };
            let record = output.event(&self.moment, event, draw)?;
            tell(output.path(), None, Some(record), &event.rules);
            self.rows += 1;
        }
        for (path, rules) in self.disk.traces(appointment.at, changes) {
            tell(&path, None, None, rules);
        }
        self.disk.change(appointment.at, changes);
        Ok(())
    }

    /// Closes the logs and writes the rest of the disk.
    fn finish(self, root: &Path, seed: u64) -> Result<(Vec<Written>, Left), Error> {
        let mut written = self.disk.write(root, seed)?;
        for mut output in self.outputs {
            output.close()?;
            written.append(&mut output.written);
        }
        for output in self.event_outputs {
            written.extend(output.close()?);
        }
        Ok((written, Left { rows: self.rows, traces: self.traces, context: self.context }))
    }
}

fn truth(scenario: &Scenario, options: &Options, days: u32, written: &[Written], left: Left) -> Truth {
    let ends = left.traces.first().zip(left.traces.last());
    let attack = ends.map(|(first, last)| Attack { from: first.time.clone(), to: last.time.clone() });
    Truth {
        practice: true,
        mark: PRACTICE_MARK.to_owned(),
        scenario: scenario.name.clone(),
        seed: options.seed,
        days,
        form: options.form,
        verdict: scenario.verdict,
        affected: scenario.affected.clone(),
        attack,
        traces: left.traces,
        context: left.context,
        files: written.len() as u64,
        bytes: written.iter().map(|written| written.bytes).sum(),
    }
}
