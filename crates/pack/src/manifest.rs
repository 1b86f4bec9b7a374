//! `pack.yaml`: what the emergency is, what "clean" needs, what to do next.

use std::collections::BTreeMap;

use hikeshi_core::affected::State;
use hikeshi_core::report::Contact;
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;
use hikeshi_core::verdict::Verdict;
use serde::Deserialize;

/// The form of packs that this version reads.
pub const SCHEMA: u32 = 1;

/// `pack.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Short kebab-case name.
    pub id: String,
    /// A date such as `2026.11.22`.
    pub version: String,
    /// Name for people.
    pub title: Text,
    /// What the emergency is.
    pub summary: Text,
    /// Its CVEs.
    #[serde(default)]
    pub cves: Vec<String>,
    /// Where the facts come from.
    #[serde(default)]
    pub references: Vec<String>,
    /// When an attack could have happened.
    pub window: Window,
    /// The verdict "clean" needs all requirements of one of these alternatives over the whole window.
    #[serde(default)]
    pub clean_needs: Vec<Vec<Requirement>>,
    /// Kinds of evidence that requirements name and that are no log family of the pack.
    #[serde(default)]
    pub kinds: BTreeMap<String, Kind>,
    /// Folders in the root of a system disk, besides those of Windows itself: a copy that begins with one of them begins
    /// at the root of the disk.
    #[serde(default)]
    pub top_folders: Vec<String>,
    /// What to bring so that the affected build can be told.
    #[serde(default)]
    pub affected_ask: Text,
    /// What to do first of all, by verdict, in two or three sentences that stand beside it. The first that is for the case is said.
    #[serde(default)]
    pub at_once: BTreeMap<Verdict, Vec<FirstWords>>,
    /// What to do, by verdict, the most urgent first.
    #[serde(default)]
    pub next_steps: BTreeMap<Verdict, Vec<PlannedStep>>,
    /// What not to do now, by verdict.
    #[serde(default)]
    pub do_not: BTreeMap<Verdict, Vec<Text>>,
    /// Whom to call.
    #[serde(default)]
    pub contacts: Vec<Contact>,
}

/// When an attack could have happened.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The earliest known attack.
    pub from: Timestamp,
    /// How that is known.
    pub note: Text,
}

/// One thing to do, and in which cases.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedStep {
    /// Short kebab-case name.
    pub id: String,
    /// What to do. `{addresses}`, `{pages}` and `{accounts}` stand for those of the intruders; a step that names what there
    /// is none of is left out.
    #[serde(rename = "do")]
    pub act: Text,
    /// Why.
    pub why: Text,
    /// How long it takes.
    #[serde(default)]
    pub takes: Option<Text>,
    /// The cases that call for it; all where nothing is said.
    #[serde(default)]
    pub when: When,
}

/// What to do first of all, and in which cases.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstWords {
    /// For somebody who reads nothing else.
    pub say: Text,
    /// The cases that call for it; all where nothing is said.
    #[serde(default)]
    pub when: When,
}

/// Cases: one of the techniques or rules was found, by a finding that counts; and a server stands so to the flaws.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// ATT&CK techniques; one without a dot stands for all below it.
    #[serde(default)]
    pub techniques: Vec<String>,
    /// Names of rules.
    #[serde(default)]
    pub rules: Vec<String>,
    /// How a server stands to the flaws of the pack.
    #[serde(default)]
    pub affected: Vec<State>,
}

/// One of these kinds of evidence must cover the window.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Family ids or [`Manifest::kinds`].
    pub any: Vec<String>,
}

/// A kind of evidence that is no log family.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Name for people.
    pub title: Text,
    /// How to bring it.
    pub ask: Text,
}
