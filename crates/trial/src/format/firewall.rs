//! The log of Windows' firewall: one row for each connection that it let through or cut off, in local time
//! (columns and order as the product's documentation has them).

use crate::moment::Moment;
use crate::server::{Encoding, Head, Key, Server};

const HEAD: &str = "#Version: 1.5\r\n#Software: Microsoft Windows Firewall\r\n#Time Format: Local\r\n\
    #Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype \
    icmpcode info path\r\n\r\n";

/// A connection over TCP.
#[derive(Debug, Clone, Copy)]
pub struct Connection<'a> {
    /// `ALLOW` or `DROP`.
    pub action: &'a str,
    /// Who asked, and from which port.
    pub from: (&'a str, u16),
    /// Who was asked, and at which port.
    pub to: (&'a str, u16),
    /// `SEND` or `RECEIVE`.
    pub path: &'a str,
}

/// A row.
pub fn row(server: &mut Server, time: Moment, connection: &Connection<'_>, key: Option<Key>) {
    let Connection { action, from, to, path } = *connection;
    let local = server.host.local(time).w3c();
    let text = format!("{local} {action} TCP {} {} {} {} 0 - 0 0 0 - - - {path}", from.0, to.0, from.1, to.1);
    let place = "C:\\Windows\\System32\\LogFiles\\Firewall\\pfirewall.log";
    server.row(place, || Head::Windows { text: HEAD, encoding: Encoding::Plain }, time, text, key);
}
