//! The check of an audience: the rows of a file, in the order in which they stand.

use std::collections::BTreeSet;

use serde::Serialize;
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

use monogram::audience::{self, Column, Judge, Reason, Trouble};
use monogram::limits::Limits;
use monogram::table::{self, Place, Reader, Unclosed};
use monogram::template::Template;
use monogram::world::World;

use crate::files::{Files, Lacking};
use crate::mistake;

/// A file of recipients, and how far it was read.
#[wasm_bindgen]
pub struct Audience {
    text: String,
    header: Vec<String>,
    /// The first row after the header, for a person to tell the columns by.
    first: Vec<String>,
    begin: Place,
    check: Option<Check>,
    files: Files,
    /// Files that do not exist.
    absent: BTreeSet<String>,
}

struct Check {
    template: Template,
    judge: Judge,
    place: Place,
    /// Rows that were read.
    read: usize,
    /// Which of the parts of the file this judges, from 0, and how many there are.
    part: (usize, usize),
}

impl Check {
    /// Whether the next row is one of another worker.
    fn skips(&self) -> bool {
        let (part, parts) = self.part;
        (self.read / PART_ROWS).checked_rem(parts).is_some_and(|turn| turn != part)
    }
}

/// Rows that one of several workers judges in a row: neighbours in a file are often alike.
const PART_ROWS: usize = 64;

#[derive(Serialize)]
struct Opened<'a> {
    header: &'a [String],
    first: &'a [String],
    /// Names in a query, and the columns that fill them.
    columns: Vec<(String, usize)>,
}

#[derive(Serialize, Default)]
struct Step {
    /// Rows that were judged.
    rows: usize,
    /// Those with something to say about.
    found: Vec<Found>,
    /// 0 to 1.
    share: f64,
    done: bool,
    /// What the next row needs. The page adds it, or says that it is absent, and goes on.
    lacking: Lacking,
    /// The line of a quoted cell that never ends: what follows was not read.
    unclosed: Option<usize>,
}

#[derive(Serialize)]
struct Found {
    line: usize,
    query: String,
    score: u32,
    is_trouble: bool,
    troubles: Vec<Trouble>,
}

#[wasm_bindgen]
impl Audience {
    /// Opens a file.
    ///
    /// # Errors
    /// It has no row.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8]) -> Result<Self, JsError> {
        let text = table::decode(bytes);
        let mut reader = Reader::new(&text);
        let header = reader.next().ok_or_else(|| JsError::new("the file is empty: its first row names the columns"))?;
        let header =
            header.map_err(|Unclosed(line)| JsError::new(&format!("a quoted cell of line {line} never ends")))?;
        let begin = reader.place;
        let first = reader.next().and_then(Result::ok).map(|record| record.cells).unwrap_or_default();
        let files = Files::new(Limits::default());
        Ok(Self { text, header: header.cells, first, begin, check: None, files, absent: BTreeSet::new() })
    }

    /// The columns, and what they fill in a template, as JSON.
    ///
    /// # Errors
    /// The document has a mistake.
    pub fn columns(&self, document: &str) -> Result<String, JsError> {
        let template = Template::parse(document, &self.files.limits).map_err(|problem| mistake(&problem))?;
        let columns = audience::columns(&self.header, &template.document.params);
        let columns = columns.into_iter().map(|Column { name, index }| (name, index)).collect();
        let opened = Opened { header: &self.header, first: &self.first, columns };
        // Strings and numbers always serialise.
        Ok(serde_json::to_string(&opened).unwrap_or_default())
    }

    /// Begins with the first row. `names` and `indexes` are the columns that fill params; a text below
    /// `least_px` is in trouble, or what the core takes for small where it is 0. Of `parts` workers that
    /// share a file, this one is number `part`, from 0, and judges its rows alone.
    ///
    /// # Errors
    /// The document has a mistake.
    pub fn begin(
        &mut self,
        document: &str,
        names: Vec<String>,
        indexes: Vec<u32>,
        least_px: f32,
        part: usize,
        parts: usize,
    ) -> Result<(), JsError> {
        let limits = &self.files.limits;
        let template = Template::parse(document, limits).map_err(|problem| mistake(&problem))?;
        let index = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
        let columns = names.into_iter().zip(indexes).map(|(name, at)| Column { name, index: index(at) }).collect();
        let least_px = Some(least_px).filter(|px| *px > 0.0);
        let judge = Judge::new(&template, columns, self.header.len(), least_px, limits);
        self.check = Some(Check { template, judge, place: self.begin, read: 0, part: (part, parts) });
        Ok(())
    }

    /// Adds an asset.
    #[wasm_bindgen(js_name = addAsset)]
    pub fn add_asset(&mut self, name: &str, bytes: &[u8]) {
        self.files.add_asset(name, bytes);
    }

    /// Adds the file of a font pack.
    #[wasm_bindgen(js_name = addPack)]
    pub fn add_pack(&mut self, name: &str, bytes: Vec<u8>) -> bool {
        self.files.add_pack(name, bytes)
    }

    /// Says that there is no such asset or pack.
    #[wasm_bindgen(js_name = addAbsent)]
    pub fn add_absent(&mut self, name: &str) {
        self.absent.insert(name.to_owned());
    }

    /// Judges so many rows, fewer if one needs a file. Returns a [`Step`] as JSON.
    ///
    /// # Errors
    /// The check has not begun.
    pub fn step(&mut self, rows: usize) -> Result<String, JsError> {
        let Self { text, check, files, absent, .. } = self;
        let Some(check) = check else { return Err(JsError::new("the check has not begun")) };
        let mut step = Step::default();
        while step.rows < rows {
            let mut reader = Reader::at(text, check.place);
            let record = match reader.next() {
                None => {
                    step.done = true;
                    break;
                }
                Some(Err(Unclosed(line))) => {
                    (step.done, step.unclosed) = (true, Some(line));
                    break;
                }
                Some(Ok(record)) => record,
            };
            if check.skips() {
                (check.place, check.read) = (reader.place, check.read.saturating_add(1));
                step.share = reader.share();
                continue;
            }
            let Check { template, judge, .. } = check;
            let query = judge.query(&record.cells);
            let judged = match judge.known(template, &query, files.limits()) {
                Ok(known) => known,
                Err(row) => {
                    let mut lacking = files.lacking(&row.plan);
                    lacking.remotes.clear();
                    lacking.assets.retain(|name| !absent.contains(name));
                    lacking.packs.retain(|(name, _)| !absent.contains(*name));
                    if !lacking.assets.is_empty() || !lacking.packs.is_empty() {
                        step.lacking = lacking;
                        break;
                    }
                    judge.judge(query.clone(), *row, files)
                }
            };
            let troubles: Vec<Trouble> = judge.misplaced(&record.cells).iter().chain(&*judged).cloned().collect();
            (check.place, check.read) = (reader.place, check.read.saturating_add(1));
            step.share = reader.share();
            step.rows = step.rows.saturating_add(1);
            if !troubles.is_empty() {
                let is_trouble = troubles.iter().any(|trouble| trouble.reason.is_trouble());
                let score = audience::score(&troubles);
                step.found.push(Found { line: record.line, query, score, is_trouble, troubles });
            }
        }
        // Strings and finite numbers always serialise.
        Ok(serde_json::to_string(&step).unwrap_or_default())
    }
}

/// The reasons for trouble with their words, the worst first, as JSON.
#[wasm_bindgen]
#[must_use]
pub fn reasons() -> String {
    let words: Vec<_> = Reason::ALL.iter().map(|reason| (reason, reason.words())).collect();
    // Strings always serialise.
    serde_json::to_string(&words).unwrap_or_default()
}
