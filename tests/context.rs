//! Place, device and time in templates: what a picture says with them and without, and when two requests
//! have one picture.

use monogram::Inputs;
use monogram::context::Context;
use monogram::limits::Limits;
use monogram::plan::plan;
use monogram::request::{Format, Options};
use monogram::response::{Key, key};
use monogram::template::{Template, mistake};

fn template(fields: &str) -> Template {
    let json = format!(
        r#"{{ "width": 9, "height": 9, "layers": [], "params": {{ "name": {{ "type": "text" }} }}, {fields} }}"#
    );
    Template::parse(&json, &Limits::default()).unwrap_or_else(|problem| panic!("{problem}"))
}

/// The alternative text and the variant of a preview.
fn said(template: &Template, query: &str) -> (String, Option<String>) {
    let (limits, options) = (Limits::default(), Options::default());
    let mut values = template.example_values(query, &limits);
    let variant = template.vary(&mut values, &options, &limits).map(str::to_owned);
    (plan(&Inputs::new(template, &values, &options, Format::Png), &limits).alt, variant)
}

#[test]
fn a_picture_says_what_is_known() {
    let template = template(
        r#""context": ["geo.country", "geo.city", "geo.timezone", "device"], "now": { "every": "hour", "timezone": "+01:00" },
        "alt": "{{ 'Evening' if now and now | date('H') | int >= 18 else 'Day' }}, {{ name }}[ in {{ geo.city }}][ ({{ geo.country }}, {{ geo.timezone }})]: {{ device | default('any') }}[, {{ now | date('weekday') }}]",
        "variants": [
            { "name": "phone", "when": "device == 'mobile'" },
            { "name": "december", "when": "now and now >= '2026-12-01' and now < '2027-01-01'" },
            { "name": "austria", "when": "geo.country == 'AT'" }
        ]"#,
    );
    for (query, alt, variant) in [
        ("name=Ann", "Day, Ann: any", "default"),
        ("name=Ann&_city=Berlin&_device=mobile", "Day, Ann in Berlin: mobile", "phone"),
        (
            "name=Ann&_country=DE&_timezone=Europe/Berlin&_now=2026-12-24T17:45:00Z",
            "Evening, Ann (DE, Europe/Berlin): any, Thursday",
            "december",
        ),
        (
            "name=Ann&_country=AT&_timezone=Europe/Vienna&_now=2026-11-30T22:59:59Z",
            "Evening, Ann (AT, Europe/Vienna): any, Monday",
            "austria",
        ),
        // It is December where the template reads the time.
        ("name=Ann&_now=2026-11-30T23:00:00Z", "Day, Ann: any, Tuesday", "december"),
        ("name=Ann&_now=soon&_device=", "Day, Ann: any", "default"),
    ] {
        assert_eq!(said(&template, query), (alt.to_owned(), Some(variant.to_owned())), "{query}");
    }
}

#[test]
fn only_what_is_declared_tells_pictures_apart() {
    let key = |template: &Template, context: Context<'_>| {
        let (limits, options) = (Limits::default(), Options::default());
        let mut values = template.values("name=Ann", &limits);
        context.add_to(&template.document, &mut values, &limits);
        Key::new(key::BUILD, &Inputs::new(template, &values, &options, Format::Png), &limits)
    };
    let here =
        Context { country: "DE", city: "Berlin", device: "mobile", now_s: Some(1_790_000_000), ..Context::default() };
    let there = Context { country: "DE", city: "Köln", device: "desktop", now_s: Some(1_790_000_600), ..here };
    for (fields, same) in [
        (r#""title": "plain""#, true),
        (r#""context": ["geo.country"]"#, true),
        (r#""context": ["geo.city"]"#, false),
        (r#""context": ["device"]"#, false),
        (r#""now": { "every": "hour" }"#, true),
        (r#""now": { "every": "minute" }"#, false),
    ] {
        let template = template(fields);
        assert_eq!(key(&template, here) == key(&template, there), same, "{fields}");
    }
}

#[test]
fn what_is_not_declared_is_no_name() {
    for (fields, expected) in [
        (
            r#""alt": "{{ geo.city }}""#,
            "alt: there is no param `geo` (for that of the recipient, add \"context\": [\"geo.country\"])",
        ),
        (
            r#""alt": "{{ now }}""#,
            "alt: there is no param `now` (for the time at which it is seen, add \"now\": { \"every\": \"hour\" })",
        ),
        (
            r#""context": ["device"], "alt": "{{ geo.city }}""#,
            "alt: there is no param `geo` (for that of the recipient, add \"context\": [\"geo.country\"])",
        ),
        (
            r#""context": ["geo.country"], "alt": "{{ geo.city }}""#,
            "alt: there is no `geo.city` here (declare it: \"context\": [\"geo.city\"])",
        ),
        (
            r#""context": ["geo.country"], "alt": "{{ geo.town }}""#,
            "alt: there is no `geo.town` here (there are geo.country, geo.city and geo.timezone)",
        ),
        (
            r#""context": ["geo.town"]"#,
            "context[0]: `geo.town` is none of `geo.country`, `geo.city`, `geo.timezone`, `device`",
        ),
        (r#""now": { "every": "week" }"#, "now.every: `week` is none of `minute`, `hour`, `day`"),
        (
            r#""now": { "every": "day", "timezone": "CET" }"#,
            "now.timezone: expected a distance from UTC such as \"+01:00\" or \"Z\"",
        ),
        (
            r#""context": ["device"], "params": { "device": { "type": "text" } }"#,
            "context: there is a param or a feed `device` too (rename it: `device` is that of the request here)",
        ),
    ] {
        let json = format!(r#"{{ "width": 9, "height": 9, "layers": [], {fields} }}"#);
        let problem = mistake::parse(&json, &Limits::default()).err().map(|problem| problem.to_string());
        assert_eq!(problem.as_deref(), Some(expected), "{fields}");
    }
}
