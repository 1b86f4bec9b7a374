//! What belongs into a place: the pages that a product ships, by path and hash, as lists of a pack.

use std::collections::{BTreeMap, HashMap, HashSet};

use hikeshi_evidence::fields::{self, Field};

/// A list of what belongs into a place.
#[derive(Debug, Default)]
pub(crate) struct KnownGood {
    /// Paths below any folder, in lower case with `\`, and the hashes that files there may have.
    by_path: HashMap<String, HashSet<String>>,
    hashes: HashSet<String>,
    /// Names of the files, in lower case.
    names: HashSet<String>,
}

/// What a list says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// The list has this content at this path.
    Good,
    /// The list has this content, at another path.
    Elsewhere,
    /// The list has this path with other content: another build, or a file that was changed.
    Foreign,
    /// The list knows neither.
    Unlisted,
}

impl Known {
    /// The value of the field `Known`.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Elsewhere => "elsewhere",
            Self::Foreign => "foreign",
            Self::Unlisted => "unlisted",
        }
    }
}

impl KnownGood {
    /// Adds a list: CSV whose first two columns are the path, from some folder on, and the SHA-256 of the file. A folder
    /// that is called `version` stands for any version number. The first row names the columns.
    pub(crate) fn add(&mut self, csv: &str) {
        let mut cut: Vec<Field> = Vec::new();
        for row in csv.lines().skip(1) {
            fields::delimited(row.as_bytes(), b',', &mut cut);
            let value = |at: usize| {
                cut.get(at).map(|field| String::from_utf8_lossy(&field.value(row.as_bytes())).to_lowercase())
            };
            let (Some(path), Some(hash)) = (value(0), value(1)) else { continue };
            self.hashes.insert(hash.clone());
            self.names.extend(path.rsplit('\\').next().map(str::to_owned));
            self.by_path.entry(path.trim_start_matches('\\').to_owned()).or_default().insert(hash);
        }
    }

    /// Whether any of several lists has a file of this name, in any case, wherever it lies.
    pub(crate) fn any_has_name(lists: &BTreeMap<String, Self>, name: &str) -> bool {
        let name = name.to_lowercase();
        lists.values().any(|list| list.has_name(&name))
    }

    /// Whether the list has a file of this name, in lower case, wherever it lies.
    fn has_name(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// What the list says of a file by its path on the disk and its SHA-256 in lower-case hex.
    pub(crate) fn judge(&self, path: &str, sha256: &str) -> Known {
        let parts: Vec<String> = path.split(['\\', '/']).map(|part| any_version(&part.to_lowercase())).collect();
        let listed = (0..parts.len()).find_map(|from| self.by_path.get(&parts.get(from..)?.join("\\")));
        match listed {
            Some(hashes) if hashes.contains(sha256) => Known::Good,
            _ if self.hashes.contains(sha256) => Known::Elsewhere,
            Some(_) => Known::Foreign,
            None => Known::Unlisted,
        }
    }
}

/// `15.1.2106.2` becomes `version`.
fn any_version(folder: &str) -> String {
    let numbers = folder.split('.').collect::<Vec<_>>();
    let is_version = numbers.len() >= 3
        && numbers.iter().all(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    if is_version { "version".to_owned() } else { folder.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_and_path_together_are_known_and_each_alone_is_told() {
        let mut list = KnownGood::default();
        list.add("path,sha256,first\n\\Desk\\auth\\logon.aspx,AA11,1\n\\Desk\\auth\\version\\x.js,BB22,1\n");
        for (path, hash, known) in [
            ("C:\\Kamome\\desk\\AUTH\\Logon.aspx", "aa11", Known::Good),
            ("Kamome/Desk/auth/15.1.2106.2/x.js", "bb22", Known::Good),
            ("C:\\Kamome\\Desk\\auth\\logon.aspx", "cc33", Known::Foreign),
            ("C:\\inetpub\\wwwroot\\logon.aspx", "aa11", Known::Elsewhere),
            ("C:\\inetpub\\wwwroot\\logon.aspx", "cc33", Known::Unlisted),
            ("C:\\Kamome\\Desk\\auth\\v15\\x.js", "dd44", Known::Unlisted),
        ] {
            assert_eq!(list.judge(path, hash), known, "{path}");
        }
    }
}
