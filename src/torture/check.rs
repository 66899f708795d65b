//! A laid out case → the faults that a recipient would see.
//!
//! The faults are:
//! - A text reaches out of its box, or is cut off. An ellipsis is a fault only if the values are
//!   ordinary, or if no param changes the text.
//! - A merge tag is visible.
//! - Glyphs are missing, leave the picture, are hidden by a `clip`, or overlap those of another
//!   layer.
//! - A layer does not fit into its stack.
//! - An image layer has nothing to show.
//! - The plan has a warning.
//!
//! A faint text counts as decoration: it may leave the picture and lie under other texts.

use std::collections::{BTreeMap, BTreeSet};

use crate::font::Fonts;
use crate::geometry::Rect;
use crate::image;
use crate::layout::{self, Content, Item, Scene, Source, Text};
use crate::limits::Limits;
use crate::plan::{Paint, Plan};
use crate::render::Resources;
use crate::text::{Overflow, Report};

use super::outcome::{Case, Fault, Finding};

/// A distance in px that is not visible. Rounding, and moving edges to whole px, cause such
/// distances.
const SLACK_PX: f32 = 1.0;

/// Opacity below which a text counts as decoration, 0 to 1.
const FAINT: f32 = 0.5;

/// What is said, after a distance, about a text that is not seen as a whole.
const HIDDEN: &str = " px of its letters are hidden";

/// The checks of one template.
pub struct Checks<'a> {
    /// Paths of the texts that no param changes.
    pub fixed: BTreeSet<&'a str>,
    /// The budgets.
    pub limits: &'a Limits,
}

/// A case that was laid out.
pub struct LaidOut {
    /// The plan that was drawn.
    pub plan: Plan,
    /// The files that it was laid out with.
    pub resources: Resources,
    /// Its boxes.
    pub scene: Scene,
}

impl Checks<'_> {
    /// The faults of a laid out case.
    pub fn check(&self, case: &Case, laid_out: &LaidOut) -> Vec<Finding> {
        let LaidOut { plan, resources, scene } = laid_out;
        let mut checker = Checker { checks: self, resources, case, texts: Vec::new(), findings: Vec::new() };
        for warning in &plan.warnings {
            let (layer, fault) = warning.split_once(": ").unwrap_or(("", warning));
            checker.find(Fault::Value, layer, fault);
        }
        // Layout warns of corners that no box can be seen in; its other warnings are faults below.
        for warning in scene.warnings.iter().filter(|warning| warning.contains(".corners: ")) {
            let (layer, fault) = warning.split_once(": ").unwrap_or(("", warning));
            checker.find(Fault::Value, layer, fault);
        }
        let all = Place { seen: layout::Place::PICTURE, window: scene.frame, opacity: 1.0 };
        for item in &scene.items {
            checker.item(item, all);
        }
        checker.collisions();
        checker.findings
    }
}

/// Paths of the texts that are the same in every case. A text of an item that only some cases have is none.
pub fn fixed<'a>(scenes: &[&'a Scene]) -> BTreeSet<&'a str> {
    let mut seen: BTreeMap<&str, (Option<&str>, usize)> = BTreeMap::new();
    for scene in scenes {
        texts(&scene.items, &mut |path, text| {
            let (first, count) = seen.entry(path).or_insert((Some(text), 0));
            *first = first.filter(|first| *first == text);
            *count = count.saturating_add(1);
        });
    }
    let of_list = |path: &str| path.contains("][") || path.contains(".more[");
    let is_fixed = |(path, (text, count)): &(&str, (Option<&str>, usize))| {
        text.is_some() && (*count == scenes.len() || !of_list(path))
    };
    crate::ordered::set(seen.into_iter().filter(is_fixed).map(|(path, _)| path))
}

/// Calls `visit` with the path and the words of every text.
fn texts<'a>(items: &'a [Item], visit: &mut impl FnMut(&'a str, &'a str)) {
    for item in items {
        if let Content::Text(text) = &item.content {
            visit(&item.path, &text.text);
        }
        texts(&item.children, visit);
    }
}

/// The place of an item in the picture.
#[derive(Clone, Copy)]
struct Place<'p> {
    seen: layout::Place<'p>,
    /// The box that no `clip` hides.
    window: Rect,
    opacity: f32,
}

/// A drawn text.
struct Ink<'a> {
    layer: &'a str,
    lines: Vec<InkLine>,
}

/// The boxes of a line's glyphs, in px of the scene.
struct InkLine {
    /// The box around all glyphs.
    bounds: Rect,
    glyphs: Vec<Rect>,
}

struct Checker<'a> {
    checks: &'a Checks<'a>,
    resources: &'a Resources,
    case: &'a Case,
    texts: Vec<Ink<'a>>,
    findings: Vec<Finding>,
}

impl<'a> Checker<'a> {
    fn find(&mut self, fault: Fault, layer: &str, what: impl Into<String>) {
        self.findings.push(Finding { fault, layer: layer.to_owned(), what: what.into() });
    }

    fn item(&mut self, item: &'a Item, place: Place<'_>) {
        let seen = place.seen.of(item);
        let mut place = Place { seen, opacity: place.opacity * item.look.opacity, ..place };
        match &item.content {
            Content::Text(text) => self.text(item, text, place),
            Content::Image { sources, .. } => self.image(item, sources),
            Content::Box | Content::Ellipse | Content::Shape(_) => {}
        }
        if item.look.clip {
            place.window = intersection(place.window, moved(item.frame, &place.seen));
        }
        let before = self.findings.len();
        for child in &item.children {
            let out = overhang(child.frame, item.frame);
            if item.word == "stack" && out > SLACK_PX {
                self.find(
                    Fault::Collision,
                    &child.name,
                    format!("reaches {out:.0} px out of its stack ({})", item.name),
                );
            }
            self.item(child, place);
        }
        if matches!(item.word, "table" | "repeat") {
            self.rows(item, place, before);
        }
    }

    /// Makes one fault of those of many rows that lie outside, which have been found since `before`.
    fn rows(&mut self, item: &Item, place: Place<'_>, before: usize) {
        let (out, edge) = farthest(moved(item.frame, &place.seen), place.window);
        let is_outside = |finding: &Finding| finding.what.ends_with(HIDDEN);
        let rows = self.findings.iter().skip(before).filter(|finding| is_outside(finding)).count();
        if out > SLACK_PX && rows > 1 {
            let found = self.findings.split_off(before);
            self.findings.extend(found.into_iter().filter(|finding| !is_outside(finding)));
            self.find(
                Fault::Collision,
                &item.name,
                format!("reaches {out:.0} px over the {edge} edge of what is seen"),
            );
        }
    }

    fn text(&mut self, item: &'a Item, text: &'a Text, place: Place<'_>) {
        let layer = item.name.as_str();
        let Text { block, report, style, .. } = text;
        if block.overflows {
            self.find(Fault::CutOff, layer, "the text does not fit its box");
        } else if block.truncated && style.overflow != Overflow::Ellipsis {
            self.find(Fault::CutOff, layer, "the text is cut off");
        } else if block.truncated && self.case.ordinary {
            self.find(Fault::CutOff, layer, "the text is cut off, although the values are ordinary");
        } else if block.truncated && self.checks.fixed.contains(item.path.as_str()) {
            self.find(Fault::CutOff, layer, "the text is cut off, although no param changes it");
        }
        if report.unknown_family {
            self.find(Fault::Value, layer, "there is no such font");
        }
        if report.cut {
            self.find(Fault::CutOff, layer, "the text is longer than a text may be");
        }
        self.glyphs(layer, report);
        if let Some(tag) = self.case.tag.as_deref()
            && text.text.to_lowercase().contains(&tag.to_lowercase())
        {
            self.find(Fault::MergeTag, layer, "shows the merge tag");
        }

        let faint = place.opacity * alpha(item) < FAINT;
        let lines = ink(text, &self.resources.fonts, &place.seen);
        if faint || lines.is_empty() {
            return;
        }
        if lines.windows(2).any(
            |pair| matches!(pair, [upper, lower] if collide(std::slice::from_ref(upper), std::slice::from_ref(lower))),
        ) {
            self.find(Fault::Collision, layer, "its lines overlap");
        }
        let hidden = lines.iter().fold(0.0_f32, |most, line| most.max(overhang(line.bounds, place.window)));
        if hidden > SLACK_PX {
            self.find(Fault::Collision, layer, format!("{hidden:.0}{HIDDEN}"));
        }
        self.texts.push(Ink { layer, lines });
    }

    /// Finds characters that no font has.
    fn glyphs(&mut self, layer: &str, report: &Report) {
        if report.missing_count > 0 {
            self.find(Fault::Letter, layer, format!("no font has {} of the characters", report.missing_count));
        }
    }

    fn image(&mut self, item: &Item, sources: &[Source]) {
        let mut problems = Vec::new();
        for source in sources {
            match source {
                Source::Initials { report, .. } => return self.glyphs(&item.name, report),
                Source::Asset(name) => match self.resources.assets.get(name) {
                    None => problems.push(format!("there is no asset {name}")),
                    Some(bytes) => match image::header(bytes, self.checks.limits) {
                        Ok(_) => return,
                        Err(problem) => problems.push(format!("{name}: {}", problem.message)),
                    },
                },
            }
        }
        // An image without any source is left out on purpose.
        if !problems.is_empty() {
            self.find(Fault::Image, &item.name, problems.join("; "));
        }
    }

    /// Finds texts that overlap each other.
    fn collisions(&mut self) {
        let mut found = Vec::new();
        for (at, upper) in self.texts.iter().enumerate().skip(1) {
            for lower in self.texts.iter().take(at) {
                if collide(&upper.lines, &lower.lines) {
                    found.push((upper.layer, format!("its letters overlap those of {}", lower.layer)));
                }
            }
        }
        for (layer, fault) in found {
            self.find(Fault::Collision, layer, fault);
        }
    }
}

fn collide(upper: &[InkLine], lower: &[InkLine]) -> bool {
    let pairs = || upper.iter().flat_map(|upper| lower.iter().map(move |lower| (upper, lower)));
    pairs().filter(|(upper, lower)| overlap(upper.bounds, lower.bounds)).any(|(upper, lower)| {
        upper
            .glyphs
            .iter()
            .any(|glyph| overlap(*glyph, lower.bounds) && lower.glyphs.iter().any(|other| overlap(*glyph, *other)))
    })
}

/// The boxes of a text's glyphs. Lines without any ink are left out.
fn ink(text: &Text, fonts: &Fonts, seen: &layout::Place<'_>) -> Vec<InkLine> {
    let Text { block, origin, arc, .. } = text;
    let mut lines = Vec::new();
    let (mut last_face, mut units_per_em) = (None, 1.0);
    for line in &block.lines {
        let mut glyphs: Vec<Rect> = Vec::new();
        for glyph in &line.glyphs {
            if last_face != Some(glyph.face) {
                (last_face, units_per_em) = (Some(glyph.face), fonts.units_per_em(glyph.face));
            }
            let Some(run) = block.runs.get(usize::from(glyph.run)) else { continue };
            let scale = block.size * run.scale / units_per_em;
            let Some(outline) = fonts.outline(glyph.face, &run.instance, glyph.id) else { continue };
            let ink = outline.bounds();
            // On a circle, a letter turns with its foot.
            let (x, y, place) = match arc {
                Some(arc) => {
                    let along = glyph.middle - line.x - line.width / 2.0;
                    (glyph.x - glyph.middle, glyph.y - line.baseline, seen.within(arc.at(along)))
                }
                None => (origin.0 + glyph.x, origin.1 + glyph.y, *seen),
            };
            let (x, y) = (x + ink.x() * scale, y + ink.y() * scale);
            glyphs.push(moved(Rect::new(x, y, ink.width() * scale, ink.height() * scale), &place));
        }
        if let Some(bounds) = glyphs.iter().copied().reduce(|a, b| a.union(&b)) {
            lines.push(InkLine { bounds, glyphs });
        }
    }
    lines
}

/// The opacity of a text's fill, 0 to 1. Gradients count as opaque.
fn alpha(item: &Item) -> f32 {
    match &item.look.fill {
        Some(Paint::Color(color)) => f32::from(color.a) / 255.0,
        Some(Paint::Picture | Paint::Linear { .. } | Paint::Radial { .. } | Paint::Conic { .. }) | None => 1.0,
    }
}

/// The bounding box of a box in the picture.
fn moved(rect: Rect, place: &layout::Place<'_>) -> Rect {
    let points = place.corners(rect).map(|(x, y)| Rect::new(x, y, 0.0, 0.0));
    points.into_iter().reduce(|a, b| a.union(&b)).unwrap_or(rect)
}

/// The largest distance in px by which a box reaches out of another; 0 if it lies inside.
fn overhang(rect: Rect, of: Rect) -> f32 {
    farthest(rect, of).0
}

/// The same, and the edge over which it is.
fn farthest(rect: Rect, of: Rect) -> (f32, &'static str) {
    let edges = [
        (of.x - rect.x, "left"),
        (of.y - rect.y, "upper"),
        (rect.right() - of.right(), "right"),
        (rect.bottom() - of.bottom(), "lower"),
    ];
    edges.into_iter().fold((0.0, ""), |most, edge| if edge.0 > most.0 { edge } else { most })
}

fn overlap(a: Rect, b: Rect) -> bool {
    let part = intersection(a, b);
    part.width > SLACK_PX && part.height > SLACK_PX
}

fn intersection(a: Rect, b: Rect) -> Rect {
    let (x, y) = (a.x.max(b.x), a.y.max(b.y));
    Rect::new(x, y, a.right().min(b.right()) - x, a.bottom().min(b.bottom()) - y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Template;
    use crate::torture;
    use crate::world::Embedded;

    /// The faults of layers in a picture of 200 × 100 px whose param `name` is `Maximiliana`.
    fn found(layers: &str, case: &Case) -> Vec<String> {
        let limits = Limits::default();
        let document = format!(
            r#"{{ "width": 200, "height": 100, "params": {{ "name": {{ "type": "text" }} }}, "layers": [{layers}] }}"#
        );
        let template = Template::parse(&document, &limits).unwrap();
        let other = Case { query: "name=Jo".to_owned(), ..case.clone() };
        let outcomes = torture::run(&template, &[case.clone(), other], &Embedded::new(limits));
        let said = |finding: &Finding| format!("{}: {}", finding.layer, finding.what);
        outcomes[0].findings.iter().map(said).collect()
    }

    fn case() -> Case {
        Case { name: String::new(), query: "name=Maximiliana".to_owned(), ordinary: false, tag: None, size: None }
    }

    #[test]
    fn faults_are_found() {
        let mut wrong = Vec::new();
        let name = r#""type": "text", "id": "a", "text": "{{ name }}", "size": 30"#;
        for (layers, expected) in [
            (format!("{{ {name} }}"), ""),
            (format!(r#"{{ {name}, "width": 60, "max_lines": 1 }}"#), ""),
            (format!(r#"{{ {name}, "width": 60, "max_lines": 1, "overflow": "clip" }}"#), "a: the text is cut off"),
            (
                format!(r#"{{ {name}, "width": 100, "max_lines": 1, "overflow": "visible" }}"#),
                "a: the text does not fit its box",
            ),
            (format!(r#"{{ {name}, "x": 100, "width": 180 }}"#), "a: 65 px of its letters are hidden"),
            (format!(r#"{{ {name}, "x": 100, "width": 180, "opacity": 0.2 }}"#), ""),
            (format!(r##"{{ {name}, "x": 100, "width": 180, "fill": "#0004" }}"##), ""),
            (
                format!(r#"{{ "type": "group", "width": 90, "height": 90, "clip": true, "children": [{{ {name}, "width": 180 }}] }}"#),
                "a: 75 px of its letters are hidden",
            ),
            (format!(r#"{{ {name}, "y": 30, "rotate": 90 }}"#), "a: 33 px of its letters are hidden"),
            (
                format!(r#"{{ {name} }}, {{ {name}, "y": 12 }}"#),
                "a: its letters overlap those of a",
            ),
            (format!(r#"{{ {name} }}, {{ {name}, "y": 36 }}"#), ""),
            (r#"{ "type": "text", "id": "a", "text": "Gg\nÁÁ", "size": 30, "line_height": 0.9 }"#.to_owned(), "a: its lines overlap"),
            (r#"{ "type": "text", "id": "a", "text": "Gg\nÁÁ", "size": 30 }"#.to_owned(), ""),
            (
                r#"{ "type": "group", "width": 160, "height": 96, "rotate": 45, "children": [
                    { "type": "text", "id": "a", "x": 32, "width": 96, "height": 96, "text": "{{ name }}", "size": 14, "arc": { "radius": "60%" } }] }"#
                    .to_owned(),
                "",
            ),
            (
                r#"{ "type": "stack", "id": "s", "height": 50, "children": [
                    { "type": "rect", "id": "a", "width": 9, "height": 40 }, { "type": "rect", "id": "b", "width": 9, "height": 40 }] }"#
                    .to_owned(),
                "b: reaches 30 px out of its stack (s)",
            ),
            (
                r#"{ "type": "table", "id": "t", "items": "['a', 'b', 'c', 'd', 'e']", "width": 90, "columns": [{ "text": "{{ item }}" }] }"#
                    .to_owned(),
                "t: reaches 77 px over the lower edge of what is seen",
            ),
            (
                r#"{ "type": "text", "text": "a word or two", "id": "a", "width": 60, "max_lines": 1 }"#.to_owned(),
                "a: the text is cut off, although no param changes it",
            ),
            (format!(r#"{{ {name}, "font": "Papyrus" }}"#), "a: there is no such font"),
            (
                r#"{ "type": "image", "id": "a", "src": "asset:none.png", "width": 9, "height": 9 }"#.to_owned(),
                "a: there is no asset none.png",
            ),
            (
                r#"{ "type": "image", "src": "asset:none.png", "width": 9, "height": 9, "fallback": ["initials:A"] }"#.to_owned(),
                "",
            ),
            (r#"{ "type": "rect", "width": "{{ name }}" }"#.to_owned(), "layers[0].width: its value is not px as a number, a percentage such as \"50%\", \"fill\" or \"hug\""),
        ] {
            let found = found(&layers, &case()).join("; ");
            if found != expected {
                wrong.push(format!("{layers}\n  found {found:?}\n  not   {expected:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn ordinary_values_must_not_be_cut_off() {
        let layer = r#"{ "type": "text", "text": "{{ name }}", "width": 60, "max_lines": 1 }"#;
        assert_eq!(found(layer, &case()), [""; 0]);
        let ordinary = Case { ordinary: true, ..case() };
        assert_eq!(found(layer, &ordinary), ["layers[0]: the text is cut off, although the values are ordinary"]);
    }

    #[test]
    fn a_missing_glyph_is_found() {
        let layer = r#"{ "type": "text", "text": "{{ name }}" }"#;
        let with = |name: &str| Case { query: format!("name={name}"), ..case() };
        assert_eq!(found(layer, &with("Zoë")), [""; 0]);
        assert_eq!(found(layer, &with("Zoë 🎉🎉")), ["layers[0]: no font has 2 of the characters"]);
    }
}
