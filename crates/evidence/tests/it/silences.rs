//! First and last time, and silences, without parsing every row.

use super::{Words, delimited, read_with, w3c};

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
