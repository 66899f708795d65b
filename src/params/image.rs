//! Clean text → the picture that it names.
//!
//! A value may name an asset (`asset:logo.png`), or a file on a host that the template allows. No
//! other URL is accepted: no other scheme, no port, no user or password, no IP address.

use super::Missing;

/// The name of the asset that a value or a default refers to: `asset:acme/logo.png` →
/// `acme/logo.png`. `None` if the text is not such a reference.
#[must_use]
pub fn asset(text: &str) -> Option<&str> {
    let name = text.strip_prefix("asset:")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain);
    name.split('/').all(part).then_some(name)
}

/// Reads a value: returns `asset:…`, in the form that a layer's `src` takes.
///
/// # Errors
/// [`Missing::WrongType`] if the text names no picture, [`Missing::Host`] if its host is not in
/// `hosts`, and [`Missing::Remote`] if it is, because remote pictures are not fetched yet.
pub fn read(text: &str, hosts: &[String]) -> Result<String, Missing> {
    if asset(text).is_some() {
        return Ok(text.to_owned());
    }
    let host = host(text).ok_or(Missing::WrongType)?;
    // When remote pictures are fetched, an allowed URL will be a value here.
    Err(if hosts.iter().any(|pattern| allows(pattern, &host)) { Missing::Remote } else { Missing::Host })
}

/// Whether a pattern is valid in `hosts`: `logo.com`, or `*.cdn.example` for every host below
/// `cdn.example`.
#[must_use]
pub fn is_pattern(pattern: &str) -> bool {
    is_host(pattern.strip_prefix("*.").unwrap_or(pattern))
}

fn allows(pattern: &str, host: &str) -> bool {
    let pattern = pattern.to_ascii_lowercase();
    match pattern.strip_prefix('*') {
        // The dot is compared too: `*.cdn.example` does not allow `evilcdn.example`.
        Some(below) => host.len() > below.len() && host.ends_with(below),
        None => host == pattern,
    }
}

/// The host of an `https` URL in lower case. `None` if the URL is of another kind.
fn host(url: &str) -> Option<String> {
    let rest = url.get(..8).filter(|scheme| scheme.eq_ignore_ascii_case("https://")).and_then(|_| url.get(8..))?;
    let host = rest.split(['/', '?', '#']).next().filter(|host| is_host(host))?;
    Some(host.to_ascii_lowercase())
}

/// Whether a text is a host name with at least one dot and a letter in its last label (so that it
/// is no IP address).
fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty() && label.len() < 64 && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() < 254
        && host.contains('.')
        && host.split('.').all(label)
        && last.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_of_pictures() {
        let hosts = ["logo.com".to_owned(), "*.cdn.example".to_owned()];
        for (text, read_as) in [
            ("asset:logo.png", Ok("asset:logo.png")),
            ("asset:acme/logo-2.png", Ok("asset:acme/logo-2.png")),
            ("asset:../secret", Err(Missing::WrongType)),
            ("asset:/logo.png", Err(Missing::WrongType)),
            ("asset:a b", Err(Missing::WrongType)),
            ("asset:", Err(Missing::WrongType)),
            ("logo.png", Err(Missing::WrongType)),
            ("initials:Maria", Err(Missing::WrongType)),
            ("data:image/png;base64,AAAA", Err(Missing::WrongType)),
            ("javascript:alert(1)", Err(Missing::WrongType)),
            ("http://logo.com/a.png", Err(Missing::WrongType)),
            ("https://logo.com/a.png", Err(Missing::Remote)),
            ("HTTPS://LOGO.com?x", Err(Missing::Remote)),
            ("https://a.b.cdn.example/a.png", Err(Missing::Remote)),
            ("https://cdn.example/a.png", Err(Missing::Host)),
            ("https://evilcdn.example/a.png", Err(Missing::Host)),
            ("https://logo.com.evil.example/", Err(Missing::Host)),
            ("https://logo.com@evil.example/", Err(Missing::WrongType)),
            ("https://logo.com:8443/", Err(Missing::WrongType)),
            ("https://127.0.0.1/", Err(Missing::WrongType)),
            ("https://[::1]/", Err(Missing::WrongType)),
            ("https://localhost/", Err(Missing::WrongType)),
            ("//logo.com/a.png", Err(Missing::WrongType)),
        ] {
            assert_eq!(read(text, &hosts).as_deref(), read_as.as_ref().map(|text| *text), "{text}");
        }
        assert!(is_pattern("logo.com") && is_pattern("*.cdn.example"));
        assert!(
            !is_pattern("*") && !is_pattern("*.com.") && !is_pattern("https://logo.com") && !is_pattern("10.0.0.1")
        );
    }
}
