//! The texts of rules: read from a folder, with what they include, and compiled.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use boreal::Scanner;
use boreal::compiler::AddRuleError;
use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use super::externals::NAMES;
use super::formats::compiler;
use super::ranges::bounded;

/// A larger rule file is skipped.
const FILE_CAP: u64 = 8 << 20;
/// So many rule files are read of one folder.
const FILES_CAP: usize = 20_000;
/// All rule files together may be so large.
const TOTAL_CAP: u64 = 256 << 20;
/// Folders in folders are looked into so deep.
const FOLDERS_CAP: usize = 32;
/// A file may include a file that includes a file, so deep.
const INCLUDE_DEPTH_CAP: usize = 16;
/// So many files are included into one.
const INCLUDES_CAP: usize = 256;
/// Changes with what [`Sources::to_bytes`] writes.
const FORMAT: &str = "hikeshi-yara-1";

/// A rule file, or a part of it, that is not in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Its path relative to the folder, with `/`.
    pub file: String,
    /// The line of the fault, from 1, where it stands in a line.
    pub line: Option<usize>,
    /// What is wrong.
    pub reason: String,
    /// How many rules of the file are in use all the same: those above the fault.
    pub rules_kept: usize,
}

impl Skipped {
    fn new(file: impl Into<String>, reason: impl ToString) -> Self {
        Self { file: file.into(), line: None, reason: reason.to_string(), rules_kept: 0 }
    }
}

/// The texts by their paths relative to the folder, with `/`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Sources {
    texts: BTreeMap<String, String>,
    /// Files that are read only because others include them.
    included: BTreeMap<String, String>,
    /// Where included files are looked for. A process that got the texts as bytes opens none.
    #[serde(skip)]
    folder: Option<PathBuf>,
}

impl Sources {
    /// Reads the rule files below a folder.
    pub(super) fn read(folder: &Path) -> (Self, Vec<Skipped>) {
        let mut sources = Self { folder: folder.canonicalize().ok(), ..Self::default() };
        let mut skipped = Vec::new();
        let mut total = 0;
        for entry in WalkDir::new(folder).max_depth(FOLDERS_CAP).sort_by_file_name() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().map(|path| relative(folder, path)).unwrap_or_default();
                    skipped.push(Skipped::new(path, error));
                    continue;
                }
            };
            let path = relative(folder, entry.path());
            if entry.file_type().is_dir() && entry.depth() == FOLDERS_CAP {
                skipped.push(Skipped::new(&path, "the folder lies too deep"));
            }
            let linked_folder = entry.path_is_symlink() && entry.path().is_dir();
            if entry.file_type().is_dir() || !(linked_folder || is_rule_file(entry.path())) {
                continue;
            }
            let text = if entry.file_type().is_file() {
                read_text(entry.path())
            } else {
                Err("it is a link, or no file; not opened".to_owned())
            };
            match text {
                // Names that are no UTF-8 may look the same.
                Ok(_) if sources.texts.contains_key(&path) => {
                    skipped.push(Skipped::new(path, "another file has this name"));
                }
                Ok(text) if sources.texts.len() < FILES_CAP && total + text.len() as u64 <= TOTAL_CAP => {
                    total += text.len() as u64;
                    sources.texts.insert(path, text);
                }
                Ok(_) => skipped.push(Skipped::new(path, "there are too many rule files")),
                Err(reason) => skipped.push(Skipped::new(path, reason)),
            }
        }
        (sources, skipped)
    }

    /// Takes texts by their paths.
    pub(super) fn of(texts: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { texts: texts.into_iter().collect(), ..Self::default() }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // Texts in maps serialise always.
        postcard::to_stdvec(&(FORMAT, self)).unwrap_or_default()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (format, sources): (String, Self) = postcard::from_bytes(bytes).ok()?;
        (format == FORMAT).then_some(sources)
    }

    /// Compiles all files. What they included is among the sources afterwards.
    pub(super) fn compile(mut self) -> (Scanner, Self, Vec<Skipped>) {
        let texts = std::mem::take(&mut self.texts);
        let includes = Arc::new(Mutex::new(Includes { sources: self, ..Includes::default() }));
        let mut compiler = compiler();
        for name in NAMES {
            compiler.define_symbol(name, "");
        }
        let resolver = Arc::clone(&includes);
        compiler.set_include_callback(move |name, from, file| lock(&resolver).open(name, from, file));
        let mut skipped = Vec::new();
        for (file, text) in &texts {
            lock(&includes).opened.clear();
            lock(&includes).count = 0;
            let text = bounded(text);
            if let Err(error) = compiler.add_rules_str_in_namespace(&text, file) {
                skipped.push(lock(&includes).fault(file, &text, &error));
            }
        }
        let scanner = compiler.finalize();
        for one in &mut skipped {
            one.rules_kept = scanner.rules().filter(|rule| rule.namespace == one.file).count();
        }
        let sources = std::mem::take(&mut lock(&includes).sources);
        (scanner, Self { texts, ..sources }, skipped)
    }
}

/// Nothing panics while it holds the lock, so what is behind it is whole.
fn lock(includes: &Mutex<Includes>) -> std::sync::MutexGuard<'_, Includes> {
    includes.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Finds included files.
#[derive(Default)]
struct Includes {
    sources: Sources,
    /// The chain of included files that led to the one in hand: as it was named, and where it is.
    opened: Vec<(String, String)>,
    /// How many files the rule file in hand has included.
    count: usize,
}

impl Includes {
    /// The text of an included file. `from` is the name by which the including file was included, `None` where that is
    /// the rule file itself; `file` is the rule file.
    fn open(&mut self, name: &str, from: Option<&Path>, file: &str) -> io::Result<String> {
        // The compiler goes depth first: whatever stands behind the including file in the chain is done.
        let from = from.map(Path::to_string_lossy);
        while self.opened.last().is_some_and(|(named, _)| from.as_deref() != Some(named.as_str())) {
            self.opened.pop();
        }
        self.count += 1;
        if self.opened.len() >= INCLUDE_DEPTH_CAP || self.count > INCLUDES_CAP {
            return Err(io::Error::other("too many files included, or one by itself"));
        }
        let base = self.opened.last().map_or(file, |(_, path)| path.as_str());
        let path = join(base, name).ok_or_else(|| io::Error::other("it lies outside the folder of the rules"))?;
        let text = bounded(&self.text(&path)?).into_owned();
        self.opened.push((name.to_owned(), path));
        Ok(text)
    }

    fn text(&mut self, path: &str) -> io::Result<String> {
        if let Some(text) = self.sources.included.get(path) {
            return Ok(text.clone());
        }
        let Some(folder) = &self.sources.folder else { return Err(io::ErrorKind::NotFound.into()) };
        let found = folder.join(path).canonicalize()?;
        if !found.starts_with(folder) {
            return Err(io::Error::other("it lies outside the folder of the rules"));
        }
        let text = read_text(&found).map_err(io::Error::other)?;
        self.sources.included.insert(path.to_owned(), text.clone());
        Ok(text)
    }

    /// What is wrong with a rule file.
    fn fault(&self, file: &str, text: &str, error: &AddRuleError) -> Skipped {
        let within = error.path.as_deref().map(Path::to_string_lossy);
        let within = within.and_then(|named| self.opened.iter().rfind(|(name, _)| *name == named));
        let included = within.and_then(|(_, path)| self.sources.included.get(path)).map(|text| bounded(text));
        let text = included.as_deref().unwrap_or(text);
        let diagnostic = error.to_diagnostic();
        let label = diagnostic.labels.first();
        let above = label.and_then(|label| text.as_bytes().get(..label.range.start));
        let label_text = label.map(|label| label.message.as_str()).filter(|message| !message.is_empty());
        let mut reason = diagnostic.message.clone();
        if let Some(label) = label_text {
            reason = format!("{reason}: {label}");
        }
        if let Some((_, path)) = within {
            reason = format!("in the included file {path}: {reason}");
        }
        Skipped { line: above.map(|above| memchr::memchr_iter(b'\n', above).count() + 1), ..Skipped::new(file, reason) }
    }
}

/// The path that `name` means in the file `base`; `None` when it leads out of the folder.
fn join(base: &str, name: &str) -> Option<String> {
    let name = name.replace('\\', "/");
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    for component in Path::new(&name).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

fn is_rule_file(path: &Path) -> bool {
    const EXTENSIONS: [&str; 3] = ["yar", "yara", "rule"];
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// A rule file's text, or why it is not read.
fn read_text(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let file = fs_err::File::open(path).map_err(|error| error.to_string())?;
    file.take(FILE_CAP + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > FILE_CAP {
        return Err(format!("it is larger than {FILE_CAP} bytes"));
    }
    let text = String::from_utf8(bytes).map_err(|error| format!("it is no UTF-8: {error}"))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn relative(folder: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(folder).unwrap_or(path).components();
    let parts: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}
