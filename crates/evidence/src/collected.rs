//! From the place of a file in a collection to its path on the disk it came from.
//!
//! Evidence is found by paths of the disk, and each collector lays its copies out in its own way. Layouts that are
//! understood, with the source of each:
//!
//! - KAPE: `C/Windows/…` below the target folder, `VSS1/Windows/…` for shadow copies ("`C`, `VSS1`, `VSS2`":
//!   EricZimmerman/KapeDocs, `Pages/2.2-Modules.md`, `%sourceDirectoryBase%`). Streams are saved under names of their
//!   own: `$Extend/$J`, `$Secure_$SDS` (EricZimmerman/KapeFiles, `Targets/Windows/$J.tkape` and `$SDS.tkape`).
//! - Velociraptor: `uploads/<accessor>/<volume>/…`, each part percent-encoded: `C%3A`, `%5C%5C.%5CC%3A`,
//!   `%5C%5C%3F%5CGLOBALROOT%5CDevice%5CHarddiskVolumeShadowCopy1` (Velocidex/velociraptor, `reporting/container.go`,
//!   `utils/sanitize.go`, `accessors/ntfs/vss.go`). Sparse files are kept without their holes, beside an index `.idx`.
//! - CyLR: the path without its colons: `C/Windows/…`, `C/$Extend/$UsnJrnl$J` (orlikoski/CyLR,
//!   `CyLR/src/archive/Archive.cs`).
//! - Mounted images and exports of them: `[root]/Windows/…`, `C:/…`, `c_drive/…`; Acquire's `fs/C:/…`.
//! - Copies by way of the administrators' shares: `server/c$/Windows/…`.
//! - Plain copies that begin at a folder that lies in the root of a volume: `Windows/…`, `Users/…`. The drive is unknown.
//! - DFIR-ORC: names that say nothing; a table beside them maps them. See [`samples`].

pub mod samples;

use std::borrow::Cow;
use std::fmt;

/// A path on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DiskPath {
    /// The letter of the drive, in upper case, where the collection tells it.
    pub drive: Option<char>,
    /// The path from the root of the volume, beginning with `\`.
    pub path: String,
    /// The name of the alternate data stream, for what is not the file's own content.
    pub stream: Option<String>,
    /// Which shadow copy it is from, in the collector's words: `VSS1`, `HarddiskVolumeShadowCopy1`, a GUID.
    pub shadow_copy: Option<String>,
}

impl fmt::Display for DiskPath {
    /// As Windows writes it; the shadow copy is left out.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(drive) = self.drive {
            write!(out, "{drive}:")?;
        }
        out.write_str(&self.path)?;
        self.stream.as_ref().map_or(Ok(()), |stream| write!(out, ":{stream}"))
    }
}

/// A bare letter is taken for a drive, and a name for one of Windows' folders, within so many parts from the beginning:
/// deeper down, people have folders of such names.
const DEEPEST_ROOT: usize = 4;

/// What Windows itself has in the root of a volume.
const TOP: [&str; 21] = [
    "$boot",
    "$extend",
    "$logfile",
    "$mft",
    "$mftmirr",
    "$recycle.bin",
    "$secure$sds",
    "$secure:$sds",
    "$secure_$sds",
    "documents and settings",
    "hiberfil.sys",
    "pagefile.sys",
    "perflogs",
    "program files",
    "program files (x86)",
    "programdata",
    "recovery",
    "system volume information",
    "users",
    "windows",
    "winnt",
];

/// The path on the disk of a file in a collection; `path` is relative to the folder or archive, with `/`.
///
/// `tops` are names of folders in the root of a volume beyond those of Windows itself, such as packs know them; their
/// case does not matter. `None` where nothing in the path shows where the disk begins.
#[must_use]
pub fn disk_path(path: &str, tops: &[&str]) -> Option<DiskPath> {
    let is_top = |part: &str| TOP.iter().chain(tops).any(|top| top.eq_ignore_ascii_case(part));
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let root = parts
        .iter()
        .enumerate()
        .find_map(|(at, _)| volume(&parts, at, is_top))
        .or_else(|| parts.iter().take(DEEPEST_ROOT).position(|part| is_top(part)).map(Root::unknown))?;
    // Beside a sparse file Velociraptor lays an index of the pieces that it kept; that is no file of the disk.
    if root.encoding == Encoding::Percent && path.ends_with(".idx") {
        return None;
    }
    let parts = parts.get(root.begins..)?.iter().map(|part| root.encoding.decode(part));
    let (path, stream) = without_stream(&parts.collect::<Vec<_>>())?;
    Some(DiskPath { drive: root.drive, path, stream, shadow_copy: root.shadow_copy })
}

/// Where the disk begins in a path.
struct Root {
    drive: Option<char>,
    shadow_copy: Option<String>,
    encoding: Encoding,
    /// The first part that belongs to the path on the disk.
    begins: usize,
}

impl Root {
    fn unknown(begins: usize) -> Self {
        Self { drive: None, shadow_copy: None, encoding: Encoding::None, begins }
    }
}

/// How names are written in a collection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    None,
    Percent,
}

impl Encoding {
    fn decode(self, part: &str) -> Cow<'_, str> {
        match self {
            Self::None => Cow::Borrowed(part),
            Self::Percent => without_guard(percent_decoded(part)),
        }
    }
}

/// The volume that the part at `at` stands for, if it stands for one.
fn volume(parts: &[&str], at: usize, is_top: impl Fn(&str) -> bool) -> Option<Root> {
    let part = *parts.get(at)?;
    let next = parts.get(at + 1).copied();
    let decoded = percent_decoded(part);
    let encoding = if *decoded == *part { Encoding::None } else { Encoding::Percent };
    let root = Root { drive: None, shadow_copy: None, encoding, begins: at + 1 };
    if let Some(shadow_copy) = shadow_copy(&decoded) {
        // Below it may stand the drive that the copy is of.
        let drive = next.and_then(|next| drive_of(&encoding.decode(next)).or_else(|| bare_letter(next)));
        let begins = root.begins + usize::from(drive.is_some());
        return Some(Root { drive, shadow_copy: Some(shadow_copy), begins, ..root });
    }
    if let Some(drive) = drive_of(&decoded) {
        return Some(Root { drive: Some(drive), ..root });
    }
    if part.eq_ignore_ascii_case("[root]") {
        return Some(root);
    }
    let letter = bare_letter(part)?;
    let is_drive = next.is_some_and(is_top)
        // Other folders of a disk: then by its capital, and as no disk has been A or B for long.
        || (next.is_some() && at < DEEPEST_ROOT && part.starts_with(|char| ('C'..='Z').contains(&char)));
    is_drive.then_some(Root { drive: Some(letter), ..root })
}

/// `C:`, `\\.\C:`, `c$`, `c_drive`, `Drive C`.
fn drive_of(part: &str) -> Option<char> {
    if let Some(share) = part.strip_suffix('$') {
        return bare_letter(share);
    }
    if let Some(device) = part.strip_suffix(':') {
        let letter = device.strip_prefix(r"\\.\").or_else(|| device.strip_prefix(r"\\?\")).unwrap_or(device);
        return bare_letter(letter);
    }
    let lower = part.to_ascii_lowercase();
    let rest = lower.strip_suffix("drive").or_else(|| lower.strip_prefix("drive"))?;
    bare_letter(rest.trim_matches([' ', '_', '-']))
}

fn bare_letter(part: &str) -> Option<char> {
    let mut chars = part.chars();
    let letter = chars.next().filter(char::is_ascii_alphabetic)?;
    chars.next().is_none().then_some(letter.to_ascii_uppercase())
}

/// `VSS1`, `\\?\GLOBALROOT\Device\HarddiskVolumeShadowCopy1`.
fn shadow_copy(part: &str) -> Option<String> {
    let name = part.rsplit('\\').next().unwrap_or(part);
    let lower = name.to_ascii_lowercase();
    let number = lower.strip_prefix("vss").or_else(|| lower.strip_prefix("harddiskvolumeshadowcopy"))?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then(|| name.to_owned())
}

/// `%3A` and the like as the bytes they stand for, once; other percent signs as they are. A part in which a separator
/// or a zero byte would come out is left as it is.
fn percent_decoded(part: &str) -> Cow<'_, str> {
    if !part.contains('%') {
        return Cow::Borrowed(part);
    }
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digit = |at: usize| char::from(*behind.get(at)?).to_digit(16);
        let escaped = digit(0).zip(digit(1)).and_then(|(high, low)| u8::try_from(high << 4 | low).ok());
        (rest, _) = match escaped.filter(|_| *first == b'%') {
            Some(byte) => (behind.get(2..).unwrap_or_default(), bytes.push(byte)),
            None => (behind, bytes.push(*first)),
        };
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains(['/', '\0']) => Cow::Owned(text),
        _ => Cow::Borrowed(part),
    }
}

/// Behind a name that ends in `_` or `.db`, Velociraptor writes one `_` more, and takes it off when it decodes the name
/// (`utils/sanitize.go`).
fn without_guard(name: Cow<'_, str>) -> Cow<'_, str> {
    let is_guarded = name.ends_with("__") || name.ends_with(".db_");
    match name {
        Cow::Borrowed(name) if is_guarded => Cow::Borrowed(name.get(..name.len() - 1).unwrap_or(name)),
        Cow::Owned(mut name) if is_guarded => {
            name.pop();
            Cow::Owned(name)
        }
        name => name,
    }
}

/// The path with `\`, and the name of the stream kept apart; `None` where there is no name.
fn without_stream(parts: &[Cow<'_, str>]) -> Option<(String, Option<String>)> {
    let (name, folders) = parts.split_last()?;
    let is_extend = folders.last().is_some_and(|folder| folder.eq_ignore_ascii_case("$Extend"));
    let (name, stream) = match name.to_ascii_lowercase().as_str() {
        // As KAPE, CyLR and Tanium call what cannot be called by its name in a folder.
        "$j" | "$usnjrnl$j" | "$usnjrnl_$j" if is_extend => ("$UsnJrnl", Some("$J")),
        "$max" | "$usnjrnl$max" | "$usnjrnl_$max" if is_extend => ("$UsnJrnl", Some("$Max")),
        "$secure$sds" | "$secure_$sds" => ("$Secure", Some("$SDS")),
        _ => split_stream(name),
    };
    let mut path = String::new();
    for part in folders.iter().map(AsRef::as_ref).chain([name]) {
        path.push('\\');
        path.push_str(part);
    }
    Some((path, stream.map(str::to_owned)))
}

/// `file:stream` and `file:stream:$DATA`, as Windows writes them.
fn split_stream(name: &str) -> (&str, Option<&str>) {
    match name.split_once(':') {
        Some((file, stream)) if !file.is_empty() => {
            let stream = stream.strip_suffix(":$DATA").unwrap_or(stream);
            (file, Some(stream).filter(|stream| !stream.is_empty()))
        }
        _ => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The path as Windows writes it, and the shadow copy.
    fn told(path: &str) -> Option<String> {
        let disk = disk_path(path, &["inetpub"])?;
        let shadow_copy = disk.shadow_copy.as_ref().map(|name| format!(" [{name}]")).unwrap_or_default();
        Some(format!("{disk}{shadow_copy}"))
    }

    #[test]
    fn every_layout_leads_to_the_same_path() {
        for path in [
            // KAPE
            "C/Windows/System32/config/SYSTEM",
            "tout/C/Windows/System32/config/SYSTEM",
            "2021-03-03T040533_host/tout/C/Windows/System32/config/SYSTEM",
            "host/c/Windows/System32/config/SYSTEM",
            // Velociraptor
            "uploads/auto/C%3A/Windows/System32/config/SYSTEM",
            "uploads/ntfs/%5C%5C.%5CC%3A/Windows/System32/config/SYSTEM",
            "uploads/lazy_ntfs/%5C%5C.%5CC%3A/Windows/System32/config/SYSTEM",
            "Collection-host-2021-03-03T04_05_33Z/uploads/auto/C%3A/Windows/System32/config/SYSTEM",
            // Mounted images and exports
            "C:/Windows/System32/config/SYSTEM",
            "fs/c:/Windows/System32/config/SYSTEM",
            "c_drive/Windows/System32/config/SYSTEM",
            "mnt/Drive C/Windows/System32/config/SYSTEM",
        ] {
            assert_eq!(told(path).as_deref(), Some(r"C:\Windows\System32\config\SYSTEM"), "{path}");
        }
        for path in [
            "Windows/System32/config/SYSTEM",
            "host/Windows/System32/config/SYSTEM",
            "[root]/Windows/System32/config/SYSTEM",
            "Partition 2/NONAME [NTFS]/[root]/Windows/System32/config/SYSTEM",
        ] {
            assert_eq!(told(path).as_deref(), Some(r"\Windows\System32\config\SYSTEM"), "{path}");
        }
    }

    #[test]
    fn other_drives_and_folders_are_understood() {
        for (path, expected) in [
            ("tout/D/Logs/IIS/W3SVC1/u_ex210303.log", Some(r"D:\Logs\IIS\W3SVC1\u_ex210303.log")),
            ("uploads/auto/E%3A/Data/Mail%2FBox/%E7%81%AB.log", Some(r"E:\Data\Mail%2FBox\火.log")),
            ("inetpub/logs/LogFiles/W3SVC1/u_ex210303.log", Some(r"\inetpub\logs\LogFiles\W3SVC1\u_ex210303.log")),
            ("PROGRAM FILES/x/y.log", Some(r"\PROGRAM FILES\x\y.log")),
            ("[root]/anything/x.log", Some(r"\anything\x.log")),
            ("$MFT", Some(r"\$MFT")),
            ("C/$MFT", Some(r"C:\$MFT")),
            ("Z/hosts", Some(r"Z:\hosts")),
            ("ex01/e$/Logs/x.log", Some(r"E:\Logs\x.log")),
            ("ex01/admin$/x.log", None),
            ("Inetpub/x.log", Some(r"\Inetpub\x.log")),
            ("logs/u_ex210303.log", None),
            ("a/b/c.log", None),
            ("d/x.log", None),
            ("C", None),
            ("C/", None),
            ("", None),
            ("deep/down/in/a/folder/Windows/x.log", None),
            ("one/two/three/four/D/x.log", None),
        ] {
            assert_eq!(told(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn names_are_decoded_once_and_only_where_they_are_encoded() {
        let encoded = "uploads/auto/C%3A/Windows/System32/winevt/Logs/Microsoft-Windows-Windows Defender%254WHC.evtx";
        let plain = "C/Windows/System32/winevt/Logs/Microsoft-Windows-Windows Defender%4WHC.evtx";
        let expected = r"C:\Windows\System32\winevt\Logs\Microsoft-Windows-Windows Defender%4WHC.evtx";
        assert_eq!(told(encoded).as_deref(), Some(expected));
        assert_eq!(told(plain).as_deref(), Some(expected));
        assert_eq!(told("C/Users/100%25.txt").as_deref(), Some(r"C:\Users\100%25.txt"));
        assert_eq!(told("uploads/auto/C%3A/%2Ehidden/%zz%4").as_deref(), Some(r"C:\.hidden\%zz%4"));
    }

    #[test]
    fn the_mark_that_velociraptor_sets_behind_some_names_is_no_part_of_them() {
        for (path, expected) in [
            ("uploads/auto/C%3A/Users/x/Thumbs.db_", r"C:\Users\x\Thumbs.db"),
            ("uploads/auto/C%3A/Users/x/shell__", r"C:\Users\x\shell_"),
            ("uploads/auto/C%3A/Users/%E7%81%AB__/a.db__", r"C:\Users\火_\a.db_"),
            ("uploads/auto/C%3A/Users/x/a_", r"C:\Users\x\a_"),
            ("uploads/auto/C%3A/Users/x/a.db", r"C:\Users\x\a.db"),
            ("C/Users/x/Thumbs.db_", r"C:\Users\x\Thumbs.db_"),
        ] {
            assert_eq!(told(path).as_deref(), Some(expected), "{path}");
        }
    }

    #[test]
    fn shadow_copies_are_kept_apart_from_the_disk() {
        for (path, expected) in [
            ("tout/VSS1/Windows/win.ini", r"\Windows\win.ini [VSS1]"),
            ("VSS21/Users/x/NTUSER.DAT", r"\Users\x\NTUSER.DAT [VSS21]"),
            ("tout/VSS2/C/Windows/win.ini", r"C:\Windows\win.ini [VSS2]"),
            (
                "uploads/ntfs_vss/%5C%5C%3F%5CGLOBALROOT%5CDevice%5CHarddiskVolumeShadowCopy1/Windows/%2Ex",
                r"\Windows\.x [HarddiskVolumeShadowCopy1]",
            ),
        ] {
            assert_eq!(told(path).as_deref(), Some(expected), "{path}");
        }
        assert_eq!(told("VSS/x.log"), None);
        assert_eq!(
            told("uploads/ntfs/%5C%5C.%5CC%3A/$Extend/$UsnJrnl%3A$J.idx"),
            None,
            "an index of Velociraptor's own"
        );
    }

    #[test]
    fn streams_are_kept_apart_whatever_the_collector_calls_them() {
        for path in [
            "uploads/ntfs/%5C%5C.%5CC%3A/$Extend/$UsnJrnl%3A$J",
            "C/$Extend/$J",
            "C/$Extend/$UsnJrnl$J",
            "file/C/$Extend/$UsnJrnl_$J",
            "C:/$Extend/$UsnJrnl:$J",
            "C:/$Extend/$UsnJrnl:$J:$DATA",
        ] {
            let disk = disk_path(path, &[]).expect(path);
            assert_eq!((disk.path.as_str(), disk.stream.as_deref()), (r"\$Extend\$UsnJrnl", Some("$J")), "{path}");
        }
        let zone = disk_path("uploads/auto/C%3A/Users/x/a.exe%3AZone.Identifier", &[]).expect("a path");
        assert_eq!((zone.path.as_str(), zone.stream.as_deref()), (r"\Users\x\a.exe", Some("Zone.Identifier")));
        assert_eq!(zone.to_string(), r"C:\Users\x\a.exe:Zone.Identifier");
        assert_eq!(told("C/$Secure_$SDS").as_deref(), Some(r"C:\$Secure:$SDS"));
        assert_eq!(told("C/$Extend/$Max").as_deref(), Some(r"C:\$Extend\$UsnJrnl:$Max"));
        assert_eq!(disk_path("C/Users/a.txt::$DATA", &[]).and_then(|disk| disk.stream), None);
        assert_eq!(told("C/Windows/$J").as_deref(), Some(r"C:\Windows\$J"), "only in its folder");
    }

    mod hostile {
        use proptest::prelude::*;

        proptest! {
            #[test]
            fn no_path_breaks_it(path in "([A-Za-z%:\\\\$\\[\\]./0-9]|VSS1|Windows|%3A|%5C|火){0,40}") {
                if let Some(disk) = super::disk_path(&path, &[]) {
                    prop_assert!(disk.path.starts_with('\\') && disk.path.len() > 1);
                    prop_assert!(!disk.path.contains('\0') && !disk.path.contains('/'));
                }
            }
        }
    }
}
