//! What records tell of the machine that the evidence comes from.

use hikeshi_core::machine::{Change, Daylight, Machine, TimeZone};
use hikeshi_evidence::record::{Record, Topic, Value};

/// The machine that a record describes, if it describes one.
pub(crate) fn machine(record: &Record) -> Option<Machine> {
    if record.topic != Topic::Machine {
        return None;
    }
    Some(Machine { name: record.text("ComputerName").map(str::to_owned), time_zone: time_zone(record) })
}

fn time_zone(record: &Record) -> Option<TimeZone> {
    let bias = number(record, "Bias")?;
    // What is added to local time for UTC; people count the other way round.
    let ahead = |more: &str| minutes(-(bias + number(record, more).unwrap_or(0)));
    let change = |name: &str| record.text(name).and_then(change);
    let daylight = match (change("DaylightStart"), change("StandardStart"), ahead("DaylightBias")) {
        (Some(begins), Some(ends), Some(offset_minutes)) => Some(Daylight { offset_minutes, begins, ends }),
        _ => None,
    };
    Some(TimeZone {
        name: record.text("TimeZone").map(str::to_owned),
        offset_minutes: ahead("StandardBias")?,
        daylight,
    })
}

fn number(record: &Record, name: &str) -> Option<i64> {
    match record.field(name)? {
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

/// No place on earth is more than a day from UTC.
fn minutes(offset: i64) -> Option<i32> {
    i32::try_from(offset).ok().filter(|offset| offset.abs() < 24 * 60)
}

fn change(text: &str) -> Option<Change> {
    let mut parts = text.split(' ');
    let mut part = || parts.next();
    Some(Change {
        month: part()?.parse().ok()?,
        week: part()?.parse().ok()?,
        weekday: part()?.parse().ok()?,
        minute: part()?.parse().ok()?,
    })
}

/// The local time of all machines, where they agree.
pub(crate) fn common_zone<'m>(machines: impl IntoIterator<Item = &'m Machine>) -> Option<TimeZone> {
    let mut zones = machines.into_iter().filter_map(|machine| machine.time_zone.as_ref());
    let first = zones.next()?;
    zones.all(|zone| zone == first).then(|| first.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(bias: i64, daylight: Option<(&str, &str)>) -> Record {
        let record = Record::new(Topic::Machine, 0)
            .with("ComputerName", "EX01")
            .with("TimeZone", "T")
            .with("Bias", Value::Number(bias));
        match daylight {
            Some((begins, ends)) => record
                .with("DaylightBias", Value::Number(-60))
                .with("StandardBias", Value::Number(0))
                .with("DaylightStart", begins)
                .with("StandardStart", ends),
            None => record,
        }
    }

    #[test]
    fn the_local_time_of_a_machine_is_read_off_its_settings() {
        let tokyo = machine(&record(-540, None)).unwrap();
        assert_eq!(
            (tokyo.name.as_deref(), tokyo.time_zone.as_ref().map(|zone| zone.offset_minutes)),
            (Some("EX01"), Some(540))
        );
        let berlin = machine(&record(-60, Some(("3 5 0 120", "10 5 0 180")))).unwrap().time_zone.unwrap();
        let daylight = berlin.daylight.unwrap();
        assert_eq!((berlin.offset_minutes, daylight.offset_minutes, daylight.begins.month), (60, 120, 3));
        assert_eq!(machine(&record(-99_999, None)).unwrap().time_zone, None, "no such place");
        assert_eq!(machine(&Record::new(Topic::Service, 0)), None);
    }

    #[test]
    fn machines_that_disagree_have_no_common_time() {
        let [tokyo, london] = [-540, 0].map(|bias| machine(&record(bias, None)).unwrap());
        assert_eq!(common_zone([&tokyo, &tokyo]), tokyo.time_zone);
        assert_eq!(common_zone([&tokyo, &london]), None);
        assert_eq!(common_zone([]), None);
    }
}
