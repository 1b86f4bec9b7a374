//! Which face a report gets, and where it goes; for every command that writes one.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Result;
use hikeshi_core::report::Report;
use hikeshi_core::text::Text;
use hikeshi_report::tlp::Tlp;
use hikeshi_report::{Words, csv, html, json, markdown, sarif, stix, terminal, timesketch};

use crate::tell::{because, is_closed_pipe};

/// The faces of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    #[value(alias = "terminal")]
    Text,
    Json,
    Jsonl,
    Html,
    Csv,
    Timesketch,
    Stix,
    Sarif,
    Markdown,
}

/// Writes a report in one of its faces: the one place that knows which format is which.
pub(crate) fn write(report: &Report, format: Format, words: &Words, tlp: Tlp, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => terminal::write(report, words, out),
        Format::Json => json::write(report, out),
        Format::Jsonl => json::write_lines(report, out),
        Format::Html => html::write(report, words, out),
        Format::Csv => csv::write(report, words, out),
        Format::Timesketch => timesketch::write(report, words, out),
        Format::Stix => stix::write(report, words, tlp, out),
        Format::Sarif => sarif::write(report, words, out),
        Format::Markdown => markdown::write(report, words, out),
    }
}

/// The same, where whoever read the output may have seen enough: what was found stays found.
pub(crate) fn show(output: Option<&Path>, form: impl Fn(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    match emit(output, form) {
        Err(error) if is_closed_pipe(&error) => Ok(()),
        written => written,
    }
}

/// Gives what `form` writes to a file, or to standard output where none is named.
pub(crate) fn emit(output: Option<&Path>, form: impl Fn(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    match output {
        None => {
            let mut out = io::BufWriter::new(anstream::stdout().lock());
            form(&mut out)?;
            out.flush()?;
        }
        Some(path) => {
            let file = fs_err::File::create(path).map_err(|error| not_written(path, error))?;
            let file: Box<dyn Write> = Box::new(io::BufWriter::new(file));
            let mut out = anstream::StripStream::new(file);
            form(&mut out)?;
            out.flush()?;
        }
    }
    Ok(())
}

/// Sees that a file can be written to where it is asked for, so that a wrong path shows before the work and not after it.
pub(crate) fn expect_folder(output: &Path) -> Result<()> {
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs_err::read_dir(folder).map(|_| ()).map_err(|error| not_written(output, error))
}

/// The error for a form that something else than a whole report does not have.
pub(crate) fn no_such_face(what: Text, forms: &str) -> anyhow::Error {
    because(
        anyhow::anyhow!("--format {forms}"),
        what,
        Text::new(format!("use --format {forms}"), format!("--format {forms} を使ってください")),
    )
}

fn not_written(path: &Path, error: io::Error) -> anyhow::Error {
    let shown = path.display();
    because(
        error,
        Text::new(format!("the report cannot be written to `{shown}`"), format!("報告書を `{shown}` に書けません")),
        Text::new(
            "give a file in a folder that exists and can be written to",
            "存在して書き込めるフォルダーのファイルを指定してください",
        ),
    )
}
