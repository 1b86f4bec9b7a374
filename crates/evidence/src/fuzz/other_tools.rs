//! What other tools wrote: forms with readers of their own, and forms as packs describe them.

use hikeshi_core::other_tool::{LineForm, Output, Reach, Telling, Tells};

use crate::artefact::Artefact;
use crate::fuzz::records::{of_artefacts, twice};
use crate::tool_output::Outputs;

/// Logs and findings of scanners, and a table and lines that a pack could describe.
pub(super) fn other_tools(bytes: &[u8]) {
    use Artefact::{DetectionHistory, NetworkScan, ScannerFindings, ScannerLines};
    of_artefacts(&[DetectionHistory, ScannerLines, ScannerFindings, NetworkScan], bytes);
    let forms = [table(), lines()];
    // The patterns are the target's own.
    let Ok(outputs) = Outputs::new(&forms) else { return };
    let _ = outputs.recognise("a/Gate-07.txt", bytes);
    for number in 0..=2 {
        twice(bytes.len(), |sink| outputs.read(number, "a/Gate-07.txt", &mut &*bytes, sink));
    }
}

fn table() -> Output {
    let time = Some("When".to_owned());
    Output {
        id: "gate-table".to_owned(),
        columns: ["When", "Path", "Verdict"].map(str::to_owned).to_vec(),
        rows: Some(Telling { time, level_of: Some("Verdict".to_owned()), ..Telling::default() }),
        ..Output::default()
    }
}

fn lines() -> Output {
    let line = |pattern: &str, topic, reach| LineForm {
        pattern: pattern.to_owned(),
        tells: Telling { topic, time: Some("When".to_owned()), ..Telling::default() },
        reach,
    };
    Output {
        id: "gate-lines".to_owned(),
        named: Some(r"^Gate-(?P<Host>\d+)".to_owned()),
        marks: vec!["^Gate check".to_owned()],
        lines: vec![
            line(r"^Gate check (?P<When>\S+) of (?P<Host>\S+)", Tells::Run, Reach::Section),
            line(r"^Found (?P<Path>.+)", Tells::Detection, Reach::Line),
        ],
        ..Output::default()
    }
}
