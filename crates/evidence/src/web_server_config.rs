//! What the web server of Windows is told to load and to serve: `applicationHost.config` and `web.config`.
//!
//! Intruders stay by modules, handlers, virtual directories, rewrite rules and loosened request filters. Values that are
//! secrets (keys, passwords) are not handed over. `forms.rs` lists the elements that are told of.
//! Source: <https://learn.microsoft.com/en-us/iis/configuration/> and
//! <https://learn.microsoft.com/en-us/previous-versions/dotnet/netframework-4.0/dayb112d(v=vs.100)>.

mod forms;

use std::borrow::Cow;
use std::io::Read;

use forms::{Form, find};
use hikeshi_core::coverage::Gap;

use crate::lines::repeated;
use crate::markup::{Element, Visit, walk};
use crate::record::{Flow, Missed, Record, Sink, Topic, Value};

/// Conditions of a rewrite rule beyond this many are counted in `ConditionsMore`.
const CONDITIONS_CAP: usize = 100;

/// Hands over a record for each element that decides what is loaded or served; its number is the line.
///
/// Fields: `Element` (see `forms.rs`), `Name`, `Type`, `Path` (of a file or folder, or what a handler is for), `Verb`,
/// `Action` (`add`, `remove`, `clear` of an entry; the action of a rewrite rule), `PreCondition`, `Site`, `VirtualPath`,
/// `Location` (the `path` of the `<location>` around it), and what else a kind of element has.
pub fn read(source: &mut dyn Read, sink: &mut dyn Sink) {
    let mut config = Config::default();
    walk(source, sink, &mut config);
    if config.cut > 0 {
        sink.missed(Missed { count: config.cut, ..Missed::new(Gap::ValueCut) });
    }
}

/// Whether a document begins with a section of a configuration, as files do that another configuration takes in.
pub(crate) fn section_shows_in(head: &str) -> bool {
    let mut rest = head;
    loop {
        rest = rest.trim_start_matches('\u{feff}').trim_start();
        let closes = if rest.starts_with("<!--") { "-->" } else { "?>" };
        if !(rest.starts_with("<?") || rest.starts_with("<!--")) {
            break;
        }
        let Some((_, behind)) = rest.split_once(closes) else { return false };
        rest = behind;
    }
    let name = rest.strip_prefix('<').and_then(|rest| rest.split([' ', '>', '/', '\t', '\r', '\n']).next());
    name.is_some_and(|name| forms::section(name).is_some())
}

/// Where in the configuration the reader stands.
#[derive(Default)]
struct Config {
    location: Option<String>,
    site: Option<String>,
    /// The path of the application around, inside its site.
    application: Option<String>,
    pool: Option<String>,
    rule: Option<Record>,
    conditions: Vec<String>,
    conditions_more: i64,
    /// Names that are repeated in many records and were too long for that.
    cut: u64,
    /// Where the file's outermost element stands, if that is a section alone.
    section: Option<&'static str>,
}

impl Visit for Config {
    fn begin(&mut self, path: &str, element: &Element, sink: &mut dyn Sink) -> Flow {
        if !path.contains('/') {
            self.section = forms::section(path);
        }
        let path = &*self.inside(path);
        self.enter(path, element);
        if self.rule.is_some() {
            self.add_to_rule(path, element);
            return Flow::GoOn;
        }
        let Some((form, action)) = find(path) else { return self.included(path, element, sink) };
        let mut record = self.record(form.element, element);
        if let Some(action) = action {
            record = record.with("Action", action);
        }
        for (attribute, field) in form.fields {
            if let Some(value) = element.attribute(attribute).filter(|value| !value.is_empty()) {
                record = record.with(field, value);
            }
        }
        record = self.around(form, record, element);
        if form.element == "rewrite-rule" {
            self.rule = Some(record);
            return Flow::GoOn;
        }
        sink.record(record)
    }

    fn end(&mut self, path: &str, _: &str, sink: &mut dyn Sink) -> Flow {
        if path.ends_with("/location") {
            self.location = None;
        }
        match &*self.inside(path) {
            "system.applicationHost/sites/site" => self.site = None,
            "system.applicationHost/sites/site/application" => self.application = None,
            "system.applicationHost/applicationPools/add" => self.pool = None,
            path if path.ends_with("/rule") => return self.end_rule(sink),
            _ => {}
        }
        Flow::GoOn
    }
}

impl Config {
    /// The path in the configuration, without the frames of the document and of locations.
    fn inside<'p>(&self, path: &'p str) -> Cow<'p, str> {
        match self.section {
            Some(section) => {
                let below = path.find('/').and_then(|at| path.get(at..)).unwrap_or_default();
                Cow::Owned(format!("{section}{below}"))
            }
            None => Cow::Borrowed(inside(path)),
        }
    }

    /// Remembers the frame that begins.
    fn enter(&mut self, path: &str, element: &Element) {
        let mut named = |name: &str| {
            let (value, too_long) = repeated(element.attribute(name).unwrap_or_default());
            self.cut += too_long;
            Some(value.to_owned())
        };
        match path {
            "location" => self.location = named("path"),
            "system.applicationHost/sites/site" => self.site = named("name"),
            "system.applicationHost/sites/site/application" => self.application = named("path"),
            "system.applicationHost/applicationPools/add" => self.pool = named("name"),
            _ => {}
        }
    }

    fn record(&self, word: &str, element: &Element) -> Record {
        let record = Record { number: Some(element.line), ..Record::new(Topic::WebConfig, element.offset) };
        let mut record = record.with("Element", word);
        for (field, value) in [("Site", &self.site), ("Location", &self.location)] {
            if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
                record = record.with(field, value);
            }
        }
        record
    }

    /// What an element says only together with those around it, or not in plain words.
    fn around(&self, form: &Form, record: Record, element: &Element) -> Record {
        match form.element {
            "virtual-directory" => {
                let (outer, inner) = (self.application.as_deref(), element.attribute("path"));
                record.with("VirtualPath", joined(outer.unwrap_or_default(), inner.unwrap_or_default()))
            }
            "application-pool-identity" => record.with("Name", self.pool.as_deref().unwrap_or_default()),
            // The keys themselves are secrets: whoever has them can forge what the server trusts.
            "machine-key" => record.with("Keys", keys(element)),
            _ => record,
        }
    }

    /// A section that stands in a file of its own.
    fn included(&self, path: &str, element: &Element, sink: &mut dyn Sink) -> Flow {
        match element.attribute("configSource") {
            Some(file) => sink.record(self.record("included-file", element).with("Name", path).with("Path", file)),
            None => Flow::GoOn,
        }
    }

    fn add_to_rule(&mut self, path: &str, element: &Element) {
        let Some(mut rule) = self.rule.take() else { return };
        let fields: &[(&str, &str)] = match path.rsplit('/').next().unwrap_or_default() {
            "match" => &[("url", "Pattern"), ("pattern", "Pattern"), ("serverVariable", "Variable")],
            "action" => &[("type", "Action"), ("url", "Target"), ("value", "Target")],
            "add" => {
                let part = |name| element.attribute(name).unwrap_or_default();
                if self.conditions.len() < CONDITIONS_CAP {
                    self.conditions.push(format!("{} {}", part("input"), part("pattern")));
                } else {
                    self.conditions_more += 1;
                }
                &[]
            }
            _ => &[],
        };
        for (attribute, field) in fields {
            if let (Some(value), None) = (element.attribute(attribute), rule.field(field)) {
                rule = rule.with(field, value);
            }
        }
        self.rule = Some(rule);
    }

    fn end_rule(&mut self, sink: &mut dyn Sink) -> Flow {
        let Some(mut rule) = self.rule.take() else { return Flow::GoOn };
        let conditions = std::mem::take(&mut self.conditions);
        if !conditions.is_empty() {
            rule = rule.with("Conditions", Value::List(conditions));
        }
        let more = std::mem::take(&mut self.conditions_more);
        if more > 0 {
            rule = rule.with("ConditionsMore", Value::Number(more));
        }
        sink.record(rule)
    }
}

/// The path without the frames that stand around every section.
fn inside(path: &str) -> &str {
    let mut path = path.strip_prefix("configuration/").unwrap_or(path);
    while let Some(inner) = path.strip_prefix("location/") {
        path = inner;
    }
    path
}

/// `/shop` and `/` are `/shop`; `/` and `/x` are `/x`.
fn joined(outer: &str, inner: &str) -> String {
    let path = format!("{}/{}", outer.trim_end_matches('/'), inner.trim_start_matches('/'));
    match path.trim_end_matches('/') {
        "" => "/".to_owned(),
        trimmed => trimmed.to_owned(),
    }
}

/// Whether keys stand in the file.
fn keys(element: &Element) -> &'static str {
    let is_set = |name| element.attribute(name).is_some_and(|key| !key.is_empty() && !key.starts_with("AutoGenerate"));
    if is_set("validationKey") || is_set("decryptionKey") { "set" } else { "generated" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Gathered;

    const HOST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<configuration>
  <system.applicationHost>
    <applicationPools><add name="Front" managedRuntimeVersion="v4.0">
      <processModel identityType="SpecificUser" userName="EXAMPLE\svc" password="secret-1" /></add></applicationPools>
    <sites><site name="Front Site" id="1">
      <application path="/shop" applicationPool="Front">
        <virtualDirectory path="/" physicalPath="C:\shop" userName="EXAMPLE\svc" password="secret-2" />
        <virtualDirectory path="/img" physicalPath="C:\Windows\Temp" />
      </application>
      <bindings><binding protocol="https" bindingInformation="*:443:www.example.org" /></bindings>
      <logFile directory="D:\logs" />
    </site></sites>
  </system.applicationHost>
  <system.webServer>
    <globalModules><add name="Odd" image="C:\odd.dll" preCondition="bitness64" /></globalModules>
    <isapiFilters><filter name="F" path="C:\f.dll" enabled="true" /></isapiFilters>
  </system.webServer>
  <location path="Front Site/shop" overrideMode="Allow">
    <system.webServer><modules><clear /><add name="M" type="T, A" /><remove name="N" /></modules></system.webServer>
  </location>
</configuration>"#;

    fn gathered(text: &str) -> Gathered {
        let mut sink = Gathered::default();
        read(&mut text.as_bytes(), &mut sink);
        sink
    }

    /// A record as `Name=value; …`.
    fn shown(text: &str) -> Vec<String> {
        let sink = gathered(text);
        assert!(sink.missed.is_empty(), "{:?}", sink.missed);
        let value = |value: &Value| match value {
            Value::Text(text) => text.clone(),
            other => format!("{other:?}"),
        };
        let line = |record: &Record| {
            record.fields.iter().map(|(name, v)| format!("{name}={}", value(v))).collect::<Vec<_>>().join("; ")
        };
        sink.records.iter().map(line).collect()
    }

    #[test]
    fn sites_modules_and_folders_are_told_with_what_stands_around_them() {
        assert_eq!(
            shown(HOST),
            [
                "Element=application-pool; Action=add; Name=Front; Type=v4.0",
                r"Element=application-pool-identity; Type=SpecificUser; User=EXAMPLE\svc; Name=Front",
                "Element=site; Site=Front Site; Name=Front Site; Id=1",
                "Element=application; Site=Front Site; VirtualPath=/shop; Pool=Front",
                r"Element=virtual-directory; Site=Front Site; Path=C:\shop; User=EXAMPLE\svc; VirtualPath=/shop",
                r"Element=virtual-directory; Site=Front Site; Path=C:\Windows\Temp; VirtualPath=/shop/img",
                "Element=binding; Site=Front Site; Type=https; Name=*:443:www.example.org",
                r"Element=log-folder; Site=Front Site; Path=D:\logs",
                r"Element=global-module; Action=add; Name=Odd; Path=C:\odd.dll; PreCondition=bitness64",
                r"Element=isapi-filter; Name=F; Path=C:\f.dll; Enabled=true",
                "Element=module; Location=Front Site/shop; Action=clear",
                "Element=module; Location=Front Site/shop; Action=add; Name=M; Type=T, A",
                "Element=module; Location=Front Site/shop; Action=remove; Name=N",
            ]
        );
        assert_eq!(gathered(HOST).records[3].number, Some(7));
    }

    #[test]
    fn a_file_that_holds_a_section_alone_is_read_as_if_it_stood_in_its_place() {
        let text = "<?xml version=\"1.0\"?>\n<!-- x -->\n<handlers><add name='h' path='*.x' type='T'/></handlers>";
        let whole = "<configuration><system.webServer><handlers><add name='h' path='*.x' type='T'/></handlers>\
                     </system.webServer></configuration>";
        assert!(section_shows_in(text) && !section_shows_in(whole) && !section_shows_in("<assembly><x/></assembly>"));
        let fields = |text: &str| gathered(text).records.into_iter().map(|record| record.fields).collect::<Vec<_>>();
        assert_eq!(fields(text), fields(whole));
        assert_eq!(fields(text).len(), 1);
    }

    #[test]
    fn secrets_are_not_handed_over() {
        let config = "<configuration><system.web><machineKey validationKey='00112233' decryptionKey='AutoGenerate' \
                      validation='SHA1'/><identity impersonate='true' userName='u' password='p4ss'/></system.web>\
                      <system.webServer><x configSource='other.config'/></system.webServer>\
                      <configurationRedirection enabled='true' path='\\\\192.0.2.8\\c' userName='u' password='p4ss'/>\
                      </configuration>";
        assert_eq!(
            shown(config),
            [
                "Element=machine-key; Type=SHA1; Keys=set",
                "Element=impersonation; Enabled=true; User=u",
                "Element=included-file; Name=system.webServer/x; Path=other.config",
                r"Element=redirected-configuration; Path=\\192.0.2.8\c; Enabled=true; User=u",
            ]
        );
        let all = format!("{:?}", [gathered(HOST), gathered(config)]);
        assert!(!["secret", "00112233", "p4ss"].iter().any(|secret| all.contains(secret)));
    }

    #[test]
    fn a_rewrite_rule_is_one_record_with_its_conditions() {
        let rule = |conditions: &str| {
            format!(
                "<configuration><system.webServer><rewrite><rules><rule name='R' stopProcessing='true'>\
                 <match url='^a$'/><conditions>{conditions}</conditions><action type='Rewrite' url='/b.aspx'/></rule>\
                 </rules></rewrite></system.webServer></configuration>"
            )
        };
        assert_eq!(
            shown(&rule("<add input='{HTTP_X}' pattern='1'/>")),
            ["Element=rewrite-rule; Name=R; StopProcessing=true; Pattern=^a$; Action=Rewrite; Target=/b.aspx; \
              Conditions=List([\"{HTTP_X} 1\"])"]
        );
        let many = shown(&rule(&"<add input='a'/>".repeat(CONDITIONS_CAP + 3)));
        assert!(many[0].ends_with("ConditionsMore=Number(3)"));
    }

    #[test]
    fn what_stands_around_many_elements_is_cut_and_told() {
        let modules = "<add name='m'/>".repeat(3);
        let config = format!(
            "<configuration><location path='{}'><system.webServer><modules>{modules}</modules></system.webServer>\
             </location></configuration>",
            "x".repeat(100_000)
        );
        let sink = gathered(&config);
        assert!(sink.records.iter().all(|record| record.bytes() < 2_000));
        assert_eq!((sink.records.len(), sink.missed[0].reason), (3, Gap::ValueCut));
    }

    #[test]
    fn a_broken_configuration_tells_what_was_read_and_that_the_rest_was_not() {
        let (half, _) = HOST.split_at(HOST.find("<remove").unwrap());
        let sink = gathered(half);
        assert_eq!(sink.records.len(), 12);
        assert_eq!(sink.missed[0].reason, Gap::Malformed);
    }
}
