//! Which family a file belongs to: by what its head shows, and where that tells nothing, by its path.

mod path;

use hikeshi_core::PRACTICE_MARK;
use hikeshi_core::family::{Family, Format};
use hikeshi_evidence::artefact;
use hikeshi_evidence::encoding::{Encoding, Utf8Reader, text};
use hikeshi_evidence::fields;
use hikeshi_evidence::kind::Kind;
use hikeshi_evidence::layout::{Layout, without_break, without_mark};
use hikeshi_evidence::tool_output::Outputs;
use memchr::memchr;
use memchr::memmem::Finder;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::io::Read;

use crate::Error;
use crate::globs::{Globs, glob};
pub use path::Contradicted;

/// So much of a file is looked at.
pub const HEAD: usize = 64 << 10;
/// A header stands within so many lines, where it stands at the beginning at all.
const HEAD_LINES: usize = 200;
/// A header without a comment sign stands within so many rows.
const HEADER_ROWS: usize = 20;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recognised {
    /// What kind.
    pub what: What,
    /// A comment line says that it is made for practice.
    pub practice: bool,
    /// What its path says, where its beginning does not bear that out.
    pub contradicted: Option<Contradicted>,
}

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A text log of the family at this place.
    Log(usize, Encoding),
    /// Evidence that this version does not read.
    Other(Kind),
    /// Empty.
    Empty,
    /// Nothing that any family claims.
    Unknown,
}

impl What {
    /// The kind of evidence that is no log of a family.
    pub(crate) const fn kind(self) -> Option<Kind> {
        match self {
            Self::Other(kind) => Some(kind),
            Self::Log(..) | Self::Empty | Self::Unknown => None,
        }
    }
}

/// Recognises files of the families it was built from.
#[derive(Debug)]
pub struct Recogniser {
    /// Each belongs to the place of its family.
    globs: Globs,
    /// For each family, by place, text that stands in every row that is its header, in lower case.
    columns: Vec<Vec<Finder<'static>>>,
    /// Outputs of other tools.
    outputs: Outputs,
}

impl Recogniser {
    /// Builds it from families, in the order of their places.
    ///
    /// # Errors
    /// When a glob is malformed.
    pub fn new<'f>(families: impl IntoIterator<Item = &'f Family>) -> Result<Self, Error> {
        let (mut globs, mut columns) = (Vec::new(), Vec::new());
        for (place, family) in families.into_iter().enumerate() {
            for pattern in &family.paths {
                let malformed = |source| Error::Glob { family: family.id.clone(), source };
                globs.push((place, glob(pattern).map_err(malformed)?));
            }
            columns.push(family.signature.columns.iter().filter_map(|column| finder(column)).collect());
        }
        let globs = Globs::new(globs).map_err(|source| Error::Glob { family: "all".to_owned(), source })?;
        Ok(Self { globs, columns, outputs: Outputs::default() })
    }

    /// The same, with outputs of other tools.
    #[must_use]
    pub fn with_outputs(mut self, outputs: Outputs) -> Self {
        self.outputs = outputs;
        self
    }

    /// What the file with this path and first bytes is. These are [`HEAD`] bytes, or the whole file where it is smaller.
    ///
    /// Content decides over path: collections are often renamed and flattened. Among families whose
    /// signature fits, the one that asks for most wins, then the one whose path fits.
    #[must_use]
    pub fn recognise(&self, path: &str, bytes: &[u8], families: &[&Family]) -> Recognised {
        let owned: BTreeSet<usize> = self.globs.owners_of(path).collect();
        let by_head = self.recognise_by_head(path, bytes, &owned, families);
        path::believe_path(path, bytes, owned.first().copied(), by_head)
    }

    /// `owned` are the families whose logs lie where this file does.
    fn recognise_by_head(&self, path: &str, bytes: &[u8], owned: &BTreeSet<usize>, families: &[&Family]) -> Recognised {
        let nothing = |what| Recognised { what, practice: false, contradicted: None };
        if bytes.is_empty() {
            return nothing(What::Empty);
        }
        if let Some(kind) = Kind::detect(bytes) {
            return nothing(What::Other(kind));
        }
        // Such an output may hold rows of a log, and is no log: what it leaves out did not fail to happen.
        if let Some(number) = self.outputs.recognise(path, bytes) {
            return nothing(What::Other(Kind::ToolOutput(number)));
        }
        let encoding = Encoding::detect(bytes);
        let decoded = decoded(bytes, encoding);
        let head = Head::new(&decoded);
        let by_content = families.iter().enumerate().filter_map(|(place, family)| {
            let columns = self.columns.get(place).map_or(&[][..], Vec::as_slice);
            let asked = head.fits(family, columns)?;
            Some((asked, owned.contains(&place), std::cmp::Reverse(place)))
        });
        // A file whose beginning is lost has no signature left; its path may still tell.
        let may_be = |place: &usize| families.get(*place).is_some_and(|family| head.may_be(family));
        let by_path = owned.first().copied().filter(may_be);
        let by_content = by_content.max();
        // A log family that asks for no more than one thing is less sure than the name and form of a file of Windows.
        if by_content.is_none_or(|(asked, ..)| asked <= 1)
            && let Some(artefact) = artefact::recognise(path, bytes)
        {
            return Recognised { practice: head.practice, ..nothing(What::Other(Kind::Artefact(artefact))) };
        }
        let place = match by_content {
            // A family that asks for one thing only takes what no other claims.
            Some((..=1, false, std::cmp::Reverse(place))) => by_path.or(Some(place)),
            Some((_, _, std::cmp::Reverse(place))) => Some(place),
            None => by_path,
        };
        let what = place.map_or(What::Unknown, |place| What::Log(place, encoding));
        Recognised { practice: head.practice, ..nothing(what) }
    }
}

/// Looks for a column's name in a row in lower case. A name that may be written in another way cannot be looked for.
fn finder(column: &str) -> Option<Finder<'static>> {
    let is_plain = column.is_ascii() && !column.contains('"');
    is_plain.then(|| Finder::new(&column.to_ascii_lowercase()).into_owned())
}

/// The first bytes of a file as UTF-8, or in a code page that keeps ASCII in place.
fn decoded(bytes: &[u8], encoding: Encoding) -> Cow<'_, [u8]> {
    if encoding == Encoding::Ascii {
        return Cow::Borrowed(bytes);
    }
    let mut decoded = Vec::with_capacity(bytes.len());
    // A decoder reading from memory does not fail.
    let _ = Utf8Reader::new(bytes, encoding).read_to_end(&mut decoded);
    Cow::Owned(decoded)
}

/// The lines of a text with their ends.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        let (line, behind) = rest.split_at(end);
        rest = behind;
        (!line.is_empty()).then_some(line)
    })
}

/// These lines in lower case, made once.
fn folded<'c>(folded: &'c OnceCell<Vec<Vec<u8>>>, lines: &[&[u8]]) -> &'c [Vec<u8>] {
    folded.get_or_init(|| lines.iter().map(|line| line.to_ascii_lowercase()).collect())
}

/// The first lines of a file.
struct Head<'a> {
    comments: Vec<(String, String)>,
    rows: Vec<&'a [u8]>,
    fields_lines: Vec<&'a [u8]>,
    /// What may be a header of both, in lower case.
    folded_rows: OnceCell<Vec<Vec<u8>>>,
    folded_fields_lines: OnceCell<Vec<Vec<u8>>>,
    practice: bool,
}

impl<'a> Head<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let (comments, rows, fields_lines, folded_rows, folded_fields_lines) = Default::default();
        let mut head = Self { comments, rows, fields_lines, folded_rows, folded_fields_lines, practice: false };
        for line in lines(bytes).take(HEAD_LINES) {
            let line = without_mark(without_break(line));
            let Some(comment) = line.strip_prefix(b"#") else {
                head.rows.push(line);
                continue;
            };
            head.practice |= memchr::memmem::find(line, PRACTICE_MARK.as_bytes()).is_some();
            let comment = text(comment);
            if let Some((name, value)) = comment.split_once(':') {
                if name.trim().eq_ignore_ascii_case("fields") {
                    head.fields_lines.push(line);
                }
                head.comments.push((name.trim().to_lowercase(), value.trim().to_lowercase()));
            }
        }
        head
    }

    /// How much the family's signature asks for, when all of it is there. `columns` find what stands in its header.
    fn fits(&self, family: &Family, columns: &[Finder<'_>]) -> Option<usize> {
        let signature = &family.signature;
        let asked = signature.comments.len() + signature.columns.len();
        let comment = |(name, value): (&String, &String)| {
            let (name, value) = (name.to_lowercase(), value.to_lowercase());
            self.comments.iter().any(|(have, text)| *have == name && text.starts_with(&value))
        };
        let fits = asked > 0
            && signature.comments.iter().all(comment)
            && (signature.columns.is_empty() || self.has_columns(family, columns));
        fits.then_some(asked)
    }

    fn has_columns(&self, family: &Family, columns: &[Finder<'_>]) -> bool {
        let layout = Layout::before_header(family);
        let named = |names: &[String]| {
            family.signature.columns.iter().all(|column| names.iter().any(|name| name.eq_ignore_ascii_case(column)))
        };
        let may_be_header =
            |(_, folded): &(&&[u8], &Vec<u8>)| columns.iter().all(|column| column.find(folded).is_some());
        let in_comments = self
            .fields_lines
            .iter()
            .zip(folded(&self.folded_fields_lines, &self.fields_lines))
            .filter(may_be_header)
            .filter_map(|(line, _)| layout.header_in_comment(line))
            .any(|header| named(header.names()));
        let in_rows = || {
            let mut scratch: Vec<fields::Field> = Vec::new();
            let first = self.rows.get(..HEADER_ROWS).unwrap_or(&self.rows);
            let rows = first.iter().zip(folded(&self.folded_rows, first)).filter(may_be_header);
            rows.map(|(row, _)| row).any(|row| {
                layout.cut(row, &mut scratch);
                layout.header_in_row(row, &scratch, family).is_some_and(|header| named(header.names()))
            })
        };
        in_comments || in_rows()
    }

    /// Whether a file without a signature may be of the family that its path tells:
    /// a row begins with a time, and no `#Fields:` says otherwise.
    fn may_be(&self, family: &Family) -> bool {
        let contradicted = self.fields_lines.iter().any(|line| match family.format {
            Format::Delimited => !line.contains(&u8::try_from(family.delimiter).unwrap_or(b',')),
            Format::W3c => line.contains(&b','),
        });
        !contradicted
            && (self.rows.iter().any(|row| Layout::begins_row(row))
                || (self.rows.is_empty() && !self.comments.is_empty()))
    }
}
