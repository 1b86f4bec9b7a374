//! The published JSON Schemas of reports and summaries, made from the types that are written.

use anyhow::Result;
use hikeshi_core::comparison::Comparison;
use hikeshi_core::fleet::Fleet;
use hikeshi_core::report::Report;
use schemars::Schema;

use crate::generated::{self, Mode};

pub(crate) fn generate(mode: Mode) -> Result<()> {
    each("docs/schema/hikeshi-report-1.json", &schemars::schema_for!(Report), mode)?;
    each("docs/schema/hikeshi-fleet-1.json", &schemars::schema_for!(Fleet), mode)?;
    each("docs/schema/hikeshi-comparison-1.json", &schemars::schema_for!(Comparison), mode)
}

fn each(file: &str, schema: &Schema, mode: Mode) -> Result<()> {
    generated::keep(file, &format!("{}\n", serde_json::to_string_pretty(schema)?), mode)
}
