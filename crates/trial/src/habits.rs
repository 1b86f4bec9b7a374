//! Who does what, and how: once for tuning, twice held out until they had been measured, and three times more for the last
//! measurements.
//!
//! `tuning`, `held_out.rs` and `fresh.rs` are open. Whoever tunes rules, readers or the judge must not read `last.rs`,
//! `sealed.rs`, `unseen.rs` or what lies below them, nor look at a report of such a server: only its table of numbers. What was seen
//! once measures nothing any more.

mod fresh;
mod held_out;
mod last;
mod sealed;
mod tuning;
mod unseen;

use crate::attack::aftermath::Aftermath;
use crate::attack::odd_page::OddPage;
use crate::attack::{Intruder, Page};
use crate::host::Host;
use crate::moment::Moment;
use crate::server::Server;
use crate::shape::Shape;

/// One set of habits.
#[derive(Debug, Clone, Copy)]
pub struct Habits {
    /// The set's name.
    pub set: &'static str,
    /// Scenarios that this set plays in a way of its own.
    pub scripts: &'static [Script],
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

/// What is added to a server's ordinary hours.
pub type Play = fn(&mut Server, &'static Habits);

/// How a set plays a scenario in a way of its own. What happened, and the verdict, stay the scenario's.
#[derive(Debug, Clone, Copy)]
pub struct Script {
    /// The scenario's name.
    pub scenario: &'static str,
    /// Days before and after the first day of attacks; none for the scenario's own.
    pub days: Option<(i64, i64)>,
    /// What it adds to ordinary hours; none for the scenario's own.
    pub play: Option<Play>,
    /// What happens once all hours are there; none for the scenario's own.
    pub after: Option<fn(&mut Server)>,
}

impl Script {
    /// A scenario with ordinary hours of its own and nothing else.
    const fn played(scenario: &'static str, play: Play) -> Self {
        Self { scenario, days: None, play: Some(play), after: None }
    }
}

impl Habits {
    /// How this set plays the scenario of that name, where it does so in a way of its own.
    pub fn script(&self, scenario: &str) -> Option<&'static Script> {
        self.scripts.iter().find(|script| script.scenario == scenario)
    }
}

/// All sets.
pub const ALL: [&Habits; 6] =
    [&tuning::HABITS, &held_out::HABITS, &fresh::HABITS, &last::HABITS, &sealed::HABITS, &unseen::HABITS];

/// The sets that whoever tunes may not look at.
pub const CLOSED: [&str; 3] = [last::HABITS.set, sealed::HABITS.set, unseen::HABITS.set];

/// The set of that name.
pub fn named(set: &str) -> Option<&'static Habits> {
    ALL.into_iter().find(|habits| habits.set == set)
}
