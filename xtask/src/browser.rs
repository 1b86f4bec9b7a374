//! `cargo xtask browser`: makes practice servers, writes their reports as HTML, and looks at them in headless Chromium. What is
//! looked at stands in `xtask/browser/look.mjs`. The pictures and PDFs stay in the build folder, for people.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::debian;
use crate::shell::{self, command, say};
use crate::tree;

/// The browser, fonts for Japanese, and what reads the text of a PDF.
const PACKAGES: [&str; 4] = ["chromium", "fonts-noto-core", "fonts-noto-cjk", "poppler-utils"];
/// What drives the browser, of Debian's where the machine has no other.
const NODE: [&str; 2] = ["node", "npm"];
/// The sources of this command that are no Rust.
const SOURCES: [&str; 4] = ["look.mjs", "site.mjs", "package.json", "package-lock.json"];

/// A practice server, and the exit code of a check of it.
struct Server {
    name: &'static str,
    scenario: &'static str,
    size: &'static str,
    days: &'static str,
    exit: i32,
}

const SERVERS: [Server; 3] = [
    Server { name: "clean", scenario: "clean", size: "300K", days: "90", exit: 0 },
    // Its logs begin after the attacks.
    Server { name: "inconclusive", scenario: "clean", size: "300K", days: "12", exit: 3 },
    Server { name: "compromised", scenario: "full-chain", size: "1M", days: "70", exit: 1 },
];

/// Sets up, makes the reports with `hikeshi`, and looks at them.
pub(crate) fn run(hikeshi: &Path) -> Result<()> {
    let browser = set_up()?;
    let folder = shell::target().join("browser");
    tree::remove(&folder)?;
    fs_err::create_dir_all(&folder)?;
    let folder = fs_err::canonicalize(&folder)?;
    let mut reports = Vec::new();
    for server in &SERVERS {
        let place = folder.join(server.name);
        let mut drill = command(hikeshi);
        drill.args(["drill", "--scenario", server.scenario, "--size", server.size, "--days", server.days]).arg(&place);
        shell::run(&mut drill)?;
        for lang in ["en", "ja"] {
            let report = folder.join(format!("{}-{lang}.html", server.name));
            let mut check = command(hikeshi);
            check.arg("check").arg(&place).args(["--lang", lang, "--format", "html", "-o"]).arg(&report);
            let status = shell::status(&mut check)?;
            if status.code() != Some(server.exit) {
                bail!("the practice server {} is checked with {status}, and not {}", server.name, server.exit);
            }
            reports.push(report);
        }
    }
    say("$ node look.mjs");
    shell::run(command("node").arg("look.mjs").arg(folder.join("seen")).args(&reports).current_dir(&browser))
}

/// Looks at the built documentation; what is looked at stands in `xtask/browser/site.mjs`.
pub(crate) fn look_at_site(site: &Path) -> Result<()> {
    let browser = set_up()?;
    say("$ node site.mjs");
    let seen = shell::target().join("docs").join("seen");
    fs_err::create_dir_all(&seen)?;
    let seen = fs_err::canonicalize(&seen)?;
    shell::run(command("node").arg("site.mjs").arg(seen).arg(site).current_dir(&browser))
}

/// The folder from which the browser is driven. What is there is left alone, so this costs a moment after the first time.
fn set_up() -> Result<PathBuf> {
    debian::install(&PACKAGES)?;
    if !NODE.iter().all(|program| is_there(program)) {
        debian::install(&["nodejs", "npm"])?;
    }
    let folder = shell::cache().join("tools").join("browser");
    fs_err::create_dir_all(&folder)?;
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    let installed = folder.join("node_modules").join(".package-lock.json");
    let is_current = installed.is_file() && is_same(&sources, &folder, "package-lock.json");
    for source in SOURCES {
        fs_err::copy(sources.join(source), folder.join(source))?;
    }
    if !is_current {
        let mut npm = command("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder);
        shell::run(&mut npm).context("what drives the browser cannot be fetched from npm's registry")?;
    }
    Ok(folder)
}

fn is_there(program: &str) -> bool {
    command(program).arg("--version").output().is_ok_and(|answer| answer.status.success())
}

fn is_same(one: &Path, other: &Path, name: &str) -> bool {
    let read = |folder: &Path| fs_err::read(folder.join(name)).ok();
    read(one).is_some() && read(one) == read(other)
}
