//! A text layer: its fields → text runs, and the style of the paragraph that they form.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::color::Color;
use crate::font::{Axis, Instance, Tag};
use crate::geometry::px;
use crate::template::LineHeight;
use crate::template::Templated;
use crate::template::document::{self as doc, Content, Decoration};
use crate::text::{self, Direction, Feature, Fit, Run, RunStyle, bidi, case, marks, normal};

use super::resolve::Resolver;
use super::{Arc, Length, Paint, Text, VerticalAlign};

/// The text style fields that a layer and a run have in common.
struct Fields<'a> {
    font: Option<&'a Templated<String>>,
    weight: Option<&'a Templated<f32>>,
    italic: Option<bool>,
    letter_spacing: Option<&'a Templated<f32>>,
    features: Option<&'a [String]>,
    axes: Option<&'a BTreeMap<String, Templated<f32>>>,
    decoration: Option<Decoration>,
}

/// CSS's `bolder`.
const fn bolder(weight: u16) -> u16 {
    match weight {
        0..350 => 400,
        350..550 => 700,
        _ => 900,
    }
}

/// Collects the style fields of a layer's text or of a run.
macro_rules! fields {
    ($of:expr) => {
        Fields {
            font: $of.font.as_ref(),
            weight: $of.weight.as_ref(),
            italic: $of.italic,
            letter_spacing: $of.letter_spacing.as_ref(),
            features: $of.features.as_deref(),
            axes: $of.axes.as_ref(),
            decoration: $of.decoration,
        }
    };
}

impl Resolver<'_> {
    /// A text layer.
    pub(super) fn text_layer(&mut self, text: &doc::Text, path: &str) -> Text {
        let evaluated = std::mem::take(&mut self.evaluated);
        let style = self.style(text, path);
        let (mut runs, mut fills) = (Vec::new(), Vec::new());
        match &text.text {
            Content::Plain(source) => {
                let printed = self.printed(source, path);
                let case = (text.case, style.lang.as_deref());
                self.push_rich(&mut runs, &mut fills, printed, (style.base.clone(), None), case);
            }
            Content::Languages(texts) => {
                if let Some(source) = Content::of_language(texts, style.lang.as_deref()) {
                    let printed = self.printed(source, path);
                    let case = (text.case, style.lang.as_deref());
                    self.push_rich(&mut runs, &mut fills, printed, (style.base.clone(), None), case);
                }
            }
            Content::Runs(list) => {
                for (index, run) in list.iter().enumerate() {
                    let path = format!("{path}.text[{index}]");
                    if !self.holds(run.when.as_deref(), &path) {
                        continue;
                    }
                    let printed = self.printed(&run.text, &path);
                    let letters = self.letters(&fields!(run), (style.size, run.size.as_ref()), &style.base, &path);
                    let fill = self.paint(run.fill.as_ref(), &path, "fill");
                    let case = (run.case.or(text.case), style.lang.as_deref());
                    self.push_rich(&mut runs, &mut fills, printed, (letters, fill), case);
                }
            }
        }
        let is_rtl = style.direction == Direction::Rtl || runs.iter().any(|run| bidi::has_rtl(&run.text));
        if !is_rtl {
            runs.iter_mut().for_each(|run| run.text.retain(|c| !bidi::is_value_isolate(c)));
        }
        let vertical_align = text.vertical_align.unwrap_or(VerticalAlign::Top);
        let arc = text.arc.as_ref().map(|arc| self.arc(arc, path));
        let is_literal = !self.evaluated;
        self.evaluated |= evaluated;
        Text { is_literal, runs, fills, style, vertical_align, arc, is_auto: false }
    }

    /// Adds a run; where it has marks, a run for each look.
    pub(super) fn push_rich(
        &mut self,
        runs: &mut Vec<Run>,
        fills: &mut Vec<Option<Paint>>,
        text: String,
        (letters, fill): (RunStyle, Option<Paint>),
        case: (Option<doc::Case>, Option<&str>),
    ) {
        if !text.contains(marks::is_mark) {
            self.push(runs, text, letters, case);
            fills.resize(runs.len(), fill);
            return;
        }
        let (mut style, mut colors) = (letters.clone(), Vec::new());
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let at = rest.find(marks::is_mark).unwrap_or(rest.len());
            let (piece, after) = rest.split_at_checked(at).unwrap_or_default();
            if !piece.is_empty() {
                self.push(runs, piece.to_owned(), style.clone(), case);
                fills.resize(runs.len(), colors.last().cloned().or_else(|| fill.clone()));
            }
            let mut signs = after.chars();
            let mark = signs.next();
            rest = signs.as_str();
            // More looks than a text may have runs are left out.
            let is_full = runs.len() >= self.limits.runs;
            match mark {
                Some(marks::BOLD) if !is_full => {
                    let is_bold = style.instance.weight != letters.instance.weight;
                    style.instance.weight =
                        if is_bold { letters.instance.weight } else { bolder(letters.instance.weight) };
                }
                Some(marks::ITALIC) if !is_full => style.instance.italic = !style.instance.italic,
                Some(marks::COLORED) => {
                    let name = rest.split_once(marks::NAME).and_then(|(_, named)| named.split_once(marks::NAMED));
                    let color = name.and_then(|(name, _)| self.color(name)).map(Paint::Color);
                    colors.extend(color.or_else(|| fill.clone()).filter(|_| !is_full));
                }
                Some(marks::NAME) => {
                    colors.pop();
                    rest = rest.split_once(marks::NAMED).map_or("", |(_, behind)| behind);
                }
                _ => {}
            }
        }
    }

    /// A colour of the template's palette, in any case.
    fn color(&mut self, name: &str) -> Option<Color> {
        let template = self.template;
        let color = template.document.palette.get(&name.to_ascii_lowercase());
        self.field(color, "palette", name)
    }

    /// Adds a run in its case. Small capitals have two sizes, so they become several runs.
    fn push(
        &mut self,
        runs: &mut Vec<Run>,
        text: String,
        letters: RunStyle,
        (case, lang): (Option<doc::Case>, Option<&str>),
    ) {
        let case = match case.unwrap_or(doc::Case::None) {
            doc::Case::None => {
                runs.push(Run { text, style: letters });
                return;
            }
            doc::Case::SmallCaps => {
                let scale = letters.scale * case::SMALL_CAPS;
                runs.extend(case::small_caps(&text, lang).into_iter().map(|(text, small)| {
                    let scale = if small { scale } else { letters.scale };
                    Run { text, style: RunStyle { scale, ..letters.clone() } }
                }));
                return;
            }
            doc::Case::Upper => case::Case::Upper,
            doc::Case::Lower => case::Case::Lower,
            doc::Case::Title => case::Case::Title,
        };
        runs.push(Run { text: case::map(&text, case, lang), style: letters });
    }

    /// The output of a text in NFC, with its values isolated, limited to the picture's remaining
    /// characters, because each character costs a glyph.
    pub(super) fn printed(&mut self, text: &Templated<String>, path: &str) -> String {
        let text = match text {
            Templated::Literal(text) => text.clone(),
            Templated::Expression(source) => {
                self.evaluated = true;
                let printed = self.template.expressions.isolated(source, &self.context);
                let path = format!("{path}.text");
                printed.map_err(|reason| self.warnings.push(&path, reason)).unwrap_or_default()
            }
        };
        // Values are in NFC. What the template's author typed may not be.
        let text = match normal::compose(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(composed) => composed,
        };
        let left = self.limits.glyphs.saturating_sub(self.characters);
        let count = text.chars().filter(|c| !bidi::is_value_isolate(*c) && !marks::is_mark(*c)).count();
        self.characters = self.characters.saturating_add(count);
        if count <= left {
            return text;
        }
        self.warnings.push(
            &format!("{path}.text"),
            format_args!("a picture has at most {} characters; the rest was left out", self.limits.glyphs),
        );
        text.chars().take(left).collect()
    }

    fn style(&mut self, text: &doc::Text, path: &str) -> text::Style {
        let most = self.limits.font_px;
        let size = self.number(text.size.as_ref(), (path, "size"), 16.0, (1.0, most));
        let fit = text.fit.unwrap_or_default();
        let least = if fit == Fit::Line { 1.0 } else { size };
        let max_size = self.field(text.max_size.as_ref(), path, "max_size");
        text::Style {
            base: self.letters(&fields!(text), (size, None), &RunStyle::default(), path),
            size,
            min_size: self.number(text.min_size.as_ref(), (path, "min_size"), least, (1.0, size)),
            max_size: max_size.map(|px| px.clamp(size, most)),
            fit,
            line_height: match self.field(text.line_height.as_ref(), path, "line_height") {
                Some(LineHeight::Times(height)) => Some(px(height).clamp(0.0, 100.0)),
                Some(LineHeight::Normal) | None => None,
            },
            max_lines: if text.arc.is_some() { Some(1) } else { text.max_lines },
            overflow: text.overflow.unwrap_or_default(),
            align: text.align.unwrap_or_default(),
            direction: text.direction.unwrap_or(if self.rtl { Direction::Rtl } else { Direction::Auto }),
            lang: self.field(text.lang.as_ref(), path, "lang").or_else(|| self.lang.map(str::to_owned)),
            // Known when all texts of the picture are.
            forms: None,
            word_break: text.word_break,
            wrap: text.wrap.unwrap_or_default(),
        }
    }

    /// The style of `base`, changed by the fields.
    fn letters(
        &mut self,
        fields: &Fields<'_>,
        (whole, size): (f32, Option<&Templated<f32>>),
        base: &RunStyle,
        path: &str,
    ) -> RunStyle {
        let most = self.limits.font_px;
        let weight = f32::from(base.instance.weight);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 1 to 1000")]
        let weight = self.number(fields.weight, (path, "weight"), weight, (1.0, 1_000.0)) as u16;
        let features =
            fields.features.map(|features| features.iter().filter_map(|name| Feature::parse(name)).collect());
        let axes = fields.axes.map(|axes| {
            let axis = |(name, value): (&String, &Templated<f32>)| {
                Some(Axis { tag: Tag::parse(name)?, value: px(self.field(Some(value), path, "axes")?) })
            };
            axes.iter().filter_map(axis).collect()
        });
        RunStyle {
            family: self.field(fields.font, path, "font").unwrap_or_else(|| base.family.clone()),
            instance: Instance {
                weight,
                italic: fields.italic.unwrap_or(base.instance.italic),
                axes: axes.unwrap_or_else(|| base.instance.axes.clone()),
            },
            scale: size.map_or(base.scale, |size| self.number(Some(size), (path, "size"), whole, (1.0, most)) / whole),
            spacing: self.number(fields.letter_spacing, (path, "letter_spacing"), base.spacing, (-most, most)),
            features: features.unwrap_or_else(|| base.features.clone()),
            decoration: fields.decoration.map_or(base.decoration, |decoration| text::Decoration {
                underline: matches!(decoration, Decoration::Underline | Decoration::Both),
                line_through: matches!(decoration, Decoration::LineThrough | Decoration::Both),
            }),
        }
    }

    fn arc(&mut self, arc: &doc::Arc, path: &str) -> Arc {
        let angle = self.number(arc.angle.as_ref(), (path, "arc.angle"), 0.0, (f32::MIN, f32::MAX)) % 360.0;
        let lower = (90.0..270.0).contains(&angle.abs()); // there, letters with their heads outward stand on them
        Arc {
            radius: self.field(arc.radius.as_ref(), path, "arc.radius").unwrap_or(Length::Fraction(0.8)),
            angle,
            sweep: self.number(arc.sweep.as_ref(), (path, "arc.sweep"), 360.0, (1.0, 360.0)),
            inward: arc.heads.map_or(lower, |heads| heads == doc::Heads::Inward),
        }
    }
}
