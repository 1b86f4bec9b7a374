//! Generators, one file for each format of evidence. Each knows how a row or file is spelled and where it lies; what
//! is said in it comes from the caller.

pub mod compiled;
pub mod config;
pub mod console;
pub mod defender;
pub mod ecp;
pub mod ews;
pub mod firewall;
pub mod hive;
pub mod management;
pub mod oab;
pub mod page;
pub mod process;
pub mod proxy;
pub mod task;
pub mod web;

/// Removes the marks `¦` that keep telling words apart in this crate's source.
pub fn whole(text: &str) -> String {
    text.replace('¦', "")
}

/// A field of a comma-separated row (RFC 4180).
pub fn csv(field: &str) -> String {
    if field.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
