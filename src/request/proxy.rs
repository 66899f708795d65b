//! The proxies by which mail services fetch the pictures of an email for their users.
//!
//! What such a request says of its address, its device and its time is the proxy's, not the
//! recipient's. Outlook has no proxy: its programs fetch pictures themselves.

/// The mail service whose proxy sends this `User-Agent`: `gmail`, `yahoo` or `apple`. `None` of all
/// other requests.
///
/// `proxies.json` says the same for `worker/src/repeats.js`, which answers without this code.
#[must_use]
pub fn name(user_agent: &str) -> Option<&'static str> {
    match user_agent {
        _ if user_agent.contains("GoogleImageProxy") => Some("gmail"),
        _ if user_agent.contains("YahooMailProxy") => Some("yahoo"),
        // Apple Mail says no more, for its users' privacy.
        "Mozilla/5.0" => Some("apple"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn proxies_are_known_by_their_signs() {
        for (user_agent, expected) in [
            (
                "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
                Some("gmail"),
            ),
            ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", Some("yahoo")),
            ("Mozilla/5.0", Some("apple")),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)", None),
            ("", None),
        ] {
            assert_eq!(name(user_agent), expected, "{user_agent}");
        }
    }

    #[test]
    fn javascript_knows_the_same_proxies() {
        let proxies: Vec<BTreeMap<String, String>> = serde_json::from_str(include_str!("proxies.json")).unwrap();
        let names: Vec<_> = proxies
            .iter()
            .map(|proxy| match (proxy.get("contains"), proxy.get("is")) {
                (Some(part), _) => name(&format!("Agent/1 ({part})")),
                (None, whole) => name(whole.unwrap()),
            })
            .collect();
        assert_eq!(names, [Some("gmail"), Some("yahoo"), Some("apple")]);
        assert!(proxies.iter().map(|proxy| proxy["name"].as_str()).eq(names.into_iter().flatten()));
    }
}
