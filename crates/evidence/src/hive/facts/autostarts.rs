//! Programs and libraries that start with the system or when somebody signs in: `Location`, `Name`, `CommandLine`.
//!
//! Source: MITRE ATT&CK T1547 and T1546, <https://attack.mitre.org/techniques/T1547/>, T1037.001 (scripts of group
//! policy), T1556.008 (network providers) and T1574.012 (profilers), with the documentation of Microsoft that they name.

use super::{Place, control_sets};
use crate::hive::cells::position;
use crate::hive::identity::Hive;
use crate::hive::tally::Out;
use crate::hive::value::{Content, Value};
use crate::record::{Record, Topic};

/// A key below which commands stand.
struct Start {
    path: &'static str,
    values: Values,
}

/// Which of its values are commands.
enum Values {
    /// All.
    All,
    /// These.
    Named(&'static [&'static str]),
    /// All values of each subkey.
    AllOfSubkeys,
    /// These values of each subkey, and of their subkeys.
    NamedOfSubkeys(&'static [&'static str]),
}

const fn all(path: &'static str) -> Start {
    Start { path, values: Values::All }
}

const fn named(path: &'static str, names: &'static [&'static str]) -> Start {
    Start { path, values: Values::Named(names) }
}

const fn of_subkeys(path: &'static str, names: &'static [&'static str]) -> Start {
    Start { path, values: Values::NamedOfSubkeys(names) }
}

/// For the machine as for each user, below `SOFTWARE` or a user's `Software`.
const OF_BOTH: [Start; 15] = [
    all(r"Microsoft\Windows\CurrentVersion\Run"),
    all(r"Microsoft\Windows\CurrentVersion\RunOnce"),
    Start { path: r"Microsoft\Windows\CurrentVersion\RunOnceEx", values: Values::AllOfSubkeys },
    all(r"Microsoft\Windows\CurrentVersion\RunServices"),
    all(r"Microsoft\Windows\CurrentVersion\RunServicesOnce"),
    all(r"Microsoft\Windows\CurrentVersion\Policies\Explorer\Run"),
    named(r"Microsoft\Windows NT\CurrentVersion\Windows", &["AppInit_DLLs", "Load", "Run"]),
    named(
        r"Microsoft\Windows NT\CurrentVersion\Winlogon",
        &["Shell", "Userinit", "Taskman", "AppSetup", "VmApplet", "GinaDLL", "System", "UIHost"],
    ),
    named(r"Microsoft\Windows\CurrentVersion\Policies\System", &["Shell"]),
    named(r"Microsoft\Command Processor", &["AutoRun"]),
    of_subkeys(r"Microsoft\Active Setup\Installed Components", &["StubPath"]),
    of_subkeys(r"Microsoft\Windows\CurrentVersion\Group Policy\Scripts\Startup", &["Script"]),
    of_subkeys(r"Microsoft\Windows\CurrentVersion\Group Policy\Scripts\Logon", &["Script"]),
    of_subkeys(r"Policies\Microsoft\Windows\System\Scripts\Startup", &["Script"]),
    of_subkeys(r"Policies\Microsoft\Windows\System\Scripts\Logon", &["Script"]),
];

/// For the machine alone, below `SOFTWARE`.
const OF_MACHINE: [Start; 8] = [
    all(r"Microsoft\NetSh"),
    named(r"Microsoft\Windows NT\CurrentVersion\AeDebug", &["Debugger"]),
    named(r"Microsoft\Windows\Windows Error Reporting\Hangs", &["Debugger"]),
    of_subkeys(r"Microsoft\Windows NT\CurrentVersion\Image File Execution Options", &["Debugger", "VerifierDlls"]),
    of_subkeys(r"Microsoft\Windows NT\CurrentVersion\SilentProcessExit", &["MonitorProcess"]),
    of_subkeys(r"Microsoft\Windows NT\CurrentVersion\Winlogon\Notify", &["DllName"]),
    all(r"Microsoft\Windows NT\CurrentVersion\Terminal Server\Install\Software\Microsoft\Windows\CurrentVersion\Run"),
    all(
        r"Microsoft\Windows NT\CurrentVersion\Terminal Server\Install\Software\Microsoft\Windows\CurrentVersion\RunOnce",
    ),
];

/// For a user alone, below the root.
const OF_USER: [Start; 2] =
    [named("Environment", &["UserInitMprLogonScript"]), named(r"Control Panel\Desktop", &["SCRNSAVE.EXE"])];

/// Below a control set of `SYSTEM`.
const OF_SYSTEM: [Start; 18] = [
    named(r"Control\Session Manager", &["BootExecute", "SetupExecute", "Execute", "S0InitialCommand"]),
    all(r"Control\Session Manager\AppCertDlls"),
    named(r"Control\Lsa", &["Notification Packages", "Security Packages", "Authentication Packages"]),
    named(r"Control\Lsa\OSConfig", &["Security Packages"]),
    named(r"Control\SecurityProviders", &["SecurityProviders"]),
    named(r"Control\SafeBoot", &["AlternateShell"]),
    named(r"Control\Terminal Server\Wds\rdpwd", &["StartupPrograms"]),
    named(r"Control\Terminal Server\WinStations\RDP-Tcp", &["InitialProgram"]),
    named(r"Control\BootVerificationProgram", &["ImagePath"]),
    of_subkeys(r"Control\Print\Monitors", &["Driver"]),
    of_subkeys(r"Control\Print\Environments\Windows x64\Print Processors", &["Driver"]),
    of_subkeys(r"Control\Print\Providers", &["Name"]),
    named(
        r"Control\Session Manager\Environment",
        &["COR_PROFILER_PATH", "COR_PROFILER_PATH_32", "COR_PROFILER_PATH_64", "CORECLR_PROFILER_PATH"],
    ),
    named(r"Control\LsaExtensionConfig\LsaSrv", &["Extensions"]),
    of_subkeys(r"Services\W32Time\TimeProviders", &["DllName"]),
    named(r"Services\WinSock2\Parameters", &["AutodialDLL"]),
    named(r"Services\DNS\Parameters", &["ServerLevelPluginDll"]),
    // Each service may bring a network provider in a subkey of its own.
    of_subkeys("Services", &["ProviderPath"]),
];

/// Hands over what `SOFTWARE` starts, for 64-bit and for 32-bit programs.
pub(super) fn of_machine(hive: &Hive<'_>, out: &mut Out<'_>) {
    for view in ["", r"Wow6432Node\"] {
        for start in OF_BOTH.iter().chain(&OF_MACHINE) {
            tell(hive, out, Place::below_root(hive, &format!("{view}{}", start.path)), &start.values);
        }
    }
}

/// Hands over what a user's hive starts.
pub(super) fn of_user(hive: &Hive<'_>, out: &mut Out<'_>) {
    for view in ["Software", r"Software\Wow6432Node"] {
        for start in &OF_BOTH {
            tell(hive, out, Place::below_root(hive, &format!(r"{view}\{}", start.path)), &start.values);
        }
    }
    for start in &OF_USER {
        tell(hive, out, Place::below_root(hive, start.path), &start.values);
    }
}

/// Hands over what `SYSTEM` starts, services aside.
pub(super) fn of_system(hive: &Hive<'_>, out: &mut Out<'_>) {
    for set in control_sets(hive) {
        for start in &OF_SYSTEM {
            tell(hive, out, set.below(hive, start.path), &start.values);
        }
    }
}

fn tell(hive: &Hive<'_>, out: &mut Out<'_>, place: Option<Place>, values: &Values) {
    let Some(place) = place else { return };
    match values {
        Values::All => tell_all(hive, out, &place),
        Values::Named(names) => tell_named(hive, out, &place, names),
        Values::AllOfSubkeys => place.subkeys(hive).for_each(|subkey| tell_all(hive, out, &subkey)),
        Values::NamedOfSubkeys(names) => {
            for subkey in place.subkeys(hive) {
                tell_named(hive, out, &subkey, names);
                subkey.subkeys(hive).for_each(|below| tell_named(hive, out, &below, names));
            }
        }
    }
}

fn tell_all(hive: &Hive<'_>, out: &mut Out<'_>, place: &Place) {
    let mut values = place.key.values();
    while let Some(value) = values.next(&hive.cells).filter(|_| !hive.cells.is_spent()) {
        if let Ok(value) = value {
            tell_value(hive, out, place, &value);
        }
    }
}

fn tell_named(hive: &Hive<'_>, out: &mut Out<'_>, place: &Place, names: &[&str]) {
    for value in names.iter().filter_map(|name| place.key.value(&hive.cells, name)) {
        tell_value(hive, out, place, &value);
    }
}

/// One record for each text that is not empty, or an empty pair of quotes, which is what Windows 10 comes with.
fn tell_value(hive: &Hive<'_>, out: &mut Out<'_>, place: &Place, value: &Value) {
    let commands = match value.content(&hive.cells) {
        Ok(Content::Text(text, _)) => vec![text],
        Ok(Content::Texts(texts)) => texts,
        _ => return,
    };
    let name = if value.name.is_empty() { "(Default)" } else { &value.name };
    for command in commands.into_iter().filter(|command| !command.trim_matches(['"', ' ']).is_empty()) {
        let record = Record { offset: position(value.offset), ..place.record(Topic::Autostart) };
        out.record(record.with("Location", place.path.as_str()).with("Name", name).with("CommandLine", command));
    }
}
