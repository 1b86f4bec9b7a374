//! First time, last time and silences of a log, without parsing its rows: the times at both ends of
//! each block are read, and only where they lie far apart the block is halved until the silence shows.

use std::time::Duration;

use hikeshi_core::coverage::Span;
use hikeshi_core::time::Timestamp;
use memchr::{memchr, memrchr};

use crate::fields::Field;
use crate::layout::Layout;

/// More silences than this are not told apart; a log with so many has none of the regularity that makes one telling.
const MOST_GAPS: usize = 4_096;
/// How many lines at a block's ends may lack a time (continuations, comments) before the block tells none.
const MOST_LINES: usize = 256;

/// The times of one file.
#[derive(Debug, Default)]
pub struct Sampler {
    threshold_seconds: Option<i64>,
    /// Oldest time seen.
    pub first: Option<Timestamp>,
    /// Newest time seen.
    pub last: Option<Timestamp>,
    /// Silences longer than the threshold.
    pub gaps: Vec<Span>,
    previous: Option<Timestamp>,
    scratch: Vec<Field>,
}

impl Sampler {
    /// Silences longer than `threshold` are noted; without one, none.
    #[must_use]
    pub fn new(threshold: Option<Duration>) -> Self {
        let threshold_seconds = threshold.and_then(|threshold| i64::try_from(threshold.as_secs()).ok());
        Self { threshold_seconds, ..Self::default() }
    }

    /// The stretches with rows, between the silences.
    pub fn spans(&self) -> impl Iterator<Item = Span> {
        let starts = self.first.into_iter().chain(self.gaps.iter().map(|gap| gap.to));
        let ends = self.gaps.iter().map(|gap| gap.from).chain(self.last);
        starts.zip(ends).map(|(from, to)| Span { from, to: to.max(from) })
    }

    /// Takes in whole lines, in the order of the file.
    pub fn block(&mut self, lines: &[u8], layout: &Layout) {
        let Some((first, _)) = self.time_forward(lines, layout) else { return };
        let (last, _) = self.time_backward(lines, layout).unwrap_or((first, 0));
        self.first = Some(self.first.map_or(first, |known| known.min(first)).min(last));
        self.last = Some(self.last.map_or(last, |known| known.max(last)).max(first));
        if let Some(previous) = self.previous.replace(last) {
            self.silence(previous, first);
        }
        self.halve(lines, layout, first, last);
    }

    fn silence(&mut self, from: Timestamp, to: Timestamp) {
        if self.is_long(from, to) && self.gaps.len() < MOST_GAPS {
            self.gaps.push(Span { from, to });
        }
    }

    fn is_long(&self, from: Timestamp, to: Timestamp) -> bool {
        self.threshold_seconds.is_some_and(|threshold| to.seconds_since(from) > threshold)
    }

    /// Looks for silences between the first and the last row of `lines`.
    fn halve(&mut self, lines: &[u8], layout: &Layout, first: Timestamp, last: Timestamp) {
        if !self.is_long(first, last) || self.gaps.len() >= MOST_GAPS {
            return;
        }
        // Below this, the rows are walked one by one.
        const SMALL: usize = 2_048;
        if lines.len() <= SMALL {
            return self.walk(lines, layout);
        }
        let middle = memchr(b'\n', lines.get(lines.len() / 2..).unwrap_or_default()).map(|at| lines.len() / 2 + at + 1);
        let Some((left, right)) = middle.and_then(|at| lines.split_at_checked(at)) else {
            return self.walk(lines, layout);
        };
        let (Some((left_last, _)), Some((right_first, _))) =
            (self.time_backward(left, layout), self.time_forward(right, layout))
        else {
            return self.walk(lines, layout);
        };
        self.halve(left, layout, first, left_last);
        self.silence(left_last, right_first);
        self.halve(right, layout, right_first, last);
    }

    fn walk(&mut self, lines: &[u8], layout: &Layout) {
        let mut previous = None;
        let mut rest = lines;
        while !rest.is_empty() {
            let (line, after) = rest.split_at(memchr(b'\n', rest).map_or(rest.len(), |at| at + 1));
            if let Some(time) = layout.time_of_line(line, &mut self.scratch)
                && let Some(before) = previous.replace(time)
            {
                self.silence(before, time);
            }
            rest = after;
        }
    }

    fn time_forward(&mut self, lines: &[u8], layout: &Layout) -> Option<(Timestamp, usize)> {
        let mut at = 0;
        for _ in 0..MOST_LINES {
            let rest = lines.get(at..).filter(|rest| !rest.is_empty())?;
            let end = memchr(b'\n', rest).map_or(rest.len(), |found| found + 1);
            if let Some(time) = layout.time_of_line(rest.get(..end)?, &mut self.scratch) {
                return Some((time, at));
            }
            at += end;
        }
        None
    }

    fn time_backward(&mut self, lines: &[u8], layout: &Layout) -> Option<(Timestamp, usize)> {
        let mut end = lines.len();
        for _ in 0..MOST_LINES {
            let before = lines.get(..end.checked_sub(1)?)?;
            let start = memrchr(b'\n', before).map_or(0, |found| found + 1);
            if let Some(time) = layout.time_of_line(lines.get(start..end)?, &mut self.scratch) {
                return Some((time, start));
            }
            end = start;
        }
        None
    }
}
