//! What no template is to blame for, because Monogram cannot do it yet: the one place that excuses it. Findings of this kind
//! are told and do not fail; an entry that excuses nothing any more does ([`stale`]), so that no list outlives its reason.

use crate::limits::Limits;
use crate::text::{self, Fonts, Pack, Paragraph, Style};

use super::SCRIPTS;

/// The scripts that no font at hand has: their letters are boxes in every template.
pub const WITHOUT_FONT: &[&str] = &["emoji"];

/// What to do about entries that have become untrue; empty where all hold. `fonts` brings packs.
#[must_use]
pub fn stale(fonts: impl Fn(&[&'static Pack]) -> Fonts, limits: &Limits) -> Vec<String> {
    let lacking = |name: &str| {
        let missing = |sample| {
            let packs = text::needed([(sample, None)].into_iter(), limits).packs;
            Paragraph::new(sample, &Style::default(), &fonts(&packs), limits).report().missing_count
        };
        SCRIPTS.iter().any(|script| script.name == name && missing(script.sample) > 0)
    };
    let stale = WITHOUT_FONT.iter().filter(|name| !lacking(name));
    stale
        .map(|name| format!("torture/known.rs: {name} has a font now, or is no script: take it out of WITHOUT_FONT"))
        .collect()
}
