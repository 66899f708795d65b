//! A file as a patch of a baseline's file.

mod artwork;
pub mod region;
pub mod strips;
