//! A caller's address → its network, for counting.

use std::net::IpAddr;

/// The network of an address: the first 24 bits of IPv4, the first 64 of IPv6. A subscriber often
/// has all addresses of such a network. `None` if the text is no address.
#[must_use]
pub fn of(address: &str) -> Option<String> {
    match address.parse().ok()? {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            Some(format!("{a}.{b}.{c}"))
        }
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => of(&address.to_string()),
            None => {
                let [a, b, c, d, ..] = address.segments();
                Some(format!("{a:x}:{b:x}:{c:x}:{d:x}"))
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_subscriber_are_one_network() {
        for (address, network) in [
            ("203.0.113.7", Some("203.0.113")),
            ("203.0.113.255", Some("203.0.113")),
            ("::ffff:203.0.113.7", Some("203.0.113")),
            ("2001:db8:1:2:3:4:5:6", Some("2001:db8:1:2")),
            ("2001:db8:1:2::", Some("2001:db8:1:2")),
            ("", None),
            ("localhost", None),
        ] {
            assert_eq!(of(address).as_deref(), network, "{address}");
        }
    }
}
