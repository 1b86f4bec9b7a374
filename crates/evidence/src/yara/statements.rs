//! What rules say of themselves.

use boreal::{MetadataValue, Scanner};

use super::{Rules, STATEMENT_BYTES, STATEMENTS_CAP};

/// What one rule says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its name.
    pub rule: String,
    /// The file that it stands in, as [`super::Match::file`].
    pub file: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its `meta` section, in order.
    pub meta: Vec<(String, String)>,
}

impl Statement {
    /// The first statement of this name, compared without ASCII case.
    #[must_use]
    pub fn meta(&self, name: &str) -> Option<&str> {
        self.meta.iter().find(|(have, _)| have.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl Rules {
    /// What all rules that can hold say of themselves; private rules cannot be told, so they are left out.
    pub fn statements(&self) -> impl Iterator<Item = Statement> {
        let scanner = &self.scanner;
        scanner.rules().filter(|rule| !rule.is_private).map(move |rule| Statement {
            rule: rule.name.to_owned(),
            file: rule.namespace.to_owned(),
            tags: rule.tags.iter().take(STATEMENTS_CAP).map(|tag| scanner.get_string_symbol(*tag).to_owned()).collect(),
            meta: rule
                .metadatas
                .iter()
                .take(STATEMENTS_CAP)
                .map(|one| (scanner.get_string_symbol(one.name).to_owned(), text(scanner, one.value)))
                .collect(),
        })
    }
}

/// The value of a statement as text, cut to [`STATEMENT_BYTES`].
pub(super) fn text(scanner: &Scanner, value: MetadataValue) -> String {
    match value {
        MetadataValue::Bytes(symbol) => {
            let bytes = scanner.get_bytes_symbol(symbol);
            String::from_utf8_lossy(bytes.get(..STATEMENT_BYTES).unwrap_or(bytes)).into_owned()
        }
        MetadataValue::Integer(number) => number.to_string(),
        MetadataValue::Boolean(value) => value.to_string(),
    }
}
