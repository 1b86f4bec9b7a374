//! What goes on each day on a server of the last set, attacked or not: monitoring, backup, moved logs, crashes, the
//! installer. Nothing of it is a trace.

use crate::attack::page_use::Processes;
use crate::event::make::{self, Process};
use crate::format::process;
use crate::format::task::{self, Task};
use crate::format::web::{self, Request};
use crate::moment::{DAY, HOUR, MINUTE, Moment};
use crate::program::{CMD, POWERSHELL, SYSTEM, W3WP};
use crate::server::{Encoding, Server};

/// Three days of it, from midnight of the first.
pub(super) fn everyday(server: &mut Server, from: Moment, kept: Processes) {
    for day in 0..3 {
        let midnight = from.plus(day * DAY);
        backup(server, midnight.plus(21 * HOUR));
        pictures(server, midnight.plus(10 * HOUR));
        if kept == Processes::Kept {
            monitoring(server, midnight.plus(5 * HOUR));
            copies(server, midnight.plus(21 * HOUR));
            moved_logs(server, midnight.plus(4 * HOUR));
        }
    }
    if kept == Processes::Kept {
        worker(server, from.plus(DAY + 7 * HOUR));
    }
    crash(server, from.plus(DAY + 7 * HOUR));
    tasks(server);
}

/// A monitoring agent pipes scripts into a shell, and another looks at counters.
fn monitoring(server: &mut Server, at: Moment) {
    let agent = "C:\\Program Files\\NSClient++\\nscp.exe";
    let command = "cmd /c echo scripts\\check_exchange_db.ps1 -w 3 -c 5; exit($lastexitcode) | powershell.exe -ExecutionPolicy Bypass -command -";
    let all = [
        Process {
            parent: agent,
            parent_command: "\"C:\\Program Files\\NSClient++\\nscp.exe\" service --run --name nscp",
            image: CMD,
            command,
            user: SYSTEM,
        },
        Process {
            parent: CMD,
            parent_command: command,
            image: POWERSHELL,
            command: "powershell.exe  -ExecutionPolicy Bypass -command -",
            user: SYSTEM,
        },
        Process {
            parent: "C:\\Windows\\CCM\\CcmExec.exe",
            parent_command: "C:\\Windows\\CCM\\CcmExec.exe",
            image: POWERSHELL,
            command: "\"C:\\Windows\\system32\\WindowsPowerShell\\v1.0\\PowerShell.exe\" -NoLogo -Noninteractive -NoProfile -ExecutionPolicy Bypass \"& 'C:\\Windows\\CCM\\SystemTemp\\3b9e1f0c-7a42-4c7e-8d2b-51c7f4f5a1de.ps1'\"",
            user: SYSTEM,
        },
        Process {
            parent: "C:\\Program Files\\VMware\\VMware Tools\\vmtoolsd.exe",
            parent_command: "\"C:\\Program Files\\VMware\\VMware Tools\\vmtoolsd.exe\"",
            image: CMD,
            command: "C:\\Windows\\system32\\cmd.exe /c \"\"C:\\Program Files\\VMware\\VMware Tools\\resume-vm-default.bat\"\"",
            user: SYSTEM,
        },
    ];
    processes(server, at, &all);
}

/// The service of Windows' own backup.
fn backup(server: &mut Server, at: Moment) {
    let host = server.host;
    server.event(make::service_state(&host, at, "Block Level Backup Engine Service", "running"), None);
    server.event(make::service_state(&host, at.plus(2 * HOUR), "Block Level Backup Engine Service", "stopped"), None);
}

/// What starts it, and throws old copies away.
fn copies(server: &mut Server, at: Moment) {
    let tool = "C:\\Windows\\System32\\wbadmin.exe";
    let parent_command = "C:\\Windows\\system32\\cmd.exe /c \"C:\\Scripts\\nightly-backup.cmd\"";
    let all = [
        "wbadmin  start backup -backupTarget:\\\\10.20.4.60\\wsb$ -include:C:,E: -vssFull -quiet",
        "wbadmin  delete backup -keepVersions:14 -backupTarget:\\\\10.20.4.60\\wsb$ -quiet",
        "wbadmin  get versions",
    ]
    .map(|command| Process { parent: CMD, parent_command, image: tool, command, user: SYSTEM });
    processes(server, at, &all);
}

/// Logs of more than a month are moved to a file server.
fn moved_logs(server: &mut Server, at: Moment) {
    let logs = server.host.web_logs;
    let command =
        format!("robocopy  \"{logs}\" \\\\10.20.4.60\\logarchive$\\iis *.log /S /MOV /MINAGE:35 /R:1 /W:1 /NP");
    let process = Process {
        parent: CMD,
        parent_command: "C:\\Windows\\system32\\cmd.exe /c \"C:\\Scripts\\move-logs.cmd\"",
        image: "C:\\Windows\\System32\\Robocopy.exe",
        command: &command,
        user: SYSTEM,
    };
    processes(server, at, &[process]);
}

/// What phones and browsers ask of the site's own folder.
fn pictures(server: &mut Server, at: Moment) {
    let host = server.host;
    let agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 14_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.0.3 Mobile/15E148 Safari/604.1";
    for (number, stem) in (0i64..).zip(["/apple-touch-icon-precomposed.png", "/apple-touch-icon.png", "/favicon.ico"]) {
        let request = Request {
            time: at.plus(number * 90),
            client: "198.51.100.61",
            mail_name: host.mail_names.first().copied().unwrap_or_default(),
            stem,
            agent,
            status: 404,
            ..Request::default()
        };
        web::record(server, &request, None);
    }
}

/// Children of the web server's worker that belong there: compilers, and the reporter of its crash.
fn worker(server: &mut Server, at: Moment) {
    let pool = "c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"MSExchangeECPAppPool\" -v \"v4.0\" -c \"bin\\GenericAppPoolConfigWithGCServerEnabledFalse.config\"";
    let folder = "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319";
    let compiler = format!("{folder}\\csc.exe");
    let compile = format!(
        "\"{compiler}\" /t:library /utf8output /noconfig /fullpaths @\"{folder}\\Temporary ASP.NET Files\\ecp\\4f2b91c7\\8be0d3a1\\xk1w2m5e.cmdline\""
    );
    let resources = format!("{folder}\\cvtres.exe");
    let link = format!(
        "{resources} /NOLOGO /READONLY /MACHINE:IX86 \"/OUT:C:\\Windows\\TEMP\\RES7C21.tmp\" \"C:\\Windows\\TEMP\\CSC7C20.TMP\""
    );
    let all = [
        Process { parent: W3WP, parent_command: pool, image: &compiler, command: &compile, user: SYSTEM },
        Process { parent: &compiler, parent_command: &compile, image: &resources, command: &link, user: SYSTEM },
        Process {
            parent: W3WP,
            parent_command: pool,
            image: "C:\\Windows\\System32\\WerFault.exe",
            command: "C:\\Windows\\system32\\WerFault.exe -u -p 9716 -s 2764",
            user: SYSTEM,
        },
    ];
    processes(server, at, &all);
}

/// A crash's dump of another service.
fn crash(server: &mut Server, at: Moment) {
    let mut dump = b"MDMP\x93\xa7\x2c\xb0\x10\0\0\0\x20\0\0\0".to_vec();
    dump.resize(6_144, 0);
    server.file("C:\\CrashDumps\\MSExchangeTransport.exe.7312.dmp", dump, at, None);
}

fn tasks(server: &mut Server) {
    let author = format!("{}\\{}", server.host.netbios, server.host.admin);
    let old = Moment::day(2020, 2, 17).clock(15, 20, 0);
    for (path, command, arguments) in [
        ("Nightly backup", "C:\\Scripts\\nightly-backup.cmd", ""),
        ("Move logs", "C:\\Scripts\\move-logs.cmd", ""),
        (
            "Certificate check",
            "powershell.exe",
            "-NoProfile -ExecutionPolicy Bypass -File C:\\Scripts\\cert-expiry.ps1",
        ),
    ] {
        task::add(server, &Task { path, author: &author, command, arguments, every: 1440 }, old, None);
    }
    let script = "Get-ExchangeCertificate | Where-Object { $_.NotAfter -lt (Get-Date).AddDays(30) } |\r\n  Select-Object Subject, NotAfter |\r\n  Out-File C:\\Scripts\\certs.txt\r\n";
    server.text("C:\\Scripts\\cert-expiry.ps1", script, Encoding::Plain, old, &[]);
    let commands = format!(
        "@echo off\r\nrobocopy \"{}\" \\\\10.20.4.60\\logarchive$\\iis *.log /S /MOV /MINAGE:35 /R:1 /W:1 /NP\r\n",
        server.host.web_logs
    );
    server.text("C:\\Scripts\\move-logs.cmd", &commands, Encoding::Plain, old, &[]);
}

/// The installer of an update: its events, and pages that it writes.
pub(super) fn installer(server: &mut Server, at: Moment) {
    let host = server.host;
    let name = format!("Security Update for {} (KB5000871)", host.product);
    let before = at.plus(-9 * MINUTE);
    server.event(
        make::application(&host, before, "MsiInstaller", 1040, 4, &["C:\\Temp\\KB5000871.msp", "7724", ""]),
        None,
    );
    server.event(make::application(&host, at, "MsiInstaller", 1036, 4, &[&name, "15.0.0.0", "1033", &name, "0"]), None);
    server.event(
        make::application(&host, at.plus(MINUTE), "MsiInstaller", 1042, 4, &["C:\\Temp\\KB5000871.msp", "7724"]),
        None,
    );
    for name in ["errorFE.aspx", "logon.aspx", "SignOut.aspx"] {
        let target = host.installed(&format!("FrontEnd\\HttpProxy\\owa\\auth\\{name}"));
        process::written(server, at, "C:\\Windows\\System32\\msiexec.exe", &target, None);
    }
    for service in ["Microsoft Exchange Transport", "World Wide Web Publishing Service"] {
        server.event(make::service_state(&host, before, service, "stopped"), None);
        server.event(make::service_state(&host, at, service, "running"), None);
    }
}

/// Processes, some seconds apart, in both logs that tell of them.
pub(super) fn processes(server: &mut Server, at: Moment, all: &[Process<'_>]) {
    process::all(server, at, 5_300, all);
}
