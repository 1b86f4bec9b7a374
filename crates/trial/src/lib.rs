//! Test servers by a second author, and the score of a build on them.
//!
//! Rules and readers are tuned on what their own author thought of. This crate was written without a look at them,
//! from public facts alone (../shared/facts), so that the share it finds tells something. Start at [`scenario`], which
//! lists the servers; [`server`] is what they are built on; [`habits`] holds who does what and how: three sets
//! that are open by now, and three that stay closed for the last measurements. Nothing that ships depends on this crate.
//!
//! What it writes is inert: log rows after the fact, and pages as a scanner would see them. Telling words are joined
//! at run time, so that a virus scanner lets the source lie.

pub mod attack;
pub mod benign;
pub mod dice;
pub mod event;
pub mod format;
pub mod habits;
pub mod host;
pub mod moment;
pub mod noise;
pub mod program;
pub mod scenario;
pub mod score;
pub mod server;
pub mod shape;
pub mod technique;
pub mod truth;
