#![forbid(unsafe_code)]
//! Monogram: a URL in, a personalised picture out. This crate is the core, which draws; `worker/`
//! brings it to Cloudflare, and `cli/` to the command line.
//!
//! # The code map
//!
//! The modules are listed in the order of the pipeline; each stage's output type is the next
//! stage's input. A stage imports only from those above it (`tests/architecture` checks this).
//!
//! ```text
//! limits lru error geometry projection color asset remote
//!            the basis: budgets, caches, failures, px, colours, names and URLs of files
//! locale font text image code encode
//!            the tools: languages, faces, lines of glyphs, bitmaps, codes for machines, files; none knows of templates
//! merge_tag  a sender's placeholder for a value, found in values and in queries
//!
//! request    a URL                → the requested template, format and options
//! access     an API key           → the permitted actions, and the ids they apply to
//! params     its query            → typed values, each with the reason for it
//! policy     a signature or seal  → the permitted contents of the URL, and the values in them
//! template   a JSON document      → checked types and compiled expressions
//! inputs     the three above, and the circumstances: everything that decides a picture
//! plan       inputs               → a tree without expressions or defaults, and the files it needs
//! layout     plan + files         → boxes in px, text broken into lines and fitted
//! paint      boxes + files        → premultiplied pixels
//! incremental  the same from an earlier picture, chosen by render, unknown to the stages
//! world      where files come from, as a trait
//! render     the stages and `encode`, in one function that reads from top to bottom
//! response   bytes or a problem   → status, headers, body
//! snippet    template + a sender  → the `<img>` that a person pastes into an email
//! lint       an email's HTML      → what is wrong with the pictures in it
//! api        (of no picture) the management API without its stores
//! mcp        (of no picture) the same for programs that a language model drives
//! page       the samples          → `/`, where a person builds one
//! torture    (in no request) a template's worst cases, whether it survives them, a sheet of all
//! audience   (in no request) a file of recipients: whose pictures are bad, and why
//! ```
//!
//! # Invariants, as absences
//!
//! - There is no clock, no I/O, no randomness and no `worker` type. A plan names the files that it
//!   needs, a [`world`] brings them, and the core draws. It compiles for any wasm host.
//! - After `plan` there are no expressions, options or defaults; after `layout` there are no
//!   percentages and no stacks.
//! - `paint` knows no file format, and neither `paint` nor `encode` knows that pictures are made
//!   from earlier ones.
//! - `ttf-parser` and `rustybuzz` are named in one file each (`font/outline.rs`, `text/shape.rs`).
//! - No panic can be reached from a URL or a template: the lints in `Cargo.toml` refuse `unwrap`,
//!   indexing and unchecked arithmetic, and numbers go to tiny-skia through [`geometry::px`].
//! - No recipient's value is in a log, a header or an error: [`error::Problem`] and warnings hold
//!   names only.

pub mod asset;
pub mod color;
pub mod context;
pub mod error;
pub mod geometry;
pub mod limits;
pub mod lru;
pub mod ordered;
pub mod projection;
pub mod remote;
pub mod warnings;

pub mod code;
pub mod encode;
pub mod font;
pub mod image;
pub mod locale;
pub mod merge_tag;
pub mod text;

pub mod access;
pub mod api;
pub mod audience;
pub mod incremental;
pub mod inputs;
pub mod jobs;
pub mod layout;
pub mod lint;
pub mod mcp;
pub mod page;
pub mod paint;
pub mod params;
pub mod plan;
pub mod policy;
pub mod render;
pub mod request;
pub mod response;
pub mod snippet;
pub mod table;
pub mod template;
pub mod torture;
pub mod world;

pub use inputs::Inputs;
pub use render::render;
