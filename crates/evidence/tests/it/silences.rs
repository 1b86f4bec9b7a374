//! First and last time, and silences, without parsing every row.

use super::{Words, delimited, read, read_with, w3c};
use hikeshi_evidence::reader::{Everything, Summary};

/// Minutes since the first of March, with rows each minute but for the silences given in hours.
fn log(w3c: bool, silent: &[std::ops::Range<i32>]) -> String {
    let mut text = String::from(if w3c { "#Fields: date time x\n" } else { "When,Who\n" });
    for minute in (0..30 * 1440).filter(|minute| !silent.iter().any(|hours| hours.contains(&(minute / 60)))) {
        let (day, hour, minute) = (minute / 1440 + 1, minute / 60 % 24, minute % 60);
        text += &if w3c {
            format!("2021-03-{day:02} {hour:02}:{minute:02}:00 abcdefghijklmnop\n")
        } else {
            format!("2021-03-{day:02}T{hour:02}:{minute:02}:00.000Z,abcdefghijklmnopq\n")
        };
    }
    text
}

#[test]
fn silences_longer_than_the_familys_are_found_in_every_format() {
    for (is_w3c, family) in [(false, delimited()), (true, w3c())] {
        let text = log(is_w3c, &[30..34, 100..110, 300..320, 321..340]);
        let (_, summary) = read_with(&family, text.as_bytes(), &mut Words(&["nothing"]));
        let gaps: Vec<_> = summary.sampler.gaps.iter().map(|gap| format!("{} {}", gap.from, gap.to)).collect();
        assert_eq!(
            gaps,
            [
                "2021-03-05T03:59:00Z 2021-03-05T14:00:00Z",
                "2021-03-13T11:59:00Z 2021-03-14T08:00:00Z",
                "2021-03-14T08:59:00Z 2021-03-15T04:00:00Z"
            ]
        );
        assert_eq!(summary.sampler.first.unwrap().to_string(), "2021-03-01T00:00:00Z");
        assert_eq!(summary.sampler.last.unwrap().to_string(), "2021-03-30T23:59:00Z");
    }
}

fn first_and_last(summary: &Summary) -> (String, String) {
    let shown = |time: Option<_>| time.map(|time: hikeshi_core::time::Timestamp| time.to_string()).unwrap_or_default();
    (shown(summary.sampler.first), shown(summary.sampler.last))
}

#[test]
fn a_time_of_day_without_a_date_is_of_the_day_that_the_comment_above_names() {
    let text = "#Software: x\r\n#Date: 2021-03-02 22:00:00\r\n#Fields: time cs-method\r\n\
                21:59:59 GET\r\n23:30:00 GET\r\n00:10:00 POST\r\n\
                #Date: 2021-03-09 06:00:00 // the next one\r\n#Fields: cs-method time\r\nGET 06:00:07\r\n";
    for wanted in [None, Some(&["POST"][..])] {
        let (rows, summary) = match wanted {
            None => read_with(&w3c(), text.as_bytes(), &mut Everything),
            Some(words) => read_with(&w3c(), text.as_bytes(), &mut Words(words)),
        };
        let times: Vec<_> = rows.iter().filter_map(|row| row.time.as_deref()).collect();
        let after_midnight = "2021-03-03T00:10:00Z";
        assert!(times.contains(&after_midnight), "{times:?}");
        if wanted.is_none() {
            let all = ["2021-03-02T21:59:59Z", "2021-03-02T23:30:00Z", after_midnight, "2021-03-09T06:00:07Z"];
            assert_eq!(times, all);
        }
        assert_eq!(first_and_last(&summary), ("2021-03-02T21:59:59Z".into(), "2021-03-09T06:00:07Z".into()));
    }
}

#[test]
fn each_row_is_timed_by_the_header_above_it_even_where_the_file_ends_under_another_one() {
    let text = "#Fields: date time x\n2021-03-01 04:00:00 a\n#Fields: time date x\n05:00:00 2021-03-01 b\n\
                06:00:00 2021-03-01 c\n#Fields: x\nd\n";
    let (_, summary) = read_with(&w3c(), text.as_bytes(), &mut Everything);
    assert_eq!(first_and_last(&summary), ("2021-03-01T04:00:00Z".into(), "2021-03-01T06:00:00Z".into()));
}

#[test]
fn rows_without_a_header_still_show_when_the_file_begins_and_ends() {
    let (_, summary) = read_with(&w3c(), b"2021-03-01 04:00:00 a\n-----\n2021-03-02 05:00:00 b\n", &mut Everything);
    assert_eq!(first_and_last(&summary), ("2021-03-01T04:00:00Z".into(), "2021-03-02T05:00:00Z".into()));
}

#[test]
fn a_first_column_that_is_called_a_time_is_one_where_the_familys_own_is_missing() {
    let text = "#Fields: date-time,Who\n2021-03-01T04:00:00Z,\"open\n2021-03-01T05:00:00Z,b\n";
    let (rows, summary) = read_with(&delimited(), text.as_bytes(), &mut Everything);
    assert_eq!(rows.len(), 2, "the stray quote swallows nothing");
    assert_eq!(first_and_last(&summary), ("2021-03-01T04:00:00Z".into(), "2021-03-01T05:00:00Z".into()));
    assert_eq!(read(&delimited(), "#Fields: Who,Note\na,b\n").iter().filter(|row| row.time.is_some()).count(), 0);
}
