//! Windows events: what one says ([`Event`]), how channels store it ([`binary`], [`file`]), and the kinds that the
//! scenarios need ([`make`]), and who started whom ([`lineage`]).

pub mod binary;
pub mod file;
pub mod lineage;
pub mod make;

use crate::moment::Moment;

/// One event.
#[derive(Debug, Clone)]
pub struct Event {
    /// When.
    pub time: Moment,
    /// The provider's name and, for providers of the newer kind, its GUID.
    pub provider: (&'static str, Option<&'static str>),
    /// The event's number.
    pub id: u16,
    /// High half of the classic event number; only classic providers have it.
    pub qualifiers: Option<u16>,
    /// Version, level, task and opcode.
    pub class: (u8, u8, u16, u8),
    /// Keywords.
    pub keywords: u64,
    /// The channel; a slash stands as `%4` in the file's name.
    pub channel: &'static str,
    /// The computer's full name.
    pub computer: String,
    /// Who, where the provider tells.
    pub user: Option<String>,
    /// What it says.
    pub body: Body,
    /// The processes whose numbers are yet to be filled in.
    pub concerns: Concerns,
}

/// The processes that an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Concerns {
    /// None, or none that are numbered.
    Nothing,
    /// One that starts.
    Start(Start),
    /// One that does something.
    Act {
        /// Its full path.
        image: String,
    },
    /// One that opens another.
    Access {
        /// The full path of the one that opens.
        source: String,
        /// The full path of the one that is opened.
        target: String,
    },
}

/// A start of a process, as all logs tell it, also those that leave out a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// Full path of what started it.
    pub parent: String,
    /// The command line of what started it; its full path where that is all that is known.
    pub parent_command: String,
    /// Full path.
    pub image: String,
    /// Command line.
    pub command: String,
}

/// The part of an event below its system part.
#[derive(Debug, Clone)]
pub enum Body {
    /// `EventData` with names.
    Named(Vec<(&'static str, Datum)>),
    /// `EventData` of classic providers: a list without names.
    Listed(Vec<String>),
    /// `UserData` with one element of a namespace.
    User {
        /// The element's name.
        element: &'static str,
        /// Its namespace.
        namespace: &'static str,
        /// Child elements.
        fields: Vec<(&'static str, Datum)>,
    },
}

/// A typed value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Datum {
    /// UTF-16 text.
    Text(String),
    /// A 32-bit number.
    Number(u32),
    /// A 64-bit number shown in hexadecimal.
    Hex(u64),
    /// A time.
    Time(Moment),
    /// A GUID in lower case.
    Guid(String),
    /// A security identifier.
    Sid(String),
}

impl From<&str> for Datum {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Datum {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u32> for Datum {
    fn from(number: u32) -> Self {
        Self::Number(number)
    }
}
