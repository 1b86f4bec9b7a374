//! Content packs: the data for one emergency. Start at [`Pack::load`].
//!
//! A pack is a folder of data, never code: `pack.yaml`, `families/`, `channels/`, `places/`, `products/`, `rules/`, `yara/`,
//! `indicators/`, `second-opinions/`, `tests/`, `drill/`.
//! Running rules is not here but in `hunt`.
#![warn(missing_docs)]

pub mod fuzz;
pub mod lint;
pub mod manifest;
pub mod products;
pub mod rules;
pub mod samples;
mod specification;
pub mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use hikeshi_core::channel::Channel;
use hikeshi_core::family::Family;
use hikeshi_core::other_tool::OtherTool;
use hikeshi_core::place::Place;

pub use manifest::Manifest;
pub use products::ProductBook;
pub use rules::{Rule, RuleBook};
pub use tree::Tree;

/// What can go wrong with a pack or a rule folder as a whole. A single bad rule is data: see [`RuleBook::skipped`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// The system's error.
        #[source]
        source: std::io::Error,
    },
    /// The folder has no `pack.yaml`.
    #[error("`{0}` is no pack: it holds no pack.yaml")]
    NoManifest(String),
    /// A YAML file does not have the form it should have.
    #[error("`{path}` does not have the form of a {what}")]
    Form {
        /// Which file of the pack.
        path: String,
        /// What it should be.
        what: &'static str,
        /// Where and why.
        #[source]
        source: yaml_serde::Error,
    },
    /// A file is no UTF-8.
    #[error("`{0}` is not UTF-8 text")]
    NotUtf8(String),
    /// A file is larger than any rule or manifest has a reason to be.
    #[error("`{path}` has {bytes} bytes; at most {cap} are read")]
    TooLarge {
        /// Which.
        path: String,
        /// Its size.
        bytes: u64,
        /// The limit.
        cap: u64,
    },
}

/// A pack, loaded.
#[derive(Debug)]
pub struct Pack {
    /// `pack.yaml`.
    pub manifest: Manifest,
    /// `families/`, by id.
    pub families: Vec<Family>,
    /// `channels/`, by id.
    pub channels: Vec<Channel>,
    /// `places/`, by id.
    pub places: Vec<Place>,
    /// `second-opinions/`, by id.
    pub other_tools: Vec<OtherTool>,
    /// `products/`, by id.
    pub products: Vec<ProductBook>,
    /// `rules/`.
    pub rules: RuleBook,
    /// `known-good/`: the text of each list, by its path.
    pub known_good: BTreeMap<String, String>,
    /// `yara/`: path and text of each rule file.
    pub yara: Vec<(String, String)>,
    /// `indicators/`: path and text of each file.
    pub indicators: Vec<(String, String)>,
    /// `drill/`: name and text of each file.
    pub drill: Vec<(String, String)>,
    /// `tests/`.
    pub samples: Vec<samples::Sample>,
}

impl Pack {
    /// Loads a pack from its files.
    ///
    /// # Errors
    /// When the manifest or a family is missing or malformed. Rules that do not load are in [`RuleBook::skipped`].
    pub fn load(tree: &Tree) -> Result<Self, Error> {
        let manifest: Manifest = match tree.text("pack.yaml")? {
            Some(text) => form("pack.yaml", "pack manifest", text)?,
            None => return Err(Error::NoManifest(tree.name().to_owned())),
        };
        let mut families = Vec::new();
        for (path, text) in tree.texts_under("families/", &["yaml", "yml"])? {
            families.push(form::<Family>(path, "log family", text)?);
        }
        families.sort_by(|a, b| a.id.cmp(&b.id));
        let mut channels = Vec::new();
        for (path, text) in tree.texts_under("channels/", &["yaml", "yml"])? {
            channels.push(form::<Channel>(path, "event log channel", text)?);
        }
        channels.sort_by(|a, b| a.id.cmp(&b.id));
        let mut places = Vec::new();
        for (path, text) in tree.texts_under("places/", &["yaml", "yml"])? {
            places.push(form::<Place>(path, "place", text)?);
        }
        places.sort_by(|a, b| a.id.cmp(&b.id));
        let mut other_tools = Vec::new();
        for (path, text) in tree.texts_under("second-opinions/", &["yaml", "yml"])? {
            let mut tool = form::<OtherTool>(path, "tool of somebody else", text)?;
            tool.outputs.iter_mut().for_each(|output| output.scanner.clone_from(&tool.name));
            other_tools.push(tool);
        }
        other_tools.sort_by(|a, b| a.id.cmp(&b.id));
        let source = format!("pack:{}", manifest.id);
        let rules = RuleBook::parse(tree.texts_under("rules/", &["yaml", "yml"])?, &source);
        let own = |(path, text): (&str, &str)| (path.to_owned(), text.to_owned());
        let drill = tree.texts_under("drill/", &["yaml", "yml"])?.into_iter().map(own).collect();
        let known_good = tree.texts_under("known-good/", &["csv"])?.into_iter().map(own).collect();
        let yara = tree.texts_under("yara/", &["yar", "yara"])?.into_iter().map(own).collect();
        let indicators = tree.texts_under("indicators/", &["yaml", "yml"])?.into_iter().map(own).collect();
        Ok(Self {
            products: products::load(tree)?,
            manifest,
            families,
            channels,
            places,
            other_tools,
            known_good,
            yara,
            indicators,
            rules,
            drill,
            samples: samples::collect(tree),
        })
    }

    /// Samples that belong to no Sigma rule, no product and not to the indicators: those of YARA rules, and stray ones.
    pub fn unclaimed_samples(&self) -> impl Iterator<Item = &samples::Sample> {
        let rules = self.rules.rules.iter().map(|rule| rule.reference.name.as_str());
        let products = self.products.iter().map(|book| book.product.id.as_str());
        let indicators = (!self.indicators.is_empty()).then_some("indicators");
        let known: BTreeSet<&str> = rules.chain(products).chain(indicators).collect();
        self.samples.iter().filter(move |sample| !known.contains(sample.rule.as_str()))
    }
}

fn form<T: serde::de::DeserializeOwned>(path: &str, what: &'static str, text: &str) -> Result<T, Error> {
    yaml_serde::from_str(text).map_err(|source| Error::Form { path: path.to_owned(), what, source })
}
