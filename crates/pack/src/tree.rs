//! The files of a pack or rule folder, from a disk or from inside the executable.

use std::collections::BTreeMap;
use std::path::Path;

use walkdir::WalkDir;

use crate::Error;

/// No rule, manifest or sample has a reason to be larger.
const FILE_CAP: u64 = 8 << 20;

/// Files by their path with `/`, in memory.
#[derive(Debug, Default, Clone)]
pub struct Tree {
    name: String,
    files: BTreeMap<String, Vec<u8>>,
}

impl Tree {
    /// From files at hand, such as those inside the executable.
    pub fn new(name: impl Into<String>, files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        Self { name: name.into(), files: files.into_iter().collect() }
    }

    /// Reads a folder. Links are not followed.
    ///
    /// # Errors
    /// When a file or folder cannot be read, or a file is larger than 8 MiB.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let mut files = BTreeMap::new();
        for entry in WalkDir::new(folder).sort_by_file_name() {
            let entry = entry.map_err(|error| Error::Read {
                path: error.path().unwrap_or(folder).to_owned(),
                source: error.into_io_error().unwrap_or_else(|| std::io::Error::other("links lead in a circle")),
            })?;
            if !entry.file_type().is_file() {
                continue;
            }
            let read = |source| Error::Read { path: entry.path().to_owned(), source };
            let bytes = entry.metadata().map_err(|error| read(error.into()))?.len();
            let path = relative(entry.path(), folder);
            if bytes > FILE_CAP {
                return Err(Error::TooLarge { path, bytes, cap: FILE_CAP });
            }
            files.insert(path, fs_err::read(entry.path()).map_err(read)?);
        }
        Ok(Self { name: folder.display().to_string(), files })
    }

    /// Where it came from, for messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All files, by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// The text of one file; `None` when there is no such file.
    ///
    /// # Errors
    /// When it is no UTF-8.
    pub fn text(&self, path: &str) -> Result<Option<&str>, Error> {
        self.files.get(path).map(|bytes| utf8(path, bytes)).transpose()
    }

    /// The texts below a folder that have one of the endings, by path.
    ///
    /// # Errors
    /// When one is no UTF-8.
    pub fn texts_under(&self, folder: &str, endings: &[&str]) -> Result<Vec<(&str, &str)>, Error> {
        let wanted = |path: &str| {
            let ending = path.rsplit_once('.').map(|(_, ending)| ending);
            path.starts_with(folder)
                && ending.is_some_and(|ending| endings.iter().any(|wanted| ending.eq_ignore_ascii_case(wanted)))
        };
        self.files()
            .filter(|(path, _)| wanted(path))
            .map(|(path, bytes)| utf8(path, bytes).map(|text| (path, text)))
            .collect()
    }
}

fn utf8<'a>(path: &str, bytes: &'a [u8]) -> Result<&'a str, Error> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|_| Error::NotUtf8(path.to_owned()))
}

fn relative(path: &Path, root: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
