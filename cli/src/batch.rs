//! `monogram batch template.json people.csv --out cards/`: a picture for each row of a file, on all
//! cores, as the Worker's batches draw them.
//!
//! What is done is written down row by row, and each file appears as a whole, so that a run that was
//! stopped goes on where it was.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use monogram::api::upload::digest;
use monogram::jobs::query::{Mapping, mapping, query};
use monogram::jobs::split::Kind;
use monogram::jobs::{Line, Part, Row, Source, Splitter, Status, manifest, name};
use monogram::params::{self, value};
use monogram::render;
use monogram::request::{Format, Options};
use monogram::response::image::x_params;
use monogram::response::{Key, key};
use monogram::table;
use monogram::template::{Edition, Template};
use monogram::world::World;
use monogram::{Inputs, plan};

use crate::folder::{Folder, unreadable};
use crate::out::note;
use crate::{Done, clock};

/// The file in which a batch writes down what is done.
const DONE: &str = ".batch.jsonl";

/// Rows that a thread takes at once.
const ROWS: usize = 25;

/// Which template, and which rows.
#[derive(clap::Args)]
pub struct Arguments {
    /// The file with the template.
    #[arg(value_name = "TEMPLATE.json")]
    template: PathBuf,
    /// The rows: CSV with a header, or a JSON object on each line (.jsonl, .ndjson).
    #[arg(value_name = "PEOPLE.csv")]
    rows: PathBuf,
    /// The folder for the pictures and their manifest.csv.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// png, jpg, webp or gif.
    #[arg(long, default_value = "png")]
    format: String,
    /// The names of the files: text, {row} and {column}.
    #[arg(long, value_name = "PATTERN", default_value = name::DEFAULT)]
    name: String,
    /// The size of the template, if it is not its own.
    #[arg(long)]
    size: Option<String>,
    /// The column that fills a param, where their names differ: `name=First Name`. Repeat it for
    /// each.
    #[arg(long = "map", value_name = "PARAM=COLUMN")]
    map: Vec<String>,
    /// Options, as in a URL: `_w=600&_q=80`.
    #[arg(long, default_value = "")]
    options: String,
    /// Threads; by default as many as there are cores.
    #[arg(long)]
    jobs: Option<usize>,
}

/// What became of rows, by their numbers.
type Lines = BTreeMap<usize, Line>;

/// What all threads read.
struct Batch<'a> {
    arguments: &'a Arguments,
    root: PathBuf,
    format: Format,
    source: Source,
    mapping: Mapping,
    text: String,
}

/// Draws all rows.
///
/// # Errors
/// A file that cannot be read or written, or a folder that holds another batch.
pub fn run(arguments: &Arguments, folder: &Folder) -> Done {
    let folder = folder.beside(&arguments.template);
    let template = folder.template_in(&arguments.template)?;
    let bytes = fs::read(&arguments.rows).map_err(|error| unreadable(&arguments.rows, &error))?;
    let format = Format::from_extension(&arguments.format).filter(|format| format.is_image());
    let format = format.ok_or_else(|| format!("--format {}: write png, jpg, webp or gif", arguments.format))?;
    let is_json = arguments
        .rows
        .extension()
        .is_some_and(|extension| extension.to_string_lossy().ends_with('l') || extension == "ndjson");
    let file = arguments.rows.display();
    let text = table::decode(&bytes);
    let mut splitter = Splitter::new(if is_json { Kind::Lines } else { Kind::Csv }, ROWS, folder.limits());
    splitter.push(&text).map_err(|problem| format!("{file}: {problem}"))?;
    let (source, parts) = splitter.end().map_err(|problem| format!("{file}: {problem}"))?;
    let columns = match &source {
        Source::Csv { header, .. } => Some(header.as_slice()),
        Source::Lines => None,
    };
    name::check(&arguments.name, columns)?;
    let chosen: Result<BTreeMap<_, _>, String> = arguments
        .map
        .iter()
        .map(|pair| {
            let (name, column) =
                pair.split_once('=').ok_or_else(|| format!("--map {pair}: write it as PARAM=COLUMN"))?;
            Ok((name.to_owned(), column.to_owned()))
        })
        .collect();
    let mapping = mapping(&source, &template.document.params, &chosen?)?;

    let document = fs::read(&arguments.template).map_err(|error| unreadable(&arguments.template, &error))?;
    let said = [&arguments.options, &arguments.format, &arguments.name, arguments.size.as_deref().unwrap_or_default()]
        .join("\n");
    let identity = digest(&[document.as_slice(), &bytes, said.as_bytes(), format!("{mapping:?}").as_bytes()].concat());
    let (known, journal) = begin(&arguments.out, &identity)?;
    let rows: usize = parts.iter().map(|part| part.rows).sum();
    if !known.is_empty() {
        note!("{} of {rows} rows are there already", known.len());
    }
    let batch = Batch { arguments, root: folder.path(""), format, source, mapping, text };
    let lines = batch.draw(&parts, known, &journal, rows)?;

    let mut out = manifest::HEADER.to_owned();
    for line in lines.values() {
        out.push_str(&line.csv(&line.file));
    }
    let path = arguments.out.join("manifest.csv");
    fs::write(&path, out).map_err(|error| unwritable(&path, &error))?;
    let failed = lines.values().filter(|line| line.status == Status::Failed).count();
    let drawn = lines.len().saturating_sub(failed);
    note!("{}: {drawn} pictures, {failed} rows failed; manifest.csv has all of them", arguments.out.display());
    Ok(if failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What is done already in this folder, and the file to write down what is done now.
fn begin(out: &Path, identity: &str) -> Result<(Lines, Mutex<File>), Box<dyn Error>> {
    fs::create_dir_all(out).map_err(|error| unwritable(out, &error))?;
    let path = out.join(DONE);
    let mut known = BTreeMap::new();
    if let Ok(file) = File::open(&path) {
        let mut lines = BufReader::new(file).lines().map_while(Result::ok);
        if lines.next().as_deref() != Some(identity) {
            return Err(format!(
                "{} holds another batch (other rows, template or options): take a new folder",
                out.display()
            )
            .into());
        }
        // The last line may be cut short. A row that failed is drawn again.
        let done =
            lines.filter_map(|line| serde_json::from_str::<Line>(&line).ok()).filter(|line| line.status == Status::Ok);
        known.extend(done.filter(|line| out.join(&line.file).exists()).map(|line| (line.row, line)));
    }
    let mut file = File::create(&path).map_err(|error| unwritable(&path, &error))?;
    let lines: String = known.values().map(|line| serde_json::to_string(line).unwrap_or_default() + "\n").collect();
    write!(file, "{identity}\n{lines}").map_err(|error| unwritable(&path, &error))?;
    drop(file);
    let file = OpenOptions::new().append(true).open(&path).map_err(|error| unwritable(&path, &error))?;
    Ok((known, Mutex::new(file)))
}

fn unwritable(path: &Path, error: &std::io::Error) -> String {
    format!("{} cannot be written: {error}", path.display())
}

impl Batch<'_> {
    /// Draws what is not known yet, on all cores.
    fn draw(&self, parts: &[Part], known: Lines, journal: &Mutex<File>, rows: usize) -> Result<Lines, String> {
        let threads =
            self.arguments.jobs.or_else(|| thread::available_parallelism().ok().map(Into::into)).unwrap_or(1).max(1);
        let (next, done, begun) = (AtomicUsize::new(0), AtomicUsize::new(known.len()), clock::moment());
        let lines = Mutex::new(known);
        let is_shown = std::io::stderr().is_terminal();
        let work = || -> Result<(), String> {
            // A template and its caches belong to one thread.
            let folder = Folder::new(self.root.clone()).beside(&self.arguments.template);
            let template = self.template(&folder).map_err(|error| error.to_string())?;
            while let Some(part) = parts.get(next.fetch_add(1, Ordering::Relaxed)) {
                let text = self.text.get(part.from..part.to).unwrap_or_default();
                for row in self.source.rows(text, part.line, part.first) {
                    if lines.lock().is_ok_and(|lines| lines.contains_key(&row.number)) {
                        continue;
                    }
                    let line = self.row(&template, &folder, &row)?;
                    let written = serde_json::to_string(&line).unwrap_or_default() + "\n";
                    let Ok(mut journal) = journal.lock() else { return Ok(()) };
                    journal
                        .write_all(written.as_bytes())
                        .map_err(|error| unwritable(&self.arguments.out.join(DONE), &error))?;
                    drop(journal);
                    let Ok(mut lines) = lines.lock() else { return Ok(()) };
                    lines.insert(row.number, line);
                    let count = done.fetch_add(1, Ordering::Relaxed).saturating_add(1);
                    if is_shown && (count.is_multiple_of(ROWS) || count == rows) {
                        bar(count, rows, begun);
                    }
                }
            }
            Ok(())
        };
        let ended: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|_| Err("a thread ended".to_owned())))
                .collect()
        });
        if is_shown {
            note!("");
        }
        ended.into_iter().collect::<Result<(), _>>()?;
        lines.into_inner().map_err(|_| "a thread ended".to_owned())
    }

    fn template(&self, folder: &Folder) -> Result<Template, Box<dyn Error>> {
        let template = folder.template_in(&self.arguments.template)?;
        let options = Options::read(&self.arguments.options, folder.limits());
        let edition =
            Edition { size: self.arguments.size.as_deref(), dark: options.dark && template.document.dark.is_some() };
        if edition == Edition::default() {
            return Ok(template);
        }
        Ok(template.edition(edition, folder.limits())?.unwrap_or(template))
    }

    /// Draws a row, and writes its file.
    fn row(&self, template: &Template, folder: &Folder, row: &Row) -> Result<Line, String> {
        let limits = folder.limits();
        let line = Line { row: row.number, line: row.line, ..Line::default() };
        let failed = |why: String| Line { status: Status::Failed, warnings: why, ..line.clone() };
        let fields = match &row.fields {
            Ok(fields) => fields,
            Err(why) => return Ok(failed((*why).to_owned())),
        };
        let query = query(&self.mapping, fields);
        let and = if query.is_empty() || self.arguments.options.is_empty() { "" } else { "&" };
        let query = format!("{query}{and}{}", self.arguments.options);
        if query.len() > limits.url_bytes {
            return Ok(failed("url-too-long".to_owned()));
        }
        let options = Options::read(&query, limits);
        let mut values = template.values(&query, limits);
        template.vary(&mut values, &options, limits);
        let plan = plan::plan(&Inputs::new(template, &values, &options, self.format), limits);
        for (id, failure) in folder.fetch(&plan) {
            value::blame(&mut values, id.as_str(), params::Source::Failed(failure));
        }
        let inputs = Inputs::new(template, &values, &options, self.format);
        let picture = match render::picture(&inputs, &plan, folder) {
            Ok(picture) => picture,
            Err(problem) => return Ok(failed(problem.code.to_owned())),
        };
        let file = format!("{}.{}", name::name(&self.arguments.name, fields, row.number), self.format.extension());
        let (path, part) = (self.arguments.out.join(&file), self.arguments.out.join(format!("{file}.part")));
        fs::write(&part, &picture.bytes)
            .and_then(|()| fs::rename(&part, &path))
            .map_err(|error| unwritable(&path, &error))?;
        let params = x_params(&values);
        let others = params.split(", ").filter(|entry| !entry.is_empty() && !entry.ends_with("=given"));
        Ok(Line {
            file,
            sha256: digest(&picture.bytes),
            etag: Key::new(key::BUILD, &inputs, limits).etag().trim_matches('"').to_owned(),
            width: picture.width,
            height: picture.height,
            bytes: picture.bytes.len(),
            missing: others.collect::<Vec<_>>().join(", "),
            warnings: picture.warnings.join("; "),
            ..line
        })
    }
}

/// Shows how far it is, in one line.
fn bar(done: usize, rows: usize, begun: std::time::Instant) {
    const WIDTH: usize = 30;
    let filled = done.saturating_mul(WIDTH).checked_div(rows.max(1)).unwrap_or(0).min(WIDTH);
    #[expect(clippy::cast_precision_loss, reason = "shown to a person")]
    let rate = done as f64 / begun.elapsed().as_secs_f64().max(0.001);
    let (full, empty) = ("█".repeat(filled), "░".repeat(WIDTH.saturating_sub(filled)));
    let _ = write!(std::io::stderr(), "\r{full}{empty} {done} of {rows}, {rate:.0} rows/s ");
}
