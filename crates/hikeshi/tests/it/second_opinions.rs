//! Outputs of other tools among the evidence: each is read, compared and explained; in no known case of confusion does the
//! verdict become wrong, does Hikeshi stay silent, or does the reader stay unsure.
//!
//! The cases are those of https://github.com/microsoft/CSS-Exchange/issues, with small servers of synthetic text; the
//! numbers L1 to L21 are those of the table in packs/proxylogon/README.md.

use hikeshi_testkit::Sandbox;
use serde_json::Value;

use crate::mutations::zip;
use crate::reports::{host, rules, text, verdict};
use crate::workers::event_log;

const HEAD: &str = "#Software: Microsoft Exchange Server\r\n#Log-type: HttpProxy Logs\r\n\
    DateTime,RequestId,ClientIpAddress,UrlHost,UrlStem,UserAgent,AnchorMailbox,BackEndCookie,HttpStatus\r\n";

/// A log of the front end: time, anchor, cookie, status.
fn front_end(rows: &[(&str, &str, &str, &str)]) -> String {
    let row = |(time, anchor, cookie, status): &(&str, &str, &str, &str)| {
        format!(
            "{time},r-1,203.0.113.77,mail.contoso.example,/ecp/y.js,python-requests/2.25.1,{anchor},{cookie},{status}\r\n"
        )
    };
    format!("{HEAD}{}", rows.iter().map(row).collect::<String>())
}

const PROXY: &str = "s/Logging/HttpProxy/Ecp/HttpProxy_2021030304-1.LOG";
const TRANSCRIPT: &str = "s/temp/transcript.txt";
const MSERT: &str = "s/Windows/debug/msert.log";
const AUTODISCOVER: &str = "ServerInfo~a]@ex01.contoso.example:444/autodiscover/autodiscover.xml?#";
const ADMIN: &str = "ServerInfo~a]@ex01.contoso.example:444/ecp/proxyLogon.ecp?#";

/// What PowerShell puts around a console text that it records, and the text.
fn transcript(start: &str, lines: &str) -> String {
    format!(
        "**********************\r\nWindows PowerShell transcript start\r\nStart time: {start}\r\nUsername: CONTOSO\\admin\r\n\
         **********************\r\n{lines}\r\n**********************\r\nWindows PowerShell transcript end\r\n"
    )
}

fn status(lines: &str) -> String {
    format!("ProxyLogon Status: Exchange Server EX01\r\n{lines}")
}

fn msert(results: &str) -> Vec<u8> {
    let log = format!(
        "Microsoft Safety Scanner v1.333, (build 1.333.600.0)\r\nStarted On Sun Mar  7 09:00:00 2021\r\n\r\nRun Mode: Scan Run in Full Mode\r\n\
         {results}\r\nMicrosoft Safety Scanner Finished On Sun Mar  7 13:00:00 2021\r\nReturn code: 0 (0x0)\r\n"
    );
    [0xfeff].into_iter().chain(log.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// A report in which every opinion is explained in both languages, on the terminal too.
fn check(host: &Sandbox) -> Value {
    let run = host.hikeshi("check s --format json");
    let report = run.json();
    assert_ne!((verdict(&report).as_str(), run.exit), ("clean", 0), "such a server is never clean");
    let (english, japanese) = (host.hikeshi("check s"), host.hikeshi_in_japanese("check s"));
    assert!(
        english.stdout.contains("What other tools said") && japanese.stdout.contains("ほかのツールの結果"),
        "{english}"
    );
    for opinion in opinions(&report) {
        let explanation = opinion["explanation"].as_array().unwrap();
        assert!(explanation.len() >= 2, "{opinion}");
        for lang in ["en", "ja"] {
            let told = explanation.iter().map(|sentence| sentence["text"][lang].as_str().unwrap());
            assert!(told.clone().all(|text| !text.is_empty() && !text.contains(['{', '}'])), "{opinion}");
            assert!(!opinion["looked_at"][lang].as_str().unwrap().is_empty(), "{opinion}");
        }
        assert_eq!(opinion["ours"], report["verdict"]);
    }
    report
}

fn opinions(report: &Value) -> &[Value] {
    report["second_opinions"].as_array().map_or(&[], Vec::as_slice)
}

/// The only opinion of a tool.
fn of<'r>(report: &'r Value, tool: &str) -> &'r Value {
    let all: Vec<_> = opinions(report).iter().filter(|opinion| opinion["tool"] == tool).collect();
    assert_eq!(all.len(), 1, "{tool}: {}", report["second_opinions"]);
    all[0]
}

/// Its answer, how that fits, and the notes of the pack and codes that explain it.
fn shown(opinion: &Value) -> (String, String, Vec<String>) {
    let why =
        opinion["explanation"].as_array().unwrap().iter().map(|sentence| match sentence["args"]["note"].as_str() {
            Some(note) => note.to_owned(),
            None => text(&sentence["code"]),
        });
    (text(&opinion["said"]), text(&opinion["agreement"]), why.collect())
}

fn explains(opinion: &Value, said: &str, agreement: &str, why: &[&str]) {
    let shown = shown(opinion);
    assert_eq!((shown.0.as_str(), shown.1.as_str()), (said, agreement), "{opinion}");
    for reason in why {
        assert!(shown.2.iter().any(|have| have == reason), "no `{reason}` in {:?}", shown.2);
    }
}

#[test]
fn css_exchange_issue_100_a_table_of_rows_gets_an_answer() {
    let table = format!(
        "DateTime                 AnchorMailbox\r\n--------                 -------------\r\n2021-02-27T19:53:36.865Z {AUTODISCOVER}\r\n\
         2021-02-27T19:53:38.288Z {ADMIN}\r\n2021-02-27T19:53:46.310Z ServerInfo~a]@ex01.contoso.example:444/ecp/DDI/DDIService.svc/GetObject?msExchEcpCanary=secretvalue&schema=OABVirtualDirectory#\r\n"
    );
    let alone = check(&host().file("s/out.txt", &table));
    assert_eq!(verdict(&alone), "attempted");
    explains(of(&alone, "Test-ProxyLogon"), "found", "adds", &["opinion-adds"]);
    assert!(!alone.to_string().contains("secretvalue"), "tokens are masked");
    let with_log = check(
        &host().file("s/out.txt", &table).file(PROXY, front_end(&[("2021-02-27T19:53:38.288Z", ADMIN, "", "241")])),
    );
    assert_eq!(verdict(&with_log), "exploited");
    explains(of(&with_log, "Test-ProxyLogon"), "found", "agrees", &["opinion-agrees-found"]);
}

const HITS: &str = "#TYPE Selected.System.Management.Automation.PSCustomObject\r\n\
    \"DateTime\",\"RequestId\",\"ClientIPAddress\",\"UrlHost\",\"UrlStem\",\"RoutingHint\",\"UserAgent\",\"AnchorMailbox\",\"HttpStatus\"\r\n\
    \"2021-03-03T04:12:33.000Z\",\"r-1\",\"203.0.113.77\",\"mail.contoso.example\",\"/ecp/y.js\",\"X-BEResource-Cookie\",\"python-requests/2.25.1\",\
    \"ServerInfo~a]@ex01.contoso.example:444/ecp/proxyLogon.ecp?#\",\"241\"\r\n";

#[test]
fn css_exchange_issue_109_two_tools_two_answers_and_both_are_explained() {
    let report = check(
        &host()
            .file("s/logs/EX01-Cve-2021-26855.csv", HITS)
            .file(MSERT, msert("Results Summary:\r\nNo infection found.")),
    );
    assert_eq!(verdict(&report), "exploited");
    explains(of(&report, "Test-ProxyLogon"), "found", "adds", &["opinion-adds"]);
    explains(of(&report, "Microsoft Safety Scanner"), "nothing-found", "says-less", &["opinion-says-less", "L17"]);
    // A list of hits is no log: it does not show that the log covers its time.
    assert!(report["coverage"].as_array().unwrap().iter().all(|coverage| coverage["kind"] != "httpproxy"));
}

#[test]
fn css_exchange_issue_109_the_other_way_round_a_removed_page_was_there() {
    let found = "Threat Detected: Backdoor:ASP/SecChecker.A and Removed!\r\n        file://C:\\inetpub\\wwwroot\\aspnet_client\\supp0rt.aspx\r\n\
                 Results Summary:\r\nFound Backdoor:ASP/SecChecker.A and Removed!";
    let nothing = transcript("20210307100000", &status("  Nothing suspicious detected"));
    let report = check(&host().file(TRANSCRIPT, nothing).file(MSERT, msert(found)));
    assert_eq!(verdict(&report), "compromised");
    let scanner = of(&report, "Microsoft Safety Scanner");
    explains(scanner, "found", "adds", &["opinion-adds", "opinion-removed", "removed-no-copy"]);
    assert_eq!(
        (scanner["version"].as_str(), scanner["local_time"].as_str()),
        (Some("1.333"), Some("2021-03-07T09:00:00"))
    );
    explains(of(&report, "Test-ProxyLogon"), "nothing-found", "says-less", &["opinion-says-less", "L12"]);
}

#[test]
fn css_exchange_issue_179_log_ages_that_are_missing_are_no_coverage() {
    let ages =
        "  Log age days: Oabgen  Ecp  Autod  Eas  EcpProxy  Ews  Mapi  Oab  Owa  OwaCal  Powershell  RpcHttp \r\n";
    let report = check(
        &host()
            .file(TRANSCRIPT, transcript("20210309100000", &status(&format!("{ages}  Nothing suspicious detected")))),
    );
    assert_eq!(verdict(&report), "inconclusive");
    explains(of(&report, "Test-ProxyLogon"), "nothing-found", "agrees", &["opinion-agrees-nothing", "L3"]);
}

#[test]
fn css_exchange_issue_241_tests_that_were_skipped_are_no_all_clear() {
    let lines = "  Exchange 2013 or later not found. Skipping CVE-2021-26855 test.\r\n\
        \x20 MSExchange Unified Messaging provider is not present or events not found in the Application Event log\r\n\
        \x20 Exchange 2013 or later not found. Skipping CVE-2021-26858 test.\r\n\
        \x20 Exchange 2013 or later not found. Skipping CVE-2021-27065 test.\r\n\
        \x20 Exchange 2013 or later not found. Skipping log age checks.\r\n\
        ProxyLogon Status: Exchange Server SERVER06\r\n  Nothing suspicious detected\r\n";
    let report = check(&host().file("s/out.txt", lines));
    assert_eq!(verdict(&report), "inconclusive");
    let opinion = of(&report, "Test-ProxyLogon");
    explains(opinion, "not-looked", "says-less", &["opinion-no-answer", "issue-241"]);
    assert_eq!(opinion["host"], "SERVER06");
}

/// A page with a name of a published web shell; it does nothing.
const PAGE: &str = "<%@ Page Language=\"C#\" %><p>inert</p>";
const AUTH: &str = "s/Program Files/Microsoft/Exchange Server/V15/FrontEnd/HttpProxy/owa/auth";

#[test]
fn css_exchange_issue_251_no_red_line_is_no_answer_and_the_page_is_found() {
    let lines = "  Log age days: Oabgen 30,3 Ecp 29,8 Autod 30,0 Eas 30,0 EcpProxy 30,0 Ews 30,0 Mapi 21,5 Oab 30,0 Owa 30,0 OwaCal 30,0 Powershell 30,0 RpcHttp 30,0\r\n\
        \x20 Report exported to: \\Test-ProxyLogonLogs\\EX01-LogAgeDays.csv\r\n  Other suspicious files found: 198\r\n\
        \x20 Report exported to: \\Test-ProxyLogonLogs\\EX01-other.csv\r\n";
    let without = check(&host().file(TRANSCRIPT, transcript("20210310100000", &status(lines))));
    assert_eq!(verdict(&without), "inconclusive");
    // 21,5 days before 10 March is the middle of February; attacks are known since January.
    explains(of(&without, "Test-ProxyLogon"), "suspicious", "contradicts", &["issue-251", "opinion-logs-late-window"]);
    assert!(without.to_string().contains("2021-02-16"));
    let host = host()
        .file(TRANSCRIPT, transcript("20210310100000", &status(lines)))
        .file(&format!("{AUTH}/supp0rt.aspx"), PAGE);
    let report = check(&host);
    assert_eq!(verdict(&report), "compromised");
    let opinion = of(&report, "Test-ProxyLogon");
    explains(opinion, "suspicious", "says-less", &["opinion-says-less", "L12", "issue-251"]);
    assert!(opinion["explanation"].to_string().contains("owa/auth/supp0rt.aspx"), "it names where");
}

#[test]
fn css_exchange_issue_310_a_hit_that_vanished_with_a_new_version_stays_found() {
    let cookie = ("2021-03-03T04:12:33.000Z", "", "Server~ex01.contoso.example/ecp/default.flt~1942062522", "200");
    let before = status("  [CVE-2021-26855] Suspicious activity found in Http Proxy log!\r\n  Report exported to: x");
    let after = status("  Log age days: Oabgen 29.8 Ecp 30.0\r\n  Nothing suspicious detected");
    let report = check(
        &host()
            .file(PROXY, front_end(&[cookie]))
            .file("s/runs/0306/out.txt", transcript("20210306100000", &before))
            .file("s/runs/0312/out.txt", transcript("20210312100000", &after)),
    );
    assert_eq!(verdict(&report), "attempted");
    let all: Vec<_> = opinions(&report).iter().map(shown).collect();
    assert_eq!(all.iter().map(|(said, ..)| said.as_str()).collect::<Vec<_>>(), ["found", "nothing-found"]);
    assert!(all.iter().all(|(.., why)| why.contains(&"L16".to_owned())), "{all:?}");
    assert!(all[1].2.contains(&"L20".to_owned()), "{all:?}");
}

const OTHER: &str = "#TYPE System.Management.Automation.PSCustomObject\r\n\"ComputerName\",\"Type\",\"Path\",\"Name\",\"LastWrite\"\r\n\
    \"EX01\",\"SuspiciousArchive\",\"C:\\ProgramData\\McAfee\\Common Framework\\Current\\FrameworkConfig.zip\",\"FrameworkConfig.zip\",\"22/07/2019 11:57:52\"\r\n\
    \"EX01\",\"SuspiciousArchive\",\"C:\\ProgramData\\McAfee\\Common Framework\\Current\\engmin.zip\",\"engmin.zip\",\"02/12/2020 05:20:39\"\r\n";

#[test]
fn css_exchange_issue_311_archives_of_a_virus_scanner_are_no_sign_of_the_attack() {
    let report = check(&host().file("s/Test-ProxyLogonLogs/EX01-other.csv", OTHER));
    assert_eq!((verdict(&report).as_str(), rules(&report).len()), ("inconclusive", 0));
    let opinion = of(&report, "Test-ProxyLogon");
    explains(opinion, "suspicious", "contradicts", &["opinion-contradicts-harmless", "L13"]);
    assert_eq!((opinion["counts"]["suspicious"].as_u64(), opinion["host"].as_str()), (Some(2), Some("EX01")));
    assert!(opinion["explanation"].to_string().contains("McAfee"), "it names what it speaks of");
}

#[test]
fn css_exchange_issue_312_attempts_on_autodiscover_are_attempts_and_not_nothing() {
    let report = check(
        &host()
            .file(PROXY, front_end(&[("2021-03-03T04:12:33.000Z", AUTODISCOVER, "", "200")]))
            .file(TRANSCRIPT, transcript("20210312100000", &status("  Nothing suspicious detected"))),
    );
    assert_eq!(verdict(&report), "attempted");
    explains(of(&report, "Test-ProxyLogon"), "nothing-found", "says-less", &["opinion-says-less", "L6"]);
}

#[test]
fn css_exchange_issue_328_neither_red_nor_green_is_explained() {
    let lines = "  Log age days: Oabgen  Ecp 29.5 Autod 30.0 Eas 30.0 EcpProxy 30.0 Ews 30.0 Mapi 30.0 Oab 30.0 Owa 30.0 OwaCal 30.0 Powershell 30.0 RpcHttp 30.0\r\n\
        \x20 Other suspicious files found: 1\r\n   SuspiciousArchive : C:\\ProgramData\\AppRecovery\\InstallerCache\\Agent\\configuration.zip\r\n";
    let report = check(&host().file(TRANSCRIPT, transcript("20210312100000", &status(lines))));
    assert_eq!(verdict(&report), "inconclusive");
    let why = ["issue-251", "L13", "L3", "opinion-contradicts-harmless"];
    explains(of(&report, "Test-ProxyLogon"), "suspicious", "contradicts", &why);
}

#[test]
fn css_exchange_issue_410_a_hidden_page_that_the_comparison_passed_over_is_found() {
    let console = "[03/24/2021 10:00:00] Started...\r\nFound exchange version: 15.1.2176.2\r\nComparison complete. Writing results.\r\n\
        Exported results to C:\\temp\\15.1.2176.2_result.csv\r\n[03/24/2021 10:05:00] Done.\r\n";
    let report = check(&host().file("s/temp/compare.txt", console).file(&format!("{AUTH}/OutlookEN.aspx"), PAGE));
    assert_eq!(verdict(&report), "compromised");
    explains(
        of(&report, "CompareExchangeHashes"),
        "nothing-found",
        "contradicts",
        &["opinion-contradicts-missed", "issue-410"],
    );
}

#[test]
fn l1_logs_that_begin_after_the_attack_do_not_clear_the_server() {
    let report = check(&host().file(PROXY, front_end(&[("2021-03-03T04:12:33.000Z", ADMIN, "", "241")])).file(
        TRANSCRIPT,
        transcript("20210320100000", &status("  Log age days: Oabgen 10.0 Ecp 12.0\r\n  Nothing suspicious detected")),
    ));
    assert_eq!(verdict(&report), "exploited");
    let opinion = of(&report, "Test-ProxyLogon");
    explains(opinion, "nothing-found", "says-less", &["opinion-logs-late"]);
    let told = opinion["explanation"].to_string();
    assert!(told.contains("2021-03-10") && told.contains("2021-03-03"), "{told}");
}

#[test]
fn what_the_script_should_have_seen_in_logs_that_reach_back_is_a_contradiction() {
    let ages = "  Log age days: Oabgen 30.0 Ecp 30.0\r\n  Nothing suspicious detected";
    let report = check(
        &host()
            .file(PROXY, front_end(&[("2021-03-03T04:12:33.000Z", ADMIN, "", "241")]))
            .file(TRANSCRIPT, transcript("20210320100000", &status(ages))),
    );
    let opinion = of(&report, "Test-ProxyLogon");
    explains(opinion, "nothing-found", "contradicts", &["opinion-contradicts-missed", "L4"]);
    let why = shown(opinion).2;
    assert!(!why.contains(&"L6".to_owned()) && !why.contains(&"opinion-logs-late".to_owned()), "{why:?}");
}

#[test]
fn l2_coverage_goes_by_rows_and_not_by_the_age_of_files() {
    // The script saw files of 30 days; the rows in them leave out the days of the attack.
    let rows = [("2021-02-20T00:00:00.000Z", "", "", "200"), ("2021-03-15T00:00:00.000Z", "", "", "200")];
    let ages = "  Log age days: Oabgen 30.0 Ecp 30.0\r\n  Nothing suspicious detected";
    let report =
        check(&host().file(PROXY, front_end(&rows)).file(TRANSCRIPT, transcript("20210316100000", &status(ages))));
    assert_eq!(verdict(&report), "inconclusive");
    let proxy = report["coverage"].as_array().unwrap().iter().find(|coverage| coverage["kind"] == "httpproxy").unwrap();
    assert_eq!(
        (proxy["first"].as_str(), proxy["last"].as_str()),
        (Some("2021-02-20T00:00:00Z"), Some("2021-03-15T00:00:00Z"))
    );
    assert_eq!(proxy["gaps"][0]["from"], "2021-02-20T00:00:00Z");
}

#[test]
fn l14_an_event_log_of_another_channel_under_the_name_application_is_not_taken_for_it() {
    let report =
        check(&host().file("s/CollectedLogFiles/EX01/CVE26857/Application.evtx", event_log("Software", 3)).file(
            TRANSCRIPT,
            transcript("20210312100000", &status("  [CVE-2021-26857] Suspicious activity found in Eventlog!")),
        ));
    assert_eq!(verdict(&report), "attempted");
    let kinds: Vec<_> = report["coverage"].as_array().unwrap().iter().map(|coverage| text(&coverage["kind"])).collect();
    assert!(
        kinds.contains(&"event-log:Software".to_owned()) && !kinds.iter().any(|kind| kind.ends_with("Application")),
        "{kinds:?}"
    );
    explains(of(&report, "Test-ProxyLogon"), "found", "adds", &[]);
}

#[test]
fn l15_the_hits_of_a_check_are_told_apart_from_an_attack() {
    let local = "ServerInfo~localhost/ecp/default.flt?#";
    let hits = HITS
        .replace("ServerInfo~a]@ex01.contoso.example:444/ecp/proxyLogon.ecp?#", local)
        .replace("\"241\"", "\"500\"");
    let report = check(
        &host()
            .file("s/logs/EX01-Cve-2021-26855.csv", hits)
            .file(PROXY, front_end(&[("2021-03-06T04:12:33.000Z", local, "", "500")])),
    );
    assert_eq!(verdict(&report), "inconclusive");
    explains(of(&report, "Test-ProxyLogon"), "found", "contradicts", &["opinion-contradicts-harmless", "L15"]);
}

#[test]
fn a_mitigated_server_is_not_a_clean_one_and_the_network_check_speaks_of_the_hole_alone() {
    let eomt = "2021-03-16 10:00:00 Info: Starting EOMT.ps1 version 21.03.16.1814 on EX01\r\n\
        2021-03-16 10:00:01 Info: EX01 is vulnerable: applying mitigation\r\n\
        2021-03-16 10:00:09 Info: Mitigation complete on EX01 :: Default Web Site\r\n\
        2021-03-16 10:05:00 Info: Microsoft Safety Scanner is complete on EX01 No known threats detected.\r\n";
    let scan = |state: &str| {
        format!(
            "# Nmap 7.91 scan initiated Sat Mar  6 10:00:00 2021 as: nmap -p 443 --script http-vuln-cve2021-26855 192.0.2.5\n\
             Nmap scan report for mail.contoso.example (192.0.2.5)\nHost is up (0.01s latency).\n\nPORT    STATE SERVICE\n443/tcp open  https\n{state}\
             # Nmap done at Sat Mar  6 10:00:09 2021 -- 1 IP address (1 host up) scanned in 9.00 seconds\n"
        )
    };
    let open = "| http-vuln-cve2021-26855: \n|   VULNERABLE\n|   Exchange Server SSRF Vulnerability\n|     State: VULNERABLE\n|_    References:\n";
    for (state, said, note) in [(open, "vulnerable", "state-then"), ("", "unclear", "false-negatives")] {
        let report = check(&host().file("s/temp/msert/EOMT.log", eomt).file("s/scan.nmap", scan(state)));
        assert_eq!(verdict(&report), "inconclusive");
        explains(of(&report, "EOMT"), "mitigated", "says-less", &["opinion-no-answer", "mitigated-not-clean"]);
        explains(of(&report, "nmap"), said, "says-less", &["opinion-no-answer", note]);
    }
    // A scan for other things says nothing of this emergency.
    let other = scan("").replace("http-vuln-cve2021-26855", "http-vuln-other");
    let report = host().file("s/scan.nmap", other).hikeshi("check s --format json").json();
    assert!(opinions(&report).is_empty());
}

#[test]
fn scanners_that_responders_bring_along_count_where_they_name_a_page_in_a_web_folder() {
    let loki = |level: &str, path: &str| {
        format!(
            "20210305T10:25:30Z EX01 LOKI: Notice: MODULE: Init MESSAGE: Starting Loki Scan VERSION: 0.44.2 SYSTEM: EX01\n\
             20210305T10:25:35Z EX01 LOKI: {level}: MODULE: FileScan MESSAGE: FILE: {path} SCORE: 330 TYPE: UNKNOWN REASON_1: Yara Rule MATCH: Inert_Page SUBSCORE: 70\n"
        )
    };
    let page = "C:\\inetpub\\wwwroot\\aspnet_client\\a.aspx";
    for (log, expected, agreement) in [
        (loki("Alert", page), "compromised", "adds"),
        (loki("Warning", page), "inconclusive", "contradicts"),
        (loki("Alert", "C:\\Users\\x\\Downloads\\a.exe"), "inconclusive", "contradicts"),
    ] {
        let report = check(&host().file("s/loki_EX01.log", log));
        assert_eq!(verdict(&report), expected);
        assert_eq!(of(&report, "Loki")["agreement"], agreement);
    }
}

#[test]
fn files_that_a_collector_renamed_are_read_for_what_its_table_says_they_are() {
    let table = "ComputerName,VolumeID,FullName,SampleName,SizeInBytes,ContentType,AttrName,SnapshotID\r\n\
        EX01,0x1,\"\\inetpub\\wwwroot\\aspnet_client\\supp0rt.aspx\",\"Pages\\1_2_3_4_supp0rt.aspx_.data\",12,data,,\r\n";
    let with =
        |table: &str| host().file("s/EX01/GetThis.csv", table).file("s/EX01/Pages/1_2_3_4_supp0rt.aspx_.data", PAGE);
    let report = with(table).hikeshi("check s --format json").json();
    assert_eq!(verdict(&report), "compromised");
    let found = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["rule"]["name"] == "web-page-not-shipped")
        .unwrap();
    assert_eq!(found["evidence"]["path"], "EX01/Pages/1_2_3_4_supp0rt.aspx_.data");
    assert_eq!(found["fields"]["TargetFilename"], "\\inetpub\\wwwroot\\aspnet_client\\supp0rt.aspx");
    let packed = [("EX01/Pages/1_2_3_4_supp0rt.aspx_.data", PAGE.as_bytes()), ("EX01/GetThis.csv", table.as_bytes())];
    let report = host().file("s/orc.zip", zip(&packed)).hikeshi("check s --format json").json();
    assert_eq!(verdict(&report), "compromised");
    // Without its table the page is a file of no known kind, and a table that cannot be read is told.
    let report = with("nothing").hikeshi("check s --format json").json();
    assert_eq!(verdict(&report), "inconclusive");
    assert_eq!(
        crate::reports::unread(&report),
        [("unknown".to_owned(), "EX01/GetThis.csv".to_owned(), "header-missing".to_owned())]
    );
}
