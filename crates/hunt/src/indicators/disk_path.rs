//! Paths of files as they lie on their disk, in the forms that indicators are compared with.

/// One file's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DiskPath {
    /// With a drive and backslashes, as patterns for Windows expect it: `C:\Temp\a.exe`.
    pub windows: String,
    /// Without a drive, with slashes: `/Temp/a.exe`.
    pub slashed: String,
    /// The same in lower case.
    pub folded: String,
}

impl DiskPath {
    /// From a path with slashes or backslashes, with or without a drive. Where the drive is unknown, patterns see `C:`.
    pub(super) fn new(path: &str) -> Self {
        let (drive, slashed) = cut(path);
        let windows = format!("{}:{}", drive.unwrap_or('C'), slashed.replace('/', "\\"));
        let folded = slashed.to_lowercase();
        Self { windows, slashed, folded }
    }

    /// The last part of the path, in its own case.
    pub(super) fn name(&self) -> &str {
        self.slashed.rsplit('/').next().unwrap_or_default()
    }
}

/// The drive, and the path behind it with slashes, beginning with one.
fn cut(path: &str) -> (Option<char>, String) {
    let path = path.trim().replace('\\', "/");
    // Prefixes of the object manager and of long paths: Microsoft, "Naming Files, Paths, and Namespaces".
    let mut rest = path.as_str();
    for prefix in ["//?/", "//./", "/??/"] {
        rest = rest.strip_prefix(prefix).unwrap_or(rest);
    }
    if let Some(volume) = strip_ignoring_case(rest, "/Device/HarddiskVolume") {
        rest = volume.trim_start_matches(|character: char| character.is_ascii_digit());
    }
    let mut characters = rest.chars();
    let drive = match (characters.next(), characters.next()) {
        (Some(letter), Some(':')) if letter.is_ascii_alphabetic() => Some(letter.to_ascii_uppercase()),
        // A collection keeps what lay on a drive in a folder of its letter.
        (Some(letter), Some('/')) if letter.is_ascii_alphabetic() => Some(letter.to_ascii_uppercase()),
        _ => None,
    };
    if drive.is_some() {
        rest = rest.get(1..).unwrap_or_default().trim_start_matches(':');
    }
    let rest = rest.trim_start_matches('/');
    (drive, format!("/{rest}"))
}

fn strip_ignoring_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Where a path of an indicator begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// At the root of a disk.
    Root,
    /// In any folder.
    Anywhere,
}

/// Where a path of an indicator begins, and what follows, with slashes and without one at its beginning.
///
/// A variable such as `%SystemRoot%` stands for any folder, and so does a drive with at least one folder behind it: what is
/// looked at may have been collected into some folder. `%SystemDrive%` is a drive.
pub(super) fn start(path: &str) -> (Start, String) {
    let behind = variable(path).map(|(name, behind)| (is_drive(name), behind));
    let (is_root, rest) = match behind {
        Some((is_drive, behind)) => (is_drive, format!("/{}", behind.replace('\\', "/").trim_start_matches('/'))),
        None => {
            let (drive, rest) = cut(path);
            (drive.is_some() || path.starts_with(['/', '\\']), rest)
        }
    };
    let rest = rest.trim_start_matches('/').trim_end_matches('/').to_owned();
    let start = if is_root && !rest.contains('/') { Start::Root } else { Start::Anywhere };
    (start, rest)
}

/// The name of the variable at the beginning of a path, and what follows it.
pub(super) fn variable(path: &str) -> Option<(&str, &str)> {
    let (name, behind) = path.trim().strip_prefix('%')?.split_once('%')?;
    let is_name = |character: char| character.is_alphanumeric() || matches!(character, '_' | '(' | ')');
    (!name.is_empty() && name.chars().all(is_name)).then_some((name, behind))
}

fn is_drive(name: &str) -> bool {
    ["SystemDrive", "HomeDrive"].iter().any(|drive| name.eq_ignore_ascii_case(drive))
}

/// The folder that a variable of Windows stands for where nobody moved it.
pub(super) fn usual_folder(name: &str) -> Option<&'static str> {
    const FOLDERS: [(&str, &str); 14] = [
        ("SystemRoot", "Windows"),
        ("windir", "Windows"),
        ("ProgramData", "ProgramData"),
        ("AllUsersProfile", "ProgramData"),
        ("ProgramFiles", "Program Files"),
        ("ProgramFiles(x86)", "Program Files (x86)"),
        ("ProgramW6432", "Program Files"),
        ("CommonProgramFiles", "Program Files/Common Files"),
        ("AppData", "AppData/Roaming"),
        ("LocalAppData", "AppData/Local"),
        ("Temp", "Temp"),
        ("Tmp", "Temp"),
        ("Public", "Users/Public"),
        ("System32", "Windows/System32"),
    ];
    FOLDERS.iter().find(|(variable, _)| name.eq_ignore_ascii_case(variable)).map(|(_, folder)| *folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_of_a_path_are_one() {
        for path in [
            r"C:\Temp\A.exe",
            "c:/Temp/A.exe",
            r"\\?\C:\Temp\A.exe",
            r"\??\C:\Temp\A.exe",
            r"\Device\HarddiskVolume3\Temp\A.exe",
            "/Temp/A.exe",
            "C/Temp/A.exe",
            "Temp/A.exe",
        ] {
            let path = DiskPath::new(path);
            assert_eq!(path.windows, r"C:\Temp\A.exe");
            assert_eq!(
                (path.slashed.as_str(), path.folded.as_str(), path.name()),
                ("/Temp/A.exe", "/temp/a.exe", "A.exe")
            );
        }
        assert_eq!(DiskPath::new(r"d:\x").windows, r"D:\x");
        assert_eq!(DiskPath::new("").slashed, "/");
        assert_eq!(DiskPath::new("火").name(), "火");
    }

    #[test]
    fn variables_and_drives_say_where_a_path_begins() {
        for (path, start_at, rest) in [
            (r"%ProductInstallPath%FrontEnd\a.aspx", Start::Anywhere, "FrontEnd/a.aspx"),
            (r"%ProgramData%\it.zip", Start::Anywhere, "it.zip"),
            (r"%SystemDrive%\x.dll", Start::Root, "x.dll"),
            (r"%SystemDrive%\root\x.dll", Start::Anywhere, "root/x.dll"),
            (r"C:\x.dll", Start::Root, "x.dll"),
            (r"C:\Windows\x.dll", Start::Anywhere, "Windows/x.dll"),
            ("/tmp/x", Start::Anywhere, "tmp/x"),
            ("/x", Start::Root, "x"),
            (r"dir\x", Start::Anywhere, "dir/x"),
        ] {
            assert_eq!(start(path), (start_at, rest.to_owned()), "{path}");
        }
    }
}
