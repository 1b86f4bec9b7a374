//! Headers, quoting, cut rows, line numbers.

use super::{Words, brief, delimited, read, read_with, w3c};

#[test]
fn a_header_in_a_comment_or_in_a_row_names_the_columns_and_may_change() {
    let text = "#Software: Gate\r\n#Fields: When,Who,Note\r\nWhen,Who,Note\r\n\
                2021-03-03T04:00:00Z,a,b\r\n\
                #Fields: When,Who\r\n\u{feff}2021-03-03T05:00:00Z,c\r\n\
                when,who,note,more\r\n2021-03-03T06:00:00Z,d,e,f\r\n";
    assert_eq!(
        brief(&read(&delimited(), text)),
        ["4 Whole 2021-03-03T04:00:00Z|a|b", "6 Whole 2021-03-03T05:00:00Z|c", "8 Whole 2021-03-03T06:00:00Z|d|e|f"]
    );
}

#[test]
fn line_breaks_inside_quotes_belong_to_the_row_and_lines_stay_physical() {
    let text = "When,Who,Note\n2021-03-03T04:00:00Z,a,\"one\r\ntwo, \"\"three\"\"\"\n2021-03-03T05:00:00Z,b,c\n";
    assert_eq!(
        brief(&read(&delimited(), text)),
        ["2 Whole 2021-03-03T04:00:00Z|a|one\r\ntwo, \"three\"", "4 Whole 2021-03-03T05:00:00Z|b|c"]
    );
}

#[test]
fn a_stray_quote_does_not_swallow_the_rows_that_follow() {
    let text = "When,Who,Note\n2021-03-03T04:00:00Z,a,\"open\n2021-03-03T05:00:00Z,b,c\n";
    assert_eq!(
        brief(&read(&delimited(), text)),
        ["2 Malformed 2021-03-03T04:00:00Z|a|open", "3 Whole 2021-03-03T05:00:00Z|b|c"]
    );
}

#[test]
fn the_last_row_may_be_cut_short_and_is_still_handed_over() {
    assert_eq!(brief(&read(&delimited(), "When,Who,Note\n2021-03-03T04:00:00Z,a")), ["2 Cut 2021-03-03T04:00:00Z|a"]);
    assert_eq!(
        brief(&read(&delimited(), "When,Who,Note\n2021-03-03T04:00:00Z,a,\"b")),
        ["2 Cut 2021-03-03T04:00:00Z|a|b"]
    );
}

#[test]
fn rows_that_do_not_fit_and_text_between_rows_are_handed_over_as_malformed() {
    let text = "When,Who\n2021-03-03T04:00:00Z,a,b,c\nstray text\n2021-03-03T05:00:00Z,d\n";
    let (rows, summary) = read_with(&delimited(), text.as_bytes(), &mut hikeshi_evidence::reader::Everything);
    assert_eq!(
        brief(&rows),
        ["2 Malformed 2021-03-03T04:00:00Z|a|b|c", "3 Malformed stray text", "4 Whole 2021-03-03T05:00:00Z|d"]
    );
    assert_eq!((summary.malformed.count, summary.malformed.first_line), (2, Some(2)));
}

#[test]
fn rows_without_any_header_are_told() {
    let (rows, summary) = read_with(&delimited(), b"2021-03-03T04:00:00Z,a\n", &mut Words(&["zzz"]));
    assert_eq!(brief(&rows), ["1 NoHeader 2021-03-03T04:00:00Z|a"]);
    assert!(!summary.has_header);
}

#[test]
fn a_file_whose_first_column_is_no_time_is_split_by_quotes() {
    let text = "Who,When,Note\na,2021-03-03T04:00:00Z,\"x\ny\"\nb,2021-03-03T05:00:00Z,z\n";
    let rows = read(&delimited(), text);
    assert_eq!(brief(&rows), ["2 Whole a|2021-03-03T04:00:00Z|x\ny", "4 Whole b|2021-03-03T05:00:00Z|z"]);
    assert_eq!(rows[1].time.as_deref(), Some("2021-03-03T05:00:00Z"));
}

#[test]
fn w3c_columns_come_in_any_order_and_change_in_the_middle() {
    let text = "#Software: x\r\n#Fields: date time cs-method\r\n2021-03-03 04:00:00 GET\r\n\
                #Fields: cs-method time date\r\nPOST 05:00:00 2021-03-03\r\n";
    let rows = read(&w3c(), text);
    let seen: Vec<_> = rows.iter().map(|row| (row.line, row.time.clone().unwrap(), row.values.len())).collect();
    assert_eq!(seen, [(3, "2021-03-03T04:00:00Z".into(), 3), (5, "2021-03-03T05:00:00Z".into(), 3)]);
}

#[test]
fn only_rows_that_a_search_points_at_are_handed_over() {
    let mut text = String::from("When,Who,Note\n");
    for minute in 0..50_000 {
        let note = if minute % 997 == 0 { "needle" } else { "hay" };
        text += &format!(
            "2021-03-{:02}T{:02}:{:02}:00Z,u{minute},{note}\n",
            minute / 1440 + 1,
            minute / 60 % 24,
            minute % 60
        );
        if minute == 20_000 {
            text += "#Fields: When,Note,Who\n";
        }
    }
    let (rows, summary) = read_with(&delimited(), text.as_bytes(), &mut Words(&["needle"]));
    let all = read(&delimited(), &text);
    let expected: Vec<_> = all.into_iter().filter(|row| row.values.iter().any(|value| value == "needle")).collect();
    assert_eq!(rows, expected);
    assert_eq!(rows.len(), 51);
    assert_eq!((summary.bytes, summary.lines), (text.len() as u64, 50_002));
}

#[test]
fn a_row_whose_values_are_column_names_is_no_header() {
    let text = "When,Who,Note,From\n2021-03-03T04:00:00Z,When,Who,192.0.2.1\n2021-03-03T05:00:00Z,a,b,192.0.2.1\n,When,Who,192.0.2.1\n";
    assert_eq!(
        brief(&read(&delimited(), text)),
        [
            "2 Whole 2021-03-03T04:00:00Z|When|Who|192.0.2.1",
            "3 Whole 2021-03-03T05:00:00Z|a|b|192.0.2.1",
            "4 Whole |When|Who|192.0.2.1"
        ]
    );
}
