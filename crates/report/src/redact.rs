//! Pseudonyms for the names of people, machines and domains and for the addresses of the inside, so that a report can be
//! shared while the names stay. Start at [`redact`].
//!
//! First all names are gathered: from the fields that hold them (`fields.rs`, and what the report says of its columns),
//! and by their form wherever they stand (`forms.rs`). Then each is replaced wherever it stands as a word of its own, also
//! behind escapes (`view.rs`). The same name has the same pseudonym with the same key. A name that is an ordinary word, a
//! short number or shorter than three letters is replaced only where it stands as a name (`ordinary.rs`). What is not
//! recognised stays; the report format (docs/book) says what that can be.

mod collect;
mod directory;
mod fields;
mod forms;
mod key;
mod names;
mod ordinary;
mod replace;
mod view;
mod walk;

use std::collections::{BTreeMap, HashSet};

use hikeshi_core::family::FieldRole;
use hikeshi_core::report::Report;

use self::names::{Kind, Names};
use self::ordinary::Telling;
use self::replace::Replacer;
use self::walk::Place;
use crate::words::say_again;

pub use self::key::{KEY_BYTES, Key};

/// Why a report cannot be redacted. Then nothing of it may be shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unredacted {
    /// A part of the names would have no pseudonyms.
    #[error("it holds more than {0} names")]
    TooManyNames(usize),
    /// The names cannot be sought.
    #[error("its names cannot be sought")]
    Search(#[source] aho_corasick::BuildError),
    /// It does not have its form after it.
    #[error("it does not keep its form")]
    Form(#[source] serde_json::Error),
}

/// Puts pseudonyms in place of names in all of the reports: a name that one of them shows is replaced in the others too.
///
/// # Errors
/// When a report holds more names than can be replaced. The reports are then not to be shown.
pub fn redact(reports: &mut [&mut Report], key: &Key) -> Result<(), Unredacted> {
    let kept: HashSet<String> = reports.iter().flat_map(|report| collect::made_by_intruders(report)).collect();
    let products = reports.iter().flat_map(|report| &report.affected.servers).map(|server| server.title.en.as_str());
    let mut names = Names::new(Telling::new(products), kept);
    for report in reports.iter_mut() {
        collect::gather(report, &mut names)?;
    }
    for report in reports.iter_mut() {
        collect::gather_related(report, &mut names)?;
    }
    let replacer = Replacer::new(&names, key)?;
    reports.iter_mut().try_for_each(|report| replace(report, &replacer))
}

/// The file of a report, which often has the name of its server.
#[must_use]
pub fn file(file: &str, key: &Key) -> String {
    format!("{}.json", key.pseudonym(Kind::Report, file))
}

fn replace(report: &mut Report, replacer: &Replacer<'_>) -> Result<(), Unredacted> {
    let rules = rules_of_packs(report);
    let roles = report.roles.clone();
    let text = |text: &str, place: Place| match place {
        Place::Rule if rules.contains(text) => None,
        Place::Name => replacer.list(text),
        _ => replacer.text(text),
    };
    walk::change(report, text, |fields| replace_fields(fields, &roles, replacer))?;
    report.redacted = true;
    say_again(report);
    Ok(())
}

/// Names of rules by which lists of a report refer to one another. What stands behind a colon comes from evidence.
fn rules_of_packs(report: &Report) -> HashSet<String> {
    let of_packs = report.findings.iter().filter(|finding| finding.rule.source.starts_with("pack:"));
    of_packs.map(|finding| &finding.rule.name).filter(|name| !name.contains(':')).cloned().collect()
}

fn replace_fields(fields: &mut BTreeMap<String, String>, roles: &BTreeMap<String, FieldRole>, replacer: &Replacer<'_>) {
    let mut replaced = BTreeMap::new();
    for (name, value) in fields.iter() {
        let told = match fields::role(name, fields, roles) {
            Some(FieldRole::User) => replacer.field(Kind::User, value),
            Some(FieldRole::Server) => replacer.field(Kind::Host, value),
            Some(FieldRole::Domain) => replacer.field(Kind::Domain, value),
            None => replacer.text(value),
        };
        replaced.insert(replacer.text(name).unwrap_or_else(|| name.clone()), told.unwrap_or_else(|| value.clone()));
    }
    *fields = replaced;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::fuzz::write_faces;
    use crate::json;
    use crate::sample::{self, written};
    use crate::words::complete;
    use hikeshi_core::coverage::{Gap, Unreadable};
    use hikeshi_core::text::Text;

    const KEY: Key = Key::new([7; KEY_BYTES]);

    /// A report with these fields in its first finding, and with `text` wherever text from evidence can stand.
    fn report(text: &str, fields: Value) -> Report {
        let mut report = sample::with(text);
        report.findings.truncate(1);
        report.findings[0].fields = serde_json::from_value(fields).unwrap();
        report.machines.clear();
        report.actors[0].accounts.clear();
        report.second_opinions[0].host = None;
        // Words in the names of products are ordinary.
        report.affected.servers[0].title = Text::same("Ferry Desk");
        report
    }

    fn redacted(mut report: Report, key: &Key) -> Report {
        complete(&mut report);
        redact(&mut [&mut report], key).unwrap();
        report
    }

    fn field(report: &Report, name: &str) -> String {
        report.findings[0].fields[name].clone()
    }

    /// All faces in both languages.
    fn faces(report: &Report) -> String {
        written(|out| write_faces(report, out))
    }

    #[test]
    fn one_name_has_one_pseudonym_wherever_and_however_it_is_written() {
        let text = r"Taro:TaroReport:tarot CORP\taro corp%5CTaro taro@corp.example C:\Users\TARO\x ex01.corp.example \\EX01\c$ \u0074aro &#116;aro";
        let report = redacted(report(text, json!({"TargetUserName": "taro", "Computer": "EX01.corp.example"})), &KEY);
        let told = &report.coverage[0].path;
        let (user, host) = (KEY.pseudonym(Kind::User, "taro"), KEY.pseudonym(Kind::Host, "ex01"));
        let domain = KEY.pseudonym(Kind::Domain, "corp.example");
        let mail = KEY.pseudonym(Kind::Mail, "taro@corp.example");
        assert_eq!(
            *told,
            format!(
                r"{user}:{user}Report:tarot CORP\{user} corp%5C{user} {mail} C:\Users\{user}\x {host}.{domain} \\{host}\c$ {user} {user}"
            )
        );
        assert_eq!(field(&report, "Computer"), format!("{host}.{domain}"));
        assert!(report.redacted);
    }

    #[test]
    fn what_failed_may_name_somebody_in_either_language() {
        let mut named = report("x", json!({}));
        let words = |mail: &str| Text::new(format!("{mail} is no number"), format!("{mail} は数値ではない"));
        named.coverage[0].unreadable = vec![Unreadable::new("a", Gap::Malformed).because(words("sato@kaisha.example"))];
        let detail = redacted(named, &KEY).coverage[0].unreadable[0].detail.clone().unwrap();
        let [name, domain] = [(Kind::Mail, "sato@kaisha.example"), (Kind::Domain, "kaisha.example")]
            .map(|(kind, value)| KEY.pseudonym(kind, value));
        assert!(domain.ends_with(".invalid"), "{domain}");
        assert_eq!(detail, words(&name));
    }

    #[test]
    fn names_in_the_directory_are_names() {
        let text = "CN=Sato Hanako,OU=Vertrieb,DC=corp,DC=example; by Sato Hanako; \
                    /o=Kaisha/ou=Site One/cn=Recipients/cn=web CN=Users,DC=corp,DC=example web corp.example vertrieb";
        let report = redacted(report(text, json!({})), &KEY);
        let name = |kind, value| KEY.pseudonym(kind, value);
        let [hanako, web] = ["sato hanako", "web"].map(|value| name(Kind::User, value));
        let [sales, corp, whole, firm, site] =
            ["vertrieb", "corp", "corp.example", "kaisha", "site one"].map(|value| name(Kind::Domain, value));
        assert_eq!(
            report.coverage[0].path,
            format!(
                "CN={hanako},OU={sales},DC={corp},DC=example; by {hanako}; /o={firm}/ou={site}/cn=Recipients/cn={web} \
                 CN=Users,DC={corp},DC=example web {whole} {sales}"
            )
        );
    }

    #[test]
    fn ordinary_words_are_replaced_where_they_are_names_and_only_there() {
        let fields =
            json!({"User": "CORP\\admin", "Computer": "MAIL", "SubjectUserName": "web", "IpAddress": "10.1.2.3"});
        let report = redacted(report(r"web mail admin CORP\admin \\MAIL\x C:\Users\web\y 10.1.2.3:80", fields), &KEY);
        let [user, host, web, corp, address] = [
            (Kind::User, "admin"),
            (Kind::Host, "mail"),
            (Kind::User, "web"),
            (Kind::Domain, "corp"),
            (Kind::Address, "10.1.2.3"),
        ]
        .map(|(kind, name)| KEY.pseudonym(kind, name));
        assert_eq!(field(&report, "User"), format!("{corp}\\{user}"));
        assert_eq!((field(&report, "Computer"), field(&report, "SubjectUserName")), (host.clone(), web.clone()));
        let told = &report.coverage[0].path;
        assert_eq!(*told, format!(r"web mail admin {corp}\{user} \\{host}\x C:\Users\{web}\y {address}:80"));
    }

    #[test]
    fn what_names_nobody_and_what_is_of_the_attacker_stays() {
        let text =
            r"NT AUTHORITY\SYSTEM S-1-5-18 Administrator C:\Users\Public\a.aspx 203.0.113.7 http://evil.example/x";
        let fields =
            json!({"User": "NT AUTHORITY\\SYSTEM", "TargetUserName": "Administrator", "IpAddress": "203.0.113.7"});
        let report = redacted(report(text, fields.clone()), &KEY);
        assert_eq!(report.coverage[0].path, text);
        assert_eq!(serde_json::to_value(&report.findings[0].fields).unwrap(), fields);
        assert_eq!(report.actors[0].addresses[0], "203.0.113.7");
    }

    #[test]
    fn the_account_that_an_intruder_made_stays_and_who_was_misused_for_it_does_not() {
        let mut report =
            report("helpdesk9 made by hanako", json!({"TargetUserName": "helpdesk9", "SubjectUserName": "hanako"}));
        report.findings[0].attack = ["T1136.001".to_owned()].into();
        report.actors[0].accounts = vec!["helpdesk9".into(), "hanako".into()];
        let told = redacted(report.clone(), &KEY);
        let user = KEY.pseudonym(Kind::User, "hanako");
        assert_eq!(told.coverage[0].path, format!("helpdesk9 made by {user}"));
        assert_eq!(told.actors[0].accounts, ["helpdesk9".to_owned(), user]);
        report.findings[0].attack = ["T1078".to_owned()].into();
        assert!(!faces(&redacted(report, &KEY)).contains("helpdesk9"));
    }

    #[test]
    fn columns_hold_what_the_report_says_of_them() {
        let mut report = report("seen: jiro on s7k", json!({"who": "jiro", "box": "s7k", "other": "saburo"}));
        report.roles = BTreeMap::from([("who".into(), FieldRole::User), ("box".into(), FieldRole::Server)]);
        let told = redacted(report, &KEY);
        assert!(told.coverage[0].path.starts_with("seen: user-"), "{}", told.coverage[0].path);
        assert!(field(&told, "box").starts_with("host-"));
        assert_eq!(field(&told, "other"), "saburo");
    }

    #[test]
    fn a_name_of_one_report_is_replaced_in_the_other_too() {
        let mut first = report("x", json!({"User": "hanako"}));
        let mut second = report("hanako was here", json!({}));
        redact(&mut [&mut first, &mut second], &KEY).unwrap();
        assert_eq!(second.coverage[0].path, format!("{} was here", field(&first, "User")));
        assert!(file("srv/EX01.json", &KEY).starts_with("report-"));
    }

    #[test]
    fn too_many_names_and_too_long_texts_do_not_get_through() {
        let crowd: String = (0..100_001).map(|number| format!("u{number}@x.example ")).collect();
        let parts: Vec<String> =
            crowd.as_bytes().chunks(500_000).map(|part| String::from_utf8(part.to_vec()).unwrap()).collect();
        let mut crowded = report("x", json!({}));
        crowded.actors[0].agents = parts;
        assert!(matches!(redact(&mut [&mut crowded], &KEY), Err(Unredacted::TooManyNames(_))));
        let mut long = report("x", json!({"User": "hanako"}));
        long.actors[0].agents = vec!["hanako ".repeat(200_000)];
        assert_eq!(redacted(long, &KEY).actors[0].agents, ["(too long to redact)"]);
    }

    #[test]
    fn a_name_counts_once_however_often_it_stands() {
        let mut crowded = report("x", json!({}));
        crowded.actors[0].agents = vec!["taro@corp.example 10.1.2.3 C:\\Users\\web\\x ".repeat(20_000); 4];
        redact(&mut [&mut crowded], &KEY).unwrap();
        assert!(crowded.actors[0].agents[3].starts_with("mail-"));
    }

    #[test]
    fn repetition_does_not_make_it_slow() {
        // Names in names, and a text in which each of them begins at each word.
        let names: Vec<String> = (1..120).map(|count| vec!["zq"; count].join("-") + "x").collect();
        let fields: serde_json::Map<String, Value> =
            names.iter().map(|name| (format!("User{name}"), json!(name))).collect();
        let mut report = report("x", Value::Object(fields));
        report.roles = names.iter().map(|name| (format!("User{name}"), FieldRole::User)).collect();
        report.actors[0].agents = vec!["zq-".repeat(300_000)];
        let told = redacted(report, &KEY);
        assert_eq!(told.actors[0].agents, ["zq-".repeat(300_000)]);
    }

    #[test]
    fn hostile_text_keeps_the_form_of_a_report() {
        for (_, mut report) in sample::hostile() {
            report.findings[0].fields.insert("User".into(), "taro".into());
            let told = redacted(report, &KEY);
            let json = written(|out| json::write(&told, out));
            assert_eq!(crate::saved::read(json.as_bytes()).unwrap(), told);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn no_name_survives_and_names_follow_from_the_key_alone(
            user in "[a-z]{2}[qxz][a-z0-9]{3,9}", host in "[A-Z]{2}[QXZ][A-Z0-9]{3,9}", net in "[a-z]{2}[qxz][a-z]{4,9}",
            wrap in prop::sample::select(vec!["{}", "a {} b", "%5C{}%22", "\\\\{}\\\\", "/x/{}/y.aspx", "<{}>", "氏名{}様", "'{}'"]),
        ) {
            prop_assume!(!host.eq_ignore_ascii_case(&user) && net != user && !host.eq_ignore_ascii_case(&net));
            let secrets = [user.clone(), host.clone(), net.clone(), format!("{user}@{net}.example"), "10.77.3.9".to_owned(),
                "S-1-5-21-77-88-99-1105".to_owned(), format!("{host}.{net}.example"), "fd77::9".to_owned()];
            let text = secrets.iter().map(|secret| wrap.replace("{}", secret)).collect::<Vec<_>>().join(" ");
            let fields = json!({"AuthenticatedUser": format!("{net}\\{user}"), "Computer": format!("{host}.{net}.example"),
                "CommandLine": text});
            let mut report = report(&text, fields);
            report.roles = BTreeMap::from([("AuthenticatedUser".into(), FieldRole::User)]);
            let told = redacted(report.clone(), &KEY);
            let shown = faces(&told).to_lowercase();
            for secret in secrets.iter().map(|secret| secret.to_lowercase()) {
                let around = shown.find(&secret).map(|at| shown.get(at.saturating_sub(200)..at + 60));
                prop_assert!(around.is_none(), "{:?}", around);
            }
            prop_assert!(shown.contains("203"));
            prop_assert_eq!(&redacted(report.clone(), &KEY), &told);
            let other = redacted(report, &Key::new([8; KEY_BYTES]));
            prop_assert_ne!(field(&other, "Computer"), field(&told, "Computer"));
            prop_assert_eq!(&redacted(told.clone(), &KEY), &told);
            prop_assert_eq!(&redacted(told.clone(), &Key::new([9; KEY_BYTES])), &told);
            let json = written(|out| json::write(&told, out));
            prop_assert_eq!(crate::saved::read(json.as_bytes()).unwrap(), told);
        }
    }
}
