//! The tests of the crate as its callers see it, in one binary: one file or folder per topic.
//!
//! Data lies beside its module, in a folder of the same or a similar name (`golden`, `corpus`,
//! `oracle`…). What several modules need is in `util`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test states what must hold, in its helper functions too"
)]

mod architecture;
mod cache_key;
mod context;
mod encode;
mod expressions;
mod filters;
mod first_hour;
mod fonts;
mod goldens;
mod hostile;
mod image_decode;
mod image_files;
mod image_resample;
mod incremental;
mod layout_matches_chromium;
mod line_breaking_matches_chromium;
mod lint;
mod live;
mod locale;
mod looks;
mod merge_tags;
mod openapi;
mod paint_matches_chromium;
mod perspective;
mod png_strict;
mod policy;
mod remote;
mod routes;
mod schema;
mod snippet;
mod tables;
mod text;
mod torture;
mod web_fonts;

mod util;
