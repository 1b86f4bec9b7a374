//! What runs on a server of the sealed set anyway, attacked or not: backup, monitoring, inventory, archiving, a balancer
//! before it, phones. Nothing of it is a trace.

use super::super::Habits;
use crate::event::make::{self, Process};
use crate::event::{Body, Datum, Event};
use crate::format::process::{self, ProcessLogs};
use crate::format::task::{self, Task};
use crate::format::web::{self, Back, Request};
use crate::moment::{DAY, HOUR, MINUTE, Moment};
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
    for day in 0..count {
        let midnight = from.plus(day * DAY);
        balancer(server, midnight);
        phones(server, midnight.plus(6 * HOUR));
        archive(server, midnight.plus(HOUR));
        agents(server, midnight.plus(2 * HOUR));
        backup(server, midnight.plus(23 * HOUR));
        worker(server, midnight.plus(9 * HOUR));
        scheduled(server, midnight.plus(4 * HOUR));
    }
    left_by_hand(server);
}

/// A balancer asks whether the server is well.
fn balancer(server: &mut Server, from: Moment) {
    let mail_name = server.host.address;
    for turn in 0..48 {
        let time = from.plus(turn * 30 * MINUTE + 2_417);
        let request =
            Request { time, client: "10.20.0.3", mail_name, agent: "KEMP 1.0", status: 200, ..Request::default() };
        let health = Request { protocol: Some("Owa"), stem: "/owa/healthcheck.htm", ..request };
        web::record(server, &health, None);
        let own = Request { stem: "/lbstatus/alive.aspx", time: time.plus(190), ..request };
        web::record(server, &own, None);
    }
}

/// Phones and Outlook look for their settings by the newer address.
fn phones(server: &mut Server, from: Moment) {
    let mail_name = server.host.mail_names.last().copied().unwrap_or_default();
    for turn in 0..7 {
        let name = server.dice.pick(server.host.users);
        let stem = format!("/autodiscover/autodiscover.json/v1.0/{name}@{}", server.host.domain);
        let request = Request {
            time: from.plus(turn * 97 * MINUTE),
            client: "198.51.100.17",
            mail_name,
            protocol: Some("Autodiscover"),
            stem: &stem,
            query: "Protocol=ActiveSync&RedirectCount=1",
            agent: "Outlook-iOS/2.0",
            ..Request::default()
        };
        web::record(server, &request, None);
    }
}

/// An archive reads everybody's mail by one account that has signed in.
fn archive(server: &mut Server, from: Moment) {
    let user = format!("{}\\svc-archive", server.host.netbios);
    let anchor = format!("Sid~{}-2231", server.host.domain_sid);
    let mail_name = server.host.mail_names.first().copied().unwrap_or_default();
    for turn in 0..45 {
        let stem = "/EWS/Exchange.asmx";
        let request = Request {
            time: from.plus(turn * 21_300),
            client: "10.20.0.44",
            mail_name,
            protocol: Some("Ews"),
            method: "POST",
            stem,
            user: Some(&user),
            auth: "Basic",
            agent: "MailStore/13.1.0.20183",
            anchor: &anchor,
            hint: "WindowsIdentity",
            back_status: Some(200),
            back: Some(Back { stem, query: "", user: &user, status: 200 }),
            sizes: (1_870, 402_118),
            took: 730,
            ..Request::default()
        };
        web::record(server, &request, None);
    }
}

/// Agents that run scripts all day: inventory, monitoring, a sensor.
fn agents(server: &mut Server, from: Moment) {
    let tanium = "C:\\Program Files (x86)\\Tanium\\Tanium Client\\TaniumClient.exe";
    let tanium_command = "\"C:\\Program Files (x86)\\Tanium\\Tanium Client\\TaniumClient.exe\" --service-start";
    let script = "\"C:\\Windows\\system32\\cscript.exe\" //T:60 //E:VBScript \"..\\..\\VB\\TempWin_3c7b.vbs\" //Nologo";
    let checkmk = "C:\\Program Files (x86)\\checkmk\\service\\check_mk_agent.exe";
    let checkmk_command = "\"C:\\Program Files (x86)\\checkmk\\service\\check_mk_agent.exe\" updater";
    let plugin = "powershell.exe -NoLogo -NoProfile -ExecutionPolicy Bypass -File \"C:\\ProgramData\\checkmk\\agent\\plugins\\msexch_dag.ps1\"";
    let lansweeper = "C:\\Windows\\System32\\wbem\\WmiPrvSE.exe";
    let all = [
        Process { parent: SERVICES, parent_command: SERVICES, image: tanium, command: tanium_command, user: SYSTEM },
        Process {
            parent: tanium,
            parent_command: tanium_command,
            image: "C:\\Windows\\System32\\cscript.exe",
            command: script,
            user: SYSTEM,
        },
        Process {
            parent: "C:\\Windows\\System32\\cscript.exe",
            parent_command: script,
            image: CMD,
            command: "\"C:\\Windows\\System32\\cmd.exe\" /d /c netstat.exe -ano -p tcp",
            user: SYSTEM,
        },
        Process {
            parent: CMD,
            parent_command: "\"C:\\Windows\\System32\\cmd.exe\" /d /c netstat.exe -ano -p tcp",
            image: "C:\\Windows\\System32\\NETSTAT.EXE",
            command: "netstat.exe  -ano -p tcp",
            user: SYSTEM,
        },
        Process { parent: checkmk, parent_command: checkmk_command, image: POWERSHELL, command: plugin, user: SYSTEM },
        Process {
            parent: lansweeper,
            parent_command: "C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding",
            image: "C:\\Windows\\Temp\\lsRemote.exe",
            command: "C:\\Windows\\Temp\\lsRemote.exe /scan /quiet",
            user: SYSTEM,
        },
    ];
    process::all(server, from, 8_900, &all);
}

/// A backup product quiesces the mail databases and lists copies.
fn backup(server: &mut Server, from: Moment) {
    let host = server.host;
    let daemon = "C:\\Program Files\\Commvault\\ContentStore\\Base\\cvd.exe";
    let daemon_command = "\"C:\\Program Files\\Commvault\\ContentStore\\Base\\cvd.exe\" -vm Instance001";
    let job =
        "\"C:\\Program Files\\Commvault\\ContentStore\\Base\\clBackupW2K.exe\" -j 188214 -a 2:204 -t 1 -vm Instance001";
    let tool = "C:\\Program Files\\Commvault\\ContentStore\\Base\\clBackupW2K.exe";
    let all = [
        Process { parent: daemon, parent_command: daemon_command, image: tool, command: job, user: SYSTEM },
        Process {
            parent: tool,
            parent_command: job,
            image: "C:\\Windows\\System32\\vssadmin.exe",
            command: "vssadmin.exe list writers",
            user: SYSTEM,
        },
        Process {
            parent: tool,
            parent_command: job,
            image: "C:\\Windows\\System32\\vssadmin.exe",
            command: "vssadmin.exe resize shadowstorage /for=C: /on=C: /maxsize=10%",
            user: SYSTEM,
        },
    ];
    process::all(server, from, 14_000, &all);
    for (minutes, name, state) in [
        (0, "Volume Shadow Copy", "running"),
        (0, "Microsoft Exchange Server Extension for Windows Server Backup", "running"),
        (41, "Volume Shadow Copy", "stopped"),
    ] {
        server.event(make::service_state(&host, from.plus(minutes * MINUTE + 900), name, state), None);
    }
}

/// Children of the web server's workers that belong there.
fn worker(server: &mut Server, from: Moment) {
    let host = server.host;
    let owa = "c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"MSExchangeOWAAppPool\" -v \"v4.0\" -l \"webengine4.dll\"";
    let services = owa.replace("OWA", "Services");
    let transcoding = host.installed("ClientAccess\\Owa\\bin\\DocumentViewing\\TranscodingService.exe");
    let viewer = format!("\"{transcoding}\" -pipe:7c1f");
    let folder = "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319";
    let compiler = format!("{folder}\\csc.exe");
    let compile = format!("\"{compiler}\" /noconfig /fullpaths @\"C:\\Windows\\TEMP\\q3x0kfyb.cmdline\"");
    let resources = format!("{folder}\\cvtres.exe");
    let link = format!(
        "{resources} /NOLOGO /READONLY /MACHINE:IX86 \"/OUT:C:\\Windows\\TEMP\\RES4D0E.tmp\" \"C:\\Windows\\TEMP\\CSC4D0D.TMP\""
    );
    let all = [
        Process { parent: W3WP, parent_command: owa, image: &transcoding, command: &viewer, user: SYSTEM },
        Process { parent: W3WP, parent_command: &services, image: &compiler, command: &compile, user: SYSTEM },
        Process { parent: &compiler, parent_command: &compile, image: &resources, command: &link, user: SYSTEM },
    ];
    process::all(server, from, 1_700, &all);
}

/// What the scheduler starts by night: old logs go, a report is sent.
fn scheduled(server: &mut Server, from: Moment) {
    let purge =
        "powershell.exe -NonInteractive -ExecutionPolicy AllSigned -File D:\\Ops\\Purge-WebLogs.ps1 -KeepDays 45";
    let report = "cscript.exe //B //Nologo D:\\Ops\\dag-report.vbs";
    let all = [
        Process { parent: SVCHOST, parent_command: SCHEDULE, image: POWERSHELL, command: purge, user: SYSTEM },
        Process {
            parent: SVCHOST,
            parent_command: SCHEDULE,
            image: "C:\\Windows\\System32\\cscript.exe",
            command: report,
            user: SYSTEM,
        },
        Process {
            parent: SVCHOST,
            parent_command: SCHEDULE,
            image: "C:\\Windows\\System32\\rundll32.exe",
            command: "C:\\Windows\\system32\\rundll32.exe C:\\Windows\\system32\\PcaSvc.dll,PcaPatchSdbTask",
            user: SYSTEM,
        },
    ];
    process::all(server, from, 31_000, &all);
    let host = server.host;
    let guid = server.dice.guid();
    server.event(make::script_block(&host, from.plus(33_000), PURGE, 5, &guid), None);
    for (minutes, name) in [(2, "\\Ops\\Purge web logs"), (3, "\\Ops\\DAG report")] {
        let event = finished(server, from.plus(minutes * MINUTE), name);
        server.event(event, None);
    }
}

/// `TaskScheduler` 102: a task has finished.
fn finished(server: &mut Server, time: Moment, name: &str) -> Event {
    let instance = Datum::Guid(server.dice.guid());
    let body = vec![("TaskName", name.into()), ("UserContext", "SYSTEM".into()), ("InstanceId", instance)];
    let noted = make::task_noted(&server.host, time, SYSTEM, name);
    Event { id: 102, class: (0, 4, 102, 2), body: Body::Named(body), ..noted }
}

const PURGE: &str = "param([int]$KeepDays = 45)\r\n$before = (Get-Date).AddDays(-$KeepDays)\r\nGet-ChildItem -Path E:\\weblogs -Recurse -Filter u_ex*.log |\r\n    Where-Object { $_.LastWriteTime -lt $before } |\r\n    Remove-Item -Force -Verbose\r\n";

/// Tasks, scripts and a page that the house made for itself, long ago.
fn left_by_hand(server: &mut Server) {
    let host = server.host;
    let author = format!("{}\\{}", host.netbios, host.admin);
    let old = Moment::day(2018, 10, 22).clock(14, 6, 40);
    for (path, command, arguments) in [
        (
            "Ops\\Purge web logs",
            "powershell.exe",
            "-NonInteractive -ExecutionPolicy AllSigned -File D:\\Ops\\Purge-WebLogs.ps1 -KeepDays 45",
        ),
        ("Ops\\DAG report", "cscript.exe", "//B //Nologo D:\\Ops\\dag-report.vbs"),
    ] {
        task::add(server, &Task { path, author: &author, command, arguments, every: 1440 }, old, None);
    }
    server.text("D:\\Ops\\Purge-WebLogs.ps1", PURGE, Encoding::Plain, old, &[]);
    let report = "Set sh = CreateObject(\"WScript.Shell\")\r\nsh.Run \"D:\\Ops\\dag-report.cmd\", 0, True\r\n";
    server.text("D:\\Ops\\dag-report.vbs", report, Encoding::Plain, old, &[]);
    let alive = "<%@ Page Language=\"C#\" %>\r\n<% Response.Write(System.IO.File.Exists(@\"D:\\Ops\\drain.txt\") ? \"DRAIN\" : \"UP\"); %>\r\n";
    server.text(&host.rooted("lbstatus\\alive.aspx"), alive, Encoding::Plain, old, &[]);
}
