//! Matchers: bytes → tokens. They differ in how long they search for matches.

mod best;
mod fast;
mod length;
mod runs;

pub use best::Best;
pub use fast::Fast;
pub use runs::Runs;
