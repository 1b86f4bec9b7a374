//! What the engine for pages leaves when a page is run: a `.compiled` file with its virtual path, and a library.

use crate::moment::Moment;
use crate::server::{Encoding, Key, Server};

/// Lays down the files of a page that was run. `application` is `root`, `owa`, `ecp`. The first key is for the file
/// that names the page, the second for the library.
pub fn page(server: &mut Server, application: &str, virtual_path: &str, time: Moment, keys: (Key, Key)) {
    let folders = (server.dice.text("0123456789abcdef", 8), server.dice.text("0123456789abcdef", 8));
    let name = server.dice.text("abcdefghijklmnopqrstuvwxyz0123456789", 8);
    let hash = server.dice.text("0123456789abcdef", 8);
    let folder = format!(
        "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\Temporary ASP.NET Files\\{application}\\{}\\{}",
        folders.0, folders.1
    );
    let file = virtual_path.rsplit('/').next().unwrap_or_default().to_lowercase();
    let class = format!("ASP.{}", virtual_path.trim_start_matches('/').replace(['/', '.'], "_").to_lowercase());
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<preserve resultType=\"3\" virtualPath=\"{virtual_path}\" \
         hash=\"{hash}fffffffe\" filehash=\"ffff{hash}\" flags=\"110000\" assembly=\"App_Web_{name}\" \
         type=\"{class}\">\r\n    <filedeps>\r\n        <filedep name=\"{virtual_path}\" />\r\n    </filedeps>\r\n\
         </preserve>\r\n"
    );
    let path = format!("{folder}\\{file}.{hash}.compiled");
    server.text(&path, &text, Encoding::Plain, time, &[("virtualPath", keys.0)]);
    let mut library = b"MZ\x90\x00\x03\x00\x00\x00".to_vec();
    library.resize(4096, 0);
    server.file(&format!("{folder}\\App_Web_{name}.dll"), library, time, Some(keys.1));
}
