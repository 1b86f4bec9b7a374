//! Globs over paths as packs write them: with `/`, without case, `*` within a folder; each belongs to something.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// Compiled globs, with the number of what each belongs to.
#[derive(Debug, Default)]
pub(crate) struct Globs {
    set: GlobSet,
    owners: Vec<usize>,
}

/// One glob of a pack.
///
/// # Errors
/// When it is malformed.
pub(crate) fn glob(pattern: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(pattern).case_insensitive(true).literal_separator(true).backslash_escape(false).build()
}

impl Globs {
    /// Makes one search of all.
    ///
    /// # Errors
    /// When they are too large together.
    pub(crate) fn new(globs: impl IntoIterator<Item = (usize, Glob)>) -> Result<Self, globset::Error> {
        let mut set = GlobSetBuilder::new();
        let mut owners = Vec::new();
        for (owner, glob) in globs {
            set.add(glob);
            owners.push(owner);
        }
        Ok(Self { set: set.build()?, owners })
    }

    /// Whether any fits.
    pub(crate) fn fit(&self, path: &str) -> bool {
        self.set.is_match(path)
    }

    /// Those that fit, by their numbers, in order.
    pub(crate) fn fitting(&self, path: &str) -> Vec<usize> {
        self.set.matches(path)
    }

    /// What those belong to that fit, in their order.
    pub(crate) fn owners_of(&self, path: &str) -> impl Iterator<Item = usize> {
        self.fitting(path).into_iter().filter_map(|glob| self.owners.get(glob).copied())
    }

    /// What each belongs to.
    pub(crate) fn owners(&self) -> &[usize] {
        &self.owners
    }
}
