#![forbid(unsafe_code)]
//! Monogram: a URL in, a personalised picture out.
//!
//! # The code map
//!
//! The pipeline is the module list; each stage's output type is the next one's input. A stage imports
//! only from those above it (`tests/architecture.rs` holds it to that).
//!
//! ```text
//! limits memory error geometry color   the ground: budgets, what is kept, failures, px, colours
//! locale text image encode      instruments: languages, glyphs, bitmaps, files; they know nothing of templates
//! incremental                   pictures and files that reuse parts of earlier ones; `encode` knows nothing of it
//! merge_tag                     what a sender writes where a value goes, found in values and in queries
//!
//! request    a URL                → what it asks for: a template, a format, options
//! params     its query            → typed values, each with the reason for it
//! template   a JSON document      → checked types and compiled expressions
//! plan       template + values    → a tree without expressions or defaults, and the assets it needs
//! layout     plan + fonts         → boxes in px, text broken into lines and fitted
//! paint      boxes + assets       → premultiplied pixels
//! render     the three above and `encode`, in one function that reads from top to bottom
//! response   bytes or a problem   → status, headers, body
//! snippet    template + a sender  → the `<img>` that a person pastes into an email
//! page       the samples          → `/`, where a person builds one
//! torture    (in no request) a template's worst cases, whether it stands them, a sheet of them all
//! edge       (wasm only) the fetch event, KV, the cache, assets, logs
//! ```
//!
//! What is not there, on purpose:
//!
//! - The core (all but `edge`) has no clock, no I/O, no randomness and no `worker` type. It says what it needs
//!   (`plan.images`, `plan.fonts`), `edge` fetches that, the core draws.
//! - After `plan` there are no expressions, options or defaults; after `layout` no percentages and no stacks.
//! - `ttf-parser` and `rustybuzz` are named in one file each (`text/outline.rs`, `text/shape.rs`).
//! - No panic can be reached from a URL or a template: the lints in `Cargo.toml` refuse `unwrap`, indexing and
//!   unchecked arithmetic, and numbers go to tiny-skia through [`geometry::px`].
//! - No value of a recipient is in a log, a header or an error: [`error::Problem`] and warnings hold names only.

pub mod color;
pub mod error;
pub mod geometry;
pub mod limits;
pub mod memory;

pub mod encode;
pub mod image;
pub mod locale;
pub mod merge_tag;
pub mod text;

pub mod incremental;
pub mod layout;
pub mod page;
pub mod paint;
pub mod params;
pub mod plan;
pub mod render;
pub mod request;
pub mod response;
pub mod snippet;
pub mod template;
pub mod torture;
