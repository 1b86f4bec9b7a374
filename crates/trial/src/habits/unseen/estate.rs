//! What runs on a server of the unseen set anyway, attacked or not: a balancer before it, monitoring, backup, scanners,
//! software that is handed out, certificates, logs that are tidied away. Nothing of it is a trace.

use super::super::Habits;
use crate::event::make::{self, Process, access, engine, network, sensor, timer};
use crate::format::firewall::{self, Connection};
use crate::format::hive::Value;
use crate::format::process::{self, ProcessLogs, Subject};
use crate::format::task::{self, Task};
use crate::format::web::{self, Back, Request};
use crate::format::{console, defender};
use crate::host::Tongue;
use crate::moment::{DAY, HOUR, MINUTE, Moment, SECOND};
use crate::program::{CMD, POWERSHELL, SCHEDULE, SERVICES, SVCHOST, SYSTEM, W3WP};
use crate::scenario::whole_days;
use crate::server::{Encoding, Server};

/// What a server of this set does from the day before the attack to the end, told by those logs.
pub(super) fn ordinary(server: &mut Server, habits: &'static Habits, logs: ProcessLogs) {
    server.process_logs = logs;
    let (from, count) = whole_days(server, habits);
    days(server, from, count);
}

/// That many days of it, from midnight of the first.
pub(super) fn days(server: &mut Server, from: Moment, count: i64) {
    server.subject = Subject::Computer;
    for day in 0..count {
        let midnight = from.plus(day * DAY);
        balancer(server, midnight);
        reading(server, midnight.plus(3 * HOUR));
        monitoring(server, midnight.plus(5 * HOUR));
        backup(server, midnight.plus(20 * HOUR));
        workers(server, midnight.plus(8 * HOUR));
        tidy(server, midnight.plus(2 * HOUR));
        scanners(server, midnight.plus(11 * HOUR));
        connections(server, midnight.plus(9 * HOUR));
        if day % 3 == 0 {
            desktop(server, midnight.plus(7 * HOUR));
        }
    }
    left_by_hand(server);
}

/// A balancer asks each protocol whether it is well, and one of its checks has no agent at all.
fn balancer(server: &mut Server, from: Moment) {
    let mail_name = server.host.address;
    for turn in 0..36 {
        let time = from.plus(turn * 40 * MINUTE + 3_119);
        for (number, (protocol, stem)) in (0i64..).zip([
            ("Owa", "/owa/healthcheck.htm"),
            ("Ecp", "/ecp/healthcheck.htm"),
            ("Mapi", "/mapi/healthcheck.htm"),
        ]) {
            let request = Request {
                time: time.plus(number * 140),
                client: "10.20.0.6",
                mail_name,
                protocol: Some(protocol),
                stem,
                agent: if turn % 2 == 0 { "F5-Monitor/1.0" } else { "" },
                ..Request::default()
            };
            web::record(server, &request, None);
        }
    }
}

/// An archive reads everybody's mail by one account, and the telephones look up who is free.
fn reading(server: &mut Server, from: Moment) {
    let mail_name = server.host.mail_names.first().copied().unwrap_or_default();
    for (turn, (name, client, agent, size)) in (0i64..).zip(
        [
            ("svc_archiv", "10.20.0.71", "EnterpriseVault/14.0 (ExchangeServicesClient/15.00.0913.015)", 300_114u64),
            ("svc_tel", "10.20.0.88", "ExchangeServicesClient/15.00.0847.030", 1_822),
        ]
        .into_iter()
        .cycle()
        .take(28),
    ) {
        let user = format!("{}\\{name}", server.host.netbios);
        let anchor = format!("Sid~{}-2388", server.host.domain_sid);
        let stem = "/EWS/Exchange.asmx";
        let request = Request {
            time: from.plus(turn * 47_300),
            client,
            mail_name,
            protocol: Some("Ews"),
            method: "POST",
            stem,
            user: Some(&user),
            auth: "NTLM",
            agent,
            anchor: &anchor,
            hint: "WindowsIdentity",
            back_status: Some(200),
            back: Some(Back { stem, query: "", user: &user, status: 200 }),
            sizes: (2_204, size),
            took: 410,
            ..Request::default()
        };
        web::record(server, &request, None);
    }
}

/// Agents that run scripts all day, and one that is told by its server what to run.
fn monitoring(server: &mut Server, from: Moment) {
    let host = server.host;
    let zabbix = "C:\\Program Files\\Zabbix Agent\\zabbix_agentd.exe";
    let zabbix_command = "\"C:\\Program Files\\Zabbix Agent\\zabbix_agentd.exe\" --config \"C:\\Program Files\\Zabbix Agent\\zabbix_agentd.conf\"";
    let queue = "C:\\Windows\\system32\\cmd.exe /C \"powershell.exe -NoProfile -ExecutionPolicy Bypass -File C:\\zabbix\\scripts\\exch_queue.ps1 -json\"";
    let script = "powershell.exe  -NoProfile -ExecutionPolicy Bypass -File C:\\zabbix\\scripts\\exch_queue.ps1 -json";
    let scom = "C:\\Program Files\\Microsoft Monitoring Agent\\Agent\\MonitoringHost.exe";
    let scom_script = "\"C:\\Windows\\system32\\cscript.exe\" /nologo \"C:\\Program Files\\Microsoft Monitoring Agent\\Agent\\Health Service State\\Monitoring Host Temporary Files 41\\1182\\MemoryUtilization.vbs\" 2.5 1500 0";
    let client = match host.tongue {
        Tongue::German => "C:\\Program Files (x86)\\baramundi\\bMA\\bma.exe",
        Tongue::Japanese => "C:\\Program Files (x86)\\SKYSEA\\Client View\\SkyAgent.exe",
        Tongue::English => "C:\\Program Files (x86)\\PDQ\\PDQInventoryScanner.exe",
    };
    let inventory = "C:\\Windows\\system32\\cmd.exe /c wmic /output:C:\\Windows\\Temp\\inv.txt qfe list full";
    let all = [
        Process { parent: zabbix, parent_command: zabbix_command, image: CMD, command: queue, user: SYSTEM },
        Process { parent: CMD, parent_command: queue, image: POWERSHELL, command: script, user: SYSTEM },
        Process {
            parent: scom,
            parent_command: scom,
            image: "C:\\Windows\\System32\\cscript.exe",
            command: scom_script,
            user: SYSTEM,
        },
        Process { parent: SERVICES, parent_command: SERVICES, image: client, command: client, user: SYSTEM },
        Process { parent: client, parent_command: client, image: CMD, command: inventory, user: SYSTEM },
        Process {
            parent: CMD,
            parent_command: inventory,
            image: "C:\\Windows\\System32\\wbem\\WMIC.exe",
            command: "wmic  /output:C:\\Windows\\Temp\\inv.txt qfe list full",
            user: SYSTEM,
        },
    ];
    process::all(server, from, 6_100, &all);
    let version = if host.build.get(1) == Some(&0) { "4.0" } else { "5.1.14393.3866" };
    server.event(engine::began(&host, from.plus(12_600), version, script.trim()), None);
    let line = "Get-Queue -ErrorAction SilentlyContinue | ConvertTo-Json -Compress";
    server.event(
        engine::pipeline(&host, from.plus(13_900), version, (script, line), &[("ConvertTo-Json", "Submission")]),
        None,
    );
}

/// A backup product's agent, which makes a copy of the disks and throws old ones away.
fn backup(server: &mut Server, from: Moment) {
    let host = server.host;
    let agent = "C:\\Program Files\\Veritas\\Backup Exec\\RAWS\\beremote.exe";
    let agent_command = "\"C:\\Program Files\\Veritas\\Backup Exec\\RAWS\\beremote.exe\"";
    let after = "C:\\Windows\\system32\\cmd.exe /c \"\"C:\\Skripte\\nach-sicherung.cmd\"\"";
    let tool = "C:\\Windows\\System32\\vssadmin.exe";
    let all = [
        Process { parent: agent, parent_command: agent_command, image: CMD, command: after, user: SYSTEM },
        Process {
            parent: CMD,
            parent_command: after,
            image: tool,
            command: "vssadmin  list shadows /for=C:",
            user: SYSTEM,
        },
        Process {
            parent: CMD,
            parent_command: after,
            image: tool,
            command: "vssadmin  delete shadows /for=E: /oldest /quiet",
            user: SYSTEM,
        },
        Process {
            parent: CMD,
            parent_command: after,
            image: "C:\\Windows\\System32\\wevtutil.exe",
            command: "wevtutil  epl Security \\\\bak01\\evt$\\sec-today.evtx /ow:true",
            user: SYSTEM,
        },
    ];
    process::all(server, from, 19_000, &all);
    for (minutes, state) in [(0, "running"), (52, "stopped")] {
        server.event(make::service_state(&host, from.plus(minutes * MINUTE + 700), "Volume Shadow Copy", state), None);
    }
}

/// Children of the web server's workers that belong there, and what the product's own monitoring starts.
fn workers(server: &mut Server, from: Moment) {
    let owa = "c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"MSExchangeOWAAppPool\" -v \"v4.0\" -l \"webengine4.dll\"";
    let folder = "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319";
    let compiler = format!("{folder}\\csc.exe");
    let compile = format!(
        "\"{compiler}\" /t:library /utf8output /noconfig /fullpaths @\"{folder}\\Temporary ASP.NET Files\\owa\\8f9d1e20\\5c7ab3f4\\v0rme1xz.cmdline\""
    );
    let resources = format!("{folder}\\cvtres.exe");
    let link = format!(
        "{resources} /NOLOGO /READONLY /MACHINE:IX86 \"/OUT:C:\\Windows\\TEMP\\RESB2F1.tmp\" \"C:\\Windows\\TEMP\\CSCB2F0.TMP\""
    );
    let health = server.host.installed("Bin\\MSExchangeHMWorker.exe");
    let all = [
        Process { parent: W3WP, parent_command: owa, image: &compiler, command: &compile, user: SYSTEM },
        Process { parent: &compiler, parent_command: &compile, image: &resources, command: &link, user: SYSTEM },
        Process {
            parent: &health,
            parent_command: &health,
            image: "C:\\Windows\\System32\\inetsrv\\appcmd.exe",
            command: "C:\\Windows\\System32\\inetsrv\\appcmd.exe recycle apppool /apppool.name:MSExchangeSyncAppPool",
            user: SYSTEM,
        },
    ];
    process::all(server, from, 2_300, &all);
}

/// By night old logs go, by a script of the house; the scheduler notes its runs.
fn tidy(server: &mut Server, from: Moment) {
    let host = server.host;
    let command = "powershell.exe -NonInteractive -NoProfile -File C:\\Skripte\\Logs-Aufraeumen.ps1 -Tage 35";
    let process = Process { parent: SVCHOST, parent_command: SCHEDULE, image: POWERSHELL, command, user: SYSTEM };
    process::started(server, from, &process, None);
    let guid = server.dice.guid();
    if host.build.get(1) != Some(&0) {
        server.event(make::script_block(&host, from.plus(2_000), TIDY, 5, &guid), None);
    }
    for (seconds, name, action) in
        [(0, "\\House\\Logs", POWERSHELL), (40, "\\House\\Spool tidy", "C:\\Skripte\\spool.cmd")]
    {
        let run = server.dice.guid();
        let time = from.plus(seconds * SECOND);
        server.event(timer::action_began(&host, time, name, action, &run), None);
        server.event(timer::action_ended(&host, time.plus(9_400), name, action, &run, 0), None);
    }
}

const TIDY: &str = "param([int]$Tage = 35)\r\n$grenze = (Get-Date).AddDays(-$Tage)\r\n'L:\\IIS\\LogFiles','C:\\inetpub\\logs\\LogFiles','E:\\iislog' | Where-Object { Test-Path $_ } | ForEach-Object {\r\n    Get-ChildItem $_ -Recurse -File | Where-Object LastWriteTime -lt $grenze | Remove-Item -Force\r\n}\r\n";

/// What Defender's own log says of an ordinary day, where it is the scanner.
fn scanners(server: &mut Server, from: Moment) {
    if server.host.tongue == Tongue::English {
        return;
    }
    for (minutes, program, file) in [
        (0, "noderunner.exe", "C:\\Windows\\Temp\\ceres7f.tmp"),
        (
            14,
            "w3wp.exe",
            "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\Temporary ASP.NET Files\\owa\\8f9d1e20\\App_Web_v0rme1xz.dll",
        ),
        (33, "powershell.exe", "C:\\zabbix\\scripts\\exch_queue.ps1"),
    ] {
        defender::impact(server, from.plus(minutes * MINUTE), program, file, None);
    }
    defender::line(server, from.plus(HOUR), "Signature updated via Custom Server on 03-01-2021", None);
}

/// Connections as Sysmon or the firewall notes them.
fn connections(server: &mut Server, from: Moment) {
    let host = server.host;
    let transport = host.installed("Bin\\EdgeTransport.exe");
    if server.process_logs.has_sysmon() {
        for (minutes, image, place) in [
            (0, transport.as_str(), ("198.51.100.30", 25)),
            (5, W3WP, ("10.20.5.2", 3_268)),
            (9, "C:\\Program Files\\Zabbix Agent\\zabbix_agentd.exe", ("10.20.0.31", 10_051)),
        ] {
            server.event(network::connected(&host, from.plus(minutes * MINUTE), image, SYSTEM, place), None);
        }
        let name = ("ctldl.windowsupdate.example", "198.51.100.66");
        server.event(sensor::name_looked_up(&host, from.plus(11 * MINUTE), SVCHOST, name), None);
        let value = ("HKLM\\System\\CurrentControlSet\\Services\\W32Time\\Config\\Status", "DWORD (0x00000005)");
        server.event(sensor::value_set(&host, from.plus(16 * MINUTE), SVCHOST, value), None);
    }
    if host.tongue == Tongue::English {
        for (seconds, action, source, target, path) in [
            (0, "ALLOW", (host.address, 51_022), ("198.51.100.30", 25), "SEND"),
            (41, "ALLOW", ("198.51.100.94", 40_210), (host.address, 443), "RECEIVE"),
            (77, "DROP", ("203.0.113.111", 55_108), (host.address, 445), "RECEIVE"),
            (130, "ALLOW", (host.address, 51_040), ("10.20.9.2", 389), "SEND"),
        ] {
            let connection = Connection { action, from: source, to: target, path };
            firewall::row(server, from.plus(seconds * SECOND), &connection, None);
        }
    }
}

/// An administrator's desktop from a workplace of the house, and its end.
fn desktop(server: &mut Server, from: Moment) {
    let host = server.host;
    let user = format!("{}\\{}", host.netbios, host.admin);
    let workplace = "10.20.1.118";
    server.event(network::desktop_reached(&host, from, &user, workplace), None);
    server.event(access::session_began(&host, from.plus(2_100), &user, workplace), None);
    server.event(
        engine::run_at_sign_in(
            &host,
            from.plus(9_000),
            "\"C:\\Program Files\\VMware\\VMware Tools\\vmtoolsd.exe\" -n vmusr",
        ),
        None,
    );
    server.event(network::session_left(&host, from.plus(26 * MINUTE), &user, workplace), None);
    server.event(network::turned_away(&host, from.plus(-40 * SECOND), &user, workplace), None);
}

/// Tasks, scripts and files that the house made for itself, long ago.
fn left_by_hand(server: &mut Server) {
    let host = server.host;
    let author = format!("{}\\{}", host.netbios, host.admin);
    let old = Moment::day(2018, 2, 6).clock(13, 22, 9);
    for (path, command, arguments) in [
        ("House\\Logs", "powershell.exe", "-NonInteractive -NoProfile -File C:\\Skripte\\Logs-Aufraeumen.ps1 -Tage 35"),
        ("House\\Spool tidy", "C:\\Skripte\\spool.cmd", ""),
        (
            "win-acme renew (acme-v02.api.letsencrypt.org)",
            "C:\\Tools\\win-acme\\wacs.exe",
            "--renew --baseuri \"https://acme-v02.api.letsencrypt.org/\"",
        ),
    ] {
        task::add(server, &Task { path, author: &author, command, arguments, every: 1440 }, old, None);
    }
    // Desktops over the network are allowed here.
    let control = "ControlSet001\\Control\\Terminal Server";
    server.registry(("SYSTEM", control, "fDenyTSConnections"), Value::Number(0), old, None);
    server.text("C:\\Skripte\\Logs-Aufraeumen.ps1", TIDY, Encoding::Plain, old, &[]);
    let spool =
        "@echo off\r\nnet stop spooler\r\ndel /q %SystemRoot%\\System32\\spool\\PRINTERS\\*.*\r\nnet start spooler\r\n";
    server.text("C:\\Skripte\\spool.cmd", spool, Encoding::Plain, old, &[]);
    let challenge = "<?xml version = \"1.0\" encoding=\"UTF-8\"?>\r\n<configuration>\r\n  <system.webServer>\r\n    <staticContent>\r\n      <mimeMap fileExtension=\".*\" mimeType=\"text/json\" />\r\n    </staticContent>\r\n  </system.webServer>\r\n</configuration>\r\n";
    server.text(&host.rooted(".well-known\\acme-challenge\\web.config"), challenge, Encoding::Plain, old, &[]);
    let away = "<%@ Page Language=\"C#\" %>\r\n<% Response.Redirect(\"https://kennwort.example.org/\", true); %>\r\n";
    server.text(&host.rooted("pw\\default.aspx"), away, Encoding::Plain, old, &[]);
    let lines =
        ["Get-MailboxDatabaseCopyStatus", "Test-MAPIConnectivity", "Get-ExchangeCertificate | ft Thumbprint,NotAfter"];
    console::history(server, host.admin, old, &lines, &[]);
}
