//! Exit codes: one enum, one table.

use std::process::ExitCode;

use hikeshi_core::report::Report;
use hikeshi_core::verdict::Verdict;

/// How a run ended. When several hold, the earliest of these counts: 2, 1, 4, 3, 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: nothing found, and everything that would have told was looked at.
    Clean,
    /// 1: signs found; for other commands: something needs attention.
    Found,
    /// 2: could not run.
    CouldNotRun,
    /// 3: nothing found, but the evidence has gaps.
    Inconclusive,
    /// 4: broken off in the middle.
    Partial,
}

impl Exit {
    /// All of them, by their numbers.
    pub(crate) const ALL: [Self; 5] = [Self::Clean, Self::Found, Self::CouldNotRun, Self::Inconclusive, Self::Partial];

    /// The number that the system gets.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Found => 1,
            Self::CouldNotRun => 2,
            Self::Inconclusive => 3,
            Self::Partial => 4,
        }
    }

    /// A sign found is never hidden by a gap or by a break.
    pub(crate) const fn of(report: &Report) -> Self {
        Self::judged(report.verdict, report.partial)
    }

    /// The same for what is no whole report.
    pub(crate) const fn judged(verdict: Verdict, partial: bool) -> Self {
        match verdict {
            Verdict::Attempted | Verdict::Exploited | Verdict::Compromised => Self::Found,
            _ if partial => Self::Partial,
            Verdict::Inconclusive => Self::Inconclusive,
            Verdict::Clean => Self::Clean,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_found_comes_before_a_break_and_a_break_before_gaps() {
        for (verdict, whole, broken_off) in [
            (Verdict::Clean, Exit::Clean, Exit::Partial),
            (Verdict::Inconclusive, Exit::Inconclusive, Exit::Partial),
            (Verdict::Attempted, Exit::Found, Exit::Found),
            (Verdict::Exploited, Exit::Found, Exit::Found),
            (Verdict::Compromised, Exit::Found, Exit::Found),
        ] {
            assert_eq!((Exit::judged(verdict, false), Exit::judged(verdict, true)), (whole, broken_off), "{verdict:?}");
        }
    }
}
