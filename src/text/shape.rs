//! One run of one face, script and direction → glyphs, by the font's own rules.
//!
//! The only file that names `rustybuzz`: the crate is in retirement (RUSTSEC-2026-0206), and its successor is then one file's work.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use rustybuzz::{BufferFlags, Direction, Feature, Language, ShapePlan, UnicodeBuffer, Variation, ttf_parser};
use unicode_script::Script;
use yoke::{Yoke, Yokeable};

use super::style;
use crate::font::outline;
use crate::font::{Bytes, Face, Instance};

/// A face's tables, for shaping and for all else: 10 µs to read.
#[derive(Yokeable)]
pub(crate) struct Tables<'a>(rustybuzz::Face<'a>);

impl<'a> Tables<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        rustybuzz::Face::from_slice(bytes, 0).map(Self)
    }

    /// Those that are not for shaping.
    pub(crate) fn ttf(&self) -> &ttf_parser::Face<'a> {
        self.0.as_ref()
    }
}

/// A face's tables, read once, with the bytes that they point into.
pub(crate) enum Parsed {
    Static(Tables<'static>),
    Shared(Yoke<Tables<'static>, Arc<Vec<u8>>>),
    Asset(Yoke<Tables<'static>, Rc<[u8]>>),
}

impl Parsed {
    /// `None` where the bytes are no font.
    pub(crate) fn read(bytes: &Bytes) -> Option<Self> {
        match bytes {
            Bytes::Static(bytes) => Tables::read(bytes).map(Self::Static),
            Bytes::Shared(bytes) => {
                let read = Yoke::<Tables<'static>, _>::try_attach_to_cart(Arc::clone(bytes), |bytes| {
                    Tables::read(bytes).ok_or(())
                });
                read.ok().map(Self::Shared)
            }
            Bytes::Asset(bytes) => {
                let read = Yoke::<Tables<'static>, _>::try_attach_to_cart(Rc::clone(bytes), |bytes| {
                    Tables::read(bytes).ok_or(())
                });
                read.ok().map(Self::Asset)
            }
        }
    }

    pub(crate) fn tables(&self) -> &Tables<'_> {
        match self {
            Self::Static(tables) => tables,
            Self::Shared(tables) => tables.get(),
            Self::Asset(tables) => tables.get(),
        }
    }
}

/// A face at one weight, ready to shape.
pub(crate) struct Shaper<'a> {
    face: rustybuzz::Face<'a>,
    instance: Instance,
    plans: &'a RefCell<Plans>,
    /// The last run's memory.
    buffer: Option<UnicodeBuffer>,
}

/// Which of a face's rules apply to a run: a plan costs as much as shaping a name, so a face keeps some.
#[derive(Default)]
pub(crate) struct Plans(Vec<(PlanKey, Rc<ShapePlan>)>);

/// Plans kept for one face: those of a few templates, few enough to look through.
const MAX_PLANS: usize = 16;

#[derive(Debug, Clone, PartialEq)]
struct PlanKey {
    instance: Instance,
    script: Script,
    rtl: bool,
    spaced: bool,
    lang: Option<String>,
    features: Vec<style::Feature>,
}

impl PlanKey {
    fn is(&self, instance: &Instance, run: &Run<'_>) -> bool {
        self.script == run.script
            && self.rtl == run.rtl
            && self.spaced == run.spaced
            && self.lang.as_deref() == run.lang
            && self.features == run.features
            && self.instance == *instance
    }

    fn new(instance: &Instance, run: &Run<'_>) -> Self {
        Self {
            instance: instance.clone(),
            script: run.script,
            rtl: run.rtl,
            spaced: run.spaced,
            lang: run.lang.map(ToOwned::to_owned),
            features: run.features.to_vec(),
        }
    }
}

/// What is shaped, and in which surroundings.
#[derive(Debug, Clone)]
pub(crate) struct Run<'a> {
    /// The whole line of text: a run's first and last letters join their neighbours in other runs.
    pub(crate) text: &'a str,
    /// The bytes of `text` to shape.
    pub(crate) range: Range<usize>,
    pub(crate) script: Script,
    /// Right to left, by the run's bidi level.
    pub(crate) rtl: bool,
    /// BCP 47; chooses between a font's local forms.
    pub(crate) lang: Option<&'a str>,
    /// Letters are set apart, which turns optional ligatures off, as CSS has it.
    pub(crate) spaced: bool,
    /// Besides those that are always on.
    pub(crate) features: &'a [style::Feature],
}

/// A shaped glyph, in font units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Glyph {
    pub(crate) id: u16,
    /// Byte of `Run::text` at which its cluster begins.
    pub(crate) cluster: usize,
    /// How far the pen moves.
    pub(crate) advance: i32,
    /// Right of the pen.
    pub(crate) dx: i32,
    /// Above the baseline.
    pub(crate) dy: i32,
    /// It would be another, or elsewhere, if its cluster began a line, or else what is before it would be.
    pub(crate) unsafe_to_break: bool,
}

impl<'a> Shaper<'a> {
    /// `face` as an instance; each of its axes is clamped.
    pub(crate) fn new(face: &'a Face, instance: &Instance) -> Self {
        let mut tables = face.tables().0.clone();
        let axes = outline::axes(face, instance).into_iter();
        let axes = axes.map(|(tag, value)| Variation { tag: ttf_parser::Tag::from_bytes(&tag), value });
        tables.set_variations(&axes.collect::<Vec<_>>());
        Self { face: tables, instance: instance.clone(), plans: face.plans(), buffer: None }
    }

    /// Font units in one em; never 0.
    pub(crate) fn units_per_em(&self) -> f32 {
        f32::from(self.face.as_ref().units_per_em()).max(1.0)
    }

    /// Glyphs from left to right. Cluster numbers rise along a left-to-right run, and fall along a right-to-left one.
    pub(crate) fn shape(&mut self, run: &Run<'_>) -> Vec<Glyph> {
        let before = run.text.get(..run.range.start).unwrap_or_default();
        let after = run.text.get(run.range.end..).unwrap_or_default();
        let direction = if run.rtl { Direction::RightToLeft } else { Direction::LeftToRight };
        let tag = ttf_parser::Tag(run.script.as_iso15924_tag());
        let script = rustybuzz::Script::from_iso15924_tag(tag).unwrap_or(rustybuzz::script::COMMON);
        let language: Option<Language> = run.lang.and_then(|lang| lang.parse().ok());

        let mut buffer = self.buffer.take().unwrap_or_default();
        buffer.push_str(run.text.get(run.range.clone()).unwrap_or_default());
        buffer.set_pre_context(before);
        buffer.set_post_context(after);
        buffer.set_direction(direction);
        buffer.set_script(script);
        if let Some(language) = language.clone() {
            buffer.set_language(language);
        }
        let mut flags = BufferFlags::empty();
        flags.set(BufferFlags::BEGINNING_OF_TEXT, before.is_empty());
        flags.set(BufferFlags::END_OF_TEXT, after.is_empty());
        buffer.set_flags(flags);

        let plan =
            self.plan(run, || ShapePlan::new(&self.face, direction, Some(script), language.as_ref(), &features(run)));
        let shaped = rustybuzz::shape_with_plan(&self.face, &plan, buffer);

        let glyphs = shaped
            .glyph_infos()
            .iter()
            .zip(shaped.glyph_positions())
            .map(|(info, position)| Glyph {
                id: u16::try_from(info.glyph_id).unwrap_or(0),
                cluster: run.range.start.saturating_add(usize::try_from(info.cluster).unwrap_or(0)),
                advance: position.x_advance,
                dx: position.x_offset,
                dy: position.y_offset,
                unsafe_to_break: info.unsafe_to_break(),
            })
            .collect();
        self.buffer = Some(shaped.clear());
        glyphs
    }

    /// The plan for such a run, made where the face keeps none.
    fn plan(&self, run: &Run<'_>, make: impl FnOnce() -> ShapePlan) -> Rc<ShapePlan> {
        let Ok(mut plans) = self.plans.try_borrow_mut() else { return Rc::new(make()) };
        let Plans(plans) = &mut *plans;
        if let Some((_, plan)) = plans.iter().find(|(key, _)| key.is(&self.instance, run)) {
            return Rc::clone(plan);
        }
        let plan = Rc::new(make());
        if plans.len() >= MAX_PLANS {
            plans.clear();
        }
        plans.push((PlanKey::new(&self.instance, run), Rc::clone(&plan)));
        plan
    }
}

/// Those of the run; before them, where letters are set apart, `liga` and `clig` off:
/// <https://drafts.csswg.org/css-text-3/#letter-spacing-property>
fn features(run: &Run<'_>) -> Vec<Feature> {
    let apart: &[([u8; 4], u16)] = if run.spaced { &[(*b"liga", 0), (*b"clig", 0)] } else { &[] };
    let own = run.features.iter().map(|feature| (feature.tag.0, feature.value));
    let all = apart.iter().copied().chain(own);
    all.map(|(tag, value)| Feature::new(ttf_parser::Tag::from_bytes(&tag), u32::from(value), ..)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::font::{FaceId, Fonts};

    fn shape(text: &str, rtl: bool, spaced: bool) -> Vec<Glyph> {
        let fonts = Fonts::embedded();
        let mut shaper = Shaper::new(fonts.get(FaceId(0)).unwrap(), &Instance::of_weight(400));
        shaper.shape(&Run {
            text,
            range: 0..text.len(),
            script: Script::Latin,
            rtl,
            lang: Some("en"),
            spaced,
            features: &[],
        })
    }

    fn advance(glyphs: &[Glyph]) -> i32 {
        glyphs.iter().map(|glyph| glyph.advance).sum()
    }

    #[test]
    fn a_plan_serves_the_runs_that_it_was_made_for() {
        let feature = |text: &str| style::Feature::parse(text).unwrap();
        let (plain, slashed, bold) =
            (Instance::of_weight(400), [feature("zero"), feature("-kern")], Instance::of_weight(700));
        let shared = Fonts::embedded();
        let mut kinds = Vec::new();
        for instance in [&plain, &bold] {
            for features in [&[][..], &slashed[..1], &slashed[1..]] {
                for (rtl, lang) in [(false, Some("en")), (true, Some("en")), (false, None)] {
                    kinds.push((instance, features, rtl, lang));
                }
            }
        }
        let shape =
            |fonts: &Fonts, (instance, features, rtl, lang): (&Instance, &[style::Feature], bool, Option<&str>)| {
                let text = "AV10";
                let run = Run { text, range: 0..4, script: Script::Latin, rtl, lang, spaced: false, features };
                Shaper::new(fonts.get(FaceId(0)).unwrap(), instance).shape(&run)
            };
        let fresh: Vec<_> = kinds.iter().map(|kind| shape(&Fonts::embedded(), *kind)).collect();
        let kept = |fonts: &Fonts| fonts.get(FaceId(0)).unwrap().plans().borrow().0.len();
        for _ in 0..3 {
            for (kind, fresh) in kinds.iter().zip(&fresh) {
                assert_eq!(shape(&shared, *kind), *fresh, "{kind:?}");
                let before = kept(&shared);
                assert_eq!(shape(&shared, *kind), *fresh, "{kind:?}");
                assert!(kept(&shared) == before && before <= MAX_PLANS);
            }
        }
        assert!((1..fresh.len()).any(|at| fresh[at] != fresh[0]), "they are not all alike");
    }

    #[test]
    fn kerning_is_on() {
        assert!(
            advance(&shape("AV", false, false))
                < advance(&shape("A", false, false)) + advance(&shape("V", false, false))
        );
    }

    #[test]
    fn marks_share_the_cluster_of_their_base() {
        let glyphs = shape("e\u{301}x", false, false);
        assert!(glyphs.iter().all(|glyph| glyph.cluster == 0 || glyph.cluster == 3));
    }

    #[test]
    fn clusters_fall_from_right_to_left() {
        let clusters: Vec<usize> = shape("abc", true, false).iter().map(|glyph| glyph.cluster).collect();
        assert_eq!(clusters, [2, 1, 0]);
    }
}
