//! What Sysmon sees beside processes and files: values of the registry, names that are looked up, times that are changed,
//! consumers of WMI events.

use super::{act, sysmon, unnumbered, utc};
use crate::event::{Concerns, Event};
use crate::host::Host;
use crate::moment::Moment;

/// Sysmon 13: a process sets a value of the registry.
pub fn value_set(host: &Host, time: Moment, image: &str, (object, details): (&str, &str)) -> Event {
    let event = sysmon(
        host,
        time,
        13,
        vec![
            ("RuleName", "-".into()),
            ("EventType", "SetValue".into()),
            ("UtcTime", utc(time)),
            ("ProcessGuid", unnumbered()),
            ("ProcessId", 0.into()),
            ("Image", image.into()),
            ("TargetObject", object.into()),
            ("Details", details.into()),
        ],
    );
    Event { class: (2, 4, 13, 0), concerns: Concerns::Act { image: image.to_owned() }, ..event }
}

/// Sysmon 22: a process looks a name up.
pub fn name_looked_up(host: &Host, time: Moment, image: &str, (name, address): (&str, &str)) -> Event {
    let event = sysmon(
        host,
        time,
        22,
        vec![
            ("RuleName", "-".into()),
            ("UtcTime", utc(time)),
            ("ProcessGuid", unnumbered()),
            ("ProcessId", 0.into()),
            ("QueryName", name.into()),
            ("QueryStatus", "0".into()),
            ("QueryResults", format!("::ffff:{address};").into()),
            ("Image", image.into()),
        ],
    );
    Event { concerns: Concerns::Act { image: image.to_owned() }, ..event }
}

/// Sysmon 2: a process gives a file another time of creation.
pub fn time_changed(host: &Host, time: Moment, image: &str, target: &str, (new, old): (Moment, Moment)) -> Event {
    let what =
        vec![("TargetFilename", target.into()), ("CreationUtcTime", utc(new)), ("PreviousCreationUtcTime", utc(old))];
    Event { class: (4, 4, 2, 0), ..act(host, time, 2, image, what) }
}

/// Sysmon 20: a consumer of WMI events is made that runs a command.
pub fn consumer_made(host: &Host, time: Moment, name: &str, command: &str) -> Event {
    let event = sysmon(
        host,
        time,
        20,
        vec![
            ("RuleName", "-".into()),
            ("EventType", "WmiConsumerEvent".into()),
            ("UtcTime", utc(time)),
            ("Operation", "Created".into()),
            ("User", host.account("NT AUTHORITY\\SYSTEM").into()),
            ("Name", format!("\"{name}\"").into()),
            ("Type", "Command Line".into()),
            ("Destination", format!("\"{command}\"").into()),
        ],
    );
    Event { class: (3, 4, 20, 0), ..event }
}
