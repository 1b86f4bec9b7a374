//! What only the unseen set has is written as Windows writes it: other fields and names of logs, other languages, logs of
//! the scanner and of the firewall, a web server that falls silent.

use std::collections::BTreeMap;
use std::path::Path;

use crate::{files, text_of, write};

fn written(folder: &Path, scenario: &str) -> BTreeMap<String, Vec<u8>> {
    let truth = write(folder, "unseen", scenario, 3);
    files(&folder.join(&truth.server))
}

fn named<'a>(files: &'a BTreeMap<String, Vec<u8>>, part: &str) -> Vec<(&'a String, &'a Vec<u8>)> {
    files.iter().filter(|(name, _)| name.replace("%254", "%4").contains(part)).collect()
}

fn records(bytes: &[u8]) -> Vec<serde_json::Value> {
    let mut parser = evtx::EvtxParser::from_buffer(bytes.to_vec()).unwrap();
    parser.records_json_value().map(|record| record.unwrap().data).collect()
}

#[test]
fn a_german_server_tells_services_accounts_and_tasks_in_its_own_words_and_time() {
    let folder = tempfile::tempdir().unwrap();
    let files = written(folder.path(), "aftermath");
    let system = records(named(&files, "Logs/System.evtx")[0].1);
    let service = system.iter().find(|record| record.to_string().contains("BrYNSvc64")).unwrap();
    let data = &service["Event"]["EventData"];
    assert_eq!(
        (&data["ServiceType"], &data["StartType"]),
        (&"Benutzermodusdienst".into(), &"Automatisch starten".into())
    );
    let seen = records(named(&files, "Sysmon%4Operational")[0].1);
    let is_system = |record: &&serde_json::Value| record["Event"]["EventData"]["User"] == "NT-AUTORITÄT\\SYSTEM";
    assert!(seen.iter().filter(is_system).count() > 20);
    let page = text_of(named(&files, "timezonepick.aspx")[0].1);
    let changed = page.lines().find(|line| line.starts_with("WhenChanged")).unwrap();
    assert!(changed.ends_with("02.03.2021 00:29:17"), "{changed}");
}

#[test]
fn the_web_server_falls_silent_where_its_log_was_switched_off() {
    let folder = tempfile::tempdir().unwrap();
    let files = written(folder.path(), "aftermath");
    let last = |part: &str| {
        let logs = named(&files, part);
        let rows = logs.iter().flat_map(|(_, bytes)| text_of(bytes).lines().map(str::to_owned).collect::<Vec<_>>());
        rows.filter(|row| row.starts_with("2021")).max().unwrap()
    };
    assert!(last("/W3SVC1/").as_str() < "2021-03-10 23:13");
    assert!(last("/W3SVC2/").as_str() > "2021-03-11 22");
    let config = text_of(named(&files, "applicationHost.config")[0].1);
    assert!(config.contains("<httpLogging dontLog=\"true\" />"));
    assert!(named(&files, "/W3SVC1/").iter().all(|(name, _)| name.ends_with("_x.log")));
}

#[test]
fn defenders_own_log_is_wide_and_tells_a_finding_in_three_lines() {
    let folder = tempfile::tempdir().unwrap();
    let files = written(folder.path(), "address-book-page");
    let [(name, bytes)] = named(&files, "Windows Defender/Support/MPLog-")[..] else { panic!("one log") };
    assert!(name.ends_with(".log") && bytes.starts_with(&[0xff, 0xfe]));
    let text = text_of(bytes);
    let told: Vec<&str> = text.lines().filter(|line| line.contains("preloadowa.aspx")).collect();
    let kinds = ["DETECTION_ADD#1", "DETECTIONEVENT", "DETECTION_CLEANEVENT"];
    assert_eq!(told.len(), 3);
    assert!(told.iter().zip(kinds).all(|(line, kind)| line.split(' ').nth(1) == Some(kind)), "{told:?}");
}

#[test]
fn an_hourly_log_of_the_web_server_is_named_by_the_local_hour() {
    let folder = tempfile::tempdir().unwrap();
    let files = written(folder.path(), "session-only");
    let [(_, bytes)] = named(&files, "/W3SVC1/u_ex21030117.log")[..] else { panic!("one log of that hour") };
    let text = text_of(bytes);
    assert!(text.contains("#Fields: date time cs-method cs-uri-stem cs-uri-query cs-username c-ip sc-status\r\n"));
    let rows: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(!rows.is_empty() && rows.iter().all(|row| row.starts_with("2021-03-01 08:")), "{rows:?}");
}

#[test]
fn a_server_with_few_records_keeps_the_older_shells_and_the_firewalls() {
    let folder = tempfile::tempdir().unwrap();
    let files = written(folder.path(), "url-page");
    let shell = records(named(&files, "Windows PowerShell.evtx")[0].1);
    let count = |id: u64| shell.iter().filter(|record| record["Event"]["System"]["EventID"]["#text"] == id).count();
    assert!(count(400) > 10 && count(800) > 10);
    let wall = text_of(named(&files, "pfirewall.log")[0].1);
    let rows: Vec<Vec<&str>> =
        wall.lines().skip(5).map(|row| row.split(' ').collect()).filter(|row: &Vec<&str>| row.len() > 1).collect();
    assert!(rows.iter().all(|row| row.len() == 17) && rows.iter().any(|row| row[5] == "203.0.113.158"));
    let web = named(&files, "/W3SVC1/u_ex210301.log");
    assert!(text_of(web[0].1).lines().any(|row| row.contains(" X-AnonResource=true;+X-AnonResource-Backend=")));
    assert!(named(&files, "Sysmon").is_empty());
}

#[test]
fn the_security_log_names_the_computer_where_the_system_starts_a_process() {
    let folder = tempfile::tempdir().unwrap();
    let files = written(folder.path(), "ransom");
    let starts = records(named(&files, "Security.evtx")[0].1);
    let starts: Vec<_> = starts.iter().filter(|record| record["Event"]["System"]["EventID"] == 4688).collect();
    let by =
        |name: &str| starts.iter().filter(|record| record["Event"]["EventData"]["SubjectUserName"] == name).count();
    assert!(by("MNT-EXC2$") > 20 && by("minato-sysadm") > 4);
    assert_eq!(by("SYSTEM"), 0);
}
