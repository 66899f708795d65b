//! Variants: values of params that a rule or a share of the recipients gets.
//!
//! The share of a recipient comes from a hash of their values, so that a person has the same variant
//! in every request, without a cookie.

use sha2::{Digest, Sha256};

use crate::limits::Limits;
use crate::locale::language;
use crate::params::{Source, Values};
use crate::request::Options;

use super::Template;
use super::expression::Context;
use super::variation::Variant;

/// The name of the template as it is written, beside its variants.
pub const DEFAULT: &str = "default";

impl Template {
    /// Chooses a variant, and gives the params its values. Returns its name; `None` if the template has
    /// no variants.
    ///
    /// ```
    /// use monogram::{limits::Limits, request::Options, template::Template};
    ///
    /// let limits = Limits::default();
    /// let json = r#"{ "width": 9, "height": 9, "layers": [], "params": { "points": { "type": "number" } },
    ///     "variants": [{ "name": "gold", "when": "points > 100" }, { "name": "b", "weight": 1 }] }"#;
    /// let template = Template::parse(json, &limits).unwrap_or_else(|problem| panic!("{problem}"));
    /// let chosen = |query: &str| template.vary(&mut template.values(query, &limits), &Options::read(query, &limits), &limits);
    /// assert_eq!(chosen("points=200"), Some("gold"));
    /// assert_eq!(chosen("points=200&_v=b"), Some("b"));
    /// assert!(matches!(chosen("points=20"), Some("b" | "default")));
    /// ```
    pub fn vary(&self, values: &mut Values, options: &Options, limits: &Limits) -> Option<&str> {
        let variants = &self.document.variants;
        if variants.is_empty() {
            return None;
        }
        let forced = options.variant.as_deref();
        let forced = forced.filter(|name| *name == DEFAULT || variants.iter().any(|variant| variant.name == *name));
        let lang = options.lang.as_deref().or(self.document.lang.as_deref());
        let name = match forced {
            Some(name) => name,
            None => {
                let context = Context::new(values, lang);
                let holds = |variant: &&Variant| {
                    let when = variant
                        .when
                        .as_deref()
                        .is_none_or(|when| self.expressions.condition(when, &context).unwrap_or(false));
                    when && variant
                        .lang
                        .as_ref()
                        .is_none_or(|langs| langs.0.iter().any(|own| language::covers(own, lang)))
                };
                let rule = variants.iter().filter(|variant| variant.is_rule() && variant.weight.is_none()).find(holds);
                match rule {
                    Some(variant) => variant.name.as_str(),
                    None => {
                        self.share(variants.iter().filter(|variant| variant.weight.is_some()).filter(holds), values)
                    }
                }
            }
        };
        let Some(variant) = variants.iter().find(|variant| variant.name == name) else { return Some(DEFAULT) };
        let set = self.values(&variant.query(), limits);
        values.extend(set.into_iter().filter(|(name, _)| variant.set.contains_key(name)));
        Some(&variant.name)
    }

    /// The variant whose share a recipient is in.
    fn share<'a>(&self, variants: impl Iterator<Item = &'a Variant>, values: &Values) -> &'a str {
        let mut shares: Vec<(&str, u64)> =
            variants.map(|variant| (variant.name.as_str(), u64::from(variant.weight.unwrap_or(0)))).collect();
        if !self.document.variants.iter().any(|variant| variant.name == DEFAULT) {
            shares.push((DEFAULT, 1));
        }
        let total = shares.iter().fold(0_u64, |sum, (_, weight)| sum.saturating_add(*weight));
        let mut place = self.hash(values).checked_rem(total).unwrap_or(0);
        for (name, weight) in shares {
            match place.checked_sub(weight) {
                Some(rest) => place = rest,
                None => return name,
            }
        }
        DEFAULT
    }

    /// A hash of the values by which a recipient is told from others. Names and values have their
    /// lengths before them, so that two different lists never are the same bytes.
    fn hash(&self, values: &Values) -> u64 {
        let by = &self.document.variant_by;
        let mut digest = Sha256::new();
        let mut add = |bytes: &[u8]| {
            digest.update((bytes.len() as u64).to_le_bytes());
            digest.update(bytes);
        };
        // Two templates with the same params share their recipients out each in its own way.
        self.document.variants.iter().for_each(|variant| add(variant.name.as_bytes()));
        for (name, resolved) in values {
            // The time and the place are no one's.
            let is_own = by.is_empty() && resolved.source == Source::Given && self.document.params.contains_key(name);
            let counts = is_own || by.contains(name);
            if let Some(value) = resolved.value.as_ref().filter(|_| counts) {
                add(name.as_bytes());
                add(value.json().to_string().as_bytes());
            }
        }
        digest.finalize().iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const DOCUMENT: &str = r##"{ "width": 9, "height": 9, "layers": [], "variant_by": ["email"],
        "params": { "email": { "type": "text" }, "points": { "type": "number" }, "accent": { "type": "color", "default": "#000000" } },
        "variants": [
            { "name": "gold", "when": "points > 100", "set": { "accent": "#ffd700" } },
            { "name": "swiss", "lang": "gsw", "set": { "accent": "#00ffff" } },
            { "name": "german", "lang": ["de", "gsw"], "set": { "accent": "#00ff00" } },
            { "name": "a", "weight": 1, "set": { "accent": "#aa0000" } },
            { "name": "b", "weight": 2, "set": { "accent": "#bb0000" } },
            { "name": "rich", "weight": 6, "when": "points > 50", "set": { "accent": "#cc0000" } } ] }"##;

    fn chosen(query: &str) -> (String, String) {
        let limits = Limits::default();
        let template = Template::parse(DOCUMENT, &limits).unwrap();
        let mut values = template.values(query, &limits);
        let name = template.vary(&mut values, &Options::read(query, &limits), &limits).unwrap().to_owned();
        let context = Context::new(&values, None);
        (name, format!("{:?}", context.value("accent")))
    }

    #[test]
    fn rules_decide_before_weights() {
        for (query, expected) in [
            ("points=101&_lang=de", "gold"),
            ("points=1&_lang=de-AT", "german"),
            ("points=1&_lang=GSW", "swiss"),
            ("points=101&_v=a", "a"),
            ("points=101&_v=default", "default"),
            ("points=101&_v=nobody", "gold"),
        ] {
            assert_eq!(chosen(query).0, expected, "{query}");
        }
        assert!(chosen("points=101").1.contains("ffd700") && chosen("accent=%23123456&_v=b").1.contains("bb0000"));
        assert!(chosen("accent=%23123456&_v=default").1.contains("123456"));
        assert!(!matches!(chosen("_lang=den").0.as_str(), "german"));
    }

    #[test]
    fn shares_are_as_the_weights_and_stay_with_the_person() {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for number in 0..4_000 {
            let name = chosen(&format!("email=p{number}@example.com&points=7")).0;
            assert_eq!(name, chosen(&format!("points=9&utm=x&email=p{number}@example.com")).0);
            *counts.entry(name).or_default() += 1;
        }
        for (name, share) in [("a", 1_000), ("b", 2_000), ("default", 1_000)] {
            assert!(counts[name].abs_diff(share) < 120, "{counts:?}");
        }
        assert!(!counts.contains_key("rich"));
        let rich = (0..1_000).filter(|number| chosen(&format!("email=q{number}&points=60")).0 == "rich").count();
        assert!(rich.abs_diff(600) < 60, "{rich}");
    }

    #[test]
    fn mistakes_are_named() {
        for (variants, expected) in [
            (
                r#"[{ "name": "a" }]"#,
                "variants[0]: nobody would get this variant (add a \"weight\", such as 1, or a rule: \"when\" or \"lang\")",
            ),
            (
                r#"[{ "name": "a b", "weight": 1 }]"#,
                "variants[0].name: the name of a variant is letters, digits, hyphens and underscores",
            ),
            (
                r#"[{ "name": "a", "weight": 1 }, { "name": "a", "weight": 1 }]"#,
                "variants[1].name: two variants are called `a` (give each a name of its own)",
            ),
            (
                r#"[{ "name": "a", "weight": 1, "set": { "nam": "x" } }]"#,
                "variants[0].set.nam: there is no param `nam` (did you mean `name`?)",
            ),
            (
                r#"[{ "name": "a", "weight": 1, "set": { "name": null } }]"#,
                "variants[0].set.name: expected a text, a number, true or false",
            ),
            (r#"[{ "name": "a", "when": "nam > 1" }]"#, "variants[0].when: there is no param `nam`"),
        ] {
            let json = format!(
                r#"{{ "width": 9, "height": 9, "layers": [], "params": {{ "name": {{ "type": "text" }} }}, "variants": {variants} }}"#
            );
            let problem = Template::parse(&json, &Limits::default())
                .err()
                .map_or_else(String::new, |problem| problem.to_string());
            assert!(problem.starts_with(expected), "{variants}\n{problem}");
        }
    }

    #[test]
    fn a_value_with_braces_is_no_expression() {
        let json = r#"{ "width": 9, "height": 9, "layers": [], "params": { "name": { "type": "text" } },
            "variants": [{ "name": "a", "weight": 1, "set": { "name": "{{ x }}" } }] }"#;
        assert!(Template::parse(json, &Limits::default()).is_ok());
    }
}
