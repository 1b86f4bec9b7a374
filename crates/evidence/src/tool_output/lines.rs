//! Lines of text that say something: what a tool wrote to the console, or into a log of its own.

use std::io::Read;

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::other_tool::Reach;

use super::{Form, groups, telling};
use crate::lines;
use crate::record::{Flow, Missed, Sink, Value};

/// Hands over a record for each line that a form describes. Text in which none does is told as malformed.
pub(super) fn read(form: &Form, base: &[(String, Value)], source: &mut dyn Read, sink: &mut dyn Sink) {
    let mut section: Vec<(String, Value)> = Vec::new();
    let mut any = false;
    lines::each(source, sink, &mut |line, sink| {
        let text = line.text.trim();
        let described = form.output.lines.iter().zip(&form.lines);
        let Some((line_form, regex, captures)) = described
            .filter(|_| !text.is_empty())
            .find_map(|(line_form, regex)| Some((line_form, regex, regex.captures(text)?)))
        else {
            return Flow::GoOn;
        };
        any = true;
        let value = |name: &str| captures.name(name).map(|group| group.as_str());
        let mut record = telling(&line_form.tells, base, &value);
        let own: Vec<_> = groups(regex, &captures).collect();
        if line_form.reach == Reach::Section {
            section.retain(|(name, _)| own.iter().all(|(have, _)| have != name));
            section.extend(own);
            record.fields.extend(section.iter().cloned());
        } else {
            record.fields.extend(section.iter().cloned());
            record.fields.extend(own);
        }
        record.number = Some(line.number);
        record.offset = line.offset;
        sink.record(record)
    });
    if !any {
        sink.missed(
            Missed::new(Gap::Malformed)
                .because(both!("no line in it says anything that is known", "既知の内容の行がない")),
        );
    }
}
