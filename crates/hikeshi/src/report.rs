//! `hikeshi report`: a saved report in another face, many as one summary, or two compared.

mod compare;
mod fleet;
mod redacted;
mod saved;

use std::path::PathBuf;

use anyhow::Result;
use hikeshi_report::Words;
use hikeshi_report::tlp::Tlp;

use self::redacted::Redaction;
use crate::exit::Exit;
use crate::face::{self, Format};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Reports that `check --format json` wrote. One is shown in another form (- reads it from standard input); several
    /// become one summary of all servers.
    #[arg(required_unless_present = "compare", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Tell what changed between two reports on the same server.
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"], conflicts_with = "files")]
    compare: Vec<PathBuf>,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    format: Format,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Who may see a STIX bundle: clear, green, amber, amber+strict or red (TLP 2.0).
    #[arg(long, default_value = "amber+strict", value_name = "LABEL")]
    tlp: Tlp,
    /// Put pseudonyms in place of names of people, machines and domains and of addresses of the inside, to share the report.
    #[arg(long)]
    redact: bool,
    /// The key of the pseudonyms: made if the file does not exist, and never overwritten. The same key gives the same pseudonyms
    /// in all reports. Keep it to yourself.
    #[arg(long, value_name = "FILE", requires = "redact")]
    key: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, words: &Words) -> Result<Exit> {
    let output = arguments.output.as_deref();
    if let Some(output) = output {
        saved::spare(output, &arguments.files)?;
        saved::spare(output, &arguments.compare)?;
        face::expect_folder(output)?;
    }
    let redaction = Redaction::asked(arguments, words)?;
    if let [old, new] = arguments.compare.as_slice() {
        return compare::run(old, new, arguments, &redaction, words);
    }
    let [file] = arguments.files.as_slice() else { return fleet::run(arguments, &redaction, words) };
    let mut report = saved::read(file)?;
    redaction.apply(&mut [&mut report])?;
    face::show(output, |out| face::write(&report, arguments.format, words, arguments.tlp, out))?;
    // The number speaks of the verdict, as it does for `check`: 0 would say that nothing was found.
    Ok(Exit::of(&report))
}
