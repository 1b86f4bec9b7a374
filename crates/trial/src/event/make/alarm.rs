//! Alarms of products in the classic channels: virus scanners other than Windows' own, and pages that failed.

use super::base;
use crate::event::{Body, Event};
use crate::host::Host;
use crate::moment::Moment;

/// Application 51 of Symantec's scanner, whose one text tells all.
pub fn symantec_found(host: &Host, time: Moment, threat: &str, path: &str) -> Event {
    let text = format!(
        "\r\n\r\nSecurity Risk Found!{threat} in File: {path} by: Auto-Protect scan.  Action: Quarantine succeeded.  \
         Action Description: The file was quarantined successfully."
    );
    let event = super::application(host, time, "Symantec AntiVirus", 51, 2, &[&text]);
    Event { qualifiers: Some(0), class: (0, 2, 0, 0), ..event }
}

/// System 1116 of the scanner for servers that came before Windows' own: the same fields as there, without names.
pub fn endpoint_found(host: &Host, time: Moment, threat: &str, path: &str, process: &str) -> Event {
    let items = [
        "%%860",
        "4.10.0209.0",
        "{5B0E7A41-6C1D-4E83-9A27-0D3F81C24B96}",
        &time.iso(),
        "",
        "",
        "2147735503",
        threat,
        "5",
        "Severe",
        "6",
        "Backdoor",
        "https://go.microsoft.com/fwlink/?linkid=37020",
        "1",
        "",
        "1",
        "3",
        "%%818",
        process,
        "NT AUTHORITY\\SYSTEM",
        "",
        &format!("file:_{path}"),
        "1",
        "%%845",
        "1",
        "%%813",
        "0",
        "%%822",
    ];
    Event {
        provider: ("Microsoft Antimalware", None),
        id: 1116,
        qualifiers: Some(0),
        class: (0, 3, 0, 0),
        keywords: 0x0080_0000_0000_0000,
        body: Body::Listed(items.iter().map(ToString::to_string).collect()),
        ..base(host, time, "System")
    }
}

/// A page that failed, as its engine tells.
#[derive(Debug, Clone, Copy)]
pub struct Failure<'a> {
    /// Path outside.
    pub url: &'a str,
    /// Application, as `/owa`.
    pub application: &'a str,
    /// Full path of the application's folder.
    pub folder: &'a str,
    /// Kind of error, and its text.
    pub error: (&'a str, &'a str),
    /// The client's address.
    pub client: &'a str,
}

/// Application 1309: a page failed.
pub fn page_failed(host: &Host, time: Moment, failure: &Failure<'_>) -> Event {
    let Failure { url, application, folder, error, client } = *failure;
    let local = host.printed(host.local(time));
    let utc = host.printed(time);
    let domain = format!("/LM/W3SVC/{}/ROOT{application}-2-132590117430921706", host.sites.0);
    let outside = host.mail_names.first().copied().unwrap_or_default();
    let address = format!("https://{outside}:443{url}");
    let system = host.account("NT AUTHORITY\\SYSTEM");
    let items = [
        "3005",
        "An unhandled exception has occurred.",
        &local,
        &utc,
        "4f0d1b7a9c2e4853b6a1f07c38de5926",
        "118",
        "1",
        "0",
        &domain,
        "Full",
        application,
        folder,
        host.name,
        "",
        "7316",
        "w3wp.exe",
        &system,
        error.0,
        error.1,
        &address,
        url,
        client,
        "",
        "False",
        "",
        &system,
        "21",
        &system,
        "False",
        "   at System.Web.UI.TemplateParser.ProcessException(Exception ex)",
    ];
    let event = super::application(host, time, "ASP.NET 4.0.30319.0", 1309, 3, &items);
    Event { qualifiers: Some(0x8000), class: (0, 3, 3, 0), ..event }
}
