//! From an event's XML to fields by name, as Sigma rules know them.
//!
//! - below `System`: `EventID`, `Channel`, `Computer`, …; attributes as `Provider_Name`, `Execution_ProcessID`, …
//! - below `EventData`: each `Data` by its `Name`; without a name as `Data`, as often as it stands there.
//! - below `UserData` and elsewhere: each element that holds text by its own name, attributes as `Element_Attribute`.
//! - below `RenderingInfo`, which forwarded events carry: `Message`, and the rest as `Rendering_Level`, ….

use std::borrow::Cow;

use hikeshi_core::both;
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::quoted;
use crate::record::{FIELDS_CAP, Value};

/// Elements nested deeper are not events of Windows.
const DEPTH: usize = 64;

type Fields = Vec<(String, Value)>;

/// Appends the fields of an event; returns the time at which the event happened, where it is there.
pub(crate) fn read(xml: &[u8], fields: &mut Fields) -> Result<Option<Timestamp>, Text> {
    let xml = std::str::from_utf8(xml).map_err(quoted)?;
    let mut reader = Reader::from_str(xml);
    let mut walk = Walk { open: Vec::new(), text: String::new(), fields, created: None };
    loop {
        match reader.read_event().map_err(quoted)? {
            Event::Start(start) => walk.begin(&start)?,
            Event::Empty(start) => {
                walk.begin(&start)?;
                walk.end();
            }
            Event::End(_) => walk.end(),
            Event::Text(text) => walk.text.push_str(&text),
            Event::CData(text) => walk.text.push_str(&text),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().map_err(quoted)? {
                Some(character) => walk.text.push(character),
                None => walk.text.push_str(resolve_predefined_entity(&reference).unwrap_or("\u{fffd}")),
            },
            Event::Eof => return Ok(walk.created),
            _ => {}
        }
    }
}

struct Walk<'f> {
    open: Vec<Open>,
    text: String,
    fields: &'f mut Fields,
    created: Option<Timestamp>,
}

/// An element that is not closed yet.
struct Open {
    name: String,
    /// The field that its text goes to; `None` where the element is only a frame.
    field: Option<String>,
    /// An element stands inside it.
    has_children: bool,
}

/// Where in the event an element stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Frame,
    System,
    EventData,
    Rendering,
    Other,
}

impl Walk<'_> {
    fn part(&self) -> Part {
        match self.open.get(1).map(|part| part.name.as_str()) {
            None => Part::Frame,
            Some("System") => Part::System,
            Some("EventData") => Part::EventData,
            Some("RenderingInfo") => Part::Rendering,
            Some(_) => Part::Other,
        }
    }

    fn begin(&mut self, start: &BytesStart<'_>) -> Result<(), Text> {
        if self.open.len() >= DEPTH {
            return Err(both!("elements are nested deeper than {DEPTH}", "要素の入れ子が {DEPTH} 段を超える"));
        }
        if let Some(parent) = self.open.last_mut() {
            parent.has_children = true;
        }
        let name = start.local_name().as_ref().to_owned();
        let part = self.part();
        let field = match part {
            Part::Frame => None,
            Part::EventData => Some(self.of_event_data(&name, start)?),
            Part::System | Part::Other => Some(name.clone()),
            Part::Rendering if name == "Message" => Some(name.clone()),
            Part::Rendering => Some(format!("Rendering_{name}")),
        };
        self.attributes(part, &name, start)?;
        self.text.clear();
        self.open.push(Open { name, field, has_children: false });
        Ok(())
    }

    /// The field of an element below `EventData`: what stands inside a `Data` belongs to its name.
    fn of_event_data(&self, name: &str, start: &BytesStart<'_>) -> Result<String, Text> {
        if name == "Data" {
            let named = attributes(start).find_map(|attribute| {
                attribute.map(|(key, value)| (key == "Name" && !value.is_empty()).then_some(value)).transpose()
            });
            return Ok(named.transpose()?.map_or_else(|| "Data".to_owned(), Cow::into_owned));
        }
        let around = self.open.iter().rev().find(|open| open.name == "Data");
        Ok(around.and_then(|open| open.field.clone()).unwrap_or_else(|| name.to_owned()))
    }

    fn attributes(&mut self, part: Part, name: &str, start: &BytesStart<'_>) -> Result<(), Text> {
        for attribute in attributes(start) {
            let (key, value) = attribute?;
            if key == "xmlns" || key.starts_with("xmlns:") || (part == Part::EventData && key == "Name") {
                continue;
            }
            if part == Part::System && name == "TimeCreated" {
                self.created = Timestamp::parse(value.as_bytes()).or(self.created);
            }
            if !value.is_empty() {
                self.push(format!("{name}_{key}"), value.into_owned());
            }
        }
        Ok(())
    }

    fn end(&mut self) {
        let text = std::mem::take(&mut self.text);
        let Some(open) = self.open.pop() else { return };
        // A frame around other elements has no text of its own but blanks.
        let is_frame = open.has_children && text.trim().is_empty();
        // What a system element says, it says in attributes where it has no text.
        let is_mute = text.is_empty() && self.part() == Part::System;
        if let Some(field) = open.field
            && !is_frame
            && !is_mute
        {
            self.push(field, text);
        }
    }

    fn push(&mut self, name: String, text: String) {
        // One more than the cap, so that the record tells that it was cut.
        if self.fields.len() <= FIELDS_CAP {
            self.fields.push((name, Value::Text(text)));
        }
    }
}

fn attributes<'a>(start: &'a BytesStart<'_>) -> impl Iterator<Item = Result<(&'a str, Cow<'a, str>), Text>> {
    let mut all = start.attributes();
    all.with_checks(false);
    all.map(|attribute| {
        let attribute = attribute.map_err(quoted)?;
        let key = attribute.key.into_inner();
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(quoted)?;
        Ok((key, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(xml: &str) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        read(xml.as_bytes(), &mut fields).unwrap();
        let text = |value: Value| match value {
            Value::Text(text) => text,
            other => format!("{other:?}"),
        };
        fields.into_iter().map(|(name, value)| (name, text(value))).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn system_attributes_and_named_unnamed_repeated_and_nested_data_become_fields() {
        let xml = r#"<?xml version="1.0"?><Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>
            <Provider Name="P" Guid="{1}"/><EventID Qualifiers="16384">4688</EventID><Channel>Security</Channel>
            <TimeCreated SystemTime="2021-03-03T04:12:33.5Z"/><Correlation/></System>
            <EventData Name="Kind"><Data Name="CommandLine">cmd &amp; &#x22;x&quot;</Data><Data>first</Data><Data>second</Data>
            <Data Name="Empty"></Data><Data Name="Outer"><Inner>within</Inner></Data><Binary>00</Binary></EventData></Event>"#;
        assert_eq!(
            fields(xml),
            pairs(&[
                ("Provider_Name", "P"),
                ("Provider_Guid", "{1}"),
                ("EventID_Qualifiers", "16384"),
                ("EventID", "4688"),
                ("Channel", "Security"),
                ("TimeCreated_SystemTime", "2021-03-03T04:12:33.5Z"),
                ("EventData_Name", "Kind"),
                ("CommandLine", "cmd & \"x\""),
                ("Data", "first"),
                ("Data", "second"),
                ("Empty", ""),
                ("Outer", "within"),
                ("Binary", "00"),
            ])
        );
    }

    #[test]
    fn user_data_and_rendering_become_fields_by_the_names_of_their_elements() {
        let xml = r#"<Event><System><Level>4</Level></System>
            <UserData><LogFileCleared xmlns="x"><SubjectUserName>taro</SubjectUserName><e:Channel xmlns:e="y">System</e:Channel>
            </LogFileCleared></UserData>
            <RenderingInfo Culture="ja-JP"><Message>消去</Message><Level>情報</Level></RenderingInfo></Event>"#;
        assert_eq!(
            fields(xml),
            pairs(&[
                ("Level", "4"),
                ("SubjectUserName", "taro"),
                ("Channel", "System"),
                ("RenderingInfo_Culture", "ja-JP"),
                ("Message", "消去"),
                ("Rendering_Level", "情報"),
            ])
        );
    }

    #[test]
    fn elements_nested_without_end_are_refused() {
        assert!(read("<a>".repeat(100).as_bytes(), &mut Vec::new()).is_err());
    }
}
