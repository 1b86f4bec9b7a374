//! Names that say nothing of anybody, and words that are too common to be replaced wherever they stand.

use std::collections::HashSet;

use crate::words::vocabulary;

/// Accounts and groups that every Windows has, in lower case; they stay.
const ACCOUNTS: [&str; 34] = [
    "system",
    "local system",
    "localsystem",
    "local service",
    "network service",
    "anonymous logon",
    "anonymous",
    "administrator",
    "administrators",
    "guest",
    "guests",
    "users",
    "everyone",
    "public",
    "default",
    "default user",
    "all users",
    "defaultuser0",
    "defaultaccount",
    "wdagutilityaccount",
    "krbtgt",
    "trustedinstaller",
    "iusr",
    "defaultapppool",
    "authenticated users",
    "interactive",
    "service",
    "creator owner",
    "domain admins",
    "domain users",
    "domain computers",
    "enterprise admins",
    "remote desktop users",
    "backup operators",
];

/// What stands in place of a domain or a machine without naming one, in lower case; it stays.
const PLACES: [&str; 13] = [
    "nt authority",
    "builtin",
    "nt service",
    "window manager",
    "font driver host",
    "nt virtual machine",
    "workgroup",
    "localhost",
    "localhost.localdomain",
    "local",
    "localdomain",
    ".",
    "autorite nt",
];

/// Domains of mail for everybody: they name nobody.
const PUBLIC_DOMAINS: [&str; 17] = [
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.co.jp",
    "live.com",
    "live.jp",
    "msn.com",
    "yahoo.com",
    "yahoo.co.jp",
    "ymail.ne.jp",
    "icloud.com",
    "me.com",
    "proton.me",
    "protonmail.com",
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "softbank.ne.jp",
];

/// Common words of machines, in lower case, besides those of the program's own texts. As a name they are replaced where
/// they stand as one, and nowhere else.
const WORDS: [&str; 85] = [
    "address",
    "admin",
    "invalid",
    "mail",
    "report",
    "sid",
    "user",
    "adfs",
    "agent",
    "apache",
    "app",
    "application",
    "apps",
    "auth",
    "backend",
    "backup",
    "bin",
    "cloud",
    "config",
    "corp",
    "data",
    "database",
    "demo",
    "desktop",
    "dev",
    "dns",
    "documents",
    "domain",
    "downloads",
    "example",
    "files",
    "firewall",
    "ftp",
    "gateway",
    "group",
    "home",
    "host",
    "hub",
    "imap",
    "info",
    "internal",
    "intra",
    "intranet",
    "laptop",
    "lan",
    "ldap",
    "login",
    "logon",
    "manager",
    "master",
    "monitor",
    "node",
    "office",
    "online",
    "operator",
    "pc",
    "pop",
    "post",
    "postmaster",
    "prod",
    "program",
    "proxy",
    "root",
    "sales",
    "scan",
    "scanner",
    "script",
    "security",
    "site",
    "smtp",
    "sql",
    "staff",
    "support",
    "sync",
    "system32",
    "temp",
    "test",
    "update",
    "virtual",
    "vpn",
    "web",
    "webmaster",
    "windows",
    "workstation",
    "www",
];

/// Names shorter than this are replaced only where they stand as one.
const SHORTEST: usize = 3;
/// Numbers shorter than this are counts, ports and statuses everywhere.
const SHORTEST_NUMBER: usize = 6;

/// Whether an account is one of Windows itself.
pub(super) fn is_known_account(value: &str) -> bool {
    let numbered =
        |prefix| value.strip_prefix(prefix).is_some_and(|rest: &str| rest.bytes().all(|byte| byte.is_ascii_digit()));
    ACCOUNTS.contains(&value) || PLACES.contains(&value) || numbered("dwm-") || numbered("umfd-")
}

/// Whether the name of a domain or machine names none.
pub(super) fn is_known_place(value: &str) -> bool {
    PLACES.contains(&value)
}

/// Whether a domain of mail names nobody.
pub(super) fn is_public_domain(value: &str) -> bool {
    PUBLIC_DOMAINS.iter().any(|domain| domain.eq_ignore_ascii_case(value))
}

/// Tells names that can be replaced everywhere from words that cannot.
#[derive(Debug)]
pub(super) struct Telling {
    words: HashSet<String>,
}

impl Telling {
    /// Besides the words of the program, those in the names of products are ordinary.
    pub(super) fn new<'t>(products: impl Iterator<Item = &'t str>) -> Self {
        let mut words = vocabulary();
        words.extend(WORDS.map(str::to_owned));
        let parts = products.flat_map(|name| name.split(|character: char| !character.is_alphanumeric()));
        words.extend(parts.map(str::to_lowercase));
        Self { words }
    }

    /// Whether a name, in lower case, means its bearer wherever it stands.
    pub(super) fn is_telling(&self, value: &str) -> bool {
        let letters = value.chars().filter(|character| character.is_alphanumeric()).count();
        // Two characters of a script without small letters make a name.
        let shortest = if value.is_ascii() { SHORTEST } else { 2 };
        let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
        letters >= shortest && (!is_number || value.len() >= SHORTEST_NUMBER) && !self.words.contains(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_telling_and_words_numbers_and_snippets_are_not() {
        let telling = Telling::new(["Ferry Desk 2"].into_iter());
        for name in ["taro", "ex01", "佐藤", "svc_sql", "1234567", "mail01"] {
            assert!(telling.is_telling(name), "{name}");
        }
        for word in ["web", "server", "test", "ferry", "ab", "404", "佐", "$$$$", ""] {
            assert!(!telling.is_telling(word), "{word}");
        }
    }

    #[test]
    fn the_accounts_of_windows_are_known() {
        assert!(is_known_account("administrator") && is_known_account("dwm-3") && is_known_account("nt authority"));
        assert!(!is_known_account("dwm-x") && !is_known_account("taro"));
    }
}
