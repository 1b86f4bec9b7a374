//! Several reports as one summary, read one at a time.

use anyhow::Result;
use hikeshi_core::report::Tool;
use hikeshi_core::text::Text;
use hikeshi_core::verdict::Verdict;
use hikeshi_report::fleet::{self, Merging};
use hikeshi_report::{Words, json};

use super::redacted::Redaction;
use super::{Arguments, saved};
use crate::exit::Exit;
use crate::face::{self, Format};

/// A file that is no report is told in the summary and costs itself alone. A path that leads nowhere is a slip of the
/// pen, and nothing is summed up.
pub(super) fn run(arguments: &Arguments, redaction: &Redaction, words: &Words) -> Result<Exit> {
    let (true, output) = (has_face(arguments.format), arguments.output.as_deref()) else {
        let what = Text::new("a summary of servers has no such form", "サーバーのまとめにその出力形式はありません");
        return Err(face::no_such_face(what, "text, markdown, json, csv"));
    };
    for file in arguments.files.iter().filter(|file| !file.exists() && file.as_os_str() != "-") {
        saved::read(file)?;
    }
    let (mut merging, mut read, mut is_partial, mut has_unread) = (Merging::default(), 0, false, false);
    for file in &arguments.files {
        match saved::open(file) {
            Ok(mut report) => {
                redaction.apply(&mut [&mut report])?;
                merging.add(&redaction.shown(file), &report);
                (read, is_partial) = (read + 1, is_partial || report.partial);
            }
            // Of none that can be read, the first says what is wrong.
            Err(unread) => {
                merging.unread(&redaction.shown(file), &redaction.reason(unread));
                has_unread = true;
            }
        }
    }
    if let (0, Some(first)) = (read, arguments.files.first()) {
        saved::read(first)?;
    }
    let fleet = merging.told(Tool { name: "hikeshi".into(), version: env!("CARGO_PKG_VERSION").into() });
    face::show(output, |out| match arguments.format {
        Format::Json => json::write_fleet(&fleet, out),
        Format::Csv => fleet::csv(&fleet, words, out),
        Format::Markdown => fleet::markdown(&fleet, words, out),
        _ => fleet::terminal(&fleet, words, out),
    })?;
    let unseen = if has_unread { Verdict::Inconclusive } else { Verdict::Clean };
    Ok(Exit::judged(fleet.verdict.unwrap_or(unseen).max(unseen), is_partial))
}

const fn has_face(format: Format) -> bool {
    matches!(format, Format::Text | Format::Json | Format::Csv | Format::Markdown)
}
