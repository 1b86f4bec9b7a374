//! `hikeshi report`: a saved report in another face, or many as one summary.

mod fleet;
mod saved;

use std::path::PathBuf;

use anyhow::Result;
use hikeshi_report::Words;
use hikeshi_report::tlp::Tlp;

use crate::exit::Exit;
use crate::face::{self, Format};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Reports that `check --format json` wrote. One is shown in another form (- reads it from standard input); several
    /// become one summary of all servers.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    format: Format,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Who may see a STIX bundle: clear, green, amber, amber+strict or red (TLP 2.0).
    #[arg(long, default_value = "amber+strict", value_name = "LABEL")]
    tlp: Tlp,
}

pub(crate) fn run(arguments: &Arguments, words: &Words) -> Result<Exit> {
    let output = arguments.output.as_deref();
    if let Some(output) = output {
        saved::spare(output, &arguments.files)?;
        face::expect_folder(output)?;
    }
    let [file] = arguments.files.as_slice() else { return fleet::run(arguments, words) };
    let report = saved::read(file)?;
    face::emit(output, |out| face::write(&report, arguments.format, words, arguments.tlp, out))?;
    // The number speaks of the verdict, as it does for `check`: 0 would say that nothing was found.
    Ok(Exit::of(&report))
}
