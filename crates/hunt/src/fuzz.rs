//! What this stage reads from outside, as plain functions over bytes: what `fuzz/` runs, and what the tests replay its
//! corpus through. Readers of evidence are in `hikeshi_evidence::fuzz`, those of packs in `hikeshi_pack::fuzz`.

use hikeshi_evidence::encoding::text;
use hikeshi_pack::Pack;

use crate::indicators::{self, Role};
use crate::rehearse::rehearse;

/// Takes in anything.
pub type Target = fn(&[u8]);

/// The targets, by the name of their corpus folder.
pub const TARGETS: [(&str, Target); 2] = [("indicators", indicators), ("rules", rules)];

/// Lists of indicators in every format. What is admitted is searched for in the list itself.
pub fn indicators(bytes: &[u8]) {
    /// So many lines are searched.
    const LINES: usize = 50;
    let loaded = indicators::read("fuzz", bytes);
    let counted = loaded.skipped() + loaded.refused();
    assert!(loaded.left_out.len() as u64 <= counted, "what is listed is counted");
    assert!(!loaded.indicators.is_empty() || counted > 0, "nothing was taken, and no reason is given");
    assert!(
        loaded.indicators.len() <= 2 * bytes.len(),
        "{} indicators of {} bytes",
        loaded.indicators.len(),
        bytes.len()
    );
    let literals = loaded.indicators.iter().map(|indicator| indicator.value.clone()).take(LINES).collect::<Vec<_>>();
    let compiled = indicators::compile(loaded.indicators);
    let places = compiled.literals();
    assert!(places.groups.is_sorted() && places.without.iter().all(|place| *place < compiled.indicators().len()));
    let content = text(bytes);
    for line in content.lines().take(LINES).chain(literals.iter().map(String::as_str)) {
        let mut found = |_: indicators::Hit<'_>, range: std::ops::Range<usize>| assert!(range.end <= line.len());
        compiled.text(line.as_bytes(), &mut found);
        let _ = (compiled.hash(line), compiled.path(line), compiled.request("GET", line));
        for role in [Role::Address, Role::Url, Role::Account, Role::CommandLine, Role::File, Role::Hashes, Role::Text] {
            let _ = compiled.field(role, line);
        }
    }
}

/// A pack whose rules are compiled and run on its samples.
pub fn rules(bytes: &[u8]) {
    if let Ok(pack) = Pack::load(&hikeshi_pack::fuzz::tree(bytes)) {
        let _ = rehearse(&pack);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fuzz_corpus_is_replayed() {
        let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
        for (name, target) in TARGETS {
            let mut files = 0;
            for entry in fs_err::read_dir(corpus.join(name)).unwrap() {
                target(&fs_err::read(entry.unwrap().path()).unwrap());
                files += 1;
            }
            assert!(files >= 5, "{name} has {files} files");
        }
    }

    #[test]
    fn samples_of_the_corpus_do_what_their_names_say() {
        let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/rules/whole");
        let pack = Pack::load(&hikeshi_pack::fuzz::tree(&fs_err::read(corpus).unwrap())).unwrap();
        let outcome = rehearse(&pack).unwrap();
        assert_eq!((outcome.samples, outcome.failures), (4, Vec::new()));
    }
}
