//! Which process an event speaks of: who started it, who did something, who ended. Which fields say so is data, in
//! `sources.yaml`; what follows from it is in `follow/processes.rs`.

use hikeshi_core::time::Timestamp;
use hikeshi_evidence::record::{Record, Topic, Value};
use serde::Deserialize;

use super::sources::event_id;

/// A name of a program or a computer is taken up to so many bytes; Windows' own are shorter.
const LONGEST_NAME: usize = 1_024;
/// A GUID without braces.
const GUID: usize = 36;

/// The events that name processes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProcessEvents {
    /// Programs of which nobody wants to hear that they were started, as [`Named::image`] has them.
    silent: Vec<String>,
    events: Vec<Events>,
}

/// Some events of some channels.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Events {
    channels: Vec<String>,
    ids: Vec<u32>,
    starts: Option<Fields>,
    ends: Option<Fields>,
    by: Option<Fields>,
    /// Fields with what was done.
    #[serde(default)]
    tells: Vec<String>,
}

/// The fields that say which process it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    id: String,
    guid: Option<String>,
    image: Option<String>,
}

/// What an event says of processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Naming {
    /// The computer, in lower case.
    pub(crate) host: String,
    pub(crate) time: Timestamp,
    pub(crate) starts: Option<Named>,
    pub(crate) ends: Option<Named>,
    /// Who did it.
    pub(crate) by: Option<Named>,
}

/// A process as an event names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Named {
    /// Its number, which another one gets when it has ended.
    pub(crate) id: Option<u64>,
    /// Sysmon's GUID, in lower case and without braces.
    pub(crate) guid: Option<String>,
    /// Its program in lower case, without the drive: some events name a device instead.
    pub(crate) image: Option<String>,
}

impl ProcessEvents {
    /// What an event says of processes; `None` where it names none, or not when and where.
    pub(crate) fn read(&self, record: &Record) -> Option<Naming> {
        let events = self.of(record)?;
        let host = record.text("Computer").map(str::trim).filter(|host| is_name(host))?.to_lowercase();
        let named = |fields: &Option<Fields>| fields.as_ref().map(|fields| fields.read(record));
        Some(Naming {
            host,
            time: record.time?,
            starts: named(&events.starts),
            ends: named(&events.ends),
            by: named(&events.by),
        })
    }

    /// Fields of an event with what was done.
    pub(crate) fn tells(&self, record: &Record) -> &[String] {
        self.of(record).map_or(&[], |events| &events.tells)
    }

    /// Whether nobody wants to hear that a process was started.
    pub(crate) fn is_silent(&self, started: &Named) -> bool {
        started.image.as_ref().is_some_and(|image| self.silent.contains(image))
    }

    fn of(&self, record: &Record) -> Option<&Events> {
        if record.topic != Topic::Event {
            return None;
        }
        let id = event_id(record)?;
        let mut of_id = self.events.iter().filter(|events| events.ids.contains(&id)).peekable();
        of_id.peek()?;
        let channel = record.text("Channel")?;
        of_id.find(|events| events.channels.iter().any(|known| known.eq_ignore_ascii_case(channel)))
    }
}

impl Fields {
    fn read(&self, record: &Record) -> Named {
        let text = |name: &Option<String>| record.text(name.as_ref()?);
        Named {
            id: record.field(&self.id).and_then(number),
            guid: text(&self.guid).and_then(guid),
            image: text(&self.image).and_then(image),
        }
    }
}

impl Named {
    /// The name of its program, without the folder.
    pub(crate) fn name(&self) -> &str {
        name(self.image.as_deref())
    }
}

/// The name of a program, without the folder.
pub(crate) fn name(image: Option<&str>) -> &str {
    image.map_or("?", |image| image.rsplit('\\').next().unwrap_or(image))
}

/// The number of a process. 0 is no process that does anything.
fn number(value: &Value) -> Option<u64> {
    let number = match value {
        Value::Number(number) => u64::try_from(*number).ok()?,
        Value::Text(text) => {
            let text = text.trim();
            match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
                Some(hex) => u64::from_str_radix(hex, 16).ok()?,
                None => text.parse().ok()?,
            }
        }
        Value::Bool(_) | Value::List(_) => return None,
    };
    (number != 0).then_some(number)
}

/// A GUID in lower case and without braces. One of zeros stands for none.
fn guid(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('{').trim_end_matches('}');
    let is_guid = text.len() == GUID && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    (is_guid && text.bytes().any(|byte| byte != b'0' && byte != b'-')).then(|| text.to_ascii_lowercase())
}

fn image(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches(r"\??\").trim_start_matches(r"\\?\");
    if !is_name(text) {
        return None;
    }
    let lower = text.to_lowercase();
    let device =
        lower.strip_prefix(r"\device\harddiskvolume").and_then(|rest| rest.find('\\').map(|at| rest.get(at..)));
    let on_drive = lower.get(1..2).filter(|colon| *colon == ":").map(|_| lower.get(2..));
    let rest = device.or(on_drive).flatten().unwrap_or(&lower);
    (!rest.is_empty()).then(|| rest.to_owned())
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text != "-" && text.len() <= LONGEST_NAME
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::records::sources::Sources;

    fn created() -> Record {
        Record { time: Some(Timestamp::from_micros(7)), ..Record::new(Topic::Event, 0) }
            .with("Channel", "security")
            .with("EventID", "4688")
            .with("Computer", "EX01.example.org")
            .with("NewProcessId", "0x1a2c")
            .with("NewProcessName", r"C:\Windows\System32\CMD.exe")
            .with("ProcessId", "6700")
    }

    #[test]
    fn an_event_names_who_started_and_who_was_started() {
        let events = Sources::new([]).processes;
        let naming = events.read(&created()).unwrap();
        assert_eq!(naming.host, "ex01.example.org");
        let started = naming.starts.unwrap();
        assert_eq!((started.id, started.name()), (Some(0x1a2c), "cmd.exe"));
        assert_eq!(naming.by, Some(Named { id: Some(6_700), ..Named::default() }));
        assert!(events.tells(&created()).contains(&"CommandLine".to_owned()));
        let other = Record::new(Topic::Event, 0).with("Channel", "Application").with("EventID", "4688");
        assert_eq!(events.read(&other), None);
        assert_eq!(events.read(&Record { time: None, ..created() }), None);
    }

    #[test]
    fn numbers_are_the_same_in_hex_and_in_decimal() {
        let of = |text: &str| number(&Value::Text(text.to_owned()));
        assert_eq!([of("0x1A2C"), of("6700"), of(" 6700 ")], [Some(6_700); 3]);
        assert_eq!([of("0"), of("0x0"), of("-4"), of("0x"), of("x")], [None; 5]);
        assert_eq!(number(&Value::Number(6_700)), Some(6_700));
    }

    #[test]
    fn a_guid_of_zeros_is_none() {
        let of = |text: &str| guid(text);
        assert_eq!(
            of("{3D2C1B0A-0000-603F-0100-000000000B00}").as_deref(),
            Some("3d2c1b0a-0000-603f-0100-000000000b00")
        );
        assert_eq!([of("{00000000-0000-0000-0000-000000000000}"), of("{3D2C1B0A}"), of("-")], [None, None, None]);
    }

    #[test]
    fn a_program_is_the_same_on_a_drive_and_on_a_device() {
        for text in [
            r"C:\Windows\System32\cmd.exe",
            r"\Device\HarddiskVolume2\Windows\System32\cmd.exe",
            r"\??\C:\WINDOWS\system32\cmd.exe",
        ] {
            assert_eq!(image(text).as_deref(), Some(r"\windows\system32\cmd.exe"), "{text}");
        }
        assert_eq!([image("-"), image(""), image("C:"), image(&"x".repeat(5_000))], [None, None, None, None]);
        assert_eq!(image("é:").as_deref(), Some("é:"));
    }

    proptest! {
        #[test]
        fn any_value_is_read_without_a_panic(text in any::<String>()) {
            let events = Sources::new([]).processes;
            let record = created().with("ParentProcessName", text.as_str());
            prop_assert!(events.read(&record).is_some());
            let _ = (image(&text), guid(&text), number(&Value::Text(text)));
        }
    }
}
