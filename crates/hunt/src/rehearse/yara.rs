//! The samples of YARA rules: each file of a hit sample raises the rule, none of a miss sample does.

use std::borrow::Cow;
use std::time::Duration;

use hikeshi_core::both;
use hikeshi_core::text::{Phrase, Text};
use hikeshi_evidence::look::{Subject, look};
use hikeshi_evidence::yara::{Externals, Rules, compile};
use hikeshi_pack::Pack;
use hikeshi_pack::samples::{Expect, Sample};

use super::{Failure, Outcome};

/// A rule that takes longer on a sample is no rule for a disk.
const TIME: Duration = Duration::from_secs(20);
/// What virus scanners would take away is kept in hexadecimal digits, under a name with this ending.
const HEX: &str = ".hex";

/// Runs the samples below `tests/<rule>/` of the YARA rules of a pack.
pub(super) fn rehearse(pack: &Pack, outcome: &mut Outcome) {
    if pack.yara.is_empty() {
        return;
    }
    // What does not compile was told by `lint`.
    let (rules, _) = compile(pack.yara.iter().cloned());
    for statement in rules.statements() {
        for sample in pack.samples.iter().filter(|sample| sample.rule == statement.rule) {
            outcome.samples += 1;
            if let Err(what) = run(&rules, sample, outcome) {
                outcome.failures.push(Failure { sample: format!("tests/{}/{}", sample.rule, sample.name), what });
            }
        }
    }
}

fn run(rules: &Rules, sample: &Sample, outcome: &mut Outcome) -> Result<(), Text> {
    for (file, bytes) in &sample.files {
        outcome.rows += 1;
        let (path, bytes) = match file.strip_suffix(HEX) {
            Some(path) => (path, Cow::Owned(from_hex(bytes).map_err(|what| Text::from(what).at(file))?)),
            None => (file.as_str(), Cow::Borrowed(bytes.as_slice())),
        };
        let subject = Subject { path, size: bytes.len() as u64, ..Subject::default() };
        let externals = Externals::new(&subject, &look(&subject, &bytes), &bytes);
        let scanned = rules.scan_file(&bytes, &externals, TIME);
        if let Some(missed) = scanned.missed.first() {
            let partly = || both!("was not scanned in full", "最後まで検査できませんでした");
            return Err(missed.detail.clone().unwrap_or_else(partly).at(file));
        }
        let holds = scanned.matches.iter().any(|found| found.rule == sample.rule);
        match (sample.expect, holds) {
            (Expect::Hit, false) => return Err(both!("not found in {file}", "{file} で見つかりません")),
            (Expect::Miss, true) => return Err(both!("found in {file}", "{file} で見つかりました")),
            _ => {}
        }
    }
    Ok(())
}

/// Bytes from pairs of digits; blanks and line ends may stand between pairs, lines that begin with `#` are for people.
fn from_hex(text: &[u8]) -> Result<Vec<u8>, Phrase> {
    const MALFORMED: Phrase =
        ("holds something else than pairs of hexadecimal digits", "2 桁ずつの 16 進数でないものがあります");
    let text = std::str::from_utf8(text).map_err(|_| MALFORMED)?;
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let digits: Vec<u32> = lines
        .flat_map(str::chars)
        .filter(|sign| !sign.is_whitespace())
        .map(|sign| sign.to_digit(16))
        .collect::<Option<_>>()
        .ok_or(MALFORMED)?;
    let (pairs, []) = digits.as_chunks::<2>() else { return Err(MALFORMED) };
    Ok(pairs.iter().filter_map(|[high, low]| u8::try_from(high << 4 | low).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_from_digits() {
        assert_eq!(from_hex(b"# a page\n3c 25\r\n253E\n").unwrap(), b"<%%>");
        assert!(from_hex(b"3c2").is_err() && from_hex(b"zz").is_err() && from_hex(b"\xff").is_err());
    }
}
