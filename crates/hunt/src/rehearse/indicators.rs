//! The samples of indicators, below `tests/indicators/`: each record and row of a hit sample holds one, none of a miss sample.

use hikeshi_core::both;
use hikeshi_core::text::Text;
use hikeshi_evidence::encoding::Utf8Reader;
use hikeshi_evidence::reader::{Everything, LogReader};
use hikeshi_pack::Pack;
use hikeshi_pack::samples::{Expect, Sample};

use super::{Failure, Outcome, Stage, of_no_family};
use crate::recognise::{HEAD, What};
use crate::sought::{IndicatorBook, Sought};
use crate::written;

/// The folder's name.
pub(super) const FOLDER: &str = "indicators";

/// Runs the samples.
pub(super) fn rehearse(pack: &Pack, stage: &Stage<'_>, outcome: &mut Outcome) {
    let Some(sought) = Sought::new(IndicatorBook::of_pack(pack), &mut Vec::new(), &mut Vec::new()) else {
        return;
    };
    for sample in pack.samples.iter().filter(|sample| sample.rule == FOLDER) {
        outcome.samples += 1;
        if let Err(what) = run(&sought, stage, sample, outcome) {
            outcome.failures.push(Failure { sample: format!("tests/{FOLDER}/{}", sample.name), what });
        }
    }
}

fn run(sought: &Sought, stage: &Stage<'_>, sample: &Sample, outcome: &mut Outcome) -> Result<(), Text> {
    for (file, bytes) in &sample.files {
        let (held, all) = if file.ends_with(".jsonl") {
            let records = written::records(bytes).map_err(|what| what.at(file))?;
            let roles = &stage.records.sources.roles;
            let held = records.iter().filter(|record| !sought.in_record(record, roles).is_empty()).count();
            (held as u64, records.len() as u64)
        } else {
            in_log(sought, stage, file, bytes)?
        };
        outcome.rows += all;
        match sample.expect {
            Expect::Hit if held < all || all == 0 => {
                return Err(both!(
                    "{file}: {held} of {all} hold an indicator",
                    "{file}: 侵害指標を含むものが {all} 件中 {held} 件です"
                ));
            }
            Expect::Miss if held > 0 => {
                return Err(both!(
                    "{file}: {held} hold an indicator",
                    "{file}: 侵害指標を含むものが {held} 件あります"
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Rows of a log that hold an indicator, and all rows.
fn in_log(sought: &Sought, stage: &Stage<'_>, file: &str, bytes: &[u8]) -> Result<(u64, u64), Text> {
    let families: Vec<_> = stage.programs.iter().map(|program| &program.family).collect();
    let recognised = stage.recogniser.recognise(file, bytes.get(..HEAD).unwrap_or(bytes), &families);
    let What::Log(family, encoding) = recognised.what else { return Err(of_no_family(file)) };
    let family = &stage.programs.get(family).ok_or_else(|| of_no_family(file))?.family;
    let (mut held, mut all) = (0, 0);
    let reader = LogReader::new(family, Utf8Reader::new(bytes, encoding), None);
    reader.run(&mut Everything, &mut |row| {
        all += 1;
        held += u64::from(!sought.in_row(row, family).is_empty());
    });
    Ok((held, all))
}
