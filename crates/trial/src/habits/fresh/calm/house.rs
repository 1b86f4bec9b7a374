//! A house at work: migration, orders, certificates, clean-up, backup, monitoring. Nothing of it is a trace, and all of
//! it is what a simple rule would call bad.

use super::ROUTER;
use crate::event::make::{self, Process};
use crate::format::config;
use crate::format::ews::{self, Call};
use crate::format::process;
use crate::format::task::{self, Task};
use crate::format::web::{self, Back, Request};
use crate::moment::{DAY, HOUR, MINUTE, Moment};
use crate::program::{CMD, POWERSHELL, SYSTEM};
use crate::server::{Encoding, Server};

/// Everything, over a week from midnight of a day.
pub(super) fn all(server: &mut Server, from: Moment) {
    update(server, from.plus(2 * DAY + 13 * HOUR));
    migration(server, from.plus(14 * HOUR));
    archive(server, from.plus(DAY + HOUR));
    certificate(server, from.plus(DAY + 18 * HOUR));
    other_server(server, from.plus(2 * DAY + 2 * HOUR));
    landing_pages(server);
    clean_up(server, from.plus(16 * HOUR));
    backup(server, from.plus(15 * HOUR));
    monitoring(server, from.plus(HOUR));
}

/// The update comes through Windows' own service.
fn update(server: &mut Server, at: Moment) {
    let host = server.host;
    server.update = Some((host.fixed_build(), at));
    let name = "Security Update for Exchange Server 2016 Cumulative Update 19 (KB5000871) 15.1.2176.9";
    let items = ["Microsoft Exchange Server", "15.1.2176.2", "1041", name, "0", "Microsoft Corporation", "", ""];
    server.event(make::application(&host, at, "MsiInstaller", 1036, 4, &items), None);
    for name in ["logon.aspx", "logoff.aspx", "signout.aspx", "frowny.aspx"] {
        let target = host.installed(&format!("FrontEnd\\HttpProxy\\owa\\auth\\{name}"));
        process::written(server, at, "C:\\Windows\\System32\\msiexec.exe", &target, None);
    }
}

/// Mailboxes are copied to another service: very many calls, for everyone, by one account that has signed in.
fn migration(server: &mut Server, at: Moment) {
    let host = server.host;
    let user = format!("{}\\svc-ikou", host.netbios);
    let client = "198.51.100.253";
    let agent = "ExchangeServicesClient/15.00.0913.015";
    for number in 0..220 {
        let time = at.plus(number * 19_300);
        let request = Request {
            time,
            client,
            mail_name: "webmail.shiokaze.example.org",
            protocol: Some("Ews"),
            method: "POST",
            stem: "/EWS/Exchange.asmx",
            user: Some(&user),
            auth: "Basic",
            agent,
            anchor: "SMTP~soumu@shiokaze.example.org",
            hint: "AnchorMailboxHeader-SMTP",
            back_status: Some(200),
            back: Some(Back { stem: "/EWS/Exchange.asmx", query: "", user: &user, status: 200 }),
            sizes: (2_310, 733_120),
            took: 1_840,
            ..Request::default()
        };
        web::record(server, &request, None);
        let acting_as = format!("{}@{}", server.dice.pick(host.users), host.domain);
        let action = server.dice.pick(&["ExportItems", "FindItem", "GetItem", "GetAttachment"]);
        ews::call(server, time, &Call { user: &user, acting_as: &acting_as, agent, client, action, status: 200 }, None);
    }
}

/// A script of the house reads a mailbox that collects orders.
fn archive(server: &mut Server, at: Moment) {
    let user = format!("{}\\svc-chumon", server.host.netbios);
    for number in 0..30 {
        let request = Request {
            time: at.plus(number * 5 * MINUTE),
            client: "10.20.3.77",
            mail_name: "skmail2.shiokaze.example.org",
            protocol: Some("Ews"),
            method: "POST",
            stem: "/EWS/Exchange.asmx",
            user: Some(&user),
            auth: "NTLM",
            agent: "exchangelib/3.2.1 (python-requests/2.25.1)",
            anchor: "SMTP~soumu@shiokaze.example.org",
            hint: "AnchorMailboxHeader-SMTP",
            back_status: Some(200),
            ..Request::default()
        };
        web::record(server, &request, None);
    }
}

/// A certificate is renewed: files, their settings, requests for them, and a task.
fn certificate(server: &mut Server, at: Moment) {
    let host = server.host;
    let names = ["pW2s0bXxQkZ6-7nD1vE4mRj9uHcT8aLyGfYoKiNwBsA", "M3kU7t-LxQpZ0vR5dJ2nC9yWbE6sHgA1oKfTiXuVrYc"];
    let folder = ".well-known\\acme-challenge";
    let settings = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<configuration>\r\n  <system.webServer>\r\n    <staticContent>\r\n      \
        <mimeMap fileExtension=\".\" mimeType=\"text/json\" />\r\n    </staticContent>\r\n    <handlers>\r\n      <clear />\r\n      \
        <add name=\"StaticFile\" path=\"*\" verb=\"*\" modules=\"StaticFileModule\" resourceType=\"Either\" requireAccess=\"Read\" />\r\n    \
        </handlers>\r\n  </system.webServer>\r\n</configuration>\r\n";
    server.text(&host.rooted(&format!("{folder}\\web.config")), settings, Encoding::Plain, at, &[]);
    for (number, name) in (0i64..).zip(names) {
        let text = format!("{name}.7pQwZkLr2vTnXs0bEoMd5cYgUfHjAi1RtKxCvWqNzB8\n");
        server.text(&host.rooted(&format!("{folder}\\{name}")), &text, Encoding::Plain, at, &[]);
        for (turn, client) in (0i64..).zip(["203.0.113.230", "192.0.2.240", "198.51.100.254"]) {
            let stem = format!("/.well-known/acme-challenge/{name}");
            let request = Request {
                time: at.plus(number * 7_000 + turn * 340 + 2_000),
                client,
                mail_name: "webmail.shiokaze.example.org",
                stem: &stem,
                agent: "Mozilla/5.0 (compatible; Let's Encrypt validation server; +https://www.letsencrypt.org)",
                ..Request::default()
            };
            web::record(server, &request, None);
        }
    }
    let renewal = Task {
        path: "win-acme renew (acme-v02.api.letsencrypt.org)",
        author: "SHIOKAZE\\sk-kanri",
        command: "C:\\Tools\\win-acme\\wacs.exe",
        arguments: "--renew --baseuri \"https://acme-v02.api.letsencrypt.org/\"",
        every: 1440,
    };
    task::add(server, &renewal, Moment::day(2020, 8, 20).clock(2, 11, 0), None);
    let process = Process {
        parent: "C:\\Tools\\win-acme\\wacs.exe",
        parent_command: "C:\\Tools\\win-acme\\wacs.exe --renew",
        image: POWERSHELL,
        command: "powershell.exe -ExecutionPolicy Bypass -Command \"& 'C:\\Tools\\win-acme\\Scripts\\ImportExchange.v2.ps1' \
                  '6B1F0C2A' 'IIS,SMTP' 1 'C:\\Windows\\Temp\\cert.pfx' 'x'\"",
        user: SYSTEM,
    };
    processes(server, at.plus(20_000), &[process]);
}

/// Another mail server of the house hands on an administrator's request: the back end sees the session being set up.
fn other_server(server: &mut Server, at: Moment) {
    let host = server.host;
    let machine = format!("{}\\SKMAIL1$", host.netbios);
    let person = format!("{}\\{}", host.netbios, host.admin);
    for (number, (stem, user, status)) in (0i64..).zip([
        ("/ecp/proxyLogon.ecp", &machine, 241),
        ("/ecp/default.aspx", &person, 200),
        ("/ecp/DDI/DDIService.svc/GetList", &person, 200),
        ("/owa/proxylogon.owa", &machine, 241),
    ]) {
        let request = Request {
            time: at.plus(number * 1_900),
            client: "10.20.0.20",
            method: "POST",
            agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88.0.4324.190 Safari/537.36",
            ..Request::default()
        };
        web::record_behind(server, &request, &Back { stem, query: "", user, status });
    }
}

/// Pages of the house's own at the front door, pictures of its own, a copy that somebody kept.
fn landing_pages(server: &mut Server) {
    let host = server.host;
    let old = Moment::day(2020, 2, 26).clock(6, 20, 0);
    let page = "<%@ Page Language=\"C#\" %>\r\n<script runat=\"server\">\r\nprotected override void OnLoad(EventArgs e)\r\n{\r\n    \
        Response.Redirect(\"/owa/\");\r\n}\r\n</script>\r\n";
    server.text(&host.rooted("default.aspx"), page, Encoding::Plain, old, &[]);
    let logo = "FrontEnd\\HttpProxy\\owa\\auth\\15.1.2176\\themes\\resources\\logo_shiokaze.gif";
    server.file(&host.installed(logo), crate::format::page::picture(0x5a), old, None);
    let modules = [ROUTER];
    config::application_host(server, old, &modules);
}

/// Old logs are deleted each night; the file of commands is in the code page of a Japanese console.
fn clean_up(server: &mut Server, at: Moment) {
    let task = Task {
        path: "ログ整理",
        author: "SHIOKAZE\\sk-kanri",
        command: "C:\\Scripts\\ログ整理.bat",
        arguments: "",
        every: 1440,
    };
    let old = Moment::day(2019, 12, 3).clock(4, 0, 0);
    task::add(server, &task, old, None);
    let text = b"@echo off\r\nrem \x83\x8d\x83O\x90\xae\x97\x9d (30 \x93\xfa\x82\xe6\x82\xe8\x91O\x82\xcc IIS \x83\x8d\x83O\x82\xf0\x8d\xed\x8f\x9c)\r\n\
        forfiles /p D:\\Logs\\LogFiles /s /m *.log /d -30 /c \"cmd /c del @path\"\r\n";
    server.file("C:\\Scripts\\ログ整理.bat", text.to_vec(), old, None);
    let forfiles = "C:\\Windows\\System32\\forfiles.exe";
    let command = "forfiles  /p D:\\Logs\\LogFiles /s /m *.log /d -30 /c \"cmd /c del @path\"";
    for day in 0..4 {
        let all = [
            Process {
                parent: CMD,
                parent_command: "C:\\Windows\\SYSTEM32\\cmd.exe /c \"C:\\Scripts\\ログ整理.bat\"",
                image: forfiles,
                command,
                user: SYSTEM,
            },
            Process {
                parent: forfiles,
                parent_command: command,
                image: CMD,
                command: &format!("/c del \"D:\\Logs\\LogFiles\\W3SVC1\\u_ex21{:04}.log\"", 208 + day),
                user: SYSTEM,
            },
        ];
        processes(server, at.plus(day * DAY), &all);
    }
}

/// Copies of the disk and archives of old logs.
fn backup(server: &mut Server, at: Moment) {
    let agent = "C:\\Program Files\\Arcserve\\Unified Data Protection\\Engine\\BIN\\AFBackend.exe";
    let all = [
        Process {
            parent: agent,
            parent_command: agent,
            image: "C:\\Windows\\System32\\vssadmin.exe",
            command: "vssadmin.exe create shadow /for=E:",
            user: SYSTEM,
        },
        Process {
            parent: agent,
            parent_command: agent,
            image: "C:\\Windows\\System32\\diskshadow.exe",
            command: "diskshadow.exe /s \"C:\\Program Files\\Arcserve\\Unified Data Protection\\Engine\\Scripts\\exch.dsh\"",
            user: SYSTEM,
        },
    ];
    processes(server, at, &all);
    let zip = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    for place in [
        "D:\\LogArchive\\iis_202102.zip",
        "C:\\ProgramData\\Arcserve\\UDP\\patch\\ASUDP_8.0.5628_P00002167.zip",
        "C:\\ProgramData\\Trend Micro\\AMSP\\backup\\pattern.zip",
    ] {
        server.file(place, zip.clone(), at.plus(-2 * DAY), None);
    }
}

/// Agents of monitoring and of configuration run encoded and hidden commands all day.
fn monitoring(server: &mut Server, at: Moment) {
    let host = server.host;
    let zabbix = "C:\\Program Files\\Zabbix Agent\\zabbix_agentd.exe";
    let remote = "C:\\Windows\\System32\\winrshost.exe";
    let command = "PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand \
        JgAgAHsARwBlAHQALQBTAGUAcgB2AGkAYwBlACAATQBTAEUAeABjAGgAYQBuAGcAZQAqACAAfAAgAFMAZQBsAGUAYwB0AC0ATwBiAGoAZQBjAHQAIABOAGEAbQBlACwAUwB0AGEAdAB1AHMAIAB8ACAAQwBvAG4AdgBlAHIAdABUAG8ALQBKAHMAbwBuACAALQBDAG8AbQBwAHIAZQBzAHMAfQA=";
    for turn in 0..6 {
        let all = [
            Process {
                parent: zabbix,
                parent_command: "\"C:\\Program Files\\Zabbix Agent\\zabbix_agentd.exe\" --config zabbix_agentd.conf",
                image: CMD,
                command: "cmd.exe /C powershell -NoProfile -ExecutionPolicy Bypass -WindowStyle Hidden -File \"C:\\Program Files\\Zabbix Agent\\scripts\\queue.ps1\"",
                user: SYSTEM,
            },
            Process {
                parent: remote,
                parent_command: "C:\\Windows\\system32\\WinrsHost.exe -Embedding",
                image: POWERSHELL,
                command,
                user: "SHIOKAZE\\svc-ansible",
            },
        ];
        processes(server, at.plus(turn * 14 * HOUR), &all);
    }
    let agent = "\"C:\\Program Files\\Zabbix Agent\\zabbix_agentd.exe\" --config \"C:\\Program Files\\Zabbix Agent\\zabbix_agentd.conf\"";
    server.event(make::service_installed(&host, at, "Zabbix Agent", agent, "auto start"), None);
    crate::benign::disk::service(server, "Zabbix Agent", agent, at, None);
    let script = "Add-PSSnapin Microsoft.Exchange.Management.PowerShell.SnapIn\r\n(Get-Queue | Measure-Object MessageCount -Sum).Sum\r\n";
    let guid = server.dice.guid();
    server.event(make::script_block(&host, at.plus(MINUTE), script, 5, &guid), None);
    server.text(
        "C:\\Program Files\\Zabbix Agent\\scripts\\queue.ps1",
        script,
        Encoding::Plain,
        at.plus(-90 * DAY),
        &[],
    );
}

/// Processes, a few seconds apart, in both logs that tell of them.
pub(super) fn processes(server: &mut Server, at: Moment, all: &[Process<'_>]) {
    process::all(server, at, 7_400, all);
}
