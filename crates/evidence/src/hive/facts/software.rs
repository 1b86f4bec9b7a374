//! Installed programs: `Name`, `Version`, `Publisher`, `InstallDate`, `InstallLocation`, `UninstallString`, `KeyName`,
//! `Key`. Windows itself has `ProductName`, `CurrentBuild`, `UBR`, `ReleaseId`, `DisplayVersion` and `EditionID`, too.

use hikeshi_core::time::Timestamp;

use super::{Place, with};
use crate::hive::identity::Hive;
use crate::hive::tally::Out;
use crate::record::{Record, Topic};

const UNINSTALL: &str = r"Microsoft\Windows\CurrentVersion\Uninstall";

/// What is installed for everybody.
pub(super) fn of_machine(hive: &Hive<'_>, out: &mut Out<'_>) {
    if let Some(record) =
        Place::below_root(hive, r"Microsoft\Windows NT\CurrentVersion").and_then(|place| windows(hive, &place))
    {
        out.record(record);
    }
    programs(hive, out, UNINSTALL);
    programs(hive, out, &format!(r"Wow6432Node\{UNINSTALL}"));
}

/// What a user has installed.
pub(super) fn of_user(hive: &Hive<'_>, out: &mut Out<'_>) {
    programs(hive, out, &format!(r"Software\{UNINSTALL}"));
    programs(hive, out, &format!(r"Software\Wow6432Node\{UNINSTALL}"));
}

/// Keys without a name for people are parts of other programs.
fn programs(hive: &Hive<'_>, out: &mut Out<'_>, path: &str) {
    let Some(list) = Place::below_root(hive, path) else { return };
    for place in list.subkeys(hive) {
        let Some(name) = place.text(hive, "DisplayName") else { continue };
        let mut record = place.record(Topic::Software).with("Name", name);
        for (field, value) in [
            ("Version", "DisplayVersion"),
            ("Publisher", "Publisher"),
            ("InstallDate", "InstallDate"),
            ("InstallLocation", "InstallLocation"),
            ("UninstallString", "UninstallString"),
        ] {
            record = with(record, field, place.text(hive, value));
        }
        out.record(record.with("KeyName", place.key.name.as_str()).with("Key", place.path.as_str()));
    }
}

fn windows(hive: &Hive<'_>, place: &Place) -> Option<Record> {
    let name = place.text(hive, "ProductName")?;
    let build = place.text(hive, "CurrentBuild").or_else(|| place.text(hive, "CurrentBuildNumber"));
    let revision = place.number(hive, "UBR").map(|number| number.to_string());
    let version =
        match (place.number(hive, "CurrentMajorVersionNumber"), place.number(hive, "CurrentMinorVersionNumber")) {
            (Some(major), Some(minor)) => Some(format!("{major}.{minor}")),
            _ => place.text(hive, "CurrentVersion"),
        };
    let version = [version, build.clone(), revision.clone()].into_iter().flatten().collect::<Vec<_>>().join(".");
    let installed = place.number(hive, "InstallDate").and_then(|seconds| i64::try_from(seconds).ok());
    let installed = installed.map(|seconds| Timestamp::from_micros(0).plus_seconds(seconds).to_string());
    let mut record = place.record(Topic::Software).with("Name", name.as_str()).with("ProductName", name);
    for (field, value) in [
        ("Version", (!version.is_empty()).then_some(version)),
        ("CurrentBuild", build),
        ("UBR", revision),
        ("ReleaseId", place.text(hive, "ReleaseId")),
        ("DisplayVersion", place.text(hive, "DisplayVersion")),
        ("EditionID", place.text(hive, "EditionID")),
        ("InstallDate", installed),
    ] {
        record = with(record, field, value);
    }
    Some(record.with("Publisher", "Microsoft Corporation").with("Key", place.path.as_str()))
}
