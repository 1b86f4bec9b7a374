//! What one file is, told by its content: hashes, form, version of an executable, script under any name.
//!
//! Start at [`look`]. What the content means is not judged here; YARA rules are in [`crate::yara`].

mod compiled_page;
mod hashes;
mod nature;
mod portable;
mod script;

use std::path::Path;

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::time::Timestamp;

pub use hashes::{Digests, Hashes};
pub use nature::Nature;
pub(crate) use nature::wide_text;
pub use script::Script;

use crate::record::{Missed, Record, Topic, Value};
use portable::Portable;
use portable::version::Numbers;

/// So many bytes of a file are looked at. The caller reads no more of it, and hashes longer files by [`Hashes`].
pub const CONTENT_CAP: usize = 64 << 20;

/// What is known of a file besides its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Subject<'a> {
    /// Its path in the evidence, with `/`.
    pub path: &'a str,
    /// Its path on the machine that it came from, with `\` or `/`, where that is known.
    pub disk_path: Option<&'a str>,
    /// Its size. Bytes beyond those that are handed over are told as not looked at.
    pub size: u64,
    /// Its times, where they are known.
    pub times: Times,
    /// The hashes of the whole file, where the caller has them. Otherwise they are taken of the bytes, if these are all.
    pub digests: Option<&'a Digests>,
}

/// The times that a file system keeps of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// When it came into being under this name.
    pub created: Option<Timestamp>,
    /// When its content was last written.
    pub modified: Option<Timestamp>,
}

/// What [`look`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Looked {
    /// One record of the topic [`Topic::File`].
    pub record: Record,
    /// What the content is.
    pub nature: Nature,
    /// What could not be read.
    pub missed: Vec<Missed>,
}

impl<'a> Subject<'a> {
    /// The disk path where it is known, else the path in the evidence.
    #[must_use]
    pub fn target(&self) -> String {
        self.disk_path.map_or_else(|| self.path.to_owned(), |path| path.replace('/', "\\"))
    }

    /// The last component of its path.
    #[must_use]
    pub fn name(&self) -> &'a str {
        match self.disk_path {
            Some(path) => path.rsplit(['\\', '/']).next().unwrap_or_default(),
            None => self.path.rsplit('/').next().unwrap_or_default(),
        }
    }

    /// What stands behind the last dot of its name, in lower case; empty where there is none.
    #[must_use]
    pub fn extension(&self) -> String {
        let extension = Path::new(self.name()).extension().unwrap_or_default();
        extension.to_string_lossy().to_ascii_lowercase()
    }
}

/// Looks at the content of one file. `bytes` are its first ones, at most [`CONTENT_CAP`] of them; none of a file that has some
/// are a member that could not be opened, which whoever tried has told.
#[must_use]
pub fn look(subject: &Subject<'_>, bytes: &[u8]) -> Looked {
    let (bytes, surplus) = bytes.split_at_checked(CONTENT_CAP).unwrap_or((bytes, &[]));
    let size = subject.size.max(bytes.len() as u64 + surplus.len() as u64);
    let extension = subject.extension();
    let mut missed = Vec::new();
    let is_whole = size == bytes.len() as u64;
    let is_open = is_whole || !bytes.is_empty();
    if !is_whole && is_open {
        let seen = bytes.len();
        let reason = Missed::new(Gap::TooLarge)
            .because(both!("the first {seen} bytes were looked at", "先頭の {seen} バイトを調べた"));
        missed.push(Missed { bytes: Some(size - bytes.len() as u64), ..reason });
    }

    let portable = portable::read(bytes);
    let content = nature::of(bytes, &extension, portable.as_ref().map(|portable| portable.form));
    let mut record = Record::new(Topic::File, 0)
        .with("TargetFilename", subject.target())
        .with("Name", subject.name())
        .with("Extension", extension.as_str())
        .with("Size", Value::Number(i64::try_from(size).unwrap_or(i64::MAX)));
    record.time = subject.times.modified.or(subject.times.created);
    record = with_text(record, "Created", subject.times.created.map(|time| time.to_string()));
    record = with_text(record, "Modified", subject.times.modified.map(|time| time.to_string()));
    let own = (subject.digests.is_none() && is_whole).then(|| Hashes::of(bytes));
    if let Some(digests) = subject.digests.filter(|_| is_open).or(own.as_ref()) {
        record = record.with("MD5", digests.md5()).with("SHA1", digests.sha1()).with("SHA256", digests.sha256());
    }
    if is_open {
        record = record.with("FileType", content.nature.word());
    }
    if let Some(script) = content.script {
        record = record.with("Script", script.word());
        if !script.belongs_in(&extension) {
            record = record.with("ScriptIn", extension.as_str());
        }
    }
    missed.extend(content.missed);

    if let Some(portable) = portable {
        missed.extend(portable.missed());
        record = with_portable(record, portable);
    }
    if content.nature == Nature::CompiledPage {
        record = compiled_page::describe(record, bytes, &mut missed);
    }
    let cut = record.cap();
    if cut > 0 {
        missed.push(Missed { count: cut, ..Missed::new(Gap::ValueCut) });
    }
    Looked { record, nature: content.nature, missed }
}

fn with_portable(mut record: Record, portable: Portable) -> Record {
    record = record.with("Machine", portable.machine());
    record = with_text(record, "CompileTime", portable.compiled.map(|time| time.to_string()));
    record = record
        .with("DotNet", Value::Bool(portable.managed))
        .with("SignatureClaimed", Value::Bool(portable.signature.is_some()));
    record = with_text(record, "SignerClaimed", portable.signature.and_then(|signature| signature.signer));
    record = with_text(record, "ImpHash", portable.import_hash);
    let Some(version) = portable.version else { return record };
    record = with_text(record, "FileVersionNumber", version.file.map(Numbers::dotted));
    record = with_text(record, "ProductVersionNumber", version.product.map(Numbers::dotted));
    for (name, text) in version.texts {
        record = record.with(&name, text);
    }
    record
}

fn with_text(record: Record, name: &str, text: Option<String>) -> Record {
    match text {
        Some(text) => record.with(name, text),
        None => record,
    }
}

#[cfg(test)]
mod tests;
