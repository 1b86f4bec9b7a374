//! Folders with all that is in them.

use std::path::{Path, PathBuf};

use anyhow::Result;

/// All files below a folder, in order.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs_err::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { open.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

/// Gives each file below `from` and its place below `to`, whose folder is there by then.
pub(crate) fn mirror(from: &Path, to: &Path, mut each: impl FnMut(&Path, &Path) -> std::io::Result<()>) -> Result<()> {
    fs_err::create_dir_all(to)?;
    for file in files(from)? {
        let place = to.join(file.strip_prefix(from)?);
        place.parent().map(fs_err::create_dir_all).transpose()?;
        each(&file, &place)?;
    }
    Ok(())
}

/// Removes a folder where it is there. Only ever our own: one in the build directory, or among the tools.
pub(crate) fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs_err::remove_dir_all(folder)?;
    }
    Ok(())
}

/// Copies a folder.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    mirror(from, to, |file, place| fs_err::copy(file, place).map(drop))
}
