//! What somebody sees who waits at a terminal, and whoever reads a pipe does not.

use crate::following::two_intruders;

#[test]
fn who_waits_at_a_terminal_sees_first_signs_and_a_pipe_holds_none() {
    let host = two_intruders();
    let call = || host.call().args(["check", "server", "--output", "report.txt"]);
    let piped = call().run();
    assert_eq!((piped.stdout.as_str(), piped.stderr.as_str()), ("", ""), "{piped}");
    let shown = call().on_terminal().run();
    assert_eq!(shown.exit, piped.exit, "{shown}");
    let lines: Vec<&str> = shown.stdout.split(['\r', '\n']).collect();
    let signs: Vec<&str> = lines.iter().filter(|line| line.contains("C/inetpub")).copied().collect();
    assert!(lines.iter().any(|line| line.contains("First signs, not judged yet")), "{lines:?}");
    assert!(signs.iter().any(|line| line.contains(", high]")), "{lines:?}");
    let in_japanese = call().env("LANG", "ja_JP.UTF-8").on_terminal().run();
    assert!(in_japanese.stdout.contains("最初の検出 (判定前)"), "{in_japanese}");
}
