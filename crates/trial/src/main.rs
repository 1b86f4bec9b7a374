//! `trial`: writes a second author's servers, makes benign noise, and scores a build on what was written.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use hikeshi_trial::scenario::Order;
use hikeshi_trial::score::table::Detail;
use hikeshi_trial::shape::Shape;
use hikeshi_trial::{habits, noise, scenario, score};

#[derive(Parser)]
#[command(about, version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes servers, each with its truth beside it.
    Write {
        /// Where; made if it is not there.
        dir: PathBuf,
        /// The same seed gives the same bytes.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Whose habits: `tuning`, `held-out`, `fresh`, or `last`, `sealed` and `unseen`, which nobody who tunes may look at.
        #[arg(long, default_value = "tuning")]
        set: String,
        /// Only this scenario.
        #[arg(long)]
        scenario: Option<String>,
        /// Ordinary requests of each protocol in an hour.
        #[arg(long, default_value_t = 3)]
        scale: u32,
        /// The product's own pages, laid out as below its installation folder; without them no server can be clean.
        #[arg(long)]
        pages: Option<PathBuf>,
        /// One shape for all: tree, triage, archive, folders, flat, packed. Without it, each set has its own in turn.
        #[arg(long)]
        shape: Option<String>,
    },
    /// Writes benign noise, fast.
    Noise {
        /// Where; a folder `noise` is made in it.
        dir: PathBuf,
        /// Gigabytes.
        #[arg(long, default_value_t = 1.0)]
        gb: f64,
        /// The same seed gives the same bytes.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Scores a build on every server in a folder.
    Score {
        /// Where the servers and their truths lie.
        dir: PathBuf,
        /// The executable.
        #[arg(long)]
        hikeshi: PathBuf,
        /// Also writes the whole score here, for machines.
        #[arg(long)]
        json: Option<PathBuf>,
        /// Lists each miss also of the sets `last`, `sealed` and `unseen`, which spoils them for measuring.
        #[arg(long)]
        reveal: bool,
    },
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Write { dir, seed, set, scenario, scale, pages, shape } => {
            let shape = shape.as_deref().map(shape_named).transpose()?;
            write(&dir, &set, scenario.as_deref(), &Order { seed, scale, pages: pages.as_deref(), shape })
        }
        Command::Noise { dir, gb, seed } => noise(&dir, gb, seed),
        Command::Score { dir, hikeshi, json, reveal } => {
            score(&dir, &hikeshi, json.as_deref(), if reveal { Detail::Each } else { Detail::Numbers })
        }
    }
}

fn shape_named(name: &str) -> Result<Shape> {
    let shape = Shape::NAMED.iter().find(|(known, _)| *known == name);
    shape.map(|(_, shape)| *shape).with_context(|| format!("no shape `{name}`"))
}

fn noise(dir: &Path, gigabytes: f64, seed: u64) -> Result<()> {
    let habits = habits::named("tuning").context("the tuning set is there")?;
    let begun = std::time::Instant::now();
    fs_err::create_dir_all(dir)?;
    let bytes = noise::write(dir, habits, seed, (gigabytes * 1e9) as u64)?;
    let (megabytes, seconds) = (bytes as f64 / 1e6, begun.elapsed().as_secs_f64());
    writeln!(std::io::stdout(), "{megabytes:.0} MB in {seconds:.1} s, {:.0} MB/s", megabytes / seconds)?;
    Ok(())
}

fn score(dir: &Path, hikeshi: &Path, json: Option<&Path>, closed: Detail) -> Result<()> {
    let scores = score::all(dir, hikeshi)?;
    let is_closed = scores.iter().any(|score| habits::CLOSED.contains(&score.set.as_str()));
    let detail = if is_closed { closed } else { Detail::Each };
    write!(std::io::stdout(), "{}", score::table::print(&scores, detail)?)?;
    if let Some(path) = json {
        anyhow::ensure!(detail == Detail::Each, "`--json` tells each miss; a closed set needs `--reveal` for that");
        fs_err::write(path, serde_json::to_string_pretty(&scores)?)?;
    }
    Ok(())
}

fn sets() -> String {
    habits::ALL.map(|habits| format!("`{}`", habits.set)).join(", ")
}

fn write(dir: &Path, set: &str, only: Option<&str>, order: &Order<'_>) -> Result<()> {
    let habits = habits::named(set).with_context(|| format!("no set `{set}`; there are {}", sets()))?;
    let chosen: Vec<_> = scenario::ALL.iter().filter(|one| only.is_none_or(|name| name == one.name)).collect();
    anyhow::ensure!(!chosen.is_empty(), "no scenario `{}`", only.unwrap_or_default());
    let mut out = std::io::stdout().lock();
    for one in chosen {
        let truth = one.write(dir, habits, order)?;
        writeln!(out, "{:<20} {:>6} MB  {:>4} traces  {}", one.name, truth.bytes >> 20, truth.traces.len(), one.about)?;
    }
    Ok(())
}
