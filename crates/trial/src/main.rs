//! `trial`: writes a second author's servers, makes benign noise, and scores a build on what was written.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use hikeshi_trial::{habits, scenario};

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
        /// Whose habits: `tuning`, or `held-out`, which nobody who tunes may look at.
        #[arg(long, default_value = "tuning")]
        set: String,
        /// Only this scenario.
        #[arg(long)]
        scenario: Option<String>,
        /// Ordinary requests of each protocol in an hour.
        #[arg(long, default_value_t = 3)]
        scale: u32,
    },
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Write { dir, seed, set, scenario, scale } => write(&dir, seed, &set, scenario.as_deref(), scale),
    }
}

fn write(dir: &std::path::Path, seed: u64, set: &str, only: Option<&str>, scale: u32) -> Result<()> {
    let habits = habits::named(set).with_context(|| format!("no set `{set}`; there are `tuning` and `held-out`"))?;
    let chosen: Vec<_> = scenario::ALL.iter().filter(|one| only.is_none_or(|name| name == one.name)).collect();
    anyhow::ensure!(!chosen.is_empty(), "no scenario `{}`", only.unwrap_or_default());
    let mut out = std::io::stdout().lock();
    for one in chosen {
        let truth = one.write(dir, habits, seed, scale)?;
        writeln!(out, "{:<20} {:>6} MB  {:>4} traces  {}", one.name, truth.bytes >> 20, truth.traces.len(), one.about)?;
    }
    Ok(())
}
