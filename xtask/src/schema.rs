//! The published JSON Schema of reports, made from the types that are written.

use anyhow::{Result, bail};
use hikeshi_core::report::Report;

const PATH: &str = "docs/schema/hikeshi-report-1.json";

/// What to do with the generated text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Write it.
    Write,
    /// Fail when the file says something else.
    Compare,
}

pub(crate) fn generate(mode: Mode) -> Result<()> {
    let schema = schemars::schema_for!(Report);
    let text = format!("{}\n", serde_json::to_string_pretty(&schema)?);
    let path = crate::root().join(PATH);
    match mode {
        Mode::Write => {
            fs_err::create_dir_all(path.parent().unwrap_or(&path))?;
            fs_err::write(&path, text)?;
        }
        Mode::Compare if fs_err::read_to_string(&path)? != text => {
            bail!("{PATH} does not fit the code; run `cargo xtask gen` and read the difference");
        }
        Mode::Compare => {}
    }
    Ok(())
}
