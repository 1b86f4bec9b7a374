//! What the system refuses, in every language, and errors of our own that travel in one of the system's.

use std::fmt;
use std::io;

use crate::text::Text;

/// A cause in our own words, to be put into an [`io::Error`] where such an error is asked for.
#[derive(Debug)]
pub struct Cause(pub Text);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.en)
    }
}

impl std::error::Error for Cause {}

impl Cause {
    /// An error of the system's kind with a cause in our own words.
    #[must_use]
    pub fn of(kind: io::ErrorKind, words: Text) -> io::Error {
        io::Error::new(kind, Self(words))
    }
}

/// Our own words where it carries any. Else the system's or a library's, behind Japanese ones for its kind.
impl From<&io::Error> for Text {
    fn from(error: &io::Error) -> Self {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Cause>());
        match (inner, in_japanese(error)) {
            (Some(Cause(words)), _) => words.clone(),
            (None, Some(lead)) => Self::new(error.to_string(), format!("{lead} ({error})")),
            (None, None) => Self::same(error.to_string()),
        }
    }
}

impl From<io::Error> for Text {
    fn from(error: io::Error) -> Self {
        Self::from(&error)
    }
}

/// What the system refuses, in Japanese.
fn in_japanese(error: &io::Error) -> Option<&'static str> {
    Some(match error.kind() {
        io::ErrorKind::NotFound => "ファイルまたはフォルダーがありません",
        io::ErrorKind::PermissionDenied => "アクセス権がありません",
        io::ErrorKind::AlreadyExists => "同じ名前のものがすでにあります",
        io::ErrorKind::IsADirectory => "フォルダーです",
        io::ErrorKind::NotADirectory => "フォルダーではありません",
        io::ErrorKind::InvalidData => "内容が正しい形式になっていません",
        io::ErrorKind::UnexpectedEof => "途中で終わっています",
        io::ErrorKind::StorageFull => "ディスクの空きがありません",
        io::ErrorKind::ReadOnlyFilesystem => "書き込めないディスクです",
        io::ErrorKind::OutOfMemory => "メモリーが足りません",
        io::ErrorKind::TimedOut => "時間切れです",
        _ if error.raw_os_error().is_some() => "システムのエラーです",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::both;

    #[test]
    fn an_error_of_the_system_has_japanese_words_before_its_own() {
        let error = io::Error::from(io::ErrorKind::PermissionDenied);
        assert_eq!(Text::from(&error), Text::new("permission denied", "アクセス権がありません (permission denied)"));
        let odd = Text::from(io::Error::from_raw_os_error(5));
        assert_eq!(odd.ja, format!("システムのエラーです ({})", odd.en));
    }

    #[test]
    fn a_cause_of_our_own_keeps_both_languages_and_a_foreign_one_stays_as_it_is() {
        let words = both!("no pipes", "パイプがない");
        assert_eq!(Text::from(Cause::of(io::ErrorKind::TimedOut, words.clone())), words);
        assert_eq!(Text::from(io::Error::other("lzma: range")), Text::same("lzma: range"));
    }
}
