//! One row of a log, borrowed from the reader's buffer.

use std::borrow::Cow;

use hikeshi_core::time::Timestamp;

use crate::encoding::text;
use crate::fields::{Ending, Field};
use crate::layout::{Layout, leading_time};

/// One row, and the layout by which its columns are named.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The row's bytes, without its line break.
    pub bytes: &'a [u8],
    /// Its fields.
    pub fields: &'a [Field],
    /// The header in force.
    pub layout: &'a Layout,
    /// How well the row fits.
    pub fit: Fit,
    /// Physical line, from 1, where it begins.
    pub line: u64,
    /// Offset of its first byte in the text of the file.
    pub offset: u64,
    /// What the search knows of the row, in its own numbers; `None` where it was not asked or cannot tell.
    pub hints: Option<&'a [usize]>,
}

/// How well a row fits the header above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// As many fields as columns, all quotes closed.
    Whole,
    /// The file ends in the row, as it does in a log that is still written; the columns that are there are sure.
    Cut,
    /// Another number of fields than columns, or an open quote in the middle of the file.
    Malformed,
    /// No header stands above it.
    NoHeader,
}

impl<'a> Row<'a> {
    /// The value of a column by its place; `None` where the row has none there.
    #[must_use]
    pub fn column(&self, place: usize) -> Option<Cow<'a, str>> {
        self.fields.get(place).map(|field| self.value(field))
    }

    /// The value of a column by its name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<Cow<'a, str>> {
        self.layout.header.as_ref().and_then(|header| header.position(name)).and_then(|place| self.column(place))
    }

    /// All values in order.
    pub fn values(&self) -> impl Iterator<Item = Cow<'a, str>> {
        self.fields.iter().map(|field| self.value(field))
    }

    /// The row as it stands.
    #[must_use]
    pub fn line_text(&self) -> Cow<'a, str> {
        text(self.bytes)
    }

    /// When the row was written.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        // A row without a header, or one whose columns have shifted, still begins with its time in most logs.
        self.layout.time(self.bytes, self.fields).or_else(|| leading_time(self.bytes))
    }

    fn value(&self, field: &Field) -> Cow<'a, str> {
        match field.value(self.bytes) {
            Cow::Borrowed(bytes) => text(bytes),
            Cow::Owned(bytes) => Cow::Owned(text(&bytes).into_owned()),
        }
    }
}

/// Compares the number of fields with the number of columns.
#[must_use]
pub fn fit(layout: &Layout, fields: usize, ending: Ending, last_of_file: bool) -> Fit {
    let Some(header) = &layout.header else { return Fit::NoHeader };
    if ending == Ending::Whole && fields == header.names().len() {
        Fit::Whole
    } else if last_of_file && fields <= header.names().len() {
        Fit::Cut
    } else {
        Fit::Malformed
    }
}
