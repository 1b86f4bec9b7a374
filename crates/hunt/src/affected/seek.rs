//! Looks for what evidence says of builds: in records, at the head of logs, in text files, as the products of packs state it.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::io::{self, BufRead, BufReader, Read};

use globset::Glob;
use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::product::{BuildEvidence, LogPart, TimeMeans, Version};
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;
use hikeshi_evidence::encoding::{Encoding, Utf8Reader};
use hikeshi_evidence::record::{Missed, Record, Topic, Value};
use hikeshi_pack::ProductBook;
use hikeshi_pack::lint::Fault;
use regex::{Captures, Regex, RegexBuilder};

use super::sightings::{Claim, Spot};
use crate::globs::{Globs, glob};
use crate::written;

/// A compiled expression may take so much memory.
const EXPRESSION_BYTES: usize = 1 << 20;
/// So many bytes of a text file are read.
const TEXT_BYTES: u64 = 64 << 20;
/// A longer line is read in pieces.
const LINE_BYTES: u64 = 64 << 10;
/// So many claims are taken of one file.
const CLAIMS: usize = 64;
/// So many keys of the registry are remembered while not all of their values were seen.
const KEYS: usize = 256;

/// All evidence of builds that a run looks for.
#[derive(Debug, Default)]
pub(super) struct Seeker {
    sources: Vec<Source>,
    /// Places in `sources`, by topic.
    records: HashMap<Topic, Vec<usize>>,
    /// Files that are looked at.
    files: Globs,
    /// Text files that are read.
    texts: Globs,
}

#[derive(Debug)]
struct Source {
    product: usize,
    evidence: usize,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Record(OfRecord),
    Log { families: Vec<String>, part: LogPart, pattern: Regex },
    Text { pattern: Regex, confirmed_by: Option<Regex>, void_by: Option<Regex> },
}

#[derive(Debug)]
struct OfRecord {
    conditions: Vec<(String, Regex)>,
    /// Only files whose path fits a glob.
    of_files: bool,
    value: Option<String>,
    values: Vec<String>,
    pattern: Option<Regex>,
    time: TimeMeans,
    since: Option<String>,
}

/// What was found in one file, by the place of the product and of the evidence in it.
pub(super) type Found = Vec<((usize, usize), Claim, Spot)>;

impl Seeker {
    /// Compiles the evidence of all products; what cannot be compiled is told and left out.
    pub(super) fn compile<'p>(books: impl IntoIterator<Item = &'p ProductBook>, faults: &mut Vec<Fault>) -> Self {
        let mut seeker = Self::default();
        let (mut files, mut texts) = (Vec::new(), Vec::new());
        for (product, book) in books.into_iter().enumerate() {
            let place = format!("products/{}", book.product.id);
            for (number, evidence) in book.product.evidence.iter().enumerate() {
                let at = seeker.sources.len();
                let compiled = compile(evidence).and_then(|form| {
                    let files = globs(&evidence.paths)?;
                    Ok((form, files, globs(&evidence.text)?))
                });
                match compiled {
                    Ok((form, of_files, of_texts)) => {
                        files.extend(of_files.into_iter().map(|glob| (at, glob)));
                        texts.extend(of_texts.into_iter().map(|glob| (at, glob)));
                        if let (Form::Record(_), Some(topic)) = (&form, evidence.record.as_deref().and_then(topic)) {
                            seeker.records.entry(topic).or_default().push(at);
                        }
                        seeker.sources.push(Source { product, evidence: number, form });
                    }
                    Err(what) => {
                        let what = what.at(format_args!("`evidence.{}`", evidence.id));
                        faults.push(Fault { place: place.clone(), what });
                    }
                }
            }
        }
        // Each glob was compiled before; without the search nothing is found, and nothing claimed.
        seeker.files = Globs::new(files).unwrap_or_default();
        seeker.texts = Globs::new(texts).unwrap_or_default();
        seeker
    }

    /// Whether a file is looked at, wherever it lies.
    pub(super) fn looks_at(&self, path: &str) -> bool {
        self.files.fit(path)
    }

    /// Whether a text file is read.
    pub(super) fn reads(&self, path: &str) -> bool {
        self.texts.fit(path)
    }

    /// For the records of one file.
    pub(super) fn begin(&self, path: &str) -> OfFile<'_> {
        self.begin_as(path, path)
    }

    /// The same, for a file that is known by another path than the one it is shown under.
    pub(super) fn begin_as(&self, known_as: &str, path: &str) -> OfFile<'_> {
        let owned = self.files.owners_of(known_as).collect();
        OfFile { seeker: self, path: path.to_owned(), looked_at: owned, keys: HashMap::new(), found: Vec::new() }
    }

    /// The head of a log. The time of its first row is not known yet: see [`super::dated`].
    pub(super) fn log(&self, family: &str, path: &str, head: &[u8]) -> Found {
        let concerned = self.sources.iter().filter_map(|source| match &source.form {
            Form::Log { families, part, pattern } if families.iter().any(|id| id == family) => {
                Some((source, *part, pattern))
            }
            _ => None,
        });
        let concerned: Vec<_> = concerned.collect();
        let mut found = Found::new();
        if concerned.is_empty() {
            return found;
        }
        let asks_rows = concerned.iter().any(|(_, part, _)| matches!(part, LogPart::Rows));
        let head = decoded(if asks_rows { head } else { comments(head) });
        let rows_at = rows_at(&head);
        for (source, part, pattern) in concerned {
            let text = match part {
                LogPart::Comments => head.get(..rows_at),
                LogPart::Rows => head.get(rows_at..),
            };
            let claims: BTreeSet<Claim> = pattern
                .captures_iter(text.unwrap_or_default())
                .filter_map(|found| claim(&found))
                .take(CLAIMS)
                .collect();
            let spot = Spot { time: None, place: path.to_owned() };
            found.extend(claims.into_iter().map(|claim| (source.key(), claim, spot.clone())));
        }
        found
    }

    /// The lines of a text file, by the path that it is known by. `modified` is the time of what has no time of its own.
    pub(super) fn text(
        &self,
        known_as: &str,
        path: &str,
        source: impl Read,
        head: &[u8],
        modified: Option<Timestamp>,
    ) -> (Found, Option<Missed>) {
        let mut owners: Vec<usize> = self.texts.owners_of(known_as).collect();
        owners.dedup();
        self.text_by(owners, path, source, head, modified)
    }

    /// What one file of a sample says, whatever its path: records where it holds records, else a text or the head of a log.
    /// With it how many pieces there are that each should say something.
    pub(super) fn sample(&self, file: &str, bytes: &[u8]) -> Result<(Found, usize), Text> {
        let all: Vec<usize> = (0..self.sources.len()).collect();
        let Some(first) = self.sources.first() else { return Ok((Found::new(), 1)) };
        let form = match &first.form {
            Form::Record(form) => form,
            Form::Log { families, .. } => {
                let found = families.iter().map(|family| self.log(family, file, bytes)).find(|found| !found.is_empty());
                return Ok((found.unwrap_or_default(), 1));
            }
            Form::Text { .. } => return Ok((self.text_by(all, file, bytes, bytes, None).0, 1)),
        };
        let records = written::records(bytes)?;
        let mut found = Found::new();
        for record in &records {
            let target = record.text("TargetFilename").map(|target| target.replace('\\', "/"));
            let fits = target.is_none_or(|target| !form.of_files || self.looks_at(&target));
            if fits {
                let mut one = OfFile { looked_at: all.iter().copied().collect(), ..self.begin(file) };
                if form.values.is_empty() {
                    one.record(record);
                } else {
                    // The values of a key are told apart by all records together.
                    records.iter().for_each(|record| one.record(record));
                }
                found.extend(one.found);
            }
        }
        Ok((found, if form.values.is_empty() { records.len() } else { 1 }))
    }

    fn text_by(
        &self,
        owners: Vec<usize>,
        path: &str,
        source: impl Read,
        head: &[u8],
        modified: Option<Timestamp>,
    ) -> (Found, Option<Missed>) {
        let mut readers: Vec<TextReader<'_>> = Vec::new();
        for owner in owners {
            if let Some(Source { product, evidence, form: Form::Text { pattern, confirmed_by, void_by } }) =
                self.sources.get(owner)
            {
                let key = (*product, *evidence);
                let (confirmed_by, void_by) = (confirmed_by.as_ref(), void_by.as_ref());
                readers.push(TextReader { key, pattern, confirmed_by, void_by, open: None, found: Vec::new() });
            }
        }
        let mut source = source.take(TEXT_BYTES);
        let read = lines(Utf8Reader::new(&mut source, Encoding::detect(head)), |number, line| {
            readers.iter_mut().for_each(|reader| reader.line(path, number, line, modified));
        });
        let missed = match read {
            Err(error) => Some(Missed::new(Gap::ReadFailed).because(error)),
            Ok(()) if source.limit() == 0 && !matches!(source.into_inner().read(&mut [0]), Ok(0)) => Some(
                Missed::new(Gap::TooLarge)
                    .because(both!("{TEXT_BYTES} bytes of it were read", "先頭の {TEXT_BYTES} バイトを読んだ")),
            ),
            Ok(()) => None,
        };
        (readers.into_iter().flat_map(|reader| reader.found).collect(), missed)
    }
}

/// Gives each line with its number from 1, without its break.
fn lines(text: impl Read, mut take: impl FnMut(u64, &str)) -> io::Result<()> {
    let mut text = BufReader::new(text);
    let (mut line, mut number) = (Vec::new(), 0);
    while text.by_ref().take(LINE_BYTES).read_until(b'\n', &mut line)? > 0 {
        number += 1;
        take(number, String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']));
        line.clear();
    }
    Ok(())
}

impl Source {
    const fn key(&self) -> (usize, usize) {
        (self.product, self.evidence)
    }
}

/// Reads the records of one file.
#[derive(Debug)]
pub(crate) struct OfFile<'a> {
    seeker: &'a Seeker,
    path: String,
    /// Places of the sources that the path of the file fits.
    looked_at: BTreeSet<usize>,
    /// Values of registry keys of which not all were seen.
    keys: HashMap<(usize, String), Vec<Option<u32>>>,
    pub(super) found: Found,
}

impl OfFile<'_> {
    /// Takes in one record.
    pub(crate) fn record(&mut self, record: &Record) {
        let seeker = self.seeker;
        let Some(sources) = seeker.records.get(&record.topic) else { return };
        for at in sources {
            let Some(source) = seeker.sources.get(*at) else { continue };
            let Form::Record(form) = &source.form else { continue };
            if self.found.len() >= CLAIMS || (form.of_files && !self.looked_at.contains(at)) {
                continue;
            }
            let claim = if form.values.is_empty() {
                form.holds(record).then(|| form.claim(record)).flatten()
            } else {
                self.of_key(*at, form, record)
            };
            if let Some(claim) = claim {
                let place = match record.number {
                    Some(number) => format!("{}#{number}", self.path),
                    None => self.path.clone(),
                };
                self.found.push((source.key(), claim, Spot { time: form.time_of(record), place }));
            }
        }
    }

    /// A version that several values of one registry key make together.
    fn of_key(&mut self, at: usize, form: &OfRecord, record: &Record) -> Option<Claim> {
        let (key, name) = record.text("TargetObject")?.rsplit_once('\\')?;
        let place = form.values.iter().position(|wanted| wanted.eq_ignore_ascii_case(name))?;
        if !form.holds(record) || self.keys.len() >= KEYS {
            return None;
        }
        let number = number(record.text("Details")?)?;
        let numbers = self.keys.entry((at, key.to_owned())).or_insert_with(|| vec![None; form.values.len()]);
        *numbers.get_mut(place)? = Some(number);
        let whole: Vec<String> =
            numbers.iter().map(|number| number.map(|number| number.to_string())).collect::<Option<_>>()?;
        whole.join(".").parse().ok().map(Claim::Version)
    }
}

impl OfRecord {
    fn holds(&self, record: &Record) -> bool {
        self.conditions.iter().all(|(name, expression)| {
            let mut named = record.fields.iter().filter(|(have, _)| have.eq_ignore_ascii_case(name));
            named.any(|(_, value)| texts(value).iter().any(|text| expression.is_match(text)))
        })
    }

    fn claim(&self, record: &Record) -> Option<Claim> {
        let Some(name) = &self.value else { return Some(Claim::Presence) };
        let named = record.fields.iter().filter(|(have, _)| have.eq_ignore_ascii_case(name));
        let mut values = named.flat_map(|(_, value)| texts(value));
        match &self.pattern {
            Some(pattern) => values.find_map(|text| claim(&pattern.captures(&text)?)),
            None => values.find_map(|text| text.parse().ok()).map(Claim::Version),
        }
    }

    fn time_of(&self, record: &Record) -> Option<Timestamp> {
        match (self.time, &self.since) {
            (TimeMeans::Nothing, _) => None,
            (_, None) => record.time,
            (_, Some(name)) => record.text(name).and_then(|text| Timestamp::parse(text.as_bytes())),
        }
    }
}

/// One kind of evidence while the lines of a text file come in.
struct TextReader<'a> {
    key: (usize, usize),
    pattern: &'a Regex,
    confirmed_by: Option<&'a Regex>,
    void_by: Option<&'a Regex>,
    /// What waits for its confirmation.
    open: Option<(Claim, Spot)>,
    found: Found,
}

impl TextReader<'_> {
    fn line(&mut self, path: &str, number: u64, line: &str, modified: Option<Timestamp>) {
        if self.found.len() >= CLAIMS {
            return;
        }
        if let Some((claim, time)) = self.pattern.captures(line).and_then(|found| Some((claim(&found)?, time(&found))))
        {
            let spot = Spot { time: time.or(modified), place: format!("{path}:{number}") };
            self.open = Some((claim, spot));
        } else if self.void_by.is_some_and(|void| void.is_match(line)) {
            self.open = None;
        }
        if self.confirmed_by.is_none_or(|confirmed| confirmed.is_match(line))
            && let Some((claim, spot)) = self.open.take()
        {
            self.found.push((self.key, claim, spot));
        }
    }
}

fn globs(patterns: &[String]) -> Result<Vec<Glob>, Text> {
    patterns
        .iter()
        .map(|pattern| glob(pattern).map_err(|error| Text::quoted(error, "パターンとして使えません")))
        .collect()
}

fn compile(evidence: &BuildEvidence) -> Result<Form, Text> {
    let pattern = evidence.pattern.as_deref().map(expression).transpose()?;
    if let Some(pattern) = &pattern
        && !pattern.capture_names().flatten().any(|name| matches!(name, "version" | "kb"))
    {
        return Err(both!(
            "the pattern has neither the group `version` nor `kb`",
            "`pattern` に `version` も `kb` もありません"
        ));
    }
    if let Some(word) = &evidence.record {
        topic(word)
            .ok_or_else(|| both!("`{word}` is no topic of records", "`{word}` という種類のレコードはありません"))?;
        let condition = |(name, text): (&String, &String)| Ok((name.clone(), expression(text)?));
        return Ok(Form::Record(OfRecord {
            conditions: evidence.holds.iter().map(condition).collect::<Result<_, Text>>()?,
            of_files: !evidence.paths.is_empty(),
            value: evidence.value.clone(),
            values: evidence.values.clone(),
            pattern,
            time: evidence.time,
            since: evidence.since.clone(),
        }));
    }
    let pattern = pattern.ok_or(("needs a `pattern`", "`pattern` が必要です"))?;
    if evidence.text.is_empty() {
        return Ok(Form::Log { families: evidence.log.clone(), part: evidence.part, pattern });
    }
    let optional = |text: &Option<String>| text.as_deref().map(expression).transpose();
    Ok(Form::Text { pattern, confirmed_by: optional(&evidence.confirmed_by)?, void_by: optional(&evidence.void_by)? })
}

fn expression(text: &str) -> Result<Regex, Text> {
    let mut builder = RegexBuilder::new(text);
    builder.case_insensitive(true).multi_line(true).size_limit(EXPRESSION_BYTES);
    builder.build().map_err(|error| {
        let error = error.to_string();
        let why = last_line(&error);
        both!("`{text}` is no regular expression: {why}", "`{text}` は正規表現として使えません: {why}")
    })
}

/// What is wrong stands behind a drawing of where.
fn last_line(error: &str) -> &str {
    error.lines().last().unwrap_or(error).trim_start_matches("error: ")
}

fn topic(word: &str) -> Option<Topic> {
    Topic::ALL.into_iter().find(|topic| topic.word() == word)
}

fn claim(found: &Captures<'_>) -> Option<Claim> {
    let version = || Version::from_numbers(found.name("version")?.as_str()).map(Claim::Version);
    let update = || Some(Claim::Update(found.name("kb")?.as_str().to_ascii_uppercase()));
    version().or_else(update)
}

fn time(found: &Captures<'_>) -> Option<Timestamp> {
    let part = |name| Some(found.name(name)?.as_str());
    let date = format!("{}-{}-{}", part("year")?, part("month")?, part("day")?);
    Timestamp::parse_two(date.as_bytes(), part("clock")?.as_bytes())
}

/// `2106`, or as a value of the registry is shown, `DWORD (0x0000083a)`.
fn number(details: &str) -> Option<u32> {
    match details.strip_prefix("DWORD (0x").and_then(|rest| rest.strip_suffix(')')) {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => details.trim().parse().ok(),
    }
}

fn texts(value: &Value) -> Vec<Cow<'_, str>> {
    match value {
        Value::Text(text) => vec![Cow::Borrowed(text)],
        Value::List(texts) => texts.iter().map(|text| Cow::Borrowed(text.as_str())).collect(),
        Value::Number(number) => vec![Cow::Owned(number.to_string())],
        Value::Bool(truth) => vec![Cow::Borrowed(if *truth { "true" } else { "false" })],
    }
}

fn decoded(head: &[u8]) -> Cow<'_, str> {
    match Encoding::detect(head) {
        Encoding::Ascii => String::from_utf8_lossy(head),
        encoding => {
            let mut text = Vec::with_capacity(head.len());
            // A decoder that reads from memory does not fail.
            let _ = Utf8Reader::new(head, encoding).read_to_end(&mut text);
            Cow::Owned(String::from_utf8_lossy(&text).into_owned())
        }
    }
}

/// A head without its rows; all of it where it is not stored in a way that keeps ASCII in place.
fn comments(head: &[u8]) -> &[u8] {
    if Encoding::detect(head) != Encoding::Ascii {
        return head;
    }
    let is_comment = |line: &&[u8]| line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).starts_with(b"#");
    let length = head.split_inclusive(|byte| *byte == b'\n').take_while(is_comment).map(<[u8]>::len).sum();
    head.get(..length).unwrap_or(head)
}

/// Where the first line begins that is no comment.
fn rows_at(head: &str) -> usize {
    let mut at = 0;
    for line in head.split_inclusive('\n') {
        if !line.trim_start_matches('\u{feff}').starts_with('#') {
            break;
        }
        at += line.len();
    }
    at
}
