//! What lies on the disk of a practice server besides logs, while time goes on: files come and go, hives are written to.

use std::{collections::BTreeMap, path::Path};

use crate::{
    Error,
    compile::{Changes, Setting},
    output::{Written, write_file},
    random::Random,
    spec::Spec,
    template::Draw,
};

/// Files and hives draw each on its own, so that none changes another: numbers of purposes from here on are theirs.
const FIRST_PURPOSE: u64 = 1 << 16;

/// Files and settings of hives.
#[derive(Debug)]
pub(crate) struct Disk<'a> {
    spec: &'a Spec,
    /// Files that are there, with the time when a step made them.
    files: BTreeMap<usize, Option<i64>>,
    /// What steps wrote into hives.
    settings: Vec<(i64, &'a Setting)>,
}

impl<'a> Disk<'a> {
    /// The disk before any step.
    pub(crate) fn new(spec: &'a Spec) -> Self {
        let ordinary = spec.files.iter().enumerate().filter(|(_, form)| !form.comes_later);
        Self { spec, files: ordinary.map(|(index, _)| (index, None)).collect(), settings: Vec::new() }
    }

    /// Does what a step does: first it removes, then it makes.
    pub(crate) fn change(&mut self, at: i64, changes: &'a Changes) {
        for index in &changes.removes {
            self.files.remove(index);
        }
        self.files.extend(changes.makes.iter().map(|(index, _)| (*index, Some(at))));
        self.settings.extend(changes.settings.iter().map(|setting| (at, setting)));
    }

    /// Where the traces of a step lie, each with the rules that it should raise.
    pub(crate) fn traces(&self, at: i64, changes: &'a Changes) -> Vec<(String, &'a [String])> {
        let made = changes.makes.iter().filter_map(|(index, rules)| Some((self.spec.files.get(*index)?, rules)));
        let made = made.flat_map(|(form, rules)| form.paths(Some(at)).map(move |(path, _)| (path, &rules[..])));
        let set = changes.settings.iter().filter_map(|setting| {
            self.spec.hives.get(setting.hive).map(|hive| (hive.path.clone(), &setting.rules[..]))
        });
        made.chain(set).collect()
    }

    /// The paths of the files that a step removes.
    pub(crate) fn removed(&self, changes: &Changes) -> Vec<String> {
        let forms = changes.removes.iter().filter_map(|index| self.spec.files.get(*index));
        forms.flat_map(|form| form.paths(None).map(|(path, _)| path)).collect()
    }

    /// Writes all of it below `root`.
    pub(crate) fn write(&self, root: &Path, seed: u64) -> Result<Vec<Written>, Error> {
        let draw = |purpose: usize| Draw::new(Random::new(seed, FIRST_PURPOSE + purpose as u64), self.spec.lists);
        let mut written = Vec::new();
        for (index, made) in &self.files {
            let Some(form) = self.spec.files.get(*index) else { continue };
            let mut draw = draw(2 * index);
            for (path, modified) in form.paths(*made) {
                let bytes = form.bytes(modified, &mut draw);
                let bytes = bytes.map_err(|source| Error::Write { path: root.join(&path), source })?;
                written.push(write_file(root, path, &bytes, modified)?);
            }
        }
        for (index, hive) in self.spec.hives.iter().enumerate() {
            let mut draw = draw(2 * index + 1);
            let mut entries = hive.ordinary(&mut draw);
            for (at, setting) in self.settings.iter().filter(|(_, setting)| setting.hive == index) {
                entries.extend(setting.entries(*at, &mut draw));
            }
            let modified = entries.iter().map(|entry| entry.at).max().unwrap_or_default();
            for (path, bytes) in hive.files(entries) {
                written.push(write_file(root, path, &bytes, modified)?);
            }
        }
        Ok(written)
    }
}
