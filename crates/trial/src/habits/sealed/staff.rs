//! Administrators of the sealed set: upkeep of a group of servers, a signature product, an audit, and what they do after
//! the news. Nothing of it is a trace.

use crate::event::make::{self, Process, access, machine};
use crate::format::management::{self, Origin};
use crate::format::{console, process};
use crate::moment::{DAY, HOUR, MINUTE, Moment};
use crate::program::{CMD, POWERSHELL};
use crate::server::{Encoding, Server};

const EXPLORER: &str = "C:\\Windows\\explorer.exe";
const WORKPLACE: &str = "10.20.1.91";

/// A week of it, from midnight of the first day.
pub(super) fn week(server: &mut Server, from: Moment) {
    maintenance(server, from.plus(7 * HOUR));
    signatures(server, from.plus(DAY + 11 * HOUR));
    mailboxes(server, from.plus(2 * DAY + 8 * HOUR));
    audit(server, from.plus(3 * DAY + 14 * HOUR));
    accounts(server, from.plus(4 * DAY + 9 * HOUR));
    typed(server, from.plus(5 * DAY + 10 * HOUR));
}

/// Management commands of an administrator over a remote session.
fn commands(server: &mut Server, from: Moment, all: &[(&str, String)]) {
    let host = server.host;
    let by = format!("{}/Users/{}", host.domain, host.admin);
    let user = format!("{}\\{}", host.netbios, host.admin);
    for (number, (name, parameters)) in (0i64..).zip(all) {
        let time = from.plus(number * 5 * MINUTE + 1_313);
        server.event(make::command_logged(&host, time, name, parameters, &by, ""), None);
        let command = management::Command { origin: Origin::Remote, user: &user, name, parameters };
        management::command(server, time, &command, None);
    }
}

/// A desktop from the administrator's workplace, with a shell and what is typed in it.
fn at_the_desktop(server: &mut Server, from: Moment, typed: &[(&str, &str)]) {
    let host = server.host;
    let user = format!("{}\\{}", host.netbios, host.admin);
    server.event(access::desktop_signed_in(&host, from, &user, WORKPLACE), None);
    server.event(access::session_began(&host, from.plus(1_400), &user, WORKPLACE), None);
    let explorer = "C:\\Windows\\Explorer.EXE";
    let shell = "\"C:\\Windows\\system32\\cmd.exe\" /k title ops";
    let opened = [
        Process {
            parent: "C:\\Windows\\System32\\userinit.exe",
            parent_command: "C:\\Windows\\system32\\userinit.exe",
            image: EXPLORER,
            command: explorer,
            user: &user,
        },
        Process { parent: EXPLORER, parent_command: explorer, image: CMD, command: shell, user: &user },
    ];
    process::all(server, from.plus(3_000), 4_000, &opened);
    let all: Vec<Process<'_>> = typed
        .iter()
        .map(|(image, command)| Process { parent: CMD, parent_command: shell, image, command, user: &user })
        .collect();
    process::all(server, from.plus(MINUTE), 26_000, &all);
}

/// The server leaves its group for an hour, and the product's key of the registry is kept before.
fn maintenance(server: &mut Server, from: Moment) {
    let name = server.host.name;
    at_the_desktop(
        server,
        from,
        &[
            (
                "C:\\Windows\\System32\\reg.exe",
                "reg  save HKLM\\SOFTWARE\\Microsoft\\ExchangeServer D:\\Ops\\before-su.hiv /y",
            ),
            ("C:\\Windows\\System32\\sc.exe", "sc  config MSExchangePop3 start= disabled"),
            ("C:\\Windows\\System32\\net.exe", "net  stop MSExchangeTransport /y"),
            ("C:\\Windows\\System32\\wevtutil.exe", "wevtutil  sl \"MSExchange Management\" /ms:104857600"),
            ("C:\\Windows\\System32\\certutil.exe", "certutil  -verify -urlfetch D:\\Ops\\mail2021.cer"),
            (POWERSHELL, "powershell  -Command \"Get-HotFix | Sort InstalledOn | Select -Last 5\""),
        ],
    );
    commands(
        server,
        from.plus(10 * MINUTE),
        &[
            (
                "Set-ServerComponentState",
                format!(
                    "-Identity \"{name}\" -Component \"HubTransport\" -State \"Draining\" -Requester \"Maintenance\""
                ),
            ),
            ("Suspend-MailboxDatabaseCopy", format!("-Identity \"DB01\\{name}\" -ActivationOnly \"True\"")),
            ("Set-MailboxServer", format!("-Identity \"{name}\" -DatabaseCopyAutoActivationPolicy \"Blocked\"")),
        ],
    );
}

/// A product that adds signatures to mail: its service, its agent, its rule and its folder.
fn signatures(server: &mut Server, from: Moment) {
    let host = server.host;
    let image = "\"C:\\Program Files\\CodeTwo\\CodeTwo Exchange Rules Pro\\CodeTwo Exchange Rules Pro.Service.exe\"";
    server.event(make::service_installed(&host, from, "CodeTwo Exchange Rules Pro", image, "auto start"), None);
    crate::benign::disk::service(server, "C2ERP", image, from, None);
    commands(
        server,
        from.plus(MINUTE),
        &[
            (
                "Install-TransportAgent",
                "-Name \"CodeTwo Exchange Rules Agent\" -TransportAgentFactory \"CodeTwo.ExchangeRules.AgentFactory\" -AssemblyPath \"C:\\Program Files\\CodeTwo\\CodeTwo Exchange Rules Pro\\CodeTwo.ExchangeAgent.dll\"".to_owned(),
            ),
            ("Set-OrganizationConfig", "-DefaultPublicFolderAgeLimit \"365.00:00:00\"".to_owned()),
        ],
    );
    let by = "C:\\Windows\\System32\\msiexec.exe";
    let program = "C:\\Program Files\\CodeTwo\\CodeTwo Exchange Rules Pro\\CodeTwo Exchange Rules Pro.Service.exe";
    server.event(machine::firewall_rule(&host, from.plus(2 * MINUTE), "CodeTwo Exchange Rules", program, by), None);
    server.file("C:\\ProgramData\\CodeTwo\\Setup\\c2erp-cache.cab", b"MSCF\0\0\0\0\x40\x01\0\0".to_vec(), from, None);
}

/// Mailboxes: a journal for the house's own archive, an out-of-office, a room, a leaver.
fn mailboxes(server: &mut Server, from: Moment) {
    let host = server.host;
    let leaver = host.users.last().copied().unwrap_or("leaver");
    let domain = host.domain;
    commands(
        server,
        from,
        &[
            (
                "New-JournalRule",
                format!(
                    "-Name \"Archive\" -JournalEmailAddress \"archive@{domain}\" -Scope \"Internal\" -Enabled \"True\""
                ),
            ),
            ("Set-MailboxAutoReplyConfiguration", format!("-Identity \"{leaver}\" -AutoReplyState \"Enabled\"")),
            ("Set-CalendarProcessing", "-Identity \"Room 3\" -AutomateProcessing \"AutoAccept\"".to_owned()),
            ("Disable-Mailbox", format!("-Identity \"{leaver}\" -Confirm \"False\"")),
            (
                "New-MailboxRepairRequest",
                "-Database \"DB02\" -CorruptionType \"SearchFolder,AggregateCounts\"".to_owned(),
            ),
            ("Search-AdminAuditLog", "-Cmdlets \"Set-Mailbox\" -StartDate \"02/01/2021\"".to_owned()),
        ],
    );
}

/// The yearly audit: settings are read out, a trace of the network is taken, findings are packed.
fn audit(server: &mut Server, from: Moment) {
    at_the_desktop(
        server,
        from,
        &[
            ("C:\\Windows\\System32\\auditpol.exe", "auditpol  /get /category:*"),
            ("C:\\Windows\\System32\\schtasks.exe", "schtasks  /query /v /fo list"),
            (
                "C:\\Windows\\System32\\netsh.exe",
                "netsh  trace start capture=yes tracefile=D:\\Ops\\tls.etl maxsize=256",
            ),
            ("C:\\Windows\\System32\\netsh.exe", "netsh  interface portproxy show all"),
            ("C:\\Windows\\System32\\bitsadmin.exe", "bitsadmin  /list /allusers"),
            ("C:\\Windows\\System32\\nltest.exe", "nltest  /dsgetdc:"),
            ("C:\\Windows\\System32\\tasklist.exe", "tasklist  /m /fi \"imagename eq w3wp.exe\""),
            ("C:\\Program Files\\SysinternalsSuite\\autorunsc64.exe", "autorunsc64  -a * -c -h -s * -nobanner"),
            (POWERSHELL, "powershell  Compress-Archive D:\\Ops\\audit-2021\\* D:\\Ops\\audit-2021.zip"),
        ],
    );
}

/// An account for monitoring, in a group that may look and no more.
fn accounts(server: &mut Server, from: Moment) {
    let host = server.host;
    let by = format!("{}\\{}", host.netbios, host.admin);
    server.event(make::account_created(&host, from, &by, "mon-perf"), None);
    server.event(make::member_added(&host, from.plus(14_000), &by, "Performance Monitor Users"), None);
}

/// What they typed over the months.
fn typed(server: &mut Server, from: Moment) {
    let lines = [
        "cd $exscripts",
        ".\\StartDagServerMaintenance.ps1 -serverName $env:COMPUTERNAME",
        "Get-MessageTrackingLog -Start (Get-Date).AddHours(-4) -EventId FAIL | select Timestamp,Sender,Recipients",
        "Get-ADReplicationPartnerMetadata -Target * | ft Server,LastReplicationSuccess",
        "eseutil /mh D:\\DB02\\DB02.edb | findstr /i state",
        "Invoke-Command -ComputerName (Get-DatabaseAvailabilityGroup DAG1).Servers -ScriptBlock { Get-Service MSExchange* | ? Status -ne Running }",
        "iisreset /status",
    ];
    console::history(server, server.host.admin, from, &lines, &[]);
}

/// After the news: searches in words of an attack, and the permissions of the vendor's script.
pub(super) fn after_the_news(server: &mut Server, from: Moment) {
    let host = server.host;
    let blocks = [
        "Get-ChildItem \"$env:ExchangeInstallPath\\Logging\\ECP\\Server\" -Filter *.log | Select-String 'S:CMD=Set-.*VirtualDirectory' | Export-Csv D:\\Ops\\ecp.csv",
        "$n = 'web.aspx','help.aspx','document.aspx','errorEE.aspx','discover.aspx','RedirSuiteServerProxy.aspx'; Get-ChildItem C:\\inetpub\\wwwroot\\aspnet_client,\"$env:ExchangeInstallPath\\FrontEnd\\HttpProxy\" -Recurse -Include $n",
        "Get-WinEvent -FilterHashtable @{ LogName = 'Security'; Id = 4688 } -MaxEvents 20000 | ? { $_.Properties[13].Value -like '*w3wp.exe' -and $_.Properties[5].Value -like '*cmd.exe' }",
    ];
    for (number, block) in (0i64..).zip(blocks) {
        let guid = server.dice.guid();
        server.event(make::script_block(&host, from.plus(number * 9 * MINUTE), block, 5, &guid), None);
    }
    at_the_desktop(
        server,
        from.plus(HOUR),
        &[(
            POWERSHELL,
            "powershell  -ExecutionPolicy Bypass -File D:\\Ops\\Test-ProxyLogon.ps1 -OutPath D:\\Ops\\out -CollectFiles",
        )],
    );
    let found = "\"DateTime\",\"AnchorMailbox\"\r\n";
    server.text("D:\\Ops\\out\\proxylogon-none.csv", found, Encoding::Plain, from.plus(2 * HOUR), &[]);
}
