//! Local accounts, and the local groups that they are in: `Name`, `FullName`, `Comment`, `Rid`, `LastLogon`,
//! `PasswordLastSet`, `AccountExpires`, `LastFailedLogon`, `ActsAsRid`, `Flags`, `FailedLogons`, `Logons`,
//! `InternetUserName`, `Sid`, `Created` (when the key of the name was written), `Groups`, `Key`.
//!
//! Source: <https://github.com/libyal/winreg-kb>, "Domains" (Security Accounts Manager keys). No hash is read.

use std::collections::BTreeMap;

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;

use super::{Place, with};
use crate::hive::bytes::{filetime, sid, u16_at, u32_at, u64_at, utf16};
use crate::hive::cells::Damage;
use crate::hive::identity::Hive;
use crate::hive::tally::Out;
use crate::record::{Record, Topic, Value};

/// A machine has some dozens of accounts, and a domain controller keeps its own elsewhere.
const ACCOUNTS_CAP: usize = 20_000;
/// Names of groups are no longer than this, in characters.
const NAME_CAP: usize = 256;

/// Hands over the accounts.
pub(super) fn tell(hive: &Hive<'_>, out: &mut Out<'_>) {
    let Some(domains) = Place::below_root(hive, r"SAM\Domains") else { return };
    let Some(domain) = domains.below(hive, "Account") else { return };
    let Some(users) = domain.below(hive, "Users") else { return };
    let machine = machine(hive, &domain);
    let groups = groups(hive, out, &domains);
    let made: BTreeMap<String, String> = users
        .below(hive, "Names")
        .iter()
        .flat_map(|names| names.subkeys(hive))
        .take(ACCOUNTS_CAP)
        .filter_map(|place| Some((place.key.name.clone(), place.key.written?.to_string())))
        .collect();
    for place in users.subkeys(hive) {
        // Beside the accounts stands the list of their names.
        let Ok(rid) = u32::from_str_radix(&place.key.name, 16) else { continue };
        let record = account(hive, out, &place, rid);
        let sid = machine.as_ref().map(|machine| format!("{machine}-{rid}"));
        let groups = sid.as_ref().and_then(|sid| groups.get(sid)).cloned();
        let created = record.text("Name").and_then(|name| made.get(name)).cloned();
        let record = with(with(with(record, "Sid", sid), "Created", created), "Groups", groups.map(Value::List));
        out.record(record.with("Key", place.path.as_str()));
    }
}

/// The SID that the accounts' SIDs begin with: it ends what the domain says of itself.
fn machine(hive: &Hive<'_>, domain: &Place) -> Option<String> {
    const LENGTH: usize = 24;
    let bytes = domain.bytes(hive, "V")?;
    sid(bytes.last_chunk::<LENGTH>()?).map(|(sid, _)| sid).filter(|sid| sid.starts_with("S-1-5-21-"))
}

/// Names of groups, by the SIDs of their members.
fn groups(hive: &Hive<'_>, out: &mut Out<'_>, domains: &Place) -> BTreeMap<String, Vec<String>> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut left = ACCOUNTS_CAP;
    for domain in ["Builtin", "Account"] {
        let aliases = domains.below(hive, &format!(r"{domain}\Aliases"));
        for alias in aliases.iter().flat_map(|aliases| aliases.subkeys(hive)) {
            let Some(bytes) = alias.bytes(hive, "C") else { continue };
            let Some((name, members)) = group(&bytes) else {
                out.damage(Damage {
                    offset: alias.key.offset,
                    what: ("the members of a group are not understood", "グループのメンバーを解釈できない"),
                });
                continue;
            };
            for member in members {
                if left == 0 {
                    out.tally.add(Gap::TooMany, || {
                        both!("more members of groups than are looked at", "グループのメンバーの数が調べる上限を超える")
                    });
                    return groups;
                }
                left -= 1;
                groups.entry(member).or_default().push(name.clone());
            }
        }
    }
    groups
}

/// A group's name and the SIDs of its members.
fn group(bytes: &[u8]) -> Option<(String, Vec<String>)> {
    const HEADER: usize = 52;
    let part = |at: usize| {
        let start = HEADER.checked_add(u32_at(bytes, at)? as usize)?;
        bytes.get(start..start.checked_add(u32_at(bytes, at + 4)? as usize)?)
    };
    let name = utf16(part(16)?).chars().take(NAME_CAP).collect();
    let mut rest = part(40)?;
    let mut members = Vec::new();
    for _ in 0..u32_at(bytes, 48)? {
        let (member, length) = sid(rest)?;
        members.push(member);
        rest = rest.get(length..)?;
    }
    Some((name, members))
}

fn account(hive: &Hive<'_>, out: &mut Out<'_>, place: &Place, rid: u32) -> Record {
    let mut record = place.record(Topic::Account);
    let names = place.bytes(hive, "V");
    for (field, at) in [("Name", 12), ("FullName", 24), ("Comment", 36)] {
        let text = names.as_deref().and_then(|bytes| descriptor(bytes, at));
        record = with(record, field, text.filter(|text| !text.is_empty()));
    }
    record = record.with("Rid", Value::Number(i64::from(rid)));
    let state = place.bytes(hive, "F").and_then(|bytes| with_state(record.clone(), &bytes, rid));
    if state.is_none() || record.text("Name").is_none() {
        out.damage(Damage {
            offset: place.key.offset,
            what: ("an account is not understood", "アカウントを解釈できない"),
        });
    }
    let record = state.unwrap_or(record);
    with(record, "InternetUserName", place.text(hive, "InternetUserName"))
}

/// A text of the account, from the table at the beginning of the value `V`.
fn descriptor(bytes: &[u8], at: usize) -> Option<String> {
    const TABLE: usize = 17 * 12;
    let start = TABLE.checked_add(u32_at(bytes, at)? as usize)?;
    bytes.get(start..start.checked_add(u32_at(bytes, at + 4)? as usize)?).map(utf16)
}

/// Adds what the value `F` says.
fn with_state(mut record: Record, bytes: &[u8], rid: u32) -> Option<Record> {
    for (field, at) in [("LastLogon", 8), ("PasswordLastSet", 24), ("AccountExpires", 32), ("LastFailedLogon", 40)] {
        record = with(record, field, filetime(u64_at(bytes, at)?).map(|time| time.to_string()));
    }
    let own = u32_at(bytes, 48)?;
    // Windows signs the account in under this number: one that is not its own gives it the rights of another account.
    if own != rid {
        record = record.with("ActsAsRid", Value::Number(i64::from(own)));
    }
    record = record.with("Flags", flag_words(u32_at(bytes, 56)?));
    for (field, at) in [("FailedLogons", 64), ("Logons", 66)] {
        record = record.with(field, Value::Number(i64::from(u16_at(bytes, at)?)));
    }
    Some(record)
}

/// Source: MS-SAMR, section 2.2.1.12, "USER_ACCOUNT Codes".
fn flag_words(flags: u32) -> String {
    const WORDS: [(u32, &str); 15] = [
        (0x0001, "disabled"),
        (0x0002, "home-directory-required"),
        (0x0004, "password-not-required"),
        (0x0008, "temporary-duplicate"),
        (0x0010, "normal"),
        (0x0020, "logon-server"),
        (0x0040, "interdomain-trust"),
        (0x0080, "workstation-trust"),
        (0x0100, "server-trust"),
        (0x0200, "password-never-expires"),
        (0x0400, "locked"),
        (0x0800, "reversible-password"),
        (0x1000, "smartcard-required"),
        (0x2000, "trusted-for-delegation"),
        (0x4000, "not-delegated"),
    ];
    let words: Vec<_> = WORDS.iter().filter(|(mask, _)| flags & mask != 0).map(|(_, word)| *word).collect();
    words.join(" ")
}
