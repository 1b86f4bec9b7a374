//! Administrators of the house at their desks: support, settings, a directory made anew, a hunt of their own. Nothing
//! of it is a trace.

use super::house::processes;
use crate::event::make::{self, Process};
use crate::event::{Body, Event};
use crate::format::hive::Value;
use crate::format::management::{self, Origin};
use crate::format::{config, console, oab};
use crate::moment::{DAY, HOUR, MINUTE, Moment};
use crate::program::CMD;
use crate::server::Server;

/// Everything, over a week from midnight of a day.
pub(super) fn all(server: &mut Server, from: Moment) {
    support(server, from.plus(3 * DAY + 5 * HOUR));
    complaints(server, from.plus(4 * DAY + 3 * HOUR));
    exclusions(server, from.plus(4 * DAY + HOUR));
    directory_made_anew(server, from.plus(5 * DAY + 2 * HOUR));
    hunting(server, from.plus(5 * DAY + 6 * HOUR));
}

/// The vendor's support asks for a dump of a worker that hangs, and somebody looks at what listens.
fn support(server: &mut Server, at: Moment) {
    let shell = "C:\\Windows\\explorer.exe";
    let user = "SHIOKAZE\\sk-kanri";
    let tools = [
        ("C:\\Support\\procdump64.exe", "C:\\Support\\procdump64.exe  -accepteula -ma 9716 C:\\Support\\w3wp_owa.dmp"),
        ("C:\\Windows\\System32\\NETSTAT.EXE", "netstat  -ano"),
        ("C:\\Windows\\System32\\inetsrv\\appcmd.exe", "appcmd  list wp"),
        ("C:\\Windows\\System32\\nltest.exe", "nltest  /sc_verify:shiokaze"),
        ("C:\\Windows\\System32\\whoami.exe", "whoami  /groups"),
        (
            "C:\\Program Files\\7-Zip\\7z.exe",
            "\"C:\\Program Files\\7-Zip\\7z.exe\" a -tzip D:\\LogArchive\\iis_202102.zip D:\\Logs\\LogFiles\\W3SVC1\\u_ex2102*.log",
        ),
    ];
    let all = tools.map(|(image, command)| Process { parent: CMD, parent_command: shell, image, command, user });
    processes(server, at, &all);
    let mut dump = b"MDMP\x93\xa7\xb1\xd2\x0e\0\0\0\x20\0\0\0".to_vec();
    dump.resize(8_192, 0);
    server.file("C:\\Support\\w3wp_owa.dmp", dump, at, None);
}

/// Errors that sound like an attack: a cast in a job that has nothing to do with voice, a download in its own folder.
fn complaints(server: &mut Server, at: Moment) {
    let host = server.host;
    let items = [
        "15932",
        "E12IIS",
        "c-RTL-AMD64",
        "15.01.2176.004",
        "w3wp#MSExchangeServicesAppPool",
        "M.Exchange.Services",
        "M.E.S.Core.ServiceCommandBase.Execute",
        "System.InvalidCastException",
        "a31c",
        "unknown",
        "False",
    ];
    server.event(make::application(&host, at, "MSExchange Common", 4999, 2, &items), None);
    let temporary = host.installed("ClientAccess\\OAB\\Temp\\5c0e1d2a-7b61-4a93-a9f6-90c3d2e18b77\\data-14.lzx");
    oab::note(server, at.plus(HOUR), "Download", &oab::failed_download(&temporary), None);
    let page = [
        "3005",
        "ハンドルされていない例外が発生しました。",
        "/owa",
        "System.Web.HttpException",
        "/owa/auth/errorFE.aspx",
    ];
    server.event(make::application(&host, at.plus(2 * HOUR), "ASP.NET 4.0.30319.0", 1309, 3, &page), None);
}

/// The exclusions that the vendor asks for on every mail server.
fn exclusions(server: &mut Server, at: Moment) {
    let host = server.host;
    let folders = [
        host.installed("Mailbox"),
        host.installed("TransportRoles\\Data\\Queue"),
        host.installed("ClientAccess\\OAB"),
        "C:\\Windows\\System32\\inetsrv".to_owned(),
    ];
    for (number, folder) in (0i64..).zip(&folders) {
        let time = at.plus(number * 700);
        let new = format!("HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Exclusions\\Paths\\{folder} = 0x0");
        server.event(make::defender_changed(&host, time, "", &new), None);
        let path = "Microsoft\\Windows Defender\\Exclusions\\Paths";
        server.registry(("SOFTWARE", path, folder), Value::Number(0), time, None);
    }
    let signatures = make::defender_changed(
        &host,
        at.plus(HOUR),
        "HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Signature Updates\\SignaturesLastUpdated = 0x0",
        "HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Signature Updates\\SignaturesLastUpdated = 0x1",
    );
    server.event(signatures, None);
}

/// An administrator makes the admin centre's directory anew, and gives a leaver's mail to a colleague.
fn directory_made_anew(server: &mut Server, at: Moment) {
    let host = server.host;
    let by = format!("{}/Users/{}", host.domain, host.admin);
    let user = format!("{}\\{}", host.netbios, host.admin);
    let identity = format!("{}\\ecp (Default Web Site)", host.name);
    let address = "https://webmail.shiokaze.example.org/ecp";
    let commands = [
        ("Remove-EcpVirtualDirectory", format!("-Identity \"{identity}\" -Confirm \"False\"")),
        ("New-EcpVirtualDirectory", format!("-InternalUrl \"{address}\" -ExternalUrl \"{address}\"")),
        (
            "Set-EcpVirtualDirectory",
            format!("-Identity \"{identity}\" -FormsAuthentication \"True\" -BasicAuthentication \"True\""),
        ),
        (
            "Add-MailboxPermission",
            "-Identity \"yamane-t\" -User \"ueno.k\" -AccessRights \"ReadPermission\"".to_owned(),
        ),
        (
            "Set-Mailbox",
            "-Identity \"yamane-t\" -ForwardingAddress \"ueno.k\" -DeliverToMailboxAndForward \"True\"".to_owned(),
        ),
        ("New-MoveRequest", "-Identity \"kondo-m\" -TargetDatabase \"DB03\" -BadItemLimit \"50\"".to_owned()),
    ];
    for (number, (name, parameters)) in (0i64..).zip(&commands) {
        let time = at.plus(number * 4 * MINUTE);
        server.event(make::command_logged(&host, time, name, parameters, &by, ""), None);
        let command = management::Command { origin: Origin::Local, user: &user, name, parameters };
        management::command(server, time, &command, None);
    }
}

/// After the news, somebody looks for traces; what they type holds the very words of an attack.
fn hunting(server: &mut Server, at: Moment) {
    let host = server.host;
    let blocks = [
        "Get-ChildItem -Recurse -Path \"E:\\Exchange\\V15\\Logging\\HttpProxy\" -Filter *.log | Select-String -Pattern 'ServerInfo~[^/]*/' | Out-GridView",
        "Select-String -Path E:\\Exchange\\V15\\Logging\\ECP\\Server\\*.log -Pattern 'Set-.+VirtualDirectory'",
        "Get-EventLog -LogName Application -Source 'MSExchange Unified Messaging' -EntryType Error | ? Message -like '*InvalidCastException*'",
    ];
    for (number, block) in (0i64..).zip(blocks) {
        let guid = server.dice.guid();
        server.event(make::script_block(&host, at.plus(number * 6 * MINUTE), block, 5, &guid), None);
    }
    let lines = [
        "Get-MailboxDatabaseCopyStatus",
        "Invoke-WebRequest https://github.com/microsoft/CSS-Exchange/releases/latest/download/EOMT.ps1 -OutFile C:\\Scripts\\EOMT.ps1",
        "C:\\Scripts\\EOMT.ps1 -DoNotRunMSERT",
        "certutil -hashfile C:\\Windows\\Temp\\Exchange2016-KB5000871-x64-en.msp SHA256",
        "Get-MailboxExportRequest | Get-MailboxExportRequestStatistics",
        "net localgroup administrators",
        "dir C:\\inetpub\\wwwroot\\aspnet_client -Recurse -Include *.aspx",
        "schtasks /query /fo csv /v > C:\\Scripts\\tasks.csv",
    ];
    console::history(server, host.admin, at, &lines, &[]);
    config::mitigated(server, at.plus(-4 * DAY));
    let eicar = make::malware_found(
        &host,
        at.plus(DAY),
        "Virus:DOS/EICAR_Test_File",
        "C:\\Users\\sk-kanri\\Downloads\\eicar.com",
        "C:\\Windows\\explorer.exe",
    );
    server.event(defined(eicar), None);
}

/// Defender 1116 with a harmless category.
fn defined(event: Event) -> Event {
    let Body::Named(fields) = event.body else { return event };
    let fields = fields.into_iter().map(|(name, datum)| match name {
        "Category Name" => (name, "ウイルス".into()),
        _ => (name, datum),
    });
    Event { body: Body::Named(fields.collect()), ..event }
}
