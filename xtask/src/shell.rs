//! Starts programs; the only place in this crate that does.

use std::ffi::OsStr;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use anyhow::{Context, Result, bail};

/// Prints a line for people.
pub(crate) fn say(text: &str) {
    // A closed terminal is no reason to fail.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Prints a line for programs.
pub(crate) fn tell(text: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

/// A program to be started.
#[expect(clippy::disallowed_methods, reason = "a task runner starts programs; nothing of it ships")]
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    Command::new(program)
}

/// Runs to the end; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let ended = status(command)?;
    if !ended.success() {
        bail!("{command:?} ended with {ended}");
    }
    Ok(())
}

/// Runs to the end.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    command.status().with_context(|| format!("cannot start {command:?}"))
}

/// Runs cargo in the workspace.
pub(crate) fn cargo(arguments: &[&str]) -> Result<()> {
    say(&format!("$ cargo {}", arguments.join(" ")));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    run(command(cargo).args(arguments).current_dir(crate::root()))
}

/// Where cargo builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::root().join("target"), PathBuf::from)
}

/// A tool from crates.io: from the search path, else installed once into a cache outside the workspace.
/// `options` are those of `cargo install`.
pub(crate) fn tool(name: &str, version: &str, options: &[&str]) -> Result<PathBuf> {
    let on_path =
        std::env::var_os("PATH").into_iter().flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let cache = cache().join("tools");
    let program = match name {
        "ripgrep" => "rg",
        other => other,
    };
    let program = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    if let Some(found) =
        on_path.chain([cache.join("bin")]).map(|folder| folder.join(&program)).find(|path| path.is_file())
    {
        return Ok(found);
    }
    let folder = cache.display().to_string();
    cargo(&[&["install", name, "--version", version, "--locked", "--root", &folder], options].concat())?;
    Ok(cache.join("bin").join(program))
}

/// Where tools lie that are made once for all clones.
pub(crate) fn cache() -> PathBuf {
    let home = std::env::var_os("HOME")
        .or_else(|| std::env::var_os("USERPROFILE"))
        .map_or_else(std::env::temp_dir, PathBuf::from);
    home.join(".cache").join("hikeshi")
}
