//! Kinds of events: from their shape to events with values.

use crate::{
    Error,
    clock::Moment,
    error::Error as E,
    event_log::{Body, Datum, Element, Event, Guid, Kind, Level, Provider, Value, number},
    random::Random,
    shape::{EventLogShape, EventShape, LevelShape, Names, ProviderShape, UserData},
    template::Draw,
};

use super::{Compiler, Scope, Slots, filled, stays_inside};

/// An event log that is written.
#[derive(Debug)]
pub(crate) struct EventLog {
    pub(crate) path: String,
    pub(crate) channel: String,
    pub(crate) computer: String,
    pub(crate) first_record: u64,
    pub(crate) reaches_back: u32,
}

/// An event with slots.
#[derive(Debug)]
pub(crate) struct EventForm {
    /// Index of its log.
    pub(crate) log: usize,
    /// Rules that it should raise.
    pub(crate) rules: Vec<String>,
    /// What is the same each time.
    event: Event,
    process: Slots,
    thread: Slots,
    user: Slots,
    body: BodyForm,
    /// Names the request or step in errors.
    place: String,
}

#[derive(Debug)]
enum BodyForm {
    Data(Option<String>, Vec<Field>),
    Texts(Vec<Slots>),
    User(UserData, Vec<Field>),
}

#[derive(Debug)]
struct Field {
    name: String,
    kind: Kind,
    slots: Slots,
}

impl<'a> Compiler<'a> {
    pub(crate) fn event_logs(&self) -> Result<Vec<EventLog>, Error> {
        if let Some(name) = self.file.events.keys().find(|name| self.file.streams.contains_key(*name)) {
            return Err(E::template(format!("event `{name}`"), "a stream has the same name"));
        }
        self.file.event_logs.iter().map(|(name, shape)| event_log(name, shape)).collect()
    }

    /// `own` is what the request or step sets otherwise.
    pub(super) fn event(
        &self,
        shape: &'a EventShape,
        own: Option<&'a Names>,
        rules: Vec<String>,
        scope: &mut Scope<'a>,
    ) -> Result<EventForm, Error> {
        let log = self.file.event_logs.keys().position(|name| *name == shape.log);
        let log = log.ok_or_else(|| E::template(&scope.place, format!("unknown event log `{}`", shape.log)))?;
        let computer = self.file.event_logs.get(&shape.log).map_or("", |log| &log.computer);
        let form = EventForm {
            log,
            rules,
            event: event(shape, computer, &scope.place)?,
            process: self.slots(shape.process.as_ref(), scope)?,
            thread: self.slots(shape.thread.as_ref(), scope)?,
            user: self.slots(shape.user.as_ref(), scope)?,
            body: self.body(shape, own, scope)?,
            place: scope.place.clone(),
        };
        // What never fits its type is found here; slots may still draw something else that does not.
        let mut draw = Draw::new(Random::new(0, 0), self.lists.len());
        draw.next_request(&[], scope.guids.len());
        form.event(&Moment::new(0), &mut draw)?;
        Ok(form)
    }

    fn body(&self, shape: &'a EventShape, own: Option<&'a Names>, scope: &mut Scope<'a>) -> Result<BodyForm, Error> {
        if !shape.texts.is_empty() {
            if !shape.fields.is_empty() || shape.user_data.is_some() {
                return Err(E::template(&scope.place, "an event has either `texts` or `fields`"));
            }
            let texts: Result<_, _> = shape.texts.iter().map(|text| self.slots(Some(text), scope)).collect();
            return Ok(BodyForm::Texts(texts?));
        }
        let layers: Vec<&Names> = own.into_iter().chain([&shape.set]).collect();
        let mut fields = Vec::new();
        for field in &shape.fields {
            let (name, kind) = field.rsplit_once(':').unwrap_or((field, "text"));
            let kind = Kind::of(kind);
            let kind = kind.ok_or_else(|| E::template(&scope.place, format!("unknown type in `{field}`")))?;
            let template = layers.iter().find_map(|layer| layer.get(name));
            fields.push(Field { name: name.to_owned(), kind, slots: self.slots(template, scope)? });
        }
        let mut wanted = layers.iter().flat_map(|layer| layer.keys());
        if let Some(stray) = wanted.find(|name| fields.iter().all(|field| field.name != **name)) {
            return Err(E::template(&scope.place, format!("unknown field `{stray}`")));
        }
        Ok(match &shape.user_data {
            Some(user) => BodyForm::User(user.clone(), fields),
            None => BodyForm::Data(shape.data_name.clone(), fields),
        })
    }
}

fn event_log(name: &str, shape: &EventLogShape) -> Result<EventLog, Error> {
    let place = format!("event log `{name}`");
    stays_inside(&shape.path, &place)?;
    if shape.path.contains(['{', '}']) {
        return Err(E::template(place, "an event log is one file, its path has no slots"));
    }
    let EventLogShape { path, channel, computer, first_record, reaches_back } = shape.clone();
    Ok(EventLog { path, channel, computer, first_record, reaches_back })
}

fn event(shape: &EventShape, computer: &str, place: &str) -> Result<Event, Error> {
    let ProviderShape { name, guid, source } = shape.provider.clone();
    let guid = guid.map(|guid| guid.parse::<Guid>()).transpose();
    let guid = guid.map_err(|error| E::template(place, error.to_string()))?;
    let provider = Provider { name, guid, source };
    Ok(Event {
        qualifiers: shape.qualifiers,
        version: shape.version,
        level: level(shape.level),
        task: shape.task,
        opcode: shape.opcode,
        keywords: shape.keywords,
        ..Event::new(provider, shape.id, Moment::new(0).timestamp(), computer)
    })
}

fn level(shape: LevelShape) -> Level {
    match shape {
        LevelShape::Always => Level::Always,
        LevelShape::Critical => Level::Critical,
        LevelShape::Error => Level::Error,
        LevelShape::Warning => Level::Warning,
        LevelShape::Information => Level::Information,
        LevelShape::Verbose => Level::Verbose,
    }
}

impl EventForm {
    /// The event at a moment, its slots filled.
    pub(crate) fn event(&self, moment: &Moment, draw: &mut Draw) -> Result<Event, Error> {
        let mut event = Event { time: moment.timestamp(), ..self.event.clone() };
        for (slots, target) in [(&self.process, &mut event.process), (&self.thread, &mut event.thread)] {
            if !slots.is_empty() {
                let text = filled(slots, moment, draw);
                *target = number(&text).ok_or_else(|| self.fault(format!("`{text}` is no 32-bit number")))?;
            }
        }
        if !self.user.is_empty() {
            let sid = filled(&self.user, moment, draw).parse();
            event.user = Some(sid.map_err(|error| self.fault(error))?);
        }
        event.body = match &self.body {
            BodyForm::Data(_, fields) if fields.is_empty() => Body::Nothing,
            BodyForm::Data(name, fields) => {
                let data = |(name, value)| Datum { name: Some(name), value };
                let data = self.values(fields, moment, draw)?.into_iter().map(data).collect();
                Body::Data { name: name.clone(), data }
            }
            BodyForm::Texts(texts) => {
                let texts = texts.iter().map(|slots| filled(slots, moment, draw)).collect();
                Body::Texts { texts, binary: Vec::new() }
            }
            BodyForm::User(user, fields) => {
                let values = self.values(fields, moment, draw)?.into_iter();
                let elements = values.map(|(name, value)| Element::value(&name, value)).collect();
                Body::User(Element::of(&user.element, elements).attribute("xmlns", &user.namespace))
            }
        };
        Ok(event)
    }

    fn values(&self, fields: &[Field], moment: &Moment, draw: &mut Draw) -> Result<Vec<(String, Value)>, Error> {
        let value = |field: &Field| {
            let value = Value::read(field.kind, &filled(&field.slots, moment, draw));
            let value = value.map_err(|error| self.fault(format!("field `{}`: {error}", field.name)))?;
            Ok((field.name.clone(), value))
        };
        fields.iter().map(value).collect()
    }

    fn fault(&self, problem: impl ToString) -> Error {
        E::template(&self.place, problem.to_string())
    }
}
