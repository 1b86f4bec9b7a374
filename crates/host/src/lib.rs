//! The live machine: the one crate with system calls. Start at [`limits`], which a worker process puts on itself.
#![warn(missing_docs)]

pub mod holes;
pub mod limits;
