//! Virtual directories of the mail server: which can be given an address and be reset.

use crate::format::page;
use crate::host::Host;
use crate::moment::Moment;

/// A kind of directory, as commands, requests and the file of a reset name it.
#[derive(Debug, Clone, Copy)]
pub struct Directory {
    /// As commands spell it in the event log.
    pub noun: &'static str,
    /// As requests spell it, and commands of the admin centre.
    pub schema: &'static str,
    /// The application's name.
    pub name: &'static str,
    /// Its folder below the product's.
    pub folder: &'static str,
    /// The address that is set.
    pub property: &'static str,
    /// The parameter, and its value, by which it is removed without a question.
    pub unasked: (&'static str, &'static str),
    /// What a reset writes to a file: host, moment, identifier and address.
    pub dump: fn(&Host, Moment, &str, &str) -> String,
}

/// The address book's, by its external address: the usual one.
pub const ADDRESS_BOOK: Directory = Directory {
    noun: "OabVirtualDirectory",
    schema: "OABVirtualDirectory",
    name: "OAB",
    folder: "FrontEnd\\HttpProxy\\OAB",
    property: "ExternalUrl",
    unasked: ("Force", "True"),
    dump: page::directory_dump,
};

/// The admin centre's, by its internal address.
pub const ADMIN_CENTRE: Directory = Directory {
    noun: "EcpVirtualDirectory",
    schema: "ECPVirtualDirectory",
    name: "ecp",
    folder: "FrontEnd\\HttpProxy\\ecp",
    property: "InternalUrl",
    unasked: ("Confirm", "False"),
    dump: page::admin_dump,
};
