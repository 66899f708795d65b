//! Emails, and the findings about the pictures in them.
//!
//! Each file in `tests/lint/` is an email. Its last comment has the options of the check, and after
//! them the findings that it must give, none or more. `MONOGRAM_ACCEPT=1` writes the findings anew;
//! look at each before you commit it.

use std::collections::{BTreeMap, BTreeSet};

use monogram::limits::Limits;
use monogram::lint::{self, Context, Known};
use monogram::request::ImageRequest;
use monogram::snippet::sender;
use monogram::template::{Document, Template, samples};

use crate::util::{files_below, is_accepting, read_text, root};

/// The time of every check: 15 January 2027.
const NOW: u64 = 1_800_000_000;

/// What begins the comment with the options and the findings.
const EXPECTATION: &str = "<!-- expected";

/// The templates of the samples, and those of `tests/lint/templates/`.
fn templates() -> BTreeMap<String, Document> {
    let limits = Limits::default();
    let parse = |json: &str| Template::parse(json, &limits).unwrap_or_else(|problem| panic!("{problem}")).document;
    let samples = samples::ids().map(|id| (id.to_owned(), parse(samples::get(id).unwrap())));
    let folder = "tests/lint/templates/";
    let own = files_below(folder, "json").into_iter().map(|path| {
        let id = path.strip_prefix(folder).unwrap().strip_suffix(".json").unwrap().to_owned();
        (id, parse(&read_text(&path)))
    });
    samples.chain(own).collect()
}

/// The options of a case: `sender=klaviyo prefix=https://img.example templates`.
#[derive(Default)]
struct Options {
    sender: Option<String>,
    prefixes: Vec<String>,
    templates: bool,
}

impl Options {
    fn read(line: &str) -> Self {
        let mut options = Self::default();
        for word in line.split_whitespace() {
            match word.split_once('=').unwrap_or((word, "")) {
                ("sender", id) => options.sender = Some(id.to_owned()),
                ("prefix", prefix) => options.prefixes.push(prefix.to_owned()),
                ("templates", "") => options.templates = true,
                _ => panic!("{word} is no option"),
            }
        }
        options
    }
}

fn findings(html: &str, options: &Options, templates: &BTreeMap<String, Document>) -> Vec<String> {
    let find = |image: &ImageRequest| templates.get(image.template.as_str()).map_or(Known::Absent, Known::Document);
    let sender = options.sender.as_deref().map(|id| sender::find(id).unwrap());
    let context = Context {
        sender: sender.as_ref(),
        prefixes: &options.prefixes,
        templates: if options.templates { Some(&find) } else { None },
        now: NOW,
    };
    let report = lint::lint(html, &context, &Limits::default());
    assert!(report.pictures > 0, "no picture of ours was found");
    report.findings.iter().map(ToString::to_string).collect()
}

#[test]
fn emails_give_their_findings() {
    let templates = templates();
    let accept = is_accepting();
    let (mut wrong, mut count, mut clean) = (Vec::new(), 0, 0);
    let mut codes = BTreeSet::new();
    for path in files_below("tests/lint", "html") {
        let text = read_text(&path);
        let (html, expectation) = text.split_once(EXPECTATION).unwrap_or_else(|| panic!("{path} has no expectation"));
        let mut lines = expectation.trim_end().trim_end_matches("-->").lines();
        let line = lines.next().unwrap();
        let expected: Vec<&str> = lines.filter(|line| !line.trim().is_empty()).collect();
        let found = findings(html, &Options::read(line), &templates);
        count += 1;
        clean += usize::from(found.is_empty());
        for finding in &found {
            codes.insert(finding.split(' ').nth(2).unwrap().trim_end_matches(':').to_owned());
        }
        if found != expected {
            wrong.push(format!("{path}\n  expected {expected:#?}\n  found    {found:#?}"));
            if accept {
                let lines: String = found.iter().map(|finding| format!("{finding}\n")).collect();
                std::fs::write(root().join(&path), format!("{html}{EXPECTATION}{}\n{lines}-->\n", line.trim_end()))
                    .unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 60 && clean >= 15, "{count} emails, {clean} without a finding");
    let found: BTreeSet<&str> = codes.iter().map(String::as_str).collect();
    let listed: BTreeSet<&str> = CODES.iter().copied().collect();
    assert_eq!(found, listed, "each code needs an email that gives it");
}

/// Every code that a finding can have, except `email-too-long`.
const CODES: &[&str] = &[
    "ampersand-in-value",
    "bad-option",
    "closed-param",
    "encoded-tag",
    "escaped-twice",
    "foreign-tag",
    "fragment-in-url",
    "img-without-alt",
    "img-without-height",
    "img-without-width",
    "insecure-url",
    "local-url",
    "long-url",
    "no-default",
    "not-a-picture",
    "param-twice",
    "quote-in-tag",
    "relative-url",
    "sealed-query",
    "signature-expired",
    "signature-expires-soon",
    "signature-malformed",
    "signature-other-revision",
    "signature-other-template",
    "signature-unknown-param",
    "tag-not-closed",
    "tag-not-encoded",
    "too-few-pixels",
    "unencoded-value",
    "unknown-option",
    "unknown-param",
    "unknown-template",
    "unsigned-url",
    "value-does-not-fit",
    "webp-in-email",
    "wrong-path",
    "wrong-ratio",
];

#[test]
fn the_snippet_of_every_sender_has_no_fault() {
    use monogram::snippet::reply;

    let templates = templates();
    let limits = Limits::default();
    for sender in sender::all() {
        for id in samples::ids() {
            let template = Template::parse(samples::get(id).unwrap(), &limits).unwrap();
            let defaults: String = template.document.params.keys().map(|name| format!("&{name}.default=")).collect();
            let query = format!("esp={}&_dpr=2&format=html{defaults}", sender.id);
            let subject = reply::Subject { origin: "https://img.example", id, size: None, revision: None };
            let html = reply::reply(&template, subject, &query, &limits).unwrap().body;
            let html = String::from_utf8(html).unwrap();
            let options = Options { sender: Some(sender.id.clone()), templates: true, ..Options::default() };
            let found = findings(&html, &options, &templates);
            let faults: Vec<_> = found.iter().filter(|finding| !finding.contains(" no-default:")).collect();
            assert!(faults.is_empty(), "{} {id}:\n{html}\n{faults:#?}", sender.id);
            let pictures = lint::pictures(&html, &[], &limits);
            assert_eq!(pictures.iter().map(|image| image.template.as_str()).collect::<Vec<_>>(), [id]);
        }
    }
}

#[test]
fn hostile_emails_end() {
    let limits = Limits::default();
    for piece in [
        "<img src=https://e.example/i/a.png?",
        "<img src=\"https://e.example/i/a.png?a={{b}}&c=*|d|*&\" srcset=\"https://e.example/i/a.png 2x,",
        "<td style=\"background:url(/i/a.png?a=#b)\">",
        "&amp;a=",
        "https://e.example/s/AAAA/a.png?",
        "<!--[if mso]><img src='/x/a/b.png'>",
    ] {
        let html = piece.repeat(2_000_000 / piece.len());
        let report = lint::lint(&html, &Context::default(), &limits);
        assert!(report.findings.len() <= limits.findings && report.pictures <= limits.email_pictures);
        let one = format!("<img src=\"https://e.example/i/a.png?{}\">", piece.repeat(20_000 / piece.len()));
        assert!(lint::lint(&one, &Context::default(), &limits).findings.len() <= limits.findings);
    }
    let report = lint::lint(&"é".repeat(600_000), &Context::default(), &limits);
    assert_eq!(report.findings[0].code, "email-too-long");
}
