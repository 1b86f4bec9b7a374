//! Many regular expressions at once: the text that one needs is searched for first.

use std::sync::OnceLock;

use regex::Regex;

use crate::indicators::indicator::Indicator;
use crate::indicators::pattern;
use crate::windows::Windows;

/// The patterns of one kind of value.
#[derive(Debug)]
pub(super) struct Patterns {
    entries: Vec<Entry>,
    /// Texts that patterns need, and whose they are.
    needed: Vec<(Box<str>, u32)>,
    windows: Windows<{ pattern::SHORTEST }>,
    /// Patterns that need no text and are tried on every value.
    loose: Vec<u32>,
}

/// A pattern. Most are never compiled, because the text that they need never stands anywhere.
#[derive(Debug)]
struct Entry {
    number: u32,
    source: Box<str>,
    except: Option<Box<str>>,
    method: Option<Box<str>>,
    built: OnceLock<Option<Built>>,
}

#[derive(Debug)]
struct Built {
    pattern: Regex,
    except: Option<Regex>,
}

impl Patterns {
    /// From the indicators of one kind that are patterns, with their numbers.
    pub(super) fn new<'i>(indicators: impl Iterator<Item = (u32, &'i Indicator)>) -> Self {
        let (mut entries, mut needed, mut loose) = (Vec::new(), Vec::new(), Vec::new());
        for (number, indicator) in indicators {
            let Some(source) = pattern::source(indicator) else { continue };
            let at = u32::try_from(entries.len()).unwrap_or(u32::MAX);
            match pattern::needed_of(&source, pattern::VISIBLE) {
                Some(texts) => needed.extend(texts.into_iter().map(|text| (text.into_boxed_str(), at))),
                None => loose.push(at),
            }
            entries.push(Entry {
                number,
                source: source.into(),
                except: indicator.except.as_deref().map(Into::into),
                method: indicator.method.as_deref().map(Into::into),
                built: OnceLock::new(),
            });
        }
        let literals = (0_u32..).zip(&needed).map(|(number, (text, _))| (number, text.as_bytes(), 0..text.len()));
        let windows = Windows::new(literals);
        Self { entries, needed, windows, loose }
    }

    /// The indicators whose pattern holds for one of the forms of a value, in a request of this method if they ask for one.
    pub(super) fn find(&self, forms: &[&str], method: Option<&str>) -> Vec<u32> {
        let mut candidates = self.loose.clone();
        for form in forms {
            let folded: Option<String> = (!form.is_ascii()).then(|| form.chars().map(pattern::fold).collect());
            let text = folded.as_deref().unwrap_or(form).as_bytes();
            self.windows.scan(text, &mut |number, at, offset| {
                let Some((needed, entry)) = self.needed.get(number as usize) else { return };
                let start = at.checked_sub(offset);
                let there = start.and_then(|start| text.get(start..start + needed.len()));
                if there.is_some_and(|there| there.eq_ignore_ascii_case(needed.as_bytes())) {
                    candidates.push(*entry);
                }
            });
        }
        candidates.sort_unstable();
        candidates.dedup();
        let entries = candidates.iter().filter_map(|at| self.entries.get(*at as usize));
        let holding = entries.filter(|entry| entry.allows(method) && entry.holds(forms));
        holding.map(|entry| entry.number).collect()
    }
}

impl Entry {
    fn allows(&self, method: Option<&str>) -> bool {
        self.method.as_deref().is_none_or(|wanted| method.is_some_and(|method| method.eq_ignore_ascii_case(wanted)))
    }

    fn holds(&self, forms: &[&str]) -> bool {
        // An indicator is admitted only when its patterns could be built, so here they can.
        let built = self.built.get_or_init(|| {
            let pattern = pattern::build(&self.source).ok()?;
            let except = self.except.as_deref().map(pattern::build).transpose().ok()?;
            Some(Built { pattern, except })
        });
        built.as_ref().is_some_and(|built| {
            let is_excepted =
                || built.except.as_ref().is_some_and(|except| forms.iter().any(|form| except.is_match(form)));
            forms.iter().any(|form| built.pattern.is_match(form)) && !is_excepted()
        })
    }
}
