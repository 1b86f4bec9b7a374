//! JSON, piece by piece: one bad object costs one object, and nothing is held but its text.
//!
//! Nesting is bounded by `serde_json` (128 levels), which passes over what is not asked for without recursion.

use std::fmt;

use hikeshi_core::both;
use hikeshi_core::text::Text;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::intake::{INDICATORS_CAP, Intake, LeftOut, Skip};
use super::read::Format;
use super::{misp, stix};

/// Lists of lists of events are opened so deep.
const DEPTH_CAP: usize = 4;
/// So many words are kept of a list of words.
const WORDS_CAP: usize = 64;

/// The parts of a document by which its form shows.
#[derive(serde::Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    objects: Option<&'a RawValue>,
    #[serde(borrow, rename = "Event")]
    event: Option<&'a RawValue>,
    #[serde(borrow)]
    response: Option<&'a RawValue>,
    #[serde(borrow, rename = "Attribute")]
    attribute: Option<&'a RawValue>,
    #[serde(borrow, rename = "Object")]
    object: Option<&'a RawValue>,
    #[serde(borrow)]
    pattern: Option<&'a RawValue>,
}

/// Reads JSON, or several documents of it behind one another. `None` where the text is no JSON from the beginning: lists may
/// begin with a bracket.
///
/// Behind a document that is malformed, reading goes on with the next line that begins one.
pub(super) fn read(source: &str, text: &str, intake: &mut Intake) -> Option<Format> {
    let mut format = Format::Unknown;
    let (mut rest, mut lines_before) = (text, 0);
    while !rest.trim().is_empty() {
        let mut documents = serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>();
        let error = loop {
            match documents.next() {
                Some(Ok(document)) => {
                    let found = read_document(source, document, DEPTH_CAP, intake);
                    format = if found == Format::Unknown { format } else { found };
                }
                Some(Err(error)) => break error,
                None => return Some(format),
            }
        };
        let is_first = lines_before == 0 && documents.byte_offset() == 0;
        if is_first && rest.trim_start().starts_with('[') {
            return None;
        }
        let place = format!("line {}", lines_before + error.line());
        intake.leave(
            LeftOut::part(Skip::Malformed, source, &place).because(Text::quoted(&error, "JSON として読めません")),
        );
        if error.is_eof() {
            break;
        }
        // Past the line that holds the error, so that however many errors there are, all is read once.
        let mut behind = rest.split_inclusive('\n');
        let skipped = behind.by_ref().take(error.line()).map(str::len).sum::<usize>();
        let others = behind.take_while(|line| !line.starts_with('{')).map(|line| (1, line.len()));
        let (count, length) = others.fold((0, 0), |(count, length), (one, more)| (count + one, length + more));
        lines_before += error.line() + count;
        rest = rest.get(skipped + length..).unwrap_or_default();
    }
    Some(format)
}

fn read_document(source: &str, document: &RawValue, depth: usize, intake: &mut Intake) -> Format {
    if depth == 0 {
        intake.leave(
            LeftOut::part(Skip::Malformed, document.get(), "").because(both!("nested too deep", "入れ子が深すぎます")),
        );
        return Format::Unknown;
    }
    if document.get().starts_with('[') {
        let mut format = Format::Unknown;
        each(document, "", intake, &mut |document, intake| {
            let found = read_document(source, document, depth - 1, intake);
            format = if found == Format::Unknown { format } else { found };
        });
        return format;
    }
    match serde_json::from_str::<Document<'_>>(document.get()) {
        Ok(Document { objects: Some(objects), .. }) => {
            stix::read(source, objects, intake);
            Format::Stix
        }
        Ok(Document { pattern: Some(_), .. }) => {
            stix::read_object(source, document, intake);
            Format::Stix
        }
        Ok(Document { event: Some(event), .. }) => {
            misp::read(source, event, intake);
            Format::Misp
        }
        Ok(Document { response: Some(response), .. }) => read_document(source, response, depth - 1, intake),
        Ok(Document { attribute, object, .. }) if attribute.is_some() || object.is_some() => {
            misp::read(source, document, intake);
            Format::Misp
        }
        Ok(_) => Format::Unknown,
        Err(error) => {
            intake.leave(
                LeftOut::part(Skip::Malformed, document.get(), "")
                    .because(Text::quoted(error, "JSON として読めません")),
            );
            Format::Unknown
        }
    }
}

/// Calls `with` for each element of an array, up to a cap; tells what is no array.
pub(super) fn each(array: &RawValue, place: &str, intake: &mut Intake, with: &mut dyn FnMut(&RawValue, &mut Intake)) {
    match serde_json::from_str::<Elements<'_>>(array.get()) {
        Ok(elements) => {
            for element in elements.first {
                with(element, intake);
            }
            let detail = both!("the array is longer than what is read", "配列が読む上限より長くなっています");
            intake.leave_many(LeftOut::part(Skip::TooMany, "", place).because(detail), elements.beyond);
        }
        Err(error) => intake.leave(
            LeftOut::part(Skip::Malformed, array.get(), place).because(Text::quoted(error, "JSON として読めません")),
        ),
    }
}

/// The elements of an array as they stand.
struct Elements<'a> {
    first: Vec<&'a RawValue>,
    beyond: u64,
}

impl<'de: 'a, 'a> Deserialize<'de> for Elements<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;

        impl<'de> Visitor<'de> for Reading {
            type Value = Elements<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
                let mut elements = Elements { first: Vec::new(), beyond: 0 };
                while elements.first.len() < INDICATORS_CAP {
                    match array.next_element()? {
                        Some(element) => elements.first.push(element),
                        None => return Ok(elements),
                    }
                }
                while array.next_element::<IgnoredAny>()?.is_some() {
                    elements.beyond += 1;
                }
                Ok(elements)
            }
        }

        deserializer.deserialize_seq(Reading)
    }
}

/// A value as text, whether it is written as a string, a number or a truth value; empty for anything else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word(pub String);

/// Several of them; a single one counts as a list of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words(pub Vec<String>);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Lenient).map(|words| Self(words.into_iter().next().unwrap_or_default()))
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Lenient).map(Self)
    }
}

/// Reads whatever stands there as words.
struct Lenient;

impl<'de> Visitor<'de> for Lenient {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(vec![text.to_owned()])
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(vec![truth.to_string()])
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(vec![number.to_string()])
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(vec![number.to_string()])
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(vec![number.to_string()])
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        let mut words = Vec::new();
        while let Some(Word(word)) = array.next_element()? {
            if words.len() < WORDS_CAP {
                words.push(word);
            }
        }
        Ok(words)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Vec::new())
    }
}
