//! One run of one face, script and direction → glyphs, by the font's own rules.
//!
//! The only file that names `rustybuzz`. The crate is no longer maintained (RUSTSEC-2026-0206): its
//! successor concerns this file alone.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use rustybuzz::ttf_parser::GlyphId;
use rustybuzz::{BufferFlags, Direction, Feature, Language, ShapePlan, UnicodeBuffer, Variation};
use unicode_script::Script;
use yoke::Yokeable;

use super::style;
use crate::font::{Face, Instance, Parsed, Tag};

/// The shaper's data of a face. It is attached to the face, and made when the face is first shaped
/// with.
struct Prepared {
    tables: Parsed<Tables<'static>>,
    plans: RefCell<Plans>,
}

/// A face's tables as the shaper reads them.
#[derive(Yokeable)]
struct Tables<'a>(rustybuzz::Face<'a>);

impl<'a> Tables<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        rustybuzz::Face::from_slice(bytes, 0).map(Self)
    }
}

/// The shaper's data of a face; 10 µs at the first call. `None` if the shaper cannot read the face.
fn prepared(face: &Face) -> Option<&Prepared> {
    let read = || {
        let tables = Parsed::<Tables<'static>>::read(face.file(), |bytes| Tables::read(bytes))?;
        Some(Prepared { tables, plans: RefCell::default() })
    };
    face.attachment().get_or_init::<Option<Prepared>>(read)?.as_ref()
}

/// A face as one instance, ready to shape.
pub(super) struct Shaper<'a> {
    face: rustybuzz::Face<'a>,
    instance: Instance,
    plans: &'a RefCell<Plans>,
    /// The memory of the run before, for the next one.
    buffer: Option<UnicodeBuffer>,
}

/// A cache of plans: which of a face's rules apply to a kind of run. A plan costs as much as
/// shaping a name.
#[derive(Default)]
pub(super) struct Plans(Vec<(PlanKey, Rc<ShapePlan>)>);

/// The most plans of one face: the kinds of runs of a few templates, few enough for a linear
/// search.
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

/// A run and its surroundings.
#[derive(Debug, Clone)]
pub(super) struct Run<'a> {
    /// The whole line of text, because a run's first and last letters may join their neighbours in
    /// other runs.
    pub(super) text: &'a str,
    /// The bytes of `text` to shape.
    pub(super) range: Range<usize>,
    pub(super) script: Script,
    /// Right to left, by the run's bidi level.
    pub(super) rtl: bool,
    /// BCP 47; it chooses between a font's local forms.
    pub(super) lang: Option<&'a str>,
    /// Whether there is space between letters, which turns optional ligatures off, as in CSS.
    pub(super) spaced: bool,
    /// In addition to those that are always on.
    pub(super) features: &'a [style::Feature],
}

/// A shaped glyph, in font units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyph {
    pub(super) id: u16,
    /// Byte of `Run::text` at which its cluster begins.
    pub(super) cluster: usize,
    /// The distance that the pen moves.
    pub(super) advance: i32,
    /// The offset to the right of the pen.
    pub(super) dx: i32,
    /// The offset above the baseline.
    pub(super) dy: i32,
    /// Whether a line break before its cluster would change glyphs or positions on either side.
    pub(super) unsafe_to_break: bool,
    /// What its advance gains if a line breaks between it and the glyph to its right: kerning. 0
    /// if such a break is safe.
    pub(super) kerning: i32,
}

impl<'a> Shaper<'a> {
    /// `face` as an instance; each axis is clamped to its range. `None` if the shaper cannot read
    /// the face.
    pub(super) fn new(face: &'a Face, instance: &Instance) -> Option<Self> {
        let Prepared { tables, plans } = prepared(face)?;
        let mut tables = tables.get().0.clone();
        let axes = face.axes(instance).into_iter();
        let axes = axes.map(|axis| Variation { tag: axis.tag.into(), value: axis.value });
        tables.set_variations(&axes.collect::<Vec<_>>());
        Some(Self { face: tables, instance: instance.clone(), plans, buffer: None })
    }

    /// The glyphs of a run, from left to right. Their `cluster` rises in a left-to-right run, and
    /// falls in a right-to-left one.
    pub(super) fn shape(&mut self, run: &Run<'_>) -> Vec<Glyph> {
        let before = run.text.get(..run.range.start).unwrap_or_default();
        let after = run.text.get(run.range.end..).unwrap_or_default();
        let direction = if run.rtl { Direction::RightToLeft } else { Direction::LeftToRight };
        let tag = Tag(run.script.as_iso15924_tag().to_be_bytes());
        let script = rustybuzz::Script::from_iso15924_tag(tag.into()).unwrap_or(rustybuzz::script::COMMON);
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

        let infos = shaped.glyph_infos();
        // A break is unsafe before the later of two letters, which is the right one from left to
        // right. Kerning is in the advance of the left one, or of the letter that its marks follow.
        let later = if run.rtl { infos } else { infos.get(1..).unwrap_or_default() };
        let kerning = |at: usize, id: u16, advance: i32| match later.get(at) {
            Some(info) if info.unsafe_to_break() => {
                self.face.glyph_hor_advance(GlyphId(id)).map_or(0, |own| i32::from(own).saturating_sub(advance))
            }
            _ => 0,
        };
        let glyphs = infos
            .iter()
            .zip(shaped.glyph_positions())
            .enumerate()
            .map(|(at, (info, position))| Glyph {
                id: u16::try_from(info.glyph_id).unwrap_or(0),
                kerning: kerning(at, u16::try_from(info.glyph_id).unwrap_or(0), position.x_advance),
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

    /// The plan for a run, from the cache or else from `make`.
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

/// The features of a run. If there is space between its letters, `liga` and `clig` are off first:
/// <https://drafts.csswg.org/css-text-3/#letter-spacing-property>
fn features(run: &Run<'_>) -> Vec<Feature> {
    let off: &[Tag] = if run.spaced { &[Tag(*b"liga"), Tag(*b"clig")] } else { &[] };
    let off = off.iter().map(|tag| (*tag, 0));
    let own = run.features.iter().map(|feature| (feature.tag, feature.value));
    off.chain(own).map(|(tag, value)| Feature::new(tag.into(), u32::from(value), ..)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::font::{FaceId, Fonts};

    fn shape(text: &str, rtl: bool, spaced: bool) -> Vec<Glyph> {
        let fonts = Fonts::embedded();
        let mut shaper = Shaper::new(fonts.get(FaceId(0)).unwrap(), &Instance::of_weight(400)).unwrap();
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
                Shaper::new(fonts.get(FaceId(0)).unwrap(), instance).unwrap().shape(&run)
            };
        let fresh: Vec<_> = kinds.iter().map(|kind| shape(&Fonts::embedded(), *kind)).collect();
        let cached = |fonts: &Fonts| prepared(fonts.get(FaceId(0)).unwrap()).unwrap().plans.borrow().0.len();
        for _ in 0..3 {
            for (kind, fresh) in kinds.iter().zip(&fresh) {
                assert_eq!(shape(&shared, *kind), *fresh, "{kind:?}");
                let before = cached(&shared);
                assert_eq!(shape(&shared, *kind), *fresh, "{kind:?}");
                assert!(cached(&shared) == before && before <= MAX_PLANS);
            }
        }
        assert!((1..fresh.len()).any(|at| fresh[at] != fresh[0]), "they are not all alike");
    }

    #[test]
    fn a_face_is_prepared_once() {
        let fonts = Fonts::embedded();
        let face = fonts.get(FaceId(0)).unwrap();
        assert!(std::ptr::eq(prepared(face).unwrap(), prepared(&Rc::clone(face)).unwrap()));
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
