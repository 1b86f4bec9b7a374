//! A page of HTML as a browser's parser sees it.

use std::collections::{BTreeMap, BTreeSet};

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// One element, with everything below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its name.
    pub tag: String,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
    /// The text in it and below it.
    pub text: String,
    /// Tags of the elements above it, the nearest last.
    pub above: Vec<String>,
}

/// A page, read by the parser of the HTML standard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markup {
    /// Its elements, in the order of the page.
    pub elements: Vec<Element>,
    /// Where it is not written as the standard wants it.
    pub errors: Vec<String>,
    /// The comments.
    pub comments: Vec<String>,
}

impl Markup {
    /// Reads a page.
    #[must_use]
    pub fn read(page: &str) -> Self {
        let dom = parse_document(RcDom::default(), ParseOpts::default()).one(page);
        let errors = dom.errors.borrow().iter().map(ToString::to_string).collect();
        let mut markup = Self { elements: Vec::new(), errors, comments: Vec::new() };
        markup.gather(&dom.document, &[]);
        markup
    }

    /// All elements with a tag.
    pub fn tagged<'m>(&'m self, tag: &'m str) -> impl Iterator<Item = &'m Element> {
        self.elements.iter().filter(move |element| element.tag == tag)
    }

    /// The texts of all elements with a tag, blanks joined.
    #[must_use]
    pub fn texts(&self, tag: &str) -> Vec<String> {
        self.tagged(tag).map(Element::plain).collect()
    }

    /// The element with an id.
    #[must_use]
    pub fn with_id(&self, id: &str) -> Option<&Element> {
        self.elements.iter().find(|element| element.attribute("id") == Some(id))
    }

    /// The names of all elements.
    #[must_use]
    pub fn tags(&self) -> BTreeSet<&str> {
        self.elements.iter().map(|element| element.tag.as_str()).collect()
    }

    /// The names of all attributes.
    #[must_use]
    pub fn attributes(&self) -> BTreeSet<&str> {
        self.elements.iter().flat_map(|element| element.attributes.keys().map(String::as_str)).collect()
    }

    fn gather(&mut self, node: &Handle, above: &[String]) {
        let mut above = above.to_vec();
        match &node.data {
            NodeData::Element { name, attrs, .. } => {
                let attributes = attrs.borrow();
                let attributes = attributes.iter().map(|one| (one.name.local.to_string(), one.value.to_string()));
                let tag = name.local.to_string();
                let element = Element {
                    tag: tag.clone(),
                    attributes: attributes.collect(),
                    text: text(node),
                    above: above.clone(),
                };
                self.elements.push(element);
                above.push(tag);
            }
            NodeData::Comment { contents } => self.comments.push(contents.to_string()),
            _ => {}
        }
        for child in node.children.borrow().iter() {
            self.gather(child, &above);
        }
    }
}

impl Element {
    /// One attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// Its text, blanks joined.
    #[must_use]
    pub fn plain(&self) -> String {
        self.text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn text(node: &Handle) -> String {
    match &node.data {
        NodeData::Text { contents } => contents.borrow().to_string(),
        _ => node.children.borrow().iter().map(text).collect(),
    }
}
