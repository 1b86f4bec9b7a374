//! The published JSON Schemas of reports and summaries, made from the types that are written.

use anyhow::{Result, bail};
use hikeshi_core::comparison::Comparison;
use hikeshi_core::fleet::Fleet;
use hikeshi_core::report::Report;
use schemars::Schema;

/// What to do with the generated text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Write it.
    Write,
    /// Fail when the file says something else.
    Compare,
}

pub(crate) fn generate(mode: Mode) -> Result<()> {
    each("docs/schema/hikeshi-report-1.json", &schemars::schema_for!(Report), mode)?;
    each("docs/schema/hikeshi-fleet-1.json", &schemars::schema_for!(Fleet), mode)?;
    each("docs/schema/hikeshi-comparison-1.json", &schemars::schema_for!(Comparison), mode)
}

fn each(file: &str, schema: &Schema, mode: Mode) -> Result<()> {
    let text = format!("{}\n", serde_json::to_string_pretty(schema)?);
    let path = crate::root().join(file);
    match mode {
        Mode::Write => {
            fs_err::create_dir_all(path.parent().unwrap_or(&path))?;
            fs_err::write(&path, text)?;
        }
        Mode::Compare if fs_err::read_to_string(&path)? != text => {
            bail!("{file} does not fit the code; run `cargo xtask gen` and read the difference");
        }
        Mode::Compare => {}
    }
    Ok(())
}
