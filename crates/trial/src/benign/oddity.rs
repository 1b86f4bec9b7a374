//! Harmless things that look alike (../shared/facts/detection-logic.md, at its end): none of them is a trace.

use crate::event::make::{self, Process};
use crate::event::{Body, Datum, Event};
use crate::format::management::{self, Origin};
use crate::format::task::{self, Task};
use crate::format::web::{self, Back, Request};
use crate::format::{config, console, ecp, process};
use crate::moment::{DAY, HOUR, MINUTE, Moment};
use crate::server::{Encoding, Mark, Server};
use crate::technique::Technique;
use crate::truth::ActorKind;

/// Everything, spread over the days from `from`.
pub fn all(server: &mut Server, from: Moment, scanner: &str, scanner_agent: &str) {
    strangers(server, from.plus(7 * HOUR), scanner, scanner_agent);
    directory_reset(server, from.plus(DAY + 9 * HOUR));
    hybrid(server, from.plus(DAY + 10 * HOUR));
    health_checks(server, from.plus(2 * HOUR));
    update(server, from.plus(3 * DAY + 20 * HOUR));
    processes(server, from.plus(2 * DAY + 8 * HOUR));
    administration(server, from.plus(4 * DAY + 9 * HOUR));
    vendors(server, from);
}

/// Scanners that only knock, and the vendor's own network check.
fn strangers(server: &mut Server, at: Moment, address: &str, agent: &str) {
    let actor = server.actor(ActorKind::Scanner, &[address]);
    let mark = Mark::context(Technique::Scan, actor, "looks for pages and shells that are not there");
    let stems = [
        "/owa/auth/shell.aspx",
        "/aspnet_client/discover.aspx",
        "/aspnet_client/supp0rt.aspx",
        "/owa/auth/web.aspx",
        "/ecp/auth/error.aspx",
        "/.env",
        "/wp-login.php",
        "/remote/fgt_lang",
    ];
    for (number, stem) in (0i64..).zip(stems) {
        let request = Request {
            time: at.plus(number * 1_700),
            client: address,
            mail_name: "10.20.0.10",
            stem,
            agent,
            status: 404,
            ..Request::default()
        };
        web::record(server, &request, Some(&mark));
    }
    let mark = Mark::context(Technique::Scan, actor, "the vendor's network check");
    let check = Request {
        time: at.plus(9 * MINUTE),
        client: address,
        mail_name: "mail",
        protocol: Some("Owa"),
        stem: "/owa/auth/x.js",
        agent: "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)",
        anchor: "ServerInfo~localhost/ecp/default.flt?#",
        hint: "X-AnonResource-Backend-Cookie",
        status: 500,
        back_status: Some(500),
        errors: "System.Net.WebException: The remote name could not be resolved",
        ..Request::default()
    };
    web::record(server, &check, Some(&mark));
}

/// An administrator who really resets the address book's directory.
fn directory_reset(server: &mut Server, at: Moment) {
    let host = server.host;
    let user = format!("{}\\{}", host.netbios, host.admin);
    let (session, guid, canary) = (server.dice.guid(), server.dice.guid(), server.dice.canary());
    let anchor = format!("Sid~{}-1131", host.domain_sid);
    let name = host.mail_names.first().copied().unwrap_or("mail");
    let good = format!("Set-OabVirtualDirectory.ExternalUrl='https://{name}/OAB'.Identity='{guid}'");
    let path = host.installed("FrontEnd\\HttpProxy\\OAB");
    let steps = [
        ("SetObject", "OABVirtualDirectory", good),
        (
            "SetObject",
            "ResetOABVirtualDirectory",
            format!("Remove-OABVirtualDirectory.Force=$true.Identity='{}\\OAB (Default Web Site)'", host.name),
        ),
        (
            "SetObject",
            "ResetOABVirtualDirectory",
            format!(
                "New-OABVirtualDirectory.WebSiteName='Default Web Site'.Server='{}'.Role='ClientAccess'.Path='{path}'",
                host.name
            ),
        ),
    ];
    for (number, (method, schema, command)) in (0i64..).zip(&steps) {
        let time = at.plus(number * 41_000);
        let query = format!("msExchEcpCanary={canary}&schema={schema}");
        let stem = format!("/ecp/DDI/DDIService.svc/{method}");
        let request = Request {
            time,
            client: "10.20.1.40",
            mail_name: name,
            protocol: Some("Ecp"),
            method: "POST",
            stem: &stem,
            query: &query,
            user: Some(&user),
            auth: "FBA",
            agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:85.0) Gecko/20100101 Firefox/85.0",
            anchor: &anchor,
            hint: "WindowsIdentity",
            back_status: Some(200),
            back: Some(Back { stem: &stem, query: &query, user: &user, status: 200 }),
            ..Request::default()
        };
        web::record(server, &request, None);
        let url = format!("{stem}?{query}");
        ecp::command(server, time, &ecp::Command { command, url: &url, session: &session, error: "" }, None);
        let (name, parameters) = command.split_once('.').unwrap_or((command, ""));
        let parameters = format!("-{}", parameters.replace(".Identity=", " -Identity "));
        server.event(make::command_logged(&host, time, name, &parameters, &user, ""), None);
    }
}

/// Free and busy times that a cloud organisation asks for, and other servers of the house.
fn hybrid(server: &mut Server, at: Moment) {
    let host = server.host;
    let machine = format!("{}\\EXB02$", host.netbios);
    for number in 0..40 {
        let request = Request {
            time: at.plus(number * 7 * MINUTE),
            client: "10.20.0.12",
            mail_name: "mail",
            protocol: Some("Ews"),
            method: "POST",
            stem: "/EWS/Exchange.asmx",
            user: Some(&machine),
            auth: "Negotiate",
            agent: "ASProxy/CrossForest/EmailDomain//15.20.3868.031",
            anchor: "ServerVersion~Version 15.0 (Build 0.0)",
            hint: "WindowsIdentity",
            back_status: Some(200),
            ..Request::default()
        };
        web::record(server, &request, None);
    }
}

/// A monitoring script that asks for the health page.
fn health_checks(server: &mut Server, at: Moment) {
    for number in 0..60 {
        let request = Request {
            time: at.plus(number * 2 * HOUR),
            client: "10.20.0.60",
            mail_name: "mail",
            protocol: Some("Owa"),
            stem: "/owa/healthcheck.htm",
            agent: "python-requests/2.25.1",
            ..Request::default()
        };
        web::record(server, &request, None);
    }
}

/// The security update: installer events, pages written by the installer, the vendor's rules in the site's file.
fn update(server: &mut Server, at: Moment) {
    let host = server.host;
    server.update = Some((host.fixed_build(), at));
    let product = format!("Security Update for {} (KB5000871)", host.product);
    server.event(make::application(&host, at, "MsiInstaller", 1035, 4, &[&product, "15.1.0.0", "1033", "0"]), None);
    for name in ["logon.aspx", "errorFE.aspx", "OutlookCN.aspx"] {
        let target = host.installed(&format!("FrontEnd\\HttpProxy\\owa\\auth\\{name}"));
        process::written(server, at, "C:\\Windows\\System32\\msiexec.exe", &target, None);
    }
    config::mitigated(server, at.plus(-30 * HOUR));
}

/// Children of the web server's worker that belong there, and tools of backup.
fn processes(server: &mut Server, at: Moment) {
    let host = server.host;
    let worker = "C:\\Windows\\System32\\inetsrv\\w3wp.exe";
    let owa = "c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"MSExchangeOWAAppPool\" -v \"v4.0\"";
    let backup = "C:\\Program Files\\Veeam\\Endpoint Backup\\Veeam.EndPoint.Service.exe";
    let machine = host.machine_account();
    let all = [
        Process {
            parent: worker,
            parent_command: owa,
            image: "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\csc.exe",
            command: "\"C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\csc.exe\" /noconfig /fullpaths \
                      @\"C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\Temporary ASP.NET Files\\owa\\a\\b.cmdline\"",
            user: &machine,
        },
        Process {
            parent: backup,
            parent_command: backup,
            image: "C:\\Windows\\System32\\vssadmin.exe",
            command: "vssadmin list shadows",
            user: &machine,
        },
        Process {
            parent: "C:\\Windows\\explorer.exe",
            parent_command: "C:\\Windows\\Explorer.EXE",
            image: "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
            command: "powershell.exe -ExecutionPolicy RemoteSigned -File C:\\Scripts\\mailbox-report.ps1",
            user: host.admin,
        },
    ];
    process::all(server, at, 17 * MINUTE, &all);
}

/// An administrator's working day.
fn administration(server: &mut Server, at: Moment) {
    let host = server.host;
    let by = format!("{}/Users/{}", host.domain, host.admin);
    let user = format!("{}\\{}", host.netbios, host.admin);
    let leaver = host.users.first().copied().unwrap_or("leaver");
    let commands = [
        ("New-MoveRequest", format!("-Identity \"{leaver}\" -TargetDatabase \"DB02\"")),
        ("New-MailboxExportRequest", format!("-Mailbox \"{leaver}\" -FilePath \"\\\\fs01\\archive$\\{leaver}.pst\"")),
        (
            "Set-OwaVirtualDirectory",
            format!("-Identity \"{}\\owa (Default Web Site)\" -LogonFormat \"UserName\"", host.name),
        ),
        ("Add-DistributionGroupMember", format!("-Identity \"All staff\" -Member \"{leaver}\"")),
    ];
    for (number, (name, parameters)) in (0i64..).zip(&commands) {
        let time = at.plus(number * 23 * MINUTE);
        server.event(make::command_logged(&host, time, name, parameters, &by, ""), None);
        let command = management::Command { origin: Origin::Remote, user: &user, name, parameters };
        management::command(server, time, &command, None);
    }
    let blocks = [
        "Get-Mailbox -ResultSize Unlimited | Get-MailboxStatistics | Export-Csv C:\\Scripts\\sizes.csv -NoTypeInformation",
        "Add-PSSnapin Microsoft.Exchange.Management.PowerShell.SnapIn; Get-QueueDigest -Dag DAG01 | Out-File C:\\Scripts\\q.txt",
        "Get-Service MSExchange* | Where-Object Status -ne Running | Start-Service",
    ];
    for (number, block) in (0i64..).zip(blocks) {
        let guid = server.dice.guid();
        server.event(make::script_block(&host, at.plus(number * 5 * MINUTE), block, 5, &guid), None);
    }
    let lines = [
        "Get-OabVirtualDirectory | fl name,*url*",
        "Invoke-WebRequest https://download.microsoft.com/download/rewrite_amd64_en-US.msi -OutFile rewrite.msi",
        "Get-ExchangeServer | Format-Table Name,AdminDisplayVersion",
        "Test-ServiceHealth",
        ".\\Test-ProxyLogon.ps1 -OutPath C:\\Scripts\\out",
    ];
    console::history(server, host.admin, at, &lines, &[]);
}

/// What products of others keep and do.
fn vendors(server: &mut Server, at: Moment) {
    let host = server.host;
    let zip = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    let places = [
        "C:\\ProgramData\\Package Cache\\{0B1C7E5A-0D3C-4C9B-9B02-7E1E4A5F0C11}v2.4.1\\payload.zip",
        "C:\\ProgramData\\McAfee\\Agent\\Current\\VIRUSCAN8800\\Install\\0000\\setup.zip",
        "C:\\ProgramData\\Veeam\\Backup\\Logs\\2021-02\\Agent.zip",
    ];
    for place in places {
        server.file(place, zip.clone(), at.plus(-40 * DAY), None);
    }
    let tasks = [
        Task {
            path: "Mailbox report",
            author: "EXAMPLE\\svc-report",
            command: "powershell.exe",
            arguments: "-ExecutionPolicy RemoteSigned -File C:\\Scripts\\mailbox-report.ps1",
            every: 1440,
        },
        Task {
            path: "GoogleUpdateTaskMachineUA",
            author: "SYSTEM",
            command: "C:\\Program Files (x86)\\Google\\Update\\GoogleUpdate.exe",
            arguments: "/ua /installsource scheduler",
            every: 60,
        },
    ];
    for task in &tasks {
        task::add(server, task, Moment::day(2019, 6, 4).clock(8, 0, 0), None);
    }
    let eicar = make::malware_found(
        &host,
        at.plus(2 * DAY),
        "Virus:DOS/EICAR_Test_File",
        "C:\\Users\\Public\\Documents\\scanner-self-test.txt",
        "C:\\Windows\\explorer.exe",
    );
    server.event(eicar, None);
    server.event(
        make::service_installed(
            &host,
            at.plus(DAY),
            "Veeam Agent",
            "\"C:\\Program Files\\Veeam\\Endpoint Backup\\Veeam.EndPoint.Service.exe\"",
            "auto start",
        ),
        None,
    );
    server.event(signature_update(server, at.plus(DAY)), None);
    let script = "Get-Mailbox | Select Name, ProhibitSendQuota | Export-Csv sizes.csv\r\n";
    server.text("C:\\Scripts\\mailbox-report.ps1", script, Encoding::Plain, at.plus(-300 * DAY), &[]);
}

/// Defender 2000: new signatures.
fn signature_update(server: &Server, time: Moment) -> Event {
    let event = make::malware_found(&server.host, time, "", "", "");
    let body = vec![("Product Name", Datum::from("%%827")), ("Current Signature Version", "1.333.747.0".into())];
    Event { id: 2000, class: (0, 4, 0, 0), body: Body::Named(body), ..event }
}
