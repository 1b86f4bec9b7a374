//! The actions of a scheduled task.
//!
//! Source: <https://github.com/GDATAAdvancedAnalytics/winreg-tasks>, `actions.ksy`.

use crate::hive::bytes::{guid, u16_at, u32_at, utf16};
use crate::record::Value;

type Fields = Vec<(String, Value)>;

/// The fields of all actions, in order; several of a kind repeat their fields. `Err` holds those before the first that is
/// not understood.
pub(super) fn decode(bytes: &[u8]) -> Result<Fields, Fields> {
    let mut reader = Reader { bytes };
    let mut fields = Fields::new();
    let Some(version) = reader.number16() else { return Err(fields) };
    let flags = version >= WITH_CONTEXT;
    if flags {
        match reader.text() {
            Some(context) => add(&mut fields, "Context", context),
            None => return Err(fields),
        }
    }
    while !reader.bytes.is_empty() {
        if reader.action(flags, &mut fields).is_none() {
            return Err(fields);
        }
    }
    Ok(fields)
}

/// Since this version, the actions name the account that they run under, and have flags.
const WITH_CONTEXT: u16 = 3;

/// Empty texts are left out.
fn add(fields: &mut Fields, name: &str, text: String) {
    if !text.is_empty() {
        fields.push((name.to_owned(), Value::Text(text)));
    }
}

/// Reads from the front.
struct Reader<'b> {
    bytes: &'b [u8],
}

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }

    fn number16(&mut self) -> Option<u16> {
        self.take(2).and_then(|bytes| u16_at(bytes, 0))
    }

    fn number32(&mut self) -> Option<u32> {
        self.take(4).and_then(|bytes| u32_at(bytes, 0))
    }

    /// A text behind its length in bytes.
    fn text(&mut self) -> Option<String> {
        let length = self.number32()? as usize;
        self.take(length).map(utf16)
    }

    fn action(&mut self, flags: bool, fields: &mut Fields) -> Option<()> {
        const EXECUTE: u16 = 0x6666;
        const COM_HANDLER: u16 = 0x7777;
        const MAIL: u16 = 0x8888;
        const MESSAGE: u16 = 0x9999;
        let kind = self.number16()?;
        let _id = self.text()?;
        match kind {
            EXECUTE => {
                self.texts(&["Command", "Arguments", "WorkingDirectory"], fields)?;
                if flags {
                    self.number16()?;
                }
            }
            COM_HANDLER => {
                let class = self.take(16).and_then(guid)?;
                add(fields, "ClassId", class);
                self.texts(&["ComData"], fields)?;
            }
            MAIL => {
                let names = ["From", "To", "Cc", "Bcc", "ReplyTo", "Server", "Subject", "Body"];
                self.texts(&names.map(|name| ["Mail", name].concat()), fields)?;
                for _ in 0..self.number32()? {
                    self.texts(&["MailAttachment"], fields)?;
                }
                for _ in 0..self.number32()? {
                    self.texts(&["MailHeader", "MailHeaderValue"], fields)?;
                }
            }
            MESSAGE => self.texts(&["MessageTitle", "Message"], fields)?,
            _ => return None,
        }
        Some(())
    }

    fn texts(&mut self, names: &[impl AsRef<str>], fields: &mut Fields) -> Option<()> {
        names.iter().try_for_each(|name| {
            let text = self.text()?;
            add(fields, name.as_ref(), text);
            Some(())
        })
    }
}
