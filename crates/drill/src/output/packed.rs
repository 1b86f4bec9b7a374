//! A practice server in one archive, as a collector packs it.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::Written;
use crate::{Error, PRACTICE_MARK, archive::Archive};

/// Name of the archive, at the root of the practice directory.
pub const ARCHIVE_FILE: &str = "server.zip";

/// Where files lie until they are packed: logs are written side by side, and an archive takes one file after the other.
pub(crate) const UNPACKED: &str = "server.unpacked";

/// Moves the files that lie below `unpacked` into an archive in `dir`, in order of their paths.
pub(crate) fn pack(dir: &Path, unpacked: &Path, written: &mut [Written]) -> Result<(), Error> {
    written.sort();
    let path = dir.join(ARCHIVE_FILE);
    let failed = |source| Error::Write { path: path.clone(), source };
    let file = fs_err::File::create_new(&path).map_err(failed)?;
    let mut archive = Archive::new(BufWriter::new(file));
    for Written { path, modified, .. } in written.iter() {
        let place = unpacked.join(path);
        let packed = fs_err::File::open(&place).and_then(|mut file| archive.member(path, *modified, &mut file));
        packed.map_err(failed)?;
        fs_err::remove_file(&place).map_err(failed)?;
    }
    archive.finish(PRACTICE_MARK).and_then(|mut out| out.flush()).map_err(failed)?;
    // Only its empty folders are left.
    fs_err::remove_dir_all(unpacked).map_err(failed)
}
