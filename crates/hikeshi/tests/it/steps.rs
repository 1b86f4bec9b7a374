//! What to do next, for this case: what is about to be lost comes first, and steps that others need are left out.

use std::collections::BTreeMap;

use hikeshi_testkit::Sandbox;
use serde_json::Value;

use crate::kamome::{desk_log, gate_log, gate_row, host_with_pack, row};
use crate::reports::text;

const STEPS: &str = "next_steps:
  compromised:
    - id: for-all
      do: {en: Do this., ja: これをします。}
      why: {en: Because., ja: 理由です。}
      takes: {en: an hour, ja: 1 時間}
    - id: for-tickets
      when: {rules: [tickets-taken]}
      do: {en: Count the tickets., ja: 切符を数えます。}
      why: {en: Because., ja: 理由です。}
    - id: for-technique
      when: {techniques: [T1003]}
      do: {en: Change passwords., ja: パスワードを変更します。}
      why: {en: Because., ja: 理由です。}
    - id: for-the-open
      when: {affected: [vulnerable]}
      do: {en: Close it., ja: 閉じます。}
      why: {en: Because., ja: 理由です。}
    - id: for-the-unknown
      when: {affected: [vulnerable, unknown]}
      do: {en: Look it up., ja: 調べます。}
      why: {en: Because., ja: 理由です。}
    - id: for-addresses
      do: {en: 'Block {addresses}.', ja: '{addresses} を遮断します。'}
      why: {en: Because., ja: 理由です。}
    - id: for-accounts
      do: {en: 'Disable {accounts}.', ja: '{accounts} を無効にします。'}
      why: {en: Because., ja: 理由です。}
";

/// The pack with these steps, and desk logs that the server keeps for so many days.
fn pack(days: u32) -> impl FnOnce(&mut BTreeMap<String, String>) {
    move |files| {
        let manifest = files.get_mut("pack.yaml").unwrap();
        let (head, rest) = manifest.split_once("next_steps:").unwrap();
        let (_, tail) = rest.split_once("do_not:").unwrap();
        *manifest = format!("{head}{STEPS}do_not:{tail}");
        files.get_mut("families/desk.yaml").unwrap().push_str(&format!("retention: {{days: {days}}}\n"));
    }
}

/// A server whose tickets were taken on the third day, or on which nothing happened.
fn server(days: u32, last: &str) -> Sandbox {
    let mut desk: Vec<String> = (0..12).map(|number| row(number * 6, "SELL;calm")).collect();
    desk.push(row(67, last));
    let gate: Vec<String> = (0..12).map(|number| gate_row(number * 6, "GET /timetable 200")).collect();
    let taken = gate_row(67, if last.starts_with("EXPORT") { "GET /crew/masterkey 200" } else { "GET /timetable 200" });
    let gate: Vec<String> = gate.into_iter().chain([taken]).collect();
    host_with_pack(pack(days)).file("logs/desk_1.log", desk_log(&desk)).file("logs/gate_1.log", gate_log(&gate))
}

fn report(host: &Sandbox) -> Value {
    host.hikeshi("check logs --pack pack --format json").json()
}

fn steps(report: &Value) -> Vec<String> {
    report["next_steps"].as_array().unwrap().iter().map(|step| text(&step["id"])).collect()
}

#[test]
fn logs_that_are_about_to_be_deleted_are_copied_first() {
    let report = report(&server(7, "EXPORT;all tickets"));
    let expiring = &report["expiring"][0];
    assert_eq!(expiring["kind"], "kamome-desk");
    assert_eq!(text(&expiring["oldest_deleted"]), "2030-05-08T00:00:00Z");
    assert_eq!(text(&expiring["telling_deleted"]), "2030-05-10T19:00:00Z");
    let first = &report["next_steps"][0];
    assert_eq!(first["id"], "copy-expiring");
    insta::assert_snapshot!(text(&first["do"]["en"]), @"Copy the logs that the server deletes by itself to another machine today, before anything else.");
    insta::assert_snapshot!(text(&first["why"]["en"]), @"The rows of 2030-05-03, which tell of the attack, are deleted on 2030-05-10, 7 days after the newest record (2030-05-03), the oldest from 2030-05-08 on; what is gone cannot be brought back. These logs are meant: Booking desk logs.");
    insta::assert_snapshot!(text(&first["do"]["ja"]), @"何よりも先に、本日中に、サーバーが自動的に消していくログを別の機器へコピーします。");
    insta::assert_snapshot!(text(&first["why"]["ja"]), @"攻撃を示す 2030-05-03 の記録は 2030-05-10 (最新の記録 2030-05-03 の 7 日後) に消えます。最も古い記録は 2030-05-08 から消え始め、消えた後は取り戻せません。対象のログ: 予約窓口のログ。");
}

#[test]
fn of_logs_that_are_kept_longer_than_their_pack_says_nothing_is_said() {
    // The oldest row is of 1 May, the newest of the evening of 3 May: it should be gone since the 2nd.
    let report = report(&server(1, "EXPORT;all tickets"));
    assert_eq!(report["expiring"], serde_json::json!([]));
    assert_eq!(steps(&report)[0], "for-all");
}

#[test]
fn where_all_is_well_nothing_is_urgent() {
    let report = report(&server(7, "SELL;calm"));
    assert_eq!(report["verdict"], "clean");
    assert_eq!(report["expiring"].as_array().unwrap().len(), 1, "it is told all the same");
    assert_eq!(steps(&report), [""; 0]);
}

#[test]
fn steps_are_those_of_the_case_and_name_what_it_shows() {
    let report = report(&server(1, "EXPORT;all tickets"));
    assert_eq!(steps(&report), ["for-all", "for-tickets", "for-the-unknown", "for-addresses"]);
    assert_eq!(report["next_steps"][3]["do"]["en"], "Block 198[.]51.100.7.");
    assert_eq!(report["next_steps"][0]["takes"]["ja"], "1 時間");
}

#[test]
fn a_step_that_can_never_be_shown_is_a_fault_of_the_pack() {
    let host = host_with_pack(|files| {
        pack(7)(files);
        let manifest = files.get_mut("pack.yaml").unwrap();
        *manifest = manifest.replace("[tickets-taken]", "[tickets-eaten]").replace("'{accounts} を無効", "'それを無効");
    });
    let run = host.hikeshi("pack lint pack");
    assert_eq!(run.exit, 1);
    for fault in ["names the rule `tickets-eaten`", "has `{accounts}` in one language only"] {
        assert!(run.stdout.contains(fault), "{}", run.stdout);
    }
}
