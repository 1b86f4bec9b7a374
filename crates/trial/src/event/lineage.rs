//! Which number each process has, and each one's parent.
//!
//! Events are made in any order, so none knows the numbers of its processes when it is made: it says by [`Concerns`] which
//! ones it is about. Once all events of a server are there, [`settle`] goes through them in order of time and fills the
//! numbers in. A process that no event tells the start of (a service, a worker, a desktop) ran before the logs began.
//!
//! Windows gives numbers in steps of four, each free again once its process has ended. `Sysmon` adds an identifier of the
//! machine, the start and a counter, which is never used again.

use super::{Body, Concerns, Datum, Event, Start};
use crate::dice::Dice;
use crate::moment::{DAY, HOUR, MINUTE, Moment, SECOND};

/// Processes whose numbers other logs of this crate tell too, as they are written there.
const KNOWN: [(&str, &str, u32); 5] = [
    ("c:\\windows\\system32\\lsass.exe", "", 648),
    ("c:\\windows\\system32\\svchost.exe", "C:\\Windows\\System32\\svchost.exe -k termsvcs", 1_188),
    (WORKER, "-ap \"MSExchangeECPAppPool\"", 8_132),
    (WORKER, "-ap \"MSExchangeServicesAppPool\"", 9_716),
    (WORKER, "-ap \"MSExchangePowerShellAppPool\"", 15_756),
];

const WORKER: &str = "c:\\windows\\system32\\inetsrv\\w3wp.exe";
/// The worker that is meant where no pool is named: the one behind the sign-in page.
const USUAL_POOL: &str = "-ap \"MSExchangeOWAAppPool\"";
const SHELL: &str = "c:\\windows\\system32\\cmd.exe";

/// How long a process that was seen to start may still be there to start another.
const REACH: i64 = 12 * HOUR;

/// How long its number stays its own.
const KEPT: i64 = 24 * HOUR;

#[derive(Debug, Clone)]
struct Living {
    /// Full path in lower case.
    image: String,
    command: String,
    number: u32,
    guid: String,
    since: Moment,
    /// Ran before the logs began, and runs on.
    stands: bool,
}

struct Table {
    dice: Dice,
    machine: u64,
    count: u64,
    living: Vec<Living>,
}

/// Fills in the numbers of all processes that `events`, all of one server, are about.
pub fn settle<'a>(dice: Dice, events: impl Iterator<Item = &'a mut Event>) {
    let mut events: Vec<&mut Event> = events.filter(|event| !matches!(event.concerns, Concerns::Nothing)).collect();
    // What starts in a moment may act in it.
    events.sort_by_key(|event| (event.time, !matches!(event.concerns, Concerns::Start(_))));
    let Some(first) = events.first().map(|event| event.time) else { return };
    let mut table = Table::new(dice, first);
    let mut told: Vec<(Moment, Start, Vec<&'static str>, usize, usize)> = Vec::new();
    for event in events {
        match event.concerns.clone() {
            Concerns::Nothing => {}
            Concerns::Act { image } => {
                let actor = table.by_image(&image, "", event.time);
                table.fill(event, "", actor);
            }
            Concerns::Access { source, target } => {
                let (source, target) =
                    (table.by_image(&source, "", event.time), table.by_image(&target, "", event.time));
                table.fill(event, "Source", source);
                table.fill(event, "Target", target);
            }
            Concerns::Start(start) => {
                told.retain(|(time, ..)| *time == event.time);
                // Another log may have told of the very same start.
                let twin = told
                    .iter_mut()
                    .find(|(_, known, channels, ..)| *known == start && !channels.contains(&event.channel));
                let (child, parent) = match twin {
                    Some((_, _, channels, child, parent)) => {
                        channels.push(event.channel);
                        (*child, *parent)
                    }
                    None => {
                        let (child, parent) = table.start(&start, event.time);
                        told.push((event.time, start, vec![event.channel], child, parent));
                        (child, parent)
                    }
                };
                table.fill_start(event, child, parent);
            }
        }
    }
}

impl Table {
    fn new(mut dice: Dice, first: Moment) -> Self {
        let machine = dice.roll() >> 32;
        let mut table = Self { dice, machine, count: 0, living: Vec::new() };
        for (image, command, number) in KNOWN {
            table.add(image, command, first.plus(-9 * DAY), true, Some(number));
        }
        table
    }

    /// A process that starts, and its parent.
    fn start(&mut self, start: &Start, time: Moment) -> (usize, usize) {
        let parent = self.parent(start, time);
        (self.add(&start.image, &start.command, time, false, None), parent)
    }

    fn parent(&mut self, start: &Start, time: Moment) -> usize {
        let image = start.parent.to_lowercase();
        let is_bare = start.parent_command.eq_ignore_ascii_case(&start.parent);
        if image == SHELL && is_bare {
            // A shell that was given one line runs what stands in it and ends; any other may run anything.
            let child = words(&start.command);
            let runs = |shell: &Living| !is_one_shot(&shell.command) || words(&shell.command).contains(&child);
            return self.latest(&image, time, runs).unwrap_or_else(|| self.unseen(&image, "cmd.exe", time));
        }
        let command = if is_bare { "" } else { start.parent_command.as_str() };
        self.by_image(&image, command, time)
    }

    /// The latest process of an image, with that command where one is given; one that ran all along where none is there.
    fn by_image(&mut self, image: &str, command: &str, time: Moment) -> usize {
        let image = image.to_lowercase();
        let command = if image == WORKER && command.is_empty() { USUAL_POOL } else { command };
        let fits = |one: &Living| match pool(command) {
            Some(own) if image == WORKER => pool(&one.command) == Some(own),
            _ => command.is_empty() || one.command == command,
        };
        self.latest(&image, time, fits).unwrap_or_else(|| self.unseen(&image, command, time))
    }

    fn latest(&self, image: &str, time: Moment, fits: impl Fn(&Living) -> bool) -> Option<usize> {
        let is_near = |one: &Living| one.since <= time && (one.stands || time.0 - one.since.0 <= REACH);
        self.living.iter().rposition(|one| one.image == image && is_near(one) && fits(one))
    }

    /// A process that no event told the start of: a shell somewhat earlier, anything else before the logs began.
    fn unseen(&mut self, image: &str, command: &str, time: Moment) -> usize {
        let is_brief = ["\\cmd.exe", "\\powershell.exe"].iter().any(|name| image.ends_with(name));
        let since = if is_brief { time.plus(-self.dice.between(1, 9) * MINUTE) } else { time.plus(-8 * DAY) };
        self.add(image, command, since, !is_brief, None)
    }

    fn add(&mut self, image: &str, command: &str, since: Moment, stands: bool, number: Option<u32>) -> usize {
        let number = number.unwrap_or_else(|| self.free_number(since));
        self.count += 1;
        let seconds = u64::try_from(since.0 / SECOND).unwrap_or(0);
        let guid = format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:08x}1f00",
            self.machine,
            seconds & 0xffff,
            (seconds >> 16) & 0xffff,
            (self.count * 3) & 0xffff,
            self.count >> 14,
        );
        let (image, command) = (image.to_lowercase(), command.to_owned());
        self.living.push(Living { image, command, number, guid, since, stands });
        self.living.len() - 1
    }

    /// A number that nobody had a day before or after.
    fn free_number(&mut self, time: Moment) -> u32 {
        let near = |one: &&Living| one.stands || (one.since.0 - time.0).abs() <= KEPT;
        let taken: Vec<u32> = self.living.iter().filter(near).map(|one| one.number).collect();
        loop {
            let number = u32::try_from(self.dice.between(120, 4_600)).unwrap_or(120) * 4;
            let is_known = KNOWN.iter().any(|(_, _, known)| *known == number);
            if !is_known && !taken.contains(&number) {
                return number;
            }
        }
    }

    /// Fills `ProcessId` and `ProcessGuid`, with `side` before their names.
    fn fill(&self, event: &mut Event, side: &str, at: usize) {
        let Some(process) = self.living.get(at) else { return };
        let number = match event.channel {
            "Security" => Datum::Hex(u64::from(process.number)),
            _ => process.number.into(),
        };
        put(event, &format!("{side}ProcessId"), &number);
        for name in ["ProcessGuid", "ProcessGUID"] {
            put(event, &format!("{side}{name}"), &Datum::Guid(process.guid.clone()));
        }
    }

    fn fill_start(&self, event: &mut Event, child: usize, parent: usize) {
        let (Some(child_process), Some(parent_process)) = (self.living.get(child), self.living.get(parent)) else {
            return;
        };
        if event.channel == "Security" {
            put(event, "NewProcessId", &Datum::Hex(u64::from(child_process.number)));
            put(event, "ProcessId", &Datum::Hex(u64::from(parent_process.number)));
        } else {
            self.fill(event, "", child);
            self.fill(event, "Parent", parent);
        }
    }
}

/// The application pool that a worker's command names.
fn pool(command: &str) -> Option<&str> {
    command.split_once("-ap \"")?.1.split('"').next()
}

/// True where a shell was started for one line only.
fn is_one_shot(command: &str) -> bool {
    let command = command.to_lowercase();
    ["/c ", "/c\"", "/r "].iter().any(|switch| command.contains(switch))
}

/// A line without quotes and doubled blanks.
fn words(line: &str) -> String {
    line.replace('"', "").to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn put(event: &mut Event, name: &str, datum: &Datum) {
    let Body::Named(fields) = &mut event.body else { return };
    for (_, value) in fields.iter_mut().filter(|(own, _)| *own == name) {
        *value = datum.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::make::{self, CommandLines, Process};

    const W3WP: &str = "C:\\Windows\\System32\\inetsrv\\w3wp.exe";
    const CMD: &str = "C:\\Windows\\System32\\cmd.exe";
    const REG: &str = "C:\\Windows\\System32\\reg.exe";
    const OWA: &str = "c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"MSExchangeOWAAppPool\" -v \"v4.0\"";

    fn process<'a>(parent: &'a str, parent_command: &'a str, image: &'a str, command: &'a str) -> Process<'a> {
        Process { parent, parent_command, image, command, user: "NT AUTHORITY\\SYSTEM" }
    }

    fn settled(all: &[(i64, Process<'_>)]) -> Vec<Event> {
        let host = crate::habits::ALL[0].hosts[0];
        let mut events = Vec::new();
        for (second, process) in all {
            let time = Moment::day(2021, 3, 3).plus(second * SECOND);
            events.push(make::process_created(host, time, process, CommandLines::Kept));
            events.push(make::sysmon_process(host, time, process));
        }
        settle(Dice::new(1, "lineage"), events.iter_mut());
        events
    }

    fn field(event: &Event, name: &str) -> Datum {
        let Body::Named(fields) = &event.body else { panic!("no fields") };
        fields.iter().find(|(own, _)| *own == name).unwrap().1.clone()
    }

    fn number(event: &Event, name: &str) -> u64 {
        match field(event, name) {
            Datum::Hex(number) => number,
            Datum::Number(number) => u64::from(number),
            other => panic!("{other:?} is no number"),
        }
    }

    #[test]
    fn worker_shell_and_tool_share_their_numbers_in_both_logs() {
        let line = "\"cmd\" /c reg save a b";
        let events = settled(&[
            (0, process(W3WP, OWA, CMD, line)),
            (1, process(CMD, line, REG, "reg  save a b")),
            (9, process(W3WP, OWA, CMD, "\"cmd\" /c dir")),
        ]);
        let [shell, shell_seen, tool, tool_seen, other, _] = &events[..] else { panic!("six events") };
        assert_eq!(number(tool, "ProcessId"), number(shell, "NewProcessId"));
        assert_eq!(number(tool_seen, "ParentProcessId"), number(shell_seen, "ProcessId"));
        assert_eq!(number(shell, "NewProcessId"), number(shell_seen, "ProcessId"));
        assert_eq!(field(tool_seen, "ParentProcessGuid"), field(shell_seen, "ProcessGuid"));
        assert_eq!(number(other, "ProcessId"), number(shell, "ProcessId"));
        assert_ne!(number(other, "NewProcessId"), number(shell, "NewProcessId"));
        assert!(events.iter().all(|event| number(event, "ProcessId").is_multiple_of(4)));
    }

    #[test]
    fn a_shell_for_one_line_is_not_the_parent_of_another_line() {
        let events = settled(&[
            (0, process(W3WP, OWA, CMD, "\"cmd\" /c reg save a b")),
            (1, process(CMD, CMD, REG, "reg  save a b")),
            (2, process(CMD, CMD, REG, "reg  query c")),
            (3, process(CMD, CMD, REG, "reg  query d")),
        ]);
        let created: Vec<&Event> = events.iter().step_by(2).collect();
        assert_eq!(number(created[1], "ProcessId"), number(created[0], "NewProcessId"));
        assert_ne!(number(created[2], "ProcessId"), number(created[0], "NewProcessId"));
        assert_eq!(number(created[3], "ProcessId"), number(created[2], "ProcessId"));
    }

    #[test]
    fn workers_of_two_pools_are_two_processes() {
        let ecp = OWA.replace("OWA", "ECP");
        let events = settled(&[(0, process(W3WP, OWA, CMD, "a")), (1, process(W3WP, &ecp, CMD, "b"))]);
        assert_ne!(number(&events[0], "ProcessId"), number(&events[2], "ProcessId"));
        assert_eq!(number(&events[2], "ProcessId"), 8_132);
    }

    #[test]
    fn no_number_is_given_twice_within_a_day() {
        let lines: Vec<String> = (0..2_000).map(|turn| format!("\"cmd\" /c echo {turn}")).collect();
        let all: Vec<_> = (0i64..).zip(&lines).map(|(turn, line)| (turn * 30, process(W3WP, OWA, CMD, line))).collect();
        let events = settled(&all);
        let mut numbers: Vec<u64> = events.iter().step_by(2).map(|event| number(event, "NewProcessId")).collect();
        numbers.push(number(&events[0], "ProcessId"));
        numbers.sort_unstable();
        let count = numbers.len();
        numbers.dedup();
        assert_eq!(numbers.len(), count);
    }
}
