//! Files that Windows itself and installed programs keep packed or paged: drivers, packages, memory on the disk. Every disk
//! holds them, and no log lies in them; that they stay closed takes nothing from an answer about the logs.

use hikeshi_evidence::kind::Kind;

/// Folders in which installers keep what they unpack from.
const FOLDERS: [&str; 6] = [
    "/windows/",
    "/program files/",
    "/program files (x86)/",
    "/programdata/package cache/",
    "/recovery/",
    "/msocache/",
];
/// Folders below these to which everybody writes, and where an intruder packs what he takes.
const SHARED: [&str; 3] = ["/windows/temp/", "/windows/tasks/", "/windows/debug/"];
/// Memory that the system puts on the disk, in the root of a drive.
const PAGED: [&str; 3] = ["pagefile.sys", "swapfile.sys", "hiberfil.sys"];

/// Whether it is told of a file of a kind without a reader that it was not read. Programs lie everywhere on a disk; that they
/// were not looked into is said once, by their count. The log of a hive is read together with it.
pub(in crate::check) fn is_told_unread(path: &str, kind: Kind) -> bool {
    !matches!(kind, Kind::Executable | Kind::HiveLog) && !is_of_system(path, kind)
}

/// Whether a closed file of this kind is one that every system has, by its path with slashes.
pub(super) fn is_of_system(path: &str, kind: Kind) -> bool {
    let lower = format!("/{}", path.to_lowercase());
    match kind {
        Kind::MemoryDump => lower.rsplit('/').next().is_some_and(|name| PAGED.contains(&name)),
        Kind::Archive | Kind::DiskImage => {
            let is_in = |folders: &[&str]| folders.iter().any(|folder| lower.contains(folder));
            is_in(&FOLDERS) && !is_in(&SHARED)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_disk_holds_is_told_from_what_somebody_brought() {
        for (path, kind, is_so) in [
            ("C/pagefile.sys", Kind::MemoryDump, true),
            ("C/temp/server.raw", Kind::MemoryDump, false),
            ("C/Windows/System32/DriverStore/en-US/x.cab", Kind::Archive, true),
            ("Windows/System32/Recovery/Winre.wim", Kind::Archive, true),
            ("C/Windows/Temp/out.rar", Kind::Archive, false),
            ("C/ProgramData/out.rar", Kind::Archive, false),
            ("evidence/EX01.rar", Kind::Archive, false),
            ("C/Windows/System32/config/SYSTEM", Kind::Hive, false),
        ] {
            assert_eq!(is_of_system(path, kind), is_so, "{path}");
        }
    }
}
