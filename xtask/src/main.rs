//! `cargo xtask`: what developers and CI run. One file per command; nothing here ships.

mod bench;
mod browser;
mod debian;
mod docs;
mod generated;
mod reference;
mod schema;
mod screens;
mod shell;
mod tree;
mod validators;
mod windows;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::generated::Mode;
use crate::shell::{cargo, say, target};

const USAGE: &str = "usage: cargo xtask COMMAND
  demo    builds hikeshi, makes a practice server and checks it
  test    runs every test of the workspace, and the packs' own
  ci      test, then formatting, clippy, generated files, the documentation, cargo deny and browser
  bench   [SIZE] [--growth]: whole-program benchmark beside ripgrep; writes bench/RESULTS.md
  browser [HIKESHI]: looks at its reports and the documentation in headless Chromium; widths, light and dark, print, accessibility
  validators  sets up the readers of others that tests give reports to; tells their Python for HIKESHI_VALIDATORS
  windows setup | build | test: hikeshi.exe, by MinGW, tried under Wine
  docs [HIKESHI]: builds the documentation as a site and follows its links
  man     writes man pages and shell completions; tells where they lie
  gen [HIKESHI]: writes the files that are generated from the code";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next();
    let rest: Vec<String> = arguments.collect();
    let result = match command.as_deref() {
        Some("demo") => demo(&rest),
        Some("test") => test(),
        Some("ci") => ci(),
        Some("bench") => bench::run(&rest),
        Some("browser") => given(&rest).and_then(|hikeshi| look(&hikeshi)),
        Some("validators") => validators::set_up().and_then(|python| shell::tell(&python.display().to_string())),
        Some("windows") => windows::run(&rest),
        Some("docs") => given(&rest).and_then(|hikeshi| docs::run(&hikeshi)).map(drop),
        Some("man") => reference::man(),
        Some("gen") => given(&rest).and_then(|hikeshi| generated::generate(Mode::Write, &hikeshi)),
        _ => {
            say(USAGE);
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// The workspace's folder.
fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// The executable that was named, else the release executable.
fn given(rest: &[String]) -> Result<PathBuf> {
    rest.first().map_or_else(release, |given| Ok(given.into()))
}

/// The release executable, freshly built.
fn release() -> Result<PathBuf> {
    cargo(&["build", "--release", "--package", "hikeshi"])?;
    Ok(target().join("release").join(format!("hikeshi{}", std::env::consts::EXE_SUFFIX)))
}

/// Makes a practice server with the whole chain of an attack, and checks it. What is given goes to `check`.
fn demo(rest: &[String]) -> Result<()> {
    let hikeshi = release()?;
    let folder = target().join("demo");
    tree::remove(&folder)?;
    let server = folder.join("server");
    fs_err::create_dir_all(&folder)?;
    shell::run(shell::command(&hikeshi).args(["drill", "--scenario", "full-chain"]).arg(&server))?;
    say(&format!("\n$ hikeshi check {}\n", server.display()));
    let status = shell::status(shell::command(&hikeshi).arg("check").arg(&server).args(rest))?;
    match status.code() {
        // Signs were found, as they must be here.
        Some(1) => Ok(()),
        code => bail!("check ended with {code:?}; on this practice server it must find signs and end with 1"),
    }
}

fn test() -> Result<()> {
    let python = validators::set_up()?;
    say("$ cargo test --workspace");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut tests = shell::command(cargo);
    shell::run(tests.args(["test", "--workspace"]).current_dir(root()).env(validators::VARIABLE, python))?;
    let hikeshi = release()?;
    for pack in fs_err::read_dir(root().join("packs"))? {
        shell::run(shell::command(&hikeshi).args(["pack", "test"]).arg(pack?.path()))?;
    }
    Ok(())
}

fn ci() -> Result<()> {
    test()?;
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"])?;
    let hikeshi = release()?;
    generated::generate(Mode::Compare, &hikeshi)?;
    let deny = shell::tool("cargo-deny", "0.20.2", &[])?;
    shell::run(shell::command(&deny).args(["check", "bans", "licenses", "sources"]).current_dir(root()))?;
    look(&hikeshi)
}

/// Builds the documentation, and looks at it and at reports as people do.
fn look(hikeshi: &Path) -> Result<()> {
    let site = docs::run(hikeshi)?;
    browser::run(hikeshi)?;
    browser::look_at_site(&site)
}
