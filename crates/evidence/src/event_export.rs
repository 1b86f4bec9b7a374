//! Windows events that somebody exported as XML, as `wevtutil query-events` and the Event Viewer write them: one `Event`
//! element after the other, with or without `Events` around them, in UTF-8, UTF-16 or a code page.
//! Source: <https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/wevtutil>.
//!
//! An export is what a query chose. What it leaves out did not fail to happen, so it says nothing of the time that a log covers.

use std::io::{self, Read};

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::text::Text;
use memchr::memmem;

use crate::encoding::{Encoding, Utf8Reader, text};
use crate::event_log::account::Told;
use crate::event_log::{EARLIEST, fields, fill};
use crate::record::{Flow, Missed, RECORD_CAP, Record, Sink, Topic};

const BEGIN: &[u8] = b"<Event";
const END: &[u8] = b"</Event>";
/// So much is read at once.
const BLOCK: usize = 64 << 10;
/// So much of the beginning tells the encoding.
const HEAD: usize = 4 << 10;

/// Reads an export from its beginning to its end. An event that cannot be read costs itself.
pub fn read(source: &mut dyn Read, sink: &mut dyn Sink) {
    let mut export = Export { sink, damaged: Told::default() };
    if let Err(error) = export.read(source) {
        export.sink.missed(Missed::new(Gap::ReadFailed).because(error));
    }
    let Export { sink, damaged } = export;
    damaged.missed(Gap::DamagedRecords).into_iter().for_each(|missed| sink.missed(missed));
}

struct Export<'s> {
    sink: &'s mut dyn Sink,
    damaged: Told,
}

impl Export<'_> {
    fn read(&mut self, source: &mut dyn Read) -> io::Result<()> {
        let mut head = Vec::with_capacity(HEAD);
        source.take(HEAD as u64).read_to_end(&mut head)?;
        let encoding = Encoding::detect(&head);
        let mut source = Utf8Reader::new(head.as_slice().chain(source), encoding);
        let (mut text, mut passed, mut ended) = (Vec::new(), 0_u64, false);
        while !ended {
            let had = text.len();
            text.resize(had + BLOCK, 0);
            let count = fill(&mut source, text.get_mut(had..).unwrap_or_default())?;
            text.truncate(had + count);
            ended = count < BLOCK;
            let (done, flow) = self.events(&text, passed, ended);
            if flow == Flow::Stop {
                return Ok(());
            }
            text.drain(..done);
            passed += done as u64;
        }
        Ok(())
    }

    /// Hands over the whole events of a text that begins at byte `passed`; returns how much of it is done with.
    fn events(&mut self, text: &[u8], passed: u64, ended: bool) -> (usize, Flow) {
        let (mut at, mut has_end) = (0, true);
        while let Some(begin) = begin(text, at) {
            let rest = text.get(begin..).unwrap_or_default();
            let place = passed + begin as u64;
            // Where one event does not end in this text, none behind it does: so it is searched once.
            let end = if has_end { memmem::find(rest, END) } else { None };
            has_end = end.is_some();
            match end.map(|end| end + END.len()) {
                Some(length) if length <= RECORD_CAP => {
                    let Some(xml) = rest.get(..length) else { break };
                    at = begin + length;
                    if self.event(xml, place) == Flow::Stop {
                        return (at, Flow::Stop);
                    }
                }
                Some(length) => {
                    at = begin + length;
                    self.damaged.add(1, || {
                        both!(
                            "the event at byte {place} is longer than {RECORD_CAP} bytes",
                            "バイト位置 {place} のイベントが {RECORD_CAP} バイトを超える"
                        )
                    });
                }
                None if rest.len() > RECORD_CAP => {
                    // Whatever began here, the next event begins behind it.
                    at = begin + BEGIN.len();
                    self.damaged.add(1, || {
                        both!("the event at byte {place} does not end", "バイト位置 {place} のイベントが終わっていない")
                    });
                }
                None if ended => {
                    self.damaged.add(1, || {
                        both!("the event at byte {place} is cut", "バイト位置 {place} のイベントが途中で切れている")
                    });
                    return (text.len(), Flow::GoOn);
                }
                None => return (begin, Flow::GoOn),
            }
        }
        // A beginning may be cut by the end of the text.
        (text.len().saturating_sub(if ended { 0 } else { BEGIN.len() }).max(at), Flow::GoOn)
    }

    fn event(&mut self, xml: &[u8], offset: u64) -> Flow {
        let mut event = Record::new(Topic::Event, offset);
        match fields::read(text(xml).as_bytes(), &mut event.fields) {
            Ok(time) => {
                event.time = time.filter(|time| *time >= EARLIEST);
                event.number = event.text("EventRecordID").and_then(|number| number.parse().ok());
                self.sink.record(event)
            }
            Err(Text { en, ja }) => {
                self.damaged
                    .add(1, || both!("the event at byte {offset}: {en}", "バイト位置 {offset} のイベント: {ja}"));
                Flow::GoOn
            }
        }
    }
}

/// Where the next `Event` begins; `Events` and `EventData` are others.
fn begin(text: &[u8], from: usize) -> Option<usize> {
    let found = memmem::find_iter(text.get(from..)?, BEGIN).map(|at| from + at);
    let is_whole =
        |at: &usize| text.get(at + BEGIN.len()).is_some_and(|sign| matches!(sign, b' ' | b'>' | b'\r' | b'\n' | b'\t'));
    found.into_iter().find(is_whole)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::{Gathered, Value};

    fn read_all(bytes: &[u8]) -> Gathered {
        let mut gathered = Gathered::default();
        read(&mut &*bytes, &mut gathered);
        gathered
    }

    fn event(number: u32, user: &str) -> String {
        format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Kamome'/>\
             <EventID>4720</EventID><TimeCreated SystemTime='2021-03-03T04:05:06.1234567Z'/>\
             <EventRecordID>{number}</EventRecordID><Channel>Security</Channel></System>\
             <EventData><Data Name='TargetUserName'>{user}</Data></EventData></Event>\r\n"
        )
    }

    fn users(kept: &Gathered) -> Vec<(Option<u64>, &str)> {
        kept.records.iter().map(|record| (record.number, record.text("TargetUserName").unwrap())).collect()
    }

    #[test]
    fn events_are_read_alone_and_in_a_document_and_in_the_encodings_of_the_tools() {
        let rows = event(7, "taro") + &event(8, "花子");
        let document = format!("\u{feff}<?xml version=\"1.0\"?>\r\n<Events>{rows}</Events>");
        let wide: Vec<u8> = "\u{feff}".encode_utf16().chain(rows.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let (in_code_page, ..) = encoding_rs::SHIFT_JIS.encode(&rows);
        for bytes in [rows.as_bytes(), document.as_bytes(), &wide, &in_code_page] {
            let kept = read_all(bytes);
            assert_eq!(users(&kept), [(Some(7), "taro"), (Some(8), "花子")]);
            assert_eq!(kept.missed, []);
            assert_eq!(kept.records[0].field("EventID"), Some(&Value::from("4720")));
            assert_eq!(kept.records[0].time.unwrap().to_string(), "2021-03-03T04:05:06.123456Z");
        }
    }

    #[test]
    fn beginnings_without_an_end_are_counted_in_little_time() {
        let many = "<Event ".repeat(600_000);
        let kept = read_all((many + &event(1, "a")).as_bytes());
        assert_eq!(users(&kept), []);
        assert!(kept.missed[0].count > 100_000, "{:?}", kept.missed);
    }

    #[test]
    fn an_event_that_cannot_be_read_costs_itself_and_is_counted() {
        let broken = "<Event><System></Nothing></Event>";
        let large = format!("<Event>{}</Event>", "x".repeat(RECORD_CAP));
        let cut = "<Event><System>";
        let kept = read_all([&event(1, "a"), broken, &event(2, "b"), &large, &event(3, "c"), cut].concat().as_bytes());
        assert_eq!(users(&kept), [(Some(1), "a"), (Some(2), "b"), (Some(3), "c")]);
        let [missed] = &kept.missed[..] else { panic!("{:?}", kept.missed) };
        assert_eq!((missed.reason, missed.count), (Gap::DamagedRecords, 3));
    }

    #[test]
    fn events_are_found_across_the_borders_of_blocks() {
        let rows: String = (0..2_000).map(|number| event(number, "taro")).collect();
        assert_eq!(read_all(rows.as_bytes()).records.len(), 2_000);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "(<Event>|<Event |</Event>|<System>|</System>|[a-z<&;/ '=é]){0,80}") {
            let kept = read_all(text.as_bytes());
            prop_assert!(kept.records.len() <= text.matches("</Event>").count());
        }
    }
}
