//! The URL of a picture of ours: whether a URL in an email is one, and its parts.
//!
//! An `&`, a `?` or a `#` inside a merge tag separates nothing, because the sender replaces the tag.

use std::ops::Range;

use crate::limits::Limits;
use crate::merge_tag;
use crate::request::query::{self, Pair};
use crate::request::{Format, Route, route};

use super::mask;

/// The folders of pictures.
const FOLDERS: [&str; 3] = ["/i/", "/s/", "/x/"];

/// The parts of a picture's URL, as byte ranges of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The scheme.
    pub scheme: Scheme,
    /// The host with its port. Empty if there is none.
    pub host: Range<usize>,
    /// The path of the picture, which begins with `/i/`, `/s/` or `/x/`.
    pub path: Range<usize>,
    /// The query without its `?`, up to the end of the URL: a `#` that is part of a tag does not end
    /// it.
    pub query: Range<usize>,
    /// The merge tags whose delimiters are unmistakable.
    pub tags: Vec<Range<usize>>,
}

/// How a URL begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `https://`
    Https,
    /// `http://`
    Http,
    /// `//`, or a path alone.
    None,
    /// A merge tag, whose value may have a scheme.
    Tag,
}

impl Address {
    /// Reads a URL. `None` if it is not that of a picture of ours: its path must begin with one of
    /// our folders and end in the extension of a picture. With `prefixes`
    /// (`https://img.example`), only URLs that begin with one of them are ours, whatever their
    /// extension is; a URL without a host is judged by its path.
    #[must_use]
    pub fn read(text: &str, prefixes: &[String], limits: &Limits) -> Option<Self> {
        // A longer text is no URL: embedded pictures are.
        if text.len() > limits.url_bytes.saturating_mul(2) || !FOLDERS.iter().any(|folder| text.contains(folder)) {
            return None;
        }
        let tags = merge_tag::spans(text);
        let outside = |at: usize| !mask::covers(&tags, at);
        let find = |from: usize, signs: &[char]| {
            let rest = text.get(from..).unwrap_or_default();
            let found = rest.match_indices(signs).map(|(at, _)| from.saturating_add(at)).find(|at| outside(*at));
            found.unwrap_or(text.len())
        };
        let begins = |start: &str| text.get(..start.len()).is_some_and(|is| is.eq_ignore_ascii_case(start));
        let (scheme, host) = if begins("https://") {
            (Scheme::Https, 8)
        } else if begins("http://") {
            (Scheme::Http, 7)
        } else if begins("//") {
            (Scheme::None, 2)
        } else if text.starts_with('/') {
            (Scheme::None, 0)
        } else if tags.first().is_some_and(|tag| tag.start == 0) {
            (Scheme::Tag, 0)
        } else {
            return None;
        };
        let end_of_host = find(host, &['/', '?', '#']);
        let mut path = end_of_host..find(end_of_host, &['?', '#']);
        let mut is_named = false;
        if !prefixes.is_empty() && host < end_of_host && scheme != Scheme::Tag {
            let after = text.get(host..)?;
            let below = |prefix: &String| {
                let prefix = prefix.split_once("://").map_or(prefix.as_str(), |(_, rest)| rest).trim_end_matches('/');
                let same = after.get(..prefix.len()).is_some_and(|is| is.eq_ignore_ascii_case(prefix));
                same.then_some(prefix.len())
            };
            let length = prefixes.iter().filter_map(below).max()?;
            path.start = host.saturating_add(length);
            is_named = true;
        }
        let text_of_path = text.get(path.clone())?;
        let extension = text_of_path.rsplit_once('.').and_then(|(_, extension)| Format::from_extension(extension));
        let is_ours = FOLDERS.iter().any(|folder| text_of_path.starts_with(folder))
            && (is_named || extension.is_some_and(Format::is_image));
        if !is_ours {
            return None;
        }
        let query = match text.get(path.end..) {
            Some(rest) if rest.starts_with('?') => path.end.saturating_add(1)..text.len(),
            _ => text.len()..text.len(),
        };
        Some(Self { scheme, host: host..end_of_host, path, query, tags })
    }

    /// Whether a part of the URL contains a merge tag with unmistakable delimiters.
    #[must_use]
    pub fn has_tag(&self, part: &Range<usize>) -> bool {
        self.tags.iter().any(|tag| tag.start < part.end && tag.end > part.start)
    }

    /// The pairs of the query, those after a `#` included; places are those of the query.
    #[must_use]
    pub fn pairs<'a>(&self, text: &'a str, limits: &Limits) -> Vec<Pair<'a>> {
        query::pairs(text.get(self.query.clone()).unwrap_or_default(), limits)
    }

    /// The first `#` that ends the URL. A `#` of a merge tag does not, nor does one in a value that
    /// `is_tag`: `#FIRSTNAME#`.
    #[must_use]
    pub fn fragment(&self, text: &str, is_tag: impl Fn(&str) -> bool, limits: &Limits) -> Option<usize> {
        let start = self.path.end;
        let rest = text.get(start..).filter(|rest| rest.contains('#'))?;
        let of_value = |pair: &Pair<'_>| {
            let at = self.query.start.saturating_add(pair.at.start)..self.query.start.saturating_add(pair.at.end);
            pair.raw_value.filter(|value| value.contains('#') && is_tag(value)).map(|_| at)
        };
        let values: Vec<Range<usize>> = self.pairs(text, limits).iter().filter_map(of_value).collect();
        let is_tag = |at: usize| mask::covers(&self.tags, at) || mask::covers(&values, at);
        rest.match_indices('#').map(|(at, _)| start.saturating_add(at)).find(|at| !is_tag(*at))
    }

    /// What the path asks for. `None` if it contains a tag, so that only the sender knows.
    #[must_use]
    pub fn route(&self, text: &str) -> Option<Result<Route, crate::error::Problem>> {
        let path = text.get(self.path.clone()).filter(|_| !self.has_tag(&self.path))?;
        Some(route::find("GET", path).map(|(_, route)| route))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str, prefixes: &[&str]) -> String {
        let prefixes: Vec<String> = prefixes.iter().map(|prefix| (*prefix).to_owned()).collect();
        match Address::read(text, &prefixes, &Limits::default()) {
            None => "-".to_owned(),
            Some(address) => {
                let is_tag = |value: &str| merge_tag::find(value).is_some();
                let fragment = address.fragment(text, is_tag, &Limits::default());
                let Address { scheme, host, path, query, .. } = address;
                let part = |part: Range<usize>| text.get(part).unwrap();
                let fragment = fragment.map_or("", |at| part(at..text.len()));
                format!("{scheme:?} {} {} {} {fragment}", part(host), part(path), part(query)).trim_end().to_owned()
            }
        }
    }

    #[test]
    fn reads_urls_of_pictures() {
        for (text, expected) in [
            ("https://img.example/i/welcome.png", "Https img.example /i/welcome.png"),
            ("HTTP://img.example:8080/i/a/b@2.JPG?x=1", "Http img.example:8080 /i/a/b@2.JPG x=1"),
            ("//img.example/x/tok/a.gif", "None img.example /x/tok/a.gif"),
            ("/s/tok/a.webp?", "None  /s/tok/a.webp"),
            ("{{ base }}/i/a.png?n={{ a?b#c }}", "Tag {{ base }} /i/a.png n={{ a?b#c }}"),
            ("https://e.example/i/a.png?c=#fff", "Https e.example /i/a.png c=#fff #fff"),
            ("https://e.example/i/a.png#x?c=1", "Https e.example /i/a.png  #x?c=1"),
            ("https://e.example/i/a.png?n=#FIRST_NAME#&b=#1", "Https e.example /i/a.png n=#FIRST_NAME#&b=#1 #1"),
            ("https://e.example/i/a.png?n={{#if x}}y{{/if}}", "Https e.example /i/a.png n={{#if x}}y{{/if}}"),
            ("https://e.example/i/a.html", "-"),
            ("https://e.example/img/a.png", "-"),
            ("https://e.example/pics/i/a.png", "-"),
            ("i/a.png", "-"),
            ("mailto:a@b.example?body=/i/a.png", "-"),
            ("", "-"),
        ] {
            assert_eq!(show(text, &[]), expected, "{text}");
        }
    }

    #[test]
    fn a_prefix_says_which_hosts_are_ours() {
        let prefixes = ["https://img.example/", "https://cdn.example/pics"];
        for (text, expected) in [
            ("http://IMG.example/i/a.png", "Http IMG.example /i/a.png"),
            ("https://img.example/i/a.html", "Https img.example /i/a.html"),
            ("https://cdn.example/pics/i/a.png", "Https cdn.example /i/a.png"),
            ("https://cdn.example/i/a.png", "-"),
            ("https://img.example.evil.example/i/a.png", "-"),
            ("/i/a.png", "None  /i/a.png"),
            ("{{ host }}/i/a.png", "Tag {{ host }} /i/a.png"),
        ] {
            assert_eq!(show(text, &prefixes), expected, "{text}");
        }
    }
}
