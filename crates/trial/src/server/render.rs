//! Writing: rows in order of time below their head, events as a channel's file, and where each trace came to stand.

use anyhow::Result;

use super::{Content, Encoding, Head, Key, Row};
use crate::event::{self, Event};
use crate::moment::Moment;

/// A key's places within one file.
#[derive(Debug, Default)]
pub(super) struct Placed {
    pub(super) lines: Vec<u64>,
    pub(super) records: Vec<u64>,
    pub(super) holds: Vec<String>,
    pub(super) first: Option<Moment>,
    pub(super) last: Option<Moment>,
}

impl Placed {
    pub(super) fn add(&mut self, hit: &Hit) {
        self.lines.extend(hit.line);
        self.records.extend(hit.record);
        if let Some(time) = hit.time {
            self.first = Some(self.first.map_or(time, |first| first.min(time)));
            self.last = Some(self.last.map_or(time, |last| last.max(time)));
        }
    }
}

/// One place of a key.
pub(super) struct Hit {
    pub(super) key: Key,
    pub(super) line: Option<u64>,
    pub(super) record: Option<u64>,
    pub(super) time: Option<Moment>,
}

/// A file's bytes, and the places of its keys.
pub(super) fn render(content: Content, modified: Moment) -> Result<(Vec<u8>, Vec<Hit>)> {
    match content {
        Content::Rows { head, opened, rows } => Ok(render_rows(&head, opened, rows)),
        Content::Events(events) => render_events(events),
        Content::Whole { bytes, keys } => {
            let hit = |(key, line)| Hit { key, line, record: None, time: Some(modified) };
            Ok((bytes, keys.into_iter().map(hit).collect()))
        }
    }
}

fn render_rows(head: &Head, opened: Moment, mut rows: Vec<Row>) -> (Vec<u8>, Vec<Hit>) {
    rows.sort_by_key(|row| row.time);
    let opened = rows.first().map_or(opened, |row| row.time);
    let mark = if matches!(head, Head::Mail { .. }) { "\u{feff}" } else { "" };
    let mut text = format!("{mark}{}", head.text(opened));
    let mut line = 1 + text.matches('\n').count();
    let mut hits = Vec::new();
    for row in &rows {
        if let Some(key) = row.key {
            hits.push(Hit { key, line: u64::try_from(line).ok(), record: None, time: Some(row.time) });
        }
        text.push_str(&row.text);
        text.push_str("\r\n");
        line += 1 + row.text.matches('\n').count();
    }
    let encoding = if let Head::Windows { encoding, .. } = head { *encoding } else { Encoding::Plain };
    (encoding.store(&text), hits)
}

fn render_events(mut events: Vec<(Event, Option<Key>)>) -> Result<(Vec<u8>, Vec<Hit>)> {
    events.sort_by_key(|(event, _)| event.time);
    // Logs that run for years seldom begin at 1.
    let first = events.first().map_or(1, |(event, _)| 1 + u64::from(event.id) * 37);
    let mut hits = Vec::new();
    for (record, (event, key)) in (first..).zip(&events) {
        if let Some(key) = *key {
            hits.push(Hit { key, line: None, record: Some(record), time: Some(event.time) });
        }
    }
    let events: Vec<Event> = events.into_iter().map(|(event, _)| event).collect();
    Ok((event::file::write(first, &events)?, hits))
}
