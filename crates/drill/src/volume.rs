//! How much everyday traffic makes a practice server of the size asked for.

use std::io::Cursor;

use crate::{
    clock::{HOUR, Moment},
    compile::{EventForm, Everyday, Pace},
    event_log::EventLog,
    random::Random,
    shape::{By, Rotation},
    spec::Spec,
    template::Draw,
};

/// Rows written of each kind to learn their usual size.
const SAMPLES: u32 = 24;

/// Bytes of an event log's header, and of each of its chunks.
const EVENT_LOG_HEADER: f64 = 4096.0;
const EVENT_LOG_CHUNK: f64 = 65_536.0;

/// What one log takes up, in each of the 24 hours of a day.
#[derive(Debug, Clone, Copy, Default)]
struct Load {
    /// Rows and bytes that grow with the traffic, for a traffic of 1.
    rows: [f64; 24],
    bytes: [f64; 24],
    /// Rows and bytes an hour that come at fixed distances.
    fixed_rows: f64,
    fixed_bytes: f64,
}

/// The factor by which the weights of requests become requests an hour. It is 0 where headers
/// and fixed requests alone are more than the size asked for.
pub(crate) fn factor(spec: &Spec, days: u32, size_bytes: u64) -> f64 {
    let loads = loads(spec);
    let target = size_bytes as f64;
    let mut high = 1.0;
    while total(spec, &loads, days, high) < target && high < 1e15 {
        high *= 2.0;
    }
    let mut low = 0.0;
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        match total(spec, &loads, days, middle) < target {
            true => low = middle,
            false => high = middle,
        }
    }
    low
}

/// Requests an hour for a factor of 1, in that hour of the day.
pub(crate) fn rate(spec: &Spec, everyday: &Everyday, hour: usize) -> f64 {
    match everyday.pace {
        Pace::Weight(weight, By::Machines) => weight,
        Pace::Weight(weight, By::People) => weight * spec.period.rhythm.get(hour).copied().unwrap_or_default(),
        Pace::Every(_) => 0.0,
    }
}

/// The loads of all logs.
#[derive(Debug)]
struct Loads {
    logs: Vec<Load>,
    event_logs: Vec<Load>,
}

fn loads(spec: &Spec) -> Loads {
    let mut loads = Loads {
        logs: vec![Load::default(); spec.logs.len()],
        event_logs: vec![Load::default(); spec.event_logs.len()],
    };
    let mut draw = Draw::new(Random::new(0, 0), spec.lists);
    let moment = Moment::new(spec.end);
    let mut out = Vec::new();
    for everyday in &spec.traffic {
        for row in &everyday.rows.rows {
            out.clear();
            for _ in 0..SAMPLES {
                draw.next_request(&everyday.rows.lists, everyday.rows.guids);
                draw.write(&row.segments, &moment, &mut out);
            }
            let bytes = out.len() as f64 / f64::from(SAMPLES);
            if let Some(load) = loads.logs.get_mut(row.log) {
                load.add(spec, everyday, bytes);
            }
        }
        for form in &everyday.rows.events {
            if let Some(load) = loads.event_logs.get_mut(form.log) {
                load.add(spec, everyday, event_bytes(form, everyday, &moment, &mut draw));
            }
        }
    }
    loads
}

/// The usual size of an event, its share of names and templates included.
fn event_bytes(form: &EventForm, everyday: &Everyday, moment: &Moment, draw: &mut Draw) -> f64 {
    let mut sample = || {
        let mut log = EventLog::new("").write_to(Cursor::new(Vec::new())).ok()?;
        let before = log.bytes();
        for _ in 0..SAMPLES {
            draw.next_request(&everyday.rows.lists, everyday.rows.guids);
            log.event(&form.event(moment, draw).ok()?).ok()?;
        }
        Some((log.bytes() - before) as f64 / f64::from(SAMPLES))
    };
    // An event that cannot be made or written is told when the server is.
    sample().unwrap_or_default()
}

impl Load {
    fn add(&mut self, spec: &Spec, everyday: &Everyday, bytes: f64) {
        if let Pace::Every(every) = everyday.pace {
            self.fixed_rows += HOUR as f64 / every as f64;
            self.fixed_bytes += bytes * HOUR as f64 / every as f64;
        }
        let hours = self.rows.iter_mut().zip(&mut self.bytes).enumerate();
        for (hour, (rows, all_bytes)) in hours {
            *rows += rate(spec, everyday, hour);
            *all_bytes += bytes * rate(spec, everyday, hour);
        }
    }
}

/// Bytes to expect for a factor: rows, and a header wherever at least one row falls.
fn total(spec: &Spec, loads: &Loads, days: u32, factor: f64) -> f64 {
    let log = |(log, load): (&crate::compile::Log, &Load)| {
        let rows = |rows: &f64| factor * rows + load.fixed_rows;
        let bytes: f64 = load.bytes.iter().map(|bytes| factor * bytes + load.fixed_bytes).sum();
        let numbered = log.limit.map_or(0.0, |limit| (bytes / limit.max(1) as f64).floor());
        let files = match log.rotation {
            Rotation::Hourly => load.rows.iter().map(|hour| some(rows(hour))).sum(),
            Rotation::Daily => some(load.rows.iter().map(rows).sum()),
        };
        (bytes + (files + numbered) * log.header.len() as f64) * f64::from(days + log.reaches_back)
    };
    let event_log = |(log, load): (&crate::compile::EventLog, &Load)| {
        let bytes: f64 = load.bytes.iter().map(|bytes| factor * bytes + load.fixed_bytes).sum();
        let bytes = bytes * f64::from(days + log.reaches_back);
        // The last chunk is half empty, as a rule; there is at least one.
        EVENT_LOG_HEADER + (bytes + EVENT_LOG_CHUNK / 2.0).max(EVENT_LOG_CHUNK)
    };
    let logs: f64 = spec.logs.iter().zip(&loads.logs).map(log).sum();
    let event_logs: f64 = spec.event_logs.iter().zip(&loads.event_logs).map(event_log).sum();
    logs + event_logs
}

/// The chance of at least one row where `expected` are, as 1 - e^-x; by multiplication only,
/// because `exp` differs between platforms in its last digit.
fn some(expected: f64) -> f64 {
    if expected <= 0.0 {
        return 0.0;
    }
    let mut power = 1.0 + expected / 64.0;
    for _ in 0..6 {
        power *= power;
    }
    1.0 - 1.0 / power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_of_some_row_grows_from_none_to_certain() {
        assert_eq!(some(0.0), 0.0);
        assert!((some(1.0) - 0.63).abs() < 0.02);
        assert!(some(50.0) > 0.999);
    }
}
