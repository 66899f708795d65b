//! An email address, a URL or a name → the domain of a company, for its logo.

use super::host;

/// Bytes of a text that names a domain: more than the longest address and most URLs have.
const MAX_BYTES: usize = 2_048;

/// Mail services for persons: see the file's first lines.
const FREE_MAIL: &str = include_str!("free_mail.txt");

/// A domain of the public internet that is no mail service for persons: `acme.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain(String);

/// Why a text names no domain of a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoDomain {
    /// It is neither an email address, nor a URL, nor a domain; names of other scripts are written
    /// as `xn--…`.
    Malformed,
    /// It is of a mail service for persons.
    FreeMail,
}

impl Domain {
    /// Reads a text: in lower case, without `www.`.
    ///
    /// ```
    /// use monogram::remote::{Domain, NoDomain};
    ///
    /// let read = |text| Domain::read(text).map(|domain| domain.as_str().to_owned());
    /// assert_eq!(read("Maria@Acme.com"), Ok("acme.com".to_owned()));
    /// assert_eq!(read("https://www.acme.com/about"), Ok("acme.com".to_owned()));
    /// assert_eq!(read("maria@gmail.com"), Err(NoDomain::FreeMail));
    /// ```
    ///
    /// # Errors
    /// It names no domain of a company.
    pub fn read(text: &str) -> Result<Self, NoDomain> {
        let text = text.trim();
        if text.len() > MAX_BYTES || !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
            return Err(NoDomain::Malformed);
        }
        let lower = text.to_ascii_lowercase();
        let (has_scheme, rest) = match lower.split_once("://") {
            Some(("https" | "http", rest)) => (true, rest),
            Some(_) => return Err(NoDomain::Malformed),
            None => (false, lower.as_str()),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let named = match authority.rsplit_once('@') {
            // An address has one `@`, and nothing of a URL; a user in a URL is a trick.
            Some((user, domain)) if !has_scheme && authority == rest && is_user(user) => domain,
            Some(_) => return Err(NoDomain::Malformed),
            None => without_port(authority),
        };
        let named = named.strip_suffix('.').unwrap_or(named);
        let domain = named.strip_prefix("www.").filter(|rest| rest.contains('.')).unwrap_or(named);
        if !host::is_name(domain) || !host::is_public(domain) {
            return Err(NoDomain::Malformed);
        }
        if is_free_mail(domain) { Err(NoDomain::FreeMail) } else { Ok(Self(domain.to_owned())) }
    }

    /// The domain, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text can stand before the `@` of an address, without quotes (RFC 5322 §3.2.3).
#[must_use]
pub fn is_user(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte))
}

/// A host without the port after it, if there is one.
fn without_port(authority: &str) -> &str {
    match authority.split_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// Whether a domain is one of the list, or the one of a pattern in some country: `yahoo.com.br` is
/// of `yahoo.*`.
fn is_free_mail(domain: &str) -> bool {
    let in_country = |name: &str| {
        let ending = domain.strip_prefix(name).and_then(|rest| rest.strip_prefix('.'));
        ending.is_some_and(|ending| ending.split('.').count() <= 2)
    };
    FREE_MAIL.lines().filter(|line| !line.starts_with('#')).any(|line| match line.strip_suffix(".*") {
        Some(name) => in_country(name),
        None => line == domain,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_holds_domains() {
        let lines: Vec<_> = FREE_MAIL.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.len() >= 200, "{} mail services", lines.len());
        assert!(lines.is_sorted());
        for line in lines {
            let domain = line.replace(".*", ".com");
            assert!(host::is_name(&domain), "{line}");
            assert_eq!(Domain::read(&domain), Err(NoDomain::FreeMail), "{line}");
        }
    }
}
