//! Much benign noise, fast: rows of ordinary hours, and now and then one of a harmless oddity, made once, written again
//! and again with times and request ids of their own. Times inside a row's last columns stay those of the first making.

use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Result;
use fs_err as fs;

use crate::benign::{oddity, traffic};
use crate::dice::Dice;
use crate::habits::Habits;
use crate::moment::{DAY, HOUR, Moment};
use crate::server::Server;
use crate::truth::{Product, Truth, Verdict};

/// One row in so many is an oddity, in logs that have some.
const ODD: u64 = 400;
/// Rows of each log in an hour.
const ROWS: i64 = 1_500;

/// A log family: where its files lie, how they begin, and rows to choose from.
struct Family {
    folder: String,
    stem: String,
    is_daily: bool,
    head: String,
    rows: Vec<Row>,
    odd: Vec<Row>,
}

/// A row cut around what changes: its time, and its request id where it has one.
struct Row {
    is_web: bool,
    has_id: bool,
    rest: String,
}

/// Writes at least `bytes` of noise below `folder/noise`, and the truth beside it; the bytes written.
pub fn write(folder: &Path, habits: &Habits, seed: u64, bytes: u64) -> Result<u64> {
    let mut dice = Dice::new(seed, "noise");
    let from = Moment::day(2021, 2, 1);
    let mut server = Server::new(*habits.hosts[0], dice.clone(), (from, from.plus(3 * HOUR)));
    traffic::fill(&mut server, 120);
    let mut oddities = Server::new(*habits.hosts[0], dice.clone(), (from, from.plus(3 * HOUR)));
    let (address, agent) = habits.scanner;
    oddity::all(&mut oddities, from, address, agent);
    let families = families(&server, &oddities);
    let root = folder.join("noise");
    let (mut written, mut day) = (0, from);
    while written < bytes {
        for family in &families {
            written += family.day(&root, day, &mut dice)?;
            if written >= bytes {
                break;
            }
        }
        day = day.plus(DAY);
    }
    let truth = truth(&server, habits, seed, written);
    fs::write(folder.join("noise.truth.json"), serde_json::to_string_pretty(&truth)?)?;
    Ok(written)
}

fn truth(server: &Server, habits: &Habits, seed: u64, bytes: u64) -> Truth {
    Truth {
        schema: "trial-truth/1".to_owned(),
        scenario: "noise".to_owned(),
        set: habits.set.to_owned(),
        seed,
        verdict: Verdict::Inconclusive,
        why: "nothing was tried; kinds of evidence are missing".to_owned(),
        server: "noise".to_owned(),
        product: Product {
            name: server.host.product.to_owned(),
            build: server.host.build_short(),
            affected: true,
            updated: None,
        },
        actors: Vec::new(),
        traces: Vec::new(),
        bytes,
    }
}

/// One family for each folder of row logs.
fn families(server: &Server, oddities: &Server) -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    for (path, head, rows) in server.row_logs() {
        let (folder, name) = placed(path);
        let is_web = name.starts_with("u_ex");
        let rows: Vec<Row> = rows.iter().filter_map(|row| Row::cut(row, is_web)).collect();
        let is_known = families.iter().any(|family| family.folder == folder);
        if is_known || rows.len() < 20 {
            continue;
        }
        let stem = name.trim_end_matches("-1.LOG").trim_end_matches(".log");
        let stem = stem.trim_end_matches(|character: char| character.is_ascii_digit()).to_owned();
        families.push(Family { folder, stem, is_daily: is_web, head, rows, odd: Vec::new() });
    }
    for (path, _, rows) in oddities.row_logs() {
        let (folder, _) = placed(path);
        if let Some(family) = families.iter_mut().find(|family| family.folder == folder) {
            family.odd.extend(rows.iter().filter_map(|row| Row::cut(row, family.is_daily)));
        }
    }
    families
}

/// A Windows path's folder below a drive's, and its file name.
fn placed(path: &str) -> (String, String) {
    let (drive, rest) = path.split_once(":\\").unwrap_or(("C", path));
    let place = format!("{drive}/{}", rest.replace('\\', "/"));
    let (folder, name) = place.rsplit_once('/').unwrap_or(("", &place));
    (folder.to_owned(), name.to_owned())
}

impl Row {
    fn cut(row: &str, is_web: bool) -> Option<Self> {
        let rest = row.get(if is_web { 19 } else { 24 }..)?;
        let has_id = !is_web && rest.as_bytes().get(9) == Some(&b'-') && rest.as_bytes().get(37) == Some(&b',');
        let rest = if has_id { rest.get(37..)? } else { rest };
        Some(Self { is_web, has_id, rest: rest.to_owned() })
    }

    fn push(&self, line: &mut Vec<u8>, time: &mut Clock, dice: &mut Dice) {
        line.extend_from_slice(time.text(self.is_web));
        if self.has_id {
            line.push(b',');
            push_guid(line, dice);
        }
        line.extend_from_slice(self.rest.as_bytes());
        line.extend_from_slice(b"\r\n");
    }
}

fn push_guid(line: &mut Vec<u8>, dice: &mut Dice) {
    let number = u128::from(dice.roll()) << 64 | u128::from(dice.roll());
    for place in (0..32u32).rev() {
        let digit = u8::try_from(number >> (place * 4) & 0xf).unwrap_or(0);
        line.push(if digit < 10 { b'0' + digit } else { b'a' - 10 + digit });
        if matches!(place, 24 | 20 | 16 | 12) {
            line.push(b'-');
        }
    }
}

/// The time of the next row. Text of days and seconds is made anew only when they change.
struct Clock {
    moment: Moment,
    second: i64,
    mail: String,
    web: String,
}

impl Clock {
    fn new(moment: Moment) -> Self {
        Self { moment, second: -1, mail: String::new(), web: String::new() }
    }

    fn text(&mut self, is_web: bool) -> &[u8] {
        let second = self.moment.0.div_euclid(1000);
        if self.second != second {
            self.second = second;
            self.web = self.moment.w3c();
        }
        if is_web {
            return self.web.as_bytes();
        }
        self.mail.clear();
        self.mail.push_str(self.web.get(..10).unwrap_or_default());
        self.mail.push('T');
        self.mail.push_str(self.web.get(11..).unwrap_or_default());
        let part = self.moment.0.rem_euclid(1000);
        self.mail.push('.');
        for digit in [part / 100, part / 10 % 10, part % 10] {
            self.mail.push(char::from(b'0' + u8::try_from(digit).unwrap_or(0)));
        }
        self.mail.push('Z');
        self.mail.as_bytes()
    }
}

impl Family {
    /// A day of this family: one file, or one for each hour.
    fn day(&self, root: &Path, day: Moment, dice: &mut Dice) -> Result<u64> {
        let folder = root.join(&self.folder);
        fs::create_dir_all(&folder)?;
        let mut written = 0;
        let stamp = day.day_stamp();
        if self.is_daily {
            let name = format!("{}{}.log", self.stem, stamp.get(2..).unwrap_or_default());
            return self.file(&folder.join(name), day, 24 * ROWS, DAY, dice);
        }
        for hour in 0..24 {
            let time = day.plus(hour * HOUR);
            let name = format!("{}{}-1.LOG", self.stem, time.hour_stamp());
            written += self.file(&folder.join(name), time, ROWS, HOUR, dice)?;
        }
        Ok(written)
    }

    fn file(&self, path: &Path, from: Moment, rows: i64, length: i64, dice: &mut Dice) -> Result<u64> {
        let mut out = BufWriter::with_capacity(1 << 20, fs::File::create(path)?);
        let mut line: Vec<u8> = if self.is_daily { Vec::new() } else { "\u{feff}".as_bytes().to_vec() };
        line.extend_from_slice(self.head.as_bytes());
        let mut clock = Clock::new(from);
        let mut written = 0;
        for _ in 0..rows {
            clock.moment = clock.moment.plus(length / rows);
            let is_odd = !self.odd.is_empty() && dice.below(ODD) == 0;
            let choice = if is_odd { &self.odd } else { &self.rows };
            let at = usize::try_from(dice.below(choice.len() as u64)).unwrap_or(0);
            if let Some(row) = choice.get(at) {
                row.push(&mut line, &mut clock, dice);
            }
            written += line.len() as u64;
            out.write_all(&line)?;
            line.clear();
        }
        out.flush()?;
        Ok(written)
    }
}
