//! From the YAML shapes to byte segments: looks names up, encodes columns, joins rows.

mod disk;
mod event;

use std::collections::BTreeMap;

use crate::{
    Error,
    clock::{self, MINUTE, Moment},
    error::Error as E,
    shape::{By, Entry as ListEntry, File, Format, Kind, Names, Request, Rotation, Scalar, Step, Stream, Text},
    template::{Draw, Encoding, Segment, encode, join, many_lines, push},
};

pub(crate) use disk::{Changes, FileForm, HiveForm, Setting};
pub(crate) use event::{EventForm, EventLog};

/// How deep a template may name others.
const DEPTH: u32 = 8;
/// How many times a happening may repeat.
const REPEATS: u32 = 100_000;

/// A log that is written.
#[derive(Debug)]
pub(crate) struct Log {
    pub(crate) path: String,
    pub(crate) rotation: Rotation,
    pub(crate) limit: Option<u64>,
    pub(crate) reaches_back: u32,
    /// With byte order mark and line breaks; the slots of time are still to be replaced.
    pub(crate) header: String,
}

#[derive(Debug)]
pub(crate) struct Row {
    /// Index of its log.
    pub(crate) log: usize,
    pub(crate) segments: Vec<Segment>,
    /// Whether the row may span several lines.
    pub(crate) many_lines: bool,
    /// Rules that it should raise.
    pub(crate) rules: Vec<String>,
}

/// The rows and events of a request and what they draw together.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) rows: Vec<Row>,
    pub(crate) events: Vec<EventForm>,
    pub(crate) lists: Vec<usize>,
    pub(crate) guids: usize,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Pace {
    Weight(f64, By),
    /// Milliseconds from one to the next.
    Every(i64),
}

#[derive(Debug)]
pub(crate) struct Everyday {
    pub(crate) pace: Pace,
    pub(crate) rows: Rows,
}

/// A step with its time.
#[derive(Debug)]
pub(crate) struct Happening {
    pub(crate) at: i64,
    pub(crate) times: u32,
    pub(crate) every: i64,
    pub(crate) what: Text,
    pub(crate) rows: Rows,
    pub(crate) changes: Changes,
}

/// A text with slots.
type Slots = Vec<Segment>;

/// Turns the shapes of one set of files into logs, traffic and happenings.
pub(crate) struct Compiler<'a> {
    file: &'a File,
    lists: Vec<&'a str>,
    streams: Vec<&'a str>,
}

/// Where a name is looked up while one request is compiled.
struct Scope<'a> {
    place: String,
    lets: Vec<&'a Names>,
    lists: Vec<usize>,
    guids: Vec<String>,
}

impl<'a> Compiler<'a> {
    pub(crate) fn new(file: &'a File) -> Self {
        Self {
            file,
            lists: file.values.keys().map(String::as_str).collect(),
            streams: file.streams.keys().map(String::as_str).collect(),
        }
    }

    pub(crate) fn logs(&self) -> Result<Vec<Log>, Error> {
        let streams = self.file.streams.iter();
        streams.map(|(name, stream)| self.log(name, stream)).collect()
    }

    fn log(&self, name: &str, stream: &Stream) -> Result<Log, Error> {
        let place = format!("stream `{name}`");
        let format = self.format(stream, &place)?;
        let header = stream.header.as_ref().unwrap_or(&format.header);
        if !header.lines().any(|line| line.starts_with('#') && line.contains("{mark}")) {
            return Err(E::template(place, "no comment line of the header holds `{mark}`"));
        }
        if format.limit.is_some() && !stream.path.contains("{n}") {
            return Err(E::template(place, "a size limit needs `{n}` in the path"));
        }
        stays_inside(&stream.path, &place)?;
        let columns: Vec<&str> = format.columns.split_whitespace().collect();
        let header =
            header.replace("{mark}", crate::PRACTICE_MARK).replace("{columns}", &columns.join(delimiter(format.kind)));
        let lines = header.lines().flat_map(|line| [line, "\r\n"]);
        let mark = if format.bom { "\u{feff}" } else { "" };
        Ok(Log {
            path: stream.path.clone(),
            rotation: format.rotate,
            limit: format.limit,
            reaches_back: format.reaches_back,
            header: std::iter::once(mark).chain(lines).collect(),
        })
    }

    pub(crate) fn everyday(&self, request: &Request) -> Result<Everyday, Error> {
        let place = format!("traffic `{}`", request.name);
        let pace = match (request.weight, request.every) {
            (Some(weight), None) if weight > 0.0 && weight.is_finite() => Pace::Weight(weight, request.by),
            (None, Some(minutes)) if minutes > 0 => Pace::Every(i64::from(minutes) * MINUTE),
            _ => return Err(E::template(place, "needs either a `weight` or `every`, above 0")),
        };
        let rows = self.rows(place, &request.streams, &request.lets, &request.set, &BTreeMap::new())?;
        Ok(Everyday { pace, rows })
    }

    /// `place` names the list of steps.
    pub(crate) fn happenings(&self, place: &str, steps: &'a [Step]) -> Result<Vec<Happening>, Error> {
        steps.iter().map(|step| self.happening(place, step)).collect()
    }

    fn happening(&self, place: &str, step: &'a Step) -> Result<Happening, Error> {
        let place = format!("{place}, step at {}", step.at);
        let at = clock::parse(&step.at).ok_or_else(|| E::template(&place, "not a time"))?;
        let (times, every) = step.repeat.map_or((1, 0), |repeat| (repeat.times, repeat.every));
        if times == 0 || times > REPEATS {
            return Err(E::template(place, format!("repeats outside 1 to {REPEATS}")));
        }
        let leaves = |name: &String| {
            step.streams.contains(name) || step.makes.contains(name) || step.registry.contains_key(name)
        };
        if let Some(stray) = step.rules.keys().find(|name| !leaves(name)) {
            return Err(E::template(place, format!("rules for `{stray}`, which is not in `in`")));
        }
        let changes = self.changes(&place, step)?;
        if changes.is_empty() && step.streams.is_empty() {
            return Err(E::template(place, "leaves nothing"));
        }
        if !changes.is_empty() && times > 1 {
            return Err(E::template(place, "what changes files or hives happens once"));
        }
        let rows = self.rows(place, &step.streams, &step.lets, &step.set, &step.rules)?;
        Ok(Happening { at, times, every: every.into(), what: step.what.clone(), rows, changes })
    }

    fn rows(
        &self,
        place: String,
        names: &[String],
        lets: &'a Names,
        set: &'a BTreeMap<String, Names>,
        rules: &BTreeMap<String, Vec<String>>,
    ) -> Result<Rows, Error> {
        if let Some(stray) = set.keys().find(|name| !names.contains(name)) {
            return Err(E::template(place, format!("`set` for `{stray}`, which is not in `in`")));
        }
        let mut scope = Scope::new(place, Vec::new());
        let (mut rows, mut events) = (Vec::new(), Vec::new());
        for name in names {
            let (own, rules) = (set.get(name), rules.get(name).cloned().unwrap_or_default());
            if let Some(event) = self.file.events.get(name) {
                scope.lets = vec![lets, &event.lets];
                events.push(self.event(event, own, rules, &mut scope)?);
                continue;
            }
            let (log, stream) = (self.streams.iter().position(|known| known == name))
                .zip(self.file.streams.get(name))
                .ok_or_else(|| E::template(&scope.place, format!("unknown stream `{name}`")))?;
            let format = self.format(stream, &scope.place)?;
            scope.lets = vec![lets, &stream.lets, &format.lets];
            let layers: Vec<&Names> = own.into_iter().chain([&stream.set, &format.set]).collect();
            let segments = self.row(format, &layers, &mut scope)?;
            rows.push(Row { log, many_lines: many_lines(&segments), segments, rules });
        }
        Ok(Rows { rows, events, guids: scope.guids.len(), lists: scope.lists() })
    }

    fn row(&self, format: &Format, layers: &[&Names], scope: &mut Scope<'_>) -> Result<Vec<Segment>, Error> {
        let names: Vec<&str> = format.columns.split_whitespace().collect();
        let mut wanted = layers.iter().flat_map(|layer| layer.keys());
        if let Some(stray) = wanted.find(|name| !names.contains(&name.as_str())) {
            return Err(E::template(&scope.place, format!("unknown column `{stray}`")));
        }
        let mut columns = Vec::with_capacity(names.len());
        for name in names {
            let template = layers.iter().find_map(|layer| layer.get(name));
            let mut column = Vec::new();
            if let Some(Scalar(template)) = template {
                self.expand(template, scope, DEPTH, &mut column)?;
            }
            columns.push(encode(column, encoding(format, name)));
        }
        Ok(join(columns, delimiter(format.kind).as_bytes().first().copied().unwrap_or(b',')))
    }

    fn format(&self, stream: &Stream, place: &str) -> Result<&'a Format, Error> {
        let format = self.file.formats.get(&stream.format);
        format.ok_or_else(|| E::template(place, format!("unknown format `{}`", stream.format)))
    }

    fn slots(&self, template: Option<&Scalar>, scope: &mut Scope<'_>) -> Result<Slots, Error> {
        let mut slots = Vec::new();
        if let Some(Scalar(template)) = template {
            self.expand(template, scope, DEPTH, &mut slots)?;
        }
        Ok(slots)
    }

    /// Cuts a template into segments, at the end of `column`.
    fn expand(
        &self,
        template: &str,
        scope: &mut Scope<'_>,
        depth: u32,
        column: &mut Vec<Segment>,
    ) -> Result<(), Error> {
        let mut rest = template;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            push(column, Segment::Bytes(before.as_bytes().to_vec()));
            if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
                let brace = from.as_bytes().first().copied().into_iter().collect();
                push(column, Segment::Bytes(brace));
                rest = after;
                continue;
            }
            let slot = from.strip_prefix('{').and_then(|from| from.split_once('}'));
            let Some((slot, after)) = slot else {
                return Err(E::template(&scope.place, format!("a lone brace in `{template}`")));
            };
            self.slot(slot, scope, depth, column)?;
            rest = after;
        }
        push(column, Segment::Bytes(rest.as_bytes().to_vec()));
        Ok(())
    }

    fn slot(&self, slot: &str, scope: &mut Scope<'_>, depth: u32, column: &mut Vec<Segment>) -> Result<(), Error> {
        let (name, argument) = slot.split_once(':').unwrap_or((slot, ""));
        match (name, argument) {
            ("time", "") => column.push(Segment::Time),
            ("day", "") => column.push(Segment::Day),
            ("clock", "") => column.push(Segment::Clock),
            ("mark", "") => push(column, Segment::Bytes(crate::PRACTICE_MARK.into())),
            ("guid", which) => column.push(Segment::Guid(scope.guid(which))),
            ("hex", digits) => column.push(
                digits
                    .parse()
                    .ok()
                    .filter(|digits| (1..=64).contains(digits))
                    .map(Segment::Hex)
                    .ok_or_else(|| scope.unknown(slot))?,
            ),
            ("int", range) => column.push(int(range).ok_or_else(|| scope.unknown(slot))?),
            _ => return self.named(slot, scope, depth, column),
        }
        Ok(())
    }

    /// A `let`, or a list of values.
    fn named(&self, slot: &str, scope: &mut Scope<'_>, depth: u32, column: &mut Vec<Segment>) -> Result<(), Error> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(E::template(&scope.place, format!("`{{{slot}}}` names itself or lies too deep")));
        };
        if let Some(Scalar(template)) = scope.lets.iter().find_map(|lets| lets.get(slot)) {
            return self.expand(template, scope, depth, column);
        }
        let (list, record) = slot.split_once('.').unwrap_or((slot, ""));
        let index = self.lists.iter().position(|known| *known == list);
        let (index, values) = index.zip(self.file.values.get(list)).ok_or_else(|| scope.unknown(slot))?;
        let mut entries = Vec::with_capacity(values.len());
        for value in values {
            let text = match value {
                ListEntry::Text(text) if record.is_empty() => Some(text),
                ListEntry::Record(texts) => texts.get(record),
                ListEntry::Text(_) => None,
            };
            let Scalar(text) = text.ok_or_else(|| scope.unknown(slot))?;
            let mut entry = Vec::new();
            self.expand(text, scope, depth, &mut entry)?;
            entries.push(entry);
        }
        scope.lists.push(index);
        column.push(Segment::Pick { list: index, entries });
        Ok(())
    }
}

impl<'a> Scope<'a> {
    fn new(place: String, lets: Vec<&'a Names>) -> Self {
        Self { place, lets, lists: Vec::new(), guids: Vec::new() }
    }

    /// The lists that were picked from.
    fn lists(mut self) -> Vec<usize> {
        self.lists.sort_unstable();
        self.lists.dedup();
        self.lists
    }

    /// The index of the request's identifier of that name.
    fn guid(&mut self, name: &str) -> usize {
        let known = self.guids.iter().position(|guid| guid == name);
        known.unwrap_or_else(|| {
            self.guids.push(name.to_owned());
            self.guids.len() - 1
        })
    }

    fn unknown(&self, slot: &str) -> Error {
        E::template(&self.place, format!("unknown slot `{{{slot}}}`"))
    }
}

/// A text, its slots filled.
fn filled(slots: &Slots, moment: &Moment, draw: &mut Draw) -> String {
    let mut text = Vec::new();
    draw.write(slots, moment, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// Whether a path leads to a file below the practice directory.
fn stays_inside(path: &str, place: &str) -> Result<(), Error> {
    let inside = |part: &str| !part.is_empty() && part != ".." && part != "." && !part.contains([':', '\\']);
    match path.split('/').all(inside) {
        true => Ok(()),
        false => Err(E::template(place, "the path must stay below the practice directory")),
    }
}

fn int(range: &str) -> Option<Segment> {
    let (low, high) = range.split_once('-')?;
    let (low, high): (u32, u32) = (low.parse().ok()?, high.parse().ok()?);
    let span = high.checked_sub(low)?.checked_add(1)?;
    Some(Segment::Int { low, span })
}

fn delimiter(kind: Kind) -> &'static str {
    match kind {
        Kind::Csv => ",",
        Kind::W3c => " ",
    }
}

fn encoding(format: &Format, column: &str) -> Encoding {
    match format.kind {
        Kind::W3c => Encoding::W3c,
        Kind::Csv if format.lossy.iter().any(|lossy| lossy == column) => Encoding::Lossy,
        Kind::Csv => Encoding::Csv,
    }
}
