//! Who does what, and how: once for tuning, once held out.
//!
//! Whoever tunes rules, readers or the judge must not read `held_out.rs`, nor look at a report of a held-out server:
//! only its table of numbers. What was seen once measures nothing any more.

mod held_out;
mod tuning;

use crate::attack::aftermath::Aftermath;
use crate::attack::odd_page::OddPage;
use crate::attack::{Intruder, Page};
use crate::host::Host;
use crate::moment::Moment;
use crate::shape::Shape;

/// One set of habits.
#[derive(Debug, Clone, Copy)]
pub struct Habits {
    /// The set's name.
    pub set: &'static str,
    /// Servers; the second runs a product without voice mail.
    pub hosts: [&'static Host; 3],
    /// Shapes of collections, taken in turn.
    pub shapes: &'static [Shape],
    /// The day of the first attack.
    pub first_day: Moment,
    /// Those who go in.
    pub intruders: [&'static Intruder; 3],
    /// What the first of them does after the page.
    pub aftermath: &'static Aftermath,
    /// Pages whose text hides.
    pub odd_code: &'static [OddPage],
    /// Pages whose place or kind hides.
    pub odd_places: &'static [OddPage],
    /// The page that the address book's download writes, and its text.
    pub written: (Page, &'static str),
    /// What the voice service is made to run.
    pub voice_command: &'static str,
    /// Those who try without success.
    pub probers: [&'static Intruder; 2],
    /// A scanner that only knocks, and its agent.
    pub scanner: (&'static str, &'static str),
    /// Lines on how logs were deleted.
    pub deletion: &'static [&'static str],
}

/// The set of that name.
pub fn named(set: &str) -> Option<&'static Habits> {
    [&tuning::HABITS, &held_out::HABITS].into_iter().find(|habits| habits.set == set)
}
