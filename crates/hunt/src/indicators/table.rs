//! Tables in CSV, with headings in English or Japanese.

use std::sync::Arc;

use hikeshi_core::both;
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;
use hikeshi_evidence::fields::{Ending, Field, delimited, end_by_quotes};

use super::guess;
use super::indicator::{About, Confidence, Draft, Kind, Syntax, cves, short};
use super::intake::{Intake, LeftOut, Skip};
use super::misp;
use super::type_name::{self, Named};

/// A row with quotes may run over so many bytes; one stray quote costs no more.
const ROW_CAP: usize = 64 << 10;
/// So often a quote may be open at the end of such a stretch; afterwards every line is a row. Otherwise a file of stray quotes
/// would be read over and over.
const STRAY_CAP: usize = 1_000;
/// So many columns are looked at.
const COLUMNS_CAP: usize = 256;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Value(Named),
    Type,
    Description,
    FalsePositives,
    Confidence,
    Source,
    Until,
    Tags,
    Cve,
    Id,
    /// MISP: whether the value is for detection.
    ForDetection,
    Other,
}

/// A table whose headings are known.
#[derive(Debug)]
pub(super) struct Table {
    delimiter: u8,
    columns: Vec<Column>,
    /// Behind the row of headings: where in the text, and the lines before.
    rows_from: usize,
    lines_before: u64,
}

impl Table {
    /// The table that a text is, if its first line that is no comment is a row of headings, or the comment above it is.
    pub(super) fn detect(text: &str) -> Option<Self> {
        let (mut read, mut lines) = (0, 0);
        let mut comment = "";
        for line in text.split_inclusive('\n') {
            let bare = line.trim();
            if bare.len() > ROW_CAP {
                return None;
            }
            if bare.is_empty() || bare.starts_with('#') {
                comment = bare.trim_start_matches('#').trim();
                read += line.len();
                lines += 1;
                continue;
            }
            if let Some((delimiter, columns)) = heading(bare) {
                return Some(Self { delimiter, columns, rows_from: read + line.len(), lines_before: lines + 1 });
            }
            let (delimiter, columns) = heading(comment).filter(|(_, columns)| columns.len() > 1)?;
            let mut fields = Vec::new();
            delimited(bare.as_bytes(), delimiter, &mut fields);
            let fits = fields.len() == columns.len();
            return fits.then_some(Self { delimiter, columns, rows_from: read, lines_before: lines });
        }
        None
    }

    /// Reads the rows.
    pub(super) fn read(&self, source: &str, text: &str, intake: &mut Intake) {
        let bytes = text.as_bytes();
        let (mut at, mut line) = (self.rows_from, self.lines_before + 1);
        let mut fields = Vec::new();
        let mut stray = 0;
        while at < bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            let window = rest.get(..ROW_CAP).unwrap_or(rest);
            let line_end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
            let by_quotes = (stray < STRAY_CAP).then(|| end_by_quotes(window, 0, self.delimiter)).flatten();
            stray += usize::from(by_quotes.is_none());
            let length = by_quotes.unwrap_or(line_end);
            let row = text.get(at..at + length).unwrap_or_default();
            let place = format!("line {line}");
            at += length;
            line += row.bytes().filter(|byte| *byte == b'\n').count() as u64;
            let row = row.trim_end_matches(['\r', '\n']);
            if row.trim().is_empty() || row.starts_with('#') {
                continue;
            }
            if row.len() > ROW_CAP {
                intake.leave(LeftOut::part(Skip::TooLong, row, &place));
            } else if delimited(row.as_bytes(), self.delimiter, &mut fields) == Ending::OpenQuote {
                intake.leave(
                    LeftOut::part(Skip::Malformed, row, &place)
                        .because(both!("a quote is not closed", "引用符が閉じていません")),
                );
            } else {
                self.read_row(source, &values(row, &fields), &place, intake);
            }
        }
    }

    fn read_row(&self, source: &str, cells: &[String], place: &str, intake: &mut Intake) {
        let row = Row { columns: &self.columns, cells };
        let mut about = row.about(source);
        if row
            .first(Column::ForDetection)
            .is_some_and(|word| matches!(word.to_ascii_lowercase().as_str(), "0" | "false"))
        {
            about.confidence = Confidence::Low;
            about.besides.push(misp::NOT_FOR_DETECTION.to_owned());
        }
        let id = row.first(Column::Id).unwrap_or(place);
        let mut taken = Vec::new();
        let mut is_empty = true;
        let type_of_row = row.first(Column::Type).unwrap_or_default();
        for (named, value) in row.values() {
            is_empty = false;
            for (type_of_part, value) in type_name::parts(type_of_row, value) {
                match meant(named, type_of_part, value) {
                    Ok(meant) => taken.push(meant),
                    Err(skip) => intake.leave(LeftOut::part(skip, value, place).because(Text::same(type_of_part))),
                }
            }
        }
        if is_empty {
            intake.leave(
                LeftOut::part(Skip::Malformed, cells.first().map_or("", String::as_str), place)
                    .because(both!("no value", "値がありません")),
            );
        }
        // In one row, a name beside a hash is what the file was called once.
        let has_hash = taken.iter().any(|(kind, ..)| kind.is_hash());
        let about = Arc::new(about);
        for (kind, syntax, value) in taken {
            if has_hash && matches!(kind, Kind::FileName | Kind::Path) && self.columns.len() > 1 {
                intake.leave(LeftOut::part(Skip::NameBesideHash, &value, place));
                continue;
            }
            let about = Arc::clone(&about);
            intake.take(Draft { id: id.to_owned(), kind, syntax, value, except: None, method: None, about });
        }
    }
}

/// What a value is, by its column, or else by the row's type, or else by its form.
fn meant(named: Named, type_of_row: &str, value: &str) -> Result<(Kind, Syntax, String), Skip> {
    if named != Named::Guess || type_of_row.is_empty() {
        return named.value(value);
    }
    match type_name::of(type_of_row) {
        Some(named) => named.value(value),
        // A list's own words for its types: the form of the value is the better witness.
        None => guess::guess(value).filter(|_| !is_elsewhere(type_of_row)).ok_or(Skip::KindUnsupported),
    }
}

/// Types of values that look like ones that are looked for, and are not.
fn is_elsewhere(word: &str) -> bool {
    matches!(
        type_name::plain(word).as_str(),
        "imphash"
            | "authentihash"
            | "pehash"
            | "ssdeep"
            | "tlsh"
            | "vhash"
            | "sha512"
            | "sha224"
            | "sha384"
            | "ja3"
            | "ja3s"
            | "mutex"
            | "regkey"
            | "registry"
            | "cve"
            | "yara"
            | "x509fingerprintmd5"
            | "x509fingerprintsha1"
            | "x509fingerprintsha256"
            | "comment"
            | "reference"
            | "other"
    )
}

/// One row.
struct Row<'r> {
    columns: &'r [Column],
    cells: &'r [String],
}

impl<'r> Row<'r> {
    fn filled(&self) -> impl Iterator<Item = (Column, &'r str)> {
        let pairs = self.columns.iter().copied().zip(self.cells.iter().map(|cell| cell.trim()));
        pairs.filter(|(_, cell)| !cell.is_empty() && *cell != "-")
    }

    fn first(&self, wanted: Column) -> Option<&'r str> {
        self.filled().find(|(column, _)| *column == wanted).map(|(_, cell)| cell)
    }

    fn values(&self) -> impl Iterator<Item = (Named, &'r str)> {
        self.filled().filter_map(|(column, cell)| match column {
            Column::Value(named) => Some((named, cell)),
            _ => None,
        })
    }

    fn about(&self, source: &str) -> About {
        let all =
            |wanted| self.filled().filter(|(column, _)| *column == wanted).map(|(_, cell)| cell).collect::<Vec<_>>();
        let listed = |wanted| {
            let parts = all(wanted).into_iter().flat_map(|cell| cell.split([',', ';', ' ', '|']));
            parts.filter(|part| !part.is_empty()).map(str::to_owned).take(COLUMNS_CAP).collect::<Vec<_>>()
        };
        let time = |wanted| self.first(wanted).and_then(|cell| Timestamp::parse(cell.replace('/', "-").as_bytes()));
        About {
            confidence: self.first(Column::Confidence).and_then(Confidence::from_word).unwrap_or(Confidence::Medium),
            description: Text::same(short(&all(Column::Description).join(" / "))),
            false_positives: Text::same(short(&all(Column::FalsePositives).join(" / "))),
            valid_until: time(Column::Until),
            tags: listed(Column::Tags).into(),
            cve: cves(listed(Column::Cve)),
            ..About::from_source(self.first(Column::Source).unwrap_or(source))
        }
    }
}

fn values(row: &str, fields: &[Field]) -> Vec<String> {
    let value = |field: &Field| String::from_utf8_lossy(&field.value(row.as_bytes())).into_owned();
    fields.iter().take(COLUMNS_CAP).map(value).collect()
}

/// The delimiter and the columns of a row of headings: some column holds values, and no heading is one.
fn heading(line: &str) -> Option<(u8, Vec<Column>)> {
    let (delimiter, columns) = columns(line);
    let holds_values = columns.iter().any(|column| matches!(column, Column::Value(_)));
    let is_value = |cell: &str| guess::guess(cell).is_some();
    let has_value = line.split(char::from(delimiter)).any(is_value);
    (holds_values && !has_value).then_some((delimiter, columns))
}

/// The delimiter that makes most columns that are known, and what they hold.
fn columns(heading: &str) -> (u8, Vec<Column>) {
    let cut = |delimiter: u8| {
        let mut fields = Vec::new();
        delimited(heading.as_bytes(), delimiter, &mut fields);
        let cells = values(heading, &fields);
        (delimiter, cells.iter().map(|cell| column(cell)).collect::<Vec<_>>())
    };
    let known = |(_, columns): &(u8, Vec<Column>)| columns.iter().filter(|column| **column != Column::Other).count();
    let [comma, semicolon, tab] = [cut(b','), cut(b';'), cut(b'\t')];
    let best = if known(&semicolon) > known(&comma) { semicolon } else { comma };
    if known(&tab) > known(&best) { tab } else { best }
}

fn column(heading: &str) -> Column {
    match type_name::plain(heading).as_str() {
        "type" | "kind" | "indicatortype" | "ioctype" | "種別" | "種類" | "タイプ" | "型" => Column::Type,
        "description" | "comment" | "comments" | "note" | "notes" | "details" | "threat" | "malware" | "name"
        | "title" | "説明" | "備考" | "コメント" | "概要" | "内容" => Column::Description,
        "falsepositives" | "falsepositive" | "誤検知" => Column::FalsePositives,
        "confidence" | "severity" | "level" | "score" | "確度" | "信頼度" | "重要度" | "深刻度" => {
            Column::Confidence
        }
        "source" | "reference" | "references" | "ref" | "report" | "出典" | "情報源" | "参照" | "参考" => {
            Column::Source
        }
        "validuntil" | "expires" | "expiration" | "expirationdate" | "有効期限" => Column::Until,
        "tag" | "tags" | "labels" | "タグ" => Column::Tags,
        "cve" | "cves" | "cveid" | "脆弱性" => Column::Cve,
        "id" | "uuid" | "indicatorid" => Column::Id,
        "toids" => Column::ForDetection,
        _ => type_name::of(heading).map_or(Column::Other, Column::Value),
    }
}
