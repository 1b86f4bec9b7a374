//! Whether what is shown has pseudonyms, and the file of their key.

use std::fs::Metadata;
use std::io::{self, Read, Write};
use std::path::Path;

use anyhow::Result;
use fs_err::{File, OpenOptions};
use hikeshi_core::report::Report;
use hikeshi_core::text::Text;
use hikeshi_report::Words;
use hikeshi_report::redact::{self, KEY_BYTES, Key};
use hikeshi_report::saved::Unread;

use super::Arguments;
use crate::tell::{aside, because};

/// A file of a key is far smaller.
const MOST_KEY_FILE_BYTES: u64 = 4096;

/// What becomes of names.
pub(super) enum Redaction {
    /// They are shown.
    None,
    /// They are replaced by pseudonyms of this key.
    With(Key),
}

impl Redaction {
    /// What the arguments ask for. Makes the key, and its file where one is named and does not exist.
    pub(super) fn asked(arguments: &Arguments, words: &Words) -> Result<Self> {
        if !arguments.redact {
            return Ok(Self::None);
        }
        let Some(path) = &arguments.key else {
            let told = Text::new(
                "the key of these pseudonyms is not kept; with --key FILE, the next report gets the same ones",
                "今回の仮名の鍵は残りません。--key ファイル を付けると、次の報告書でも同じ仮名になります",
            );
            aside("hint", &told, words);
            return Ok(Self::With(random()?));
        };
        let key = match make(path) {
            Err(error) if error.downcast_ref::<io::Error>().is_some_and(is_there) => read(path, words)?,
            made => made.map_err(|error| not_made(path, error))?,
        };
        let same = |output: &Path| matches!((fs_err::canonicalize(output), fs_err::canonicalize(path)), (Ok(a), Ok(b)) if a == b);
        if arguments.output.as_deref().is_some_and(same) {
            return Err(because(
                anyhow::anyhow!("it is the key"),
                Text::new("the report would overwrite the key", "報告書で鍵のファイルを上書きしてしまいます"),
                Text::new("write to another file", "別のファイルに書いてください"),
            ));
        }
        Ok(Self::With(key))
    }

    /// Puts pseudonyms in place of names, where that is asked for.
    pub(super) fn apply(&self, reports: &mut [&mut Report]) -> Result<()> {
        let Self::With(key) = self else { return Ok(()) };
        redact::redact(reports, key).map_err(|error| {
            because(
                error,
                Text::new("the report cannot be redacted", "報告書を仮名化できません"),
                Text::new(
                    "nothing was written; see whether the report comes from a check of one server",
                    "何も書き出していません。1 台のサーバーを調べた報告書かどうかを確かめてください",
                ),
            )
        })
    }

    /// How the file of a report is shown.
    pub(super) fn shown(&self, file: &Path) -> String {
        let file = file.display().to_string();
        match self {
            Self::None => file,
            Self::With(key) => redact::file(&file, key),
        }
    }

    /// Why a file cannot be read, as far as it is shown.
    pub(super) fn reason(&self, unread: Unread) -> Unread {
        match self {
            Self::None => unread,
            Self::With(_) => unread.without_words(),
        }
    }
}

fn is_there(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AlreadyExists
}

fn random() -> Result<Key> {
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| {
        because(
            error,
            Text::new("the system gives no random bytes", "システムから乱数を得られません"),
            Text::new("give a key that exists: --key FILE", "既にある鍵を --key ファイル で指定してください"),
        )
    })?;
    Ok(Key::new(bytes))
}

/// Makes a key in a file that does not exist, which nobody else may read.
fn make(path: &Path) -> Result<Key> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use fs_err::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    let key = random()?;
    file.write_all(key.written().as_bytes())?;
    file.sync_all()?;
    Ok(key)
}

fn not_made(path: &Path, error: anyhow::Error) -> anyhow::Error {
    let shown = path.display();
    because(
        error,
        Text::new(format!("the key cannot be written to `{shown}`"), format!("鍵を `{shown}` に書けません")),
        Text::new(
            "give a file in a folder that exists and can be written to",
            "存在して書き込めるフォルダーのファイルを指定してください",
        ),
    )
}

fn read(path: &Path, words: &Words) -> Result<Key> {
    let shown = path.display();
    let unreadable = |error: anyhow::Error| {
        because(
            error,
            Text::new(format!("no key can be read from `{shown}`"), format!("`{shown}` から鍵を読めません")),
            Text::new(
                "give a file that --key made, or one that does not exist: it is never overwritten",
                "--key で作ったファイルか、まだないファイルを指定してください。既にあるファイルは上書きしません",
            ),
        )
    };
    let kind = fs_err::metadata(path).map_err(|error| unreadable(error.into()))?;
    if !kind.is_file() {
        // A pipe may never end.
        return Err(unreadable(anyhow::anyhow!("it is no ordinary file")));
    }
    if others_can_read(&kind) {
        let told = Text::new(
            format!("others can read the key in `{shown}`, and so find out whom a pseudonym stands for: chmod 600"),
            format!(
                "`{shown}` の鍵はほかの利用者も読めるため、仮名の元の名前を突き止められます。chmod 600 で読めないようにしてください"
            ),
        );
        aside("warning", &told, words);
    }
    let mut text = String::new();
    let file = File::open(path).map_err(|error| unreadable(error.into()))?;
    file.take(MOST_KEY_FILE_BYTES).read_to_string(&mut text).map_err(|error| unreadable(error.into()))?;
    Key::parse(&text).ok_or_else(|| unreadable(anyhow::anyhow!("it is no key")))
}

#[cfg(unix)]
fn others_can_read(file: &Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o077 != 0
}

/// Not known: access lists are not looked at.
#[cfg(not(unix))]
fn others_can_read(_: &Metadata) -> bool {
    false
}
