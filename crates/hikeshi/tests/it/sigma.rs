//! Sigma rules of others run unmodified.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hikeshi_testkit::Sandbox;
use serde_json::Value;

use crate::reports::{found, host, skip_loudly, text, verdict};

/// The web-server rules of SigmaHQ, where they are at hand. They are not ours to ship.
const SIGMA_HQ: &str = "../../../shared/data/sigma-hq";

const HEADER: &str = "#Software: Microsoft Internet Information Services 10.0\r\n#Fields: date time s-ip cs-method \
    cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus \
    sc-win32-status time-taken\r\n";

/// A log of web requests; each is method, path, query, agent, status. The first stands on line 3.
fn web_log(requests: &[[&str; 5]]) -> String {
    let row = |[method, stem, query, agent, status]: &[&str; 5]| {
        format!("2021-04-01 10:00:00 192.0.2.5 {method} {stem} {query} 443 - 203.0.113.9 {agent} - {status} 0 0 12\r\n")
    };
    HEADER.to_owned() + &requests.iter().map(row).collect::<String>()
}

fn by_line(report: &Value) -> BTreeMap<u64, BTreeSet<String>> {
    let mut by_line: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    for (rule, _, line) in found(report) {
        by_line.entry(line).or_default().insert(rule);
    }
    by_line
}

fn check_with(host: &Sandbox, rules: &Path) -> Value {
    host.call().args(["check", "web.log", "--format", "json", "--rules"]).args([rules]).run().json()
}

#[test]
fn web_server_rules_of_sigma_hq_load_and_find_what_they_are_for() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join(SIGMA_HQ).join("rules/web/webserver_generic");
    if !rules.is_dir() {
        return skip_loudly(&format!("no SigmaHQ rules at {}", rules.display()));
    }
    const BROWSER: &str = "Mozilla/5.0+(Windows+NT+10.0)";
    let requests: [([&str; 5], &str); 11] = [
        (["GET", "/", "-", BROWSER, "200"], ""),
        (["GET", "/Basic/Command/Base64/aWQ=", "-", BROWSER, "200"], "web_jndi_exploit"),
        (["GET", "/x", "file=../../../../etc/passwd", BROWSER, "200"], "web_path_traversal_exploitation_attempt"),
        (["GET", "/.git/config", "-", BROWSER, "200"], "web_source_code_enumeration"),
        (["GET", "/x", "id=1%20UNION%20SELECT%201", BROWSER, "200"], "web_sql_injection_in_access_logs"),
        (["GET", "/x", "-", "Mozilla/5.0+Nikto/2.1.6", "404"], "web_susp_useragents"),
        (["GET", "/x", "f=C:/Windows/win.ini", BROWSER, "200"], "web_susp_windows_path_uri"),
        (["GET", "/x.aspx", "cmd=whoami", BROWSER, "200"], "web_win_webshells_in_access_logs"),
        (["GET", "/x", "q=<script>alert(1)</script>", BROWSER, "200"], "web_xss_in_access_logs"),
        (["GET", "/x", "q={{7*7}}", BROWSER, "200"], "web_ssti_in_access_logs"),
        (["POST", "/x.aspx", "cmd=connect&target=192.0.2.9", "-", "200"], "web_webshell_regeorg"),
    ];
    let log = web_log(&requests.map(|(request, _)| request));
    let report = check_with(&host().file("web.log", log), &rules);
    assert_eq!(report["rules_skipped"], Value::Array(Vec::new()));
    let by_line = by_line(&report);
    for (at, (request, rule)) in requests.iter().enumerate() {
        let raised = by_line.get(&(at as u64 + 3)).cloned().unwrap_or_default();
        let foreign: Vec<_> = raised.iter().map(String::as_str).filter(|rule| rule.starts_with("web_")).collect();
        assert!(if rule.is_empty() { foreign.is_empty() } else { foreign.contains(rule) }, "{request:?}: {raised:?}");
    }
    let first = &report["findings"][0]["rule"];
    assert!(first["author"].as_str().is_some_and(|author| !author.is_empty()), "{first}");
}

#[test]
fn the_whole_of_sigma_hq_loads_and_what_does_not_is_named_with_its_reason() {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join(SIGMA_HQ);
    if !all.is_dir() {
        return skip_loudly(&format!("no SigmaHQ rules at {}", all.display()));
    }
    let host = host().file("web.log", web_log(&[["GET", "/", "-", "-", "200"]]));
    let mut call = host.call().args(["check", "web.log", "--format", "json"]);
    for folder in ["rules", "rules-emerging-threats", "rules-threat-hunting"] {
        call = call.args(["--rules"]).args([all.join(folder)]);
    }
    let report = call.run().json();
    // All of them load. What is told are log sources of other systems, and two of Windows for which no event is known.
    let skipped: Vec<_> =
        report["rules_skipped"].as_array().unwrap().iter().map(|one| text(&one["reason"]["en"])).collect();
    assert!(skipped.iter().all(|reason| reason.starts_with("no evidence gives the log source (")), "{skipped:?}");
    let windows: BTreeSet<_> = skipped.iter().filter(|reason| reason.contains("product: windows")).collect();
    assert!(!windows.is_empty(), "{windows:?}");
    assert!(
        windows.iter().all(|reason| reason.contains("file_access") || reason.contains("file_rename")),
        "{windows:?}"
    );
    assert!(report["scanned"]["rules"].as_u64().unwrap() > 50);
}

#[test]
fn a_folder_of_foreign_rules_is_run_on_web_server_logs() {
    let rule = |title: &str, level: &str, detection: &str| {
        format!(
            "title: {title}\nauthor: A. Nyone\nlogsource: {{category: webserver}}\nlevel: {level}\ndetection: {detection}\n"
        )
    };
    let host = host()
        .file(
            "rules/deep/query-in-query.yml",
            rule("Query", "high", "{s: {cs-uri-query|contains: 'cmd=whoami'}, condition: s}"),
        )
        .file(
            "rules/keywords.yaml",
            rule("Keywords", "medium", "{keywords: ['/.git/', 'nikto/'], condition: keywords}"),
        )
        .file(
            "rules/not-filtered.yml",
            rule("Not", "high", "{s: {cs-method: PUT}, f: {sc-status: [404, 405]}, condition: s and not f}"),
        )
        .file("rules/no-agent.yml", rule("Agent", "low", "{s: {cs-user-agent: null, cs-method: POST}, condition: s}"))
        .file(
            "rules/other-source.yml",
            rule("Other", "high", "{s: {cs-method: GET}, condition: s}").replace("webserver", "proxy"),
        )
        .file(
            "web.log",
            web_log(&[
                ["GET", "/", "-", "Browser", "200"],
                ["GET", "/x", "a=b&CMD=WhoAmI", "Browser", "200"],
                ["GET", "/x", "cmd=%77hoami", "Browser", "200"],
                ["GET", "/.git/HEAD", "-", "Browser", "404"],
                ["GET", "/", "-", "Nikto/2", "404"],
                ["PUT", "/x", "-", "Browser", "405"],
                ["PUT", "/x", "-", "Browser", "201"],
                ["POST", "/x", "-", "-", "200"],
            ]),
        );
    let report = check_with(&host, Path::new("rules"));
    let raised: Vec<_> = by_line(&report)
        .into_iter()
        .flat_map(|(line, rules)| rules.into_iter().map(move |rule| format!("{line} {rule}")))
        .collect();
    assert_eq!(
        raised,
        ["4 query-in-query", "5 query-in-query", "6 keywords", "7 keywords", "9 not-filtered", "10 no-agent"]
    );
    // A rule that states no stage counts as an attempt, however high it is.
    assert_eq!(verdict(&report), "attempted");
    assert_eq!(text(&report["findings"][0]["rule"]["author"]), "A. Nyone");
    assert_eq!(text(&report["findings"][0]["rule"]["source"]), "rules");
    let every_row = host.hikeshi("check web.log --format json --rules rules --read-all").json();
    assert_eq!(every_row, report);
}

/// One regression sample of SigmaHQ: the rules that must be raised, and the event log that raises them.
#[derive(serde::Deserialize)]
struct Regression {
    rule_metadata: Vec<Named>,
    #[serde(default)]
    regression_tests_info: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Named {
    id: String,
}

#[derive(serde::Deserialize)]
struct Case {
    path: String,
}

#[test]
fn every_regression_sample_of_sigma_hq_raises_its_rule() {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join(SIGMA_HQ);
    let data = all.join("regression_data");
    if !data.is_dir() {
        return skip_loudly(&format!("no SigmaHQ regression data at {}", data.display()));
    }
    let host = host();
    let mut call = host.call().args(["check"]).args([&data]).args(["--format", "json"]);
    for folder in ["rules/windows", "rules-emerging-threats", "rules-threat-hunting/windows"] {
        call = call.args(["--rules"]).args([all.join(folder)]);
    }
    let report = call.run().json();
    let raised: BTreeSet<(String, String)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (text(&finding["rule"]["id"]), text(&finding["evidence"]["path"])))
        .collect();
    let mut asked = 0;
    let mut quiet = Vec::new();
    for info in files_named(&data, "info.yml") {
        let regression: Regression = yaml_serde::from_str(&fs_err::read_to_string(&info).unwrap()).unwrap();
        for case in &regression.regression_tests_info {
            let path = case.path.trim_start_matches("regression_data/");
            for rule in &regression.rule_metadata {
                asked += 1;
                if !raised.contains(&(rule.id.clone(), path.to_owned())) {
                    quiet.push(format!("{} in {path}", rule.id));
                }
            }
        }
    }
    assert_eq!(quiet, Vec::<String>::new(), "of {asked}");
    assert!(asked >= 200, "only {asked} samples were found");
}

fn files_named(folder: &Path, name: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_named(&path, name));
        } else if path.ends_with(name) {
            found.push(path);
        }
    }
    found
}
