//! Every sample holds up in its worst cases: those that follow from its params, and those of
//! `templates/torture.json`.
//!
//! This test lays the cases out and checks them; `make sheets` draws them for a person to look at.

use std::collections::BTreeMap;

use monogram::template::{Edition, samples};
use monogram::torture::{self, Case};

use crate::util::{World, read_text, template};

#[test]
fn samples_hold_up_in_their_worst_cases() {
    let world = World::new();
    let written: BTreeMap<String, Vec<Case>> = serde_json::from_str(&read_text("templates/torture.json")).unwrap();
    let mut wrong = Vec::new();
    for id in samples::ids() {
        let template = template(samples::get(id).unwrap());
        let own = written.get(id).unwrap_or_else(|| panic!("{id} has no cases in torture.json"));
        let cases = torture::cases(&template.document, own);
        let editions =
            template.editions().into_iter().map(|edition| template.edition(edition, &world.limits).unwrap().unwrap());
        let own: Vec<Case> =
            cases.iter().filter(|case| case.edition(&world.limits) == Edition::default()).cloned().collect();
        let outcomes = editions.flat_map(|edition| torture::run(&edition, &own, &world));
        for outcome in torture::run(&template, &cases, &world).into_iter().chain(outcomes) {
            for finding in &outcome.findings {
                wrong.push(format!("{id}, {}: {}: {}", outcome.case.name, finding.layer, finding.what));
            }
        }
    }
    assert!(wrong.is_empty(), "`make sheets` draws them:\n{}", wrong.join("\n"));
}

#[test]
fn a_higher_resolution_leaves_nothing_out() {
    let world = World::new();
    let text = r#"{ "width": 1200, "height": 630, "layers": [{ "type": "text", "text": "Welcome", "width": 900, "height": 300,
        "size": 200, "corners": [[350, 300], [850, 300], [1100, 500], [100, 500]] }] }"#;
    let samples = samples::ids().map(|id| (id, samples::get(id).unwrap()));
    for (id, document) in samples.chain([("a large text in perspective", text)]) {
        let template = template(document);
        for dpr in ["1", "2", "3"] {
            let query = format!("name=Miller&_dpr={dpr}");
            let drawn = world.draw(&template, &query);
            assert!(!drawn.painted.warnings.omits(), "{id} at {dpr}: {:?}", drawn.painted.warnings);
            assert!(drawn.scene.scale >= 1.0, "{id} at {dpr}: {}", drawn.scene.scale);
        }
    }
}
