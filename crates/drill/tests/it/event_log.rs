//! Event logs, read back with the crate `evtx`, which checks every checksum.

use std::collections::BTreeSet;
use std::io::{Cursor, ErrorKind};

use evtx::{EvtxParser, ParserSettings};
use hikeshi_core::time::Timestamp;
use hikeshi_drill::event_log::{Body, Datum, Element, Event, EventLog, Guid, Level, Provider, Sid, State, Value};

const CHUNK: usize = 64 << 10;
const COMPUTER: &str = "gate.ferry.example";

fn time(second: i64) -> Timestamp {
    Timestamp::from_micros(1_583_020_800_123_456 + second * 1_000_000)
}

fn guid(text: &str) -> Guid {
    text.parse().unwrap()
}

fn sid(text: &str) -> Sid {
    text.parse().unwrap()
}

fn audit() -> Provider {
    Provider::new("Microsoft-Windows-Security-Auditing", guid("{54849625-5478-4994-a5ba-3e3b0328c30d}"))
}

/// An event with a body, at a second.
fn event(body: Body, second: i64) -> Event {
    Event { body, ..Event::new(audit(), 4688, time(second), COMPUTER) }
}

fn said(text: &str) -> Event {
    event(Body::named([("CommandLine", text.into())]), 0)
}

/// Id and XML of every record, where all records and checksums are right.
pub(crate) fn read(bytes: &[u8]) -> Vec<(u64, String)> {
    let settings = ParserSettings::new().validate_checksums(true).indent(false).num_threads(1);
    let mut parser = EvtxParser::from_buffer(bytes.to_vec()).unwrap().with_configuration(settings);
    let records = parser.records().map(|record| record.unwrap());
    let xml = |data: String| data.strip_prefix("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n").unwrap().to_owned();
    records.map(|record| (record.event_record_id, xml(record.data))).collect()
}

/// What a record says behind the part of the system.
fn body_of(log: EventLog) -> String {
    let records = read(&log.write().unwrap());
    let xml = &records.last().unwrap().1;
    let body = &xml[xml.find("</System>").unwrap() + "</System>".len()..];
    body.strip_suffix("</Event>").unwrap().to_owned()
}

fn body(body: Body) -> String {
    body_of(EventLog::new("Security").event(event(body, 0)))
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

#[test]
fn all_that_the_system_says_comes_back() {
    let event = Event {
        version: 2,
        level: Level::Always,
        task: 13_312,
        opcode: 7,
        keywords: 0x8020_0000_0000_0000,
        activity: Some(guid("0f3c1e5a-7b2d-4e6f-9a8b-1c2d3e4f5a6b")),
        process: 620,
        thread: 4_211,
        user: Some(sid("S-1-5-18")),
        ..Event::new(audit(), 4624, time(0), COMPUTER)
    };
    assert_eq!(
        read(&EventLog::new("Security").first_record(70_211).event(event).write().unwrap()),
        [(
            70_211,
            "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System>\
             <Provider Name=\"Microsoft-Windows-Security-Auditing\" Guid=\"{54849625-5478-4994-a5ba-3e3b0328c30d}\"/>\
             <EventID>4624</EventID><Version>2</Version><Level>0</Level><Task>13312</Task><Opcode>7</Opcode>\
             <Keywords>0x8020000000000000</Keywords><TimeCreated SystemTime=\"2020-03-01T00:00:00.1234560Z\"/>\
             <EventRecordID>70211</EventRecordID><Correlation ActivityID=\"{0f3c1e5a-7b2d-4e6f-9a8b-1c2d3e4f5a6b}\"/>\
             <Execution ProcessID=\"620\" ThreadID=\"4211\"/><Channel>Security</Channel>\
             <Computer>gate.ferry.example</Computer><Security UserID=\"S-1-5-18\"/></System></Event>"
                .to_owned()
        )]
    );
}

#[test]
fn a_provider_without_manifest_says_less_of_itself() {
    let event = Event {
        qualifiers: Some(16_384),
        body: Body::Texts { texts: ["a", "", "火", ""].map(str::to_owned).to_vec(), binary: vec![1, 0xfe] },
        ..Event::new(Provider::classic("Ferry Desk"), 6, time(0), COMPUTER)
    };
    assert_eq!(
        read(&EventLog::new("Application").event(event).write().unwrap())[0].1,
        "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System>\
         <Provider Name=\"Ferry Desk\"/><EventID Qualifiers=\"16384\">6</EventID><Level>4</Level><Task>0</Task>\
         <Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime=\"2020-03-01T00:00:00.1234560Z\"/>\
         <EventRecordID>1</EventRecordID><Channel>Application</Channel><Computer>gate.ferry.example</Computer>\
         <Security/></System><EventData><Data>a</Data><Data></Data><Data>火</Data><Data></Data>\
         <Binary>01FE</Binary></EventData></Event>"
    );
}

#[test]
fn every_type_of_value_comes_back() {
    let values = Body::named([
        ("text", "<\"&'> 火消し 🔥".into()),
        ("nothing", "".into()),
        ("uint8", Value::UInt8(255)),
        ("uint16", Value::UInt16(65_535)),
        ("uint32", Value::UInt32(u32::MAX)),
        ("uint64", Value::UInt64(u64::MAX)),
        ("hex32", Value::Hex32(0xdead)),
        ("hex64", Value::Hex64(0x1a2b)),
        ("yes", Value::Bool(true)),
        ("no", Value::Bool(false)),
        ("binary", Value::Binary(vec![0, 1, 0xfe])),
        ("guid", Value::Guid(guid("{0f3c1e5a-7b2d-4e6f-9a8b-1c2d3e4f5a6b}"))),
        ("sid", Value::Sid(sid("S-1-5-21-1004336348-1177238915-682003330-1107"))),
        ("time", Value::Time(time(0))),
        ("texts", Value::Texts(vec!["one".to_owned(), "two".to_owned()])),
    ]);
    assert_eq!(
        body(values).replace("</Data>", "</Data>\n"),
        "<EventData><Data Name=\"text\">&lt;\"&amp;'&gt; 火消し 🔥</Data>\n\
         <Data Name=\"nothing\"></Data>\n\
         <Data Name=\"uint8\">255</Data>\n\
         <Data Name=\"uint16\">65535</Data>\n\
         <Data Name=\"uint32\">4294967295</Data>\n\
         <Data Name=\"uint64\">18446744073709551615</Data>\n\
         <Data Name=\"hex32\">0xdead</Data>\n\
         <Data Name=\"hex64\">0x1a2b</Data>\n\
         <Data Name=\"yes\">true</Data>\n\
         <Data Name=\"no\">false</Data>\n\
         <Data Name=\"binary\">0001FE</Data>\n\
         <Data Name=\"guid\">{0f3c1e5a-7b2d-4e6f-9a8b-1c2d3e4f5a6b}</Data>\n\
         <Data Name=\"sid\">S-1-5-21-1004336348-1177238915-682003330-1107</Data>\n\
         <Data Name=\"time\">2020-03-01T00:00:00.1234560Z</Data>\n\
         <Data Name=\"texts\">one</Data>\n\
         <Data Name=\"texts\">two</Data>\n\
         </EventData>"
    );
}

#[test]
fn every_form_of_body_comes_back() {
    assert_eq!(body(Body::Nothing), "");
    let data = vec![Datum { name: None, value: "a".into() }, Datum { name: None, value: Value::UInt32(7) }];
    let named = Body::Data { name: Some("Boarding".to_owned()), data };
    assert_eq!(body(named), "<EventData Name=\"Boarding\"><Data>a</Data><Data>7</Data></EventData>");
    assert_eq!(body(Body::texts(["alone"])), "<EventData><Data>alone</Data></EventData>");
    let user = Element::of(
        "LogFileCleared",
        vec![
            Element::value("SubjectUserSid", Value::Sid(sid("S-1-5-18"))),
            Element::of("Deck", vec![Element::value("Row", "7".into()).attribute("side", "lee")]),
        ],
    );
    assert_eq!(
        body(Body::User(user.attribute("xmlns", "http://ferry.example/"))),
        "<UserData><LogFileCleared xmlns=\"http://ferry.example/\"><SubjectUserSid>S-1-5-18</SubjectUserSid>\
         <Deck><Row side=\"lee\">7</Row></Deck></LogFileCleared></UserData>"
    );
}

#[test]
fn events_of_many_kinds_fill_several_chunks_in_order() {
    let mut log = EventLog::new("Security").first_record(500);
    for index in 0..2_000 {
        let body = match index % 3 {
            0 => Body::named([("Number", Value::UInt32(index))]),
            1 => Body::texts([index.to_string().as_str(), "or so"]),
            _ => Body::User(Element::value("Number", index.to_string().as_str().into())),
        };
        log = log.event(event(body, index.into()));
    }
    let bytes = log.write().unwrap();
    assert_eq!(bytes.len() % CHUNK, 4 << 10);
    assert!(bytes.len() > 5 * CHUNK);
    let records = read(&bytes);
    assert_eq!(records.len(), 2_000);
    for (index, (id, xml)) in records.iter().enumerate() {
        assert_eq!(*id, 500 + index as u64);
        assert!(xml.contains(&format!(">{index}<")) && xml.contains(&format!("<EventRecordID>{id}<")), "{xml}");
    }
}

/// What the chains of a chunk name: texts, and identifiers of templates.
fn chains(chunk: &[u8]) -> (Vec<String>, Vec<Vec<u8>>) {
    let (mut names, mut templates) = (Vec::new(), Vec::new());
    for bucket in 0..96 {
        let mut at = number(chunk, 128 + 4 * bucket) as usize;
        while at != 0 {
            if bucket < 64 {
                let units = chunk[at + 8..].chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
                let count = u16::from_le_bytes([chunk[at + 6], chunk[at + 7]]);
                names.push(String::from_utf16(&units.take(count.into()).collect::<Vec<_>>()).unwrap());
            } else {
                templates.push(chunk[at + 4..at + 20].to_vec());
                assert_eq!(number(chunk, at - 4) as usize, at, "the first instance points to it");
            }
            let next = number(chunk, at) as usize;
            assert!(next < at, "chains lead backwards");
            at = next;
        }
    }
    (names, templates)
}

#[test]
fn each_chunk_has_each_name_and_template_once() {
    let mut log = EventLog::new("Security");
    for second in 0..1_000 {
        log = log.event(event(Body::named([("Wind", Value::UInt32(9)), ("Rain", "yes".into())]), second));
    }
    let bytes = log.write().unwrap();
    for chunk in bytes[4 << 10..].chunks(CHUNK) {
        let (names, templates) = chains(chunk);
        let once: BTreeSet<_> = names.iter().map(String::as_str).collect();
        assert_eq!(once.len(), names.len());
        assert!(once.is_superset(&["Event", "System", "Provider", "Name", "EventData", "Data"].into()), "{once:?}");
        assert_eq!(templates.len(), 2);
        assert_ne!(templates[0], templates[1]);
    }
}

#[test]
fn a_log_copied_from_a_running_machine_is_dirty_and_holds_more_than_its_header_says() {
    let log = |state| {
        let events = (0..500).map(|second| event(Body::texts(["x".repeat(500).as_str()]), second));
        events.fold(EventLog::new("Security").state(state), EventLog::event).write().unwrap()
    };
    let (clean, dirty) = (log(State::Clean), log(State::Dirty));
    assert_eq!(clean[CHUNK..], dirty[CHUNK..]);
    let header = |bytes: &[u8]| [16, 24, 120].map(|at| number(bytes, at)).map(u64::from);
    let chunks = clean.len() as u64 / CHUNK as u64;
    assert_eq!(header(&clean), [chunks - 1, 501, 0]);
    assert_eq!(header(&dirty), [0, 2, 1]);
    assert_eq!((clean[42], dirty[42]), (chunks as u8, 1));
    assert_eq!(read(&dirty).len(), 500);
}

#[test]
fn an_event_that_no_chunk_holds_is_refused_and_costs_no_other() {
    let mut writer = EventLog::new("Security").event(said("first")).write_to(Cursor::new(Vec::new())).unwrap();
    for too_long in [40_000, 70_000] {
        let error = writer.event(&said(&"x".repeat(too_long))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(error.to_string(), "event 4688 does not fit into a chunk of 65536 bytes");
    }
    assert_eq!(writer.event(&said(&"y".repeat(30_000))).unwrap(), 2);
    assert_eq!(writer.event(&said("last")).unwrap(), 3);
    let records = read(&writer.finish().unwrap().into_inner());
    let ids: Vec<_> = records.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [1, 2, 3]);
    assert!(records[1].1.contains(&"y".repeat(30_000)) && records[2].1.contains("last"));
}

#[test]
fn a_log_without_events_has_one_empty_chunk() {
    let bytes = EventLog::new("Security").write().unwrap();
    assert_eq!(bytes.len(), (4 << 10) + CHUNK);
    assert!(read(&bytes).is_empty());
}

#[test]
fn odd_texts_come_back() {
    for text in ["]]>", "%1 {0}", "a\r\nb\tc", " ", &"長い".repeat(10_000)] {
        let expected =
            format!("<EventData><Data Name=\"CommandLine\">{}</Data></EventData>", text.replace('>', "&gt;"));
        assert_eq!(body_of(EventLog::new("Security").event(said(text))), expected);
    }
}

#[test]
fn the_same_events_give_the_same_bytes_however_they_come() {
    let events = || (0..300).map(|second| event(Body::named([("Second", Value::Time(time(second)))]), second));
    let whole = events().fold(EventLog::new("Security"), EventLog::event).write().unwrap();
    let mut writer = EventLog::new("Security").write_to(Cursor::new(Vec::new())).unwrap();
    for event in events() {
        writer.event(&event).unwrap();
    }
    assert!(writer.finish().unwrap().into_inner() == whole);
}
