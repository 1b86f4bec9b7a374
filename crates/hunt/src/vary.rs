//! Variants of a sample that mean the same: a rule that finds the one must find the others.

use hikeshi_core::family::{Family, Format};

/// Rows under their header, as values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) names: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// A way to write the same rows otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// Upper case for lower and the reverse.
    Case,
    /// Letters percent-encoded, in the columns that are decoded.
    Percent,
    /// Every field in quotes.
    Quotes,
    /// The columns from last to first.
    Order,
}

pub(crate) const VARIANTS: [Variant; 4] = [Variant::Case, Variant::Percent, Variant::Quotes, Variant::Order];

impl Variant {
    /// The table written in this way; `None` where the family's format knows no such variant.
    pub(crate) fn write(self, table: &Table, family: &Family) -> Option<String> {
        let table = match self {
            Self::Case => table.map(family, |_, value| value.chars().map(swap_case).collect()),
            Self::Percent if family.decode.percent.is_empty() => return None,
            Self::Percent => table.map(family, |name, value| {
                let decoded = family.decode.percent.iter().any(|column| column.eq_ignore_ascii_case(name));
                if decoded { percent(value) } else { value.to_owned() }
            }),
            Self::Quotes if family.format == Format::W3c => return None,
            Self::Quotes => table.clone(),
            Self::Order => table.reversed(),
        };
        Some(table.write(family, self == Self::Quotes))
    }
}

impl Table {
    /// Applies a change to every value that is not the time.
    fn map(&self, family: &Family, change: impl Fn(&str, &str) -> String) -> Self {
        use hikeshi_core::family::TimeColumns;
        let is_time = |name: &str| match &family.time {
            TimeColumns::One { column } => name.eq_ignore_ascii_case(column),
            TimeColumns::Two { date, time } => name.eq_ignore_ascii_case(date) || name.eq_ignore_ascii_case(time),
        };
        let value = |(name, value): (&String, &String)| if is_time(name) { value.clone() } else { change(name, value) };
        let rows = self.rows.iter().map(|row| self.names.iter().zip(row).map(value).collect()).collect();
        Self { names: self.names.clone(), rows }
    }

    fn reversed(&self) -> Self {
        let turn = |row: &Vec<String>| row.iter().rev().cloned().collect();
        Self { names: turn(&self.names), rows: self.rows.iter().map(turn).collect() }
    }

    fn write(&self, family: &Family, quote_all: bool) -> String {
        let mut out = String::new();
        let (prefix, separator) = match family.format {
            Format::Delimited => ("", family.delimiter),
            Format::W3c => ("#Fields: ", ' '),
        };
        out.push_str(prefix);
        for row in std::iter::once(&self.names).chain(&self.rows) {
            let is_header = std::ptr::eq(row, &self.names);
            let fields = row.iter().map(|value| match family.format {
                Format::Delimited => quoted(value, family.delimiter, quote_all && !is_header),
                Format::W3c => value.clone(),
            });
            out.push_str(&fields.collect::<Vec<_>>().join(&separator.to_string()));
            out.push_str("\r\n");
        }
        out
    }
}

fn quoted(value: &str, delimiter: char, always: bool) -> String {
    let needs = always || value.contains([delimiter, '"', '\r', '\n']);
    if needs { format!("\"{}\"", value.replace('"', "\"\"")) } else { value.to_owned() }
}

fn swap_case(character: char) -> char {
    if character.is_ascii_lowercase() { character.to_ascii_uppercase() } else { character.to_ascii_lowercase() }
}

/// Every second letter as an escape; what is an escape already stays.
fn percent(value: &str) -> String {
    if value.contains('%') || value == "-" {
        return value.to_owned();
    }
    let encode = |(at, character): (usize, char)| {
        if at % 2 == 0 && character.is_ascii_alphabetic() {
            format!("%{:02x}", u32::from(character))
        } else {
            character.to_string()
        }
    };
    value.chars().enumerate().map(encode).collect()
}
