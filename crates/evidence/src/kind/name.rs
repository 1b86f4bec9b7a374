//! What the name or the place of a file says that it is, whatever it begins with.

use super::Kind;
use crate::artefact;

/// Hives that lie in the folder `config`.
const OF_SYSTEM: [&str; 5] = ["system", "software", "sam", "security", "default"];
/// Hives of accounts, and of programs that ran.
const OF_ACCOUNTS: [&str; 3] = ["ntuser.dat", "usrclass.dat", "amcache.hve"];
/// Archives, and what is packed alone.
const ARCHIVES: [&str; 17] = [
    "zip", "zipx", "7z", "rar", "gz", "tgz", "tar", "cab", "bz2", "tbz2", "xz", "txz", "zst", "lzma", "lz", "lz4",
    "zlib",
];
/// Images of disks.
const IMAGES: [&str; 13] =
    ["vhd", "vhdx", "e01", "ex01", "l01", "lx01", "ad1", "vmdk", "vdi", "qcow", "qcow2", "iso", "dd"];
/// Images of memory, and what Windows puts memory into.
const MEMORY: [&str; 4] = ["raw", "mem", "vmem", "lime"];
const OF_MEMORY: [&str; 3] = ["hiberfil.sys", "pagefile.sys", "swapfile.sys"];

impl Kind {
    /// By the path (with slashes, in any case); `None` where it says nothing for sure.
    #[must_use]
    pub fn named(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or_default();
        if is_hive(path, name) {
            return Some(Self::Hive);
        }
        let name = name.to_ascii_lowercase();
        if OF_MEMORY.contains(&name.as_str()) {
            return Some(Self::MemoryDump);
        }
        if let Some(artefact) = artefact::named(path) {
            return Some(Self::Artefact(artefact));
        }
        let (stem, ending) = name.rsplit_once('.')?;
        match ending {
            "evtx" => Some(Self::EventLog),
            _ if ARCHIVES.contains(&ending) || is_part(stem, ending) || ending == "wim" => Some(Self::Archive),
            _ if IMAGES.contains(&ending) || is_segment(ending) => Some(Self::DiskImage),
            _ if MEMORY.contains(&ending) => Some(Self::MemoryDump),
            _ => None,
        }
    }
}

/// The names of the system's hives are words: they tell in their folder, or written as Windows writes them.
fn is_hive(path: &str, name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let folder = path.rsplit('/').nth(1).unwrap_or_default();
    let is_written_so = folder.eq_ignore_ascii_case("config") || !name.bytes().any(|byte| byte.is_ascii_lowercase());
    OF_ACCOUNTS.contains(&lower.as_str()) || (is_written_so && OF_SYSTEM.contains(&lower.as_str()))
}

/// One part of a split archive: `.z01`, `.7z.001`, `.r00`.
fn is_part(stem: &str, ending: &str) -> bool {
    let is_number = |text: &str| text.len() >= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_numbered = |letter: char| ending.strip_prefix(letter).is_some_and(is_number);
    let is_of_archive = stem.rsplit_once('.').is_some_and(|(_, ending)| ARCHIVES.contains(&ending));
    (is_numbered('z') || is_numbered('r')) || (is_of_archive && is_number(ending))
}

/// A further segment of an expert witness image: `.e02`.
fn is_segment(ending: &str) -> bool {
    ending.strip_prefix('e').is_some_and(|number| number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artefact::Artefact;

    #[test]
    fn names_tell_evidence_and_no_words() {
        for (path, expected) in [
            ("C/Windows/System32/winevt/Logs/Security.EVTX", Some(Kind::EventLog)),
            ("C/Windows/System32/config/system", Some(Kind::Hive)),
            ("SOFTWARE", Some(Kind::Hive)),
            ("Users/taro/NTUSER.DAT", Some(Kind::Hive)),
            ("etc/default", None),
            ("config/SYSTEM.LOG1", None),
            ("C/$MFT", Some(Kind::Artefact(Artefact::FileTable))),
            ("all.7z.001", Some(Kind::Archive)),
            ("all.Z01", Some(Kind::Archive)),
            ("all.part2.rar", Some(Kind::Archive)),
            ("u_ex210303.log.001", None),
            ("disk.E01", Some(Kind::DiskImage)),
            ("disk.e02", Some(Kind::DiskImage)),
            ("C/pagefile.sys", Some(Kind::MemoryDump)),
            ("EX01.vmem", Some(Kind::MemoryDump)),
            ("notes.txt", None),
        ] {
            assert_eq!(Kind::named(path), expected, "{path}");
        }
    }
}
