//! Reading a pack as a plain function over bytes: what `fuzz/` runs, and what the tests replay its corpus through.

use crate::{Pack, Tree, lint};

/// The files of a pack, one behind the other: each begins with a line `=== path`. What stands before the first such line
/// is the manifest.
#[must_use]
pub fn tree(bytes: &[u8]) -> Tree {
    const MARK: &[u8] = b"=== ";
    let mut files = vec![("pack.yaml".to_owned(), Vec::new())];
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match (line.strip_prefix(MARK), files.last_mut()) {
            (Some(path), _) => files.push((String::from_utf8_lossy(path).trim().to_owned(), Vec::new())),
            (None, Some((_, content))) => content.extend_from_slice(line),
            (None, None) => {}
        }
    }
    Tree::new("fuzz", files)
}

/// Loads a pack and looks for its faults; none of it may panic or hang.
pub fn pack(bytes: &[u8]) {
    if let Ok(pack) = Pack::load(&tree(bytes)) {
        let faults = lint::lint(&pack);
        assert!(faults.is_sorted(), "faults come in order of place");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fuzz_corpus_is_replayed_and_some_of_it_loads() {
        let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/pack");
        let (mut files, mut loaded) = (0, 0);
        for entry in fs_err::read_dir(corpus).unwrap() {
            let bytes = fs_err::read(entry.unwrap().path()).unwrap();
            pack(&bytes);
            files += 1;
            loaded += usize::from(Pack::load(&tree(&bytes)).is_ok_and(|pack| !pack.rules.rules.is_empty()));
        }
        assert!(files >= 5 && loaded >= 2, "{files} files, {loaded} packs");
    }
}
