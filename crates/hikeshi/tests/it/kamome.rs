//! A pack for an invented product, the booking server of the ferry "Kamome", and logs of its two servers.
//! That it works shows that the program knows no product: log families, rules and what "clean" needs are its data.

use std::collections::BTreeMap;

use hikeshi_testkit::Sandbox;

use crate::reports::host;

const MANIFEST: &str = r"
schema: 1
id: kamome
version: '2030.05.09'
title: {en: Kamome master key, ja: かもめのマスターキー}
summary: {en: A master key of the ferry's booking server leaked., ja: フェリー予約サーバーのマスターキーが漏えいしました。}
window:
  from: '2030-05-01'
  note: {en: The day on which the key leaked., ja: キーが漏えいした日です。}
clean_needs:
  - - any: [kamome-desk]
    - any: [kamome-gate]
affected_ask: {en: Tell the number on the server's plate., ja: サーバーの銘板の番号を調べてください。}
next_steps:
  compromised:
    - id: keep
      do: {en: Copy both logs to another machine., ja: 両方のログを別の機器へ写し取ります。}
      why: {en: They are overwritten every week., ja: 毎週上書きされるためです。}
do_not:
  compromised:
    - {en: Do not change the key before the logs are copied., ja: ログを写し取る前にキーを変えないでください。}
contacts:
  - country: '*'
    name: {en: Harbour office, ja: 港湾事務所}
    role: {en: Advice, ja: 相談}
    url: https://harbour.example.org/
";

const DESK: &str = r"
id: kamome-desk
title: {en: Booking desk logs, ja: 予約窓口のログ}
format: delimited
delimiter: ';'
paths: ['**/desk*.log']
signature:
  comments: {Software: Kamome Desk}
  columns: [Time, Clerk, Command]
time: {column: Time}
logsource: {product: kamome, service: desk}
roles: {user: Clerk, show: [Clerk, Command, Note]}
gap: 12h
";

const GATE: &str = r"
id: kamome-gate
title: {en: Gate logs, ja: 改札のログ}
format: w3c
paths: ['**/gate*.log']
signature: {columns: [cs-method, cs-uri-stem, sc-status]}
time: {date: date, time: time}
logsource: {category: webserver, product: kamome, service: gate}
decode: {percent: [cs-uri-stem], plus: [cs(User-Agent)]}
roles: {address: c-ip, agent: cs(User-Agent), show: [c-ip, cs-method, cs-uri-stem, sc-status]}
gap: 12h
";

/// Name, level, stage, service, detection, a value that hits and one that misses.
const RULES: [(&str, &str, &str, &str, &str, &str, &str); 7] = [
    (
        "crew-page-looked-at",
        "medium",
        "reconnaissance",
        "gate",
        "cs-uri-stem: /crew/door",
        "GET /crew/door 404",
        "GET /timetable 200",
    ),
    ("odd-note", "low", "action", "desk", "Note|contains: 'storm; \"odd\"'", r#"SELL;"a storm; ""odd""""#, "SELL;calm"),
    ("odd-command", "informational", "action", "desk", "Command: HUM", "HUM;", "SELL;HUM"),
    (
        "master-key-tried",
        "medium",
        "attempt",
        "gate",
        "{cs-uri-stem|contains: /masterkey, sc-status: 403}",
        "GET /crew/masterkey 403",
        "GET /crew/masterkey 200",
    ),
    (
        "master-key-worked",
        "high",
        "exploitation",
        "gate",
        "{cs-uri-stem|contains: /masterkey, sc-status: 200}",
        "GET /crew/masterkey 200",
        "GET /crew/masterkey 403",
    ),
    ("stowaway-berth", "high", "implant", "desk", "Command|startswith: 'BERTH '", "BERTH 12;", "SELL;BERTH 12"),
    (
        "tickets-taken",
        "critical",
        "action",
        "desk",
        "{Command: EXPORT, Note|contains: 'all tickets'}",
        "EXPORT;all tickets",
        "EXPORT;one ticket",
    ),
];

/// The pack's files.
pub(crate) fn pack() -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    files.insert("pack.yaml".into(), MANIFEST.into());
    files.insert("families/desk.yaml".into(), DESK.into());
    files.insert("families/gate.yaml".into(), GATE.into());
    for (number, (name, level, stage, service, detection, hit, miss)) in RULES.into_iter().enumerate() {
        files.insert(format!("rules/{name}.yml"), rule(number, level, stage, service, detection, name));
        for (kind, sample) in [("hit", hit), ("miss", miss)] {
            let log = if service == "desk" { desk_log(&[row(0, sample)]) } else { gate_log(&[gate_row(0, sample)]) };
            files.insert(format!("tests/{name}/{kind}-one.log"), log);
        }
    }
    files
}

fn rule(number: usize, level: &str, stage: &str, service: &str, detection: &str, name: &str) -> String {
    let words = name.replace('-', " ");
    let selection = if detection.starts_with('{') { detection.to_owned() } else { format!("{{{detection}}}") };
    format!(
        "title: Kamome {words}\nid: 00000000-0000-4000-8000-00000000000{number}\nauthor: Harbour watch\n\
         logsource: {{product: kamome, service: {service}}}\n\
         detection: {{selection: {selection}, condition: selection}}\nlevel: {level}\n\
         custom:\n  hikeshi:\n    stage: {stage}\n    name: {{en: 'Kamome {words}', ja: 'かもめ {words}'}}\n    \
         means: {{en: 'It means {words}.', ja: '意味は {words} です。'}}\n    \
         not: {{en: It is no storm., ja: 嵐ではありません。}}\n    \
         next: {{en: Ask the harbour office., ja: 港湾事務所に尋ねます。}}\n"
    )
}

/// What the pack says of the booking server's builds.
pub(crate) const PRODUCT: &str = r"
id: booking-server
title: {en: Booking server, ja: 予約サーバー}
evidence:
  - id: program
    title: {en: Version of booking.exe, ja: booking.exe のバージョン}
    shows: build
    record: file
    paths: ['**/bin/booking.exe']
    value: FileVersionNumber
  - id: plate
    title: {en: Number in the desk's log, ja: 窓口のログの番号}
    shows: at-least
    log: [kamome-desk]
    pattern: '^#Build: (?<version>[\d.]+)'
  - id: diary
    title: {en: Diary of updates, ja: 更新の記録}
    shows: build
    text: ['**/diary.txt']
    pattern: '^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d) (?<clock>[\d:]+) build (?<version>[\d.]+)'
";

/// Two lines: one with a fix, one that came with it.
pub(crate) const BUILDS: &str = "line,build,name,kb,released,CVE-2030-0001\n\
    4.1,4.1.0.7,Kamome 4.1,,2029-11-02,vulnerable\n\
    4.1,4.1.0.9,Kamome 4.1 May,HB12,2030-05-02,fixed\n\
    4.2,4.2.0.1,Kamome 4.2,,2030-06-01,fixed\n";

/// Adds the product to the pack's files.
pub(crate) fn with_product(files: &mut BTreeMap<String, String>) {
    let manifest = MANIFEST.replace("window:", "cves: [CVE-2030-0001]\nwindow:");
    files.insert("pack.yaml".into(), manifest);
    files.insert("products/booking-server.yaml".into(), PRODUCT.into());
    files.insert("products/booking-server.csv".into(), BUILDS.into());
    let record = |path: &str| {
        format!(r#"{{"topic": "file", "TargetFilename": "C:\\Kamome\\{path}", "FileVersionNumber": "4.1.0.9"}}"#)
    };
    for (sample, text) in [
        ("hit-program.jsonl", record(r"bin\\booking.exe")),
        ("miss-program-elsewhere.jsonl", record(r"old\\booking.exe")),
        ("hit-plate.log", desk_log(&[row(0, "SELL;")]).replacen("\r\n", "\r\n#Build: 4.1.0.7\r\n", 1)),
        ("miss-plate-in-a-row.log", desk_log(&[row(0, "SELL;\"\n#Build: 4.1.0.7\"")])),
        ("hit-diary.txt", "2030-05-02 01:00:00 build 4.1.0.9\n".to_owned()),
    ] {
        files.insert(format!("tests/booking-server/{sample}"), text);
    }
}

/// A sandbox with the pack in the folder `pack`, changed by `change`.
pub(crate) fn host_with_pack(change: impl FnOnce(&mut BTreeMap<String, String>)) -> Sandbox {
    let mut files = pack();
    change(&mut files);
    files.iter().fold(host(), |host, (path, text)| host.file(&format!("pack/{path}"), text))
}

/// The pack, and both logs over the whole window without anything to find, in `logs`.
pub(crate) fn quiet() -> Sandbox {
    with_rows(&[], &[])
}

/// The pack, and both logs in `logs`: quiet rows every six hours of three days, and the given ones behind them.
/// A desk row is `COMMAND;Note`, a gate row `METHOD /stem status`.
pub(crate) fn with_rows(desk: &[&str], gate: &[&str]) -> Sandbox {
    let mut desk_rows: Vec<String> =
        (0..12).map(|number| row(number * 6, r#"SELL;"2 adults; ""window"" seats""#)).collect();
    desk_rows.extend(desk.iter().map(|text| row(67, text)));
    let mut gate_rows: Vec<String> = (0..12).map(|number| gate_row(number * 6, "GET /timetable 200")).collect();
    gate_rows.extend(gate.iter().map(|text| gate_row(67, text)));
    host_with_pack(|_| {}).file("logs/desk_1.log", desk_log(&desk_rows)).file("logs/gate_1.log", gate_log(&gate_rows))
}

/// A row of the desk, so many hours after the window's beginning.
pub(crate) fn row(hour: u32, text: &str) -> String {
    format!("2030-05-{:02}T{:02}:00:00Z;{hour};hanako;{text}", 1 + hour / 24, hour % 24)
}

/// A row of the gate.
pub(crate) fn gate_row(hour: u32, text: &str) -> String {
    format!("2030-05-{:02} {:02}:00:00 198.51.100.7 {text} Lynx/2.8+(text)", 1 + hour / 24, hour % 24)
}

pub(crate) fn desk_log(rows: &[String]) -> String {
    format!("#Software: Kamome Desk\r\nTime;Seq;Clerk;Command;Note\r\n{}\r\n", rows.join("\r\n"))
}

pub(crate) fn gate_log(rows: &[String]) -> String {
    let head = "#Software: Kamome Gate\r\n#Fields: date time c-ip cs-method cs-uri-stem sc-status cs(User-Agent)";
    format!("{head}\r\n{}\r\n", rows.join("\r\n"))
}
