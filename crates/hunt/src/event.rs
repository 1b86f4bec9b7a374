//! A record as Sigma rules see it, without copying what is not looked at.

use std::borrow::Cow;
use std::collections::HashMap;

use hikeshi_core::family::Family;
use hikeshi_core::time::Timestamp;
use hikeshi_evidence::encoding::text;
use hikeshi_evidence::layout::Layout;
use hikeshi_evidence::row::Row;
use rsigma_eval::{Event, EventValue};

use crate::decode;
use crate::program::Program;

/// Where the fields that rules name stand under one header. Worked out once per header.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    number: Option<u64>,
    names: HashMap<String, Place>,
    views: Vec<View>,
    uri: Option<(Option<usize>, Option<usize>)>,
}

/// What a field name stands for.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// The column; none for fields that are the joined address alone, such as `c-uri`.
    column: Option<usize>,
    /// The joined address is seen too. A property of the name, not of the column: a rule that asks for the path must
    /// not be answered by the query, which a client writes as it likes.
    uri: bool,
}

/// How one column is seen besides as stored.
#[derive(Debug, Clone, Copy, Default)]
struct View {
    percent: bool,
    plus: bool,
}

impl Columns {
    /// Works out the columns of `layout`, unless they are known already.
    pub(crate) fn follow(&mut self, layout: &Layout, family: &Family) {
        if self.number.replace(layout.number) == Some(layout.number) {
            return;
        }
        let header = layout.header.as_ref();
        let position = |name: &str| header.and_then(|header| header.position(name));
        let columns = header.map_or(&[][..], |header| header.names());
        // As written and in lower case: rules mostly write a column as the log does.
        let spellings = |name: &String, at| {
            let place = Place { column: Some(at), uri: false };
            [(name.to_ascii_lowercase(), place), (name.clone(), place)]
        };
        self.names = columns.iter().enumerate().rev().flat_map(|(at, name)| spellings(name, at)).collect();
        self.views = vec![View::default(); columns.len()];
        for (list, set) in [
            (&family.decode.percent, (|view| view.percent = true) as fn(&mut View)),
            (&family.decode.plus, |view| view.plus = true),
        ] {
            for view in list.iter().filter_map(|name| position(name)).collect::<Vec<_>>() {
                self.views.get_mut(view).into_iter().for_each(set);
            }
        }
        for (field, column) in &family.fields {
            if let Some(at) = position(column) {
                self.names.extend(spellings(field, at));
            }
        }
        self.uri = family.uri.as_ref().map(|uri| (position(&uri.stem), position(&uri.query)));
        for field in family.uri.iter().flat_map(|uri| &uri.fields) {
            let column = self.place(field).and_then(|place| place.column);
            for name in [field.to_ascii_lowercase(), field.clone()] {
                self.names.insert(name, Place { column, uri: true });
            }
        }
    }
}

impl Columns {
    /// The columns that the values of `fields` are made of.
    pub(crate) fn behind(&self, fields: &[String]) -> Vec<usize> {
        let mut columns = Vec::new();
        for field in fields {
            let Some(place) = self.place(field) else { continue };
            if place.uri {
                columns.extend(self.uri.into_iter().flat_map(|(stem, query)| [stem, query]).flatten());
            }
            columns.extend(place.column);
        }
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    fn place(&self, field: &str) -> Option<Place> {
        self.names.get(field).or_else(|| self.names.get(&field.to_ascii_lowercase())).copied()
    }
}

/// How sure the columns of a record are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// By the header.
    Columns,
    /// Any value may be in any column.
    AnyColumn,
}

/// One record under one sight.
pub(crate) struct RowEvent<'a> {
    pub(crate) row: &'a Row<'a>,
    pub(crate) columns: &'a Columns,
    pub(crate) program: &'a Program,
    pub(crate) sight: Sight,
}

impl<'a> RowEvent<'a> {
    fn stored(&self, place: usize) -> Option<Cow<'a, str>> {
        let value = self.row.column(place)?;
        (!(self.program.dash_is_absent() && value == "-")).then_some(value)
    }

    /// "stem?query", or the stem where there is no query.
    fn uri(&self) -> Option<String> {
        let (stem, query) = self.columns.uri?;
        let stem = self.stored(stem?)?;
        match query.and_then(|query| self.stored(query)).filter(|query| !query.is_empty()) {
            Some(query) => Some(format!("{stem}?{query}")),
            None => Some(stem.into_owned()),
        }
    }

    fn any_column(&self) -> EventValue<'a> {
        // The time in front of every row would meet any rule that asks for a number beginning with its year.
        let stored: Vec<_> = self.row.values().filter(|value| !is_time(value)).collect();
        let more: Vec<_> = stored.iter().filter_map(|value| decoded(value)).map(Cow::Owned).collect();
        EventValue::Array(stored.into_iter().chain(more).map(EventValue::Str).collect())
    }
}

fn is_time(value: &str) -> bool {
    Timestamp::parse(value.as_bytes()).is_some() || Timestamp::parse_two(b"2000-01-01", value.as_bytes()).is_some()
}

/// The text without its escapes, where it has any.
fn decoded(stored: &str) -> Option<String> {
    match decode::percent(stored.as_bytes()) {
        Cow::Borrowed(_) => None,
        Cow::Owned(bytes) => Some(text(&bytes).into_owned()),
    }
}

impl Event for RowEvent<'_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        if self.sight == Sight::AnyColumn {
            return Some(self.any_column());
        }
        let place = self.columns.place(path)?;
        let view = place.column.and_then(|column| self.columns.views.get(column)).copied().unwrap_or_default();
        let stored = place.column.and_then(|column| self.stored(column));
        let mut more: Vec<Cow<'_, str>> = Vec::new();
        if let Some(stored) = &stored {
            if view.percent {
                more.extend(decoded(stored).map(Cow::Owned));
            }
            if (view.plus || view.percent) && stored.contains('+') {
                let spaced = stored.replace('+', " ");
                more.extend(decoded(&spaced).map(Cow::Owned));
                more.push(Cow::Owned(spaced));
            }
        }
        if place.uri
            && let Some(uri) = self.uri()
        {
            more.extend(decoded(&uri).map(Cow::Owned));
            more.push(Cow::Owned(uri));
        }
        if more.is_empty() {
            return stored.map(EventValue::Str);
        }
        Some(EventValue::Array(stored.into_iter().chain(more).map(EventValue::Str).collect()))
    }

    fn any_string_value(&self, holds: &dyn Fn(&str) -> bool) -> bool {
        let line = self.row.line_text();
        holds(&line) || decoded(&line).is_some_and(|line| holds(&line)) || self.row.values().any(|value| holds(&value))
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        let line = self.row.line_text();
        let decoded = decoded(&line).map(Cow::Owned);
        self.row.values().chain(decoded).chain([line]).collect()
    }

    fn to_json(&self) -> serde_json::Value {
        let names = self.row.layout.header.as_ref().map_or(&[][..], |header| header.names());
        let pairs = names.iter().cloned().zip(self.row.values());
        pairs.map(|(name, value)| (name, serde_json::Value::String(value.into_owned()))).collect()
    }
}
