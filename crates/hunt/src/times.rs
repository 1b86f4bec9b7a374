//! When records of one kind were written: in order or not, bounded, and with the silences between them.

use std::collections::BTreeMap;

use hikeshi_core::coverage::Span;
use hikeshi_core::time::Timestamp;

/// Times within one stretch of so many seconds are one span: no silence that is reported is shorter.
const STRETCH_SECONDS: i64 = 900;
/// So many stretches are told apart; eleven years of them without a break. What lies beyond only moves the ends.
const STRETCHES: usize = 400_000;

/// The times of some records.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times {
    stretches: BTreeMap<i64, Span>,
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
    /// The lowest number of a record.
    pub(crate) first_number: Option<u64>,
}

impl Times {
    /// Takes in the time of one record, and its number where it has one.
    pub(crate) fn see(&mut self, time: Timestamp, number: Option<u64>) {
        self.first_number = self.first_number.into_iter().chain(number).min();
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
        let stretch = time.seconds().div_euclid(STRETCH_SECONDS);
        if let Some(span) = self.stretches.get_mut(&stretch) {
            span.from = span.from.min(time);
            span.to = span.to.max(time);
        } else if self.stretches.len() < STRETCHES {
            self.stretches.insert(stretch, Span { from: time, to: time });
        }
    }

    /// The stretches with records, in order.
    pub(crate) fn spans(&self) -> impl Iterator<Item = Span> {
        self.stretches.values().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_any_order_give_the_same_spans_and_a_silence_shows_between_them() {
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        let spans = |order: &[i64]| {
            let mut times = Times::default();
            order.iter().for_each(|seconds| times.see(at(*seconds), None));
            times.spans().collect::<Vec<_>>()
        };
        let expected = [Span { from: at(10), to: at(800) }, Span { from: at(90_000), to: at(90_000) }];
        assert_eq!(spans(&[90_000, 10, 800]), expected);
        assert_eq!(spans(&[10, 400, 800, 90_000]), expected);
    }
}
