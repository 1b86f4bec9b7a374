//! The YAML format of what lies on the disk besides logs: files and registry hives.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Scalar;

/// A file, or several that differ in their number. It lies there from the beginning, unless a step makes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct FileShape {
    /// Below the practice directory, with `/`; `{n}` is the number of the file, from 1 on.
    pub(crate) path: String,
    /// `2021-03-03T04:12:33Z`; the time of the step that makes it, if not given.
    pub(crate) modified: Option<String>,
    #[serde(default = "once")]
    pub(crate) count: u32,
    /// Minutes from one modification to the next, where there are several.
    #[serde(default)]
    pub(crate) every: u32,
    #[serde(default)]
    pub(crate) encoding: TextEncoding,
    /// Bytes before the text.
    pub(crate) hex: Option<String>,
    /// Template; lines end as Windows writes them.
    pub(crate) text: Option<Scalar>,
    /// Instead of bytes and text: the members of a zip archive, as templates.
    pub(crate) archive: Option<BTreeMap<String, Scalar>>,
    /// Instead of bytes and text: what a program or library that does nothing says of itself.
    pub(crate) executable: Option<ExecutableShape>,
}

fn once() -> u32 {
    1
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TextEncoding {
    #[default]
    Utf8,
    /// Little-endian, with a byte order mark.
    Utf16,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ExecutableShape {
    #[serde(default)]
    pub(crate) form: ExecutableForm,
    /// Its version, as four numbers with dots between them.
    pub(crate) version: String,
    /// Named texts, such as `ProductName`.
    #[serde(default)]
    pub(crate) texts: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ExecutableForm {
    #[default]
    Program,
    Library,
}

/// A registry hive.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct HiveShape {
    /// Below the practice directory, with `/`.
    pub(crate) path: String,
    /// What the hive itself says where it lies: the end of its path, with `\`.
    pub(crate) name: String,
    /// When keys were last written that do not say otherwise.
    pub(crate) written: String,
    /// What was written after this time is only in the transaction log, `.LOG1`.
    pub(crate) flushed: Option<String>,
    /// The SID that the SIDs of its accounts begin with.
    pub(crate) machine: Option<String>,
    #[serde(default)]
    pub(crate) entries: Vec<EntryShape>,
}

/// Something that a hive holds.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum EntryShape {
    Key(KeyShape),
    Account(AccountShape),
}

/// Values of a key.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct KeyShape {
    /// Path below the root, with `\`.
    pub(crate) key: String,
    pub(crate) at: Option<String>,
    /// The empty name is the default value.
    #[serde(default)]
    pub(crate) values: BTreeMap<String, ValueShape>,
}

/// A local account, in the hive of accounts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct AccountShape {
    pub(crate) account: String,
    pub(crate) rid: u32,
    pub(crate) at: Option<String>,
    #[serde(default)]
    pub(crate) comment: String,
    #[serde(default)]
    pub(crate) state: AccountState,
    /// Names and numbers of the local groups that it is in.
    #[serde(default)]
    pub(crate) groups: BTreeMap<String, u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AccountState {
    #[default]
    Enabled,
    Disabled,
}

/// What a value holds: a number of 32 bits, a text, or something whose type is named.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum ValueShape {
    Number(u32),
    Text(String),
    Typed(TypedValue),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TypedValue {
    /// A text with variables of the environment.
    Expand(String),
    Multi(Vec<String>),
    Qword(u64),
    /// Bytes, put together.
    Bytes(Vec<BytesShape>),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum BytesShape {
    Hex(String),
    /// A text in UTF-16 behind its length in bytes, 32 bits wide.
    Counted(String),
}
