//! A record as Sigma rules see it.

use std::borrow::Cow;

use hikeshi_evidence::record::{Record, Value};
use rsigma_eval::{Event, EventValue};

use super::sources::Names;

/// One record, under the names that a rule's log source gives its fields.
pub(crate) struct RecordEvent<'a> {
    pub(crate) record: &'a Record,
    pub(crate) names: &'a Names,
}

impl<'a> RecordEvent<'a> {
    /// A record under its own names.
    pub(crate) fn plain(record: &'a Record) -> Self {
        static NONE: Names = Names::new();
        Self { record, names: &NONE }
    }

    fn values(&self, name: &str) -> Vec<EventValue<'a>> {
        // Some events have blanks in their names; Sigma writes these without.
        let squeezed = |have: &str| {
            have.contains(' ')
                && have.bytes().filter(|byte| *byte != b' ').map(|byte| byte.to_ascii_lowercase()).eq(lower(name))
        };
        let named = |have: &str| have.eq_ignore_ascii_case(name) || squeezed(have);
        let mut values = Vec::new();
        for (_, value) in self.record.fields.iter().filter(|(have, _)| named(have)) {
            push(value, &mut values);
        }
        values
    }

    fn texts(&self) -> impl Iterator<Item = Cow<'a, str>> {
        self.record.fields.iter().flat_map(|(_, value)| {
            let mut values = Vec::new();
            push(value, &mut values);
            values.into_iter().filter_map(|value| match value {
                EventValue::Str(text) => Some(text),
                other => other.as_str().map(|text| Cow::Owned(text.into_owned())),
            })
        })
    }
}

fn lower(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().map(|byte| byte.to_ascii_lowercase())
}

fn push<'a>(value: &'a Value, out: &mut Vec<EventValue<'a>>) {
    match value {
        Value::Text(text) => out.push(EventValue::Str(Cow::Borrowed(text))),
        Value::List(texts) => out.extend(texts.iter().map(|text| EventValue::Str(Cow::Borrowed(text)))),
        Value::Number(number) => out.push(EventValue::Int(*number)),
        Value::Bool(truth) => out.push(EventValue::Bool(*truth)),
    }
}

impl Event for RecordEvent<'_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        let renamed = self.names.get(path).map_or(path, String::as_str);
        let mut values = self.values(renamed);
        if values.is_empty() && renamed != path {
            values = self.values(path);
        }
        match values.len() {
            0 => None,
            1 => values.pop(),
            _ => Some(EventValue::Array(values)),
        }
    }

    fn any_string_value(&self, holds: &dyn Fn(&str) -> bool) -> bool {
        self.texts().any(|text| holds(&text))
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        self.texts().collect()
    }

    fn to_json(&self) -> serde_json::Value {
        let json = |value: &Value| match value {
            Value::Text(text) => serde_json::Value::String(text.clone()),
            Value::List(texts) => texts.iter().cloned().map(serde_json::Value::String).collect(),
            Value::Number(number) => (*number).into(),
            Value::Bool(truth) => (*truth).into(),
        };
        self.record.fields.iter().map(|(name, value)| (name.clone(), json(value))).collect()
    }
}
