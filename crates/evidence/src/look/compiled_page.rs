//! What the web server notes of a page that it has compiled: which page, when it changed, into which assembly.
//!
//! Such a file stays when the page is deleted, so it tells that a page was run. It is XML; its only element is
//! `preserve`, with the page's path in `virtualPath` and the files that it was made of in `filedep` elements below.

use std::borrow::Cow;

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::text::Text;
use quick_xml::events::{BytesStart, Event};

use super::nature::decoded;
use crate::record::{Missed, Record, Value};

/// So many files that a page was made of are kept.
const DEPENDENCIES_CAP: usize = 256;
/// So many parts of the file are read.
const EVENTS_CAP: usize = 4_096;

/// Adds what the file says to its record.
pub(super) fn describe(mut record: Record, bytes: &[u8], missed: &mut Vec<Missed>) -> Record {
    const FIELDS: [(&str, &str); 5] = [
        ("virtualPath", "VirtualPath"),
        ("assembly", "Assembly"),
        ("type", "CompiledType"),
        ("filehash", "FileHash"),
        ("resultType", "ResultType"),
    ];
    let (text, _) = decoded(bytes);
    let text = String::from_utf8_lossy(&text);
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut dependencies = Vec::new();
    let mut surplus = 0;
    for _ in 0..EVENTS_CAP {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) => match element.local_name().as_ref() {
                "preserve" => {
                    for (name, field) in FIELDS {
                        if let Some(value) = attribute(&element, name) {
                            record = record.with(field, value);
                        }
                    }
                }
                "filedep" if dependencies.len() == DEPENDENCIES_CAP => surplus += 1,
                "filedep" => dependencies.extend(attribute(&element, "name")),
                _ => {}
            },
            Ok(Event::Eof) => {
                surplus_missed(surplus, missed);
                return with_dependencies(record, dependencies);
            }
            Ok(_) => {}
            Err(error) => {
                missed.push(Missed::new(Gap::Malformed).because(Text::quoted(error, "XML として読めない")));
                return with_dependencies(record, dependencies);
            }
        }
    }
    surplus_missed(surplus + 1, missed);
    with_dependencies(record, dependencies)
}

fn surplus_missed(count: u64, missed: &mut Vec<Missed>) {
    if count > 0 {
        missed.push(Missed {
            count,
            ..Missed::new(Gap::ValueCut).because(both!("files that a page was made of", "ページの元になったファイル"))
        });
    }
}

fn with_dependencies(record: Record, dependencies: Vec<String>) -> Record {
    if dependencies.is_empty() { record } else { record.with("FileDependencies", Value::List(dependencies)) }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.try_get_attribute(name).ok().flatten()?;
    // What cannot be unescaped is kept as it stands.
    let unescaped = quick_xml::escape::unescape(&attribute.value).map(Cow::into_owned).ok();
    Some(unescaped.unwrap_or_else(|| attribute.value.into_owned()))
}
