//! What the first reading made of each file, so that the second need not look again.

use std::collections::HashMap;
use std::path::Path;
use std::sync::OnceLock;

use crate::discover::Listing;
use crate::recognise::Recognised;

/// For each file, by where it lies, what it is; empty until it is read. Members of archives are recognised each time.
#[derive(Default)]
pub(super) struct Recall<'l>(HashMap<&'l Path, OnceLock<Recognised>>);

impl<'l> Recall<'l> {
    pub(super) fn of(listing: &'l Listing) -> Self {
        Self(listing.files.iter().map(|file| (file.place.as_path(), OnceLock::new())).collect())
    }

    pub(super) fn get(&self, place: &Path) -> Option<&OnceLock<Recognised>> {
        self.0.get(place)
    }
}
