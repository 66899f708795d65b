//! Font files → faces that can be measured, drawn and shaped with.

mod check;
pub(crate) mod dictionary;
mod face;
mod fonts;
mod instance;
pub(crate) mod outline;
pub(crate) mod pack;

pub use self::check::check;
pub use self::face::{Bytes, Face, OpenPack};
pub use self::fonts::{DEFAULT_FAMILY, FaceId, FontFile, Fonts};
pub use self::instance::{Axis, Instance, Tag};
pub use self::outline::{Facts, Layer, Metrics};
pub use self::pack::{Language, Pack};
