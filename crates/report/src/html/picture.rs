//! The picture: when the attack could come, when the server was open to it, which logs tell of which time, and when signs of the
//! attack were found. Places are given in hundredths of the width, so that the same picture serves a telephone and a sheet of paper.

use std::io;

use hikeshi_core::coverage::Span;
use hikeshi_core::finding::Stage;
use hikeshi_core::report::Report;
use hikeshi_core::time::Timestamp;

use super::builder::{Page, harmless};
use crate::phrases::minute;

/// Kinds of logs that have a row of their own, the largest first.
const KINDS: usize = 8;
/// Kinds that are missing and have a row of their own.
const MISSING: usize = 6;
/// Servers and products with a row of their own.
const SERVERS: usize = 4;
/// Silences drawn in one row.
const SILENCES: usize = 60;
/// Points drawn in one row; of those that would lie on one another, the first.
const POINTS: usize = 200;
/// Characters of a row's name.
const NAME: usize = 60;
/// Height of a row, and where in it its name stands and its bar lies.
const ROW: u32 = 40;
const BASELINE: u32 = 13;
const BAR: u32 = 19;
const BAR_HEIGHT: u32 = 13;
/// The furthest first, as in the list of findings.
const STAGES: [Stage; 5] = [Stage::Action, Stage::Implant, Stage::Exploitation, Stage::Attempt, Stage::Reconnaissance];

const DAY: i64 = 86_400;
/// Distances between marks of the scale, in seconds.
const STEPS: [i64; 16] = [
    60,
    600,
    3600,
    3 * 3600,
    6 * 3600,
    12 * 3600,
    DAY,
    2 * DAY,
    5 * DAY,
    10 * DAY,
    20 * DAY,
    30 * DAY,
    60 * DAY,
    120 * DAY,
    365 * DAY,
    1825 * DAY,
];
/// Marks of the scale at most.
const MARKS: i64 = 4;

/// The time that the picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Scale {
    from: Timestamp,
    to: Timestamp,
}

/// One row: its name, and what is drawn in it.
struct Row {
    name: String,
    bars: Vec<(&'static str, Span)>,
    points: Vec<Timestamp>,
    patched: Option<Timestamp>,
    kind: &'static str,
}

impl Scale {
    /// From shortly before the attack could come, or the first sign, to the newest record. What is far off, as a forged time can be,
    /// does not stretch it.
    fn of(report: &Report) -> Option<Self> {
        let window = &report.window;
        let from = window.from.or(window.seen.map(|seen| seen.from))?;
        let to = window.to.or(window.seen.map(|seen| seen.to))?.max(from);
        let near = 366 * DAY;
        let signs = || report.timeline.iter().map(|event| event.time);
        let first = signs().filter(|time| from.seconds_since(*time) < near).min().unwrap_or(from);
        let last = signs().filter(|time| time.seconds_since(to) < near).max().unwrap_or(to);
        let patched = report.affected.servers.iter().filter_map(|server| Some(server.patched.as_ref()?.by));
        let ends = patched.chain(window.seen.map(|seen| seen.to));
        let last = ends.filter(|time| time.seconds_since(to) < near).fold(last, Timestamp::max);
        let (from, to) = (from.min(first), to.max(last));
        let margin = (to.seconds_since(from) / 30).max(3600);
        Some(Self { from: from.plus_seconds(-margin), to: to.plus_seconds(margin) })
    }

    /// Hundredths of the width, for a time inside.
    fn at(self, time: Timestamp) -> Option<f64> {
        let is_inside = (self.from..=self.to).contains(&time);
        is_inside.then(|| 100.0 * time.seconds_since(self.from) as f64 / self.to.seconds_since(self.from).max(1) as f64)
    }

    /// Beginning and width of the part of a span that lies inside.
    fn part(self, span: Span) -> Option<(f64, f64)> {
        let (from, to) = (span.from.clamp(self.from, self.to), span.to.clamp(self.from, self.to));
        let is_outside = span.to < self.from || span.from > self.to || span.to < span.from;
        let (begin, end) = (self.at(from)?, self.at(to)?);
        // A moment is still to be seen.
        (!is_outside).then(|| (begin, (end - begin).max(0.3)))
    }

    /// Where the scale has marks, and what stands there.
    fn marks(self) -> Vec<(f64, String)> {
        let length = self.to.seconds_since(self.from);
        let step = STEPS.into_iter().find(|step| length / step <= MARKS).unwrap_or(length.max(1));
        let first = self.from.seconds().div_euclid(step) + 1;
        (first..first + MARKS + 1)
            .filter_map(|number| {
                let time = Timestamp::from_micros(number.saturating_mul(step).saturating_mul(1_000_000));
                let label = if step < DAY { minute(time) } else { time.day() };
                // A label near an end would be cut off.
                self.at(time).filter(|place| (3.0..=88.0).contains(place)).map(|place| (place, label))
            })
            .collect()
    }
}

impl Page<'_> {
    pub(super) fn picture(&mut self, report: &Report) -> io::Result<()> {
        let Some(scale) = Scale::of(report) else { return Ok(()) };
        let rows = self.rows(report, scale);
        let height = (ROW * u32::try_from(rows.len()).unwrap_or(0) + ROW).to_string();
        let (title, said) = (self.words.get("picture-title"), self.said(report));
        self.inside("figure", &[], |page| {
            let attributes = [("class", "picture"), ("role", "img"), ("width", "100%"), ("height", &height)];
            let attributes: Vec<_> =
                attributes.into_iter().chain([("aria-labelledby", "picture-title picture-said")]).collect();
            page.inside("svg", &attributes, |page| {
                page.leaf("title", &[("id", "picture-title")], &title)?;
                page.leaf("desc", &[("id", "picture-said")], &said.join(" "))?;
                page.pattern()?;
                page.scale(scale, rows.len())?;
                rows.iter().zip(0..).try_for_each(|(row, number)| page.row(scale, row, number))
            })?;
            page.inside("figcaption", &[], |page| {
                page.legend()?;
                said.iter().try_for_each(|text| page.leaf("p", &[], text))
            })
        })
    }

    fn rows(&self, report: &Report, scale: Scale) -> Vec<Row> {
        let window = Span { from: report.window.from.unwrap_or(scale.from), to: report.window.to.unwrap_or(scale.to) };
        let row = |name: String, kind, bars| Row { name, kind, bars, points: Vec::new(), patched: None };
        let mut rows = vec![row(self.words.get("picture-window"), "window", vec![("bar", window)])];
        for server in report.affected.servers.iter().take(SERVERS) {
            let Some(exposed) = &server.exposed else { continue };
            let span = Span { from: exposed.from, to: exposed.to.unwrap_or(window.to) };
            let title = server.title.get(self.words.lang());
            let name = match exposed.to {
                Some(to) => self.words.with("picture-exposed-until", &[("name", &title), ("to", &to.day())]),
                None => self.words.with("picture-exposed", &[("name", &title)]),
            };
            let patched = server.patched.as_ref().map(|patched| patched.by);
            rows.push(Row { patched, ..row(name, "exposed", vec![("bar", span)]) });
        }
        for stage in STAGES {
            let points = points(report, scale, stage);
            if !points.is_empty() {
                let stage = self.words.get(&format!("stage-{}", stage.word()));
                let name = self.words.with("picture-signs", &[("stage", &stage)]);
                rows.push(Row { points, ..row(name, "signs", Vec::new()) });
            }
        }
        for missing in report.missing.iter().take(MISSING) {
            let spans = if missing.spans.is_empty() { vec![window] } else { missing.spans.clone() };
            let name = self.words.with("picture-missing", &[("kind", &missing.title.get(self.words.lang()))]);
            rows.push(row(name, "logs", spans.into_iter().take(SILENCES).map(|span| ("gap", span)).collect()));
        }
        let mut kinds: Vec<_> =
            report.coverage.iter().filter_map(|kind| Some((kind, kind.first?, kind.last?))).collect();
        kinds.retain(|(_, first, last)| scale.part(Span { from: *first, to: *last }).is_some());
        kinds.sort_by_key(|(kind, ..)| std::cmp::Reverse(kind.bytes));
        for (kind, from, to) in kinds.into_iter().take(KINDS) {
            let mut bars = vec![("bar", Span { from, to })];
            bars.extend(kind.gaps.iter().take(SILENCES).map(|gap| ("gap", *gap)));
            let name = self.words.with("picture-logs", &[("kind", &kind.title.get(self.words.lang()))]);
            rows.push(row(name, "logs", bars));
        }
        rows
    }

    /// The picture in words, for those who do not see it and for those who want to be sure.
    fn said(&self, report: &Report) -> Vec<String> {
        let mut said = Vec::new();
        if let (Some(from), Some(to)) = (report.window.from, report.window.to) {
            said.push(self.words.with("picture-say-window", &[("from", &from.day()), ("to", &to.day())]));
        }
        for server in report.affected.servers.iter().take(SERVERS) {
            let Some(exposed) = &server.exposed else { continue };
            let name = server.title.get(self.words.lang());
            said.push(match exposed.to {
                Some(to) => self.words.with(
                    "picture-say-exposed-until",
                    &[("name", &name), ("from", &exposed.from.day()), ("to", &to.day())],
                ),
                None => self.words.with("picture-say-exposed", &[("name", &name), ("from", &exposed.from.day())]),
            });
        }
        if let (Some(first), Some(last)) = (report.timeline.first(), report.timeline.last()) {
            let args: [(&str, &dyn ToString); 3] =
                [("count", &report.timeline.len()), ("from", &minute(first.time)), ("to", &minute(last.time))];
            said.push(self.words.with("picture-say-signs", &args));
        }
        if let Some(seen) = report.window.seen {
            said.push(self.words.with("picture-say-logs", &[("from", &minute(seen.from)), ("to", &minute(seen.to))]));
        }
        let silences: usize = report.coverage.iter().map(|coverage| coverage.gaps.len()).sum();
        said.push(self.words.with("picture-say-gaps", &[("count", &silences), ("missing", &report.missing.len())]));
        said
    }

    /// Stripes for what is not there: told apart without colour.
    fn pattern(&mut self) -> io::Result<()> {
        self.inside("defs", &[], |page| {
            let attributes = [("id", "stripes"), ("width", "6"), ("height", "6"), ("patternUnits", "userSpaceOnUse")];
            page.inside("pattern", &attributes, |page| {
                page.leaf("path", &[("class", "stripe"), ("d", "M-1 7L7 -1M-1 1L1 -1M5 7L7 5")], "")
            })
        })
    }

    fn scale(&mut self, scale: Scale, rows: usize) -> io::Result<()> {
        let bottom = ROW * u32::try_from(rows).unwrap_or(0) + 4;
        let (line_end, baseline) = (bottom.to_string(), (bottom + 16).to_string());
        scale.marks().into_iter().try_for_each(|(place, label)| {
            let place = percent(place);
            page_line(self, &place, &line_end)?;
            self.leaf("text", &[("class", "mark"), ("x", &place), ("y", &baseline), ("text-anchor", "start")], &label)
        })
    }

    fn row(&mut self, scale: Scale, row: &Row, number: u32) -> io::Result<()> {
        let top = ROW * number;
        self.inside("g", &[("class", row.kind)], |page| {
            page.leaf("text", &[("x", "0"), ("y", &(top + BASELINE).to_string())], &harmless(&row.name, NAME))?;
            let (y, height) = ((top + BAR).to_string(), BAR_HEIGHT.to_string());
            page.leaf(
                "rect",
                &[("class", "ground"), ("x", "0"), ("width", "100%"), ("y", &y), ("height", &height)],
                "",
            )?;
            for (class, span) in &row.bars {
                let Some((begin, width)) = scale.part(*span) else { continue };
                let (x, width) = (percent(begin), percent(width));
                let place = [("x", x.as_str()), ("width", &width), ("y", &y), ("height", &height)];
                // The stripes lie over an empty ground, so that what is under them does not shine through.
                let classes: &[&str] = if *class == "gap" { &["void", "gap"] } else { &[class] };
                for class in classes {
                    let attributes: Vec<_> = [("class", *class)].into_iter().chain(place).collect();
                    page.leaf("rect", &attributes, "")?;
                }
            }
            if let Some(place) = row.patched.and_then(|patched| scale.at(patched)) {
                let (x, y, height) = (percent(place), (top + BAR - 3).to_string(), (BAR_HEIGHT + 6).to_string());
                page.leaf(
                    "rect",
                    &[("class", "patch"), ("x", &x), ("width", "4"), ("y", &y), ("height", &height)],
                    "",
                )?;
            }
            row.points.iter().filter_map(|time| scale.at(*time)).try_for_each(|place| {
                let (x, y) = (percent(place), (top + BAR + BAR_HEIGHT / 2).to_string());
                page.leaf("circle", &[("class", "point"), ("cx", &x), ("cy", &y), ("r", "5")], "")
            })
        })
    }

    fn legend(&mut self) -> io::Result<()> {
        self.inside("ul", &[("class", "legend")], |page| {
            [
                ("window", "picture-key-window"),
                ("patch", "picture-key-patch"),
                ("point", "picture-key-signs"),
                ("logs", "picture-key-logs"),
                ("gap", "picture-key-gap"),
            ]
            .into_iter()
            .try_for_each(|(class, key)| {
                let text = page.words.get(key);
                page.inside("li", &[], |page| {
                    page.leaf("span", &[("class", "key"), ("data-key", class), ("aria-hidden", "true")], "")?;
                    page.text(&text)
                })
            })
        })
    }
}

fn page_line(page: &mut Page<'_>, place: &str, end: &str) -> io::Result<()> {
    page.leaf("line", &[("class", "tick"), ("x1", place), ("x2", place), ("y1", "0"), ("y2", end)], "")
}

/// The times of one stage's signs, each place once.
fn points(report: &Report, scale: Scale, stage: Stage) -> Vec<Timestamp> {
    let mut points: Vec<Timestamp> = Vec::new();
    let mut last = None;
    for event in report.timeline.iter().filter(|event| event.stage == stage) {
        // Two hundredths of a telephone's width are one point of its screen.
        let place = scale.at(event.time).map(|place| (place * 4.0) as i64);
        if place.is_some() && place != last && points.len() < POINTS {
            points.push(event.time);
            last = place;
        }
    }
    points
}

fn percent(place: f64) -> String {
    format!("{place:.2}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn scale(from: &str, to: &str) -> Scale {
        Scale { from: time(from), to: time(to) }
    }

    #[test]
    fn a_time_lies_where_its_share_of_the_whole_is() {
        let scale = scale("2021-03-01", "2021-03-05");
        assert_eq!(scale.at(time("2021-03-02")), Some(25.0));
        assert_eq!(scale.at(time("2021-02-28")), None);
        let span = |from, to| Span { from: time(from), to: time(to) };
        assert_eq!(scale.part(span("2020-01-01", "2021-03-03")), Some((0.0, 50.0)));
        assert_eq!(scale.part(span("2020-01-01", "2020-03-03")), None);
        assert_eq!(scale.part(span("2021-03-03", "2021-03-03")), Some((50.0, 0.3)));
        assert_eq!(scale.part(span("2021-03-04", "2021-03-03")), None);
    }

    #[test]
    fn the_scale_has_few_marks_whatever_it_spans() {
        for (from, to) in [
            ("2021-03-01T00:00:00Z", "2021-03-01T00:00:00Z"),
            ("2021-03-01T00:00:00Z", "2021-03-01T00:20:00Z"),
            ("2021-03-01", "2021-03-03"),
            ("2021-01-03", "2021-03-12"),
            ("1601-01-01", "9999-12-31"),
        ] {
            let marks = scale(from, to).marks();
            assert!(marks.len() <= 5, "{from} {to} {marks:?}");
        }
        let marks: Vec<_> = scale("2021-01-03", "2021-03-12").marks().into_iter().map(|(_, label)| label).collect();
        assert!(marks.len() >= 2 && marks.iter().all(|label| label.len() == 10), "{marks:?}");
    }
}
