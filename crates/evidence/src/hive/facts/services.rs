//! Services and drivers: `ServiceName`, `ImagePath`, `StartType`, `ServiceType`, `ObjectName`, `DisplayName`,
//! `Description`, `ServiceDll`, `Application` (what a wrapper such as srvany or NSSM starts), `FailureCommand`,
//! `DelayedStart`, `Key`.
//!
//! Source: "CurrentControlSet\Services Subkey Entries",
//! <https://learn.microsoft.com/en-us/troubleshoot/windows-server/setup-upgrade-and-drivers/currentcontrolset-services-subkey-entries>.

use super::{Place, control_sets, with};
use crate::hive::identity::Hive;
use crate::hive::tally::Out;
use crate::record::{Record, Topic};

/// Hands over the services.
pub(super) fn tell(hive: &Hive<'_>, out: &mut Out<'_>) {
    for set in control_sets(hive) {
        let Some(services) = set.below(hive, "Services") else { continue };
        for place in services.subkeys(hive) {
            if let Some(record) = service(hive, &place) {
                out.record(record);
            }
        }
    }
}

/// `None` for keys that hold only settings of something that is no service.
fn service(hive: &Hive<'_>, place: &Place) -> Option<Record> {
    let image = place.text(hive, "ImagePath");
    let start = place.number(hive, "Start");
    let kind = place.number(hive, "Type");
    if image.is_none() && start.is_none() && kind.is_none() {
        return None;
    }
    let parameters = place.below(hive, "Parameters");
    // Some services keep the name of their library beside the path.
    let parameter = |name: &str| parameters.as_ref().and_then(|parameters| parameters.text(hive, name));
    let library = parameter("ServiceDll");
    let library = library.or_else(|| place.text(hive, "ServiceDll"));
    let mut record = place.record(Topic::Service).with("ServiceName", place.key.name.as_str());
    for (field, value) in [
        ("ImagePath", image),
        ("StartType", start.map(start_word)),
        ("ServiceType", kind.map(kind_words)),
        ("ObjectName", place.text(hive, "ObjectName")),
        ("DisplayName", place.text(hive, "DisplayName")),
        ("Description", place.text(hive, "Description")),
        ("ServiceDll", library),
        ("Application", parameter("Application")),
        ("FailureCommand", place.text(hive, "FailureCommand")),
    ] {
        record = with(record, field, value);
    }
    if place.number(hive, "DelayedAutostart").is_some_and(|delayed| delayed != 0) {
        record = record.with("DelayedStart", "yes");
    }
    Some(record.with("Key", place.path.as_str()))
}

/// When it is started, in the words of the command `sc config`.
fn start_word(number: u64) -> String {
    match number {
        0 => "boot".to_owned(),
        1 => "system".to_owned(),
        2 => "auto".to_owned(),
        3 => "demand".to_owned(),
        4 => "disabled".to_owned(),
        other => other.to_string(),
    }
}

/// What it is, in the words of the command `sc config`.
fn kind_words(number: u64) -> String {
    const WORDS: [(u64, &str); 9] = [
        (0x01, "kernel"),
        (0x02, "filesys"),
        (0x04, "adapt"),
        (0x08, "rec"),
        (0x10, "own"),
        (0x20, "share"),
        (0x40, "user"),
        (0x80, "userinstance"),
        (0x100, "interact"),
    ];
    let words: Vec<_> = WORDS.iter().filter(|(mask, _)| number & mask != 0).map(|(_, word)| *word).collect();
    if words.is_empty() { number.to_string() } else { words.join(" ") }
}
