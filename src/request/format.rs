//! The format of an answer.

/// The format of an answer, by the extension of its URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A picture, lossless.
    Png,
    /// A picture, lossy.
    Jpg,
    /// A picture, lossless.
    Webp,
    /// A picture of at most 256 colours.
    Gif,
    /// A view of a picture: the explanation of how it came out.
    Json,
    /// A view of a picture: an `<img>` element.
    Html,
    /// A view of a picture: its alt text.
    Txt,
}

impl Format {
    /// The format of an extension, in any case (some file dialogs write `.PNG`). `jpeg` is `jpg`.
    /// `None` if the extension is unknown.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        Some(match extension.to_ascii_lowercase().as_str() {
            "png" => Self::Png,
            "jpg" | "jpeg" => Self::Jpg,
            "webp" => Self::Webp,
            "gif" => Self::Gif,
            "json" => Self::Json,
            "html" => Self::Html,
            "txt" => Self::Txt,
            _ => return None,
        })
    }

    /// The extension, without its dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpg => "jpg",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Json => "json",
            Self::Html => "html",
            Self::Txt => "txt",
        }
    }

    /// The value of `Content-Type`.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Json => "application/json; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
            Self::Txt => "text/plain; charset=utf-8",
        }
    }

    /// Whether the format is that of a picture, and not that of a view.
    #[must_use]
    pub const fn is_image(self) -> bool {
        matches!(self, Self::Png | Self::Jpg | Self::Webp | Self::Gif)
    }
}
