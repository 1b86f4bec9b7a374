//! Administrators of the unseen set: software is handed out, the house's own scanner looks for holes, mailboxes move, people
//! leave, the vendor's support asks for a dump. Nothing of it is a trace.

use crate::event::make::{self, Process, alarm, engine, network, timer};
use crate::format::management::{self, Origin};
use crate::format::web::{self, Back, Request};
use crate::format::{console, process, task};
use crate::moment::{DAY, HOUR, MINUTE, Moment, SECOND};
use crate::program::{CMD, POWERSHELL, SERVICES, SYSTEM};
use crate::server::{Encoding, Mark, Server};
use crate::technique::Technique;
use crate::truth::ActorKind;

const EXPLORER: &str = "C:\\Windows\\explorer.exe";

/// A week of it, from midnight of the first day.
pub(super) fn week(server: &mut Server, from: Moment) {
    handed_out(server, from.plus(8 * HOUR));
    own_scanner(server, from.plus(DAY + 21 * HOUR));
    cloud(server, from.plus(2 * DAY + 9 * HOUR));
    people(server, from.plus(3 * DAY + 10 * HOUR));
    support(server, from.plus(4 * DAY + 13 * HOUR));
    certificate(server, from.plus(5 * DAY + 9 * HOUR));
    typed(server, from.plus(5 * DAY + 15 * HOUR));
}

fn commands(server: &mut Server, from: Moment, all: &[(&str, String)]) {
    let host = server.host;
    let by = format!("{}/Users/{}", host.domain, host.admin);
    let user = format!("{}\\{}", host.netbios, host.admin);
    for (number, (name, parameters)) in (0i64..).zip(all) {
        let time = from.plus(number * 4 * MINUTE + 2_040);
        server.event(make::command_logged(&host, time, name, parameters, &by, ""), None);
        let command = management::Command { origin: Origin::Remote, user: &user, name, parameters };
        management::command(server, time, &command, None);
    }
}

/// What an administrator types into a shell of the desktop.
fn at_the_desktop(server: &mut Server, from: Moment, typed: &[(&str, &str)]) {
    let user = format!("{}\\{}", server.host.netbios, server.host.admin);
    let shell = "\"C:\\Windows\\system32\\cmd.exe\" /k cd /d C:\\Skripte";
    let opened = Process {
        parent: EXPLORER,
        parent_command: "C:\\Windows\\Explorer.EXE",
        image: CMD,
        command: shell,
        user: &user,
    };
    process::started(server, from, &opened, None);
    let all: Vec<Process<'_>> = typed
        .iter()
        .map(|(image, command)| Process { parent: CMD, parent_command: shell, image, command, user: &user })
        .collect();
    process::all(server, from.plus(8 * SECOND), 33_000, &all);
}

/// A product that hands out software puts a service of its own on the server, runs a package, and takes the service away.
fn handed_out(server: &mut Server, from: Moment) {
    let host = server.host;
    let image = "C:\\Windows\\AdminArsenal\\PDQDeployRunner\\service-1\\PDQDeployRunner-1.exe";
    server.event(make::service_installed(&host, from, "PDQDeployRunner-1", image, "demand start"), None);
    let user = format!("{}\\svc_deploy", host.netbios);
    server.event(network::share_written(&host, from.plus(-4_000), &user, "10.20.0.40", image), None);
    let package = "\"C:\\Windows\\system32\\cmd.exe\" /c \"C:\\Windows\\AdminArsenal\\PDQDeployRunner\\service-1\\exec\\7zip.bat\"";
    let all = [
        Process { parent: SERVICES, parent_command: SERVICES, image, command: image, user: SYSTEM },
        Process { parent: image, parent_command: image, image: CMD, command: package, user: SYSTEM },
        Process {
            parent: CMD,
            parent_command: package,
            image: "C:\\Windows\\System32\\msiexec.exe",
            command: "msiexec  /i 7z1900-x64.msi /qn /norestart",
            user: SYSTEM,
        },
        Process {
            parent: CMD,
            parent_command: package,
            image: "C:\\Windows\\System32\\schtasks.exe",
            command: "schtasks  /change /tn \"House\\Logs\" /disable",
            user: SYSTEM,
        },
    ];
    process::all(server, from, 5_000, &all);
    let by = host.account(SYSTEM);
    server.event(timer::task_changed(&host, from.plus(21_000), &by, "\\House\\Logs"), None);
}

/// The house's own scanner for holes: it signs in, runs what it needs to know, and asks for pages that others plant.
fn own_scanner(server: &mut Server, from: Moment) {
    const SCANNER: &str = "10.20.0.99";
    let host = server.host;
    let user = format!("{}\\svc_scan", host.netbios);
    let image = "%SystemRoot%\\tenable_mw_scan_142a90001fd65e0beb1751cc8c63edd0.exe";
    server.event(make::signed_in(&host, from, "svc_scan", SCANNER), None);
    server.event(
        make::service_installed(
            &host,
            from.plus(3_000),
            "tenable_mw_scan_142a90001fd65e0beb1751cc8c63edd0",
            image,
            "demand start",
        ),
        None,
    );
    let provider = "C:\\Windows\\System32\\wbem\\WmiPrvSE.exe";
    let accounts = "cmd.exe /c net accounts > \"C:\\Windows\\TEMP\\nessus_E3V1O0XW.TMP\" & ren \"C:\\Windows\\TEMP\\nessus_E3V1O0XW.TMP\" \"nessus_E3V1O0XW.TXT\"";
    let all = [
        Process {
            parent: provider,
            parent_command: "C:\\Windows\\system32\\wbem\\wmiprvse.exe",
            image: CMD,
            command: accounts,
            user: &user,
        },
        Process {
            parent: CMD,
            parent_command: accounts,
            image: "C:\\Windows\\System32\\net.exe",
            command: "net  accounts",
            user: &user,
        },
        Process {
            parent: provider,
            parent_command: "C:\\Windows\\system32\\wbem\\wmiprvse.exe",
            image: CMD,
            command: "cmd.exe /c wmic process get processid,commandline > C:\\Windows\\TEMP\\nessus_task_list_QX1.txt",
            user: &user,
        },
    ];
    process::all(server, from.plus(5_000), 3_700, &all);
    let actor = server.actor(ActorKind::Scanner, &[SCANNER]);
    let mark = Mark::context(Technique::Scan, actor, "the house's own scanner asks for pages that are not there");
    let stems = [
        "/aspnet_client/supp0rt.aspx",
        "/aspnet_client/system_web/log.aspx",
        "/owa/auth/OutlookZH.aspx",
        "/ecp/y.js",
        "/owa/auth/x.js",
        "/.git/config",
    ];
    for (number, stem) in (0i64..).zip(stems) {
        let request = Request {
            time: from.plus(90_000 + number * 700),
            client: SCANNER,
            mail_name: host.address,
            stem,
            agent: "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0)",
            status: 404,
            ..Request::default()
        };
        web::record(server, &request, Some(&mark));
    }
}

/// The wizard for a shared organisation, and the first mailboxes that move.
fn cloud(server: &mut Server, from: Moment) {
    let name = server.host.name;
    let outside = server.host.mail_names.first().copied().unwrap_or_default();
    commands(
        server,
        from,
        &[
            ("Set-WebServicesVirtualDirectory", format!("-Identity \"{name}\\EWS (Default Web Site)\" -MRSProxyEnabled \"True\" -ExternalUrl \"https://{outside}/EWS/Exchange.asmx\" -Force \"True\"")),
            ("Set-OabVirtualDirectory", format!("-Identity \"{name}\\OAB (Default Web Site)\" -ExternalUrl \"https://{outside}/OAB\" -RequireSSL \"True\"")),
            ("Set-PowerShellVirtualDirectory", format!("-Identity \"{name}\\PowerShell (Default Web Site)\" -ExternalUrl \"https://{outside}/powershell\"")),
            ("New-OrganizationRelationship", "-Name \"On-premises to O365\" -TargetAutodiscoverEpr \"https://autodiscover-s.outlook.com/autodiscover/autodiscover.svc/WSSecurity\" -DomainNames \"example.mail.onmicrosoft.com\"".to_owned()),
            ("New-RemoteDomain", "-Name \"Hybrid Domain\" -DomainName \"example.mail.onmicrosoft.com\" -AutoForwardEnabled \"True\"".to_owned()),
        ],
    );
    let user = format!("{}\\svc_moves", server.host.netbios);
    for turn in 0..60 {
        let stem = "/EWS/mrsproxy.svc";
        let request = Request {
            time: from.plus(5 * HOUR + turn * 31_700),
            client: "198.51.100.112",
            mail_name: outside,
            protocol: Some("Ews"),
            method: "POST",
            stem,
            user: Some(&user),
            auth: "Negotiate",
            anchor: "ServerVersion~Version 15.1 (Build 0.0)",
            hint: "WindowsIdentity",
            back_status: Some(200),
            back: Some(Back { stem, query: "", user: &user, status: 200 }),
            sizes: (71_402, 2_011_870),
            took: 4_400,
            ..Request::default()
        };
        web::record(server, &request, None);
    }
}

/// Somebody leaves, somebody is searched by order of the works council, an archive is given its rights.
fn people(server: &mut Server, from: Moment) {
    let host = server.host;
    let leaver = host.users.first().copied().unwrap_or("leaver");
    let domain = host.domain;
    commands(
        server,
        from,
        &[
            ("New-MailboxExportRequest", format!("-Mailbox \"{leaver}\" -FilePath \"\\\\fs01\\Ausgeschieden$\\{leaver}.pst\" -Name \"Austritt {leaver}\"")),
            ("Set-Mailbox", format!("-Identity \"{leaver}\" -ForwardingAddress \"{domain}/Users/empfang\" -DeliverToMailboxAndForward \"True\"")),
            ("New-MailboxSearch", "-Name \"BR-2021-02\" -SourceMailboxes \"einkauf\" -SearchQuery \"Rahmenvertrag\" -EstimateOnly \"True\"".to_owned()),
            ("New-ManagementRoleAssignment", "-Name \"EV-Impersonation\" -Role \"ApplicationImpersonation\" -SecurityGroup \"EV-Dienste\"".to_owned()),
            ("New-TransportRule", format!("-Name \"Haftung\" -ApplyHtmlDisclaimerText \"<p>Vertraulich</p>\" -BlindCopyTo \"journal@{domain}\"")),
            ("Remove-MailboxExportRequest", format!("-Identity \"{leaver}\\Austritt {leaver}\" -Confirm \"False\"")),
        ],
    );
    let by = format!("{}\\{}", host.netbios, host.admin);
    server.event(make::account_created(&host, from.plus(40 * MINUTE), &by, "zab_mon"), None);
    let group = host.tongue.speak("Performance Log Users", "Performance Log Users", "Leistungsprotokollbenutzer");
    server.event(make::member_added(&host, from.plus(41 * MINUTE), &by, group), None);
}

/// The vendor's support wants a dump of a worker, a trace and the settings; a task collects them.
fn support(server: &mut Server, from: Moment) {
    let host = server.host;
    at_the_desktop(
        server,
        from,
        &[
            ("C:\\Tools\\Sysinternals\\procdump64.exe", "procdump64  -accepteula -ma w3wp.exe D:\\Support\\w3wp.dmp"),
            (
                "C:\\Windows\\System32\\reg.exe",
                "reg  export HKLM\\SYSTEM\\CurrentControlSet\\Services\\MSExchangeIS D:\\Support\\is.reg /y",
            ),
            ("C:\\Windows\\System32\\inetsrv\\appcmd.exe", "C:\\Windows\\System32\\inetsrv\\appcmd.exe  list wp"),
            ("C:\\Windows\\System32\\nltest.exe", "nltest  /sc_query:example"),
            ("C:\\Windows\\System32\\auditpol.exe", "auditpol  /backup /file:D:\\Support\\audit.csv"),
            ("C:\\Windows\\System32\\wevtutil.exe", "wevtutil  epl Application D:\\Support\\app.evtx"),
            ("C:\\Windows\\System32\\makecab.exe", "makecab  D:\\Support\\w3wp.dmp D:\\Support\\w3wp.cab"),
            (
                "C:\\Tools\\curl\\bin\\curl.exe",
                "curl  --upload-file D:\\Support\\w3wp.cab https://upload.support.example/case/22781",
            ),
            ("C:\\Windows\\System32\\bcdedit.exe", "bcdedit  /enum"),
            (POWERSHELL, "powershell  -NoProfile -File C:\\Skripte\\HealthChecker.ps1 -OutputFilePath D:\\Support"),
        ],
    );
    let mut dump = b"MDMP\x93\xa7\x2c\xb0\x12\0\0\0\x20\0\0\0".to_vec();
    dump.resize(8_192, 0);
    server.file("D:\\Support\\w3wp.dmp", dump, from.plus(30_000), None);
    let payload = "CommandInvocation(Export-Csv): \"Export-Csv\"\r\nParameterBinding(Export-Csv): name=\"Path\"; value=\"D:\\Support\\health.csv\"";
    let by = format!("{}\\{}", host.netbios, host.admin);
    server.event(
        engine::module(
            &host,
            from.plus(6 * MINUTE),
            "powershell -NoProfile -File C:\\Skripte\\HealthChecker.ps1",
            payload,
            &by,
        ),
        None,
    );
    let image = "C:\\Windows\\System32\\runas.exe";
    server.event(network::as_another(&host, from.plus(7 * MINUTE), image, &by, &by, "fs01"), None);
    let text = "param($OutputFilePath)\r\nGet-ExchangeServer | Select-Object Name,AdminDisplayVersion | Export-Csv (Join-Path $OutputFilePath health.csv)\r\n";
    server.text("C:\\Skripte\\HealthChecker.ps1", text, Encoding::Plain, from.plus(-200 * DAY), &[]);
}

/// A new certificate, by a client that puts it into the product with a script; a scanner finds its own test.
fn certificate(server: &mut Server, from: Moment) {
    let host = server.host;
    let client = "C:\\Tools\\win-acme\\wacs.exe";
    let renew = "\"C:\\Tools\\win-acme\\wacs.exe\" --renew --baseuri \"https://acme-v02.api.letsencrypt.org/\"";
    let import = "powershell.exe -ExecutionPolicy ByPass -File \"C:\\Tools\\win-acme\\Scripts\\ImportExchange.ps1\" 5A1C0E77B2 'IIS,SMTP,IMAP' 1 'C:\\Windows\\Temp\\5A1C.pfx' '' 'mail'";
    let all = [
        Process {
            parent: "C:\\Windows\\System32\\svchost.exe",
            parent_command: "C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s Schedule",
            image: client,
            command: renew,
            user: SYSTEM,
        },
        Process { parent: client, parent_command: renew, image: POWERSHELL, command: import, user: SYSTEM },
    ];
    process::all(server, from, 14_000, &all);
    commands(
        server,
        from.plus(MINUTE),
        &[
            (
                "Import-ExchangeCertificate",
                "-FileName \"C:\\Windows\\Temp\\5A1C.pfx\" -FriendlyName \"[IIS] mail\" -PrivateKeyExportable \"True\""
                    .to_owned(),
            ),
            (
                "Enable-ExchangeCertificate",
                "-Thumbprint \"5A1C0E77B2\" -Services \"IIS, SMTP, IMAP\" -Force \"True\"".to_owned(),
            ),
        ],
    );
    let event = alarm::symantec_found(&host, from.plus(3 * HOUR), "EICAR Test String", "C:\\Users\\Public\\eicar.com");
    server.event(event, None);
    let author = format!("{}\\{}", host.netbios, host.admin);
    let task = task::Task {
        path: "House\\Support upload",
        author: &author,
        command: "C:\\Tools\\curl\\bin\\curl.exe",
        arguments: "--upload-file D:\\Support\\w3wp.cab https://upload.support.example/case/22781",
        every: 1440,
    };
    task::add(server, &task, from.plus(-DAY), None);
}

/// What they typed over the months.
fn typed(server: &mut Server, from: Moment) {
    let lines = [
        "Get-MailboxDatabaseCopyStatus",
        "Get-MailboxExportRequest -Status Completed | Remove-MailboxExportRequest -Confirm:$false",
        "Get-ADUser -Filter 'Enabled -eq $false' | select SamAccountName",
        "Set-Mailbox empfang -HiddenFromAddressListsEnabled $true",
        "Get-EventLog Application -Newest 50 -EntryType Error",
        "Invoke-WebRequest https://aka.ms/ExchangeHealthChecker -OutFile C:\\Skripte\\HealthChecker.ps1",
        "Get-MpPreference | select ExclusionPath",
    ];
    console::history(server, server.host.admin, from, &lines, &[]);
}

/// After the news: words of an attack in scripts that look for it.
pub(super) fn after_the_news(server: &mut Server, from: Moment) {
    let host = server.host;
    let blocks = [
        "Select-String -Path \"$env:ExchangeInstallPath\\Logging\\HttpProxy\\*\\*.log\" -Pattern 'ServerInfo~' | Select -First 50 | Export-Csv D:\\Support\\anchor.csv",
        "Get-ChildItem C:\\inetpub\\wwwroot,\"$env:ExchangeInstallPath\\FrontEnd\" -Recurse -Include *.aspx,*.ashx,*.asmx | Where-Object { $_.CreationTime -gt '2021-01-01' -or (Get-Content $_ -Raw) -match 'eval\\(|Process\\.Start' }",
        "Get-WinEvent -LogName 'MSExchange Management' | Where-Object { $_.Message -match 'VirtualDirectory|MailboxExportRequest|<script' } | Format-List TimeCreated,Message",
    ];
    for (number, block) in (0i64..).zip(blocks) {
        let guid = server.dice.guid();
        server.event(make::script_block(&host, from.plus(number * 7 * MINUTE), block, 5, &guid), None);
    }
    at_the_desktop(
        server,
        from.plus(HOUR),
        &[
            (
                POWERSHELL,
                "powershell  -ExecutionPolicy Bypass -File C:\\Skripte\\Test-ProxyLogon.ps1 -OutPath D:\\Support\\pl",
            ),
            ("D:\\Support\\msert.exe", "msert.exe  /F:Y /Q"),
            (POWERSHELL, "powershell  -ExecutionPolicy Bypass -File C:\\Skripte\\EOMT.ps1 -DoNotRunMitigation"),
        ],
    );
    let ages = "\"Oabgen\",\"Ecp\",\"AutodProxy\",\"EcpProxy\"\r\n\"29.8\",\"30.1\",\"29.9\",\"29.9\"\r\n";
    server.text(
        &format!("D:\\Support\\pl\\{}-LogAgeDays.csv", host.name),
        ages,
        Encoding::Plain,
        from.plus(2 * HOUR),
        &[],
    );
}
