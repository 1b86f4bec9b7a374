//! `hikeshi pack`: what packs there are, and whether one keeps what it promises.

use std::io::Write;

use anyhow::Result;
use hikeshi_core::untrusted::Untrusted;
use hikeshi_pack::Pack;
use hikeshi_pack::lint::lint;
use hikeshi_report::Words;

use crate::builtin;
use crate::exit::Exit;
use crate::tell::say;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List the packs inside the program.
    List,
    /// Show what a pack covers: its log families and rules.
    Show(One),
    /// Look for faults in a pack's files.
    Lint(One),
    /// Run every rule of a pack on its samples and on variants of them.
    Test(One),
}

#[derive(clap::Args)]
struct One {
    /// Pack by id or folder.
    #[arg(value_name = "PACK")]
    pack: String,
}

pub(crate) fn run(arguments: &Arguments, words: &Words) -> Result<Exit> {
    let mut out = anstream::stdout().lock();
    match &arguments.command {
        Command::List => {
            for name in builtin::names() {
                let pack = builtin::load_one(&name)?;
                writeln!(out, "{name}  {}  {}", pack.manifest.version, pack.manifest.title.get(words.lang()))?;
            }
            Ok(Exit::Clean)
        }
        Command::Show(one) => show(&builtin::load_one(&one.pack)?, words, &mut out),
        Command::Lint(one) => lint_pack(&builtin::load_one(&one.pack)?, words, &mut out),
        Command::Test(one) => test(&builtin::load_one(&one.pack)?, words, &mut out),
    }
}

fn show(pack: &Pack, words: &Words, out: &mut dyn Write) -> Result<Exit> {
    let lang = words.lang();
    let manifest = &pack.manifest;
    line(out, &format!("{} ({} {})", manifest.title.get(lang), manifest.id, manifest.version))?;
    line(out, manifest.summary.get(lang).trim())?;
    line(out, &manifest.cves.join(" "))?;
    writeln!(out)?;
    for family in &pack.families {
        line(out, &format!("{}: {}", family.id, family.title.get(lang)))?;
    }
    writeln!(out)?;
    for rule in &pack.rules.rules {
        let stage = rule.stage.map(|stage| words.get(&format!("stage-{}", stage.word()))).unwrap_or_default();
        let severity = words.get(&format!("severity-{}", rule.severity.word()));
        line(out, &format!("{} [{stage}, {severity}] {}", rule.reference.name, rule.explanation.name.get(lang)))?;
    }
    Ok(Exit::Clean)
}

/// A pack may come from anywhere, so its words are shown like those of evidence.
fn line(out: &mut dyn Write, text: &str) -> Result<()> {
    Ok(writeln!(out, "{}", Untrusted(text))?)
}

fn lint_pack(pack: &Pack, words: &Words, out: &mut dyn Write) -> Result<Exit> {
    let mut faults = lint(pack);
    faults.extend(hikeshi_hunt::inspect(pack));
    faults.sort();
    for fault in &faults {
        line(out, &format!("{}: {}", fault.place, fault.what.get(words.lang())))?;
    }
    let count = faults.len();
    let (id, version) = (&pack.manifest.id, &pack.manifest.version);
    line(out, &say(words, format!("{id} {version}: faults: {count}"), format!("{id} {version}: 不備 {count} 件")))?;
    Ok(if faults.is_empty() { Exit::Clean } else { Exit::Found })
}

fn test(pack: &Pack, words: &Words, out: &mut dyn Write) -> Result<Exit> {
    let linted = lint_pack(pack, words, out)?;
    let outcome = hikeshi_hunt::rehearse::rehearse(pack)?;
    for failure in &outcome.failures {
        line(out, &format!("{}: {}", failure.sample, failure.what.get(words.lang())))?;
    }
    let (samples, rows, variants, failures) = (outcome.samples, outcome.rows, outcome.variants, outcome.failures.len());
    let summary = say(
        words,
        format!("samples: {samples}, rows: {rows}, variants: {variants}, failures: {failures}"),
        format!("見本 {samples} 個、行 {rows} 行、変形 {variants} 個、失敗 {failures} 件"),
    );
    writeln!(out, "{summary}")?;
    Ok(if outcome.failures.is_empty() { linted } else { Exit::Found })
}
