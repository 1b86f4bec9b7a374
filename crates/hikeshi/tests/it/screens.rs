//! What people see, whole.

use unicode_width::UnicodeWidthStr;

use crate::kamome::{desk_log, quiet, row, with_rows};
use crate::reports::loud_host;

const COLUMNS: usize = 80;

#[test]
fn a_clean_server_on_the_screen() {
    insta::assert_snapshot!("clean-en", quiet().hikeshi("check logs --pack pack"));
    insta::assert_snapshot!("clean-ja", quiet().hikeshi_in_japanese("check logs --pack pack"));
}

#[test]
fn a_compromised_server_with_gaps_on_the_screen() {
    let rows = ["BERTH 12;", "EXPORT;all tickets", r#"SELL;"a storm; ""odd""""#];
    let gate = ["GET /crew/masterkey 403", "GET /crew/masterkey 200", "GET /crew/masterkey 403"];
    let host = with_rows(&rows, &gate)
        .file("logs/desk_2.log", desk_log(&[row(80, "SELL;"), row(81, "SELL;1;2;3"), row(120, "SELL;")]))
        .file("logs/Security.evtx", b"ElfFile\0");
    insta::assert_snapshot!("compromised-en", host.hikeshi("check logs --pack pack"));
    insta::assert_snapshot!("compromised-ja", host.hikeshi_in_japanese("check logs --pack pack"));
}

#[test]
fn a_folder_without_evidence_on_the_screen() {
    let host = quiet().without("logs").folder("logs");
    insta::assert_snapshot!("nothing-en", host.hikeshi("check logs --pack pack"));
    insta::assert_snapshot!("nothing-ja", host.hikeshi_in_japanese("check logs --pack pack"));
}

#[test]
fn no_line_is_wider_than_80_columns() {
    let name = format!("logs/{}/{}.evtx", "長いフォルダー名".repeat(8), "x".repeat(120));
    let gate = format!("GET /crew/masterkey/{} 403", "火".repeat(300));
    let odd = with_rows(&["EXPORT;all tickets"], &[&gate]).file(&name, b"ElfFile\0");
    let loud = loud_host(|path, bytes| (path.to_owned(), bytes.to_vec()));
    for run in [
        odd.hikeshi("check logs --pack pack"),
        odd.hikeshi_in_japanese("check logs --pack pack"),
        loud.hikeshi("check evidence"),
        loud.hikeshi_in_japanese("check evidence"),
    ] {
        assert_eq!(run.exit, 1);
        let wide: Vec<_> = run.stdout.lines().filter(|line| line.width() > COLUMNS).collect();
        assert!(wide.is_empty(), "{wide:#?}");
    }
}
