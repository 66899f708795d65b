//! Clean text → the picture that it names.
//!
//! A value may name an asset (`asset:logo.png`), the logo of a company (`logo:acme.com`), or a file on a host that the template allows. No
//! other URL is accepted: no other scheme, no port, no user or password, no IP address.

use crate::remote::{Domain, NoDomain, Url, host};

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

/// Reads a value: returns `asset:…`, `logo:` with a domain, or a URL, in the form that a layer's `src` takes.
///
/// # Errors
/// [`Missing::WrongType`] if the text names no picture that may be fetched, [`Missing::Host`]
/// if its host is not in `hosts`, and [`Missing::FreeMail`] for the logo of a mail service.
pub fn read(text: &str, hosts: &[String]) -> Result<String, Missing> {
    if asset(text).is_some() {
        return Ok(text.to_owned());
    }
    if let Some(named) = text.strip_prefix("logo:") {
        return match Domain::read(named) {
            Ok(domain) => Ok(format!("logo:{}", domain.as_str())),
            Err(NoDomain::Malformed) => Err(Missing::WrongType),
            Err(NoDomain::FreeMail) => Err(Missing::FreeMail),
        };
    }
    let url = Url::read(text).map_err(|_| Missing::WrongType)?;
    if host::any_allows(hosts.iter().map(String::as_str), url.host()) {
        Ok(url.as_str().to_owned())
    } else {
        Err(Missing::Host)
    }
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
            ("logo:Maria@www.Acme.com", Ok("logo:acme.com")),
            ("logo:gmail.com", Err(Missing::FreeMail)),
            ("logo:acme", Err(Missing::WrongType)),
            ("logo:https://a@evil.example/", Err(Missing::WrongType)),
            ("asset:../secret", Err(Missing::WrongType)),
            ("asset:/logo.png", Err(Missing::WrongType)),
            ("asset:a b", Err(Missing::WrongType)),
            ("asset:", Err(Missing::WrongType)),
            ("logo.png", Err(Missing::WrongType)),
            ("initials:Maria", Err(Missing::WrongType)),
            ("data:image/png;base64,AAAA", Err(Missing::WrongType)),
            ("javascript:alert(1)", Err(Missing::WrongType)),
            ("http://logo.com/a.png", Err(Missing::WrongType)),
            ("https://logo.com/a.png", Ok("https://logo.com/a.png")),
            ("HTTPS://LOGO.com?x", Ok("https://logo.com/?x")),
            ("https://a.b.cdn.example/a.png", Ok("https://a.b.cdn.example/a.png")),
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
    }
}
