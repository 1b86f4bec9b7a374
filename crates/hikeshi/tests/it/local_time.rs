//! The course of events is told in UTC and in the server's own time.

use serde_json::Value;

use crate::reports::{host, text};

fn local_times(report: &Value) -> Vec<String> {
    let timeline = report["timeline"].as_array().unwrap();
    assert!(!timeline.is_empty());
    timeline.iter().filter(|event| event["local"].is_string()).map(|event| text(&event["local"])).collect()
}

#[test]
fn local_time_is_that_of_the_registry_or_what_was_asked_for() {
    let host = host().drill("server", "webshell", "100K", 12);
    let check = |more: &str| host.hikeshi(&format!("check {more} --format json")).json();
    let report = check("server");
    assert_eq!(report["machines"][0]["name"], "EX01");
    assert_eq!(report["machines"][0]["time_zone"]["name"], "Tokyo Standard Time");
    let first = &report["timeline"][0];
    let [date, rest] = [text(&first["time"])[..10].to_owned(), text(&first["local"])];
    assert!(rest.ends_with("+09:00") && rest > date, "{rest}");
    assert_eq!(local_times(&report).len(), report["timeline"].as_array().unwrap().len());

    assert_eq!(local_times(&check("server/C/inetpub")), [""; 0], "logs alone do not tell it");
    let asked = local_times(&check("server/C/inetpub --time-zone -03:30"));
    assert!(!asked.is_empty() && asked.iter().all(|local| local.ends_with("-03:30")));
    let run = host.hikeshi("check server --time-zone Tokyo");
    assert_eq!(run.exit, 2);
}
