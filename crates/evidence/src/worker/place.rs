//! Paths on their way to a worker: names of files need not be text, and serde's own form of a path must be.

use std::ffi::OsString;
#[cfg(unix)]
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
#[cfg(windows)]
use std::os::windows::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(super) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    #[cfg(unix)]
    let units = path.as_os_str().as_bytes();
    #[cfg(windows)]
    let units: Vec<u16> = path.as_os_str().encode_wide().collect();
    units.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    #[cfg(unix)]
    let name = OsString::from_vec(Vec::deserialize(deserializer)?);
    #[cfg(windows)]
    let name = OsString::from_wide(&Vec::<u16>::deserialize(deserializer)?);
    Ok(PathBuf::from(name))
}
