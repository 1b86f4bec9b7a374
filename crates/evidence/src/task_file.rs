//! Scheduled tasks, as the Task Scheduler keeps them below `System32/Tasks` and as people export them.
//!
//! Source of the format:
//! <https://learn.microsoft.com/en-us/windows/win32/taskschd/task-scheduler-schema> and [MS-TSCH] 2.5.

use std::io::Read;

use hikeshi_core::coverage::Gap;
use hikeshi_core::time::Timestamp;

use crate::markup::{Element, Visit, walk};
use crate::record::{Flow, Missed, Record, Sink, Topic, Value};

/// The schema allows 32 actions, 48 triggers and one principal. Beyond this many of a kind nothing is kept, and that is
/// told as [`Gap::ValueCut`].
const PARTS_CAP: usize = 256;

/// Hands over a record for each action of a task, or one without an action where it has none; also of all tasks in one
/// document, as `schtasks /query /xml` writes them.
///
/// The record's number is the line on which the task begins. `path` is where the file lay, with slashes; below a folder `Tasks` it gives `TaskPath`, and `TaskName` where the file
/// itself does not say its name (`URI`).
///
/// Fields: `TaskName`, `TaskPath`, `Author`, `Description`, `Source`, `Created` (local time unless it says otherwise),
/// `RunAs` (user or group), `RunLevel`, `LogonType`, `Enabled` and `Hidden` (`true` or `false`), `Triggers` (a list of
/// phrases such as `LogonTrigger UserId=S-1-5-18`), `Action` (`Exec`, `ComHandler`, `SendEmail`, `ShowMessage`), and of
/// the action `Command`, `Arguments`, `WorkingDirectory`, `ClassId`, `Data`.
pub fn read(path: &str, source: &mut dyn Read, sink: &mut dyn Sink) {
    let mut reader = TaskReader { task_path: in_task_folder(path), task: Task::default() };
    walk(source, sink, &mut reader);
    // What a broken document leaves.
    reader.task.hand_over(&reader.task_path, sink);
}

/// `\Folder\Name` of `…/Tasks/Folder/Name`; empty where the file lay elsewhere.
fn in_task_folder(path: &str) -> String {
    const FOLDER: &str = "system32/tasks/";
    let lower = path.to_ascii_lowercase();
    let inside = lower.rfind(FOLDER).and_then(|at| path.get(at + FOLDER.len()..));
    inside.map(|inside| format!("\\{}", inside.replace('/', "\\"))).unwrap_or_default()
}

struct TaskReader {
    task_path: String,
    /// The task at hand.
    task: Task,
}

impl Visit for TaskReader {
    fn begin(&mut self, path: &str, element: &Element, _: &mut dyn Sink) -> Flow {
        let path = inside(path);
        if path == "Task" {
            self.task.place =
                Some(Record { number: Some(element.line), ..Record::new(Topic::ScheduledTask, element.offset) });
        }
        self.task.begin(path, element);
        Flow::GoOn
    }

    fn end(&mut self, path: &str, text: &str, sink: &mut dyn Sink) -> Flow {
        let path = inside(path);
        if path == "Task" {
            return std::mem::take(&mut self.task).hand_over(&self.task_path, sink);
        }
        if !text.is_empty() {
            self.task.end(path, text);
        }
        Flow::GoOn
    }
}

/// The path without the frame around many tasks.
fn inside(path: &str) -> &str {
    path.strip_prefix("Tasks/").unwrap_or(path)
}

#[derive(Default)]
struct Task {
    /// An empty record at its beginning; `None` before that.
    place: Option<Record>,
    /// Values that a task has once.
    facts: Vec<(&'static str, String)>,
    principals: Vec<Part>,
    triggers: Vec<Part>,
    actions: Vec<Part>,
    /// The principal in whose name the actions run.
    context: Option<String>,
    too_many: u64,
}

/// A principal, trigger or action: its kind or id, and what stands in it.
#[derive(Default)]
struct Part {
    name: String,
    values: Vec<(String, String)>,
}

impl Part {
    fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }
}

/// The name of an element directly below `frame`.
fn child<'p>(path: &'p str, frame: &str) -> Option<&'p str> {
    path.strip_prefix(frame).filter(|rest| !rest.contains('/'))
}

/// Opens a part; says 1 where there are too many.
fn push(parts: &mut Vec<Part>, name: &str) -> u64 {
    let is_full = parts.len() >= PARTS_CAP;
    if !is_full {
        parts.push(Part { name: name.to_owned(), values: Vec::new() });
    }
    u64::from(is_full)
}

/// The field of a value that a task has once.
fn fact(path: &str) -> Option<&'static str> {
    Some(match path {
        "Task/RegistrationInfo/URI" => "URI",
        "Task/RegistrationInfo/Author" => "Author",
        "Task/RegistrationInfo/Description" => "Description",
        "Task/RegistrationInfo/Source" => "Source",
        "Task/RegistrationInfo/Date" => "Created",
        "Task/Settings/Enabled" => "Enabled",
        "Task/Settings/Hidden" => "Hidden",
        _ => return None,
    })
}

impl Task {
    fn begin(&mut self, path: &str, element: &Element) {
        if path == "Task/Actions" {
            self.context = element.attribute("Context").map(str::to_owned);
        } else if path == "Task/Principals/Principal" {
            self.too_many += push(&mut self.principals, element.attribute("id").unwrap_or_default());
        } else if let Some(kind) = child(path, "Task/Triggers/") {
            self.too_many += push(&mut self.triggers, kind);
        } else if let Some(kind) = child(path, "Task/Actions/") {
            self.too_many += push(&mut self.actions, kind);
        }
    }

    fn end(&mut self, path: &str, text: &str) {
        if let Some(field) = fact(path) {
            self.facts.push((field, text.to_owned()));
            return;
        }
        for (frame, parts) in [
            ("Task/Principals/", &mut self.principals),
            ("Task/Triggers/", &mut self.triggers),
            ("Task/Actions/", &mut self.actions),
        ] {
            let inside = path.strip_prefix(frame).and_then(|rest| rest.split_once('/'));
            if let (Some((_, name)), Some(part)) = (inside, parts.last_mut()) {
                match part.values.len() {
                    0..PARTS_CAP => part.values.push((name.to_owned(), text.to_owned())),
                    _ => self.too_many += 1,
                }
            }
        }
    }

    fn hand_over(mut self, task_path: &str, sink: &mut dyn Sink) -> Flow {
        let Some(place) = self.place.take() else { return Flow::GoOn };
        let mut base = self.base(place, task_path);
        // Each action carries a copy, so what is too long is cut before.
        let cut = self.too_many + base.cap();
        if cut > 0 {
            sink.missed(Missed { count: cut, ..Missed::new(Gap::ValueCut) });
        }
        for action in &self.actions {
            let mut record = base.clone().with("Action", action.name.as_str());
            for (name, value) in &action.values {
                record = record.with(name, value.as_str());
            }
            if sink.record(record) == Flow::Stop {
                return Flow::Stop;
            }
        }
        if self.actions.is_empty() {
            return sink.record(base);
        }
        Flow::GoOn
    }

    fn fact(&self, field: &str) -> Option<&str> {
        self.facts.iter().find(|(have, _)| *have == field).map(|(_, value)| value.as_str())
    }

    /// What all actions of the task have in common.
    fn base(&self, mut record: Record, task_path: &str) -> Record {
        let mut add = |name: &str, value: Option<&str>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                record.fields.push((name.to_owned(), value.into()));
            }
        };
        add("TaskName", Some(self.fact("URI").unwrap_or(task_path)));
        add("TaskPath", Some(task_path));
        for field in ["Author", "Description", "Source", "Created"] {
            add(field, self.fact(field));
        }
        let named = |part: &&Part| self.context.as_deref().is_none_or(|context| context == part.name);
        let principal = self.principals.iter().find(named).or(self.principals.first());
        let of_principal = |name| principal.and_then(|principal| principal.value(name));
        add("RunAs", of_principal("UserId").or(of_principal("GroupId")));
        // The schema's own defaults stand where the file says nothing.
        add("RunLevel", Some(of_principal("RunLevel").unwrap_or("LeastPrivilege")));
        add("LogonType", of_principal("LogonType"));
        add("Enabled", Some(self.fact("Enabled").unwrap_or("true")));
        add("Hidden", Some(self.fact("Hidden").unwrap_or("false")));
        record.time = self.fact("Created").and_then(zoned);
        if !self.triggers.is_empty() {
            record = record.with("Triggers", Value::List(self.triggers.iter().map(phrase).collect()));
        }
        record
    }
}

/// A time that says its zone; the scheduler writes local time, of which the zone is not known here.
fn zoned(text: &str) -> Option<Timestamp> {
    let clock = text.split_once('T')?.1;
    let is_zoned = clock.ends_with('Z') || clock.contains('+') || clock.contains('-');
    is_zoned.then(|| Timestamp::parse(text.as_bytes())).flatten()
}

/// A trigger in one line: its kind, then what stands in it, each by the last part of its name.
fn phrase(trigger: &Part) -> String {
    let values = trigger.values.iter().map(|(name, value)| {
        let name = name.rsplit('/').next().unwrap_or_default();
        format!(" {name}={value}")
    });
    std::iter::once(trigger.name.clone()).chain(values).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Gathered;

    /// A task as the scheduler writes it, with two actions.
    const TASK: &str = r#"<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Date>2021-03-03T04:12:33.5</Date>
    <Author>EXAMPLE\taro</Author>
    <Description>火消し &amp; more</Description>
    <URI>\Updates\Nightly</URI>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger><Enabled>true</Enabled><UserId>S-1-5-18</UserId></LogonTrigger>
    <CalendarTrigger>
      <StartBoundary>2021-03-03T05:00:00</StartBoundary>
      <Repetition><Interval>PT45M</Interval></Repetition>
      <ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal id="Other"><UserId>S-1-5-19</UserId></Principal>
    <Principal id="Author"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal>
  </Principals>
  <Settings><Enabled>true</Enabled><Hidden>true</Hidden></Settings>
  <Actions Context="Author">
    <Exec><Command>powershell.exe</Command><Arguments>-NoProfile -File x.ps1</Arguments>
      <WorkingDirectory>C:\Windows\Temp</WorkingDirectory></Exec>
    <ComHandler><ClassId>{00000000-0000-0000-0000-000000000001}</ClassId><Data><![CDATA[d]]></Data></ComHandler>
  </Actions>
</Task>"#;

    fn records(path: &str, bytes: &[u8]) -> Gathered {
        let mut sink = Gathered::default();
        read(path, &mut &*bytes, &mut sink);
        sink
    }

    #[test]
    fn each_action_of_a_task_is_a_record_in_utf_16_and_utf_8() {
        let utf16: Vec<u8> = format!("\u{feff}{TASK}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [TASK.as_bytes(), &utf16] {
            let sink = records("Windows/System32/Tasks/Updates/Renamed", bytes);
            assert!(sink.missed.is_empty());
            let [exec, com] = sink.records.as_slice() else { panic!("{:?}", sink.records) };
            for (field, expected) in [
                ("TaskName", "\\Updates\\Nightly"),
                ("TaskPath", "\\Updates\\Renamed"),
                ("Author", "EXAMPLE\\taro"),
                ("Description", "火消し & more"),
                ("Created", "2021-03-03T04:12:33.5"),
                ("RunAs", "S-1-5-18"),
                ("RunLevel", "HighestAvailable"),
                ("Enabled", "true"),
                ("Hidden", "true"),
                ("Action", "Exec"),
                ("Command", "powershell.exe"),
                ("Arguments", "-NoProfile -File x.ps1"),
                ("WorkingDirectory", "C:\\Windows\\Temp"),
            ] {
                assert_eq!(exec.text(field), Some(expected), "{field}");
            }
            let triggers = vec![
                "LogonTrigger Enabled=true UserId=S-1-5-18".to_owned(),
                "CalendarTrigger StartBoundary=2021-03-03T05:00:00 Interval=PT45M DaysInterval=1".to_owned(),
            ];
            assert_eq!(exec.field("Triggers"), Some(&Value::List(triggers)));
            assert_eq!(exec.time, None, "local time of an unknown zone is no point in time");
            assert_eq!(com.text("ClassId"), Some("{00000000-0000-0000-0000-000000000001}"));
            assert_eq!(com.text("Data"), Some("d"));
        }
    }

    #[test]
    fn a_task_without_name_or_action_is_named_by_its_path_and_still_told() {
        let task = "<Task><RegistrationInfo><Date>2021-03-03T04:12:33Z</Date></RegistrationInfo></Task>";
        let sink = records("C/Windows/System32/Tasks/Microsoft/Windows/Odd", task.as_bytes());
        assert_eq!(sink.records.len(), 1);
        assert_eq!(sink.records[0].text("TaskName"), Some("\\Microsoft\\Windows\\Odd"));
        assert_eq!(sink.records[0].text("Enabled"), Some("true"));
        assert_eq!(sink.records[0].time.unwrap().to_string(), "2021-03-03T04:12:33Z");
    }

    #[test]
    fn many_tasks_in_one_document_are_told_apart() {
        let task = |name: &str, command: &str| {
            format!(
                "<Task><RegistrationInfo><URI>{name}</URI></RegistrationInfo><Actions><Exec><Command>{command}</Command>\
                 </Exec></Actions></Task>\n"
            )
        };
        let sink =
            records("tasks.xml", format!("<Tasks>{}{}</Tasks>", task("A", "a.exe"), task("B", "b.exe")).as_bytes());
        let found: Vec<_> = sink.records.iter().map(|r| (r.number, r.text("TaskName"), r.text("Command"))).collect();
        assert_eq!(found, [(Some(1), Some("A"), Some("a.exe")), (Some(2), Some("B"), Some("b.exe"))]);
    }

    #[test]
    fn a_broken_task_tells_what_was_read_and_that_the_rest_was_not() {
        let (half, _) = TASK.split_at(TASK.find("<ComHandler>").unwrap());
        let sink = records("t.xml", half.as_bytes());
        assert_eq!(sink.records[0].text("Command"), Some("powershell.exe"));
        assert_eq!(sink.missed[0].reason, Gap::Malformed);
    }

    #[test]
    fn actions_and_descriptions_without_end_are_cut_and_told() {
        let task = format!(
            "<Task><RegistrationInfo><Description>{}</Description></RegistrationInfo><Actions>{}</Actions></Task>",
            "x".repeat(1 << 20),
            "<Exec><Command>c</Command></Exec>".repeat(PARTS_CAP + 7)
        );
        let sink = records("t.xml", task.as_bytes());
        assert_eq!(sink.records.len(), PARTS_CAP);
        assert_eq!((sink.missed[0].reason, sink.missed[0].count), (Gap::ValueCut, 8));
    }
}
