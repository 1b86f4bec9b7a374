//! What rules may ask of a file besides its content.
//!
//! The names, and what they hold, are those that Loki and THOR give to rules; signature-base is written for them.
//! Sources: <https://github.com/Neo23x0/Loki>, `loki.py`, and "Custom Signatures" in the manual of THOR,
//! <https://thor-manual.nextron-systems.com/en/latest/usage/custom-signatures.html>. Where the two differ (the path with
//! or without the name of the file), THOR is followed: rules compare with whole folders.

use crate::look::{Looked, Nature, Script, Subject};

/// The names under which rules know the values.
pub(super) const NAMES: [&str; 6] = ["filename", "filepath", "extension", "filetype", "md5", "owner"];

/// The values of one file. Those that are not known are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Externals {
    /// The name of the file.
    pub filename: String,
    /// The folder that it lies in, without a separator at the end.
    pub filepath: String,
    /// The extension in lower case, with its dot.
    pub extension: String,
    /// What the content is, in the words of signature-base, such as `EXE`, `PHP` or `UNKNOWN`.
    pub filetype: String,
    /// MD5 in lower-case hex.
    pub md5: String,
    /// The owner's name.
    pub owner: String,
}

impl Externals {
    /// What is known of a file after looking at it. The owner is left empty.
    #[must_use]
    pub fn new(subject: &Subject<'_>, looked: &Looked, bytes: &[u8]) -> Self {
        let target = subject.target();
        let (folder, _) = target.rsplit_once(['\\', '/']).unwrap_or_default();
        let extension = subject.extension();
        Self {
            filename: subject.name().to_owned(),
            filepath: folder.to_owned(),
            extension: if extension.is_empty() { extension } else { format!(".{extension}") },
            filetype: filetype(looked.nature, bytes).to_owned(),
            md5: looked.record.text("MD5").unwrap_or_default().to_owned(),
            owner: String::new(),
        }
    }

    pub(super) fn values(&self) -> [(&'static str, &str); 6] {
        let [filename, filepath, extension, filetype, md5, owner] = NAMES;
        [
            (filename, &self.filename),
            (filepath, &self.filepath),
            (extension, &self.extension),
            (filetype, &self.filetype),
            (md5, &self.md5),
            (owner, &self.owner),
        ]
    }
}

/// The word for a file's type. The words are those of `misc/file-type-signatures.txt` of signature-base, as far as they
/// name a kind of file; there is none for what has no magic number there.
fn filetype(nature: Nature, bytes: &[u8]) -> &'static str {
    const MAGIC: [(&[u8], &str); 24] = [
        (b"%PDF", "PDF"),
        (b"GIF8", "GIF"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"PK\x03\x04\x14\0\x06\0", "Office"),
        (b"PK\x03\x04", "ZIP"),
        (b"PK\x05\x06", "PKZIP"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"7z\xbc\xaf\x27\x1c", "7Zip"),
        (b"\x1f\x8b\x08", "GZIP"),
        (b"BZh", "BZip2"),
        (b"MSCF", "CAB"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE"),
        (b"{\\rt", "RTF"),
        (b"\x7fE", "ELF"),
        (b"\xcf\xfa\xed\xfe", "MACH-O"),
        (b"\xce\xfa\xed\xfe", "MACH-O"),
        (b"\xca\xfe\xba\xbe", "Java Class or DYLIB"),
        (b"MDMP", "MDMP"),
        (b"regf", "Registry Hive"),
        (b"ElfFil", "EVTX"),
        (b"0\0\0\0LfLe", "EVT"),
        (b"L\0\0\0\x01\x14\x02\0", "LNK"),
        (b"FILE", "NTFS MFT"),
        (b"<?xml", "XML"),
    ];
    match nature {
        Nature::Executable | Nature::Library | Nature::Driver => "EXE",
        Nature::Script(Script::Aspx | Script::Asp) => "ASP",
        Nature::Script(Script::Php) => "PHP",
        Nature::Script(Script::Jsp) => "JSP",
        Nature::Script(Script::Vbs) => "VBS",
        Nature::Script(Script::Bat) => "BATCH",
        Nature::Script(Script::Py) => "Python",
        _ => MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map_or("UNKNOWN", |(_, word)| word),
    }
}
