//! The params that a URL's query may fill, and the params with a fixed value.

use std::collections::{BTreeMap, BTreeSet};

use crate::merge_tag;

use super::Unsignable;

/// Some params are fixed, some are open, and all others are ignored.
///
/// A name is that of a param (`name`) or of an option (`_lang`). A fixed name may also be
/// `name.default`: its value is used if the query has none for the open `name`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bound {
    /// Values that the query cannot change, by name.
    pub fixed: BTreeMap<String, String>,
    /// Names that the query may fill.
    pub open: BTreeSet<String>,
}

impl Bound {
    /// Whether the query may fill `name`, or the default of `name` if `default` is true.
    #[must_use]
    pub fn opens(&self, name: &str, default: bool) -> bool {
        let is_fixed = if default { self.fixed_default(name).is_some() } else { self.fixed.contains_key(name) };
        self.open.contains(name) && !is_fixed
    }

    /// The fixed value that is used if the query has none for `name`.
    #[must_use]
    pub fn fixed_default(&self, name: &str) -> Option<&str> {
        self.fixed.get(&format!("{name}{DEFAULT}")).map(String::as_str)
    }

    /// Checks the names and the fixed values before they are signed.
    ///
    /// # Errors
    /// An invalid name, a name that is both fixed and open, or a fixed value that is a merge tag.
    pub fn check(&self) -> Result<(), Unsignable> {
        if let Some(name) = self.fixed.keys().find(|name| !is_fixable(name)) {
            return Err(Unsignable::Name(name.clone()));
        }
        if let Some(name) = self.open.iter().find(|name| !is_name(name)) {
            return Err(Unsignable::Name(name.clone()));
        }
        if let Some(name) = self.open.iter().find(|name| self.fixed.contains_key(*name)) {
            return Err(Unsignable::FixedAndOpen(name.clone()));
        }
        match self.fixed.iter().find(|(_, value)| merge_tag::find(value).is_some()) {
            Some((name, _)) => Err(Unsignable::MergeTag(name.clone())),
            None => Ok(()),
        }
    }
}

/// The suffix of a name that sets a default.
const DEFAULT: &str = ".default";

/// Whether a name may have a fixed value.
pub(super) fn is_fixable(name: &str) -> bool {
    is_name(name.strip_suffix(DEFAULT).unwrap_or(name))
}

/// Whether a text is the name of a param (`[a-z][a-z0-9_]*`) or of an option (the same after a
/// `_`).
pub(super) fn is_name(name: &str) -> bool {
    let mut bytes = name.strip_prefix('_').unwrap_or(name).bytes();
    name.len() <= MAX_NAME_BYTES
        && bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// Maximum length of a name. A token stores it in one byte, and `.default` has to fit too.
const MAX_NAME_BYTES: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::bound;

    #[test]
    fn refuses_what_cannot_be_meant() {
        let name = |name: &str| Err(Unsignable::Name(name.to_owned()));
        let long = "a".repeat(201);
        for (fixed, open, expected) in [
            (&[][..], &[][..], Ok(())),
            (&[("company", "Acme & Sons {x}"), ("_lang", "de")], &["name", "_w"], Ok(())),
            (&[("name.default", "friend"), ("company", "")], &["name"], Ok(())),
            (&[("Name", "x")], &[], name("Name")),
            (&[("name.b64", "x")], &[], name("name.b64")),
            (&[("", "x")], &[], name("")),
            (&[("_", "x")], &[], name("_")),
            (&[("1st", "x")], &[], name("1st")),
            (&[], &["name.default"], name("name.default")),
            (&[], &["na me"], name("na me")),
            (&[], &[&long], name(&long)),
            (&[("name", "x")], &["name"], Err(Unsignable::FixedAndOpen("name".to_owned()))),
            (&[("name", "Hi *|FNAME|*")], &[], Err(Unsignable::MergeTag("name".to_owned()))),
            (&[("name", "[firstname,fallback=there]")], &[], Err(Unsignable::MergeTag("name".to_owned()))),
        ] {
            assert_eq!(bound(fixed, open).check(), expected, "{fixed:?} {open:?}");
        }
    }

    #[test]
    fn opens_a_value_and_its_default_apart() {
        let bound = bound(&[("name.default", "friend"), ("city", "Ulm")], &["name", "company"]);
        for (name, default, opens) in [
            ("name", false, true),
            ("name", true, false),
            ("company", false, true),
            ("company", true, true),
            ("city", false, false),
            ("city", true, false),
            ("other", false, false),
        ] {
            assert_eq!(bound.opens(name, default), opens, "{name} {default}");
        }
    }
}
