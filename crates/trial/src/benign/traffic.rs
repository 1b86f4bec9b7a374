//! The hours of an ordinary server: people at their mail, probes of the product's own monitoring, events of Windows.

use crate::event::make::{self, Process};
use crate::format::ews::{self, Call};
use crate::format::web::{self, Back, Request};
use crate::format::{ecp, oab, process, proxy};
use crate::moment::{DAY, HOUR, MINUTE, Moment};
use crate::server::Server;

/// Protocols whose logs every server has.
const PROTOCOLS: [&str; 6] = ["Owa", "Ecp", "Ews", "Mapi", "Autodiscover", "Eas"];

const BROWSERS: [&str; 4] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88.0.4324.182 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:85.0) Gecko/20100101 Firefox/85.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.0 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
];

/// Fills the window; `rows` is how many requests each protocol sees in an hour besides its probe.
pub fn fill(server: &mut Server, rows: u32) {
    let (from, to) = server.window;
    let mut hour = from.floor(HOUR);
    while hour < to {
        for protocol in PROTOCOLS {
            proxy::open(server, protocol, hour);
            probe(server, protocol, hour);
            for _ in 0..rows {
                let time = hour.plus(server.dice.between(0, HOUR - 1));
                request(server, protocol, time);
            }
        }
        back_end(server, hour);
        if hour.0.rem_euclid(6 * HOUR) == 0 {
            events(server, hour);
        }
        if hour.0.rem_euclid(DAY) == 0 {
            daily(server, hour);
        }
        hour = hour.plus(HOUR);
    }
}

/// The product's own monitoring asks each protocol about itself.
fn probe(server: &mut Server, protocol: &'static str, hour: Moment) {
    let host = server.host;
    let user = format!("{}\\HealthMailboxb4dbf9b", host.netbios);
    let stem = match protocol {
        "Owa" => "/owa/",
        "Ecp" => "/ecp/",
        "Ews" => "/ews/",
        "Mapi" => "/mapi/",
        "Autodiscover" => "/autodiscover/",
        _ => "/Microsoft-Server-ActiveSync/",
    };
    let anchor = format!("Sid~{}-1142", host.domain_sid);
    let time = hour.plus(server.dice.between(0, 59) * MINUTE + 311);
    let request = Request {
        time,
        client: "127.0.0.1",
        mail_name: "localhost",
        protocol: Some(protocol),
        stem,
        user: Some(&user),
        auth: "Negotiate",
        agent: "AMProbe/Local/ClientAccess",
        anchor: &anchor,
        hint: "WindowsIdentity",
        ..Request::default()
    };
    web::record(server, &request, None);
}

/// Somebody at their mail.
struct Person {
    user: String,
    sid: String,
    client: String,
    mailbox: String,
    device: String,
    cookie: String,
}

fn person(server: &mut Server, time: Moment) -> Person {
    let host = server.host;
    let name = server.dice.pick(host.users);
    let number = name.bytes().map(u32::from).sum::<u32>() % 800 + 1103;
    let database = server.dice.guid();
    let outside = format!("198.51.100.{}", server.dice.between(2, 250));
    let inside = format!("10.20.{}.{}", number % 4 + 1, number % 200 + 20);
    Person {
        user: format!("{}\\{name}", host.netbios),
        sid: format!("Sid~{}-{number}", host.domain_sid),
        client: if server.dice.chance(60) { inside } else { outside },
        mailbox: format!("mailboxId={database}@{}", host.domain),
        device: format!("Cmd=Sync&User={name}&DeviceId=ApplDNPX{number}&DeviceType=iPhone"),
        cookie: format!("Database~{database}~~{}", time.plus(30 * DAY).iso_seconds()),
    }
}

/// One request of somebody.
fn request(server: &mut Server, protocol: &'static str, time: Moment) {
    let person = person(server, time);
    let browser = server.dice.pick(&BROWSERS);
    let base = Request {
        time,
        client: &person.client,
        mail_name: server.dice.pick(server.host.mail_names),
        protocol: Some(protocol),
        user: Some(&person.user),
        auth: "Negotiate",
        anchor: &person.sid,
        hint: "WindowsIdentity",
        cookie: &person.cookie,
        back_status: Some(200),
        sizes: (420, 5_310),
        took: server.dice.between(3, 240),
        ..Request::default()
    };
    // Errors are told in the server's language, over several lines within quotes.
    let local = server.host.tongue.choose(LOCAL_ERROR, JAPANESE_ERROR);
    let errors = if server.dice.chance(1) { local } else { "" };
    let base = Request { errors, ..base };
    let request =
        if server.dice.chance(15) { unknown(base, protocol, browser) } else { known(base, protocol, browser, &person) };
    let back = Back { stem: request.stem, query: request.query, user: &person.user, status: 200 };
    let back = request.back_status.map(|_| back);
    web::record(server, &Request { back, ..request }, None);
    if protocol == "Ews" && back.is_some() {
        let call = Call {
            user: &person.user,
            acting_as: "",
            agent: request.agent,
            client: &person.client,
            action: server.dice.pick(&["FindItem", "GetItem", "GetUserAvailabilityRequest", "SyncFolderItems"]),
            status: 200,
        };
        ews::call(server, time, &call, None);
    }
}

const LOCAL_ERROR: &str = "WebException=System.Net.WebException: Le d\u{e9}lai d'attente de l'op\u{e9}ration a expir\u{e9}.\r\n   \
    \u{e0} System.Net.HttpWebRequest.EndGetResponse(IAsyncResult asyncResult), \"HttpProxy\";";
const JAPANESE_ERROR: &str = "WebException=System.Net.WebException: 操作がタイムアウトになりました。\r\n   場所 \
    System.Net.HttpWebRequest.EndGetResponse(IAsyncResult asyncResult), \"HttpProxy\";";
const OUTLOOK: &str = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.13530; Pro)";

/// A request of somebody who has signed in.
fn known<'a>(base: Request<'a>, protocol: &str, browser: &'a str, person: &'a Person) -> Request<'a> {
    let post = Request { method: "POST", agent: OUTLOOK, ..base };
    match protocol {
        "Owa" => Request {
            stem: "/owa/service.svc",
            query: "action=FindItem&ID=-37&AC=1",
            agent: browser,
            auth: "FBA",
            ..post
        },
        "Ecp" => Request {
            stem: "/ecp/PersonalSettings/HomePage.aspx",
            query: "showhelp=false",
            agent: browser,
            auth: "FBA",
            ..base
        },
        "Ews" => Request { stem: "/EWS/Exchange.asmx", auth: "NTLM", ..post },
        "Mapi" => Request { stem: "/mapi/emsmdb/", query: &person.mailbox, hint: "MailboxGuidWithDomain", ..post },
        "Autodiscover" => Request { stem: "/autodiscover/autodiscover.xml", ..post },
        _ => Request {
            stem: "/Microsoft-Server-ActiveSync/default.eas",
            query: &person.device,
            agent: "Apple-iPhone12C1/1804.41",
            auth: "Basic",
            ..post
        },
    }
}

/// A request before signing in: a page of the front end, or one that asks for credentials.
fn unknown<'a>(base: Request<'a>, protocol: &str, browser: &'a str) -> Request<'a> {
    let base = Request { user: None, anchor: "", hint: "", cookie: "", back_status: None, ..base };
    let (stem, query, status) = match protocol {
        "Owa" => ("/owa/auth/logon.aspx", "url=https%3a%2f%2fmail%2fowa%2f&reason=0", 200),
        "Ecp" => ("/ecp/15.1.2106.2/themes/default/main_default.css", "", 200),
        "Ews" => ("/EWS/Exchange.asmx", "", 401),
        "Mapi" => ("/mapi/emsmdb/", "", 401),
        "Autodiscover" => ("/autodiscover/autodiscover.xml", "", 401),
        _ => ("/Microsoft-Server-ActiveSync/default.eas", "", 401),
    };
    let (agent, auth) = if status == 200 { (browser, "FBA") } else { (OUTLOOK, "") };
    Request { stem, query, status, agent, auth, ..base }
}

/// What the back end notes by itself.
fn back_end(server: &mut Server, hour: Moment) {
    let host = server.host;
    let session = server.dice.guid();
    let url = "/ecp/RulesEditor/InboxRules.svc/GetList?msExchEcpCanary=CANARY";
    let time = hour.plus(server.dice.between(0, 50) * MINUTE + 966);
    let command = ecp::Command { command: "Get-InboxRule", url, session: &session, error: "" };
    ecp::command(server, time, &command, None);
    let who = format!("HealthMailboxb4dbf9b@{}", host.domain);
    ecp::activity(server, time, &who, url, None);
    let call = Call {
        user: &who,
        acting_as: "",
        agent: "Ews_AM_Probe/Local (ExchangeServicesClient/15.01.2106.002)",
        client: "::1",
        action: "GetFolder",
        status: 200,
    };
    ews::call(server, time.plus(4_410), &call, None);
}

/// Events of Windows and of the mail server.
fn events(server: &mut Server, time: Moment) {
    let host = server.host;
    let time = time.plus(server.dice.between(1, 90) * 2_003);
    let user = server.dice.pick(host.users);
    let address = format!("10.20.1.{}", server.dice.between(20, 220));
    server.event(make::signed_in(&host, time, user, &address), None);
    server.event(make::service_state(&host, time, "Windows Modules Installer", "running"), None);
    server.event(make::service_state(&host, time.plus(5 * MINUTE), "Windows Modules Installer", "stopped"), None);
    let process = Process {
        parent: "C:\\Windows\\System32\\svchost.exe",
        parent_command: "C:\\Windows\\system32\\svchost.exe -k netsvcs",
        image: "C:\\Windows\\System32\\taskhostw.exe",
        command: "taskhostw.exe Install $(Arg0)",
        user: "NT AUTHORITY\\SYSTEM",
    };
    process::started(server, time, &process, None);
    let parameters = format!("-Identity \"{}\\Monitoring Mailboxes\\HealthMailboxb4dbf9b\"", host.domain);
    let by = "NT AUTHORITY\\SYSTEM (MSExchangeHMHost)";
    server.event(make::command_logged(&host, time, "Set-Mailbox", &parameters, by, ""), None);
    let directory = "Process Microsoft.Exchange.Directory.TopologyService.exe: topology discovered, DC dc01";
    server.event(make::application(&host, time, "MSExchange ADAccess", 2080, 4, &["4", directory]), None);
}

fn daily(server: &mut Server, day: Moment) {
    let host = server.host;
    let time = day.clock(1, 4, 0);
    oab::note(server, time, "Begin", "Started generation of offline address book", None);
    oab::note(server, time.plus(41_300), "End", "Finished generation, 7 files published", None);
    let restarted = day.clock(3, 30, 2);
    let head = web::head(&host);
    server.restart(&host.web_log(crate::host::Site::Front, restarted), &head, restarted);
}
