//! Which fields of findings hold names of people and machines, so that whoever shares a report can replace them without the
//! pack at hand.

use std::collections::{BTreeMap, BTreeSet};

use hikeshi_core::family::{Family, FieldRole};
use hikeshi_core::finding::Finding;

/// The columns of `families` with such names that stand in a finding, spelled as they stand there.
pub(crate) fn field_roles<'f>(
    families: impl IntoIterator<Item = &'f Family>,
    findings: &[Finding],
) -> BTreeMap<String, FieldRole> {
    let present: BTreeSet<&String> = findings.iter().flat_map(|finding| finding.fields.keys()).collect();
    let mut roles = BTreeMap::new();
    for (column, role) in families.into_iter().flat_map(|family| family.roles.named()) {
        for field in present.iter().filter(|field| field.eq_ignore_ascii_case(column)) {
            roles.entry((*field).clone()).or_insert(role);
        }
    }
    roles
}
