//! The templates of `examples/live`: their pictures with and without the values of their feeds, and
//! their worst cases. `tests/edge/feeds.test.mjs` draws them with their upstream in workerd.

use std::fs;

use monogram::Inputs;
use monogram::params::Values;
use monogram::request::{Format, Options};
use monogram::template::Template;
use monogram::torture;

use crate::util::{World, is_accepting, read_text, root, template};

const NAMES: [&str; 2] = ["stock", "weather"];

fn live(name: &str) -> Template {
    template(&read_text(&format!("examples/live/{name}.json")))
}

#[test]
fn pictures_are_as_accepted() {
    let mut differ = Vec::new();
    for name in NAMES {
        let (template, world) = (live(name), World::new());
        let query = "name=Maria";
        for (case, values) in [
            ("example", template.example_values(query, &world.limits)),
            ("missing", template.values("", &world.limits)),
        ] {
            let options = Options::default();
            let inputs = Inputs::new(&template, &values, &options, Format::Png);
            let picture = monogram::render(&inputs, &world).unwrap();
            assert_eq!(picture.warnings, [""; 0], "{name} {case}");
            let golden = root().join(format!("tests/live/{name}-{case}.png"));
            if fs::read(&golden).is_ok_and(|accepted| accepted == picture.bytes) {
                continue;
            }
            let drawn = root().join(format!("target/live-{name}-{case}.png"));
            fs::write(if is_accepting() { &golden } else { &drawn }, picture.bytes).unwrap();
            differ.push(format!("{} (drawn: {})", golden.display(), drawn.display()));
        }
    }
    assert!(differ.is_empty(), "pictures that differ; `make golden-accept` accepts them:\n{}", differ.join("\n"));
}

#[test]
fn they_hold_up_in_their_worst_cases() {
    let world = World::new();
    let mut wrong = Vec::new();
    for name in NAMES {
        let template = live(name);
        let cases = torture::cases(&template.document, &[]);
        for outcome in torture::run(&template, &cases, &world) {
            for finding in &outcome.findings {
                wrong.push(format!("{name}, {}: {}: {}", outcome.case.name, finding.layer, finding.what));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_key_follows_the_content_of_a_feed() {
    use monogram::params::{Resolved, Source, Value};
    use monogram::response::Key;

    let (template, world) = (live("stock"), World::new());
    let key = |json: Option<&str>| {
        let mut values: Values = template.values("", &world.limits);
        let read = |json: &str| monogram::params::feed::read(json.as_bytes(), &world.limits).unwrap();
        let value = json.map(|json| Value::Feed(read(json).into()));
        values.insert("stock".to_owned(), Resolved::new(value, Source::Given));
        Key::new("build", &Inputs::new(&template, &values, &Options::default(), Format::Png), &world.limits)
    };
    assert_eq!(key(Some(r#"{"left":3,"price":1}"#)), key(Some("{ \"price\": 1,\n \"left\": 3 }")));
    let keys =
        [key(None), key(Some("null")), key(Some("{}")), key(Some(r#"{"left":3}"#)), key(Some(r#"{"left":"3"}"#))];
    for (index, one) in keys.iter().enumerate() {
        assert!(!keys[..index].contains(one), "{index}");
    }
}
