//! `monogram check template.json contacts.csv`: who would get a bad picture, before a campaign is
//! sent.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;

use monogram::asset::AssetId;
use monogram::audience::{self, Column, Judge, Reason, Trouble};
use monogram::font::{Fonts, Pack};
use monogram::limits::Limits;
use monogram::table::{self, Reader, Record, Unclosed};
use monogram::template::Template;
use monogram::world::World;
use serde::Serialize;

use crate::Done;
use crate::folder::{Folder, unreadable};
use crate::out::say;

/// Which template, and which file of recipients.
#[derive(clap::Args)]
pub struct Arguments {
    /// The file with the template.
    #[arg(value_name = "TEMPLATE.json")]
    template: PathBuf,
    /// The recipients: CSV with a header, separated by commas, semicolons or tabs.
    #[arg(value_name = "CONTACTS.csv")]
    contacts: PathBuf,
    /// The column that fills a param, where their names differ: `name=First Name`. Repeat it for
    /// each.
    #[arg(long = "map", value_name = "PARAM=COLUMN")]
    map: Vec<String>,
    /// A text that shrinks below so many px is in trouble; by default 12 px of a picture that is
    /// shown 600 px wide.
    #[arg(long, value_name = "PX")]
    min_size: Option<f32>,
    /// The most rows that are listed.
    #[arg(long, value_name = "ROWS", default_value_t = 20)]
    most: usize,
    /// Prints all rows as JSON, for programs.
    #[arg(long)]
    json: bool,
}

/// What is wrong with all rows.
#[derive(Serialize)]
struct Checked {
    file: String,
    rows: usize,
    in_trouble: usize,
    /// Rows with each reason.
    reasons: BTreeMap<&'static str, usize>,
    /// Params that no column fills.
    unfilled: Vec<String>,
    /// The rows with something to say about, the worst first.
    found: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    /// From 1; the header is the first one.
    line: usize,
    troubles: Vec<Trouble>,
}

/// Checks every row.
///
/// # Errors
/// A file that cannot be read, or a column that does not exist.
pub fn run(arguments: &Arguments, folder: &Folder) -> Done {
    let folder = folder.beside(&arguments.template);
    let template = folder.template_in(&arguments.template)?;
    let bytes = fs::read(&arguments.contacts).map_err(|error| unreadable(&arguments.contacts, &error))?;
    let text = table::decode(&bytes);
    let file = arguments.contacts.display().to_string();
    let unclosed = |Unclosed(line)| format!("{file}:{line}: a quoted cell begins here and never ends");
    let mut rows = Reader::new(&text);
    let Record { cells: header, .. } = rows
        .next()
        .ok_or_else(|| format!("{file}: it is empty; the first row names the columns"))?
        .map_err(unclosed)?;
    let columns = columns(&header, &template, &arguments.map)?;
    let is_filled =
        |name: &&String| columns.iter().any(|column| column.name.split(['[', '.']).next() == Some(name.as_str()));
    let unfilled = template.document.params.keys().filter(|name| !is_filled(name)).cloned().collect();
    let world = Kept { folder: &folder, assets: RefCell::default(), fonts: RefCell::default() };
    let mut judge = Judge::new(&template, columns, header.len(), arguments.min_size, world.limits());
    let mut checked =
        Checked { file: file.clone(), rows: 0, in_trouble: 0, reasons: BTreeMap::new(), unfilled, found: Vec::new() };
    for row in rows {
        let Record { line, cells } = row.map_err(unclosed)?;
        let query = judge.query(&cells);
        let judged = match judge.known(&template, &query, world.limits()) {
            Ok(known) => known,
            Err(row) => judge.judge(query, *row, &world),
        };
        checked.add(line, judge.misplaced(&cells).iter().chain(&*judged).cloned().collect());
    }
    checked.found.sort_by_key(|row| std::cmp::Reverse(audience::score(&row.troubles)));
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&checked)?)?;
    } else {
        print(&checked, arguments.most)?;
    }
    Ok(if checked.in_trouble > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The columns that fill params: by their names, or as the caller says.
fn columns(header: &[String], template: &Template, map: &[String]) -> Result<Vec<Column>, String> {
    let mut columns = audience::columns(header, &template.document.params);
    for pair in map {
        let (name, column) = pair.split_once('=').ok_or_else(|| format!("--map {pair}: write it as PARAM=COLUMN"))?;
        if !template.document.params.contains_key(name.split(['[', '.']).next().unwrap_or_default()) {
            let known: Vec<_> = template.document.params.keys().map(String::as_str).collect();
            return Err(format!("--map {pair}: the template has no param {name} (it has {})", known.join(", ")));
        }
        let index = header.iter().position(|title| title.trim() == column.trim());
        let index = index
            .ok_or_else(|| format!("--map {pair}: there is no column {column} (there are {})", header.join(", ")))?;
        columns.retain(|known| known.name != name);
        columns.push(Column { name: name.to_owned(), index });
    }
    if columns.is_empty() && !template.document.params.is_empty() {
        return Err(format!(
            "no column fills a param: name one with --map PARAM=COLUMN (there are {})",
            header.join(", ")
        ));
    }
    Ok(columns)
}

impl Checked {
    fn add(&mut self, line: usize, troubles: Vec<Trouble>) {
        self.rows = self.rows.saturating_add(1);
        for reason in Reason::ALL {
            if troubles.iter().any(|trouble| trouble.reason == reason) {
                let count = self.reasons.entry(reason.words()).or_default();
                *count = count.saturating_add(1);
            }
        }
        if troubles.iter().any(|trouble| trouble.reason.is_trouble()) {
            self.in_trouble = self.in_trouble.saturating_add(1);
        }
        if !troubles.is_empty() {
            self.found.push(Row { line, troubles });
        }
    }
}

fn print(checked: &Checked, most: usize) -> io::Result<()> {
    let Checked { file, rows, in_trouble, reasons, unfilled, found } = checked;
    for Row { line, troubles } in found.iter().take(most) {
        let said: Vec<_> = troubles.iter().map(said).collect();
        say!("{file}:{line}: {}", said.join("; "))?;
    }
    if found.len() > most {
        say!("and {} rows more", found.len().saturating_sub(most))?;
    }
    for name in unfilled {
        say!("{file}: no column fills {name}")?;
    }
    let reasons: Vec<_> = reasons.iter().map(|(words, count)| format!("{count} {words}")).collect();
    let reasons = if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join(", ")) };
    say!("{file}: {rows} rows, {in_trouble} in trouble{reasons}")
}

fn said(trouble: &Trouble) -> String {
    let Trouble { place, what, .. } = trouble;
    if place.is_empty() { what.clone() } else { format!("{place}: {what}") }
}

/// A folder whose files are read once for all rows.
struct Kept<'a> {
    folder: &'a Folder,
    assets: RefCell<BTreeMap<AssetId, Option<Rc<[u8]>>>>,
    /// By the names of the packs.
    fonts: RefCell<BTreeMap<Vec<&'static str>, Fonts>>,
}

impl World for Kept<'_> {
    fn limits(&self) -> &Limits {
        self.folder.limits()
    }

    fn asset(&self, id: &AssetId) -> Option<Rc<[u8]>> {
        self.assets.borrow_mut().entry(id.clone()).or_insert_with(|| self.folder.asset(id)).clone()
    }

    fn fonts(&self, packs: &[&'static Pack]) -> Fonts {
        let names = packs.iter().map(|pack| pack.name).collect();
        self.fonts.borrow_mut().entry(names).or_insert_with(|| self.folder.fonts(packs)).clone()
    }
}
