//! The samples below `tests/<rule>/`: what a rule must find, and what it must leave alone.

use crate::Tree;

/// Whether a sample must be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expect {
    /// `hit-*`: every row raises the rule (for a correlation: the rule is raised).
    Hit,
    /// `miss-*`: no row raises the rule.
    Miss,
}

/// One sample: a file, or a folder of files for rules that look across logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The rule's name.
    pub rule: String,
    /// `hit-…` or `miss-…`.
    pub name: String,
    /// What is expected.
    pub expect: Expect,
    /// File name (for folders: relative path) and bytes.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Samples in a pack, in order of rule and name.
#[must_use]
pub fn collect(tree: &Tree) -> Vec<Sample> {
    let mut samples: Vec<Sample> = Vec::new();
    for (path, bytes) in tree.files() {
        let Some((rule, rest)) = path.strip_prefix("tests/").and_then(|path| path.split_once('/')) else { continue };
        let (name, file) = rest.split_once('/').map_or((rest, rest), |(folder, file)| (folder, file));
        let expect = if name.starts_with("hit-") {
            Expect::Hit
        } else if name.starts_with("miss-") {
            Expect::Miss
        } else {
            continue;
        };
        let file = (file.to_owned(), bytes.to_vec());
        match samples.last_mut().filter(|last| last.rule == rule && last.name == name) {
            Some(last) => last.files.push(file),
            None => samples.push(Sample { rule: rule.to_owned(), name: name.to_owned(), expect, files: vec![file] }),
        }
    }
    samples
}
