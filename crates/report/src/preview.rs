//! A preview for people: what is there, how long a check takes, what is missing.

use std::io::{self, Write};

use hikeshi_core::preview::Preview;
use hikeshi_core::untrusted::Untrusted;

use crate::phrases::{bytes, unread_line};
use crate::words::Words;

/// Entries shown of each list.
const ENTRIES: usize = 30;

/// Writes the preview. `words` gives the language.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(preview: &Preview, words: &Words, out: &mut dyn Write) -> io::Result<()> {
    let lang = words.lang();
    let total = [
        ("files", &preview.files as &dyn ToString),
        ("bytes", &bytes(preview.bytes)),
        ("time", &time(preview.seconds)),
    ];
    writeln!(out, "{}", words.with("preview-total", &total))?;
    writeln!(out)?;
    writeln!(out, "{}", words.get("preview-kinds"))?;
    for kind in preview.kinds.iter().take(ENTRIES) {
        let size = bytes(kind.bytes);
        let mut args: Vec<(&str, &dyn ToString)> = Vec::new();
        let (name, took) = (Untrusted(kind.title.get(lang)).to_string(), kind.seconds.map(time));
        args.extend([("kind", &name as &dyn ToString), ("files", &kind.files), ("bytes", &size)]);
        let line = match &took {
            Some(took) => {
                args.push(("time", took));
                words.with("preview-kind", &args)
            }
            None => words.with("preview-kind-unread", &args),
        };
        writeln!(out, "- {line}")?;
    }
    if !preview.missing.is_empty() {
        writeln!(out)?;
        writeln!(out, "{}", words.get("preview-missing"))?;
    }
    for missing in &preview.missing {
        writeln!(out, "- {}", missing.title.get(lang))?;
        if !missing.ask.get(lang).is_empty() {
            writeln!(out, "  {}", missing.ask.get(lang))?;
        }
    }
    if !preview.unreadable.is_empty() {
        writeln!(out)?;
        writeln!(out, "{}", words.with("preview-unreadable", &[("count", &preview.unreadable.len())]))?;
    }
    for one in preview.unreadable.iter().take(ENTRIES) {
        writeln!(out, "- {}", Untrusted(&unread_line(words, one)))?;
    }
    writeln!(out)?;
    if preview.kinds.iter().any(|kind| kind.kind == "archive") {
        writeln!(out, "{}", words.get("preview-archives"))?;
    }
    writeln!(out, "{}", words.get("preview-periods"))
}

/// `45 s`, `12 min`, `3 h`.
fn time(seconds: f64) -> String {
    match seconds {
        ..1.0 => "1 s".to_owned(),
        ..120.0 => format!("{seconds:.0} s"),
        ..7200.0 => format!("{:.0} min", seconds / 60.0),
        _ => format!("{:.0} h", seconds / 3600.0),
    }
}
