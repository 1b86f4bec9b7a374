//! `cargo xtask windows`: builds `hikeshi.exe` with MinGW and tries it under Wine. Start at [`run`]; what has to be there
//! before is made in [`setup`]. What Wine cannot show stands in `docs/book/en/src/reference/windows.md`.

mod setup;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use self::setup::Workshop;
use crate::shell::{self, say};

const TARGET: &str = "x86_64-pc-windows-gnu";

/// The executable goes onto USB sticks and through slow lines to servers; it has to be smaller than this.
const SIZE_CAP_BYTES: u64 = 25_000_000;

/// What every Windows brings with it that a current Rust supports: Windows 10, Server 2016 and later.
const SYSTEM_LIBRARIES: [&str; 5] =
    ["api-ms-win-core-synch-l1-2-0.dll", "bcryptprimitives.dll", "kernel32.dll", "msvcrt.dll", "ntdll.dll"];

/// What is tried under Wine: the system calls, and the real executable from end to end.
const PACKAGES: [&str; 2] = ["hikeshi-host", "hikeshi"];

/// Tests that prove nothing under Wine, by name, and why. On a real Windows they are to be run.
const UNSEEN_UNDER_WINE: [(&str, &str); 3] = [
    ("who_takes_more_memory_than_the_limit_is_ended_and_that_shows", NO_MEMORY_LIMIT),
    ("a_worker_that_has_no_memory_left_is_told_and_the_next_file_is_read", NO_MEMORY_LIMIT),
    (
        "an_exhausted_stack_shows_as_over_memory",
        "where telling of an exhausted stack takes more of it than is left, Wine ends the thread and not the process",
    ),
];
const NO_MEMORY_LIMIT: &str = "Wine takes a job's limit of memory and does not enforce it";

/// Sets up, builds or tests, as the first argument says.
pub(crate) fn run(rest: &[String]) -> Result<()> {
    match rest {
        [what] if what == "setup" => setup::workshop().map(|_| ()),
        [what] if what == "build" => build(&setup::workshop()?).map(|_| ()),
        [what] if what == "test" => test(),
        _ => bail!("`cargo xtask windows` wants setup, build or test"),
    }
}

/// The executable, built, held to its size and to what it may ask of the system.
fn build(workshop: &Workshop) -> Result<PathBuf> {
    let folder = target();
    let mut command = cargo(workshop, &["build", "--release", "--package", "hikeshi"]);
    shell::run(&mut command)?;
    let program = folder.join(TARGET).join("release").join("hikeshi.exe");
    let size = fs_err::metadata(&program)?.len();
    if size >= SIZE_CAP_BYTES {
        bail!("{} has {size} bytes; it must stay below {SIZE_CAP_BYTES}", program.display());
    }
    let libraries = libraries(&program)?;
    let foreign: Vec<_> = libraries.iter().filter(|name| !SYSTEM_LIBRARIES.contains(&name.as_str())).cloned().collect();
    if libraries.is_empty() || !foreign.is_empty() {
        bail!(
            "{} needs [{}]; not every Windows brings [{}]",
            program.display(),
            libraries.join(", "),
            foreign.join(", ")
        );
    }
    say(&format!("{}: {size} bytes, needs {}", program.display(), libraries.join(", ")));
    Ok(program)
}

/// The libraries that a program asks the system for, in lower case.
fn libraries(program: &Path) -> Result<Vec<String>> {
    let listing = shell::command("x86_64-w64-mingw32-objdump").arg("-p").arg(program).output()?;
    let listing = String::from_utf8_lossy(&listing.stdout);
    let named = listing.lines().filter_map(|line| line.trim().strip_prefix("DLL Name: "));
    Ok(named.map(str::to_ascii_lowercase).collect::<BTreeSet<_>>().into_iter().collect())
}

/// Builds, and runs the tests that make sense under Wine.
pub(crate) fn test() -> Result<()> {
    let workshop = setup::workshop()?;
    let program = build(&workshop)?;
    shell::run(workshop.wine().arg(&program).arg("--version"))?;
    let mut arguments = vec!["test", "--tests"];
    arguments.extend(PACKAGES.iter().flat_map(|package| ["--package", package]));
    arguments.push("--");
    arguments.extend(UNSEEN_UNDER_WINE.iter().flat_map(|(name, _)| ["--skip", name]));
    shell::run(&mut cargo(&workshop, &arguments))?;
    for (name, reason) in UNSEEN_UNDER_WINE {
        say(&format!("not seen under Wine: {name}: {reason}"));
    }
    Ok(())
}

/// Cargo for Windows: Debian's compiler with the standard library of the workshop, in a target folder of its own.
fn cargo(workshop: &Workshop, arguments: &[&str]) -> std::process::Command {
    say(&format!("$ cargo {} --target {TARGET}", arguments.join(" ")));
    let mut command = shell::command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let (subcommand, options) = arguments.split_at(1);
    command.args(subcommand).args(["--target", TARGET]).args(options).current_dir(crate::root());
    workshop.equip(&mut command);
    command.env("CARGO_TARGET_DIR", target());
    command
}

/// Two compilers in one target folder would be in each other's way.
fn target() -> PathBuf {
    let target = shell::target();
    let target = if target.is_absolute() { target } else { crate::root().join(target) };
    target.join("windows")
}

/// Where the sources of this command lie that are no Rust.
fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("windows")
}
