//! Runs the real executable in a folder of its own. Start at [`Sandbox::new`].
//!
//! The environment is cleared, so that the machine's language, colours and settings do not reach a test.
//! Everything here fails at once, with a sentence, when a test cannot be set up.
#![expect(clippy::expect_used, reason = "a test that cannot be set up must fail at once")]

mod markup;
mod run;
mod sandbox;

pub use markup::{Element, Markup};
pub use run::{Call, Run};
pub use sandbox::{Sandbox, files_below};
