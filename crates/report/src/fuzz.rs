//! What this stage reads from outside, as a plain function over bytes: what `fuzz/` runs, and what a test replays its corpus
//! through. Readers of evidence are in `hikeshi_evidence::fuzz`.

use std::io;

use hikeshi_core::report::Report;
use hikeshi_core::text::Lang;

use crate::redact::{KEY_BYTES, Key, redact};
use crate::tlp::Tlp;
use crate::words::{Words, complete};
use crate::{compare, csv, fleet, html, json, markdown, sarif, saved, stix, terminal, timesketch};

/// A saved report. One that can be read is shown with every face in both languages, compared with itself, summed up with itself,
/// and redacted.
pub fn saved_report(bytes: &[u8]) {
    let Ok(mut report) = saved::read(bytes) else { return };
    complete(&mut report);
    show(&report);
    let tool = || report.tool.clone();
    let compared = compare::compare(("old", &report), ("new", &report), tool());
    assert!(json::write_comparison(&compared, &mut io::sink()).is_ok());
    let mut gathered = fleet::Merging::default();
    gathered.add("a", &report);
    gathered.add("b", &report);
    assert!(json::write_fleet(&gathered.told(tool()), &mut io::sink()).is_ok());
    if redact(&mut [&mut report], &Key::new([7; KEY_BYTES])).is_ok() {
        assert!(report.redacted);
        show(&report);
    }
}

fn show(report: &Report) {
    let shown = write_faces(report, &mut io::sink());
    assert!(shown.is_ok(), "a face cannot be written: {shown:?}");
    // What was written is read again.
    let mut saved_again = Vec::new();
    assert!(json::write(report, &mut saved_again).is_ok());
    assert!(saved::read(&*saved_again).is_ok(), "a report that was read cannot be read again");
}

/// Writes every face, in both languages where it has words.
pub(crate) fn write_faces(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    for lang in [Lang::En, Lang::Ja] {
        let words = Words::new(lang);
        terminal::write(report, &words, out)?;
        html::write(report, &words, out)?;
        csv::write(report, &words, out)?;
        markdown::write(report, &words, out)?;
        timesketch::write(report, &words, out)?;
        stix::write(report, &words, Tlp::default(), out)?;
        sarif::write(report, &words, out)?;
    }
    json::write(report, out)?;
    json::write_lines(report, out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn a_report_that_somebody_changed_is_shown_or_refused(
            changes in prop::collection::vec((any::<prop::sample::Index>(), "(-?[0-9]{0,20}|[a-z<\"\u{202e}=]{0,4}|火消し|9999-12-31T23:59:59Z)"), 1..6),
        ) {
            let mut text = include_str!("../../../fuzz/corpus/saved_report/compromised.json").to_owned();
            for (place, put) in changes {
                // Values stand between signs of JSON.
                let signs: Vec<usize> = text.match_indices([':', ',', '"']).map(|(at, _)| at + 1).collect();
                let at = *place.get(&signs);
                let length = text[at..].find([',', '"', '\n']).unwrap_or(0);
                text.replace_range(at..at + length, &put);
            }
            saved_report(text.as_bytes());
        }
    }

    #[test]
    fn the_fuzz_corpus_is_replayed() {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/saved_report");
        let mut read = 0;
        for file in std::fs::read_dir(corpus).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            saved_report(&bytes);
            read += usize::from(saved::read(&*bytes).is_ok());
        }
        assert!(read >= 2, "the corpus holds reports");
    }
}
