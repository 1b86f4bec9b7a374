//! Walks the roots and lists the files below them, in one order on every system.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsStr;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use hikeshi_core::both;
use hikeshi_core::cause::Cause;
use hikeshi_core::coverage::{Gap, Unreadable};
use hikeshi_evidence::artefact::{self, Artefact};
use hikeshi_evidence::record::gap_of;
use hikeshi_host::holes;
use walkdir::WalkDir;

use crate::Error;

/// A tree deeper than this is not a server's disk.
const DEEPEST: usize = 96;
/// More files than this are not listed; what is left out is said.
const MOST_FILES: usize = 4_000_000;

/// The root of files that are named one by one: together they are one collection.
const SINGLE_FILES: usize = usize::MAX;

/// A file that may hold evidence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// Which root, by its place in the command; all files named one by one are of the same.
    pub root: usize,
    /// Below the root, with `/`; for a root that is a file, its name.
    pub path: String,
    /// Where it lies.
    pub place: PathBuf,
    /// Its size when it was listed.
    pub bytes: u64,
}

/// What the roots hold.
#[derive(Debug, Default)]
pub struct Listing {
    /// Files, in order of root and path.
    pub files: Vec<Candidate>,
    /// For each root that is a folder, what its paths begin with where there are several.
    pub labels: Vec<Option<String>>,
    /// What could not be listed, with its root.
    pub unreadable: Vec<(usize, Unreadable)>,
}

impl Listing {
    fn add(&mut self, file: Candidate, metadata: Option<&Metadata>) {
        // A change journal begins with a hole by its nature: its reader begins behind it.
        let is_journal = || artefact::named(&file.path) == Some(Artefact::ChangeJournal);
        match metadata.and_then(hollow).filter(|_| !is_journal()) {
            Some(known) => {
                let gap = Unreadable::new(file.path, Gap::TooLarge);
                let gap = gap.because(both!(
                    "sparse: {known} bytes of it are on the disk",
                    "スパース ファイル: ディスク上にあるのは {known} バイト"
                ));
                self.unreadable.push((file.root, Unreadable { bytes: Some(file.bytes), ..gap }));
            }
            None => self.files.push(file),
        }
    }
}

/// Lists all files below the roots, each once: a root that lies in another, or is named twice, adds nothing. Links are not
/// followed; each one is told.
///
/// # Errors
/// When a root does not exist or cannot be reached.
pub fn discover(roots: &[PathBuf]) -> Result<Listing, Error> {
    let mut listing = Listing::default();
    let inside = inside_others(roots);
    let labels = labels(roots, &inside);
    for (number, (root, label)) in roots.iter().zip(&labels).enumerate() {
        // A root may be a link: whoever names it means what it leads to.
        let metadata = fs_err::metadata(root).map_err(|source| Error::Root { path: root.clone(), source })?;
        if inside.contains(&number) {
            continue;
        }
        if metadata.is_dir() {
            let mut found = Listing::default();
            walk(number, root, &mut found);
            let prefix = label.as_ref().map(|label| format!("{label}/")).unwrap_or_default();
            listing.files.extend(
                found.files.into_iter().map(|file| Candidate { path: format!("{prefix}{}", file.path), ..file }),
            );
            listing.unreadable.extend(
                found
                    .unreadable
                    .into_iter()
                    .map(|(root, gap)| (root, Unreadable { path: format!("{prefix}{}", gap.path), ..gap })),
            );
        } else if metadata.is_file() {
            let path = label.clone().unwrap_or_else(|| name(root));
            let number = SINGLE_FILES;
            let file = Candidate { root: number, path, place: root.clone(), bytes: metadata.len() };
            listing.add(file, Some(&metadata));
        } else {
            let source = Cause::of(
                io::ErrorKind::InvalidInput,
                both!("it is neither a folder nor a file", "フォルダーでもファイルでもありません"),
            );
            return Err(Error::Root { path: root.clone(), source });
        }
    }
    listing.files.sort();
    listing.labels = labels;
    Ok(listing)
}

/// With several roots, each path begins with its root's name, made unique: two servers have files of the same name.
fn labels(roots: &[PathBuf], inside: &BTreeSet<usize>) -> Vec<Option<String>> {
    if roots.len() < 2 + inside.len() {
        return vec![None; roots.len()];
    }
    let mut taken = BTreeSet::new();
    let unique = |(number, root): (usize, &PathBuf)| {
        if inside.contains(&number) {
            return None;
        }
        let plain = name(root);
        let label = std::iter::once(plain.clone())
            .chain((2..).map(|number| format!("{plain}-{number}")))
            .find(|label| !taken.contains(label));
        taken.extend(label.clone());
        label
    };
    roots.iter().enumerate().map(unique).collect()
}

/// The roots, by their places, that lie in another one or are another name of one before.
fn inside_others(roots: &[PathBuf]) -> BTreeSet<usize> {
    // What cannot be resolved lies nowhere; that it cannot be reached is told where it is listed.
    let resolved = |(number, root): (usize, &PathBuf)| Some((fs_err::canonicalize(root).ok()?, number));
    let places: Vec<(PathBuf, usize)> = roots.iter().enumerate().filter_map(resolved).collect();
    let mut first: HashMap<&Path, usize> = HashMap::new();
    for (place, number) in &places {
        first.entry(place).or_insert(*number);
    }
    let is_inside = |(place, number): &&(PathBuf, usize)| {
        first.get(place.as_path()) != Some(number) || place.ancestors().skip(1).any(|above| first.contains_key(above))
    };
    places.iter().filter(is_inside).map(|(_, number)| *number).collect()
}

fn name(root: &Path) -> String {
    shown(root.file_name().unwrap_or(root.as_os_str()))
}

fn walk(number: usize, root: &Path, listing: &mut Listing) {
    let entries = WalkDir::new(root).max_depth(DEEPEST).follow_root_links(true).sort_by_file_name();
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().map_or_else(|| ".".to_owned(), |path| relative(path, root));
                // An error without the system's own is a circle of links.
                let reason = error.io_error().map_or(Gap::LinkNotFollowed, |source| gap_of(source.kind()));
                let gap = Unreadable::new(path, reason);
                let gap = match error.io_error() {
                    Some(source) => gap.because(source),
                    None => gap,
                };
                listing.unreadable.push((number, gap));
                continue;
            }
        };
        let path = relative(entry.path(), root);
        if entry.file_type().is_symlink() && entry.depth() > 0 {
            listing.unreadable.push((number, Unreadable::new(path, Gap::LinkNotFollowed)));
            continue;
        }
        if entry.file_type().is_dir() && entry.depth() == DEEPEST {
            listing.unreadable.push((number, Unreadable::new(path, Gap::TooMany)));
            continue;
        }
        // A root that is a link to a folder is listed as the link that it is.
        if entry.file_type().is_dir() || entry.depth() == 0 {
            continue;
        }
        if !entry.file_type().is_file() {
            listing.unreadable.push((number, Unreadable::new(path, Gap::SpecialFile)));
            continue;
        }
        if listing.files.len() >= MOST_FILES {
            listing.unreadable.push((number, Unreadable::new(path, Gap::TooMany)));
            return;
        }
        // What has gone since is told when it cannot be opened.
        let metadata = entry.metadata().ok();
        let bytes = metadata.as_ref().map_or(0, Metadata::len);
        listing.add(Candidate { root: number, path, place: entry.path().to_owned(), bytes }, metadata.as_ref());
    }
}

/// How much of a file is on the disk, where that is so little of so much that reading it would be reading zeros.
pub(crate) fn hollow(file: &Metadata) -> Option<u64> {
    const LARGE: u64 = 16 << 30;
    const LITTLE: u64 = 64;
    holes::allocated(file).filter(|known| file.len() > LARGE && *known < file.len() / LITTLE)
}

fn relative(path: &Path, root: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    path.components().map(|part| shown(part.as_os_str())).collect::<Vec<_>>().join("/")
}

/// A name as text. Bytes that are no UTF-8 are spelled out, so that two names never look the same.
fn shown(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    text
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn names_that_are_no_utf_8_are_spelled_out_and_never_look_the_same() {
        assert_eq!(shown(OsStr::from_bytes(b"log\xff.txt")), "log\\xff.txt");
        assert_ne!(shown(OsStr::from_bytes(b"a\xfe")), shown(OsStr::from_bytes(b"a\xff")));
        assert_eq!(shown(OsStr::new("火消し.log")), "火消し.log");
    }
}
