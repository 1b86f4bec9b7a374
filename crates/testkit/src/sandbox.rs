//! The folder that a test works in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::run::{Call, Run};

/// A temporary folder and the executable that is run in it. The folder goes with the value.
#[derive(Debug)]
pub struct Sandbox {
    folder: TempDir,
    program: PathBuf,
    #[cfg(unix)]
    locked: Vec<PathBuf>,
    /// The executable at a place that every account can reach; made when something is locked.
    reachable: Option<TempDir>,
}

impl Sandbox {
    /// An empty folder for `program`, as `env!("CARGO_BIN_EXE_hikeshi")` names it.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>) -> Self {
        let folder = new_folder();
        Self {
            folder,
            program: program.into(),
            #[cfg(unix)]
            locked: Vec::new(),
            reachable: None,
        }
    }

    /// Writes a file, with the folders above it. A path is relative to the folder, with `/`.
    #[must_use]
    pub fn file(self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        let place = self.path(path);
        fs_err::create_dir_all(place.parent().unwrap_or(&place)).expect("a folder can be made");
        fs_err::write(place, bytes).expect("a file can be written");
        self
    }

    /// Writes several files.
    #[must_use]
    pub fn files<'f>(self, files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Self {
        files.into_iter().fold(self, |host, (path, bytes)| host.file(path, bytes))
    }

    /// Makes an empty folder.
    #[must_use]
    pub fn folder(self, path: &str) -> Self {
        fs_err::create_dir_all(self.path(path)).expect("a folder can be made");
        self
    }

    /// Takes a file or folder away.
    #[must_use]
    pub fn without(self, path: &str) -> Self {
        let place = self.path(path);
        let removed = if place.is_dir() { fs_err::remove_dir_all(place) } else { fs_err::remove_file(place) };
        removed.expect("a file can be removed");
        self
    }

    /// Makes a link at `path` that leads to `target`, which need not exist.
    #[cfg(unix)]
    #[must_use]
    pub fn link(self, path: &str, target: &str) -> Self {
        fs_err::os::unix::fs::symlink(target, self.path(path)).expect("a link can be made");
        self
    }

    /// Makes a named pipe, which a careless reader waits for without end.
    #[cfg(unix)]
    #[must_use]
    pub fn pipe(self, path: &str) -> Self {
        let made = crate::run::command(Path::new("mkfifo")).arg(self.path(path)).status().expect("mkfifo can be run");
        assert!(made.success(), "mkfifo made no pipe");
        self
    }

    /// Makes a file or folder, which must exist, unreadable.
    ///
    /// Permissions do not hold for root. Where the tests run as root, the executable is run as the account
    /// `nobody` from then on; where that is impossible too, the run fails and says so.
    #[cfg(unix)]
    #[must_use]
    pub fn unreadable(mut self, path: &str) -> Self {
        let place = self.path(path);
        set_mode(&place, 0o000);
        if fs_err::File::open(&place).is_ok() {
            self.open_to_all();
        }
        self.locked.push(place);
        self
    }

    /// Lets every account reach the folder and the executable.
    #[cfg(unix)]
    fn open_to_all(&mut self) {
        if self.reachable.is_some() {
            return;
        }
        set_mode(self.folder.path(), 0o755);
        let folder = new_folder();
        set_mode(folder.path(), 0o755);
        let copy = folder.path().join("program");
        // The build folder may lie where only its owner gets; a second name costs nothing where it is possible.
        fs_err::hard_link(&self.program, &copy)
            .or_else(|_| fs_err::copy(&self.program, &copy).map(|_| ()))
            .expect("the executable can be copied");
        self.program = copy;
        self.reachable = Some(folder);
    }

    /// Makes a practice server in the folder `into`, with the executable itself.
    #[must_use]
    pub fn drill(self, into: &str, scenario: &str, size: &str, days: u32) -> Self {
        let days = days.to_string();
        let run =
            self.call().args(["drill", into, "--scenario", scenario, "--size", size, "--days", days.as_str()]).run();
        assert_eq!(run.exit, 0, "no practice server was made:\n{run}");
        self
    }

    /// Where a path of the folder lies.
    #[must_use]
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// One file's bytes.
    #[must_use]
    pub fn bytes(&self, path: &str) -> Vec<u8> {
        fs_err::read(self.path(path)).expect("a file can be read")
    }

    /// One file's JSON.
    #[must_use]
    pub fn json(&self, path: &str) -> serde_json::Value {
        serde_json::from_slice(&self.bytes(path)).expect("the file is JSON")
    }

    /// Everything below `path`, by its path with `/`.
    #[must_use]
    pub fn tree(&self, path: &str) -> BTreeMap<String, Vec<u8>> {
        files_below(&self.path(path))
    }

    /// A run that is still to be described.
    #[must_use]
    pub fn call(&self) -> Call<'_> {
        Call::new(&self.program, self.folder.path(), self.reachable.is_some())
    }

    /// Runs the executable with arguments that stand between blanks, in English.
    #[must_use]
    pub fn hikeshi(&self, arguments: &str) -> Run {
        self.call().args(arguments.split_whitespace()).run()
    }

    /// The same with a Japanese locale.
    #[must_use]
    pub fn hikeshi_in_japanese(&self, arguments: &str) -> Run {
        self.call().args(arguments.split_whitespace()).env("LANG", "ja_JP.UTF-8").run()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // A locked folder could not be emptied by its owner.
        #[cfg(unix)]
        self.locked.iter().for_each(|place| set_mode(place, 0o700));
    }
}

/// Everything below a folder, by its path with `/`.
///
/// # Panics
/// When it cannot be read.
#[must_use]
pub fn files_below(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs_err::read_dir(folder).expect("a folder can be listed") {
            let place = entry.expect("a folder can be listed").path();
            if place.is_dir() {
                open.push(place);
            } else {
                let below = place.strip_prefix(root).expect("it lies below");
                let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
                files.insert(parts.join("/"), fs_err::read(&place).expect("a file can be read"));
            }
        }
    }
    files
}

fn new_folder() -> TempDir {
    tempfile::Builder::new().prefix("hikeshi-").tempdir().expect("a temporary folder can be made")
}

#[cfg(unix)]
fn set_mode(place: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let permissions = std::fs::Permissions::from_mode(mode);
    fs_err::set_permissions(place, permissions).expect("permissions can be set");
}
