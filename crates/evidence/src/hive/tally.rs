//! What was not read, added up by reason, and where records go.

use std::collections::BTreeMap;

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::text::Text;

use super::cells::Damage;
use crate::record::{Flow, Missed, Record, Sink};

/// Counts what was missed; each reason is told once, with the words of its first case.
#[derive(Debug, Default)]
pub(super) struct Tally {
    missed: BTreeMap<Gap, Missed>,
}

impl Tally {
    /// Something that was missed, and why.
    pub(super) fn add(&mut self, reason: Gap, because: impl FnOnce() -> Text) {
        let new = || Missed { count: 0, ..Missed::new(reason).because(because()) };
        let missed = self.missed.entry(reason).or_insert_with(new);
        missed.count = missed.count.saturating_add(1);
    }

    /// Bytes of the hive that are not there.
    pub(super) fn lacking(&mut self, bytes: u64) {
        self.add(Gap::Malformed, || {
            both!("the file ends {bytes} bytes before the end of the hive", "ハイブの終わりまで {bytes} バイト足りない")
        });
        if let Some(missed) = self.missed.get_mut(&Gap::Malformed) {
            missed.bytes = Some(bytes);
        }
    }
}

/// Takes records to the sink, cut to the caps.
pub(super) struct Out<'s> {
    sink: &'s mut dyn Sink,
    flow: Flow,
    /// What was missed so far.
    pub(super) tally: Tally,
}

impl<'s> Out<'s> {
    /// Nothing was handed over yet.
    pub(super) fn new(sink: &'s mut dyn Sink) -> Self {
        Self { sink, flow: Flow::GoOn, tally: Tally::default() }
    }

    /// Hands a record over, unless nobody wants more.
    pub(super) fn record(&mut self, mut record: Record) {
        if self.flow == Flow::Stop {
            return;
        }
        for _ in 0..record.cap() {
            self.tally.add(Gap::ValueCut, || {
                let at = record.offset;
                both!("a value at {at:#x}", "位置 {at:#x} の値")
            });
        }
        self.flow = self.sink.record(record);
    }

    /// Whether more records are wanted.
    pub(super) fn flow(&self) -> Flow {
        self.flow
    }

    /// Something that cannot be decoded.
    pub(super) fn damage(&mut self, damage: Damage) {
        self.tally.add(Gap::DamagedRecords, || damage.into());
    }

    /// Tells what was missed.
    pub(super) fn finish(self) {
        for missed in self.tally.missed.into_values() {
            self.sink.missed(missed);
        }
    }
}
