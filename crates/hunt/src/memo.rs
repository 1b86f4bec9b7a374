//! Same values, same answer: a rule that looks at few columns is asked once for each set of their values.
//!
//! Web logs repeat themselves: the same page, method and status come by the thousand.

use ahash::AHashMap;

use hikeshi_evidence::row::Row;
use rsigma_ir::{IrDetection, IrMatcher, IrRule};

use crate::event::Columns;

/// Sets of values remembered per rule; then all are forgotten.
const ENTRIES: usize = 4_096;
/// Longer sets of values are not remembered.
const KEY_CAP: usize = 512;

/// The answers of the rules of one program, for one file.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    header: Option<u64>,
    /// For each rule, the columns it looks at under this header; `None` where that cannot be told.
    columns: Vec<Option<Vec<usize>>>,
    answers: Vec<AHashMap<Vec<u8>, bool>>,
    key: Vec<u8>,
}

impl Memo {
    /// Forgets what was worked out for another header.
    pub(crate) fn follow(&mut self, header: u64, columns: &Columns, fields: &[Option<Vec<String>>]) {
        if self.header.replace(header) == Some(header) {
            return;
        }
        self.columns = fields.iter().map(|fields| fields.as_ref().map(|fields| columns.behind(fields))).collect();
        self.answers.iter_mut().for_each(|known| known.clear());
        self.answers.resize_with(fields.len(), AHashMap::new);
    }

    /// The answer for a record that fits its header: the known one, or the one that `ask` gives.
    pub(crate) fn answer(&mut self, rule: usize, row: &Row<'_>, ask: impl FnOnce() -> bool) -> bool {
        let (Some(Some(columns)), Some(answers)) = (self.columns.get(rule), self.answers.get_mut(rule)) else {
            return ask();
        };
        self.key.clear();
        for field in columns.iter().filter_map(|column| row.fields.get(*column)) {
            let value = row.bytes.get(field.start..field.end).unwrap_or_default();
            self.key.extend_from_slice(value);
            // No field of a row holds a line break outside quotes, so this keeps "a","b" apart from "ab","".
            self.key.extend_from_slice(&[b'\n', u8::from(field.doubled)]);
        }
        if self.key.len() > KEY_CAP {
            return ask();
        }
        if let Some(known) = answers.get(self.key.as_slice()) {
            return *known;
        }
        if answers.len() >= ENTRIES {
            answers.clear();
        }
        let answer = ask();
        answers.insert(self.key.clone(), answer);
        answer
    }
}

/// The fields that decide over a rule; `None` where it looks at the whole row.
pub(crate) fn fields(rule: &IrRule) -> Option<Vec<String>> {
    let mut out = Vec::new();
    rule.detections.values().try_for_each(|detection| of_detection(detection, &mut out))?;
    out.sort();
    out.dedup();
    Some(out)
}

fn of_detection(detection: &IrDetection, out: &mut Vec<String>) -> Option<()> {
    match detection {
        IrDetection::AllOf(items) => items.iter().try_for_each(|item| {
            out.push(item.field.clone()?);
            is_plain(&item.matcher).then_some(())
        }),
        IrDetection::AnyOf(parts) | IrDetection::And(parts) => {
            parts.iter().try_for_each(|part| of_detection(part, out))
        }
        IrDetection::Keywords(_) | IrDetection::ArrayMatch { .. } | IrDetection::Conditional { .. } => None,
    }
}

/// Whether a matcher looks at nothing but its own field.
fn is_plain(matcher: &IrMatcher) -> bool {
    match matcher {
        IrMatcher::FieldRef { .. } | IrMatcher::Expand { .. } => false,
        IrMatcher::Not(inner) => is_plain(inner),
        IrMatcher::AnyOf(parts) | IrMatcher::AllOf(parts) => parts.iter().all(is_plain),
        _ => true,
    }
}
