//! Host names: which are names of the public internet, and which a list allows.
//!
//! A resolver is not at hand, so that a name is judged by its spelling. Names that are made to
//! resolve to a local address are refused as far as they are known.

/// Endings of names that no public host has (RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476, the
/// `.internal` of ICANN, and what routers and offices use), and of services whose names stand for
/// any address, local ones too.
const NOT_PUBLIC: &[&str] = &[
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "alt",
    "arpa",
    "invalid",
    "onion",
    "test",
    "nip.io",
    "sslip.io",
    "xip.io",
    "traefik.me",
    "localtest.me",
    "lvh.me",
    "vcap.me",
    "lacolhost.com",
];

/// Whether a text in lower case is a host name with at least one dot, by the letters, digits and
/// hyphens of RFC 1123.
#[must_use]
pub fn is_name(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() < 64
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    host.len() < 254 && host.contains('.') && host.split('.').all(label) && !is_number(host)
}

/// Whether a parser of URLs takes a host for an IPv4 address ("ends in a number", WHATWG URL
/// §3.5): `127.1`, `0x7f000001`, `2130706433`, `0177.0.0.1`.
#[must_use]
pub fn is_number(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let last = host.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_hex = last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    is_hex || (!last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a name may belong to a host of the public internet.
#[must_use]
pub fn is_public(host: &str) -> bool {
    host.contains('.') && !NOT_PUBLIC.iter().any(|ending| host == *ending || is_below(host, ending))
}

/// Whether a pattern is valid in a list of hosts: `logo.com`, `*.cdn.example` for every host below
/// `cdn.example`, or `*` for every public host.
#[must_use]
pub fn is_pattern(pattern: &str) -> bool {
    let host = pattern.strip_prefix("*.").unwrap_or(pattern).to_ascii_lowercase();
    pattern == "*" || (is_name(&host) && is_public(&host))
}

/// Whether one of these patterns allows a host, which is in lower case. A pattern that is not valid
/// allows none.
#[must_use]
pub fn any_allows<'a>(patterns: impl IntoIterator<Item = &'a str>, host: &str) -> bool {
    patterns.into_iter().any(|pattern| {
        let pattern = pattern.to_ascii_lowercase();
        is_pattern(&pattern)
            && match pattern.strip_prefix("*.") {
                Some(above) => is_below(host, above),
                None => pattern == "*" || pattern == host,
            }
    })
}

/// Whether a host is below another one. The dot is compared too: `evilcdn.example` is not below
/// `cdn.example`.
fn is_below(host: &str, above: &str) -> bool {
    host.strip_suffix(above).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_allow_hosts() {
        for (pattern, host, allows) in [
            ("logo.com", "logo.com", true),
            ("LOGO.com", "logo.com", true),
            ("logo.com", "a.logo.com", false),
            ("logo.com", "logo.com.evil.example", false),
            ("*.cdn.example", "a.cdn.example", true),
            ("*.cdn.example", "a.b.cdn.example", true),
            ("*.cdn.example", "cdn.example", false),
            ("*.cdn.example", ".cdn.example", false),
            ("*.cdn.example", "evilcdn.example", false),
            ("*", "logo.com", true),
            ("", "logo.com", false),
            ("*.", "logo.com", false),
            ("**", "logo.com", false),
            ("*com", "logo.com", false),
        ] {
            assert_eq!(any_allows([pattern], host), allows, "{pattern} and {host}");
        }
    }

    #[test]
    fn reads_patterns() {
        for (pattern, valid) in [
            ("logo.com", true),
            ("*.cdn.example", true),
            ("*", true),
            ("*.com.", false),
            ("https://logo.com", false),
            ("logo.com/a", false),
            ("10.0.0.1", false),
            ("*.localhost", false),
            ("printer.local", false),
            ("localhost", false),
            ("a.*.com", false),
        ] {
            assert_eq!(is_pattern(pattern), valid, "{pattern}");
        }
    }
}
