//! Scheduled tasks: XML in UTF-16 below `System32\Tasks`.

use crate::moment::Moment;
use crate::server::{Encoding, Key, Server};

/// A task.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// Its path below the tasks' folder.
    pub path: &'a str,
    /// Who registered it.
    pub author: &'a str,
    /// Program.
    pub command: &'a str,
    /// Arguments.
    pub arguments: &'a str,
    /// Minutes between runs.
    pub every: u32,
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Its XML; `time` is local.
pub fn xml(task: &Task<'_>, time: Moment) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n\
         <Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n\
         \x20 <RegistrationInfo>\r\n    <Date>{time}</Date>\r\n    <Author>{author}</Author>\r\n    <URI>\\{path}</URI>\r\n\
         \x20 </RegistrationInfo>\r\n  <Triggers>\r\n    <TimeTrigger>\r\n      <Repetition>\r\n\
         \x20       <Interval>PT{every}M</Interval>\r\n        <StopAtDurationEnd>false</StopAtDurationEnd>\r\n\
         \x20     </Repetition>\r\n      <StartBoundary>{time}</StartBoundary>\r\n      <Enabled>true</Enabled>\r\n\
         \x20   </TimeTrigger>\r\n  </Triggers>\r\n  <Principals>\r\n    <Principal id=\"Author\">\r\n\
         \x20     <UserId>S-1-5-18</UserId>\r\n      <RunLevel>HighestAvailable</RunLevel>\r\n    </Principal>\r\n\
         \x20 </Principals>\r\n  <Actions Context=\"Author\">\r\n    <Exec>\r\n      <Command>{command}</Command>\r\n\
         \x20     <Arguments>{arguments}</Arguments>\r\n    </Exec>\r\n  </Actions>\r\n</Task>\r\n",
        time = time.iso_seconds(),
        author = escape(task.author),
        path = escape(task.path),
        every = task.every,
        command = escape(task.command),
        arguments = escape(task.arguments),
    )
}

/// Lays it into the tasks' folder.
pub fn add(server: &mut Server, task: &Task<'_>, time: Moment, key: Option<Key>) {
    let path = format!("C:\\Windows\\System32\\Tasks\\{}", task.path);
    let text = xml(task, server.host.local(time));
    match key {
        Some(key) => server.text(&path, &text, Encoding::Wide, time, &[("<Command>", key)]),
        None => server.text(&path, &text, Encoding::Wide, time, &[]),
    }
}
