//! What is known about an email besides its HTML.

use crate::request::ImageRequest;
use crate::snippet::sender::Sender;
use crate::template::Document;

/// What is known of the template of a picture.
#[derive(Debug, Clone, Copy)]
pub enum Known<'a> {
    /// There is no such template.
    Absent,
    /// Nothing: it may not be shown to the author of the email, or could not be read. Then nothing is
    /// said about its params and its size.
    Hidden,
    /// Its document.
    Document(&'a Document),
}

/// A function that knows the templates of pictures.
pub type Templates<'a> = &'a dyn Fn(&ImageRequest) -> Known<'a>;

/// What is known about an email besides its HTML.
#[derive(Clone, Copy, Default)]
pub struct Context<'a> {
    /// The sender. `None` if the author did not name it: then the email's other tags tell it.
    pub sender: Option<&'a Sender>,
    /// The beginnings of our URLs: `https://img.example`. Empty if our pictures are known by their
    /// paths alone.
    pub prefixes: &'a [String],
    /// The templates. `None` if they are not at hand: then nothing is said about params and sizes.
    pub templates: Option<Templates<'a>>,
    /// Unix time in seconds, for signatures that expire. 0 if nobody knows it.
    pub now: u64,
}
