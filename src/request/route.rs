//! The path of a URL: which page, or which template in which format.

/// A template's id: slugs `[a-z0-9-]+` joined by `/`; the first is the client where there are several.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TemplateId(String);

/// The extension of a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An image, lossless.
    Png,
    /// An image, lossy.
    Jpg,
    /// An image.
    Webp,
    /// An image, 256 colours.
    Gif,
    /// A view that explains the render.
    Json,
    /// A view: an `<img>` snippet.
    Html,
    /// A view: the alt text.
    Txt,
}

/// A parsed image URL.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageRequest {
    /// Which template.
    pub template: TemplateId,
    /// `@7`, or the live one.
    pub revision: Option<u32>,
    /// What to answer with.
    pub format: Format,
}

/// What a path asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Route {
    /// `/`: the page of samples.
    Home,
    /// `/healthz`
    Health,
    /// `/i/…`
    Image(ImageRequest),
}
