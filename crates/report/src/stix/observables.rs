//! What can be seen of an attacker, as STIX 2.1 cyber-observable objects with the ids that the specification gives them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::ids;

/// Observables by their ids, each once. Objects that another one refers to come with it.
#[derive(Default)]
pub(super) struct Observables {
    objects: BTreeMap<String, Map<String, Value>>,
}

impl Observables {
    /// All of them, in order of their ids.
    pub(super) fn objects(self) -> Vec<Map<String, Value>> {
        self.objects.into_values().collect()
    }

    /// Addresses; what is none, such as a pseudonym, is left out.
    pub(super) fn addresses(&mut self, addresses: &[String]) {
        for address in addresses.iter().filter_map(|address| address.parse::<IpAddr>().ok()) {
            let kind = if address.is_ipv4() { "ipv4-addr" } else { "ipv6-addr" };
            self.add(kind, json!({ "value": address.to_string() }), Map::new());
        }
    }

    /// A file by its hash and the last part of its path in the evidence.
    pub(super) fn file(&mut self, path: &str, hash: &str) {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        if !name.is_empty() {
            self.add("file", json!({ "hashes": { "SHA-256": hash.to_ascii_lowercase() }, "name": name }), Map::new());
        }
    }

    /// A page, as `folder/name`.
    pub(super) fn page(&mut self, page: &str) {
        let (folder, name) = page.rsplit_once('/').unwrap_or(("", page));
        if name.is_empty() {
            return;
        }
        if folder.is_empty() {
            self.add("file", json!({ "name": name }), Map::new());
        } else {
            let folder = self.add("directory", json!({ "path": folder }), Map::new());
            self.add("file", json!({ "name": name, "parent_directory_ref": folder }), Map::new());
        }
    }

    /// An account that was made.
    pub(super) fn account(&mut self, account: &str) {
        if !account.is_empty() {
            self.add("user-account", json!({ "account_login": account }), Map::new());
        }
    }

    /// Adds an object with its id, which follows from `telling`.
    fn add(&mut self, kind: &str, telling: Value, mut object: Map<String, Value>) -> String {
        let id = ids::observable(kind, &telling);
        object.extend([
            ("type".to_owned(), kind.into()),
            ("spec_version".to_owned(), "2.1".into()),
            ("id".to_owned(), id.as_str().into()),
        ]);
        if let Value::Object(telling) = telling {
            object.extend(telling);
        }
        self.objects.insert(id.clone(), object);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_id_that_the_reference_library_gives_it() {
        let mut seen = Observables::default();
        seen.addresses(&["198.51.100.3".to_owned(), "no address".to_owned()]);
        let ids: Vec<_> = seen.objects.into_keys().collect();
        // stix2 3.0.2: IPv4Address(value="198.51.100.3").id
        assert_eq!(ids, ["ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"]);
    }
}
