//! A picture falls back for every merge tag that a snippet puts into a URL, if the tag arrives
//! unresolved.

use monogram::limits::Limits;
use monogram::params::declare::TextParam;
use monogram::params::{self, Param, Params};
use monogram::snippet::sender::{self, FIELDS};

use crate::util::percent_encode;

/// A raw tag as it arrives: from mail software that leaves a URL alone, from a browser, from a link
/// rewriter.
fn spellings(tag: &str) -> [String; 3] {
    let encode =
        |kept: &str| percent_encode(tag, |byte| !(byte.is_ascii_alphanumeric() || kept.as_bytes().contains(&byte)));
    [tag.to_owned(), encode("!$%&'()*+,-./:;=?@[\\]^_`{|}~"), encode("-._~")]
}

#[test]
fn params_recognises_every_senders_tags() {
    let declared = Params::from([("name".to_owned(), Param::Text(TextParam::default()))]);
    let mut drawn = Vec::new();
    for sender in sender::all() {
        for field in FIELDS.iter().map(|(field, _)| *field).chain(["loyalty tier"]) {
            let plain = sender::Sender { encoded: None, ..sender.clone() };
            for tag in [sender.url_tag(field), plain.url_tag(field)] {
                for spelling in spellings(&tag) {
                    // A URL is sent without its fragment.
                    let sent = spelling.split('#').next().unwrap_or_default();
                    let resolved = params::resolve(&declared, &[], &format!("name={sent}"), &Limits::default());
                    if resolved.get("name").is_none_or(|name| name.value.is_some()) {
                        drawn.push(format!("{}: {sent}", sender.id));
                    }
                }
            }
        }
    }
    drawn.dedup();
    assert!(drawn.is_empty(), "{} would be drawn:\n{}", drawn.len(), drawn.join("\n"));
}
