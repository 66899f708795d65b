//! The path of a URL: which page, or which template in which format.

use std::fmt;

use crate::error::{Fault, Problem};

use super::query;

/// A template's id: slugs `[a-z0-9-]+` joined by `/`; the first is the client where there are several.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TemplateId(String);

impl TemplateId {
    /// A KV key has at most 512 bytes, and the id shares it with a prefix and a revision.
    const MAX_BYTES: usize = 256;

    /// The id, where `text` is one. Slugs only: an id is a KV key, a cache tag and a part of URLs, and
    /// stays the same text in all of them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let slug =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        (text.len() <= Self::MAX_BYTES && text.split('/').all(slug)).then(|| Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TemplateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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

impl Format {
    /// The format of an extension, in any case (`.PNG` is what some file dialogs write); `jpeg` is `jpg`.
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

    /// The `Content-Type`.
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

    /// Whether it is a picture, and not a view of one.
    #[must_use]
    pub const fn is_image(self) -> bool {
        matches!(self, Self::Png | Self::Jpg | Self::Webp | Self::Gif)
    }
}

/// A parsed image URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRequest {
    /// Which template.
    pub template: TemplateId,
    /// `@7`, or the live one.
    pub revision: Option<u32>,
    /// What to answer with.
    pub format: Format,
}

/// What a path asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// `/`: the page that builds snippets.
    Home,
    /// `/healthz`
    Health,
    /// `/i/{template}…`
    Image(ImageRequest),
    /// `/s/{policy}/{template}…`: refused until signing exists.
    Signed(ImageRequest),
    /// `/x/{sealed}/{template}…`: refused until signing exists.
    Sealed(ImageRequest),
    /// `/v1/senders`
    Senders,
    /// `/v1/snippet/{template}[@{revision}]`
    Snippet {
        /// Which template.
        template: TemplateId,
        /// `@7`, or the live one.
        revision: Option<u32>,
    },
}

impl Route {
    /// Reads a raw path. It is percent-decoded once: a link rewriter may write `%40` for the `@` of a
    /// revision, and nothing that decoding adds is in the alphabet of a slug.
    ///
    /// # Errors
    /// 404, with what a path looks like.
    pub fn parse(path: &str) -> Result<Self, Problem> {
        let decoded = query::decode_path(path).ok_or_else(no_page)?;
        match decoded.as_ref() {
            "/" => return Ok(Self::Home),
            "/healthz" => return Ok(Self::Health),
            _ => {}
        }
        let (kind, rest) = decoded.strip_prefix('/').and_then(|rest| rest.split_once('/')).ok_or_else(no_page)?;
        match kind {
            "i" => Ok(Self::Image(image(rest)?)),
            "s" => Ok(Self::Signed(image(after_key(rest)?)?)),
            "x" => Ok(Self::Sealed(image(after_key(rest)?)?)),
            "v1" => match (rest, rest.strip_prefix("snippet/")) {
                ("senders", _) => Ok(Self::Senders),
                (_, Some(name)) => pinned(name).map(|(template, revision)| Self::Snippet { template, revision }),
                _ => Err(no_page()),
            },
            _ => Err(no_page()),
        }
    }

    /// Its name in logs.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Health => "health",
            Self::Image(_) => "image",
            Self::Signed(_) => "signed",
            Self::Sealed(_) => "sealed",
            Self::Senders => "senders",
            Self::Snippet { .. } => "snippet",
        }
    }
}

/// Whether an error at this path must be a picture, because the path may be in an `<img>`: everything
/// under `/i/`, `/s/` and `/x/`, however mangled, but for the views.
#[must_use]
pub fn is_image(path: &str) -> bool {
    let under = |prefix| path.starts_with(prefix);
    let extension = path.rsplit_once('.').and_then(|(_, extension)| Format::from_extension(extension));
    (under("/i/") || under("/s/") || under("/x/")) && extension.is_none_or(Format::is_image)
}

/// What follows the policy or the sealed params, base64url both.
fn after_key(rest: &str) -> Result<&str, Problem> {
    let (key, rest) = rest.split_once('/').ok_or_else(no_template)?;
    let key_is_plain = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if key_is_plain { Ok(rest) } else { Err(no_template()) }
}

/// `{template}[@{revision}].{ext}`
fn image(text: &str) -> Result<ImageRequest, Problem> {
    let (name, extension) = text.rsplit_once('.').ok_or_else(no_format)?;
    let format = Format::from_extension(extension).ok_or_else(no_format)?;
    let (template, revision) = pinned(name)?;
    Ok(ImageRequest { template, revision, format })
}

/// `{template}[@{revision}]`
fn pinned(name: &str) -> Result<(TemplateId, Option<u32>), Problem> {
    let (template, revision) = match name.split_once('@') {
        Some((template, revision)) => (template, Some(self::revision(revision).ok_or_else(no_revision)?)),
        None => (name, None),
    };
    Ok((TemplateId::parse(template).ok_or_else(no_template)?, revision))
}

/// From 1, in its one spelling: a revision is part of a KV key.
fn revision(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}

fn no_page() -> Problem {
    Problem::new(Fault::NotFound, "unknown-page", "There is no page at this path")
        .remedy("pictures are at /i/{template}.png, and / lists the samples")
}

fn no_template() -> Problem {
    Problem::new(Fault::NotFound, "bad-template-id", "The path names no template")
        .remedy("a template is lower-case letters, digits and hyphens, its parts joined by /")
}

fn no_revision() -> Problem {
    Problem::new(Fault::NotFound, "bad-revision", "What follows the @ is no revision")
        .remedy("a revision is a whole number from 1: welcome@7.png")
}

fn no_format() -> Problem {
    Problem::new(Fault::NotFound, "unknown-format", "The path does not end in a known extension")
        .remedy("end it in .png, .jpg, .webp or .gif; or in .json, .html or .txt for a view")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(template: &str, revision: Option<u32>, format: Format) -> ImageRequest {
        ImageRequest { template: TemplateId(template.to_owned()), revision, format }
    }

    fn snippet(template: &str, revision: Option<u32>) -> Route {
        Route::Snippet { template: TemplateId(template.to_owned()), revision }
    }

    #[test]
    fn reads_paths() {
        use Format::{Gif, Html, Jpg, Json, Png, Txt, Webp};
        for (path, route) in [
            ("/", Route::Home),
            ("/healthz", Route::Health),
            ("/i/welcome.png", Route::Image(picture("welcome", None, Png))),
            ("/i/welcome.PNG", Route::Image(picture("welcome", None, Png))),
            ("/i/welcome.jpeg", Route::Image(picture("welcome", None, Jpg))),
            ("/i/welcome.webp", Route::Image(picture("welcome", None, Webp))),
            ("/i/welcome.gif", Route::Image(picture("welcome", None, Gif))),
            ("/i/welcome.json", Route::Image(picture("welcome", None, Json))),
            ("/i/welcome.html", Route::Image(picture("welcome", None, Html))),
            ("/i/welcome.txt", Route::Image(picture("welcome", None, Txt))),
            ("/i/acme/q3-2026/hero.png", Route::Image(picture("acme/q3-2026/hero", None, Png))),
            ("/i/welcome@7.png", Route::Image(picture("welcome", Some(7), Png))),
            ("/i/acme%2Fwelcome%407%2Epng", Route::Image(picture("acme/welcome", Some(7), Png))),
            ("/s/p1/acme/welcome.png", Route::Signed(picture("acme/welcome", None, Png))),
            ("/x/Q2-_9/welcome@2.jpg", Route::Sealed(picture("welcome", Some(2), Jpg))),
            ("/v1/senders", Route::Senders),
            ("/v1/snippet/welcome", snippet("welcome", None)),
            ("/v1/snippet/acme/welcome@7", snippet("acme/welcome", Some(7))),
        ] {
            assert_eq!(Route::parse(path), Ok(route), "{path}");
        }
    }

    #[test]
    fn refuses_other_paths() {
        for (path, code) in [
            ("", "unknown-page"),
            ("/i", "unknown-page"),
            ("/v1/templates", "unknown-page"),
            ("/v1/snippet", "unknown-page"),
            ("/v1/snippet/", "bad-template-id"),
            ("/v1/snippet/welcome.png", "bad-template-id"),
            ("/v1/snippet/welcome@x", "bad-revision"),
            ("/favicon.ico", "unknown-page"),
            ("//i/welcome.png", "unknown-page"),
            ("/%E7", "unknown-page"),
            ("/i/", "unknown-format"),
            ("/i/welcome", "unknown-format"),
            ("/i/welcome.bmp", "unknown-format"),
            ("/i/welcome.png/", "unknown-format"),
            ("/i/.png", "bad-template-id"),
            ("/i/Welcome.png", "bad-template-id"),
            ("/i/a//b.png", "bad-template-id"),
            ("/i/../b.png", "bad-template-id"),
            ("/i/%252e.png", "bad-template-id"),
            ("/i/wel%00come.png", "bad-template-id"),
            ("/i/welcome@.png", "bad-revision"),
            ("/i/welcome@0.png", "bad-revision"),
            ("/i/welcome@07.png", "bad-revision"),
            ("/i/welcome@-1.png", "bad-revision"),
            ("/i/welcome@1@2.png", "bad-revision"),
            ("/i/welcome@99999999999.png", "bad-revision"),
            ("/s/welcome.png", "bad-template-id"),
            ("/s//welcome.png", "bad-template-id"),
        ] {
            let problem = Route::parse(path).map_err(|problem| (problem.status(), problem.code));
            assert_eq!(problem, Err((404, code)), "{path}");
        }
        assert_eq!(TemplateId::parse(&"a".repeat(257)), None);
    }

    #[test]
    fn errors_in_an_img_are_pictures() {
        for (path, image) in [
            ("/i/welcome.png", true),
            ("/i/welcome", true),
            ("/i/", true),
            ("/s/x/welcome.gif", true),
            ("/x/abc", true),
            ("/i/welcome.json", false),
            ("/i/welcome.html", false),
            ("/s/k/welcome.txt", false),
            ("/v1/templates", false),
            ("/favicon.ico", false),
            ("/", false),
        ] {
            assert_eq!(is_image(path), image, "{path}");
        }
    }
}
