//! What a Windows executable is built and tried with: Debian's compiler, linker and Wine, a standard library built once,
//! and a Wine prefix with the one library that Wine lacks. Everything but Debian's packages lies in the cache.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::TARGET;
use crate::debian;
use crate::shell::{self, command, say};

/// rustup's toolchains for Windows are out of reach where only Debian's archive can be had, and Debian ships no Windows
/// standard library. It ships a current compiler with the library's source.
const PACKAGES: [&str; 6] =
    ["rustc-web", "cargo-web", "rust-web-src", "gcc-mingw-w64-x86-64-posix", "g++-mingw-w64-x86-64-posix", "wine64"];

const RUSTC: &str = "/usr/bin/rustc";
const WINE: &str = "/usr/lib/wine/wine64";
const LINKER: &str = "x86_64-w64-mingw32-gcc-posix";

/// Everything that is needed, in place.
#[derive(Debug)]
pub(super) struct Workshop {
    sysroot: PathBuf,
    prefix: PathBuf,
}

/// Makes what is not there yet. What is there is left alone, so this costs a moment after the first time.
pub(super) fn workshop() -> Result<Workshop> {
    debian::install(&PACKAGES)?;
    let cache = shell::cache().join("tools").join("windows");
    fs_err::create_dir_all(&cache)?;
    let workshop = Workshop { sysroot: sysroot(&cache)?, prefix: cache.join("wine") };
    workshop.prepare_wine()?;
    Ok(workshop)
}

impl Workshop {
    /// Sets the environment of a cargo that builds for Windows and runs under Wine.
    pub(super) fn equip(&self, command: &mut Command) {
        let mut flags = "--sysroot ".to_owned();
        flags.push_str(&self.sysroot.display().to_string());
        command
            .env("RUSTC", RUSTC)
            .env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER", LINKER)
            .env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUSTFLAGS", flags)
            .env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", WINE)
            // A test under Wine cannot ask cargo where the snapshots are.
            .env("INSTA_WORKSPACE_ROOT", crate::root());
        self.haunt(command);
    }

    /// Wine, to be given a program.
    pub(super) fn wine(&self) -> Command {
        let mut command = command(WINE);
        self.haunt(&mut command);
        command
    }

    fn haunt(&self, command: &mut Command) {
        command.env("WINEPREFIX", &self.prefix).env("WINEDEBUG", "-all");
    }

    fn prepare_wine(&self) -> Result<()> {
        let system = self.prefix.join("drive_c/windows/system32");
        let library = system.join("bcryptprimitives.dll");
        if library.is_file() {
            return Ok(());
        }
        say("making a Wine prefix");
        // Without this, Wine offers to fetch a browser and .NET.
        shell::run(self.wine().args(["wineboot", "--init"]).env("WINEDLLOVERRIDES", "mscoree,mshtml="))?;
        // Wine would start its debugger for a program that crashes and wait for that without end.
        let crashes = "HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion\\AeDebug";
        shell::run(self.wine().args(["reg", "add", crashes, "/v", "Debugger", "/d", "none", "/f"]))?;
        let source = super::sources().join("bcryptprimitives.c");
        let made = self.prefix.join("bcryptprimitives.dll");
        shell::run(command(LINKER).args(["-shared", "-Os", "-s", "-o"]).arg(&made).arg(source).arg("-ladvapi32"))?;
        Ok(fs_err::rename(made, library)?)
    }
}

/// The standard library for Windows, built once for each version of the compiler.
fn sysroot(cache: &Path) -> Result<PathBuf> {
    let version = command(RUSTC).arg("--version").output()?;
    let version = String::from_utf8_lossy(&version.stdout);
    let Some(version) = version.split_whitespace().nth(1) else { bail!("{RUSTC} does not tell its version") };
    let sysroot = cache.join(format!("sysroot-{version}"));
    if sysroot.is_dir() {
        return Ok(sysroot);
    }
    say(&format!("building the standard library of Rust {version} for Windows; this takes some minutes, once"));
    let work = cache.join("standard-library");
    fs_err::create_dir_all(work.join("src"))?;
    fs_err::write(work.join("src/lib.rs"), "")?;
    let manifest = "[package]\nname = \"nothing\"\nedition = \"2024\"\n[workspace]\n";
    fs_err::write(work.join("Cargo.toml"), manifest)?;
    let mut build = command("/usr/bin/cargo");
    build.args(["build", "--release", "--target", TARGET, "-Z", "build-std=std,panic_unwind,proc_macro,test"]);
    // Debian's tools alone, and what the caller's cargo has set stays out.
    build.current_dir(&work).env("PATH", "/usr/bin:/bin").env("RUSTC", RUSTC).env("RUSTC_BOOTSTRAP", "1");
    build.env("CARGO_TARGET_DIR", work.join("target")).env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER", LINKER);
    // The release profile optimises across crates, which needs bitcode in each of them.
    build.env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUSTFLAGS", "-C embed-bitcode=yes");
    shell::run(&mut build)?;
    gather(&work.join("target").join(TARGET).join("release/deps"), &work.join("sysroot"))?;
    // Only what is complete gets the name that is looked for.
    fs_err::rename(work.join("sysroot"), &sysroot)?;
    fs_err::remove_dir_all(work)?;
    Ok(sysroot)
}

/// Copies the libraries to where a compiler looks for them.
fn gather(built: &Path, sysroot: &Path) -> Result<()> {
    let libraries = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    fs_err::create_dir_all(&libraries)?;
    for entry in fs_err::read_dir(built)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.ends_with(".rlib") && !name.starts_with("libnothing-") {
            fs_err::copy(entry.path(), libraries.join(&*name))?;
        }
    }
    Ok(())
}
