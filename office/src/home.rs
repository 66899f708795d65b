//! `/`: the page where a person builds a snippet of a sample.

use monogram::limits::Limits;
use monogram::page::{self, Sample};
use monogram::response::Reply;
use monogram::template::{Template, samples};

/// The page, with all samples.
pub fn reply(limits: &Limits) -> Reply {
    let templates: Vec<(&str, Template)> =
        samples::ids().filter_map(|id| Some((id, Template::parse(samples::get(id)?, limits).ok()?))).collect();
    let samples: Vec<Sample<'_>> =
        templates.iter().map(|(id, template)| Sample { id, document: &template.document }).collect();
    page::reply(&samples)
}
