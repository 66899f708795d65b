//! A URL, and what it asks for. Nothing here looks at a template.

pub mod options;
pub mod route;

pub use options::Options;
pub use route::{Format, ImageRequest, Route, TemplateId};
