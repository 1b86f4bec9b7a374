//! What happens on a server that nobody attacks.

pub mod disk;
pub mod oddity;
pub mod traffic;
