#![forbid(unsafe_code)]
//! Monogram: a URL in, a personalised picture out.
//!
//! The pipeline is the module list; each stage's output type is the next one's input.

pub mod color;
pub mod error;
pub mod geometry;
pub mod limits;

pub mod encode;
pub mod image;
pub mod params;
pub mod template;
pub mod plan;
pub mod request;
pub mod response;
pub mod text;

#[cfg(target_arch = "wasm32")]
mod edge;
