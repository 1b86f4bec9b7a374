//! What somebody typed: the history that PowerShell's line editor keeps for each user (`ConsoleHost_history.txt`).
//!
//! One command a line, oldest first, without times. A command of several lines is written with a backtick at the end of
//! each but the last. Source: `HistorySavePath` in
//! <https://learn.microsoft.com/en-us/powershell/module/psreadline/set-psreadlineoption>, and
//! <https://github.com/PowerShell/PSReadLine/blob/master/PSReadLine/History.cs>.

use std::io::Read;

use hikeshi_core::coverage::Gap;

use crate::lines::{self, Line};
use crate::record::{Flow, Missed, Record, Sink, Topic, VALUE_CAP};

/// Hands over a record for each command: `CommandLine`; its number is the line on which it begins.
///
/// A command that goes on beyond [`VALUE_CAP`] is handed over in parts, so nothing of it is lost.
pub fn read(source: &mut dyn Read, sink: &mut dyn Sink) {
    let mut open: Option<Record> = None;
    let mut command = String::new();
    let mut parted = 0;
    let flow = lines::each(source, sink, &mut |line, sink| {
        let (text, goes_on) = match line.text.strip_suffix('`') {
            Some(text) => (text, true),
            None => (&*line.text, false),
        };
        if open.is_some() && command.len() + text.len() >= VALUE_CAP {
            parted += 1;
            if hand_over(&mut open, &mut command, sink) == Flow::Stop {
                return Flow::Stop;
            }
        }
        if open.is_some() {
            command.push('\n');
        }
        open.get_or_insert_with(|| begin(line));
        command.push_str(text);
        if goes_on { Flow::GoOn } else { hand_over(&mut open, &mut command, sink) }
    });
    if flow == Flow::GoOn {
        hand_over(&mut open, &mut command, sink);
    }
    if parted > 0 {
        sink.missed(Missed { count: parted, ..Missed::new(Gap::ValueCut) });
    }
}

fn begin(line: &Line<'_>) -> Record {
    Record { number: Some(line.number), ..Record::new(Topic::Command, line.offset) }
}

/// Blank lines are no commands.
fn hand_over(open: &mut Option<Record>, command: &mut String, sink: &mut dyn Sink) -> Flow {
    let text = std::mem::take(command);
    match open.take() {
        Some(record) if !text.trim().is_empty() => sink.record(record.with("CommandLine", text)),
        _ => Flow::GoOn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Gathered;

    fn commands(bytes: &[u8]) -> (Vec<(u64, String)>, Gathered) {
        let mut sink = Gathered::default();
        read(&mut &*bytes, &mut sink);
        let found =
            sink.records.iter().map(|r| (r.number.unwrap(), r.text("CommandLine").unwrap().to_owned())).collect();
        (found, sink)
    }

    #[test]
    fn commands_of_several_lines_are_one_record_at_their_first_line() {
        let history = "whoami\r\nGet-Item `\r\n  C:\\inetpub`\r\n\r\n\r\necho 火消し\r\nlast `";
        let expected = [
            (1, "whoami".to_owned()),
            (2, "Get-Item \n  C:\\inetpub\n".to_owned()),
            (6, "echo 火消し".to_owned()),
            (7, "last ".to_owned()),
        ];
        assert_eq!(commands(history.as_bytes()).0, expected);
        let (shift_jis, _, _) = encoding_rs::SHIFT_JIS.encode(history);
        assert_eq!(commands(&shift_jis).0, expected);
        let utf16: Vec<u8> = history.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(commands(&utf16).0, expected);
    }

    #[test]
    fn a_command_without_end_is_handed_over_in_parts_and_told() {
        let history = "abcdefg`\n".repeat(3 * VALUE_CAP / 8 + 1);
        let (found, sink) = commands(history.as_bytes());
        assert_eq!(found.len(), 4);
        assert!(found.iter().all(|(_, text)| text.len() <= VALUE_CAP));
        assert_eq!(found.iter().map(|(_, text)| text.matches("abcdefg").count()).sum::<usize>(), 3 * VALUE_CAP / 8 + 1);
        assert_eq!((sink.missed[0].reason, sink.missed[0].count), (Gap::ValueCut, 3));
    }
}
