//! What was asked to be left out: by time, by path. Whatever is left out forbids "clean".

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use hikeshi_core::report::Narrowed;
use hikeshi_core::time::Timestamp;

use crate::Error;

/// What of the evidence is wanted; everything by default.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Records before it are left out; those without a time are kept.
    pub since: Option<Timestamp>,
    /// Records after it are left out; those without a time are kept.
    pub until: Option<Timestamp>,
    include: Vec<String>,
    exclude: Vec<String>,
    included: GlobSet,
    excluded: GlobSet,
}

impl Scope {
    /// From limits of time and globs over paths of evidence (with `/`, without case).
    ///
    /// # Errors
    /// When a glob is malformed.
    pub fn new(
        since: Option<Timestamp>,
        until: Option<Timestamp>,
        include: &[String],
        exclude: &[String],
    ) -> Result<Self, Error> {
        let (included, excluded) = (globs(include)?, globs(exclude)?);
        Ok(Self { since, until, include: include.to_vec(), exclude: exclude.to_vec(), included, excluded })
    }

    /// Whether a file is wanted.
    pub(crate) fn wants(&self, path: &str) -> bool {
        (self.include.is_empty() || self.included.is_match(path)) && !self.excluded.is_match(path)
    }

    /// Whether an archive is opened that is not wanted itself: its members may be. One that is excluded stays closed.
    pub(crate) fn opens(&self, path: &str) -> bool {
        !self.excluded.is_match(path)
    }

    /// Whether a record of this time is wanted.
    pub(crate) fn holds(&self, time: Option<Timestamp>) -> bool {
        time.is_none_or(|time| {
            self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time <= until)
        })
    }

    /// What was asked for, for the report; `None` where nothing was.
    pub(crate) fn narrowed(&self, files: u64) -> Option<Narrowed> {
        let Self { since, until, include, exclude, .. } = self;
        let is_narrowed = since.is_some() || until.is_some() || !include.is_empty() || !exclude.is_empty();
        is_narrowed.then(|| Narrowed {
            since: *since,
            until: *until,
            include: include.clone(),
            exclude: exclude.clone(),
            files_left_out: files,
        })
    }
}

/// A pattern without a folder means a name anywhere.
fn globs(patterns: &[String]) -> Result<GlobSet, Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let malformed = |source| Error::Pattern { pattern: pattern.clone(), source };
        let spelled = pattern.replace('\\', "/");
        let anywhere = if spelled.contains('/') { spelled } else { format!("**/{spelled}") };
        let glob = GlobBuilder::new(&anywhere).case_insensitive(true).backslash_escape(false).build();
        set.add(glob.map_err(malformed)?);
    }
    set.build().map_err(|source| Error::Pattern { pattern: patterns.join(" "), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_meant_anywhere_and_exclusion_comes_before_inclusion() {
        let scope = Scope::new(None, None, &["*.evtx".to_owned()], &["old/**".to_owned()]).unwrap();
        assert!(scope.wants("Security.EVTX") && scope.wants("a/b/Security.evtx"));
        assert!(!scope.wants("a/Security.log") && !scope.wants("OLD/Security.evtx"));
        assert!(Scope::default().wants("anything") && Scope::default().narrowed(0).is_none());
    }

    #[test]
    fn records_without_a_time_are_always_wanted() {
        let at = |text: &str| Timestamp::parse(text.as_bytes());
        let scope = Scope::new(at("2021-03-01"), at("2021-03-02"), &[], &[]).unwrap();
        assert!(scope.holds(None) && scope.holds(at("2021-03-01")) && scope.holds(at("2021-03-02")));
        assert!(!scope.holds(at("2021-02-28")) && !scope.holds(at("2021-03-03")));
    }
}
