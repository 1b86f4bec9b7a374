//! Whose the files are that findings name.

use std::collections::BTreeMap;
use std::ops::Bound;

use hikeshi_core::finding::{Finding, Stage};

use super::Clue;
use crate::follow::{files, folders, libraries};
use crate::judge::Case;

/// Files by whole path, each with the first whose it is; and folders that are an intruder's own.
pub(super) struct Files<'c> {
    files: BTreeMap<String, usize>,
    folders: Vec<&'c str>,
    /// Libraries that lie among Windows' own.
    libraries: BTreeMap<String, usize>,
}

impl<'c> Files<'c> {
    pub(super) fn new(case: &Case<'c>) -> Self {
        let leads = case.followed.into_iter().flat_map(|followed| &followed.leads);
        let folder = |clue: &'c Clue| if let Clue::Folder(folder) = clue { Some(folder.as_str()) } else { None };
        let folders = leads.filter_map(|lead| folder(&lead.clue)).collect();
        Self { files: BTreeMap::new(), folders, libraries: BTreeMap::new() }
    }

    /// A finding is one's own: so are the files that it names, where it shows more than an attempt to come in.
    pub(super) fn add(&mut self, finding: &Finding, whose: usize) {
        if finding.weight().is_some_and(|stage| stage >= Stage::Implant) {
            for file in files(finding) {
                self.files.entry(file).or_insert(whose);
            }
            for library in libraries(finding) {
                self.libraries.entry(library).or_insert(whose);
            }
        }
    }

    /// Whose a file or folder is.
    pub(super) fn owner(&self, path: &str) -> Option<usize> {
        let of_folder = |folder: &&str| {
            let first = self.files.range::<str, _>((Bound::Included(*folder), Bound::Unbounded)).next();
            first.filter(|(file, _)| path.starts_with(folder) && file.starts_with(folder))
        };
        let in_folder = || self.folders.iter().find_map(of_folder).map(|(_, whose)| whose);
        self.files.get(path).or_else(in_folder).copied()
    }

    /// Whose a finding is by a folder that it names, in which a file of his lies.
    pub(super) fn owner_of_folder(&self, finding: &Finding) -> Option<usize> {
        let in_folder = |folder: &String| {
            let below = self.files.range::<str, _>((Bound::Included(folder.as_str()), Bound::Unbounded));
            let mut rest = below.map_while(|(file, whose)| Some((file.strip_prefix(folder)?, *whose)));
            rest.find(|(name, _)| !name.contains('\\')).map(|(_, whose)| whose)
        };
        folders(finding).iter().find_map(in_folder)
    }

    /// Whose a finding is by the files that it names.
    pub(super) fn owner_of(&self, finding: &Finding) -> Option<usize> {
        let by_file = files(finding).iter().find_map(|file| self.owner(file));
        by_file.or_else(|| libraries(finding).iter().find_map(|library| self.libraries.get(library).copied()))
    }
}
