//! Two saved reports on the same server: what changed.

use std::path::Path;

use anyhow::Result;
use hikeshi_core::report::Tool;
use hikeshi_core::text::Text;
use hikeshi_report::compare::{self, compare};
use hikeshi_report::{Words, json};

use super::redacted::Redaction;
use super::{Arguments, saved};
use crate::exit::Exit;
use crate::face::{self, Format};

/// The exit code is that of the later report.
pub(super) fn run(old: &Path, new: &Path, arguments: &Arguments, redaction: &Redaction, words: &Words) -> Result<Exit> {
    if !matches!(arguments.format, Format::Text | Format::Json | Format::Markdown) {
        let what = Text::new("a comparison has no such form", "比較結果にその出力形式はありません");
        return Err(face::no_such_face(what, "text, markdown, json"));
    }
    let (mut before, mut after) = (saved::read(old)?, saved::read(new)?);
    redaction.apply(&mut [&mut before, &mut after])?;
    let tool = Tool { name: "hikeshi".into(), version: env!("CARGO_PKG_VERSION").into() };
    let comparison = compare((&redaction.shown(old), &before), (&redaction.shown(new), &after), tool);
    face::show(arguments.output.as_deref(), |out| match arguments.format {
        Format::Json => json::write_comparison(&comparison, out),
        Format::Markdown => compare::markdown(&comparison, words, out),
        _ => compare::terminal(&comparison, words, out),
    })?;
    Ok(Exit::of(&after))
}
