//! Saved reports as files: opened with care, and what is none is told in words.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;
use hikeshi_core::both;
use hikeshi_core::cause::Cause;
use hikeshi_core::report::Report;
use hikeshi_core::text::Text;
use hikeshi_report::saved::{self, Unread};

use crate::tell::because;

/// Reads one report; `-` is standard input.
pub(super) fn read(path: &Path) -> Result<Report> {
    open(path).map_err(|unread| told(path, unread))
}

/// The same, for those who go on without it.
pub(super) fn open(path: &Path) -> Result<Report, Unread> {
    if path.as_os_str() == "-" {
        return saved::read(io::stdin().lock());
    }
    let kind = fs_err::metadata(path).map_err(Unread::Io)?;
    if !kind.is_file() {
        // A pipe may never end, and a folder has no bytes.
        let words = match kind.is_dir() {
            true => both!("it is a folder", "フォルダーです"),
            false => both!("it is no ordinary file", "通常のファイルではありません"),
        };
        return Err(Unread::Io(Cause::of(io::ErrorKind::Other, words)));
    }
    if kind.len() > saved::MOST_BYTES {
        return Err(Unread::TooLarge);
    }
    saved::read(File::open(path).map_err(Unread::Io)?)
}

/// Refuses to write over a report that is read.
pub(super) fn spare(output: &Path, reports: &[PathBuf]) -> Result<()> {
    // A file that does not exist yet is none of them.
    let Ok(place) = fs_err::canonicalize(output) else { return Ok(()) };
    if !reports.iter().any(|report| fs_err::canonicalize(report).is_ok_and(|report| report == place)) {
        return Ok(());
    }
    let shown = output.display();
    Err(because(
        anyhow::anyhow!("it is the report that is read"),
        Text::new(format!("`{shown}` would be overwritten"), format!("`{shown}` を上書きしてしまいます")),
        Text::new("write to another file", "別のファイルに書いてください"),
    ))
}

/// What stands in the way, in every language, and what to do about it.
fn told(path: &Path, unread: Unread) -> anyhow::Error {
    let shown = path.display();
    let hint = hint(&unread);
    because(
        unread,
        Text::new(format!("no report can be read from `{shown}`"), format!("`{shown}` を報告書として読めません")),
        hint,
    )
}

/// What to do about it.
fn hint(unread: &Unread) -> Text {
    match unread {
        Unread::Io(_) => Text::new(
            "give the file that `hikeshi check --format json -o FILE` wrote",
            "`hikeshi check --format json -o ファイル` で書き出したファイルを指定してください",
        ),
        Unread::Empty | Unread::Truncated { .. } => Text::new(
            "it was not written or copied to its end; write or copy it again",
            "最後まで書き込まれていないか、コピーが途中で終わっています。書き出しまたはコピーをやり直してください",
        ),
        Unread::TooLarge => Text::new(
            "no report is that large; see whether it is the right file",
            "報告書としては大きすぎます。ファイルを取り違えていないか確かめてください",
        ),
        Unread::Packed => Text::new("unpack it first", "先に展開してください"),
        Unread::Lines => Text::new(
            "give the report as one document: `--format json`, not `jsonl`",
            "`jsonl` ではなく `--format json` で書き出した報告書を指定してください",
        ),
        Unread::OtherSchema(_) => Text::new(
            "use the version of hikeshi that wrote it, or a newer one",
            "その報告書を書き出した版か、それより新しい hikeshi を使ってください",
        ),
        _ => Text::new(
            "give a report that `hikeshi check --format json` wrote",
            "`hikeshi check --format json` で書き出した報告書を指定してください",
        ),
    }
}
