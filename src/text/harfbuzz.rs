//! The shaper gives the glyphs and positions of HarfBuzz: `tests/names/harfbuzz.txt.gz`, which
//! `tools/names` records.
//!
//! A part of the record begins with `= FONT SCRIPT`. A line `- GLYPH` has its advances at the four
//! weights. Any other line is a word, its glyphs, and for each glyph that is moved its index and,
//! at each weight, what its advance, x and y differ from those of the glyph alone.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::GzDecoder;
use unicode_script::Script;

use super::shape::{Run, Shaper};
use crate::font::{FaceId, Fonts, Instance, Pack};

const WEIGHTS: [u16; 4] = [400, 500, 600, 700];

/// The largest difference of a number, in font units: both round what varies with the weight, and
/// not at the same place.
const ROUNDING: i32 = 1;

/// Words that are shaped otherwise, each with the reason.
const DIFFERENT: [(&str, &str); 5] = [
    ("اَمریٖکَس", MARK_ON_MARK),
    ("قدیٖم", MARK_ON_MARK),
    ("مَغریٖبی", MARK_ON_MARK),
    ("ฉัตรอภิเที่ยงค่ำ", MARK_ON_MARK),
    ("ꫲꫮꯕ", "made of letters that stand so in no word; HarfBuzz moves the vowel, by newer data of Unicode"),
];

const MARK_ON_MARK: &str = "each of three anchors is rounded: 2 units";

/// A font with its script, which all words of a part of the record are in.
struct Part {
    name: String,
    fonts: Fonts,
    face: FaceId,
    script: Script,
    advances: BTreeMap<u16, Vec<i32>>,
}

impl Part {
    fn new(head: &str) -> Self {
        let (name, script) = head.split_once(' ').unwrap();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts/packs");
        let pack: Vec<_> = Pack::named(name).into_iter().collect();
        let fonts = Fonts::with_packs(&pack, |pack| std::fs::read(folder.join(pack.file())).ok());
        let face = FaceId(u16::from(!pack.is_empty()));
        let script = Script::from_short_name(script).unwrap();
        Self { name: name.to_owned(), fonts, face, script, advances: BTreeMap::new() }
    }

    /// The words of a line that are shaped otherwise, by weight.
    fn compare(&self, line: &str, wrong: &mut Vec<(String, String)>) {
        let mut fields = line.split('\t');
        let text = fields.next().unwrap();
        let ids: Vec<u16> = fields.next().unwrap().split(' ').map(|id| id.parse().unwrap()).collect();
        let moved: BTreeMap<usize, Vec<i32>> = fields
            .map(|field| {
                let mut numbers = field.split(' ').map(|number| number.parse::<i32>().unwrap());
                (usize::try_from(numbers.next().unwrap()).unwrap(), numbers.collect())
            })
            .collect();
        for (at, weight) in WEIGHTS.into_iter().enumerate() {
            let theirs: Vec<_> = ids
                .iter()
                .enumerate()
                .map(|(glyph, id)| {
                    let change = moved.get(&glyph).map_or([0; 3], |all| all[at * 3..at * 3 + 3].try_into().unwrap());
                    (*id, [self.advances[id][at] + change[0], change[1], change[2]])
                })
                .collect();
            let mut shaper = Shaper::new(self.fonts.get(self.face).unwrap(), &Instance::of_weight(weight)).unwrap();
            let run = Run {
                text,
                range: 0..text.len(),
                script: self.script,
                rtl: is_rtl(self.script),
                lang: None,
                spaced: false,
                features: &[],
            };
            let ours = shaper.shape(&run);
            let ours: Vec<_> = ours.iter().map(|glyph| (glyph.id, [glyph.advance, glyph.dx, glyph.dy])).collect();
            let near = |ours: &[i32; 3], theirs: &[i32; 3]| {
                ours.iter().zip(theirs).all(|(ours, theirs)| ours.abs_diff(*theirs) <= ROUNDING.unsigned_abs())
            };
            let is_same = ours.len() == theirs.len()
                && ours.iter().zip(&theirs).all(|(ours, theirs)| ours.0 == theirs.0 && near(&ours.1, &theirs.1));
            if !is_same {
                let told = format!("{} {weight} {text}\n  ours     {ours:?}\n  HarfBuzz {theirs:?}", self.name);
                wrong.push((text.to_owned(), told));
            }
        }
    }
}

fn is_rtl(script: Script) -> bool {
    use Script::{Adlam, Arabic, Hanifi_Rohingya, Hebrew, Nko, Syriac, Thaana};
    matches!(script, Adlam | Arabic | Hanifi_Rohingya | Hebrew | Nko | Syriac | Thaana)
}

#[test]
fn words_are_shaped_as_by_harfbuzz() {
    let mut record = String::new();
    GzDecoder::new(&include_bytes!("../../tests/names/harfbuzz.txt.gz")[..]).read_to_string(&mut record).unwrap();
    let (mut words, mut scripts, mut wrong) = (0, std::collections::BTreeSet::new(), Vec::new());
    let mut part: Option<Part> = None;
    for line in record.lines() {
        match (line.strip_prefix("= "), line.strip_prefix("- ")) {
            (Some(head), _) => {
                let new = Part::new(head);
                scripts.insert(new.script.short_name());
                part = Some(new);
            }
            (_, Some(glyph)) => {
                let mut numbers = glyph.split(' ');
                let id = numbers.next().unwrap().parse().unwrap();
                let advances = numbers.map(|number| number.parse().unwrap()).collect();
                part.as_mut().unwrap().advances.insert(id, advances);
            }
            _ => {
                words += 1;
                part.as_ref().unwrap().compare(line, &mut wrong);
            }
        }
    }
    for (word, reason) in DIFFERENT {
        let before = wrong.len();
        wrong.retain(|(of, _)| of != word);
        assert!(wrong.len() < before, "{word} no longer differs ({reason})");
    }
    let few: Vec<&str> = wrong.iter().take(20).map(|(_, told)| told.as_str()).collect();
    assert!(wrong.is_empty(), "{} differ, of {words} words at four weights:\n{}", wrong.len(), few.join("\n"));
    assert!(words >= 30_000 && scripts.len() >= 40, "{words} words in {} scripts", scripts.len());
}
