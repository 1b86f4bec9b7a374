//! Samples of the real formats, where they are at hand; the same facts are held by our own small samples in `formats`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::*;

/// Every file below a folder.
fn files_below(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = fs_err::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files_below(&path, out);
        } else {
            out.push(path);
        }
    }
}

#[test]
fn public_lists_are_read_and_what_is_left_out_has_a_reason() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = if shared.is_dir() { shared } else { PathBuf::from("/work/shared") };
    if !shared.is_dir() {
        eprintln!("SKIPPED: {} is not here, so the public lists were not read", shared.display());
        return;
    }
    let mut files = vec![shared.join("facts/indicators.yaml")];
    for folder in ["data/stix", "data/misp", "data/ioc", "data/yara/signature-base/iocs"] {
        files_below(&shared.join(folder), &mut files);
    }
    let mut formats: BTreeMap<&str, usize> = BTreeMap::new();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let loaded = read(&name, &fs_err::read(&path).unwrap());
        let reasons: Vec<String> = loaded.counts.iter().map(|(why, count)| format!("{} {count}", why.code())).collect();
        let (taken, skipped, refused) = (loaded.indicators.len(), loaded.skipped(), loaded.refused());
        println!("{name} {}: {taken} loaded, {skipped} skipped, {refused} refused {reasons:?}", loaded.format.word());
        assert!(taken > 0 || !loaded.counts.is_empty(), "{name} gave nothing and no reason");
        assert!(!loaded.counts.contains_key(&Why::Skipped(Skip::Malformed)), "{name} {:?}", loaded.left_out);
        if path.components().any(|part| part.as_os_str() == "stix") {
            assert_eq!(loaded.format, Format::Stix, "{name}");
        }
        *formats.entry(loaded.format.word()).or_default() += taken;
        let _ = compile(loaded.indicators).literals();
    }
    for (format, least) in [
        ("pack", 350),
        ("csv", 56),
        ("list", 1_850),
        ("loki-hashes", 3_000),
        ("loki-names", 3_700),
        ("stix", 57),
        ("misp", 200),
    ] {
        assert!(formats.get(format).is_some_and(|taken| *taken >= least), "{format}: {formats:?}");
    }
}
