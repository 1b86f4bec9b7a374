//! The screens in the documentation: what the real executable prints about seeded practice servers, in both languages.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::generated::{self, Mode};
use crate::shell::{self, command};
use crate::tree;

/// A practice server, and the exit code of a check of it.
struct Server {
    name: &'static str,
    scenario: &'static str,
    days: &'static str,
    exit: i32,
}

/// All of the smallest size; the seed is the one of `drill`.
const SERVERS: [Server; 3] = [
    Server { name: "practice", scenario: "webshell", days: "30", exit: 1 },
    // Its logs begin after the attacks.
    Server { name: "short", scenario: "clean", days: "12", exit: 3 },
    Server { name: "whole", scenario: "clean", days: "75", exit: 0 },
];

/// A part of the text report: the paragraph with this number (from 0, where blank lines part them), and so many of its lines.
struct Part {
    name: &'static str,
    server: &'static str,
    /// Paragraph and lines of it, in this order; what is left out between them is shown as `…`.
    paragraphs: &'static [(usize, usize)],
}

const PARTS: [Part; 7] = [
    Part { name: "first", server: "practice", paragraphs: &[(0, 99), (1, 6), (3, 4), (4, 9), (5, 4)] },
    Part { name: "why", server: "practice", paragraphs: &[(0, 99), (1, 99)] },
    Part { name: "affected", server: "practice", paragraphs: &[(3, 99)] },
    Part { name: "finding", server: "practice", paragraphs: &[(7, 24)] },
    Part { name: "inconclusive", server: "short", paragraphs: &[(0, 99), (1, 99)] },
    Part { name: "clean", server: "whole", paragraphs: &[(0, 99), (1, 99)] },
    Part { name: "not-seen", server: "short", paragraphs: &[(6, 99)] },
];

pub(crate) fn generate(mode: Mode, hikeshi: &Path) -> Result<()> {
    let folder = practice(hikeshi)?;
    for lang in ["en", "ja"] {
        let keep =
            |name: &str, text: &str| generated::keep(&format!("docs/book/screens/{lang}/{name}.txt"), text, mode);
        for part in &PARTS {
            let whole = print(hikeshi, &["check", part.server, "--lang", lang, "--country", "JP"], &folder)?;
            keep(part.name, &cut(&whole, part).with_context(|| format!("the screen {}", part.name))?)?;
        }
        let reports = SERVERS.map(|server| format!("{}.json", server.name));
        let fleet = ["report", &reports[0], &reports[1], &reports[2], "--lang", lang];
        keep("fleet", &print(hikeshi, &fleet, &folder)?)?;
        let compare = ["report", "--compare", "short.json", "whole.json", "--lang", lang];
        keep("compare", &print(hikeshi, &compare, &folder)?)?;
        let pack = crate::root().join("docs/book/example-pack").display().to_string();
        keep("pack-lint", &print(hikeshi, &["pack", "lint", &pack, "--lang", lang], &folder)?)?;
        keep("pack-test", &print(hikeshi, &["pack", "test", &pack, "--lang", lang], &folder)?)?;
    }
    Ok(())
}

/// Makes the servers and their saved reports in a folder below the build directory.
fn practice(hikeshi: &Path) -> Result<PathBuf> {
    let folder = shell::target().join("screens");
    tree::remove(&folder)?;
    fs_err::create_dir_all(&folder)?;
    let folder = fs_err::canonicalize(&folder)?;
    for server in &SERVERS {
        let drill = ["drill", server.name, "--scenario", server.scenario, "--size", "1M", "--days", server.days];
        print(hikeshi, &drill, &folder)?;
        let report = format!("{}.json", server.name);
        let mut check = command(hikeshi);
        check.args(["check", server.name, "--format", "json", "-o", &report]).current_dir(&folder);
        let status = shell::status(&mut check)?;
        if status.code() != Some(server.exit) {
            bail!("the practice server {} is checked with {status}, and not {}", server.name, server.exit);
        }
    }
    Ok(folder)
}

/// What a call prints. Its exit code is part of what is documented, but for codes of a failure.
fn print(hikeshi: &Path, arguments: &[&str], folder: &Path) -> Result<String> {
    let ended = command(hikeshi).args(arguments).current_dir(folder).output()?;
    match ended.status.code() {
        Some(0 | 1 | 3) => Ok(String::from_utf8(ended.stdout)?),
        _ => bail!("hikeshi {arguments:?} ended with {}: {}", ended.status, String::from_utf8_lossy(&ended.stderr)),
    }
}

fn cut(whole: &str, part: &Part) -> Result<String> {
    let paragraphs: Vec<_> = whole.split("\n\n").collect();
    let mut text = String::new();
    for (number, lines) in part.paragraphs {
        let paragraph = paragraphs.get(*number).context("the report has fewer paragraphs")?;
        let all: Vec<_> = paragraph.lines().collect();
        let shown = all.get(..*lines).unwrap_or(&all);
        if !text.is_empty() {
            text.push('\n');
        }
        writeln!(text, "{}", shown.join("\n"))?;
        if shown.len() < all.len() {
            text.push_str("…\n");
        }
    }
    Ok(text)
}
