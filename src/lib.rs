#![forbid(unsafe_code)]
//! Monogram.
#[cfg(target_arch = "wasm32")]
mod edge;
