//! Exit codes: could not run before found, found before gaps, gaps before clean.

use crate::kamome::{quiet, with_rows};
use crate::reports::unread;

#[test]
fn nothing_found_and_everything_covered_is_0() {
    assert_eq!(quiet().hikeshi("check logs --pack pack").exit, 0);
}

#[test]
fn a_sign_found_is_not_hidden_by_gaps() {
    let host = with_rows(&[], &["GET /crew/masterkey 403"]).file("logs/collected.zip", b"PK\x03\x04rest");
    let run = host.hikeshi("check logs --pack pack --format json");
    assert_eq!((run.exit, unread(&run.json()).len()), (1, 1));
}

#[test]
fn a_gap_makes_clean_inconclusive() {
    let host = quiet().file("logs/collected.zip", b"PK\x03\x04rest");
    assert_eq!(host.hikeshi("check logs --pack pack").exit, 3);
}

#[test]
fn a_path_that_is_missing_comes_before_what_another_path_would_show() {
    let host = with_rows(&["EXPORT;all tickets"], &[]);
    let run = host.hikeshi("check logs nowhere --pack pack");
    assert_eq!((run.exit, run.stdout.as_str()), (2, ""), "{run}");
}

#[test]
fn a_reader_that_has_gone_changes_nothing_about_the_exit_code() {
    for (host, exit) in [(quiet(), 0), (with_rows(&["EXPORT;all tickets"], &[]), 1)] {
        let run = host.call().args("check logs --pack pack".split(' ')).with_closed_output().run();
        assert_eq!((run.exit, run.stderr.as_str()), (exit, ""));
    }
}
