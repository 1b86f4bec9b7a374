//! The log that Defender keeps for its makers, below its own folder: UTF-16, a line for each thing, times in UTC
//! (lines after public samples of detections and of estimated impact).

use crate::moment::{DAY, Moment};
use crate::server::{Encoding, Head, Key, Server};

const HEAD: &str = "-------------------------------------------------------------------------------------\r\n\
    Product Version: 4.18.2101.9\r\nService Version: 4.18.2101.9\r\nEngine Version: 1.1.17800.5\r\n\
    AS Signature Version: 1.331.2216.0\r\nAV Signature Version: 1.331.2216.0\r\n\
    ************************************************************\r\n";

/// A line, in the log that was begun at the window's beginning.
pub fn line(server: &mut Server, time: Moment, text: &str, key: Option<Key>) {
    let begun = server.window.0.floor(DAY).clock(2, 14, 8);
    let path = format!(
        "C:\\ProgramData\\Microsoft\\Windows Defender\\Support\\MPLog-{}-{}.log",
        begun.day_stamp(),
        begun.clock_text().replace(':', "")
    );
    let head = || Head::Windows { text: HEAD, encoding: Encoding::Wide };
    server.row(&path, head, time, format!("{} {text}", time.iso()), key);
}

/// How much a program was slowed down, which also tells that it ran and what it touched.
pub fn impact(server: &mut Server, time: Moment, program: &str, file: &str, key: Option<Key>) {
    let rest = file.split_once(":\\").map_or(file, |(_, rest)| rest);
    let (process, spent) = (server.dice.between(300, 2_400) * 4, server.dice.between(30, 2_000));
    let text = format!(
        "ProcessImageName: {program}, Pid: {process}, TotalTime: {spent}, Count: 9, MaxTime: {}, MaxTimeFile: \
         \\Device\\HarddiskVolume2\\{rest}, EstimatedImpact: {}%",
        spent / 2,
        spent % 40
    );
    line(server, time, &text, key);
}

/// A file is found and put away: three lines, the first two and the last some seconds apart.
pub fn found(server: &mut Server, time: Moment, threat: &str, path: &str, key: Option<Key>) {
    line(server, time, &format!("DETECTION_ADD#1 {threat} file:{path} PropBag [length: 0, data: (null)]"), key);
    line(server, time.plus(2), &format!("DETECTIONEVENT MPSOURCE_REALTIME {threat} file:{path};"), key);
    let text = format!("DETECTION_CLEANEVENT MPSOURCE_REALTIME MP_THREAT_ACTION_QUARANTINE 0 {threat} file:{path};");
    line(server, time.plus(11_640), &text, key);
}
