//! The picture for nobody: what a template looks like where nothing personal is known.
//!
//! The pictures of a campaign differ in a name, and agree in all else. So each of them is drawn and compressed as a version of one that
//! they have in common, and which one that is may depend on nothing but the request, because one URL is one file.
//!
//! Invariant: two requests have the same reference where they agree in the template, in everything that is not
//! [personal](crate::params::Param::is_personal), and in the options; nothing of a recipient is in it.

use crate::limits::Limits;
use crate::params::{self, Param, Values};
use crate::request::Options;
use crate::template::Template;

use super::{Plan, plan};

/// What a reference is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// Tells one from all others. It may be long: values are in it.
    pub key: String,
    /// Those that are not personal.
    shared: Values,
    options: Options,
}

impl Reference {
    pub(super) fn new(template: &Template, values: &Values, options: &Options) -> Self {
        let is_shared =
            |name: &String| template.document.params.get(name).is_some_and(|param| !Param::is_personal(param));
        let mut shared = Values::new();
        shared.extend(
            values.iter().filter(|(name, _)| is_shared(name)).map(|(name, value)| (name.clone(), value.clone())),
        );
        let digest = u128::from_be_bytes(template.digest);
        let given: Vec<_> = shared.iter().map(|(name, resolved)| (name, &resolved.value)).collect();
        let size = (options.width, options.dpr.map(f32::to_bits));
        // A value's quotes are escaped in it, so that no two lists are one text.
        let key = format!("{digest:x} {size:?} {:?} {given:?}", options.lang);
        Self { key, shared, options: options.clone() }
    }

    /// Its plan.
    #[must_use]
    pub fn plan(&self, template: &Template, limits: &Limits) -> Plan {
        let document = &template.document;
        let mut values = params::resolve(&document.params, &document.missing, "", limits);
        values.extend(self.shared.clone());
        plan(template, &values, &self.options, limits)
    }
}
