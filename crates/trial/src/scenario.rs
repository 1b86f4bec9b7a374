//! The servers: each scenario builds one out of ordinary hours and what somebody did in them.

mod attacked;
mod hidden;
mod quiet;

use std::path::Path;

use anyhow::Result;

use crate::dice::Dice;
use crate::habits::{Habits, Play};
use crate::moment::{DAY, Moment};
use crate::server::Server;
use crate::shape::Shape;
use crate::truth::{Truth, Verdict};

/// One kind of server.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// Its name, also its folder's.
    pub name: &'static str,
    /// What happened, in one sentence.
    pub about: &'static str,
    /// What an assessment should answer, and why by the facts.
    pub verdict: (Verdict, &'static str),
    /// Which of the set's servers.
    host: usize,
    /// Days before and after the first day of attacks.
    days: (i64, i64),
    /// What it adds to ordinary hours.
    play: Play,
}

/// How servers are to be written.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// The same seed gives the same bytes.
    pub seed: u64,
    /// Ordinary requests of each protocol in an hour.
    pub scale: u32,
    /// A folder with the product's own pages, laid out as below its installation folder. They are not ours to ship.
    pub pages: Option<&'a Path>,
    /// The same shape for every collection, instead of the set's own.
    pub shape: Option<Shape>,
}

/// All of them.
pub const ALL: [Scenario; 16] = [
    quiet::CLEAN,
    quiet::WEEK_MISSING,
    quiet::NOISY,
    quiet::SCANNED,
    quiet::PATCHED_IN_TIME,
    attacked::MAIL_READ,
    attacked::SESSION_ONLY,
    attacked::URL_PAGE,
    attacked::ADDRESS_BOOK_PAGE,
    attacked::VOICE,
    attacked::AFTERMATH,
    attacked::RANSOM,
    attacked::THREE_INTRUDERS,
    hidden::ODD_CODE,
    hidden::ODD_PLACES,
    hidden::LOST_LOGS,
];

impl Scenario {
    /// Writes the server below `folder/NAME` and its truth beside it.
    pub fn write(&self, folder: &Path, habits: &'static Habits, order: &Order<'_>) -> Result<Truth> {
        let Order { seed, scale, pages, shape } = *order;
        let dice = Dice::new(seed, &format!("{}/{}", habits.set, self.name));
        let host = habits.hosts.get(self.host).copied().unwrap_or(habits.hosts[0]);
        let number = ALL.iter().position(|scenario| scenario.name == self.name).unwrap_or(0);
        let usual = habits.shapes.get(number % habits.shapes.len()).copied().unwrap_or_default();
        let shape = shape.unwrap_or(usual);
        let script = habits.script(self.name);
        let (before, after) = script.and_then(|script| script.days).unwrap_or(self.days);
        let window = (habits.first_day.plus(-before * DAY), habits.first_day.plus(after * DAY));
        let mut server = Server::new(*host, dice, window);
        crate::benign::disk::lay(&mut server);
        if let Some(pages) = pages {
            crate::benign::disk::lay_pages(&mut server, pages)?;
        }
        // An update changes what the hours after it look like, so the play may set it before they are filled.
        let play = script.and_then(|script| script.play).unwrap_or(self.play);
        play(&mut server, habits);
        crate::benign::traffic::fill(&mut server, scale);
        match script.and_then(|script| script.after) {
            Some(after) => after(&mut server),
            None => self.after(&mut server),
        }
        let mut truth = server.finish(&folder.join(self.name), shape, self.verdict(pages))?;
        self.name.clone_into(&mut truth.scenario);
        self.name.clone_into(&mut truth.server);
        habits.set.clone_into(&mut truth.set);
        truth.seed = seed;
        let text = serde_json::to_string_pretty(&truth)?;
        fs_err::write(folder.join(format!("{}.truth.json", self.name)), text)?;
        Ok(truth)
    }

    /// Without the product's own pages no collection shows its web folders, so none can be clean.
    fn verdict(&self, pages: Option<&Path>) -> (Verdict, &'static str) {
        match (self.verdict.0, pages) {
            (Verdict::Clean, None) => (
                Verdict::Inconclusive,
                "C01: every log covers the window, but the product's own pages were not brought",
            ),
            _ => self.verdict,
        }
    }

    /// What happens once all hours are there: logs are lost.
    fn after(&self, server: &mut Server) {
        if self.name == quiet::WEEK_MISSING.name {
            quiet::lose_a_week(server);
        }
        if self.name == hidden::LOST_LOGS.name {
            hidden::lose_logs(server);
        }
    }
}

/// Noon-ish moments of a day of the attack: `day` counts from the set's first.
pub(crate) fn at(habits: &Habits, day: i64, hour: i64, minute: i64) -> Moment {
    habits.first_day.plus(day * DAY).clock(hour, minute, 17)
}

/// The midnight of the day before the attack, and the days from there to the end of the window.
pub(crate) fn whole_days(server: &Server, habits: &Habits) -> (Moment, i64) {
    let from = at(habits, -1, 0, 0).floor(DAY);
    (from, (server.window.1.0 - from.0) / DAY)
}
