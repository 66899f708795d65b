//! A row of a file → the faults of its picture.
//!
//! The picture is laid out and checked as a worst case is, and not painted. Images on other hosts are
//! not fetched; whether they may be shown at all is checked.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde::Serialize;

use crate::image::Surveys;
use crate::inputs::Inputs;
use crate::layout::{self, Content, Item};
use crate::limits::Limits;
use crate::params::{Source, Values};
use crate::plan::{self, Plan};
use crate::render::Resources;
use crate::request::{Format, Options};
use crate::template::Template;
use crate::torture::{Case, Checks, Fault, LaidOut};
use crate::world::World;

use super::columns::Column;

/// Rows with the values of an earlier one, of which so many are known, need no layout.
const KNOWN_ROWS: usize = 65_536;

/// The share of a template's width below which a letter that was shrunk is small: 12 px of a picture
/// that an email shows 600 px wide.
const SMALL: f32 = 12.0 / 600.0;

/// Why a row is in trouble, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// A text is cut off, or reaches out of its box.
    CutOff,
    /// An image cannot be had.
    Image,
    /// No font has a character.
    Letter,
    /// Letters are hidden or overlap others.
    Collision,
    /// A param has no value and no default.
    Missing,
    /// A value cannot be used as the template asks.
    Value,
    /// The row has more cells than the header, or fewer.
    Cells,
    /// A text was shrunk below the least size.
    Small,
    /// A param has no usable value, and its default is shown.
    Default,
}

impl Reason {
    /// All of them, the worst first.
    pub const ALL: [Self; 9] = [
        Self::CutOff,
        Self::Image,
        Self::Letter,
        Self::Collision,
        Self::Missing,
        Self::Value,
        Self::Cells,
        Self::Small,
        Self::Default,
    ];

    /// Whether the picture is bad: with a default it is as the template's author wants it.
    #[must_use]
    pub const fn is_trouble(self) -> bool {
        !matches!(self, Self::Default)
    }

    /// A few words for a person.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::CutOff => "cut off",
            Self::Image => "image missing",
            Self::Letter => "letter missing",
            Self::Collision => "letters hidden or overlapping",
            Self::Missing => "value missing",
            Self::Value => "value not usable",
            Self::Cells => "cells out of place",
            Self::Small => "shrunk too small",
            Self::Default => "default shown",
        }
    }
}

/// One reason why a row is in trouble.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// Its kind.
    pub reason: Reason,
    /// The layer's `id` or path, or the param.
    #[serde(rename = "where")]
    pub place: String,
    /// The trouble, in words.
    pub what: String,
}

/// How bad a row is, to sort the worst first: higher is worse. 0 without any trouble.
#[must_use]
pub fn score(troubles: &[Trouble]) -> u32 {
    let rank = |trouble: &Trouble| Reason::ALL.iter().rev().position(|reason| *reason == trouble.reason);
    let worst = troubles.iter().filter_map(rank).max().map_or(0, |rank| rank.saturating_add(1));
    let count = troubles.len().min(99);
    u32::try_from(worst.saturating_mul(100).saturating_add(count)).unwrap_or(u32::MAX)
}

/// A row before its layout.
pub struct Row {
    /// What to draw, with the files that it needs.
    pub plan: Plan,
    troubles: Vec<Trouble>,
}

/// Judges rows.
pub struct Judge {
    columns: Vec<Column>,
    cells: usize,
    least_px: f32,
    surveys: Surveys,
    known: BTreeMap<String, Rc<[Trouble]>>,
}

impl Judge {
    /// A judge of the rows of a file: the number of its columns, and those that fill params. A text
    /// that was shrunk below `least_px` is in trouble; by default 12 px of a picture that is shown
    /// 600 px wide.
    #[must_use]
    pub fn new(
        template: &Template,
        columns: Vec<Column>,
        cells: usize,
        least_px: Option<f32>,
        limits: &Limits,
    ) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a side of a canvas")]
        let width = template.document.width as f32;
        let (least_px, surveys) = (least_px.unwrap_or(width * SMALL), Surveys::new(limits));
        Self { columns, cells, least_px, surveys, known: BTreeMap::new() }
    }

    /// The query of a row.
    #[must_use]
    pub fn query(&self, cells: &[String]) -> String {
        let pairs: Vec<_> =
            self.columns.iter().filter_map(|column| Some((&column.name, cells.get(column.index)?))).collect();
        // Pairs of strings always encode.
        serde_urlencoded::to_string(pairs).unwrap_or_default()
    }

    /// The trouble of a row whose values were met before, or else the row, which is to be judged when
    /// its files are there.
    ///
    /// # Errors
    /// The row, which is not known yet.
    pub fn known(&self, template: &Template, query: &str, limits: &Limits) -> Result<Rc<[Trouble]>, Box<Row>> {
        if let Some(known) = self.known.get(query) {
            return Ok(Rc::clone(known));
        }
        let values = template.example_values(query, limits);
        let options = Options::default();
        let plan = plan::plan(&Inputs::new(template, &values, &options, Format::Png), limits);
        Err(Box::new(Row { plan, troubles: self.missing(&values) }))
    }

    /// The trouble of a row, the worst first. `world` has the files of its plan that exist.
    pub fn judge(&mut self, query: String, row: Row, world: &impl World) -> Rc<[Trouble]> {
        let Row { plan, mut troubles } = row;
        let limits = world.limits();
        let resources = Resources::of(&plan, world);
        let scene = layout::layout_with(&plan, &resources.assets, &resources.fonts, &self.surveys, limits);
        for item in &scene.items {
            self.small(item, &mut troubles);
        }
        let case = Case::of_recipient(String::new());
        let laid_out = LaidOut { plan, resources, scene };
        let findings = Checks { fixed: BTreeSet::new(), limits }.check(&case, &laid_out);
        let is_remote = |what: &str| laid_out.plan.remotes.iter().any(|remote| what.contains(&remote.id.to_string()));
        for finding in findings {
            let reason = match finding.fault {
                Fault::CutOff => Reason::CutOff,
                Fault::Letter => Reason::Letter,
                // Nobody has asked for it.
                Fault::Image if is_remote(&finding.what) => continue,
                Fault::Image => Reason::Image,
                Fault::Collision | Fault::Contrast => Reason::Collision,
                Fault::MergeTag | Fault::Value => Reason::Value,
            };
            let what = finding.what.split(", although").next().unwrap_or_default().to_owned();
            troubles.push(Trouble { reason, place: finding.layer, what });
        }
        troubles.sort_by_key(|trouble| trouble.reason);
        let troubles: Rc<[Trouble]> = troubles.into();
        if self.known.len() < KNOWN_ROWS {
            self.known.insert(query, Rc::clone(&troubles));
        }
        troubles
    }

    /// The trouble of a row that has another number of cells than the header.
    #[must_use]
    pub fn misplaced(&self, cells: &[String]) -> Option<Trouble> {
        let what = || format!("the row has {} cells, and the header {}", cells.len(), self.cells);
        (cells.len() != self.cells).then(|| Trouble { reason: Reason::Cells, place: String::new(), what: what() })
    }

    /// Params that a column fills, and that have no usable value.
    fn missing(&self, values: &Values) -> Vec<Trouble> {
        let mut troubles = Vec::new();
        for (name, resolved) in values {
            let is_filled = |column: &Column| column.name.split(['[', '.']).next() == Some(name);
            let Some(why) = resolved.source.missing().filter(|_| self.columns.iter().any(is_filled)) else { continue };
            let (reason, then) = match resolved.source {
                Source::Missing(_) => (Reason::Missing, "there is no default"),
                _ => (Reason::Default, "its default is shown"),
            };
            troubles.push(Trouble { reason, place: name.clone(), what: format!("{}; {then}", why.words()) });
        }
        troubles
    }

    /// Texts that were shrunk too far.
    fn small(&self, item: &Item, troubles: &mut Vec<Trouble>) {
        if let Content::Text(text) = &item.content
            && text.block.size < text.style.size
            && text.block.size < self.least_px
            && !text.block.lines.is_empty()
        {
            let what = format!("shrunk to {:.1} px, and {:.1} px is the least", text.block.size, self.least_px);
            troubles.push(Trouble { reason: Reason::Small, place: item.name.clone(), what });
        }
        for child in &item.children {
            self.small(child, troubles);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::columns;
    use super::*;
    use crate::table::Reader;
    use crate::world::Embedded;

    const TEMPLATE: &str = r#"{ "width": 300, "height": 100,
        "params": { "name": { "type": "text" }, "plan": { "type": "choice", "choices": ["free", "pro"], "default": "free" },
                    "logo": { "type": "image", "default": "asset:none.png", "hosts": ["logo.example"] } },
        "layers": [
            { "type": "text", "id": "title", "text": "{{ name }}", "width": 280, "height": 40, "size": 30, "min_size": 4, "fit": "shrink", "max_lines": 1 },
            { "type": "text", "id": "line", "text": "{{ name }}", "y": 60, "width": 150, "size": 12, "max_lines": 1 },
            { "type": "image", "id": "picture", "src": "{{ logo }}", "x": 250, "y": 60, "width": 40, "height": 40 }] }"#;

    #[test]
    fn rows_are_judged() {
        let world = Embedded::new(Limits::default());
        let template = Template::parse(TEMPLATE, world.limits()).unwrap();
        let mut wrong = Vec::new();
        for (row, expected) in [
            ("Maria,pro,https://logo.example/a.png", vec![]),
            (
                "Maria,pro,https://evil.example/a.png",
                vec![
                    "image picture: there is no asset none.png",
                    "default logo: missing: host not allowed; its default is shown",
                ],
            ),
            (
                "*|FNAME|*,pro,https://logo.example/a.png",
                vec!["missing name: missing: merge tag (mailchimp); there is no default"],
            ),
            ("Maria,gold,https://logo.example/a.png", vec!["default plan: missing: wrong type; its default is shown"]),
            (
                "Maria 🎉,pro,https://logo.example/a.png",
                vec!["letter title: no font has 1 of the characters", "letter line: no font has 1 of the characters"],
            ),
            (
                "Maria,pro",
                vec![
                    "cells : the row has 2 cells, and the header 3",
                    "image picture: there is no asset none.png",
                    "default logo: missing: absent; its default is shown",
                ],
            ),
            (
                "Maximiliana Konstantina von und zu Hohenlohe-Schillingsfürst und Wolfenbüttel am Bodensee in Bayern,pro,https://logo.example/a.png",
                vec!["cut-off line: the text is cut off", "small title: shrunk to "],
            ),
        ] {
            let text = format!("Name,plan,logo\n{row}");
            let mut rows = Reader::new(&text);
            let header = rows.next().unwrap().unwrap().cells;
            let cells = rows.next().unwrap().unwrap().cells;
            let params = &template.document.params;
            let mut judge = Judge::new(&template, columns(&header, params), header.len(), None, world.limits());
            let query = judge.query(&cells);
            let Err(row) = judge.known(&template, &query, world.limits()) else { panic!("nothing is known yet") };
            let judged = judge.judge(query.clone(), *row, &world);
            let known = judge.known(&template, &query, world.limits()).ok().unwrap();
            assert_eq!(known, judged);
            let reason = |trouble: &Trouble| serde_json::to_string(&trouble.reason).unwrap().replace('"', "");
            let said: Vec<_> = judge
                .misplaced(&cells)
                .iter()
                .chain(&*judged)
                .map(|trouble| format!("{} {}: {}", reason(trouble), trouble.place, trouble.what))
                .collect();
            let fits = said.len() == expected.len()
                && said.iter().zip(&expected).all(|(said, expected)| said.starts_with(expected));
            if !fits {
                wrong.push(format!("{text}\n  found {said:?}\n  not   {expected:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn the_worst_come_first() {
        let of = |reasons: &[Reason]| {
            let trouble = |reason: &Reason| Trouble { reason: *reason, place: String::new(), what: String::new() };
            score(&reasons.iter().map(trouble).collect::<Vec<_>>())
        };
        let scores = [
            of(&[]),
            of(&[Reason::Default]),
            of(&[Reason::Small]),
            of(&[Reason::Small, Reason::Default]),
            of(&[Reason::CutOff]),
        ];
        assert!(scores.is_sorted() && scores.windows(2).all(|pair| pair[0] < pair[1]), "{scores:?}");
    }
}
