//! XML that Windows keeps in files, walked element by element without a tree.
//!
//! A document type declaration is passed over and told; entities that it might declare are left as they are written, so
//! nothing is ever expanded or fetched.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::Read;

use encoding_rs::{UTF_16BE, UTF_16LE};
use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::text::Text;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::encoding::{CodePage, Encoding, decoded};
use crate::record::{Flow, Missed, Sink};

/// So much of a document is read. The largest configuration known is that of a web server with thousands of sites.
pub(crate) const DOCUMENT_CAP: usize = 16 << 20;
/// Elements nested deeper end the reading.
pub(crate) const DEPTH: usize = 64;

/// An element that begins.
pub(crate) struct Element {
    attributes: Vec<(String, String)>,
    /// Where in the file it begins, in bytes.
    pub(crate) offset: u64,
    /// Its line, from 1.
    pub(crate) line: u64,
}

impl Element {
    /// The value of an attribute; namespaces are left aside.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }
}

/// Who is told of elements. `path` is the names of the open elements without prefixes, with slashes between them.
pub(crate) trait Visit {
    fn begin(&mut self, path: &str, element: &Element, sink: &mut dyn Sink) -> Flow;
    /// `text` is what stands between the last tag and the end of the element.
    fn end(&mut self, path: &str, text: &str, sink: &mut dyn Sink) -> Flow;
}

/// Walks a document and tells what of it could not be read.
pub(crate) fn walk(source: &mut dyn Read, sink: &mut dyn Sink, visit: &mut dyn Visit) {
    let mut bytes = Vec::new();
    let read = source.take(DOCUMENT_CAP as u64 + 1).read_to_end(&mut bytes);
    if let Err(error) = read {
        sink.missed(Missed::new(Gap::ReadFailed).because(error));
    }
    if bytes.len() > DOCUMENT_CAP {
        bytes.truncate(DOCUMENT_CAP);
        sink.missed(Missed::new(Gap::TooLarge).because(both!(
            "what stands behind {DOCUMENT_CAP} bytes was not read",
            "{DOCUMENT_CAP} バイトより先は読んでいない"
        )));
    }
    let document = Document::new(&bytes);
    let place = Place { at: 0, offset: document.start, line: 1 };
    let mut walk = Walk { document: &document, place, open: Open::default(), content: String::new(), unresolved: 0 };
    if let Err(Text { en, ja }) = walk.run(sink, visit) {
        let line = walk.place.line;
        sink.missed(Missed::new(Gap::Malformed).because(both!("line {line}: {en}", "{line} 行目: {ja}")));
    }
    if walk.unresolved > 0 {
        let missed = Missed::new(Gap::Malformed)
            .because(both!("what a document type declares is not expanded", "文書型で宣言された実体は展開しない"));
        sink.missed(Missed { count: walk.unresolved, ..missed });
    }
}

/// The library's own words.
fn quoted(error: impl Display) -> Text {
    Text::quoted(error, "XML として読めない")
}

/// The document as UTF-8, and what its characters take in the file.
struct Document<'b> {
    text: Cow<'b, str>,
    /// `None` for UTF-16.
    page: Option<CodePage>,
    /// Bytes of the file before the text: the byte-order mark.
    start: u64,
}

impl<'b> Document<'b> {
    fn new(bytes: &'b [u8]) -> Self {
        let (text, page) = match Encoding::detect(bytes) {
            Encoding::Utf16Le => (UTF_16LE.decode_without_bom_handling(bytes).0, None),
            Encoding::Utf16Be => (UTF_16BE.decode_without_bom_handling(bytes).0, None),
            Encoding::Ascii => {
                let (text, page) = decoded(bytes);
                (text, Some(page))
            }
        };
        match text.strip_prefix('\u{feff}') {
            Some(rest) => {
                Document { start: if page.is_none() { 2 } else { 3 }, text: Cow::Owned(rest.to_owned()), page }
            }
            None => Document { text, page, start: 0 },
        }
    }
}

/// A position in the text with what it is in the file; it only moves forward.
struct Place {
    at: usize,
    offset: u64,
    line: u64,
}

impl Place {
    fn advance(&mut self, document: &Document<'_>, to: usize) {
        let passed = document.text.get(self.at..to).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed.as_bytes()).count() as u64;
        let bytes = document.page.map_or_else(|| passed.encode_utf16().count() * 2, |page| page.stored(passed));
        self.offset += bytes as u64;
        self.at = to.max(self.at);
    }
}

struct Walk<'d> {
    document: &'d Document<'d>,
    place: Place,
    open: Open,
    /// The text since the last tag.
    content: String,
    /// Document types and entities that were left as they are.
    unresolved: u64,
}

/// The open elements.
#[derive(Default)]
struct Open {
    path: String,
    /// The length of the path without each of them.
    lengths: Vec<usize>,
}

impl Open {
    fn push(&mut self, name: &str) {
        self.lengths.push(self.path.len());
        if !self.path.is_empty() {
            self.path.push('/');
        }
        self.path.push_str(name);
    }

    fn pop(&mut self) {
        self.path.truncate(self.lengths.pop().unwrap_or_default());
    }
}

impl Walk<'_> {
    fn run(&mut self, sink: &mut dyn Sink, visit: &mut dyn Visit) -> Result<(), Text> {
        let document = self.document;
        let mut reader = Reader::from_str(&document.text);
        let mut is_empty = true;
        loop {
            self.place.advance(document, usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX));
            let flow = match reader.read_event().map_err(quoted)? {
                Event::Start(start) => {
                    is_empty = false;
                    self.begin(&start, sink, visit)?
                }
                Event::Empty(start) => {
                    is_empty = false;
                    match self.begin(&start, sink, visit)? {
                        Flow::GoOn => self.end(sink, visit),
                        Flow::Stop => Flow::Stop,
                    }
                }
                Event::End(_) => self.end(sink, visit),
                Event::Eof if is_empty => return Err(both!("there is no element", "要素がない")),
                Event::Eof if self.open.lengths.is_empty() => return Ok(()),
                Event::Eof => {
                    let path = &self.open.path;
                    return Err(both!("the document ends inside {path}", "{path} の途中で文書が終わっている"));
                }
                other => {
                    self.gather(&other)?;
                    Flow::GoOn
                }
            };
            if flow == Flow::Stop {
                return Ok(());
            }
        }
    }

    fn begin(&mut self, start: &BytesStart<'_>, sink: &mut dyn Sink, visit: &mut dyn Visit) -> Result<Flow, Text> {
        if self.open.lengths.len() >= DEPTH {
            return Err(both!("elements are nested deeper than {DEPTH}", "要素の入れ子が {DEPTH} 段を超える"));
        }
        self.content.clear();
        self.open.push(start.local_name().as_ref());
        let element = Element { attributes: self.attributes(start)?, offset: self.place.offset, line: self.place.line };
        Ok(visit.begin(&self.open.path, &element, sink))
    }

    fn end(&mut self, sink: &mut dyn Sink, visit: &mut dyn Visit) -> Flow {
        let flow = visit.end(&self.open.path, self.content.trim(), sink);
        self.open.pop();
        self.content.clear();
        flow
    }

    /// Text in all its forms; what is no text is passed over.
    fn gather(&mut self, event: &Event<'_>) -> Result<(), Text> {
        match event {
            Event::Text(text) => self.content.push_str(text),
            Event::CData(text) => self.content.push_str(text),
            Event::GeneralRef(name) => match name.resolve_char_ref().map_err(quoted)? {
                Some(character) => self.content.push(character),
                None => {
                    let text = self.entity(name);
                    self.content.push_str(&text);
                }
            },
            // A bare name declares nothing; what else a document may refer to is counted where it does.
            Event::DocType(name) if name.trim().contains(|mark: char| mark.is_whitespace() || mark == '[') => {
                self.unresolved += 1;
            }
            _ => {}
        }
        Ok(())
    }

    fn entity(&mut self, name: &str) -> Cow<'static, str> {
        resolve_predefined_entity(name).map_or_else(
            || {
                self.unresolved += 1;
                Cow::Owned(format!("&{name};"))
            },
            Cow::Borrowed,
        )
    }

    fn attributes(&mut self, start: &BytesStart<'_>) -> Result<Vec<(String, String)>, Text> {
        let mut all = start.attributes();
        all.with_checks(false);
        all.map(|attribute| {
            let attribute = attribute.map_err(quoted)?;
            let name = attribute.key.local_name().as_ref().to_owned();
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap_or_else(|_| {
                self.unresolved += 1;
                Cow::Borrowed(&*attribute.value)
            });
            Ok((name, value.into_owned()))
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Gathered;

    /// Everything that is told, one entry an element.
    #[derive(Default)]
    struct Log(Vec<String>);

    impl Visit for Log {
        fn begin(&mut self, path: &str, element: &Element, _: &mut dyn Sink) -> Flow {
            let value = element.attribute("a").unwrap_or("-");
            self.0.push(format!("{path} a={value} @{} line {}", element.offset, element.line));
            Flow::GoOn
        }

        fn end(&mut self, path: &str, text: &str, _: &mut dyn Sink) -> Flow {
            if !text.is_empty() {
                self.0.push(format!("{path}: {text}"));
            }
            Flow::GoOn
        }
    }

    fn walked(bytes: &[u8]) -> (Vec<String>, Vec<Missed>) {
        let (mut log, mut sink) = (Log::default(), Gathered::default());
        walk(&mut &*bytes, &mut sink, &mut log);
        (log.0, sink.missed)
    }

    #[test]
    fn elements_are_walked_with_their_place_in_the_file() {
        let xml = "\u{feff}<?xml version=\"1.0\"?>\n<x:r>\n<火 a='1 &lt; &#50;'/><c>a &amp; b<![CDATA[<c>]]></c></x:r>";
        let expected = |at: [u64; 3]| {
            vec![
                format!("r a=- @{} line 2", at[0]),
                format!("r/火 a=1 < 2 @{} line 3", at[1]),
                format!("r/c a=- @{} line 3", at[2]),
                "r/c: a & b<c>".to_owned(),
            ]
        };
        assert_eq!(walked(xml.as_bytes()), (expected([25, 31, 54]), vec![]));
        let utf16: Vec<u8> = xml.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(walked(&utf16), (expected([46, 58, 100]), vec![]));
    }

    #[test]
    fn places_in_a_document_of_an_old_code_page_are_those_of_the_file() {
        assert_eq!(walked(b"<r>\x89\xce\xb6<c/></r>").0, ["r a=- @0 line 1", "r/c a=- @6 line 1"]);
        assert_eq!(walked(b"<r>\x96\x96\xe9<c/></r>").0, ["r a=- @0 line 1", "r/c a=- @6 line 1"]);
    }

    #[test]
    fn declared_entities_are_left_as_they_are_and_told() {
        let xml = r#"<!DOCTYPE r [<!ENTITY e "eeee"><!ENTITY f SYSTEM "file:///etc/passwd">]><r a="&e;">&f;&e;</r>"#;
        let (log, missed) = walked(xml.as_bytes());
        assert_eq!(log, ["r a=&e; @72 line 1", "r: &f;&e;"]);
        assert_eq!((missed[0].reason, missed[0].count), (Gap::Malformed, 4));
    }

    #[test]
    fn what_is_broken_or_endless_ends_the_reading_and_is_told() {
        for text in ["", "no markup", "<r><a></r>", "<r><a>", "<r", "<r a=></r>"] {
            assert_eq!(walked(text.as_bytes()).1[0].reason, Gap::Malformed, "{text}");
        }
        let (log, missed) = walked("<a>".repeat(1000).as_bytes());
        assert_eq!((log.len(), missed.len()), (DEPTH, 1));
        let (_, missed) = walked(format!("<r>{}</r>", " ".repeat(DOCUMENT_CAP)).as_bytes());
        assert_eq!(missed[0].reason, Gap::TooLarge);
    }
}
