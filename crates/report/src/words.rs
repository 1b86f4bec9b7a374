//! The words of every language, and the sentences made of them.

use std::borrow::Cow;
use std::collections::HashSet;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use hikeshi_core::preview::Preview;
use hikeshi_core::report::{Report, Sentence, Step};
use hikeshi_core::text::{Lang, Text};
use hikeshi_core::time::Timestamp;
use unic_langid::LanguageIdentifier;

const EN: &str = include_str!("../words/en.ftl");
const JA: &str = include_str!("../words/ja.ftl");

/// The words of one language.
pub struct Words {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// Loads the words that are inside the program.
    #[must_use]
    pub fn new(lang: Lang) -> Self {
        let (source, tag) = match lang {
            Lang::En => (EN, "en"),
            Lang::Ja => (JA, "ja"),
        };
        let tag: LanguageIdentifier = tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // The marks around arguments would be visible on terminals and in searches.
        bundle.set_use_isolating(false);
        // A test holds that both files parse; what parses is kept all the same.
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(kept, _)| kept);
        bundle.add_resource_overriding(resource);
        Self { lang, bundle }
    }

    /// The language.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// The text of a key; the key itself where there is none.
    #[must_use]
    pub fn get(&self, key: &str) -> String {
        self.format(key, &FluentArgs::new())
    }

    /// The text of a key with arguments. A value that is a whole number chooses between singular and plural.
    #[must_use]
    pub fn with(&self, key: &str, args: &[(&str, &dyn ToString)]) -> String {
        let mut fluent = FluentArgs::new();
        for (name, value) in args {
            fluent.set((*name).to_owned(), argument(&value.to_string()));
        }
        self.format(key, &fluent)
    }

    /// The text of a sentence. Arguments that exist in several languages are chosen, stage words are put in.
    #[must_use]
    pub fn say(&self, sentence: &Sentence) -> String {
        let mut args = FluentArgs::new();
        let (own, other) = match self.lang {
            Lang::En => ("-en", "-ja"),
            Lang::Ja => ("-ja", "-en"),
        };
        for (name, value) in &sentence.args {
            if name.ends_with(other) {
                continue;
            }
            let name = name.strip_suffix(own).unwrap_or(name);
            if name == "stage" {
                args.set("stage-word", FluentValue::from(self.get(&format!("stage-{value}"))));
            }
            args.set(name.to_owned(), argument(&plain_time(value)));
        }
        if let (Some(first), Some(last)) = (sentence.args.get("first"), sentence.args.get("last")) {
            args.set("period", FluentValue::from(self.period(first, last)));
        } else {
            args.set("period", FluentValue::from(self.get("time-unknown")));
        }
        self.format(&sentence.code, &args)
    }

    /// "from … to …", or one time where both are the same second.
    #[must_use]
    pub fn period(&self, first: impl ToString, last: impl ToString) -> String {
        let (first, last) = (plain_time(&first.to_string()), plain_time(&last.to_string()));
        let key = if first == last { "at-once" } else { "from-to" };
        self.with(key, &[("first", &first), ("last", &last)])
    }

    /// The name of a kind of evidence that no pack describes. What stands behind a colon is a name from the evidence.
    #[must_use]
    pub fn kind(&self, kind: &str) -> String {
        let (kind, name) = kind.split_once(':').unwrap_or((kind, ""));
        self.with(&format!("kind-{kind}"), &[("name", &name)])
    }

    /// Whether there are words for a key.
    fn knows(&self, key: &str) -> bool {
        self.bundle.get_message(key).is_some()
    }

    fn format(&self, key: &str, args: &FluentArgs<'_>) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        self.bundle.format_pattern(pattern, Some(args), &mut Vec::new()).into_owned()
    }
}

/// A time of the report as people write it: to the second, all in UTC. Anything else stays.
fn plain_time(value: &str) -> String {
    match Timestamp::parse(value.as_bytes()) {
        Some(time) if value.ends_with('Z') => {
            let text = time.to_string().replacen('T', " ", 1);
            let text = text.get(..19).unwrap_or(&text);
            text.strip_suffix(" 00:00:00").unwrap_or(text).to_owned()
        }
        _ => value.to_owned(),
    }
}

fn argument(value: &str) -> FluentValue<'static> {
    // Only counts are numbers: a long number must not be rounded, and a time is text.
    match value.parse::<u32>() {
        Ok(number) => FluentValue::from(number),
        Err(_) => FluentValue::String(Cow::Owned(value.to_owned())),
    }
}

/// Fills in the titles of the kinds that no pack describes, in all languages.
pub fn complete_preview(preview: &mut Preview) {
    let (en, ja) = (Words::new(Lang::En), Words::new(Lang::Ja));
    for kind in preview.kinds.iter_mut().filter(|kind| kind.title.en.is_empty()) {
        kind.title = Text::new(en.kind(&kind.kind), ja.kind(&kind.kind));
    }
}

/// Fills in the words of all sentences, in all languages. To be called before a report is shown or saved.
pub fn complete(report: &mut Report) {
    let (en, ja) = (Words::new(Lang::En), Words::new(Lang::Ja));
    let fill = |sentence: &mut Sentence| sentence.text = Text::new(en.say(sentence), ja.say(sentence));
    each_sentence(report, fill);
    for log in report.expiring.iter_mut().filter(|log| log.title.en.is_empty()) {
        log.title = Text::new(en.kind(&log.kind), ja.kind(&log.kind));
    }
    // Which logs a step of the program's own speaks of is told by names that only now are known.
    for (key, lang) in [("kinds-en", Lang::En), ("kinds-ja", Lang::Ja)] {
        let names = lang.names(report.expiring.iter().map(|log| &log.title));
        let steps = report.next_steps.iter_mut().filter_map(|step| step.args.get_mut(key));
        steps.for_each(|kinds| kinds.clone_from(&names));
    }
    // A step without words of a pack is one of the program's own.
    report.next_steps.iter_mut().filter(|step| step.act.en.is_empty()).for_each(|step| say_step(step, &en, &ja));
    for coverage in report.coverage.iter_mut().filter(|coverage| coverage.title.en.is_empty()) {
        coverage.title = Text::new(en.kind(&coverage.kind), ja.kind(&coverage.kind));
    }
}

/// Says sentences anew whose arguments have changed. Those that this version does not know keep the words that they brought.
pub(crate) fn say_again(report: &mut Report) {
    let (en, ja) = (Words::new(Lang::En), Words::new(Lang::Ja));
    each_sentence(report, |sentence| {
        if en.knows(&sentence.code) {
            sentence.text = Text::new(en.say(sentence), ja.say(sentence));
        }
    });
    let is_own = |step: &&mut Step| !step.args.is_empty() && en.knows(&format!("step-{}-do", step.id));
    report.next_steps.iter_mut().filter(is_own).for_each(|step| say_step(step, &en, &ja));
}

/// The words of the program's own language of reference, in lower case: what is among them is no telling name.
pub(crate) fn vocabulary() -> HashSet<String> {
    EN.split(|character: char| !character.is_ascii_alphabetic()).map(str::to_ascii_lowercase).collect()
}

fn each_sentence(report: &mut Report, mut change: impl FnMut(&mut Sentence)) {
    report.reasons.iter_mut().for_each(|reason| change(&mut reason.sentence));
    report.second_opinions.iter_mut().flat_map(|opinion| &mut opinion.explanation).for_each(&mut change);
    change(&mut report.window.summary);
    report.window.bounds.iter_mut().for_each(&mut change);
    for server in &mut report.affected.servers {
        server.summary.iter_mut().chain(&mut server.contradictions).for_each(&mut change);
    }
}

fn say_step(step: &mut Step, en: &Words, ja: &Words) {
    let say = |part: &str| {
        let sentence =
            Sentence { code: format!("step-{}-{part}", step.id), args: step.args.clone(), text: Text::default() };
        Text::new(en.say(&sentence), ja.say(&sentence))
    };
    let why = say(if step.args.contains_key("telling") { "why-telling" } else { "why" });
    (step.act, step.why, step.takes) = (say("do"), why, Some(say("takes")));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn keys(source: &str) -> BTreeSet<&str> {
        source
            .lines()
            .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" ="))
            .map(|(key, _)| key)
            .collect()
    }

    /// The names behind `$` in the message of a key.
    fn variables<'s>(source: &'s str, key: &str) -> BTreeSet<&'s str> {
        let message = source.split(&format!("\n{key} =")).nth(1).unwrap_or_default();
        let end = message.find("\n\n").unwrap_or(message.len());
        let message = message
            .split_inclusive('\n')
            .enumerate()
            .take_while(|(at, line)| *at == 0 || line.starts_with(' '))
            .fold(0, |sum, (_, line)| sum + line.len());
        let text = &source.split(&format!("\n{key} =")).nth(1).unwrap_or_default()[..message.min(end)];
        text.split('$')
            .skip(1)
            .map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default())
            .collect()
    }

    #[test]
    fn every_key_exists_in_every_language_with_the_same_arguments() {
        assert_eq!(keys(EN), keys(JA));
        for key in keys(EN) {
            assert_eq!(variables(EN, key), variables(JA, key), "{key}");
        }
    }

    #[test]
    fn the_words_parse_without_an_error() {
        for source in [EN, JA] {
            assert!(FluentResource::try_new(source.to_owned()).is_ok());
        }
    }

    #[test]
    fn numbers_choose_singular_and_plural_and_times_stay_text() {
        let words = Words::new(Lang::En);
        assert_eq!(words.with("count-times", &[("count", &1)]), "1 record");
        assert_eq!(words.with("count-times", &[("count", &20_000)]), "20000 records");
        let sentence = Sentence::new("window-seen").with("from", "2021-03-03T00:00:00Z").with("to", "2021");
        assert_eq!(words.say(&sentence), "Records seen from 2021-03-03 to 2021.");
    }
}
