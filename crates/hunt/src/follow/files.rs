//! Files that findings name, in folders to which more than installed programs write.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use hikeshi_core::finding::Finding;
use regex::Regex;

/// Files in folders to which more than installed programs write, as commands and records name them. Programs in other folders
/// are named by everybody.
const WRITTEN: &str = r#"(?i)[a-z]:\\(?:programdata|users|perflogs|temp|recovery|\$recycle\.bin|windows\\(?:temp|debug|tasks))\\[^\s"'<>|*?,;]+"#;
/// An ending is not longer. Folders mostly have none.
const LONGEST_ENDING: usize = 8;
/// The folder of users holds folders, whose names may look like those of files.
const USERS: &str = r":\users";

#[expect(clippy::expect_used, reason = "the expression stands above, and a test compiles it")]
static FILE: LazyLock<Regex> = LazyLock::new(|| Regex::new(WRITTEN).expect("the expression for files compiles"));

/// The files of a finding, in lower case.
pub(crate) fn files(finding: &Finding) -> BTreeSet<String> {
    finding.fields.values().flat_map(|text| all_in(text)).collect()
}

/// Those of them that can be looked for by their whole path.
pub(super) fn whole_files(finding: &Finding) -> impl Iterator<Item = String> {
    let trimmed = |path: String| path.trim_end_matches(['.', ')', ']', '}']).to_owned();
    files(finding).into_iter().map(trimmed).filter(|path| is_file(path))
}

fn all_in(text: &str) -> impl Iterator<Item = String> {
    FILE.find_iter(text).map(|found| found.as_str().to_lowercase())
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
