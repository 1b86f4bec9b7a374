//! The whole program beside ripgrep, over the same bytes, in one run.
//!
//! Seeded logs are made once in the build directory, read once so that they are in the page cache, and then
//! both programs take turns. Wall time is the least of the turns; memory is the peak the system reports.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::shell::{self, command, say, target, tool};

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

/// One program's best time and highest memory.
struct Measured {
    name: String,
    time: Duration,
    peak_kib: u64,
}

/// `cargo xtask bench [SIZE]`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let size = arguments.first().map_or("2G", String::as_str);
    let hikeshi = crate::release()?;
    let ripgrep = tool("ripgrep", "14.1.1")?;
    let server = target().join("bench").join(size);
    if !server.exists() {
        shell::run(
            command(&hikeshi).args(["drill", "--scenario", "full-chain", "--seed", "7", "--size", size]).arg(&server),
        )?;
    }
    let bytes = warm(&server)?;
    let mut search = vec!["-c", "-a", "-F", "-i", "-j2"];
    for literal in LITERALS {
        search.extend(["-e", literal]);
    }
    let sigma = crate::root().join("../shared/data/sigma-hq/rules/web");
    let mut programs: Vec<(String, Box<dyn Fn() -> Command>)> = vec![
        (
            format!("rg {} (11 literals)", search.get(..5).unwrap_or_default().join(" ")),
            with(ripgrep, search.iter().map(|s| (*s).to_owned()).collect(), server.clone()),
        ),
        ("hikeshi check --threads 2".to_owned(), with(hikeshi.clone(), check(&["--threads", "2"]), server.clone())),
        ("hikeshi check --threads 1".to_owned(), with(hikeshi.clone(), check(&["--threads", "1"]), server.clone())),
    ];
    if sigma.exists() {
        let rules = sigma.display().to_string();
        programs.push((
            "hikeshi check --threads 2 --rules SigmaHQ/rules/web".to_owned(),
            with(hikeshi, check(&["--threads", "2", "--rules", &rules]), server),
        ));
    } else {
        say("skipped: SigmaHQ's rules are not here (../shared)");
    }
    let mut measured: Vec<Measured> = Vec::new();
    for turn in 0..TURNS {
        for (place, (name, program)) in programs.iter().enumerate() {
            let (time, peak_kib) = measure(&mut program())?;
            say(&format!("{turn}: {:>7.2} s {:>7} KiB  {name}", time.as_secs_f64(), peak_kib));
            match measured.get_mut(place) {
                Some(known) => {
                    known.time = known.time.min(time);
                    known.peak_kib = known.peak_kib.max(peak_kib);
                }
                None => measured.push(Measured { name: name.clone(), time, peak_kib }),
            }
        }
    }
    let text = table(size, bytes, &measured);
    say(&text);
    fs_err::write(crate::root().join("bench/RESULTS.md"), text)?;
    Ok(())
}

fn check(more: &[&str]) -> Vec<String> {
    ["check", "--format", "json"].iter().chain(more).map(|argument| (*argument).to_owned()).collect()
}

fn with(program: PathBuf, arguments: Vec<String>, server: PathBuf) -> Box<dyn Fn() -> Command> {
    Box::new(move || {
        let mut started = command(&program);
        started.args(&arguments).arg(&server);
        started
    })
}

/// Reads every file once; returns their size.
fn warm(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs_err::read_dir(folder)? {
        let path = entry?.path();
        bytes += if path.is_dir() {
            warm(&path)?
        } else {
            std::io::copy(&mut fs_err::File::open(&path)?, &mut std::io::sink())?
        };
    }
    Ok(bytes)
}

/// Wall time and peak memory of one run.
fn measure(program: &mut Command) -> Result<(Duration, u64)> {
    let start = Instant::now();
    let mut child = program
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start {program:?}"))?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        // The high-water mark itself, so a late reading still holds it; the file is gone once the program is.
        peak = peak.max(fs_err::read_to_string(&status).ok().and_then(|text| high_water(&text)).unwrap_or(0));
        if child.try_wait()?.is_some() {
            return Ok((start.elapsed(), peak));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn high_water(status: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

fn table(size: &str, bytes: u64, measured: &[Measured]) -> String {
    let ripgrep = measured.first().map_or(1.0, |first| first.time.as_secs_f64());
    let mut text = format!(
        "# Benchmark\n\nCommand: `cargo xtask bench {size}` ({bytes} bytes of seeded practice logs in the page cache, best of {TURNS} turns in one run).\n\n\
         Machine: {}\nCommit: {}\n\n| program | wall time | GB/s | × rg | peak memory |\n| --- | ---: | ---: | ---: | ---: |\n",
        machine(),
        commit()
    );
    for one in measured {
        let seconds = one.time.as_secs_f64();
        text += &format!(
            "| {} | {seconds:.2} s | {:.2} | {:.2} | {} MiB |\n",
            one.name,
            bytes as f64 / seconds / 1e9,
            seconds / ripgrep,
            one.peak_kib / 1024
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
