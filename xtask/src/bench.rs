//! The whole program beside ripgrep, over the same bytes, in one run; and how it grows.
//!
//! Seeded logs are made once in the build directory, read once so that they are in the page cache, and then the programs take
//! turns. Wall and processor time are the least of the turns; memory is the peak the system reports.

mod trees;

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
    /// In user mode and in the system.
    busy: Duration,
    /// Until the first byte of the report.
    first: Duration,
    peak_kib: u64,
}

impl Run {
    fn better(self, other: Self) -> Self {
        Self {
            wall: self.wall.min(other.wall),
            busy: self.busy.min(other.busy),
            first: self.first.min(other.first),
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
    let text = table(size, &measure_all(&programs)?);
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

/// One run. What the program writes is read and dropped.
fn measure(program: &mut Command) -> Result<Run> {
    let start = Instant::now();
    let mut child = program
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start {program:?}"))?;
    let mut output = child.stdout.take().context("the program has no output")?;
    let reader = std::thread::spawn(move || {
        let first = output.read(&mut [0]).map(|_| start.elapsed());
        std::io::copy(&mut output, &mut std::io::sink()).and(first)
    });
    let about = PathBuf::from(format!("/proc/{}", child.id()));
    let (mut peak_kib, mut ticks) = (0, 0);
    loop {
        // High-water marks, so a late reading still holds them; the files are gone once the program is.
        peak_kib =
            peak_kib.max(fs_err::read_to_string(about.join("status")).ok().and_then(|s| high_water(&s)).unwrap_or(0));
        ticks = ticks.max(fs_err::read_to_string(about.join("stat")).ok().and_then(|s| ticks_of(&s)).unwrap_or(0));
        if child.try_wait()?.is_some() {
            let wall = start.elapsed();
            let first = reader.join().unwrap_or(Ok(wall))?;
            return Ok(Run { wall, busy: Duration::from_millis(ticks * TICK_MILLISECONDS), first, peak_kib });
        }
        std::thread::sleep(Duration::from_millis(2));
    }
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
         | program | GB | wall time | × rg | processor time | × rg | first output | peak memory |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        machine(),
        load.split_whitespace().next().unwrap_or("unknown"),
        commit()
    );
    for Measured { name, bytes, best } in measured {
        let [wall, busy, first] = [best.wall, best.busy, best.first].map(|time| time.as_secs_f64());
        if name.starts_with(RIPGREP) {
            ripgrep = (wall, busy);
        }
        let (wall_ratio, busy_ratio) = (wall / ripgrep.0, busy / ripgrep.1);
        text += &format!(
            "| {name} | {:.2} | {wall:.2} s | {wall_ratio:.2} | {busy:.2} s | {busy_ratio:.2} | {first:.2} s | {} MiB |\n",
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
