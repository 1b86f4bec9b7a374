//! What the first reading made of each file, so that the second need not look again.

use std::collections::HashMap;
use std::path::Path;
use std::sync::OnceLock;

use crate::discover::Listing;
use crate::recognise::Recognised;

/// The files of a run, and for each, by where it lies, what it is; empty until it is read. Members of archives are recognised
/// each time.
pub(super) struct Recall<'l> {
    pub(super) listing: &'l Listing,
    known: HashMap<&'l Path, OnceLock<Recognised>>,
}

impl<'l> Recall<'l> {
    pub(super) fn of(listing: &'l Listing) -> Self {
        let known = listing.files.iter().map(|file| (file.place.as_path(), OnceLock::new())).collect();
        Self { listing, known }
    }

    pub(super) fn get(&self, place: &Path) -> Option<&OnceLock<Recognised>> {
        self.known.get(place)
    }
}
