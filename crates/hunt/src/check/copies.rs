//! Which files in a collection are copies under names that say nothing, by the tables that lie beside them.

use std::collections::BTreeMap;

use hikeshi_core::coverage::Unreadable;
use hikeshi_evidence::collected::samples::{Samples, TABLE};

use super::unreadable;
use crate::discover::Listing;
use crate::scan::not_read;

/// So many tables are read: a collection has some dozens.
const TABLES: usize = 1_000;

/// The tables of all roots, by root and the folder that they lie in.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    tables: BTreeMap<(usize, String), Samples>,
}

impl Copies {
    /// Reads the tables among the files; what of them could not be read, with its root.
    pub(crate) fn read(listing: &Listing) -> (Self, Vec<(usize, Unreadable)>) {
        let (mut copies, mut missed) = (Self::default(), Vec::new());
        let named = |path: &str| path.rsplit('/').next().is_some_and(|name| name.eq_ignore_ascii_case(TABLE));
        for file in listing.files.iter().filter(|file| named(&file.path)).take(TABLES) {
            match fs_err::File::open(&file.place) {
                Ok(table) => {
                    let (samples, gaps) = Samples::read(table);
                    missed.extend(gaps.into_iter().map(|gap| (file.root, unreadable(&file.path, gap))));
                    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
                    copies.tables.insert((file.root, folder.to_owned()), samples);
                }
                Err(error) => missed.push((file.root, not_read(&file.path, &error))),
            }
        }
        (copies, missed)
    }

    /// The path on the disk of a file; of several names, the first.
    pub(crate) fn of(&self, root: usize, path: &str) -> Option<String> {
        let mut folder = path;
        while !self.tables.is_empty() {
            let (above, _) = folder.rsplit_once('/').unwrap_or_default();
            let table = self.tables.get(&(root, above.to_owned()));
            if let Some(disk) = table.and_then(|table| table.paths(path).first()) {
                return Some(disk.to_string());
            }
            if above.is_empty() {
                break;
            }
            folder = above;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::Candidate;

    #[test]
    fn a_table_speaks_for_the_files_beside_it_and_below() {
        let folder = tempfile::tempdir().unwrap();
        let table = "FullName,SampleName\r\n\\Windows\\debug\\msert.log,1_2_3_msert.log_.data\r\n";
        fs_err::write(folder.path().join("GetThis.csv"), table).unwrap();
        let file = |path: &str| Candidate { root: 0, path: path.to_owned(), place: folder.path().join(path), bytes: 9 };
        let listing = Listing { files: vec![file("GetThis.csv")], ..Listing::default() };
        let (copies, missed) = Copies::read(&listing);
        assert!(missed.is_empty());
        assert_eq!(copies.of(0, "a/b/1_2_3_msert.log_.data").as_deref(), Some("\\Windows\\debug\\msert.log"));
        assert_eq!((copies.of(1, "1_2_3_msert.log_.data"), copies.of(0, "other")), (None, None));
        let (_, missed) = Copies::read(&Listing { files: vec![file("x/GetThis.csv")], ..Listing::default() });
        assert_eq!(missed.len(), 1);
    }
}
