//! `hikeshi check`: was this server attacked, did they get in, since when, what was not seen.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use hikeshi_core::country::Country;
use hikeshi_core::machine::TimeZone;
use hikeshi_core::text::Text;
use hikeshi_core::time::{NoTime, Timestamp};
use hikeshi_evidence::yara;
use hikeshi_hunt::program::Mode;
use hikeshi_hunt::yara::YaraBook;
use hikeshi_hunt::{Halt, IndicatorBook, Options, Scope, indicators};
use hikeshi_pack::{Pack, RuleBook};
use hikeshi_report::tlp::Tlp;
use hikeshi_report::{Words, complete, complete_preview, json};

use crate::builtin;
use crate::exit::Exit;
use crate::face::{self, Format};
use crate::help;
use crate::progress::Bar;
use crate::tell::{self, because};
use crate::worker;

/// More threads than this only take memory.
const MOST_THREADS: NonZeroUsize = NonZeroUsize::new(512).unwrap();

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folders or files: a copied disk, a mounted image, a folder of logs, single logs.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Pack to check with, by id or folder. Can be given several times. Otherwise all that are built in.
    #[arg(long, value_name = "ID")]
    pack: Vec<String>,
    /// Folder of further Sigma rules. Can be given several times.
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,
    /// Folder of YARA rules, applied to every file. Can be given several times.
    #[arg(long, value_name = "DIR")]
    yara: Vec<PathBuf>,
    /// File of indicators: CSV, a plain list, a STIX 2.1 bundle, a MISP event, a list of Loki. Can be given several times.
    #[arg(long, value_name = "FILE")]
    indicators: Vec<PathBuf>,
    /// File with passwords for encrypted archives, one on each line.
    #[arg(long, value_name = "FILE")]
    archive_password_file: Option<PathBuf>,
    /// Threads that read. Otherwise one per processor.
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    format: Format,
    /// Write the report to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Leave out what happened before this time (UTC): 2021-03-01 or 2021-03-01T06:30:00Z.
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Leave out what happened after this time (UTC). A date alone means its end.
    #[arg(long, value_name = "TIME", value_parser = end_of)]
    until: Option<Timestamp>,
    /// Local time of the server, to tell the course of events in it besides UTC: +09:00, -03:30. Otherwise as the server's
    /// registry has it, where that is there.
    #[arg(long, value_name = "OFFSET", allow_hyphen_values = true)]
    time_zone: Option<TimeZone>,
    /// Country whose contacts are named (JP, US, DE). Otherwise that of the locale, or all.
    #[arg(long, value_name = "CODE")]
    country: Option<Country>,
    /// Look only at files whose path fits this pattern, such as *.evtx or logs/**. Can be given several times.
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// Leave out files whose path fits this pattern. Can be given several times.
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Say what would be looked at, how long it would take and what is missing; judge nothing.
    #[arg(long)]
    explain_only: bool,
    /// Evaluate every row instead of searching first: slow, finds the same; for comparison.
    #[arg(long)]
    read_all: bool,
}

pub(crate) fn run(arguments: &Arguments, words: &Words) -> Result<Exit> {
    if arguments.explain_only && !matches!(arguments.format, Format::Text | Format::Json | Format::Jsonl) {
        let what = Text::new("a preview has no such form", "事前確認にその出力形式はありません");
        return Err(face::no_such_face(what, "text, json"));
    }
    if let Some(output) = &arguments.output {
        spare_evidence(output, &arguments.paths)?;
        face::expect_folder(output)?;
    }
    in_order(arguments.since, arguments.until)?;
    let packs = builtin::load(&arguments.pack)?;
    let packs: Vec<&Pack> = packs.iter().collect();
    let rules = arguments.rules.iter().map(|folder| read_rules(folder)).collect::<Result<_>>()?;
    let mut yara: Vec<YaraBook> = packs.iter().filter_map(|pack| of_pack(pack)).collect();
    for folder in &arguments.yara {
        yara.push(read_yara(folder)?);
    }
    let mut indicators: Vec<IndicatorBook> = packs.iter().flat_map(|pack| IndicatorBook::of_pack(pack)).collect();
    for file in &arguments.indicators {
        indicators.push(read_indicators(file)?);
    }
    let passwords = arguments.archive_password_file.as_deref().map(read_passwords).transpose()?.unwrap_or_default();
    let halt = Arc::new(Halt::default());
    let asked = Arc::clone(&halt);
    // Without a handler an interrupt ends the program at once; that is what happens where none can be set.
    let _ = ctrlc::set_handler(move || asked.ask());
    let bar = Bar::new(words);
    let options = Options {
        roots: &arguments.paths,
        packs: &packs,
        rules,
        yara,
        indicators,
        passwords,
        threads: arguments
            .threads
            .or_else(|| std::thread::available_parallelism().ok())
            .map_or(NonZeroUsize::MIN, |threads| threads.min(MOST_THREADS)),
        mode: if arguments.read_all { Mode::ReadAll } else { Mode::SearchFirst },
        workers: worker::launch()?,
        scope: Scope::new(arguments.since, arguments.until, &arguments.include, &arguments.exclude)
            .map_err(could_not_check)?,
        time_zone: arguments.time_zone.clone(),
        country: arguments.country.or_else(|| Country::of_locale(&help::locale(|name| std::env::var(name).ok())?)),
        version: env!("CARGO_PKG_VERSION"),
    };
    if arguments.explain_only {
        let mut preview = hikeshi_hunt::preview(options, &halt).map_err(could_not_check)?;
        complete_preview(&mut preview);
        face::emit(arguments.output.as_deref(), |out| match arguments.format {
            Format::Json | Format::Jsonl => json::write_preview(&preview, out),
            _ => hikeshi_report::preview::write(&preview, words, out),
        })?;
        let is_whole = preview.missing.is_empty() && preview.unreadable.is_empty();
        return Ok(if is_whole { Exit::Clean } else { Exit::Inconclusive });
    }
    let checked = hikeshi_hunt::check(options, &bar, &halt);
    bar.finish();
    let mut report = checked.map_err(could_not_check)?;
    complete(&mut report);
    face::show(arguments.output.as_deref(), |out| face::write(&report, arguments.format, words, Tlp::default(), out))?;
    Ok(Exit::of(&report))
}

/// A time, or the end of a day where only the day is given.
fn end_of(text: &str) -> Result<Timestamp, NoTime> {
    let time: Timestamp = text.parse()?;
    let is_day = !text.contains([':', 'T', ' ']);
    Ok(if is_day { Timestamp::from_micros(time.plus_seconds(24 * 3600).micros() - 1) } else { time })
}

fn read_rules(folder: &Path) -> Result<RuleBook> {
    let shown = folder.display().to_string();
    let book = RuleBook::read(folder).map_err(|error| no_rules(error, &shown))?;
    if book.rules.is_empty() {
        let first = book.skipped.first().map(|skipped| skipped.reason.clone());
        let reason = first.unwrap_or_else(|| Text::new("there is no Sigma rule in it", "Sigma ルールがありません"));
        return Err(no_rules(tell::cause(reason), &shown));
    }
    Ok(book)
}

fn no_rules(cause: impl Into<anyhow::Error>, shown: &str) -> anyhow::Error {
    because(
        cause,
        Text::new(format!("cannot use the rules in `{shown}`"), format!("`{shown}` のルールを使えません")),
        Text::new("give a folder of Sigma rules (.yml)", "Sigma ルール (.yml) のフォルダーを指定してください"),
    )
}

/// The YARA rules of a pack, where it has any.
fn of_pack(pack: &Pack) -> Option<YaraBook> {
    let (rules, skipped) = yara::compile(pack.yara.iter().cloned());
    let has_any = rules.count() > 0 || !skipped.is_empty();
    has_any.then(|| YaraBook { source: format!("pack:{}", pack.manifest.id), rules, skipped })
}

fn read_yara(folder: &Path) -> Result<YaraBook> {
    let shown = folder.display().to_string();
    let unread = |error: anyhow::Error| {
        because(
            error,
            Text::new(
                format!("cannot read the YARA rules in `{shown}`"),
                format!("`{shown}` の YARA ルールを読めません"),
            ),
            Text::new(
                "give a folder of YARA rules (.yar, .yara)",
                "YARA ルール (.yar、.yara) のフォルダーを指定してください",
            ),
        )
    };
    fs_err::read_dir(folder).map_err(|error| unread(error.into()))?;
    let (rules, skipped) = yara::load(folder);
    if rules.count() == 0 {
        let first = skipped.first().map(|one| format!(": {}", one.reason)).unwrap_or_default();
        let reason = Text::new(format!("no rule in it compiles{first}"), format!("使えるルールがありません{first}"));
        return Err(unread(tell::cause(reason)));
    }
    Ok(YaraBook { source: shown, rules, skipped })
}

fn read_indicators(file: &Path) -> Result<IndicatorBook> {
    let source = file.display().to_string();
    let bytes = fs_err::read(file).map_err(|error| not_indicators(error, &source))?;
    let loaded = indicators::read(&source, &bytes);
    if loaded.indicators.is_empty() {
        let first = loaded.left_out.first();
        let reason = first.map_or_else(|| Text::new("the file is empty", "ファイルが空です"), |one| one.told());
        let place = first.map(|one| one.place.clone()).filter(|place| !place.is_empty());
        let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
        return Err(not_indicators(
            tell::cause(Text::new(
                format!("no indicator in it can be used; {place}{}", reason.en),
                format!("使える侵害指標がありません。{place}{}", reason.ja),
            )),
            &source,
        ));
    }
    Ok(IndicatorBook { source, loaded })
}

fn not_indicators(error: impl Into<anyhow::Error>, shown: &str) -> anyhow::Error {
    because(
        error,
        Text::new(
            format!("cannot use the indicators in `{shown}`"),
            format!("`{shown}` の侵害指標 (IoC) を使えません"),
        ),
        Text::new(
            "give a CSV, a plain list, a STIX 2.1 bundle, a MISP event or a list of Loki",
            "CSV、1 行 1 件の一覧、STIX 2.1 バンドル、MISP イベント、Loki の一覧のいずれかを指定してください",
        ),
    )
}

/// One password on each line, as it stands there; a line end at the end of the file adds none.
fn read_passwords(file: &Path) -> Result<Vec<String>> {
    let text = fs_err::read_to_string(file).map_err(|error| {
        let shown = file.display();
        because(
            error,
            Text::new(format!("cannot read the passwords in `{shown}`"), format!("`{shown}` のパスワードを読めません")),
            Text::new(
                "give a text file in UTF-8 with one password on each line",
                "1 行に 1 つのパスワードを書いた UTF-8 のテキスト ファイルを指定してください",
            ),
        )
    })?;
    Ok(text.trim_start_matches('\u{feff}').lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// Refuses to write the report over a file that is to be checked: nothing on the system looked at is changed.
fn spare_evidence(output: &Path, roots: &[PathBuf]) -> Result<()> {
    // A file that does not exist yet cannot be evidence.
    let Ok(place) = fs_err::canonicalize(output) else { return Ok(()) };
    let is_evidence =
        |root: &PathBuf| fs_err::canonicalize(root).is_ok_and(|root| place.is_file() && place.starts_with(root));
    if !roots.iter().any(is_evidence) {
        return Ok(());
    }
    let shown = output.display();
    Err(because(
        anyhow::anyhow!("the file exists and lies in what is to be checked"),
        Text::new(
            format!("the report would overwrite evidence: `{shown}`"),
            format!("報告書が証拠を上書きしてしまいます: `{shown}`"),
        ),
        Text::new("write the report outside of the evidence", "証拠の外に報告書を書いてください"),
    ))
}

/// Refuses a time that ends before it begins: nothing could be found in it.
fn in_order(since: Option<Timestamp>, until: Option<Timestamp>) -> Result<()> {
    match since.zip(until) {
        Some((since, until)) if until < since => Err(tell::told(
            Text::new(
                format!("--until {until} lies before --since {since}"),
                format!("--until {until} が --since {since} より前です"),
            ),
            Text::new("swap the two times", "2 つの日時を入れ替えてください"),
        )),
        _ => Ok(()),
    }
}

fn could_not_check(error: hikeshi_hunt::Error) -> anyhow::Error {
    match error {
        hikeshi_hunt::Error::Root { path, source } => {
            let shown = path.display().to_string();
            because(
                source,
                Text::new(
                    format!("nothing was checked: `{shown}` cannot be looked at"),
                    format!("何も調べていません: `{shown}` を開けません"),
                ),
                Text::new(
                    "check the spelling and the access rights of the path",
                    "パスのつづりとアクセス権を確かめてください",
                ),
            )
        }
        hikeshi_hunt::Error::Rules { folder, reason } => no_rules(tell::cause(reason), &folder),
        hikeshi_hunt::Error::Pattern { pattern, source } => because(
            source,
            Text::new(
                format!("`{pattern}` is no pattern over paths"),
                format!("`{pattern}` はパスのパターンになっていません"),
            ),
            Text::new("write a pattern such as *.evtx or **/logs/**", "*.evtx や **/logs/** のように書いてください"),
        ),
        _ => error.into(),
    }
}
