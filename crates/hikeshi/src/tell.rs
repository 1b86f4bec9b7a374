//! Errors as people read them: what failed, why, what to try.

use std::io::{self, Write};

use hikeshi_core::text::{Lang, Text};
use hikeshi_core::untrusted::Untrusted;
use hikeshi_report::Words;

/// An error with its words in every language, and what to try.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) what: Text,
    pub(crate) hint: Text,
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what.en)
    }
}

impl std::error::Error for Told {}

/// Prints `error:`, `cause:` for each cause, and `hint:`.
pub(crate) fn error(error: &anyhow::Error, words: &Words) {
    let mut out = anstream::stderr().lock();
    let lang = words.lang();
    let told = error.downcast_ref::<Told>();
    let what = told.map_or_else(|| error.to_string(), |told| told.what.get(lang).to_owned());
    let mut lines = vec![(words.get("error"), what)];
    lines.extend(error.chain().skip(1).map(|cause| (words.get("cause"), cause_in(lang, cause))));
    lines.extend(
        told.map(|told| (words.get("hint"), told.hint.get(lang).to_owned())).filter(|(_, hint)| !hint.is_empty()),
    );
    for (label, text) in lines {
        // Nothing is left to do when even the error cannot be written.
        let _ = writeln!(out, "{}: {}", label, Untrusted(&text));
    }
}

/// A cause, as far as we have words for it; else as whoever raised it says it.
fn cause_in(lang: Lang, cause: &(dyn std::error::Error + 'static)) -> String {
    let ours = || cause.downcast_ref::<Told>().map(|told| told.what.get(lang).to_owned());
    let of_system = || {
        let error = cause.downcast_ref::<io::Error>()?;
        Some(Text::from(error).get(lang).to_owned())
    };
    ours().or_else(of_system).unwrap_or_else(|| cause.to_string())
}

/// What failed, where no other error is the cause, and what to try.
pub(crate) fn told(what: Text, hint: Text) -> anyhow::Error {
    Told { what, hint }.into()
}

/// A cause in our own words.
pub(crate) fn cause(what: Text) -> anyhow::Error {
    told(what, Text::default())
}

/// Prints one line beside the output: `label` is a key of the words.
pub(crate) fn aside(label: &str, text: &Text, words: &Words) {
    let label = words.get(label);
    // Nothing is left to do when even this cannot be written.
    let _ = writeln!(anstream::stderr().lock(), "{label}: {}", Untrusted(text.get(words.lang())));
}

/// Adds words in every language, and what to try, to a cause.
pub(crate) fn because(cause: impl Into<anyhow::Error>, what: Text, hint: Text) -> anyhow::Error {
    cause.into().context(Told { what, hint })
}

/// The reader of our output has gone, as `head` does; that is no failure.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// One text in the language of `words`.
pub(crate) fn say(words: &Words, en: impl Into<String>, ja: impl Into<String>) -> String {
    match words.lang() {
        Lang::En => en.into(),
        Lang::Ja => ja.into(),
    }
}
