//! Files that lie on every server of this kind.
//!
//! The product's own pages are not among them: their text is not ours to write, and any other text at their places
//! would be a changed page. Who has them can hand them over: [`lay_pages`].

use std::path::Path;

use anyhow::Result;
use fs_err as fs;

use crate::format::hive::Value;
use crate::format::task::{self, Task};
use crate::format::{config, console, page};
use crate::host::Tongue;
use crate::moment::{DAY, Moment};
use crate::server::{Encoding, Key, Server};

/// Lays down web folders, configuration, tasks and the hosts file.
pub fn lay(server: &mut Server) {
    let host = server.host;
    let old = Moment::day(2019, 11, 12).clock(9, 41, 7);
    let [major, minor, build, _] = host.build;
    let themes = format!("FrontEnd\\HttpProxy\\owa\\auth\\{major}.{minor}.{build}\\themes\\resources");
    for (number, name) in (1u8..).zip(["lgnbotl.gif", "lgnbotr.gif", "favicon.gif", "olk_logo.gif"]) {
        server.file(&host.installed(&format!("{themes}\\{name}")), page::picture(number), old, None);
    }
    let style = "body { font-family: Segoe UI, Tahoma; }\r\n.signInEnter { cursor: pointer; }\r\n";
    server.text(&host.installed(&format!("{themes}\\logon.css")), style, Encoding::Plain, old, &[]);
    let script = "function LogonPage() { return document.getElementById('username'); }\r\n";
    let scripts = format!("FrontEnd\\HttpProxy\\owa\\auth\\{major}.{minor}.{build}\\scripts\\premium\\fexppw.js");
    server.text(&host.installed(&scripts), script, Encoding::Plain, old, &[]);
    server.file(&host.installed("FrontEnd\\HttpProxy\\ecp\\auth\\flag.gif"), page::picture(9), old, None);
    let start = "<!DOCTYPE html>\r\n<html><head><title>IIS Windows Server</title></head><body></body></html>\r\n";
    server.text(&host.rooted("iisstart.htm"), start, Encoding::Plain, old, &[]);
    config::application_host(server, old.plus(200 * DAY), &[]);
    console::hosts(server, old, &[], &[]);
    registry(server, old);
    let tasks = [
        Task {
            path: "Microsoft\\Windows\\UpdateOrchestrator\\Schedule Scan",
            author: "Microsoft Corporation",
            command: "%systemroot%\\system32\\usoclient.exe",
            arguments: "StartScan",
            every: 1320,
        },
        Task {
            path: "Microsoft\\Windows\\Defrag\\ScheduledDefrag",
            author: "Microsoft Corporation",
            command: "%windir%\\system32\\defrag.exe",
            arguments: "-c -h -o -$",
            every: 10_080,
        },
    ];
    for task in &tasks {
        task::add(server, task, old, None);
    }
}

/// What the registry says of the product, of Windows' services and of remote access.
fn registry(server: &mut Server, time: Moment) {
    let host = server.host;
    let [major, minor, build, revision] = host.build;
    let setup = "Microsoft\\ExchangeServer\\v15\\Setup";
    let text = |text: &str| Value::Text(text.to_owned());
    server.registry(("SOFTWARE", setup, "MsiInstallPath"), text(&format!("{}\\", host.install)), time, None);
    let numbers =
        [("MsiProductMajor", major), ("MsiProductMinor", minor), ("MsiBuildMajor", build), ("MsiBuildMinor", revision)];
    for (name, number) in numbers {
        server.registry(("SOFTWARE", setup, name), Value::Number(u32::from(number)), time, None);
    }
    let run = "Microsoft\\Windows\\CurrentVersion\\Run";
    let tray = text("\"C:\\Program Files\\VMware\\VMware Tools\\vmtoolsd.exe\" -n vmusr");
    server.registry(("SOFTWARE", run, "VMware User Process"), tray, time, None);
    server.registry(("SYSTEM", "Select", "Current"), Value::Number(1), time, None);
    server.registry(("SYSTEM", "Select", "Default"), Value::Number(1), time, None);
    let services = [
        ("W3SVC", "%windir%\\system32\\svchost.exe -k iissvcs".to_owned()),
        ("MSExchangeIS", format!("\"{}\"", host.installed("bin\\Microsoft.Exchange.Store.Service.exe"))),
        ("MSExchangeTransport", format!("\"{}\"", host.installed("bin\\MSExchangeTransport.exe"))),
        (
            "VeeamEndpointBackupSvc",
            "\"C:\\Program Files\\Veeam\\Endpoint Backup\\Veeam.EndPoint.Service.exe\"".to_owned(),
        ),
    ];
    for (name, image) in services {
        service(server, name, &image, time, None);
    }
    let place = match host.tongue {
        Tongue::English => None,
        Tongue::Japanese => Some(("Tokyo Standard Time", 540u32, "0411")),
        Tongue::German => Some(("W. Europe Standard Time", 60, "0407")),
    };
    if let Some((name, ahead, code)) = place {
        let zone = "ControlSet001\\Control\\TimeZoneInformation";
        server.registry(("SYSTEM", zone, "TimeZoneKeyName"), text(name), time, None);
        for name in ["Bias", "ActiveTimeBias"] {
            // Minutes to be added for UTC, as a two's complement.
            server.registry(("SYSTEM", zone, name), Value::Number(ahead.wrapping_neg()), time, None);
        }
        let language = "ControlSet001\\Control\\Nls\\Language";
        server.registry(("SYSTEM", language, "InstallLanguage"), text(code), time, None);
    }
    let control = "ControlSet001\\Control\\Terminal Server";
    server.registry(("SYSTEM", control, "fDenyTSConnections"), Value::Number(1), time, None);
}

/// A service's values; the trace, where it is one, stands at its image.
pub fn service(server: &mut Server, name: &str, image: &str, time: Moment, key: Option<Key>) {
    let path = format!("ControlSet001\\Services\\{name}");
    let trace = key.map(|key| (name, key));
    server.registry(("SYSTEM", &path, "ImagePath"), Value::Expanding(image.to_owned()), time, trace);
    server.registry(("SYSTEM", &path, "ObjectName"), Value::Text("LocalSystem".to_owned()), time, None);
    for (value, number) in [("Start", 2), ("Type", 0x10), ("ErrorControl", 1)] {
        server.registry(("SYSTEM", &path, value), Value::Number(number), time, None);
    }
}

/// Lays down the product's own pages out of a folder that is laid out as its installation folder.
pub fn lay_pages(server: &mut Server, pages: &Path) -> Result<()> {
    let old = Moment::day(2019, 11, 12).clock(9, 41, 7);
    let mut folders = vec![pages.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Ok(relative) = path.strip_prefix(pages) else { continue };
            let place = server.host.installed(&relative.to_string_lossy().replace('/', "\\"));
            server.file(&place, fs::read(&path)?, old, None);
        }
    }
    Ok(())
}
