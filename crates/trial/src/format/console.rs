//! What somebody typed: the history that the shell keeps for each account, and the hosts file.

use crate::moment::Moment;
use crate::server::{Encoding, Key, Server};

/// Lays down an account's history.
pub fn history(server: &mut Server, account: &str, time: Moment, lines: &[&str], keys: &[(&str, Key)]) {
    let path = format!(
        "C:\\Users\\{account}\\AppData\\Roaming\\Microsoft\\Windows\\PowerShell\\PSReadLine\\ConsoleHost_history.txt"
    );
    let text: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    server.text(&path, &text, Encoding::Plain, time, keys);
}

/// Lays down the hosts file with lines added at its end.
pub fn hosts(server: &mut Server, time: Moment, added: &[&str], keys: &[(&str, Key)]) {
    let head = "# Copyright (c) 1993-2009 Microsoft Corp.\r\n#\r\n# This is a sample HOSTS file used by Microsoft TCP/IP \
                for Windows.\r\n#\r\n#\t127.0.0.1       localhost\r\n#\t::1             localhost\r\n";
    let text: String = std::iter::once(head.to_owned()).chain(added.iter().map(|line| format!("{line}\r\n"))).collect();
    server.text("C:\\Windows\\System32\\drivers\\etc\\hosts", &text, Encoding::Plain, time, keys);
}
