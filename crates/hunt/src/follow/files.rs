//! Files that findings name, outside the folders of installed programs, and folders that are an intruder's own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use hikeshi_core::finding::Finding;
use hikeshi_evidence::collected::disk_path;
use regex::Regex;

use super::Page;

/// A path from the root of a disk, as commands and records name it. Names with blanks are cut there.
const NAMED: &str = r#"(?i)\b[a-z]:\\[^\s"'<>|*?,;]+"#;
/// Where programs are installed, below the root of a disk, with the short names that Windows gives these folders: files
/// there are named by everybody.
const INSTALLED: [&str; 4] = ["windows", "program", "progra~1", "progra~2"];
/// Folders of Windows to which more than installed programs write.
const WRITTEN: [&str; 3] = ["temp", "debug", "tasks"];
/// Endings of what runs. Besides these, all kinds of logs lie in the folder of Windows itself.
const RUN: [&str; 10] = ["exe", "dll", "com", "scr", "sys", "ps1", "bat", "cmd", "vbs", "js"];
/// What Windows has in its folder itself, and widespread tools put there.
const OF_WINDOWS: [&str; 15] = [
    "bfsvc.exe",
    "explorer.exe",
    "fveupdate.exe",
    "helppane.exe",
    "hh.exe",
    "notepad.exe",
    "psexesvc.exe",
    "regedit.exe",
    "splwow64.exe",
    "sysmon.exe",
    "sysmon64.exe",
    "sysmondrv.sys",
    "twain_32.dll",
    "winhlp32.exe",
    "write.exe",
];
/// The last names of folders to which all kinds of people and programs write: nobody's own.
const SHARED: [&str; 9] =
    ["temp", "tmp", "public", "programdata", "downloads", "desktop", "documents", "tasks", "debug"];
/// Libraries of Windows whose functions are called by commands.
const EVERYBODYS: [&str; 16] = [
    "advapi32",
    "advpack",
    "comsvcs",
    "davclnt",
    "dfshim",
    "ieadvpack",
    "ieframe",
    "kernel32",
    "mshtml",
    "scrobj",
    "setupapi",
    "shdocvw",
    "shell32",
    "url",
    "user32",
    "zipfldr",
];
/// An ending is not longer. Folders mostly have none.
const LONGEST_ENDING: usize = 8;
/// Ends of the paths of hives that have an ending: what is found in a hive is about other files.
const HIVES: [&str; 3] = [r"\ntuser.dat", r"\usrclass.dat", ".hve"];
/// The folder of users holds folders, whose names may look like those of files.
const USERS: &str = r":\users";
/// An intruder who put as many files into a folder works there.
const OWN_FOLDER_FILES: usize = 2;

#[expect(clippy::expect_used, reason = "the expression stands above, and a test compiles it")]
static FILE: LazyLock<Regex> = LazyLock::new(|| Regex::new(NAMED).expect("the expression for files compiles"));

/// Windows' own folders; those below System32 with its name.
static FOLDERS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let lines = include_str!("windows_folders.txt").lines().map(str::trim);
    lines.filter(|line| !(line.is_empty() || line.starts_with('#'))).collect()
});

/// The files of a finding, by their whole paths in lower case.
pub(crate) fn files(finding: &Finding) -> BTreeSet<String> {
    let trimmed = |path: String| path.trim_end_matches(['.', ')', ']', '}']).to_owned();
    let named = finding.fields.values().flat_map(|text| all_in(text)).map(trimmed);
    let own = itself(finding).filter(|path| !is_installed(path));
    named.chain(own).filter(|path| is_file(path)).collect()
}

/// The folders that a finding names, by their whole paths in lower case with the last separator, but for those to which all
/// kinds of people and programs write.
pub(crate) fn folders(finding: &Finding) -> BTreeSet<String> {
    let named = finding.fields.values().flat_map(|text| all_in(text)).filter(|path| !is_file(path));
    let is_own = |path: &str| {
        path.split('\\').skip(1).any(|part| !part.is_empty())
            && path.rsplit('\\').next().is_some_and(|last| !SHARED.contains(&last))
    };
    let whole = named.map(|path| path.trim_end_matches('\\').to_owned()).filter(|path| is_own(path));
    whole.map(|path| format!("{path}\\")).collect()
}

/// The path on the disk, in lower case, of the file that a finding is about as a whole.
fn itself(finding: &Finding) -> Option<String> {
    let evidence = &finding.evidence;
    let path = evidence.path.rsplit("!/").next().unwrap_or_default();
    let is_whole = evidence.line.is_none() && evidence.record.is_none();
    let disk = is_whole.then(|| disk_path(path, &[])).flatten()?;
    let path = disk.to_string().to_lowercase();
    let is_hive = HIVES.iter().any(|name| path.ends_with(name));
    (disk.drive.is_some() && !is_hive).then_some(path)
}

/// The libraries below the folder of Windows that a finding names by their whole paths, in lower case, without those that every
/// command may name.
pub(crate) fn libraries(finding: &Finding) -> BTreeSet<String> {
    let is_telling = |path: &String| {
        let name = path.rsplit('\\').next().unwrap_or_default();
        path.get(3..).is_some_and(|rest| rest.starts_with(r"windows\"))
            && name.strip_suffix(".dll").is_some_and(|stem| !EVERYBODYS.contains(&stem))
    };
    finding.fields.values().flat_map(|text| paths_in(text)).filter(is_telling).collect()
}

/// The folders, with their last separator, in which so many of these files lie that they are the intruder's own. Folders of
/// sites are not: there his pages lie among those of the product.
pub(super) fn own_folders<'f>(files: impl IntoIterator<Item = &'f str>, site_roots: &BTreeSet<&str>) -> Vec<String> {
    let mut by_folder: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in files {
        let Some((folder, _)) = file.rsplit_once('\\') else { continue };
        by_folder.entry(folder).or_default().insert(file);
    }
    let is_page = |file: &&str| Page::all_in(file, site_roots).next().is_some();
    let is_own = |(folder, files): &(&str, BTreeSet<&str>)| {
        let mut parts = folder.split('\\').skip(1).peekable();
        let is_root = parts.peek().is_none();
        let is_shared = folder.rsplit('\\').next().is_some_and(|last| SHARED.contains(&last));
        let is_site = parts.any(|part| site_roots.contains(part));
        !(is_root || is_shared || is_site) && files.len() >= OWN_FOLDER_FILES && !files.iter().any(is_page)
    };
    by_folder.into_iter().filter(is_own).map(|(folder, _)| format!("{folder}\\")).collect()
}

fn all_in(text: &str) -> impl Iterator<Item = String> {
    paths_in(text).filter(|path| !is_installed(path))
}

/// All paths from the root of a disk, in lower case.
fn paths_in(text: &str) -> impl Iterator<Item = String> {
    FILE.find_iter(text).map(|found| found.as_str().to_lowercase())
}

/// Whether a path in lower case lies where programs are installed.
fn is_installed(path: &str) -> bool {
    let mut parts = path.split('\\').skip(1);
    let (first, second) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if !INSTALLED.contains(&first) || WRITTEN.contains(&second) {
        return false;
    }
    first != "windows" || is_of_windows(second, parts.next(), parts.next().is_some())
}

/// Whether what lies below the folder of Windows is Windows' own by the names of its folders.
fn is_of_windows(second: &str, third: Option<&str>, goes_on: bool) -> bool {
    let Some(third) = third else {
        let ending = second.rsplit_once('.').map_or("", |(_, ending)| ending);
        return !RUN.contains(&ending.trim_end_matches(['.', ')', ']', '}'])) || OF_WINDOWS.contains(&second);
    };
    match second {
        "system32" | "syswow64" | "sysnative" if goes_on => {
            is_of_language(third) || FOLDERS.contains(format!(r"system32\{third}").as_str())
        }
        _ => is_of_language(second) || FOLDERS.contains(second),
    }
}

/// Whether a folder is one of a language, by its name (`en-us`) or its number (`0409`).
fn is_of_language(folder: &str) -> bool {
    let is_name = folder.split_once('-').is_some_and(|(language, rest)| {
        (2..=3).contains(&language.len())
            && (2..=8).contains(&rest.len())
            && folder.bytes().all(|byte| byte == b'-' || byte.is_ascii_alphanumeric())
    });
    is_name || (folder.len() == 4 && folder.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Whether a path ends in the name of a file. One that was cut does not.
fn is_file(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('\\').unwrap_or(("", path));
    let is_ending = |ending: &str| {
        (1..=LONGEST_ENDING).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    !folder.ends_with(USERS)
        && name.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && is_ending(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_those_that_not_only_programs_write() {
        let named = |text: &str| all_in(text).collect::<Vec<_>>();
        assert_eq!(
            named(
                r#"C:\Users\Public\r.exe a "D:\ProgramData\x\b.rar" C:\Windows\System32\cmd.exe, c:\windows\temp\d.bin"#
            ),
            [r"c:\users\public\r.exe", r"d:\programdata\x\b.rar", r"c:\windows\temp\d.bin"]
        );
        assert_eq!(named(r#"x C:\Drivers\a.exe "C:\Program Files\b\c.exe" http://x/y"#), [r"c:\drivers\a.exe"]);
        assert_eq!(named(r"C:\PROGRA~2\b\c.exe C:\PROGRA~3\d.exe"), [r"c:\progra~3\d.exe"]);
    }

    #[test]
    fn files_in_folders_that_windows_does_not_have_are_somebodys() {
        for (path, is_somebodys) in [
            (r"c:\windows\odd.exe", true),
            (r"c:\windows\explorer.exe", false),
            (r"c:\windows\setupact.log", false),
            (r"c:\windows\drill\odd.dat", true),
            (r"c:\windows\microsoft.net\framework64\v4.0.30319\csc.exe", false),
            (r"c:\windows\en-us\explorer.exe.mui", false),
            (r"c:\windows\system32\odd.exe", false),
            (r"c:\windows\system32\drill\odd.ps1", true),
            (r"c:\windows\syswow64\drill\odd.ps1", true),
            (r"c:\windows\system32\inetsrv\appcmd.exe", false),
            (r"c:\windows\system32\ja-jp\cmd.exe.mui", false),
            (r"c:\windows\system32\0411\odd.dll", false),
            (r"c:\windows\temp\odd.exe", true),
        ] {
            assert_eq!(all_in(path).count() == 1, is_somebodys, "{path}");
        }
    }

    #[test]
    fn a_folder_with_two_of_his_files_is_an_intruders_own_unless_all_write_to_it() {
        let own = |files: &[&str]| own_folders(files.iter().copied(), &BTreeSet::from(["www"]));
        assert_eq!(own(&[r"c:\drivers\logs\a.exe", r"c:\drivers\logs\b.dll"]), [r"c:\drivers\logs\"]);
        for files in [
            [r"c:\drivers\logs\a.exe", r"c:\drivers\logs\a.exe"],
            [r"c:\drivers\logs\a.exe", r"c:\drivers\b.dll"],
            [r"c:\windows\temp\a.exe", r"c:\windows\temp\b.exe"],
            [r"c:\a.exe", r"c:\b.exe"],
            [r"d:\sites\www\x\a.zip", r"d:\sites\www\x\b.zip"],
            [r"d:\web\auth\a.aspx", r"d:\web\auth\b.aspx"],
        ] {
            assert!(own(&files).is_empty(), "{files:?}");
        }
    }

    #[test]
    fn folders_and_what_was_cut_are_not_looked_for() {
        for (path, is_whole) in [
            (r"c:\users\public\r.exe", true),
            (r"c:\users\taro.yamada", false),
            (r"c:\users\taro.yamada\r.exe", true),
            (r"c:\programdata\tools", false),
            (r"c:\programdata\.exe", false),
            (r"c:\windows\temp\a.ex…", false),
            (r"c:\windows\temp\d.bin", true),
        ] {
            assert_eq!(is_file(path), is_whole, "{path}");
        }
    }
}
