//! A checked set of practice templates: everything that can be wrong with them is found here.

use std::collections::{BTreeMap, btree_map};

use crate::{
    Error, Expected, Text, TrulyAffected,
    clock::{self, DAY},
    compile::{Compiler, EventLog, Everyday, FileForm, Happening, HiveForm, Log},
    error::Error as E,
    shape::{File, Period, ScenarioShape},
};

/// The templates of practice servers, ready to be written.
#[derive(Debug)]
pub struct Spec {
    /// The first moment after the period.
    pub(crate) end: i64,
    pub(crate) period: Period,
    pub(crate) logs: Vec<Log>,
    pub(crate) event_logs: Vec<EventLog>,
    pub(crate) files: Vec<FileForm>,
    pub(crate) hives: Vec<HiveForm>,
    /// How many lists there are to pick from.
    pub(crate) lists: usize,
    pub(crate) traffic: Vec<Everyday>,
    pub(crate) background: Vec<Happening>,
    acts: BTreeMap<String, Vec<Happening>>,
    scenarios: Vec<Scenario>,
}

/// What can be practised.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub name: String,
    pub title: Text,
    /// What a check should find.
    pub verdict: Expected,
    pub(crate) acts: Vec<String>,
    pub(crate) upkeep: Vec<String>,
    /// What is true of the product on the server.
    pub affected: Option<TrulyAffected>,
}

impl Spec {
    /// Reads practice templates, given as name and YAML text; names serve in errors only.
    ///
    /// # Errors
    /// YAML that does not fit the format, two things of one name, a name that nothing bears, a
    /// header without the practice mark, a path that leaves the directory.
    pub fn parse(files: &[(String, String)]) -> Result<Self, Error> {
        let mut whole = File::default();
        for (name, yaml) in files {
            let file = yaml_serde::from_str(yaml).map_err(|source| E::Yaml { name: name.clone(), source })?;
            lay_over(&mut whole, file, name)?;
        }
        Self::compile(&whole)
    }

    fn compile(file: &File) -> Result<Self, Error> {
        let period = file.period.clone().ok_or_else(|| E::template("period", "is missing"))?;
        let last_day = clock::parse(&period.last_day).filter(|day| day % DAY == 0);
        let last_day = last_day.ok_or_else(|| E::template("period", "`last-day` is not a date"))?;
        let hours = period.rhythm.iter().filter(|busy| busy.is_finite() && **busy >= 0.0);
        if period.rhythm.len() != 24 || hours.count() != 24 {
            return Err(E::template("period", "`rhythm` needs 24 numbers of 0 or more"));
        }
        if let Some((name, _)) = file.values.iter().find(|(_, entries)| entries.is_empty()) {
            return Err(E::template(format!("values `{name}`"), "the list is empty"));
        }
        let compiler = Compiler::new(file);
        let (logs, event_logs) = (compiler.logs()?, compiler.event_logs()?);
        let (files, hives) = (compiler.files()?, compiler.hives()?);
        let traffic: Result<Vec<_>, _> = file.traffic.iter().map(|request| compiler.everyday(request)).collect();
        let traffic = traffic?;
        let mut acts = BTreeMap::new();
        for (name, steps) in &file.acts {
            acts.insert(name.clone(), compiler.happenings(&format!("act `{name}`"), steps)?);
        }
        Ok(Self {
            end: last_day + DAY,
            period,
            logs,
            event_logs,
            files,
            hives,
            lists: file.values.len(),
            traffic,
            background: compiler.happenings("background", &file.background)?,
            scenarios: scenarios(&file.scenarios, &acts)?,
            acts,
        })
    }

    /// What can be practised, in the order of the templates.
    pub fn scenarios(&self) -> &[Scenario] {
        &self.scenarios
    }

    /// The scenario of that name.
    ///
    /// # Errors
    /// [`Error::UnknownScenario`] names those there are.
    pub fn scenario(&self, name: &str) -> Result<&Scenario, Error> {
        let found = self.scenarios.iter().find(|scenario| scenario.name == name);
        found.ok_or_else(|| E::UnknownScenario {
            name: name.to_owned(),
            known: self.scenarios.iter().map(|scenario| scenario.name.clone()).collect(),
        })
    }

    /// What the intruder of a scenario does.
    pub(crate) fn attack<'a>(&'a self, scenario: &'a Scenario) -> impl Iterator<Item = &'a Happening> {
        scenario.acts.iter().filter_map(|act| self.acts.get(act)).flatten()
    }

    /// What the owner of a scenario does, besides what is done in all of them.
    pub(crate) fn upkeep<'a>(&'a self, scenario: &'a Scenario) -> impl Iterator<Item = &'a Happening> {
        scenario.upkeep.iter().filter_map(|act| self.acts.get(act)).flatten()
    }
}

fn scenarios(shapes: &[ScenarioShape], acts: &BTreeMap<String, Vec<Happening>>) -> Result<Vec<Scenario>, Error> {
    let scenario = |shape: &ScenarioShape| {
        let place = format!("scenario `{}`", shape.name);
        if let Some(act) = shape.acts.iter().chain(&shape.upkeep).find(|act| !acts.contains_key(*act)) {
            return Err(E::template(place, format!("unknown act `{act}`")));
        }
        if shapes.iter().filter(|other| other.name == shape.name).count() > 1 {
            return Err(E::template(place, "is there twice"));
        }
        Ok(Scenario {
            name: shape.name.clone(),
            title: shape.title.clone(),
            verdict: shape.verdict,
            acts: shape.acts.clone(),
            upkeep: shape.upkeep.clone(),
            affected: shape.affected.clone(),
        })
    };
    shapes.iter().map(scenario).collect()
}

/// Adds what one file says to what the others said.
fn lay_over(whole: &mut File, file: File, name: &str) -> Result<(), Error> {
    if let Some(period) = file.period
        && whole.period.replace(period).is_some()
    {
        return Err(E::template(format!("file `{name}`"), "a second `period`"));
    }
    join(&mut whole.values, file.values, name)?;
    join(&mut whole.formats, file.formats, name)?;
    join(&mut whole.streams, file.streams, name)?;
    join(&mut whole.event_logs, file.event_logs, name)?;
    join(&mut whole.events, file.events, name)?;
    join(&mut whole.files, file.files, name)?;
    join(&mut whole.hives, file.hives, name)?;
    join(&mut whole.acts, file.acts, name)?;
    whole.traffic.extend(file.traffic);
    whole.background.extend(file.background);
    whole.scenarios.extend(file.scenarios);
    Ok(())
}

fn join<T>(whole: &mut BTreeMap<String, T>, more: BTreeMap<String, T>, name: &str) -> Result<(), Error> {
    for (key, value) in more {
        match whole.entry(key) {
            btree_map::Entry::Vacant(entry) => entry.insert(value),
            btree_map::Entry::Occupied(entry) => {
                return Err(E::template(format!("file `{name}`"), format!("a second `{}`", entry.key())));
            }
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FERRY: &str = include_str!("../templates/ferry.yaml");

    /// What is said about the ferry's templates after `old` became `new`.
    fn refusal(old: &str, new: &str) -> String {
        assert!(FERRY.contains(old), "{old}");
        let yaml = FERRY.replace(old, new);
        Spec::parse(&[("ferry.yaml".to_owned(), yaml)]).unwrap_err().to_string()
    }

    /// Each case: what is replaced, by what, and what is said then.
    fn refuses(cases: &[(&str, &str, &str)]) {
        for (old, new, expected) in cases {
            assert_eq!(refusal(old, new), format!("practice templates: {expected}"), "{old} -> {new}");
        }
    }

    #[test]
    fn scenarios_keep_their_order_and_both_languages() {
        let spec = Spec::parse(&[("ferry.yaml".to_owned(), FERRY.to_owned())]).unwrap();
        let names: Vec<_> = spec.scenarios().iter().map(|scenario| scenario.name.as_str()).collect();
        assert_eq!(names, ["quiet", "stowaway"]);
        assert_eq!(spec.scenarios()[1].title, Text { en: "A stowaway".to_owned(), ja: "密航者".to_owned() });
    }

    #[test]
    fn a_fault_in_the_templates_is_named_with_its_place() {
        let cases = [
            ("'deck {int:1-9}", "'deck {int:9-1}", "traffic `buoy`: unknown slot `{int:9-1}`"),
            ("{passenger.agent}", "{passenger.hat}", "traffic `buoy`: unknown slot `{passenger.hat}`"),
            ("status: 204", "note: '{note}'", "traffic `buoy`: `{note}` names itself or lies too deep"),
            ("status: 204", "note: 'a } b'", "traffic `buoy`: a lone brace in `a } b`"),
            ("set: {Time:", "set: {Tide: x, Time:", "traffic `buoy`: unknown column `Tide`"),
            ("every: 40", "every: 0", "traffic `buoy`: needs either a `weight` or `every`, above 0"),
            ("in: [desk, gate], let: {status", "in: [deck], let: {status", "traffic `buoy`: unknown stream `deck`"),
            (
                "set: {gate: {query: drill}}",
                "set: {desk: {Note: x}}",
                "background, step at 2020-02-29T10:00:00Z: `set` for `desk`, which is not in `in`",
            ),
            (
                "{desk: [stowaway",
                "{dock: [stowaway",
                "act `board`, step at 2020-02-29T12:30:00.250Z: rules for `dock`, which is not in `in`",
            ),
            ("log: bridge", "log: bride", "traffic `fog-horn`: unknown event log `bride`"),
            ("Blasts:uint32", "Blasts:many", "traffic `fog-horn`: unknown type in `Blasts:many`"),
            ("Fog: false", "Dog: false", "traffic `fog-horn`: unknown field `Dog`"),
            ("Fog: false", "Fog: foggy", "traffic `fog-horn`: field `Fog`: `foggy` is no truth value"),
            ("process: 712", "process: ship", "traffic `fog-horn`: `ship` is no 32-bit number"),
            ("user: S-1", "user: T-1", "traffic `fog-horn`: `T-1-5-21-1-2-3-1002` is no SID"),
            ("{0f3c1e5a-", "{0f3c-", "traffic `fog-horn`: `{0f3c-7b2d-4e6f-9a8b-1c2d3e4f5a6b}` is no GUID"),
            ("texts: [", "fields: [x]\n    texts: [", "traffic `watch`: an event has either `texts` or `fields`"),
            ("winevt/Logs/", "../", "event log `bridge`: the path must stay below the practice directory"),
            ("%4Op", "{dd}Op", "event log `bridge`: an event log is one file, its path has no slots"),
            ("  whistle:", "  gate:", "event `gate`: a stream has the same name"),
            ("acts: [board]", "acts: [bored]", "scenario `stowaway`: unknown act `bored`"),
            ("name: stowaway", "name: quiet", "scenario `quiet`: is there twice"),
            ("'D/gate", "'../gate", "stream `gate`: the path must stay below the practice directory"),
            ("'D/gate", "'/gate", "stream `gate`: the path must stay below the practice directory"),
            ("-{n}.log", ".log", "stream `desk`: a size limit needs `{n}` in the path"),
            ("format: gate,", "format: gangway,", "stream `gate`: unknown format `gangway`"),
            (
                "      #Remark: {mark}\n      #Date: {day}",
                "      #Date: {day}",
                "stream `gate`: no comment line of the header holds `{mark}`",
            ),
            ("last-day: 2020-03-01", "last-day: 2020-02-30", "period: `last-day` is not a date"),
            ("rhythm: [0, 0,", "rhythm: [0,", "period: `rhythm` needs 24 numbers of 0 or more"),
        ];
        refuses(&cases);
    }

    #[test]
    fn a_fault_in_files_and_hives_is_named_with_its_place() {
        let cases = [
            (
                "path: D/Ferry/menu.html,",
                "path: ../menu.html,",
                "file `menu`: the path must stay below the practice directory",
            ),
            (
                "menu.html, modified: 2019-06-01T08:00:00Z,",
                "menu.html,",
                "file `menu`: needs `modified`, or a step that makes it",
            ),
            (
                "menu.html, modified: 2019-06-01T08:00:00Z",
                "menu.html, modified: June",
                "file `menu`: `June` is no time",
            ),
            ("\"<!-- {mark}", "\"<!-- ", "file `menu`: the text does not hold `{mark}`"),
            ("count: 3", "count: 1", "file `report`: `{n}` stands in the path of 2 to 1000 files, and of no other"),
            (
                "archive: {'a/b.txt': 'deep', c.txt: shallow}",
                "hex: 00",
                "file `charts`: needs either `text` or `archive` or `executable`",
            ),
            (
                "version: 1.2.3.4",
                "version: 1.2.3",
                "file `engine`: the version `1.2.3` is not four numbers with dots between them",
            ),
            ("'de ad be ef'", "'de ad be e'", "file `suitcase`: malformed hex digits"),
            ("  menu: {path", "  gate: {path", "file `gate`: a stream or a kind of event has the same name"),
            ("  menu: {path", "  crew: {path", "hive `crew`: a stream, a kind of event or a file has the same name"),
            ("flushed: 2020-02-29", "flushed: 2020-03-02", "hive `deck`: nothing is written after `flushed`"),
            ("machine: S-1", "machine: T-1", "hive `crew`: `T-1-5-21-1-2-3` is no SID"),
            ("    machine: S-1-5-21-1-2-3\n", "", "hive `crew`: accounts need the `machine` of hive `crew`"),
            ("Name: 'Ferry {int:1-9}'", "Name: '{ferry}'", "hive `deck`: unknown slot `{ferry}`"),
            ("registry: {deck", "registry: {dock", "background, step at 2020-02-29T10:05:00Z: unknown hive `dock`"),
            ("removes: [ticket]", "removes: [tick]", "act `board`, step at 2020-02-29T12:32:00Z: unknown file `tick`"),
            ("removes: [ticket]", "let: {a: b}", "act `board`, step at 2020-02-29T12:32:00Z: leaves nothing"),
            (
                "removes: [ticket]",
                "removes: [ticket], repeat: {times: 2, every: 5}",
                "act `board`, step at 2020-02-29T12:32:00Z: what changes files or hives happens once",
            ),
        ];
        refuses(&cases);
    }

    #[test]
    fn unknown_keys_and_second_names_are_refused() {
        assert_eq!(refusal("weight: 8", "wait: 8"), "cannot read practice templates `ferry.yaml`");
        let more = ("more.yaml".to_owned(), "values: {page: [/]}".to_owned());
        let error = Spec::parse(&[("ferry.yaml".to_owned(), FERRY.to_owned()), more]).unwrap_err();
        assert_eq!(error.to_string(), "practice templates: file `more.yaml`: a second `page`");
    }
}
