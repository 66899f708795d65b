//! A font file → a face that can be measured and drawn, and the set of faces of a picture.
//!
//! ```text
//! bytes      a file's bytes, whoever owns them, and values that borrow from them
//! instance   what is asked of a face: weight, slant, a place on its axes
//! design     what a face offers, and how near that comes (CSS's font matching)
//! cff        where the programs of outlines are in a table of CFF
//! charstring what the programs cost to run
//! soundness  whether a stranger's tables can harm the shaper or the outliner
//! outline    a file's tables: metrics, coverage, outlines, colour layers
//! synthesis  bold and oblique outlines for a face that has neither
//! forms      the languages with their own forms of letters that others share
//! dictionary the words of scripts that are written without spaces
//! pack       the font packs and dictionaries that come with the Worker
//! attachment where a user of a face stores its own data beside it
//! face       one font file, read
//! cache      templates' fonts, each read once
//! fonts      the faces and dictionaries that a picture may use, and their order
//! check      a font before it is uploaded
//! web        a web font → the font file in it
//! ```
//!
//! A file imports only from those above it. Nothing here knows of texts, runs or paragraphs.

mod attachment;
mod bytes;
mod cache;
mod cff;
mod charstring;
mod check;
mod design;
mod dictionary;
mod face;
mod fonts;
mod forms;
mod instance;
mod outline;
mod pack;
mod soundness;
mod synthesis;
mod web;

pub use self::bytes::Bytes;
pub(crate) use self::bytes::Parsed;
pub use self::check::check;
pub(crate) use self::dictionary::{Dictionary, is_lexical};
pub use self::face::Face;
pub(crate) use self::fonts::Identity;
pub use self::fonts::{DEFAULT_FAMILY, FaceId, FontFile, Fonts, OpenPack};
pub use self::forms::Forms;
pub use self::instance::{Axis, Instance, Tag};
pub use self::outline::{Facts, Layer, Metrics, RuleMetrics};
pub use self::pack::Pack;
pub(crate) use self::pack::is_east_asian_mark;
pub use self::web::{Inflate, Packing, packing, unpack};
