//! The samples of products: each kind of evidence says something of its hit samples, and nothing of its miss samples.

use hikeshi_core::both;
use hikeshi_core::product::{BuildEvidence, Product};
use hikeshi_core::text::Text;
use hikeshi_pack::Pack;
use hikeshi_pack::samples::{Expect, Sample};

use super::{Failure, Outcome};
use crate::affected;

/// Runs the samples below `tests/<product>/`; the name behind `hit-` or `miss-` begins with that of the evidence.
pub(super) fn rehearse(pack: &Pack, outcome: &mut Outcome) {
    for book in &pack.products {
        for sample in pack.samples.iter().filter(|sample| sample.rule == book.product.id) {
            outcome.samples += 1;
            if let Err(what) = run(&book.product, sample, outcome) {
                outcome.failures.push(Failure { sample: format!("tests/{}/{}", sample.rule, sample.name), what });
            }
        }
    }
}

fn run(product: &Product, sample: &Sample, outcome: &mut Outcome) -> Result<(), Text> {
    let evidence = meant(product, sample).ok_or((
        "its name begins with that of no evidence of the product",
        "名前が、製品のどの `evidence` の ID でも始まっていません",
    ))?;
    for (file, bytes) in &sample.files {
        let (found, wanted) = affected::sampled(product, evidence, file, bytes).map_err(|what| what.at(file))?;
        outcome.rows += wanted as u64;
        match sample.expect {
            Expect::Hit if found < wanted || wanted == 0 => {
                return Err(both!(
                    "{file}: {found} of {wanted} say something of a build",
                    "{file}: ビルドを示すものが {wanted} 件中 {found} 件です"
                ));
            }
            Expect::Miss if found > 0 => {
                return Err(both!(
                    "{file}: {found} say something of a build",
                    "{file}: ビルドを示すものが {found} 件あります"
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The evidence that a sample is for: the longest name that fits.
fn meant<'p>(product: &'p Product, sample: &Sample) -> Option<&'p BuildEvidence> {
    let (_, name) = sample.name.split_once('-')?;
    let fits = |evidence: &&BuildEvidence| {
        name.strip_prefix(evidence.id.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
    };
    product.evidence.iter().filter(fits).max_by_key(|evidence| evidence.id.len())
}
