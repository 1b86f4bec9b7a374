//! Scheduled tasks as Windows kept them up to Server 2008 R2, and as `at.exe` still does on it: `Windows\Tasks\At1.job`.
//!
//! Source of the format: [MS-TSCH] 2.4, <https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-tsch/>.

use std::io::Read;

use hikeshi_core::coverage::Gap;
use hikeshi_core::time::Timestamp;

use crate::little_endian::{u16_at, utf16};
use crate::record::{Missed, Record, Sink, Topic};

/// No real file is longer: names, a comment, and triggers of 48 bytes each.
const LONGEST: u64 = 1024 * 1024;
/// The part of fixed length.
const FIXED: usize = 68;
/// In the fixed part: where the name of the program begins, and when the task last ran (SYSTEMTIME, local).
const NAME_OFFSET: usize = 20;
const LAST_RUN: usize = 52;
/// The strings in the order of the file, by the fields that they become.
const STRINGS: [&str; 5] = ["Command", "Arguments", "WorkingDirectory", "Author", "Description"];

/// Whether these bytes begin a task: a version of Windows, the version of the format, and a name behind the fixed part.
#[must_use]
pub(crate) fn shows_in(head: &[u8]) -> bool {
    u16_at(head, 2) == Some(1)
        && u16_at(head, NAME_OFFSET).is_some_and(|at| usize::from(at) == FIXED + 2)
        && u16_at(head, 0).is_some_and(|version| matches!(version >> 8, 4..=6))
}

/// Hands over the task. Fields: `TaskName` (the file's), `Command`, `Arguments`, `WorkingDirectory`, `Author`, `Description`,
/// `LastRun` (local time), `Action` (`Exec`). `path` is where the file lay, with slashes.
pub fn read(path: &str, source: &mut dyn Read, sink: &mut dyn Sink) {
    let mut bytes = Vec::new();
    if source.take(LONGEST + 1).read_to_end(&mut bytes).is_err() {
        return sink.missed(Missed::new(Gap::ReadFailed));
    }
    if !shows_in(&bytes) {
        return sink.missed(Missed::new(Gap::Malformed));
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut record = Record::new(Topic::ScheduledTask, 0).with("TaskName", format!("\\{stem}")).with("Action", "Exec");
    let mut at = FIXED + 2;
    for field in STRINGS {
        let Some((text, next)) = string(&bytes, at) else {
            sink.missed(Missed::new(Gap::DamagedRecords));
            break;
        };
        if !text.is_empty() {
            record = record.with(field, text);
        }
        at = next;
    }
    if let Some(time) = last_run(&bytes) {
        record = record.with("LastRun", time.to_string().trim_end_matches('Z'));
    }
    let _ = sink.record(record);
}

/// A string of a counted length that includes the zero behind it, and where the next one begins.
fn string(bytes: &[u8], at: usize) -> Option<(String, usize)> {
    let units = usize::from(u16_at(bytes, at)?);
    let end = at.checked_add(2)?.checked_add(units.checked_mul(2)?)?;
    let text = utf16(bytes.get(at + 2..end)?);
    Some((text.trim_end_matches('\0').to_owned(), end))
}

fn last_run(bytes: &[u8]) -> Option<Timestamp> {
    let part = |number: usize| u16_at(bytes, LAST_RUN + number * 2).map(i64::from);
    let date = Timestamp::from_date(part(0)?, part(1)?, part(3)?)?;
    Some(date.plus_seconds(part(4)?.min(23) * 3_600 + part(5)?.min(59) * 60 + part(6)?.min(59)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Gathered;

    /// A task as Windows writes it, without triggers.
    fn job(strings: [&str; 5]) -> Vec<u8> {
        let mut bytes = vec![0; FIXED];
        bytes[0..4].copy_from_slice(&[1, 6, 1, 0]);
        bytes[NAME_OFFSET] = 70;
        for (number, part) in [2021_u16, 3, 3, 3, 4, 12, 34].into_iter().enumerate() {
            bytes[LAST_RUN + number * 2..][..2].copy_from_slice(&part.to_le_bytes());
        }
        bytes.extend([0, 0]);
        for text in strings {
            let units: Vec<u16> = text.encode_utf16().chain((!text.is_empty()).then_some(0)).collect();
            bytes.extend((units.len() as u16).to_le_bytes());
            bytes.extend(units.into_iter().flat_map(u16::to_le_bytes));
        }
        bytes
    }

    fn gathered(bytes: &[u8]) -> Gathered {
        let mut gathered = Gathered::default();
        read("C/Windows/Tasks/At1.job", &mut &*bytes, &mut gathered);
        gathered
    }

    #[test]
    fn the_program_its_arguments_and_the_last_run_are_read() {
        let bytes = job(["cmd.exe", "/c whoami", "", "SYSTEM", "NetScheduleJobAdd により作成"]);
        assert!(shows_in(&bytes));
        let found = gathered(&bytes);
        let record = &found.records[0];
        for (field, value) in [
            ("TaskName", r"\At1"),
            ("Command", "cmd.exe"),
            ("Arguments", "/c whoami"),
            ("Author", "SYSTEM"),
            ("Description", "NetScheduleJobAdd により作成"),
            ("LastRun", "2021-03-03T04:12:34"),
        ] {
            assert_eq!(record.text(field), Some(value), "{field}");
        }
        assert_eq!((record.text("WorkingDirectory"), found.missed.len()), (None, 0));
    }

    #[test]
    fn what_is_cut_or_no_task_is_told() {
        let bytes = job(["cmd.exe", "/c whoami", "", "SYSTEM", ""]);
        let cut = gathered(&bytes[..FIXED + 24]);
        assert_eq!(cut.records[0].text("Command"), Some("cmd.exe"));
        assert_eq!(cut.missed.len(), 1);
        for bytes in [&b""[..], b"<Task>", &bytes[..20]] {
            let found = gathered(bytes);
            assert_eq!((found.records.len(), found.missed.len()), (0, 1), "{bytes:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_stop_it(at in 0_usize..120, value: u8, end in 0_usize..200) {
            let mut bytes = job(["cmd.exe", "/c whoami", "C:\\", "SYSTEM", "x"]);
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
            bytes.truncate(end);
            gathered(&bytes);
        }
    }
}
