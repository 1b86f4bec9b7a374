//! The first screen: the answer, what it means, what not to do, what to do first, whom to call, what could not be seen.

use std::io;

use hikeshi_core::actor::ActorKind;
use hikeshi_core::report::{Contact, Report};
use hikeshi_core::text::Lang;
use hikeshi_core::verdict::Verdict;

use super::ENTRIES;
use super::builder::Page;
use crate::phrases::{at_once, minute};

/// Steps on the first screen.
const FIRST_STEPS: usize = 3;
/// Entries of what could not be seen on the first screen.
const FIRST_UNSEEN: usize = 5;
/// Contacts on the first screen; the others are folded.
const FIRST_CONTACTS: usize = 2;
/// Servers that are named beside the answer.
const SERVERS: usize = 5;

/// For whom a contact is, as far as the language tells where the reader is; the nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// For readers everywhere.
    Everywhere,
    /// For those of the reader's own country.
    Own,
    /// For those of another country, or of one that is not known.
    Elsewhere,
}

/// The verdict's word, and the sentence behind it.
pub(super) fn word_and_sentence(verdict: &str) -> (&str, &str) {
    verdict.split_once(": ").unwrap_or((verdict, ""))
}

/// The names that the machines give themselves.
pub(super) fn server_names(report: &Report) -> Option<String> {
    let names: Vec<&str> = report.machines.iter().filter_map(|machine| machine.name.as_deref()).take(SERVERS).collect();
    let more = if report.machines.len() > SERVERS { ", …" } else { "" };
    (!names.is_empty()).then(|| names.join(", ") + more)
}

impl Page<'_> {
    /// What this page is, above everything.
    pub(super) fn top(&mut self, report: &Report) -> io::Result<()> {
        let title = self.words.get("html-title");
        self.leaf("span", &[("class", "title")], &title)?;
        for pack in &report.packs {
            self.text(" ")?;
            let text = pack.title.get(self.words.lang()).to_owned();
            self.leaf("span", &[("class", "pack")], &text)?;
        }
        Ok(())
    }

    pub(super) fn answer(&mut self, report: &Report) -> io::Result<()> {
        let tone = match report.verdict {
            Verdict::Clean => "answer calm",
            Verdict::Inconclusive | Verdict::Attempted => "answer care",
            Verdict::Exploited | Verdict::Compromised => "answer alarm",
        };
        self.inside("section", &[("class", tone), ("aria-labelledby", "answer")], |page| {
            let verdict = page.words.get(&format!("verdict-{}", report.verdict.word()));
            let (word, sentence) = word_and_sentence(&verdict);
            page.inside("h1", &[("id", "answer")], |page| {
                page.inside("span", &[("class", "word")], |page| {
                    page.sign(report.verdict)?;
                    page.leaf("span", &[], word)?;
                    // Read aloud, the word and the sentence are apart.
                    page.leaf("span", &[("class", "unseen")], ": ")
                })?;
                page.leaf("span", &[("class", "sentence")], sentence)
            })?;
            let meaning = page.words.get(&format!("meaning-{}", report.verdict.word()));
            page.leaf("p", &[("class", "meaning")], &meaning)?;
            for (holds, key) in
                [(report.practice, "practice"), (report.partial, "partial"), (report.redacted, "redacted")]
            {
                if holds {
                    let text = page.words.get(key);
                    page.inside("p", &[("class", "notice")], |page| page.with_commands(&text))?;
                }
            }
            at_once(report, page.words).map_or(Ok(()), |text| page.leaf("p", &[("class", "at-once")], &text))
        })?;
        self.inside("div", &[("class", "first")], |page| {
            page.do_not(report)?;
            page.first_steps(report)?;
            page.inside("div", &[("class", "side")], |page| {
                page.contacts(report)?;
                page.first_unseen(report)
            })
        })?;
        self.facts(report)
    }

    /// Words of ours in which commands stand between backticks.
    fn with_commands(&mut self, text: &str) -> io::Result<()> {
        for (at, part) in text.split('`').enumerate() {
            if at % 2 == 0 {
                self.text(part)?;
            } else {
                self.leaf("code", &[], part)?;
            }
        }
        Ok(())
    }

    /// A sign beside the word: a shape for each gravity, so that colour is not all that tells.
    fn sign(&mut self, verdict: Verdict) -> io::Result<()> {
        let (outline, mark) = match verdict {
            Verdict::Clean => ("M12 2a10 10 0 1 0 0 20a10 10 0 0 0 0-20z", "M7 12.5l3.5 3.5l6.5-7.5"),
            Verdict::Inconclusive => {
                ("M12 2a10 10 0 1 0 0 20a10 10 0 0 0 0-20z", "M9 9.5a3 3 0 1 1 4.2 2.8c-.9.4-1.2 1-1.2 1.9M12 17.2v.6")
            }
            Verdict::Attempted => ("M12 2.5L22.5 21h-21z", "M12 9v6M12 17.6v.6"),
            Verdict::Exploited | Verdict::Compromised => ("M8 2h8l6 6v8l-6 6H8l-6-6V8z", "M12 6.5v7M12 17v.6"),
        };
        self.inside("svg", &[("class", "sign"), ("viewBox", "0 0 24 24"), ("aria-hidden", "true")], |page| {
            page.leaf("path", &[("class", "outline"), ("d", outline)], "")?;
            page.leaf("path", &[("class", "mark"), ("d", mark)], "")
        })
    }

    /// Which server, since when, who, and whether it is open to the attack.
    fn facts(&mut self, report: &Report) -> io::Result<()> {
        let mut facts: Vec<(&str, String)> = Vec::new();
        facts.extend(server_names(report).map(|names| ("fact-server", names)));
        let telling = report.findings.iter().filter(|finding| finding.weight().is_some());
        let times = || telling.clone().filter_map(|finding| finding.time);
        if let (Some(first), Some(last)) = (times().min(), times().max()) {
            facts.push(("fact-signs", self.words.period(minute(first), minute(last))));
        }
        let intruders = report.actors.iter().filter(|actor| actor.kind == ActorKind::Intruder).count();
        if intruders > 0 {
            facts.push(("fact-intruders", self.words.with("fact-intruders-count", &[("count", &intruders)])));
        }
        for server in report.affected.servers.iter().take(SERVERS) {
            let said = server.summary.first().map(|sentence| self.words.say(sentence)).unwrap_or_default();
            let root = server.root.as_ref().map(|root| format!("{root}: ")).unwrap_or_default();
            facts.push(("head-affected", format!("{root}{said}")));
        }
        facts.push(("fact-looked-at", self.words.say(&report.window.summary)));
        let unseen = self.unseen_lines(report).len();
        if unseen > 0 {
            facts.push(("fact-unseen", self.words.with("fact-unseen-count", &[("count", &unseen)])));
        }
        self.inside("dl", &[("class", "facts")], |page| {
            facts.iter().try_for_each(|(key, value)| {
                let term = page.words.get(key);
                page.inside("div", &[], |page| {
                    page.leaf("dt", &[], &term)?;
                    page.text(" ")?;
                    page.leaf("dd", &[], value)
                })
            })
        })
    }

    fn card(
        &mut self,
        id: &'static str,
        key: &str,
        content: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let title = self.words.get(key);
        self.inside("section", &[("class", id), ("aria-labelledby", id)], |page| {
            page.leaf("h2", &[("id", id)], &title)?;
            content(page)
        })
    }

    fn do_not(&mut self, report: &Report) -> io::Result<()> {
        if report.do_not.is_empty() {
            return Ok(());
        }
        self.card("card-do-not", "head-do-not", |page| {
            page.inside("ul", &[], |page| {
                report.do_not.iter().try_for_each(|text| page.leaf("li", &[], text.get(page.words.lang())))
            })
        })
    }

    fn first_steps(&mut self, report: &Report) -> io::Result<()> {
        if report.next_steps.is_empty() {
            return Ok(());
        }
        self.card("card-now", "head-first", |page| {
            page.steps(report.next_steps.iter().take(FIRST_STEPS))?;
            if report.next_steps.len() <= FIRST_STEPS {
                return Ok(());
            }
            let text = page.words.with("html-all-steps", &[("count", &report.next_steps.len())]);
            page.onward("#steps", &text)
        })
    }

    /// Whom to call, the reader's own country first as far as the language tells it.
    fn contacts(&mut self, report: &Report) -> io::Result<()> {
        self.card("card-call", "head-contacts", |page| {
            if report.verdict == Verdict::Clean || report.contacts.is_empty() {
                let text = page.words.get("contacts-none");
                return page.leaf("p", &[], &text);
            }
            let mut contacts: Vec<&Contact> = report.contacts.iter().take(ENTRIES).collect();
            contacts.sort_by_key(|contact| page.reach(contact));
            let near = contacts.iter().filter(|contact| page.reach(contact) < Reach::Elsewhere).count();
            let near = near.min(FIRST_CONTACTS);
            let (near, far) = contacts.split_at_checked(near).unwrap_or((&contacts, &[]));
            page.contact_list(near)?;
            if far.is_empty() {
                return Ok(());
            }
            page.inside("details", &[], |page| {
                let summary = page.words.with("contacts-more", &[("count", &far.len())]);
                page.leaf("summary", &[], &summary)?;
                page.contact_list(far)
            })
        })
    }

    fn contact_list(&mut self, contacts: &[&Contact]) -> io::Result<()> {
        if contacts.is_empty() {
            return Ok(());
        }
        self.inside("ul", &[("class", "contacts")], |page| {
            contacts.iter().try_for_each(|contact| page.contact(contact))
        })
    }

    fn reach(&self, contact: &Contact) -> Reach {
        match contact.country.as_str() {
            "*" => Reach::Everywhere,
            "JP" if self.words.lang() == Lang::Ja => Reach::Own,
            _ => Reach::Elsewhere,
        }
    }

    fn contact(&mut self, contact: &Contact) -> io::Result<()> {
        let lang = self.words.lang();
        self.inside("li", &[], |page| {
            page.leaf("strong", &[], contact.name.get(lang))?;
            if page.reach(contact) == Reach::Elsewhere {
                page.text(" ")?;
                page.leaf("span", &[("class", "tag")], &contact.country)?;
            }
            page.leaf("span", &[("class", "role")], contact.role.get(lang))?;
            match contact.url.as_deref() {
                // The pack's own addresses, shown in full; anything but the web stays text.
                Some(url) if url.starts_with("https://") => {
                    page.leaf("a", &[("href", url), ("rel", "noopener noreferrer")], url)
                }
                Some(url) => page.leaf("span", &[], url),
                None => Ok(()),
            }
        })
    }

    fn first_unseen(&mut self, report: &Report) -> io::Result<()> {
        self.card("card-unseen", "head-unseen", |page| {
            let unseen = page.unseen_lines(report);
            if unseen.is_empty() {
                let text = page.words.get("unseen-nothing");
                return page.leaf("p", &[], &text);
            }
            page.inside("ul", &[], |page| {
                unseen.iter().take(FIRST_UNSEEN).try_for_each(|text| page.leaf("li", &[], text))
            })?;
            let hidden: u64 = report.coverage.iter().map(|coverage| coverage.unreadable_more).sum();
            let all = unseen.len().saturating_add(usize::try_from(hidden).unwrap_or(usize::MAX));
            let key = if all > FIRST_UNSEEN { "html-all-unseen" } else { "html-all-unseen-none" };
            let text = page.words.with(key, &[("count", &all)]);
            page.onward("#unseen", &text)
        })
    }

    /// Leads to the whole of a list whose beginning stands on the first screen.
    fn onward(&mut self, target: &'static str, text: &str) -> io::Result<()> {
        self.inside("p", &[("class", "onward")], |page| page.leaf("a", &[("href", target)], text))
    }
}
