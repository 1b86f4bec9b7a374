//! Sparse files: stretches without bytes on the disk, which read as zeros.

use std::fs::{File, Metadata};

/// How many bytes of a file lie on the disk; `None` where the system does not say.
#[cfg(unix)]
#[must_use]
pub fn allocated(file: &Metadata) -> Option<u64> {
    /// `st_blocks` counts these. Source: `man 3 stat`, `man 7 inode`.
    const BLOCK: u64 = 512;
    Some(std::os::unix::fs::MetadataExt::blocks(file).saturating_mul(BLOCK))
}

/// How many bytes of a file lie on the disk; `None` where the system does not say.
#[cfg(not(unix))]
#[must_use]
pub fn allocated(_: &Metadata) -> Option<u64> {
    None
}

/// Where the first bytes of a file lie that are on the disk; zero where the system does not say, or where there are none. The
/// file is left at any place.
#[cfg(target_os = "linux")]
#[must_use]
pub fn first_data(file: &File) -> u64 {
    rustix::fs::seek(file, rustix::fs::SeekFrom::Data(0)).unwrap_or(0)
}

/// Where the first bytes of a file lie that are on the disk; zero where the system does not say.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn first_data(_: &File) -> u64 {
    0
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::{Seek, SeekFrom, Write};

    use super::*;

    #[test]
    fn what_is_not_on_the_disk_is_known() {
        let path = std::env::temp_dir().join(format!("hikeshi-holes-{}", std::process::id()));
        let mut file = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        file.seek(SeekFrom::Start(1 << 30)).unwrap();
        file.write_all(b"data").unwrap();
        file.sync_all().unwrap();
        let known = allocated(&file.metadata().unwrap()).unwrap();
        assert!((1..1 << 20).contains(&known), "{known}");
        assert!((1 << 29..=1 << 30).contains(&first_data(&file)));
    }
}
