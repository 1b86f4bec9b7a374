//! The hosts file: names that are resolved without asking anyone.
//!
//! An address, then names, separated by blanks; a number sign begins a comment. Source: RFC 952, hosts(5), and the head of
//! the file that Windows ships.

use std::io::Read;

use hikeshi_core::coverage::Gap;

use crate::lines;
use crate::record::{Flow, Missed, Record, Sink, Topic};

/// Hands over a record for each name: `Address` and `Name`; its number is the line.
///
/// The address is handed over as it is written, since resolvers take more spellings than one. A line with an address and
/// no name is a record without `Name`. Comments and blank lines are no records, but count as lines.
pub fn read(source: &mut dyn Read, sink: &mut dyn Sink) {
    let mut cut = 0;
    lines::each(source, sink, &mut |line, sink| {
        let entry = line.text.split('#').next().unwrap_or_default();
        let mut words = entry.split_whitespace();
        let Some(address) = words.next() else { return Flow::GoOn };
        let record = Record { number: Some(line.number), ..Record::new(Topic::HostsEntry, line.offset) };
        let (address, too_long) = lines::repeated(address);
        cut += too_long;
        let record = record.with("Address", address);
        let mut names = words.peekable();
        if names.peek().is_none() {
            return sink.record(record);
        }
        for name in names {
            if sink.record(record.clone().with("Name", name)) == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::GoOn
    });
    if cut > 0 {
        sink.missed(Missed { count: cut, ..Missed::new(Gap::ValueCut) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Gathered;

    #[test]
    fn each_name_is_a_record_and_comments_only_count_as_lines() {
        let text = "# 198.51.100.1 not.example.org\r\n\r\n192.0.2.7\tone.example.org two.example.org # why\r\n\
                    2001:db8::1 three.example.org\r\n192.0.2.9\r\n";
        let mut sink = Gathered::default();
        read(&mut text.as_bytes(), &mut sink);
        let found: Vec<_> =
            sink.records.iter().map(|r| (r.number.unwrap(), r.text("Address").unwrap(), r.text("Name"))).collect();
        assert_eq!(
            found,
            [
                (3, "192.0.2.7", Some("one.example.org")),
                (3, "192.0.2.7", Some("two.example.org")),
                (4, "2001:db8::1", Some("three.example.org")),
                (5, "192.0.2.9", None),
            ]
        );
        assert!(sink.missed.is_empty());
    }

    #[test]
    fn an_endless_address_is_cut_and_told() {
        let mut sink = Gathered::default();
        read(&mut format!("{} a b\n", "9".repeat(100_000)).as_bytes(), &mut sink);
        assert!(sink.records.iter().all(|record| record.text("Address").is_some_and(|text| text.len() == 1024)));
        assert_eq!((sink.records.len(), sink.missed[0].reason), (2, Gap::ValueCut));
    }
}
