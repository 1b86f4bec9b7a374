//! Indicators of compromise: values that others saw in an attack, looked for in our evidence.
//!
//! [`read()`] takes a file in the field's formats and gives what it holds as [`Indicator`]s, and tells what it left out and
//! why. An indicator that would match on every machine is refused at that door (see [`LeftOut`]), whatever list it came
//! in. [`compile()`] makes one search of all that were admitted.
//!
//! Nothing here reads a file or knows the time: whoever calls does.

mod admit;
mod compiled;
mod disk_path;
#[cfg(test)]
mod formats;
mod guess;
mod indicator;
mod intake;
mod json;
mod list;
mod loki;
mod misp;
mod ordinary;
mod pack;
mod pattern;
mod read;
mod refang;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod searching;
mod stix;
mod table;
mod type_name;

pub use compiled::{Compiled, Hit, Literals, Role, compile};
pub use indicator::{About, Confidence, Draft, Indicator, Kind, Syntax};
pub use intake::{LeftOut, Loaded, Refusal, Skip, Why};
pub use read::{FILE_CAP, Format, read};
