//! The hive of local accounts: who there is, and who is in which local group.
//!
//! Source: <https://github.com/libyal/winreg-kb>, "Domains" (Security Accounts Manager keys). No password and no hash is
//! written.

use std::collections::BTreeMap;

use hikeshi_core::time::Timestamp;

use super::base::filetime;
use super::bins::put;
use super::{Data, Key};
use crate::event_log::Sid;

/// A local account.
#[derive(Debug, Clone)]
pub struct Account {
    pub name: String,
    /// The last number of its SID.
    pub rid: u32,
    pub comment: String,
    /// When it was made, and its password set.
    pub made: Timestamp,
    /// As [MS-SAMR] section 2.2.1.12 has them: 1 is disabled, 16 is normal.
    pub flags: u32,
    /// Names and numbers of the local groups that it is in.
    pub groups: BTreeMap<String, u32>,
}

/// The key `SAM` with these accounts of a machine whose accounts' SIDs begin with `machine`.
#[must_use]
pub fn accounts(machine: &Sid, accounts: &[Account]) -> Key {
    let mut groups: BTreeMap<(u32, &str), Vec<Vec<u8>>> = BTreeMap::new();
    for account in accounts {
        for (name, rid) in &account.groups {
            groups.entry((*rid, name)).or_default().push(member(machine, account.rid));
        }
    }
    let users = accounts.iter().fold(Key::new("Users"), |users, account| users.key(user(account)));
    let names = accounts.iter().fold(Key::new("Names"), |names, account| {
        let kind = Data::Raw { kind: account.rid, bytes: Vec::new() };
        names.key(Key::new(&account.name).at(account.made).value("", kind))
    });
    let aliases = groups.iter().fold(Key::new("Aliases"), |aliases, ((rid, name), members)| {
        aliases.key(Key::new(&format!("{rid:08X}")).value("C", group(*rid, name, members)))
    });
    let domain = Key::new("Account").value("V", Data::Binary(machine.bytes().to_vec())).key(users.key(names));
    let domains = Key::new("Domains").key(domain).key(Key::new("Builtin").key(aliases));
    Key::new("SAM").key(domains)
}

fn user(account: &Account) -> Key {
    Key::new(&format!("{:08X}", account.rid)).at(account.made).value("F", state(account)).value("V", texts(account))
}

/// When things happened to the account, and its flags.
fn state(account: &Account) -> Data {
    let mut bytes = vec![0; 80];
    put(&mut bytes, 0, &[2, 0, 1]);
    put(&mut bytes, 24, &filetime(account.made).to_le_bytes());
    // It never expires.
    put(&mut bytes, 32, &i64::MAX.to_le_bytes());
    put(&mut bytes, 48, &account.rid.to_le_bytes());
    put(&mut bytes, 56, &account.flags.to_le_bytes());
    Data::Binary(bytes)
}

/// A table of 17 descriptors, each with offset and length, and behind it what they point at.
fn texts(account: &Account) -> Data {
    const DESCRIPTOR: usize = 12;
    let mut table = vec![0; 17 * DESCRIPTOR];
    let mut rest = Vec::new();
    // The first one is the security descriptor; name, full name and comment follow.
    for (number, text) in [(1, account.name.as_str()), (2, ""), (3, &account.comment)] {
        let bytes = wide(text);
        put(&mut table, number * DESCRIPTOR, &(rest.len() as u32).to_le_bytes());
        put(&mut table, number * DESCRIPTOR + 4, &(bytes.len() as u32).to_le_bytes());
        rest.extend(bytes);
    }
    Data::Binary([table, rest].concat())
}

/// A group: a header of 52 bytes, its name, and the SIDs of its members.
fn group(rid: u32, name: &str, members: &[Vec<u8>]) -> Data {
    let (name, count, members) = (wide(name), members.len(), members.concat());
    let mut bytes = vec![0; 52];
    let after_name = name.len();
    for (at, number) in
        [(0, rid as usize), (20, name.len()), (28, after_name), (40, after_name), (44, members.len()), (48, count)]
    {
        put(&mut bytes, at, &(number as u32).to_le_bytes());
    }
    Data::Binary([bytes, name, members].concat())
}

/// The SID of an account.
fn member(machine: &Sid, rid: u32) -> Vec<u8> {
    const COUNT: usize = 1;
    let mut bytes = machine.bytes().to_vec();
    if let Some(count) = bytes.get_mut(COUNT) {
        *count += 1;
    }
    bytes.extend(rid.to_le_bytes());
    bytes
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
