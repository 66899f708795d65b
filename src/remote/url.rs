//! A text → the URL of an image that may be fetched, in one spelling.

use super::host;

/// Bytes of a URL: those that browsers and servers take everywhere.
const MAX_URL_BYTES: usize = 2_048;

/// A URL of an image: `https`, the usual port, a public host by its name, no user, no fragment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Url {
    /// `https://`, the host in lower case, a path and perhaps a query; all of it ASCII.
    text: String,
    /// Bytes of the host, which begins after `https://`.
    host_bytes: usize,
}

/// Why a text is not the URL of an image that may be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is too long.
    TooLong,
    /// It has a `\`, a tab or another character that URL parsers read in different ways.
    Characters,
    /// It does not begin with `https://`.
    Scheme,
    /// It has a user, or an `@` where one would stand.
    User,
    /// It has another port than 443.
    Port,
    /// Its host is an IP address, in whatever spelling.
    Address,
    /// Its host is a name of a local network.
    Local,
    /// Its host is no name; names of other scripts are written as `xn--…`.
    Host,
}

impl Refusal {
    /// A name that never changes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLong => "too-long",
            Self::Characters => "characters",
            Self::Scheme => "scheme",
            Self::User => "user",
            Self::Port => "port",
            Self::Address => "address",
            Self::Local => "local",
            Self::Host => "host",
        }
    }
}

impl Url {
    /// Judges a text.
    ///
    /// ```
    /// use monogram::remote::{Refusal, Url};
    ///
    /// let url = Url::read("https://LOGO.com:443/a b.png#top").unwrap();
    /// assert_eq!((url.as_str(), url.host()), ("https://logo.com/a%20b.png", "logo.com"));
    /// assert_eq!(Url::read("https://0x7f.1/"), Err(Refusal::Address));
    /// ```
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        if text.len() > MAX_URL_BYTES {
            return Err(Refusal::TooLong);
        }
        if text.chars().any(|c| c == '\\' || c.is_control()) {
            return Err(Refusal::Characters);
        }
        let scheme = text.get(..8).ok_or(Refusal::Scheme)?;
        let rest = text.get(8..).filter(|_| scheme.eq_ignore_ascii_case("https://")).ok_or(Refusal::Scheme)?;
        let (authority, rest) =
            rest.split_at_checked(rest.find(['/', '?', '#']).unwrap_or(rest.len())).ok_or(Refusal::Host)?;
        let host = host(authority)?;
        let rest = rest.split('#').next().unwrap_or_default();
        let slash = if rest.starts_with('/') { "" } else { "/" };
        let mut url = format!("https://{host}{slash}");
        for c in rest.chars() {
            if c.is_ascii_graphic() {
                url.push(c);
            } else {
                encode(&mut url, c);
            }
        }
        let host_bytes = host.len();
        if url.len() > MAX_URL_BYTES { Err(Refusal::TooLong) } else { Ok(Self { text: url, host_bytes }) }
    }

    /// The URL, to be fetched as it is.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its host, in lower case.
    #[must_use]
    pub fn host(&self) -> &str {
        self.after_scheme().get(..self.host_bytes).unwrap_or_default()
    }

    /// Whether a segment of its path is `.` or `..`, which parsers of URLs remove with the segment
    /// before it (WHATWG URL §4.4); they read `%2e` as a dot too.
    #[must_use]
    pub fn has_dots(&self) -> bool {
        let path = self.path().split('?').next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
        path.split('/').any(|segment| matches!(segment, "." | ".."))
    }

    /// The URL that a `Location` of its answer leads to (RFC 3986 §5.2), judged as this one was.
    ///
    /// # Errors
    /// As of [`Self::read`].
    pub fn follow(&self, location: &str) -> Result<Self, Refusal> {
        // A scheme ends with the first colon, before any of these.
        let head = location.split(['/', '?', '#']).next().unwrap_or_default();
        if head.contains(':') {
            return Self::read(location);
        }
        if location.starts_with("//") {
            return Self::read(&format!("https:{location}"));
        }
        let own = self.text.split('?').next().unwrap_or_default();
        let base = match location.chars().next() {
            Some('/') => self.text.get(..self.text.len().saturating_sub(self.path().len())).unwrap_or_default(),
            Some('?') => own,
            None | Some('#') => self.text.as_str(),
            Some(_) => own.get(..own.rfind('/').map_or(0, |slash| slash.saturating_add(1))).unwrap_or_default(),
        };
        Self::read(&format!("{base}{location}"))
    }

    /// The path and the query.
    fn path(&self) -> &str {
        self.after_scheme().get(self.host_bytes..).unwrap_or_default()
    }

    fn after_scheme(&self) -> &str {
        self.text.get(8..).unwrap_or_default()
    }
}

/// The host of what stands between `https://` and the path.
fn host(authority: &str) -> Result<String, Refusal> {
    if authority.contains('@') {
        return Err(Refusal::User);
    }
    if authority.contains(['[', ']']) {
        return Err(Refusal::Address);
    }
    let host = match authority.split_once(':') {
        Some((host, "443")) => host,
        Some(_) => return Err(Refusal::Port),
        None => authority,
    };
    if host::is_number(host) {
        return Err(Refusal::Address);
    }
    let host = host.to_ascii_lowercase();
    let named = host.strip_suffix('.').unwrap_or(&host);
    if !named.is_empty() && named.is_ascii() && !named.contains('%') && !host::is_public(named) {
        return Err(Refusal::Local);
    }
    if host::is_name(&host) { Ok(host) } else { Err(Refusal::Host) }
}

/// Percent-encodes a character that no URL has.
fn encode(url: &mut String, c: char) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut bytes = [0; 4];
    for byte in c.encode_utf8(&mut bytes).bytes() {
        url.push('%');
        for digit in [byte >> 4, byte & 15] {
            url.push(char::from(HEX.get(usize::from(digit)).copied().unwrap_or_default()));
        }
    }
}
