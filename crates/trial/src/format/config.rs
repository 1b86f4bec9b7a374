//! Configuration of the web server: its own file, and the `web.config` of folders.

use crate::host::Host;
use crate::moment::Moment;
use crate::server::{Encoding, Key, Server};

/// Native modules that every server of this kind loads.
const MODULES: [(&str, &str); 8] = [
    ("HttpLoggingModule", "%windir%\\System32\\inetsrv\\loghttp.dll"),
    ("StaticFileModule", "%windir%\\System32\\inetsrv\\static.dll"),
    ("DefaultDocumentModule", "%windir%\\System32\\inetsrv\\defdoc.dll"),
    ("RequestFilteringModule", "%windir%\\System32\\inetsrv\\modrqflt.dll"),
    ("WindowsAuthenticationModule", "%windir%\\System32\\inetsrv\\authsspi.dll"),
    ("IsapiModule", "%windir%\\System32\\inetsrv\\isapi.dll"),
    ("ManagedEngineV4.0_64bit", "%windir%\\Microsoft.NET\\Framework64\\v4.0.30319\\webengine4.dll"),
    ("RewriteModule", "%SystemRoot%\\system32\\inetsrv\\rewrite.dll"),
];

/// Writes the web server's own file; `added` are modules beside those of every server, with the trace of one that an
/// intruder added.
pub fn application_host(server: &mut Server, time: Moment, added: &[(&str, &str, Option<Key>)]) {
    host_file(server, time, added, Change::None);
}

/// What an intruder changed in the web server's own file, beside modules.
#[derive(Debug, Clone, Copy)]
enum Change<'a> {
    None,
    Shared(&'a str, &'a str, Key),
    Unlogged(Key),
}

/// The same with a folder that stands under a path of the default site, which an intruder added: path, folder, trace.
pub fn shared_folder(server: &mut Server, time: Moment, shared: (&str, &str, Key)) {
    let (path, folder, key) = shared;
    host_file(server, time, &[], Change::Shared(path, folder, key));
}

/// The same with the default site's own log switched off.
pub fn unlogged(server: &mut Server, time: Moment, key: Key) {
    host_file(server, time, &[], Change::Unlogged(key));
}

fn host_file(server: &mut Server, time: Moment, added: &[(&str, &str, Option<Key>)], change: Change<'_>) {
    let host: Host = server.host;
    let (folder, location, changed) = match change {
        Change::None => (String::new(), "", None),
        Change::Shared(path, folder, key) => (
            format!("                   <virtualDirectory path=\"{path}\" physicalPath=\"{folder}\" />\r\n"),
            "",
            Some((folder, key)),
        ),
        Change::Unlogged(key) => (
            String::new(),
            "    <location path=\"Default Web Site\">\r\n        <system.webServer>\r\n            \
             <httpLogging dontLog=\"true\" />\r\n        </system.webServer>\r\n    </location>\r\n",
            Some(("dontLog", key)),
        ),
    };
    let kerberos = host.installed("ClientAccess\\Owa\\Auth\\kerbauth.dll");
    let own = [("kerbauth", kerberos.as_str())];
    let later: Vec<(&str, &str)> = added.iter().map(|(name, image, _)| (*name, *image)).collect();
    let modules: Vec<String> = MODULES
        .iter()
        .chain(&own)
        .chain(&later)
        .map(|(name, image)| format!("            <add name=\"{name}\" image=\"{image}\" />"))
        .collect();
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<configuration>\r\n    <system.applicationHost>\r\n\
         \x20       <sites>\r\n            <site name=\"Default Web Site\" id=\"{front}\">\r\n\
         \x20               <application path=\"/\">\r\n\
         \x20                   <virtualDirectory path=\"/\" physicalPath=\"{root}\" />\r\n{folder}\
         \x20               </application>\r\n                <logFile directory=\"{logs}\" />\r\n            </site>\r\n\
         \x20           <site name=\"Exchange Back End\" id=\"{back}\">\r\n\
         \x20               <logFile directory=\"{logs}\" />\r\n            </site>\r\n        </sites>\r\n\
         \x20   </system.applicationHost>\r\n    <system.webServer>\r\n        <globalModules>\r\n{modules}\r\n\
         \x20       </globalModules>\r\n    </system.webServer>\r\n{location}</configuration>\r\n",
        front = host.sites.0,
        back = host.sites.1,
        root = host.web_root,
        logs = host.web_logs,
        modules = modules.join("\r\n"),
    );
    let path = "C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config";
    let modules = added.iter().filter_map(|(name, _, key)| Some((*name, (*key)?)));
    let keys: Vec<(&str, Key)> = modules.chain(changed).collect();
    server.text(path, &text, Encoding::Plain, time, &keys);
}

/// The site's `web.config` with the vendor's two cookie rules (../shared/facts/mitigations.md, M1).
pub fn mitigated(server: &mut Server, time: Moment) {
    let rule = |name: &str, pattern: &str| {
        format!(
            "                <rule name=\"{name} Abort - inbound\" patternSyntax=\"ECMAScript\">\r\n\
             \x20                   <match url=\".*\" />\r\n                    <conditions>\r\n\
             \x20                       <add input=\"{{HTTP_COOKIE}}\" pattern=\"{pattern}\" />\r\n\
             \x20                   </conditions>\r\n                    <action type=\"AbortRequest\" />\r\n\
             \x20               </rule>"
        )
    };
    let rules = [
        rule("X-AnonResource-Backend", "(.*)X-AnonResource-Backend(.*)"),
        rule("X-BEResource", "(.*)X-BEResource=(.+)/(.+)~(.+)"),
    ];
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<configuration>\r\n    <system.webServer>\r\n        <rewrite>\r\n\
         \x20           <rules>\r\n{}\r\n            </rules>\r\n        </rewrite>\r\n    </system.webServer>\r\n\
         </configuration>\r\n",
        rules.join("\r\n")
    );
    let path = server.host.rooted("web.config");
    server.text(&path, &text, Encoding::Plain, time, &[]);
}

/// A folder's `web.config` that sends files of `extension` to the engine for pages.
pub fn handler(extension: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<configuration>\r\n  <system.webServer>\r\n\
         \x20   <handlers accessPolicy=\"Read, Script, Write\">\r\n\
         \x20     <add name=\"Pictures\" path=\"*.{extension}\" verb=\"*\" type=\"System.Web.UI.PageHandlerFactory\" \
         resourceType=\"Unspecified\" requireAccess=\"Script\" preCondition=\"integratedMode\" />\r\n\
         \x20   </handlers>\r\n  </system.webServer>\r\n  <system.web>\r\n    <compilation>\r\n      <buildProviders>\r\n\
         \x20       <add extension=\".{extension}\" type=\"System.Web.Compilation.PageBuildProvider\" />\r\n\
         \x20     </buildProviders>\r\n    </compilation>\r\n  </system.web>\r\n</configuration>\r\n"
    )
}
