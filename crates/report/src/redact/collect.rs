//! Gathers the names of people, machines and domains and the addresses of the inside from reports.

use std::collections::{BTreeMap, HashSet};

use hikeshi_core::actor::ActorKind;
use hikeshi_core::family::FieldRole;
use hikeshi_core::finding::Finding;
use hikeshi_core::report::Report;

use super::Unredacted;
use super::forms::{self, Spelling};
use super::names::{Kind, Names};
use super::replace::LONGEST_TEXT;
use super::view::views;
use super::walk::{Place, visit};
use super::{directory, fields, ordinary};

/// ATT&CK's technique of making accounts. Source: <https://attack.mitre.org/techniques/T1136/>.
const ACCOUNT_MADE: &str = "T1136";
/// Labels of a domain that are shorter name no organisation.
const SHORTEST_LABEL: usize = 4;

/// Accounts that an intruder made, in lower case: what he chose is an indicator, and nobody's name.
pub(super) fn made_by_intruders(report: &Report) -> HashSet<String> {
    let listed = report.actors.iter().filter(|actor| actor.kind == ActorKind::Intruder);
    let listed: HashSet<String> = listed.flat_map(|actor| &actor.accounts).map(|name| name.to_lowercase()).collect();
    let making = |finding: &&Finding| {
        finding.weight().is_some() && finding.attack.iter().any(|one| one.starts_with(ACCOUNT_MADE))
    };
    // Whoever is named as having made an account may be somebody whose account was misused.
    let subjects = |name: &String| name.to_ascii_lowercase().starts_with("subject");
    let fields = report.findings.iter().filter(making).flat_map(|finding| &finding.fields);
    let made = fields.filter(|(name, _)| !subjects(name)).map(|(_, value)| value.to_lowercase());
    made.filter(|value| listed.contains(value) && !ordinary::is_known_account(value)).collect()
}

/// Takes in what stands where names stand, and what shows by its form.
pub(super) fn gather(report: &mut Report, names: &mut Names) -> Result<(), Unredacted> {
    names.has_pseudonyms = report.redacted;
    for machine in report.machines.iter().filter_map(|machine| machine.name.as_deref()) {
        server(machine, names);
    }
    for host in report.second_opinions.iter().filter_map(|opinion| opinion.host.as_deref()) {
        server(host, names);
    }
    for account in report.actors.iter().flat_map(|actor| &actor.accounts) {
        user(account, names);
    }
    for finding in &report.findings {
        gather_fields(&finding.fields, &report.roles, &finding.addresses, names);
    }
    visit(report, |text, place| {
        if is_of_evidence(text, place) {
            for view in views(text) {
                gather_forms(&view.text, place, names);
            }
        }
    })?;
    names.checked()
}

/// Takes in what shows only once domains and machines are known.
pub(super) fn gather_related(report: &mut Report, names: &mut Names) -> Result<(), Unredacted> {
    names.has_pseudonyms = report.redacted;
    visit(report, |text, place| {
        if is_of_evidence(text, place) {
            for view in views(text) {
                gather_relations(&view.text, names);
            }
        }
    })?;
    names.checked()
}

fn is_of_evidence(text: &str, place: Place) -> bool {
    place != Place::Written && text.len() <= LONGEST_TEXT
}

fn gather_fields(
    fields: &BTreeMap<String, String>,
    roles: &BTreeMap<String, FieldRole>,
    clients: &[String],
    names: &mut Names,
) {
    for (name, value) in fields {
        match fields::role(name, fields, roles) {
            Some(FieldRole::User) => value.split(", ").for_each(|value| user(value, names)),
            Some(FieldRole::Server) if !clients.contains(value) => {
                value.split(", ").for_each(|value| server(value, names));
            }
            Some(FieldRole::Domain) => domain(value, names),
            _ => {}
        }
    }
}

/// An account as fields write it: alone, behind its domain, or like an address of mail. A machine's ends in `$`.
fn user(value: &str, names: &mut Names) {
    let (realm, account) = match value.rsplit_once('\\') {
        Some((realm, account)) => (realm.trim_start_matches('\\'), account),
        None => ("", value),
    };
    domain(realm, names);
    if names.keeps(account) || account.starts_with("S-1-") || account.contains("CN=") {
        return;
    }
    if let [mail] = forms::mails(account).as_slice()
        && *mail == account
    {
        let (local, of) = mail.split_once('@').unwrap_or((mail, ""));
        domain(of, names);
        names.add(Kind::Mail, mail);
        return names.add(Kind::User, local);
    }
    match account.strip_suffix('$') {
        Some(machine) => names.add_between("", Kind::Host, machine, "$"),
        None => names.add_between(&if_any(realm, "\\"), Kind::User, account, ""),
    }
    if !realm.is_empty() {
        names.add_between("", Kind::Domain, realm, &format!("\\{account}"));
    }
}

fn if_any(text: &str, sign: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{text}{sign}") }
}

/// A machine as fields write it: its name, with its domain, or its address.
fn server(value: &str, names: &mut Names) {
    let name = value.trim().trim_start_matches('\\').trim_end_matches('$');
    if let Ok(address) = name.parse::<std::net::IpAddr>() {
        // Outside, it is the server's own address, which tells whose it is.
        if !address.is_loopback() && !address.is_unspecified() {
            names.add(Kind::Address, name);
        }
        return;
    }
    let name = name.split(':').next().unwrap_or(name);
    names.add_between("\\\\", Kind::Host, name, "\\");
    if let Some((label, of)) = name.split_once('.') {
        names.add(Kind::Host, label);
        domain(of, names);
    }
}

/// A domain of the inside. What is left of its labels often names the organisation.
fn domain(value: &str, names: &mut Names) {
    let value = value.trim().trim_end_matches('.');
    names.add(Kind::Domain, value);
    let Some((labels, _)) = value.rsplit_once('.') else { return };
    if !ordinary::is_public_domain(value) {
        let labels = labels.split('.').filter(|label| label.len() >= SHORTEST_LABEL && names.is_telling(label));
        labels.collect::<Vec<_>>().into_iter().for_each(|label| names.add(Kind::Domain, label));
    }
}

fn gather_forms(text: &str, place: Place, names: &mut Names) {
    for mail in forms::mails(text) {
        let (local, of) = mail.split_once('@').unwrap_or((mail, ""));
        names.add(Kind::Mail, mail);
        names.add(Kind::Domain, of);
        names.add(Kind::User, local);
    }
    forms::sids(text).into_iter().for_each(|sid| names.add(Kind::Sid, sid));
    forms::inside_addresses(text).into_iter().for_each(|address| names.add(Kind::Address, address));
    directory::gather(text, names);
    let spelling = if place == Place::Path { Spelling::Path } else { Spelling::Text };
    for (before, name, after) in forms::profiles(text, spelling) {
        names.add_between(before, Kind::User, name, after);
    }
    for (before, name, after) in forms::shares(text) {
        names.add_between(before, Kind::Host, name, after);
    }
}

fn gather_relations(text: &str, names: &mut Names) {
    let is_domain = |name: &str| names.kind(name) == Some(Kind::Domain);
    for name in forms::inside_names(text, is_domain).into_iter().map(str::to_owned).collect::<Vec<_>>() {
        match name.split_once('.') {
            Some((_, of)) if !of.contains('.') => names.add(Kind::Domain, &name),
            Some((label, of)) => {
                names.add(Kind::Host, &name);
                names.add(Kind::Host, label);
                names.add(Kind::Domain, of);
            }
            None => {}
        }
    }
    let accounts: Vec<_> = forms::accounts(text, |realm| names.is_realm(realm));
    let accounts: Vec<_> = accounts.into_iter().map(|(realm, name)| format!("{realm}\\{name}")).collect();
    accounts.iter().for_each(|account| user(account, names));
}
