//! `cargo xtask gen`: the files that are made from the code and lie in the repository, so that every change of them is read. CI
//! makes them again and compares.

use std::path::Path;

use anyhow::{Result, bail};

use crate::{reference, schema, screens};

/// What to do with the generated text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Write it.
    Write,
    /// Fail when the file says something else.
    Compare,
}

/// All of them: JSON Schemas from the types, pages and screens from the executable.
pub(crate) fn generate(mode: Mode, hikeshi: &Path) -> Result<()> {
    schema::generate(mode)?;
    reference::generate(mode, hikeshi)?;
    screens::generate(mode, hikeshi)
}

/// One file, by its path in the repository.
pub(crate) fn keep(file: &str, text: &str, mode: Mode) -> Result<()> {
    let path = crate::root().join(file);
    match mode {
        Mode::Write => {
            fs_err::create_dir_all(path.parent().unwrap_or(&path))?;
            fs_err::write(&path, text)?;
        }
        // A checkout on Windows may have put carriage returns in.
        Mode::Compare if fs_err::read_to_string(&path)?.replace("\r\n", "\n") != text => {
            bail!("{file} does not fit the code; run `cargo xtask gen` and read the difference");
        }
        Mode::Compare => {}
    }
    Ok(())
}
