//! Debian's packages, installed where they are missing.

use anyhow::{Result, bail};

use crate::shell::{self, command, say};

/// Sees that packages are there. Where they are not and cannot be had, that is an error.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let missing: Vec<_> = packages.iter().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let install = ["install", "--yes", "--no-install-recommends"];
    let names = missing.iter().map(|package| **package).collect::<Vec<_>>().join(" ");
    let by_hand = format!("apt-get update && apt-get {} {names}", install.join(" "));
    if !is_root() {
        bail!("packages of Debian are missing; as root, run: {by_hand}");
    }
    say(&format!("$ {by_hand}"));
    shell::run(command("apt-get").args(["--quiet", "update"]))?;
    shell::run(command("apt-get").arg("--quiet").args(install).args(missing).env("DEBIAN_FRONTEND", "noninteractive"))
}

fn is_installed(package: &str) -> bool {
    let asked = command("dpkg-query").args(["--show", "--showformat=${db:Status-Status}", package]).output();
    asked.is_ok_and(|answer| answer.stdout == b"installed")
}

fn is_root() -> bool {
    command("id").arg("--user").output().is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}
