//! Administrators of a quiet house: a move to the cloud, a mail scanner, accounts, desktops, and what they do after the
//! news. Nothing of it is a trace.

use super::house::processes;
use crate::event::make::{self, Process, access, machine};
use crate::event::{Body, Datum, Event};
use crate::format::console;
use crate::format::management::{self, Origin};
use crate::format::web::{self, Back, Request};
use crate::moment::{DAY, HOUR, MINUTE, Moment};
use crate::program::CMD;
use crate::server::{Encoding, Server};

const WORKPLACE: &str = "10.20.1.57";

/// A week of it, from midnight of the first day.
pub(super) fn upkeep(server: &mut Server, from: Moment) {
    to_the_cloud(server, from.plus(9 * HOUR));
    moved_mailboxes(server, from.plus(DAY + 18 * HOUR));
    mail_scanner(server, from.plus(2 * DAY + 10 * HOUR));
    accounts(server, from.plus(3 * DAY + 8 * HOUR));
    findings(server, from.plus(3 * DAY + 13 * HOUR));
    desktop(server, from.plus(4 * DAY + 9 * HOUR));
    typed(server, from.plus(4 * DAY + 10 * HOUR));
}

/// Management commands of an administrator, with their time apart.
fn commands(server: &mut Server, at: Moment, all: &[(&str, String)]) {
    let host = server.host;
    let by = format!("{}/Users/{}", host.domain, host.admin);
    let user = format!("{}\\{}", host.netbios, host.admin);
    for (number, (name, parameters)) in (0i64..).zip(all) {
        let time = at.plus(number * 3 * MINUTE);
        server.event(make::command_logged(&host, time, name, parameters, &by, ""), None);
        let command = management::Command { origin: Origin::Remote, user: &user, name, parameters };
        management::command(server, time, &command, None);
    }
}

/// The wizard for a shared organisation sets directories and addresses.
fn to_the_cloud(server: &mut Server, at: Moment) {
    let name = server.host.name;
    let outside = server.host.mail_names.first().copied().unwrap_or_default();
    commands(
        server,
        at,
        &[
            (
                "Set-WebServicesVirtualDirectory",
                format!("-Identity \"{name}\\EWS (Default Web Site)\" -MRSProxyEnabled \"True\" -ExternalUrl \"https://{outside}/EWS/Exchange.asmx\""),
            ),
            (
                "Set-OabVirtualDirectory",
                format!("-Identity \"{name}\\OAB (Default Web Site)\" -OAuthAuthentication \"True\" -ExternalUrl \"https://{outside}/OAB\""),
            ),
            ("Set-EcpVirtualDirectory", format!("-Identity \"{name}\\ecp (Default Web Site)\" -ExternalUrl $null")),
            ("New-AuthServer", "-Name \"ACS - 5f1c\" -AuthMetadataUrl \"https://accounts.accesscontrol.windows.net/metadata/json/1\"".to_owned()),
            ("New-SendConnector", "-Name \"Outbound to Office 365\" -AddressSpaces \"smtp:example.mail.onmicrosoft.com;1\" -CloudServicesMailEnabled \"True\"".to_owned()),
            ("New-MigrationBatch", "-Name \"wave 1\" -TargetDeliveryDomain \"example.mail.onmicrosoft.com\"".to_owned()),
        ],
    );
}

/// Mailboxes are copied over by the service for moves.
fn moved_mailboxes(server: &mut Server, at: Moment) {
    let user = format!("{}\\svc-migrate", server.host.netbios);
    let mail_name = server.host.mail_names.first().copied().unwrap_or_default();
    for number in 0..90 {
        let stem = "/EWS/mrsproxy.svc";
        let request = Request {
            time: at.plus(number * 23_700),
            client: "198.51.100.254",
            mail_name,
            protocol: Some("Ews"),
            method: "POST",
            stem,
            user: Some(&user),
            auth: "Basic",
            anchor: "ServerVersion~Version 15.0 (Build 0.0)",
            hint: "WindowsIdentity",
            back_status: Some(200),
            back: Some(Back { stem, query: "", user: &user, status: 200 }),
            sizes: (88_210, 1_904_331),
            took: 3_900,
            ..Request::default()
        };
        web::record(server, &request, None);
    }
}

/// A product that scans mail is installed: a service, an agent in the transport, a rule of the firewall.
fn mail_scanner(server: &mut Server, at: Moment) {
    let host = server.host;
    let folder = "C:\\Program Files\\ESET\\ESET Mail Security";
    let image = format!("\"{folder}\\ekrn.exe\"");
    server.event(make::service_installed(&host, at, "ESET Service", &image, "auto start"), None);
    crate::benign::disk::service(server, "ekrn", &image, at, None);
    let library = format!("{folder}\\EsetTransportAgents.dll");
    commands(
        server,
        at.plus(2 * MINUTE),
        &[
            (
                "Install-TransportAgent",
                format!(
                    "-Name \"ESET SpamFilter Agent\" -TransportAgentFactory \"Eset.TransportAgents.SmtpFactory\" -AssemblyPath \"{library}\""
                ),
            ),
            ("Enable-TransportAgent", "-Identity \"ESET SpamFilter Agent\"".to_owned()),
        ],
    );
    let program = format!("{folder}\\ERAAgent.exe");
    let by = "C:\\Windows\\System32\\msiexec.exe";
    server.event(machine::firewall_rule(&host, at.plus(MINUTE), "ESET Management Agent", &program, by), None);
    let zip = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    server.file("C:\\ProgramData\\ESET\\ESET Security\\Updfiles\\nod0A31.zip", zip, at, None);
}

/// An account for a backup product, without rights beyond it.
fn accounts(server: &mut Server, at: Moment) {
    let host = server.host;
    let by = format!("{}\\{}", host.netbios, host.admin);
    server.event(make::account_created(&host, at, &by, "wsb-reader"), None);
    let group = host.tongue.choose("Backup Operators", "Backup Operators");
    server.event(make::member_added(&host, at.plus(20_000), &by, group), None);
}

/// Defender finds what came by mail and what somebody saved; neither lies near the web server.
fn findings(server: &mut Server, at: Moment) {
    let host = server.host;
    let spool = host.installed("TransportRoles\\data\\Temp\\tmp4C1E.html");
    let transport = host.installed("Bin\\EdgeTransport.exe");
    let phish = make::malware_found(&host, at, "Trojan:HTML/Phish.VS!MSR", &spool, &transport);
    server.event(categorised(phish, host.tongue.choose("Trojan", "トロイの木馬")), None);
    let saved = format!("C:\\Users\\{}\\Downloads\\ProductKey-setup.exe", host.admin);
    let unwanted =
        make::malware_found(&host, at.plus(DAY), "PUA:Win32/Presenoker", &saved, "C:\\Windows\\explorer.exe");
    server.event(
        categorised(
            unwanted,
            host.tongue.choose("Potentially Unwanted Software", "望ましくない可能性のあるソフトウェア"),
        ),
        None,
    );
}

/// Defender 1116 with another category.
fn categorised(event: Event, category: &str) -> Event {
    let Body::Named(fields) = event.body else { return event };
    let fields = fields.into_iter().map(|(name, datum)| match name {
        "Category Name" => (name, Datum::from(category)),
        _ => (name, datum),
    });
    Event { body: Body::Named(fields.collect()), ..event }
}

/// An administrator at the server's desktop, from their own workplace.
fn desktop(server: &mut Server, at: Moment) {
    let host = server.host;
    let user = format!("{}\\{}", host.netbios, host.admin);
    server.event(access::desktop_signed_in(&host, at, &user, WORKPLACE), None);
    server.event(access::session_began(&host, at.plus(1_200), &user, WORKPLACE), None);
    let shell = "C:\\Windows\\explorer.exe";
    let all = [
        (
            "C:\\Windows\\System32\\mmc.exe",
            "\"C:\\Windows\\system32\\mmc.exe\" \"C:\\Windows\\system32\\eventvwr.msc\" /s",
        ),
        ("C:\\Windows\\System32\\Taskmgr.exe", "\"C:\\Windows\\system32\\taskmgr.exe\" /4"),
        (CMD, "\"C:\\Windows\\system32\\cmd.exe\""),
    ]
    .map(|(image, command)| Process {
        parent: shell,
        parent_command: "C:\\Windows\\Explorer.EXE",
        image,
        command,
        user: &user,
    });
    processes(server, at.plus(MINUTE), &all);
    let typed = [
        ("C:\\Windows\\System32\\ipconfig.exe", "ipconfig  /flushdns"),
        ("C:\\Windows\\System32\\certutil.exe", "certutil  -urlcache * delete"),
        (
            "C:\\Windows\\System32\\reg.exe",
            "reg  export HKLM\\SYSTEM\\CurrentControlSet\\Services\\MSExchangeTransport C:\\Temp\\transport.reg",
        ),
        ("C:\\Windows\\System32\\wevtutil.exe", "wevtutil  epl Application C:\\Temp\\application.evtx"),
        ("C:\\Windows\\System32\\net.exe", "net  stop MSExchangeFrontEndTransport"),
        ("C:\\Windows\\System32\\net.exe", "net  start MSExchangeFrontEndTransport"),
    ]
    .map(|(image, command)| Process { parent: CMD, parent_command: "cmd.exe", image, command, user: &user });
    processes(server, at.plus(8 * MINUTE), &typed);
}

/// What they typed over the months.
fn typed(server: &mut Server, at: Moment) {
    let lines = [
        "Get-MailboxDatabase -Status | ft Name,DatabaseSize,LastFullBackup",
        "New-MailboxExportRequest -Mailbox leaver01 -FilePath \\\\10.20.4.60\\pst$\\leaver01.pst",
        "Get-MailboxExportRequest -Status Completed | Remove-MailboxExportRequest",
        "Set-MailboxDatabase DB01 -CircularLoggingEnabled $false",
        "Import-ExchangeCertificate -FileData ([Byte[]]$(Get-Content -Path C:\\Temp\\mail2021.pfx -Encoding byte -ReadCount 0))",
        "Enter-PSSession dc01",
        "Restart-WebAppPool MSExchangeOWAAppPool",
    ];
    console::history(server, server.host.admin, at, &lines, &[]);
}

/// After the news: the vendor's scanner, and searches whose words are those of an attack.
pub(super) fn after_the_news(server: &mut Server, at: Moment) {
    let host = server.host;
    let blocks = [
        "Import-Csv -Path (Get-ChildItem -Recurse -Path \"$env:PROGRAMFILES\\Microsoft\\Exchange Server\\V15\\Logging\\HttpProxy\" -Filter '*.log').FullName | Where-Object { $_.AnchorMailbox -like 'ServerInfo~*/*' } | select DateTime, AnchorMailbox",
        "Get-ChildItem C:\\inetpub\\wwwroot\\aspnet_client -Recurse -Include *.aspx,*.ashx | Select-String 'eval\\(Request','unsafe'",
        "findstr /snip /c:\"Download failed and temporary file\" \"%PROGRAMFILES%\\Microsoft\\Exchange Server\\V15\\Logging\\OABGeneratorLog\\*.log\"",
    ];
    for (number, block) in (0i64..).zip(blocks) {
        let guid = server.dice.guid();
        server.event(make::script_block(&host, at.plus(number * 4 * MINUTE), block, 5, &guid), None);
    }
    let tool = "C:\\Temp\\MSERT.exe";
    let user = format!("{}\\{}", host.netbios, host.admin);
    let process = Process {
        parent: "C:\\Windows\\explorer.exe",
        parent_command: "C:\\Windows\\Explorer.EXE",
        image: tool,
        command: "\"C:\\Temp\\MSERT.exe\" /N /F:Y",
        user: &user,
    };
    processes(server, at.plus(HOUR), &[process]);
    let line = "-".repeat(87);
    let text = format!(
        "{line}\r\nMicrosoft Safety Scanner v1.333, (build 1.333.600.0)\r\nStarted On {}\r\n\r\nEngine: 1.1.17900.7\r\n\
         Signatures: 1.333.600.0\r\nMpGear: 1.1.16330.1\r\nRun Mode: Interactive Graphical Mode\r\n\r\nResults Summary:\r\n\
         ----------------\r\nNo infection found.\r\nSuccessfully Submitted Heartbeat Report\r\n\
         Microsoft Safety Scanner Finished On {}\r\n\r\n\r\nReturn code: 0 (0x0)\r\n",
        told(at.plus(HOUR)),
        told(at.plus(4 * HOUR)),
    );
    server.text("C:\\Windows\\debug\\msert.log", &text, Encoding::Wide, at.plus(4 * HOUR), &[]);
}

/// `Sat Mar 06 2021 04:12:33`, near enough to the scanner's own spelling.
fn told(time: Moment) -> String {
    let (year, month, day) = time.date();
    let weekday = usize::try_from((time.0.div_euclid(DAY) + 4).rem_euclid(7)).unwrap_or(0);
    let weekday = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"].get(weekday).copied().unwrap_or_default();
    let month = if month == 2 { "Feb" } else { "Mar" };
    format!("{weekday} {month} {day:02} {} {year}", time.clock_text())
}
