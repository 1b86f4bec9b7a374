//! Which values hold secrets: they are named in records, but not shown.
//!
//! Most rules look at the keys that are nearest to a value, so that they hold in damaged hives, and in hives that were
//! saved from a part of the registry.

use super::identity::Identity;
use super::value::{Value, kind};

/// What a record shows of a secret.
pub(super) const SHOWN: &str = "(secret, not shown)";

/// Below keys of these names lie LSA secrets, those of trusted domains, the keys that they are encrypted with, and
/// changes of them that wait.
const KEYS: [&str; 9] = [
    "Secrets",
    "CurrVal",
    "OldVal",
    "PolEKList",
    "PolEKL",
    "PolSecretEncryptionKey",
    "PolOldSyskey",
    "TrDomains",
    "RXACT",
];
/// Values of a local account that hold no secret. Beside them stand hashes, hints and answers.
const OF_ACCOUNTS: [&str; 5] = ["F", "GivenName", "Surname", "InternetUserName", "InternetUID"];

/// Whether the value of a key must not be shown; `path` is the key's path below the root.
pub(super) fn is_secret(identity: Identity, path: &str, value: &Value) -> bool {
    if value.length == 0 {
        return false;
    }
    let may_hold_sign_ins = matches!(identity, Identity::Security | Identity::Accounts | Identity::Other);
    let is_of_sign_in = || {
        is_lsa_secret(path)
            || is_cached_sign_in(path, value)
            || is_key_of_accounts(path, value)
            || is_of_account(path) && !OF_ACCOUNTS.iter().any(|name| name.eq_ignore_ascii_case(&value.name))
    };
    may_hold_sign_ins && is_of_sign_in() || is_password(value)
}

fn is_lsa_secret(path: &str) -> bool {
    path.split('\\').any(|key| KEYS.iter().any(|name| name.eq_ignore_ascii_case(key)))
}

/// Hashes of the passwords of those who signed in last, and settings that stand with them.
fn is_cached_sign_in(path: &str, value: &Value) -> bool {
    path.eq_ignore_ascii_case("Cache") || value.name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("NL$"))
}

/// The key that the hashes of a domain's accounts are encrypted with.
fn is_key_of_accounts(path: &str, value: &Value) -> bool {
    let mut keys = path.rsplit('\\').skip(1);
    value.name.eq_ignore_ascii_case("F") && keys.next().is_some_and(|key| key.eq_ignore_ascii_case("Domains"))
}

/// Whether this is the key of a local account: `Users`, and below it a number of eight digits.
fn is_of_account(path: &str) -> bool {
    let mut keys = path.rsplit('\\');
    let is_number = |key: &str| key.len() == 8 && key.bytes().all(|digit| digit.is_ascii_hexdigit());
    keys.next().is_some_and(is_number) && keys.next().is_some_and(|key| key.eq_ignore_ascii_case("Users"))
}

/// Text or bytes under a name that ends in "password", such as the one for signing in without being asked.
fn is_password(value: &Value) -> bool {
    const ENDING: &str = "password";
    let start = value.name.len().checked_sub(ENDING.len());
    let named = start.and_then(|start| value.name.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(ENDING));
    named && !matches!(value.kind, kind::DWORD | kind::DWORD_BIG_ENDIAN | kind::QWORD)
}
