//! Events of the scheduler: a task is changed, its action starts and ends.

use super::{security, subject};
use crate::event::{Body, Datum, Event};
use crate::host::Host;
use crate::moment::Moment;

/// `TaskScheduler` 140: a task that was there is changed.
pub fn task_changed(host: &Host, time: Moment, by: &str, name: &str) -> Event {
    let body = Body::Named(vec![("TaskName", name.into()), ("UserName", by.into())]);
    Event { id: 140, class: (0, 4, 140, 0), body, ..super::task_noted(host, time, by, name) }
}

/// `TaskScheduler` 200: the action of a task starts; `run` names this run of it.
pub fn action_began(host: &Host, time: Moment, name: &str, action: &str, run: &str) -> Event {
    let body = Body::Named(vec![
        ("TaskName", name.into()),
        ("ActionName", action.into()),
        ("TaskInstanceId", Datum::Guid(run.to_owned())),
        ("EnginePID", 2_912.into()),
    ]);
    Event { id: 200, class: (1, 4, 200, 1), body, ..super::task_noted(host, time, "", name) }
}

/// `TaskScheduler` 201: it has ended, with a code.
pub fn action_ended(host: &Host, time: Moment, name: &str, action: &str, run: &str, code: u32) -> Event {
    let body = Body::Named(vec![
        ("TaskName", name.into()),
        ("TaskInstanceId", Datum::Guid(run.to_owned())),
        ("ActionName", action.into()),
        ("ResultCode", code.into()),
        ("EnginePID", 2_912.into()),
    ]);
    Event { id: 201, class: (2, 4, 201, 2), body, ..super::task_noted(host, time, "", name) }
}

/// Security 4702: a task that was there is changed.
pub fn task_rewritten(host: &Host, time: Moment, by: &str, name: &str, content: &str) -> Event {
    let fields = subject(host, by, vec![("TaskName", name.into()), ("TaskContentNew", content.into())]);
    Event { class: (0, 0, 12_804, 0), ..security(host, time, 4702, 12_804, fields) }
}
