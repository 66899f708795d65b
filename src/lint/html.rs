//! The HTML of an email → its elements with the places of their attributes, and its style sheets.
//!
//! Outlook reads what stands in conditional comments (`<!--[if mso]> <v:fill src="…"> <![endif]-->`),
//! so that their content is read as HTML too.
//!
//! This is the tokenizer of HTML (WHATWG HTML §13.2.5) without what an email's pictures do not need:
//! no character references, which the masked text does not have, no escapes in scripts, no doctypes.
//! The smallest library that does it, `html5gum`, would add 63 kB of gzipped wasm; a test compares
//! the two.
//!
//! Invariant: the time is linear, and no comment is read more than twice.

use std::ops::Range;

/// One start tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its name in lower case: `img`, `v:fill`.
    pub name: String,
    /// The byte of its `<`.
    pub at: usize,
    /// Its attributes, in their order.
    pub attributes: Vec<Attribute>,
}

impl Element {
    /// The first attribute of this name, which is the one that counts.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

/// One attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name in lower case.
    pub name: String,
    /// The bytes of its value, without quotes. Empty if it has none.
    pub value: Range<usize>,
    /// The quote around its value. `None` if it has none.
    pub quote: Option<char>,
}

/// What an email consists of, as far as it can show a picture or a merge tag.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Its elements.
    pub elements: Vec<Element>,
    /// The bytes of its style sheets.
    pub styles: Vec<Range<usize>>,
    /// The bytes of its texts.
    pub texts: Vec<Range<usize>>,
}

/// Reads a masked email (see [`mask`](super::mask)).
#[must_use]
pub fn read(masked: &str) -> Parts {
    let mut parts = Parts::default();
    let mut comments = Vec::new();
    Reader { text: masked, at: 0, parts: &mut parts, comments: &mut comments }.read();
    for comment in comments {
        if let Some(inner) = conditional(masked, comment) {
            // A comment inside of a comment is none.
            let text = masked.get(..inner.end).unwrap_or_default();
            Reader { text, at: inner.start, parts: &mut parts, comments: &mut Vec::new() }.read();
        }
    }
    parts.elements.sort_unstable_by_key(|element| element.at);
    parts
}

/// Elements whose content is text, whatever tags it has.
const RAW: [&str; 8] = ["style", "script", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];

/// A part of an email, read up to a byte.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    parts: &'a mut Parts,
    comments: &'a mut Vec<Range<usize>>,
}

impl Reader<'_> {
    fn read(&mut self) {
        // Where the text began that is being read.
        let mut text = self.at;
        while let Some(start) = self.find(self.at, "<") {
            let rest = self.text.get(start.saturating_add(1)..).unwrap_or_default().as_bytes();
            let name = match rest {
                [b'!' | b'?', ..] => None,
                [b'/', first, ..] if first.is_ascii_alphabetic() => Some(start.saturating_add(2)),
                [b'/', ..] => None,
                [first, ..] if first.is_ascii_alphabetic() => Some(start.saturating_add(1)),
                _ => {
                    self.at = start.saturating_add(1);
                    continue;
                }
            };
            self.text_to(text, start);
            match name {
                Some(name) => self.tag(start, name),
                None => self.comment(start),
            }
            text = self.at;
        }
        self.text_to(text, self.text.len());
    }

    fn text_to(&mut self, start: usize, end: usize) {
        if start < end {
            self.parts.texts.push(start..end);
        }
    }

    /// Reads `<!-- … -->`, or whatever else begins with `<!`, `<?` or `</` and ends with a `>`.
    fn comment(&mut self, start: usize) {
        let Some(inner) = self.text.get(start..).and_then(|rest| rest.strip_prefix("<!--")) else {
            self.at = self.find(start, ">").map_or(self.text.len(), |end| end.saturating_add(1));
            return;
        };
        let length = if inner.starts_with('>') {
            1
        } else if inner.starts_with("->") {
            2
        } else {
            let ends = [("-->", 3), ("--!>", 4)];
            let ends = ends.map(|(end, length): (&str, usize)| inner.find(end).map(|at| at.saturating_add(length)));
            ends.into_iter().flatten().min().unwrap_or(inner.len())
        };
        self.at = start.saturating_add(4).saturating_add(length);
        self.comments.push(start..self.at);
    }

    /// Reads a tag whose name begins at `name`.
    fn tag(&mut self, start: usize, name: usize) {
        let end = self.skip_to(name, |byte| is_space(byte) || matches!(byte, b'/' | b'>'));
        let is_start = name == start.saturating_add(1);
        let mut element = Element { name: self.lower(name..end), at: start, attributes: Vec::new() };
        self.at = end;
        loop {
            self.at = self.skip_to(self.at, |byte| !is_space(byte) && byte != b'/');
            match self.byte(self.at) {
                // A tag that the email ends in is none.
                None => return,
                Some(b'>') => break,
                Some(_) => {}
            }
            let attribute = self.attribute();
            element.attributes.push(attribute);
        }
        self.at = self.at.saturating_add(1);
        if !is_start {
            return;
        }
        if RAW.contains(&element.name.as_str()) {
            let content = self.at..self.closing(&element.name);
            self.at = content.end;
            if !content.is_empty() {
                if element.name == "style" { self.parts.styles.push(content) } else { self.parts.texts.push(content) }
            }
        }
        self.parts.elements.push(element);
    }

    /// Reads an attribute, from the first byte of its name.
    fn attribute(&mut self) -> Attribute {
        let start = self.at;
        // A name may begin with `=`.
        let end = self.skip_to(start.saturating_add(1), |byte| is_space(byte) || matches!(byte, b'/' | b'>' | b'='));
        let name = self.lower(start..end);
        self.at = self.skip_to(end, |byte| !is_space(byte));
        if self.byte(self.at) != Some(b'=') {
            return Attribute { name, value: end..end, quote: None };
        }
        let value = self.skip_to(self.at.saturating_add(1), |byte| !is_space(byte));
        match self.byte(value) {
            Some(sign @ (b'"' | b'\'')) => {
                let start = value.saturating_add(1);
                let end = self.skip_to(start, |byte| byte == sign);
                self.at = end.saturating_add(1);
                Attribute { name, value: start..end, quote: Some(char::from(sign)) }
            }
            _ => {
                let end = self.skip_to(value, |byte| is_space(byte) || byte == b'>');
                self.at = end;
                Attribute { name, value: value..end, quote: None }
            }
        }
    }

    /// The byte at which `</name` begins; the end of the text if it does not.
    fn closing(&self, name: &str) -> usize {
        let mut from = self.at;
        while let Some(start) = self.find(from, "</") {
            let word = start.saturating_add(2);
            let end = word.saturating_add(name.len());
            let is_name = self.text.get(word..end).is_some_and(|word| word.eq_ignore_ascii_case(name));
            if is_name && self.byte(end).is_some_and(|byte| is_space(byte) || matches!(byte, b'/' | b'>')) {
                return start;
            }
            from = word;
        }
        self.text.len()
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn find(&self, from: usize, text: &str) -> Option<usize> {
        self.text.get(from..)?.find(text).map(|at| from.saturating_add(at))
    }

    /// The first byte from `from` on that `is_end`; the end of the text if there is none.
    fn skip_to(&self, from: usize, is_end: impl Fn(u8) -> bool) -> usize {
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        rest.iter().position(|byte| is_end(*byte)).map_or(self.text.len(), |at| from.saturating_add(at))
    }

    fn lower(&self, name: Range<usize>) -> String {
        self.text.get(name).unwrap_or_default().to_ascii_lowercase()
    }
}

/// White space between attributes.
const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\x0c' | b'\r')
}

/// The content of a conditional comment. `None` if the comment is an ordinary one.
fn conditional(masked: &str, comment: Range<usize>) -> Option<Range<usize>> {
    let text = masked.get(comment.clone())?;
    let condition = text.strip_prefix("<!--")?.trim_start();
    if !condition.get(..3)?.eq_ignore_ascii_case("[if") {
        return None;
    }
    let start = text.find("]>")?.saturating_add(2);
    let end = text.rfind("<![").filter(|end| *end >= start).unwrap_or(text.len());
    Some(comment.start.saturating_add(start)..comment.start.saturating_add(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `name@at[attribute=value …]` of each element.
    fn show(html: &str) -> Vec<String> {
        let attribute =
            |attribute: &Attribute| format!("{}={}", attribute.name, html.get(attribute.value.clone()).unwrap());
        let element = |element: &Element| {
            let attributes: Vec<_> = element.attributes.iter().map(attribute).collect();
            format!("{}@{}[{}]", element.name, element.at, attributes.join(" "))
        };
        read(html).elements.iter().map(element).collect()
    }

    #[test]
    fn finds_elements_and_the_places_of_values() {
        for (html, expected) in [
            (r#"<IMG SRC="a" alt='b c' width=9 hidden>"#, &["img@0[src=a alt=b c width=9 hidden=]"][..]),
            (r#"é<a href="é"><img src="ü"/></a>"#, &["a@2[href=é]", "img@15[src=ü]"]),
            (r#"<img alt="" src = "x" >"#, &["img@0[alt= src=x]"]),
            ("<img alt= src=x>", &["img@0[alt=src=x]"]),
            (r#"<img ////src="a"////src="b"//>"#, &["img@0[src=a src=b]"]),
            ("<!-- <img src=a> --><b>", &["b@20[]"]),
            (r#"<!--[if mso]><v:fill src="a"/><![endif]--><p>"#, &["v:fill@13[src=a]", "p@42[]"]),
            (r#"<!--[if !mso]><!--><img src="a"><!--<![endif]-->"#, &["img@19[src=a]"]),
            (
                r#"<!-- [IF gte mso 9]><v:rect><v:fill src=a /></v:rect><![endif]-->"#,
                &["v:rect@20[]", "v:fill@28[src=a]"],
            ),
            ("<!--[if a]><img src=b>", &["img@11[src=b]"]),
            ("<a b><img", &["a@0[b=]"]),
            ("a < b <3 <a>", &["a@9[]"]),
            ("</a href=x><?x <b> ?><!x <i>", &[]),
            ("<textarea><img></textarea><img>", &["textarea@0[]", "img@26[]"]),
        ] {
            assert_eq!(show(html), expected, "{html}");
        }
    }

    /// The elements and attributes as `html5gum` reads them, in the form of [`show`]. A tag that the
    /// text ends in is left out.
    fn peer(html: &str) -> Vec<String> {
        let mut shown = Vec::new();
        let mut emitter = html5gum::DefaultEmitter::<usize>::new_with_span();
        emitter.naively_switch_states(true);
        for token in html5gum::Tokenizer::new_with_emitter(html, emitter) {
            let Ok(html5gum::Token::StartTag(tag)) = token else { continue };
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let attributes = tag.attributes.iter().map(|(name, value)| format!("{}={}", text(name), text(value)));
            let mut attributes: Vec<_> = attributes.collect();
            attributes.sort();
            shown.push(format!("{}@{}[{}]", text(&tag.name), tag.span.start, attributes.join(" ")));
        }
        shown
    }

    #[test]
    fn reads_any_text_as_a_browser_does() {
        const PIECES: [&str; 34] = [
            "<",
            ">",
            "/",
            "=",
            "\"",
            "'",
            " ",
            "\n",
            "a",
            "b",
            "<a",
            "</a>",
            "<img",
            " src=",
            " alt",
            "<!--",
            "-->",
            "--!>",
            "<!",
            "<?",
            "<!doctype html>",
            "<style>",
            "</style>",
            "<title",
            "</TITLE ",
            "é",
            "-",
            "x=y",
            "</",
            "<b>",
            "'>",
            "\">",
            "<!-->",
            "<B/>",
        ];
        let mut random = 1_u64;
        let mut next = |below: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(random >> 33).unwrap() % below
        };
        let mut tags = 0;
        for _ in 0..20_000 {
            let html: String = (0..next(14)).map(|_| PIECES[next(PIECES.len())]).collect();
            let element = |element: &Element| {
                // The first attribute of a name counts.
                let mut seen: Vec<&Attribute> = Vec::new();
                for attribute in &element.attributes {
                    if !seen.iter().any(|known| known.name == attribute.name) {
                        seen.push(attribute);
                    }
                }
                let mut shown: Vec<_> = seen
                    .iter()
                    .map(|attribute| format!("{}={}", attribute.name, html.get(attribute.value.clone()).unwrap()))
                    .collect();
                shown.sort();
                format!("{}@{}[{}]", element.name, element.at, shown.join(" "))
            };
            let own: Vec<_> = read(&html).elements.iter().map(element).collect();
            tags += own.len();
            assert_eq!(own, peer(&html), "{html:?}");
        }
        assert!(tags > 10_000, "{tags}");
    }

    #[test]
    fn finds_style_sheets_and_texts() {
        let html = "<style>a{b:c}</style>é <b>x</b><style></style>";
        let parts = read(html);
        let text = |spans: &[Range<usize>]| {
            spans.iter().map(|span| html.get(span.clone()).unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(
            (text(&parts.styles), text(&parts.texts)),
            (vec!["a{b:c}".to_owned()], vec!["é ".to_owned(), "x".to_owned()])
        );
    }

    #[test]
    fn hostile_emails_are_linear() {
        for piece in ["<!--[if a]>", "<img ", "<img src=", "<", "<!--", "<style>", "\"", "</style"] {
            assert!(read(&piece.repeat(50_000)).elements.len() <= 50_000);
        }
    }
}
