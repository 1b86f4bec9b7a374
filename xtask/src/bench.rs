//! The whole program beside ripgrep, over the same bytes, in one run; and how it grows.
//!
//! Seeded logs are made once in the build directory, read once so that they are in the page cache, and then the programs take
//! turns. Wall and processor time are the least of the turns; memory is the sum of the peaks that the system reports of a program's
//! processes.

mod trees;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::shell::{command, say, target, tool};
use crate::tree;

/// Text that the pack's rules look for.
const LITERALS: [&str; 11] = [
    "ServerInfo~",
    "X-BEResource",
    "proxyLogon.ecp",
    "DDIService.svc",
    "ResetOABVirtualDirectory",
    "/owa/auth/Current/",
    "/aspnet_client/",
    "Set-OabVirtualDirectory",
    "download failed and temporary",
    "ExchangeServicesClient",
    "python-requests",
];
const TURNS: usize = 3;
const RIPGREP: &str = "rg";

/// A program over a tree, as it was measured.
struct Measured {
    name: String,
    bytes: u64,
    best: Run,
}

/// One run, or the best of several in each respect.
#[derive(Clone, Copy)]
struct Run {
    wall: Duration,
    /// In user mode and in the system, of all its processes.
    busy: Duration,
    /// Of all its processes together.
    peak_kib: u64,
}

impl Run {
    fn better(self, other: Self) -> Self {
        Self {
            wall: self.wall.min(other.wall),
            busy: self.busy.min(other.busy),
            peak_kib: self.peak_kib.max(other.peak_kib),
        }
    }
}

/// A program, and what it is called in the table.
struct Program {
    name: String,
    path: PathBuf,
    arguments: Vec<String>,
    tree: PathBuf,
}

/// `cargo xtask bench [SIZE] [--growth]`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let size = arguments.iter().find(|argument| !argument.starts_with('-')).map_or("2G", String::as_str);
    let hikeshi = crate::release()?;
    let folder = target().join("bench");
    let sigma = crate::root().join("../shared/data/sigma-hq/rules");
    let check = |name: &str, more: &[&str], tree: &Path| Program {
        name: name.to_owned(),
        path: hikeshi.clone(),
        arguments: ["check", "--format", "json"].iter().chain(more).map(|argument| (*argument).to_owned()).collect(),
        tree: tree.to_owned(),
    };
    let web_rules = sigma.join("web").display().to_string();
    let all_rules = sigma.display().to_string();
    if !sigma.exists() {
        say("skipped: SigmaHQ's rules are not here (../shared)");
    }
    let with_web: Vec<&str> = if sigma.exists() { vec!["--rules", &web_rules] } else { Vec::new() };
    let on_two = ["--threads", "2"].iter().chain(&with_web).copied().collect::<Vec<_>>();
    let on_one = ["--threads", "1"].iter().chain(&with_web).copied().collect::<Vec<_>>();
    let server = trees::server(&hikeshi, &folder, "full-chain", size)?;
    let (logs, quiet) = (trees::logs(&server)?, trees::logs(&trees::server(&hikeshi, &folder, "clean", size)?)?);
    let empty = trees::empty(&folder)?;
    let mut programs = vec![
        ripgrep("quiet", &quiet)?,
        check("quiet logs: 2 threads, pack and SigmaHQ web rules", &on_two, &quiet),
        check("quiet logs: 1 thread, pack and SigmaHQ web rules", &on_one, &quiet),
        check("quiet logs: 2 threads, pack alone", &["--threads", "2"], &quiet),
        ripgrep("attacked", &logs)?,
        check("attacked logs: 2 threads, pack and SigmaHQ web rules", &on_two, &logs),
        check("attacked logs: 1 thread, pack and SigmaHQ web rules", &on_one, &logs),
        check("attacked logs: 2 threads, pack alone", &["--threads", "2"], &logs),
        check("attacked server: 2 threads, pack and SigmaHQ web rules", &on_two, &server),
        check("attacked server: 2 threads, pack alone", &["--threads", "2"], &server),
        check("check, empty folder, pack alone", &[], &empty),
    ];
    if sigma.exists() {
        programs.push(check("check, empty folder, pack and all of SigmaHQ", &["--rules", &all_rules], &empty));
    }
    if arguments.iter().any(|argument| argument == "--growth") {
        let part = trees::server(&hikeshi, &folder, "full-chain", "500M")?;
        for copies in [1, 4, 16] {
            let tree = trees::copies(&folder, &part, copies)?;
            programs.push(check(&format!("check, 2 threads, {copies} × 0.5 GB"), &on_two, &tree));
        }
        programs.push(check("check, 2 threads, 5 million matching rows", &on_two, &trees::matching_rows(&folder)?));
        programs.push(check("check, 2 threads, 200,000 small files", &on_two, &trees::small_files(&folder)?));
    }
    let mut text = table(size, &measure_all(&programs)?);
    let waits = (0..TURNS).map(|_| first_sign(&hikeshi, &server)).collect::<Result<Vec<_>>>()?;
    let least = waits.into_iter().min().unwrap_or_default();
    text += &format!("\nFirst sign of the attacked server on a terminal, after {:.2} s.\n", least.as_secs_f64());
    say(&text);
    fs_err::write(crate::root().join("bench/RESULTS.md"), text)?;
    Ok(())
}

fn ripgrep(which: &str, tree: &Path) -> Result<Program> {
    let mut arguments = ["-c", "-a", "-F", "-i", "-j2"].map(str::to_owned).to_vec();
    let name = format!("{RIPGREP} {} (11 literals), {which} logs", arguments.join(" "));
    arguments.extend(LITERALS.iter().flat_map(|literal| ["-e", literal]).map(str::to_owned));
    Ok(Program { name, path: tool("ripgrep", "14.1.1", &[])?, arguments, tree: tree.to_owned() })
}

/// All programs in turn, so that a busy moment of the machine meets them alike.
fn measure_all(programs: &[Program]) -> Result<Vec<Measured>> {
    let bytes = programs.iter().map(|program| warm(&program.tree)).collect::<Result<Vec<u64>>>()?;
    let mut measured: Vec<Measured> = Vec::new();
    for turn in 0..TURNS {
        for (place, (program, bytes)) in programs.iter().zip(&bytes).enumerate() {
            let run = measure(command(&program.path).args(&program.arguments).arg(&program.tree))?;
            let [wall, busy] = [run.wall, run.busy].map(|time| time.as_secs_f64());
            say(&format!("{turn}: {wall:>7.2} s {busy:>7.2} s busy {:>7} KiB  {}", run.peak_kib, program.name));
            match measured.get_mut(place) {
                Some(known) => known.best = known.best.better(run),
                None => measured.push(Measured { name: program.name.clone(), bytes: *bytes, best: run }),
            }
        }
    }
    Ok(measured)
}

/// Reads every file once; returns their size.
fn warm(folder: &Path) -> Result<u64> {
    let read = |path: PathBuf| Ok(std::io::copy(&mut fs_err::File::open(path)?, &mut std::io::sink())?);
    tree::files(folder)?.into_iter().map(read).sum()
}

/// One run. What the program writes is dropped.
fn measure(program: &mut Command) -> Result<Run> {
    let start = Instant::now();
    let mut child = program
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start {program:?}"))?;
    let mut seen = BTreeMap::new();
    loop {
        look_at(child.id(), &mut seen);
        if child.try_wait()?.is_some() {
            let ticks: u64 = seen.values().map(|process| process.ticks).sum();
            let peak_kib = seen.values().map(|process| process.peak_kib).sum();
            return Ok(Run { wall: start.elapsed(), busy: Duration::from_millis(ticks * TICK_MILLISECONDS), peak_kib });
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// What a process took so far.
#[derive(Default)]
struct Process {
    peak_kib: u64,
    ticks: u64,
}

/// Notes what a process and those that it started took so far. These are high-water marks, so a late look still sees them; it
/// sees nothing once the process is gone.
fn look_at(id: u32, seen: &mut BTreeMap<u32, Process>) {
    let about = PathBuf::from(format!("/proc/{id}"));
    let read = |name: &str| fs_err::read_to_string(about.join(name)).ok();
    let process = seen.entry(id).or_default();
    process.peak_kib = process.peak_kib.max(read("status").and_then(|status| high_water(&status)).unwrap_or(0));
    process.ticks = process.ticks.max(read("stat").and_then(|stat| ticks_of(&stat)).unwrap_or(0));
    for thread in about.join("task").read_dir().into_iter().flatten().flatten() {
        let started = fs_err::read_to_string(thread.path().join("children")).unwrap_or_default();
        started.split_whitespace().filter_map(|id| id.parse().ok()).for_each(|id| look_at(id, seen));
    }
}

/// How long a person at a terminal waits for the first sign of an intruder.
fn first_sign(hikeshi: &Path, tree: &Path) -> Result<Duration> {
    let line = format!("'{}' check --lang en '{}'", hikeshi.display(), tree.display());
    let start = Instant::now();
    // `script` runs it on a terminal of its own.
    let mut child =
        command("script").args(["-qec", &line, "/dev/null"]).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let mut screen = child.stdout.take().context("the terminal shows nothing")?;
    let (mut waited, mut shown, mut piece) = (None, Vec::new(), [0; 4096]);
    // A terminal moves its cursor, and lines need not end.
    while let Ok(count @ 1..) = screen.read(&mut piece) {
        shown.extend_from_slice(piece.get(..count).unwrap_or_default());
        if waited.is_none() && String::from_utf8_lossy(&shown).contains("First signs") {
            waited = Some(start.elapsed());
        }
    }
    child.wait()?;
    waited.context("no first sign was shown")
}

/// What `sysconf(_SC_CLK_TCK)` is on every Linux: a hundred ticks a second.
const TICK_MILLISECONDS: u64 = 10;

fn high_water(status: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

/// Processor time in user mode and in the system. Source: `man 5 proc_pid_stat`, fields 14 and 15.
fn ticks_of(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}

fn table(size: &str, measured: &[Measured]) -> String {
    // Each line is held against ripgrep over the logs before it.
    let mut ripgrep = (1.0, 1.0);
    let load = fs_err::read_to_string("/proc/loadavg").unwrap_or_default();
    let mut text = format!(
        "# Benchmark\n\nCommand: `cargo xtask bench {size}`, with `--growth` for the lines below the empty folders: seeded practice \
         evidence in the page cache, best of {TURNS} turns in one run. The logs are those of Exchange and IIS; a server has \
         event logs, hives, pages and settings besides. What was attacked is read twice. Ratios are to ripgrep over the logs above. \
         The larger trees are the same server of 0.5 GB several times.\n\n\
         Machine: {}; load at the end: {}\nCommit: {}\n\n\
         | program | GB | wall time | × rg | processor time | × rg | peak memory |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        machine(),
        load.split_whitespace().next().unwrap_or("unknown"),
        commit()
    );
    for Measured { name, bytes, best } in measured {
        let [wall, busy] = [best.wall, best.busy].map(|time| time.as_secs_f64());
        if name.starts_with(RIPGREP) {
            ripgrep = (wall, busy);
        }
        let (wall_ratio, busy_ratio) = (wall / ripgrep.0, busy / ripgrep.1);
        text += &format!(
            "| {name} | {:.2} | {wall:.2} s | {wall_ratio:.2} | {busy:.2} s | {busy_ratio:.2} | {} MiB |\n",
            *bytes as f64 / 1e9,
            best.peak_kib / 1024
        );
    }
    text
}

fn machine() -> String {
    let info = fs_err::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown", |rest| rest.trim_start_matches([' ', '\t', ':']));
    format!("{model}, {} processors", std::thread::available_parallelism().map_or(1, usize::from))
}

fn commit() -> String {
    let output = command("git").args(["describe", "--always", "--dirty"]).current_dir(crate::root()).output();
    output
        .ok()
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| "unknown".to_owned())
}
