//! The readers of others that reports are given to in tests: Python programs in an environment of their own in the cache.
//!
//! `validators/validate.py` says which; `validators/requirements.txt` names every version.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::shell::{self, command, say};
use crate::tree;

/// The variable by which tests find the interpreter. Where it is not set, a test of a face says that it was left out.
pub(crate) const VARIABLE: &str = "HIKESHI_VALIDATORS";

/// The interpreter of the environment, which is made where it is not there yet or other versions are asked for.
pub(crate) fn set_up() -> Result<PathBuf> {
    let wanted = fs_err::read_to_string(sources().join("requirements.txt"))?;
    let folder = shell::cache().join("tools").join("validators");
    let python = if cfg!(windows) { folder.join("Scripts/python.exe") } else { folder.join("bin/python") };
    // Written last, so that an environment that was not finished is made anew.
    let finished = folder.join("finished.txt");
    if python.is_file() && fs_err::read_to_string(&finished).is_ok_and(|have| have == wanted) {
        return Ok(python);
    }
    say("making an environment for the readers of reports (Python); once");
    tree::remove(&folder)?;
    let base = interpreter()?;
    fs_err::create_dir_all(&folder)?;
    shell::run(command(base).args(["-m", "venv"]).arg(&folder)).context("the Python environment cannot be made")?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"];
    shell::run(command(&python).args(install).arg("--requirement").arg(sources().join("requirements.txt")))
        .context("the readers of reports cannot be installed from PyPI")?;
    fs_err::write(finished, wanted)?;
    Ok(python)
}

/// A Python that can make environments. As root on Debian it is installed where it is missing.
fn interpreter() -> Result<&'static str> {
    let is_able = |python: &str| {
        command(python).args(["-c", "import venv, ensurepip"]).output().is_ok_and(|ended| ended.status.success())
    };
    let candidates = ["python3", "/usr/bin/python3"];
    if let Some(python) = candidates.into_iter().find(|python| is_able(python)) {
        return Ok(python);
    }
    let is_root = command("id").arg("--user").output().is_ok_and(|answer| answer.stdout.trim_ascii() == b"0");
    if !is_root || !Path::new("/usr/bin/apt-get").is_file() {
        bail!("Python 3.11 or newer with `venv` is missing; on Debian, as root: apt-get install python3-venv");
    }
    say("$ apt-get install python3-venv");
    shell::run(command("apt-get").args(["--quiet", "update"]))?;
    let install = ["--quiet", "install", "--yes", "--no-install-recommends", "python3-venv"];
    shell::run(command("apt-get").args(install).env("DEBIAN_FRONTEND", "noninteractive"))?;
    candidates.into_iter().find(|python| is_able(python)).context("python3-venv is installed and does not work")
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("validators")
}
