//! How much of a record a finding shows.

/// A field shown in a finding is cut to so many characters.
const FIELD_CAP: usize = 400;
/// So many fields of a record are shown where nobody says which.
pub(crate) const FIELDS_SHOWN: usize = 12;

/// A value, cut to a length that people can read.
pub(crate) fn short(value: &str) -> String {
    match value.char_indices().nth(FIELD_CAP) {
        Some((at, _)) => format!("{}…", value.get(..at).unwrap_or_default()),
        None => value.to_owned(),
    }
}
