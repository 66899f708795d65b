//! Replays what the fuzzers run: saved inputs of `tests/corpus/fuzz/`, and some random ones.
//!
//! `MONOGRAM_FUZZ=350000` tries that many random inputs of each target instead of 100.

use std::fs;

use super::targets;
use crate::util::{Random, entries, is_accepting, root};

/// The name of a target, the target, and the most bytes of a random input.
type Target = (&'static str, fn(&[u8]), usize);

const TARGETS: [Target; 4] = [
    ("template", targets::template, 4_000),
    ("expression", targets::expression, 200),
    ("scaling", targets::scaling, 16),
    ("font", targets::font, 400),
];

#[test]
fn saved_inputs_are_harmless() {
    for (name, target, _) in TARGETS {
        let files = entries(&format!("tests/corpus/fuzz/{name}"));
        assert!(!files.is_empty(), "{name} has no inputs");
        for file in files {
            println!("{}", file.display()); // shown if it fails
            target(&fs::read(file).unwrap());
        }
    }
}

#[test]
fn random_inputs_are_harmless() {
    let count = std::env::var("MONOGRAM_FUZZ").map_or(100, |count| count.parse().unwrap());
    let mut random = Random::new(26);
    for number in 0..count {
        for (name, target, most) in TARGETS {
            let length = random.below(most);
            let bytes: Vec<u8> = (0..length).map(|_| random.byte()).collect();
            if let Err(panic) = std::panic::catch_unwind(|| target(&bytes)) {
                if is_accepting() {
                    fs::write(root().join(format!("tests/corpus/fuzz/{name}/random-{number}")), &bytes).unwrap();
                }
                std::panic::resume_unwind(panic);
            }
        }
    }
}

/// A generator that makes nothing but refused documents would find nothing.
#[test]
fn most_generated_templates_are_legal() {
    let mut random = Random::new(7);
    let limits = monogram::limits::Limits::default();
    let legal = (0..200).filter(|_| {
        let bytes: Vec<u8> = (0..4_000).map(|_| random.byte()).collect();
        monogram::template::Template::parse(&targets::generate::request(&bytes).document, &limits).is_ok()
    });
    let legal = legal.count();
    assert!(legal > 100, "{legal} of 200");
}
