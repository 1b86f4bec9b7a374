//! Files and hives: from their shapes to forms with slots; and what a step does to them.

mod hive;

use std::{collections::BTreeMap, io, io::Cursor};

use crate::{
    Error, PRACTICE_MARK,
    archive::Archive,
    clock::{self, MINUTE, Moment},
    error::Error as E,
    portable::{self, Version},
    shape::{ExecutableForm, ExecutableShape, FileShape, Names, Scalar, Step, TextEncoding},
    template::Draw,
};

use super::{Compiler, Scope, Slots, filled, stays_inside};
pub(crate) use hive::{HiveForm, Setting};

/// How many files one description may make.
const FILES: u32 = 1_000;

/// A file with slots.
#[derive(Debug)]
pub(crate) struct FileForm {
    path: String,
    modified: Option<i64>,
    count: u32,
    every: i64,
    body: Body,
    lists: Vec<usize>,
    guids: usize,
    /// Some step makes it, so it is not there from the beginning.
    pub(crate) comes_later: bool,
}

#[derive(Debug)]
enum Body {
    Bytes {
        before: Vec<u8>,
        text: Slots,
        encoding: TextEncoding,
    },
    Archive(Vec<(String, Slots)>),
    /// It was compiled when it was modified.
    Executable(Version),
}

/// What a step does to the disk.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Files, with the rules that they should raise.
    pub(crate) makes: Vec<(usize, Vec<String>)>,
    pub(crate) removes: Vec<usize>,
    pub(crate) settings: Vec<Setting>,
}

impl Changes {
    pub(crate) fn is_empty(&self) -> bool {
        self.makes.is_empty() && self.removes.is_empty() && self.settings.is_empty()
    }
}

impl<'a> Compiler<'a> {
    pub(crate) fn files(&self) -> Result<Vec<FileForm>, Error> {
        self.file.files.iter().map(|(name, shape)| self.file_form(name, shape)).collect()
    }

    fn file_form(&self, name: &str, shape: &'a FileShape) -> Result<FileForm, Error> {
        let place = format!("file `{name}`");
        let refused = |problem: &str| Err(E::template(&place, problem));
        if self.file.streams.contains_key(name) || self.file.events.contains_key(name) {
            return refused("a stream or a kind of event has the same name");
        }
        stays_inside(&shape.path, &place)?;
        if shape.count == 0 || shape.count > FILES || (shape.count > 1) != shape.path.contains("{n}") {
            return Err(E::template(
                place,
                format!("`{{n}}` stands in the path of 2 to {FILES} files, and of no other"),
            ));
        }
        let modified = shape.modified.as_deref().map(|text| time(text, &place)).transpose()?;
        let comes_later = self.steps().any(|step| step.makes.iter().any(|made| made == name));
        if modified.is_none() && !comes_later {
            return refused("needs `modified`, or a step that makes it");
        }
        let mut scope = Scope::new(place.clone(), Vec::new());
        let body = self.file_body(shape, &mut scope)?;
        Ok(FileForm {
            path: shape.path.clone(),
            modified,
            count: shape.count,
            every: i64::from(shape.every) * MINUTE,
            body,
            guids: scope.guids.len(),
            lists: scope.lists(),
            comes_later,
        })
    }

    fn file_body(&self, shape: &FileShape, scope: &mut Scope<'_>) -> Result<Body, Error> {
        let place = scope.place.clone();
        Ok(match (&shape.text, &shape.archive, &shape.executable) {
            (Some(Scalar(text)), None, None) if text.contains("{mark}") => Body::Bytes {
                before: shape.hex.as_deref().map_or(Ok(Vec::new()), |digits| hex(digits, &place))?,
                text: self.slots(shape.text.as_ref(), scope)?,
                encoding: shape.encoding,
            },
            (Some(_), None, None) => return Err(E::template(place, "the text does not hold `{mark}`")),
            (None, Some(members), None) if shape.hex.is_none() => {
                let member = |(name, text)| Ok((String::clone(name), self.slots(Some(text), scope)?));
                Body::Archive(members.iter().map(member).collect::<Result<_, Error>>()?)
            }
            (None, None, Some(executable)) if shape.hex.is_none() => Body::Executable(version(executable, &place)?),
            _ => return Err(E::template(place, "needs either `text` or `archive` or `executable`")),
        })
    }

    /// All steps, of whatever scenario.
    fn steps(&self) -> impl Iterator<Item = &'a Step> {
        self.file.background.iter().chain(self.file.acts.values().flatten())
    }

    /// What a step does to the disk.
    pub(super) fn changes(&self, place: &str, step: &'a Step) -> Result<Changes, Error> {
        let numbers: BTreeMap<&String, usize> = self.file.files.keys().zip(0..).collect();
        let number = |name: &String| {
            numbers.get(name).copied().ok_or_else(|| E::template(place, format!("unknown file `{name}`")))
        };
        let rules = |name: &String| step.rules.get(name).cloned().unwrap_or_default();
        let made = step.makes.iter().map(|name| Ok((number(name)?, rules(name))));
        let lets: Vec<&'a Names> = vec![&step.lets];
        let settings = step.registry.iter().map(|(name, entries)| {
            self.setting(name, entries, rules(name), Scope::new(place.to_owned(), lets.clone()))
        });
        Ok(Changes {
            makes: made.collect::<Result<_, Error>>()?,
            removes: step.removes.iter().map(number).collect::<Result<_, Error>>()?,
            settings: settings.collect::<Result<_, Error>>()?,
        })
    }
}

impl FileForm {
    /// The files, each with the time of its modification. `made` is when a step made them.
    pub(crate) fn paths(&self, made: Option<i64>) -> impl Iterator<Item = (String, i64)> {
        let first = self.modified.or(made).unwrap_or_default();
        let path = |number: u32| self.path.replace("{n}", &number.to_string());
        (1..=self.count).map(move |number| (path(number), first + i64::from(number - 1) * self.every))
    }

    /// The content of one of them.
    pub(crate) fn bytes(&self, modified: i64, draw: &mut Draw) -> io::Result<Vec<u8>> {
        let moment = Moment::new(modified);
        draw.next_request(&self.lists, self.guids);
        match &self.body {
            Body::Bytes { before, text, encoding } => {
                let text = filled(text, &moment, draw).replace("\r\n", "\n").replace('\n', "\r\n");
                let text = match encoding {
                    TextEncoding::Utf8 => text.into_bytes(),
                    TextEncoding::Utf16 => {
                        format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
                    }
                };
                Ok([before.clone(), text].concat())
            }
            Body::Archive(members) => {
                let mut archive = Archive::new(Vec::new());
                for (name, text) in members {
                    archive.member(name, modified, &mut Cursor::new(filled(text, &moment, draw)))?;
                }
                archive.finish(PRACTICE_MARK)
            }
            Body::Executable(version) => {
                Ok(portable::write(&Version { compiled: moment.timestamp(), ..version.clone() }))
            }
        }
    }
}

fn version(shape: &ExecutableShape, place: &str) -> Result<Version, Error> {
    let numbers: Result<Vec<u16>, _> = shape.version.split('.').map(str::parse).collect();
    let numbers = numbers.ok().and_then(|numbers| numbers.try_into().ok());
    let numbers: [u16; 4] = numbers.ok_or_else(|| {
        E::template(place, format!("the version `{}` is not four numbers with dots between them", shape.version))
    })?;
    let form = match shape.form {
        ExecutableForm::Program => portable::Form::Program,
        ExecutableForm::Library => portable::Form::Library,
    };
    let texts = shape.texts.clone().into_iter().collect();
    Ok(Version { form, file: numbers, product: numbers, texts, compiled: Moment::new(0).timestamp() })
}

fn time(text: &str, place: &str) -> Result<i64, Error> {
    clock::parse(text).ok_or_else(|| E::template(place, format!("`{text}` is no time")))
}

/// Bytes from digits, between which blanks may stand.
fn hex(digits: &str, place: &str) -> Result<Vec<u8>, Error> {
    let numbers: Option<Vec<u32>> =
        digits.chars().filter(|letter| !letter.is_whitespace()).map(|letter| letter.to_digit(16)).collect();
    let numbers = numbers.filter(|numbers| numbers.len().is_multiple_of(2));
    let numbers = numbers.ok_or_else(|| E::template(place, "malformed hex digits"))?;
    Ok(numbers.as_chunks::<2>().0.iter().map(|[high, low]| (high << 4 | low) as u8).collect())
}
