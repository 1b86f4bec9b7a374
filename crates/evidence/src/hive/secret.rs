//! Which values hold secrets: they are named in records, but not shown.

use super::identity::Identity;
use super::value::{Value, kind};

/// What a record shows of a secret.
pub(super) const SHOWN: &str = "(secret, not shown)";

/// Keys of `SECURITY` below which everything is secret: LSA secrets, the keys that they are encrypted with, cached
/// sign-ins, and changes that wait to be made.
const SECURITY: [&str; 7] = [
    r"policy\secrets",
    r"policy\polsecretencryptionkey",
    r"policy\polekl",
    r"policy\poleklist",
    r"policy\trdomains",
    r"cache",
    r"rxact",
];
/// Values of a local account that hold no secret.
const OF_ACCOUNTS: [&str; 5] = ["f", "givenname", "surname", "internetusername", "internetuid"];

/// Whether the value of a key must not be shown; `path` is the key's path below the root.
pub(super) fn is_secret(identity: Identity, path: &str, value: &Value) -> bool {
    match identity {
        _ if value.length == 0 => false,
        Identity::Security => {
            let path = path.to_ascii_lowercase();
            SECURITY.iter().any(|secret| is_at_or_below(&path, secret))
        }
        Identity::Accounts => of_accounts(&path.to_ascii_lowercase(), &value.name.to_ascii_lowercase()),
        _ => is_password(value),
    }
}

fn is_at_or_below(path: &str, key: &str) -> bool {
    path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('\\'))
}

/// Hashes and hints of passwords stand with each account, the key to them with the domain.
fn of_accounts(path: &str, name: &str) -> bool {
    let mut parts = path.split('\\');
    let (sam, domains, _domain) = (parts.next(), parts.next(), parts.next());
    if (sam, domains) != (Some("sam"), Some("domains")) {
        return is_at_or_below(path, r"sam\rxact") || is_at_or_below(path, "rxact");
    }
    match parts.next() {
        None => name == "f",
        Some("users") => parts.next().is_some_and(|account| account != "names") && !OF_ACCOUNTS.contains(&name),
        Some(_) => false,
    }
}

/// Text or bytes under a name that ends in "password", such as the one for signing in without being asked.
fn is_password(value: &Value) -> bool {
    const ENDING: &str = "password";
    let start = value.name.len().checked_sub(ENDING.len());
    let named = start.and_then(|start| value.name.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(ENDING));
    named && !matches!(value.kind, kind::DWORD | kind::DWORD_BIG_ENDIAN | kind::QWORD)
}
