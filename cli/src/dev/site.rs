//! A path of the page → its answer.

use std::error::Error;
use std::path::{Path, PathBuf};

use monogram::error::Problem;
use monogram::limits::Limits;
use monogram::params::{Source, value};
use monogram::render::{self, Resources};
use monogram::request::{Format, Options};
use monogram::response::explain::Explained;
use monogram::snippet::describe;
use monogram::template::{Edition, Template, advice};
use monogram::torture;
use monogram::world::World;
use monogram::{Inputs, plan};
use serde_json::json;

use crate::folder::{self, Folder};
use crate::validate::assets;

use super::stamp::stamp;

const PAGE: &str = include_str!("page.html");
const ICON: &str = include_str!("icon.svg");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// An answer.
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The media type.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A plain text.
    pub fn text(status: u16, text: &str) -> Self {
        Self { status, content_type: "text/plain; charset=utf-8", body: text.as_bytes().to_vec() }
    }

    fn ok(content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, content_type, body: body.into() }
    }

    fn json(json: &serde_json::Value) -> Self {
        Self::ok("application/json", json.to_string())
    }
}

/// The page of one template.
pub struct Site {
    file: PathBuf,
    folder: Folder,
    /// The template's id, or else a word for it.
    id: String,
}

impl Site {
    /// The page of the template in a file. Its assets and fonts come from the folder.
    pub fn new(file: &Path, folder: Folder) -> Self {
        let id = folder.id_of(file).map_or_else(|| "template".to_owned(), |id| id.to_string());
        Self { file: file.to_owned(), folder, id }
    }

    /// The answer to a request. `url` is its path and query.
    pub fn answer(&self, method: &str, url: &str) -> Reply {
        if method != "GET" {
            return Reply::text(405, "The page is only read.");
        }
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        match path {
            "/" => Reply::ok("text/html; charset=utf-8", PAGE),
            "/icon.svg" => Reply::ok("image/svg+xml", ICON),
            "/page.css" => Reply::ok("text/css; charset=utf-8", STYLE),
            "/page.js" => Reply::ok("text/javascript; charset=utf-8", SCRIPT),
            "/changes" => Reply::text(200, &self.stamp()),
            "/template.json" => Reply::json(&self.describe()),
            "/cases.json" => or_problem(self.cases()),
            "/explain.json" => or_problem(self.explain(query)),
            _ => {
                let format =
                    path.strip_prefix("/picture.").and_then(Format::from_extension).filter(|format| format.is_image());
                match format {
                    Some(format) => or_problem(self.picture(query, format)),
                    None => Reply::text(404, "There is no such page."),
                }
            }
        }
    }

    fn template(&self) -> Result<Template, Box<dyn Error>> {
        self.folder.template_in(&self.file)
    }

    /// The template, its assets and the fonts among them.
    fn stamp(&self) -> String {
        let mut files = vec![self.file.clone()];
        for asset in assets(&folder::text(&self.file).unwrap_or_default()).into_keys() {
            files.extend(self.folder.asset_file(&asset));
        }
        stamp(&files)
    }

    /// The form: size and params, or what is wrong with the template.
    fn describe(&self) -> serde_json::Value {
        let file = self.file.display().to_string();
        match self.template() {
            Ok(template) => json!({
                "file": file, "access": format!("{:?}", template.document.access).to_lowercase(),
                "template": describe::template(&self.id, &template.document),
            }),
            Err(error) => json!({ "file": file, "problem": problem(error.as_ref()) }),
        }
    }

    /// The worst cases with their faults.
    fn cases(&self) -> Result<Reply, Box<dyn Error>> {
        let template = self.template()?;
        let written = self.folder.written_cases().unwrap_or_default();
        let written = written.get(&self.id).map_or(&[][..], Vec::as_slice);
        let mut cases = torture::cases(&template.document, written);
        // The page shows one size.
        cases.retain(|case| case.size.is_none());
        let outcomes = torture::run(&template, &cases, &self.folder);
        let case = |outcome: &torture::Outcome| {
            let faults = outcome.findings.iter().map(|finding| json!({ "layer": finding.layer, "what": finding.what }));
            json!({ "name": outcome.case.name, "query": outcome.case.query, "faults": faults.collect::<Vec<_>>() })
        };
        Ok(Reply::json(&outcomes.iter().map(case).collect()))
    }

    fn picture(&self, query: &str, format: Format) -> Result<Reply, Box<dyn Error>> {
        let (template, limits) = (self.template()?, self.folder.limits());
        let (mut values, options) = (template.example_values(query, limits), Options::read(query, limits));
        let template = edition(template, &options, limits)?;
        template.vary(&mut values, &options, limits);
        let inputs = Inputs::new(&template, &values, &options, format);
        let plan = plan::plan(&inputs, limits);
        self.folder.fetch(&plan);
        let picture = render::picture(&inputs, &plan, &self.folder)?;
        Ok(Reply::ok(format.content_type(), picture.bytes))
    }

    /// The view `.json` of the picture.
    fn explain(&self, query: &str) -> Result<Reply, Box<dyn Error>> {
        let (template, limits) = (self.template()?, self.folder.limits());
        let (mut values, options) = (template.example_values(query, limits), Options::read(query, limits));
        let template = edition(template, &options, limits)?;
        let variant = template.vary(&mut values, &options, limits);
        let plan = plan::plan(&Inputs::new(&template, &values, &options, Format::Json), limits);
        for (id, failure) in self.folder.fetch(&plan) {
            value::blame(&mut values, id.as_str(), Source::Failed(failure));
        }
        let inputs = Inputs::new(&template, &values, &options, Format::Json);
        let resources = Resources::of(&plan, &self.folder);
        let mut drawn = render::draw(&inputs, &plan, &resources, self.folder.cache(), limits)?;
        for (place, what) in advice::of(&template.document) {
            drawn.painted.warnings.push(&place, what);
        }
        let src = format!("/i/{}.png?{query}", self.id);
        let (values, plan, fonts) = (&values, &plan, &resources.fonts);
        let explained = Explained {
            template: &self.id,
            size: None,
            revision: None,
            variant,
            src: &src,
            values,
            plan,
            drawn,
            fonts,
            query,
            document: &template.document,
            limits,
        };
        Ok(Reply::ok("application/json", explained.json()))
    }
}

/// The edition that the options of a URL ask for.
fn edition(template: Template, options: &Options, limits: &Limits) -> Result<Template, Problem> {
    let made = template.edition(Edition { size: None, dark: options.dark }, limits)?;
    Ok(made.unwrap_or(template))
}

/// The answer, or 422 with what is wrong with the template.
fn or_problem(answer: Result<Reply, Box<dyn Error>>) -> Reply {
    answer.unwrap_or_else(|error| Reply { status: 422, ..Reply::json(&problem(error.as_ref())) })
}

fn problem(error: &(dyn Error + 'static)) -> serde_json::Value {
    match error.downcast_ref::<Problem>() {
        Some(problem) => json!({ "field": problem.field, "message": problem.message, "remedy": problem.remedy }),
        None => json!({ "message": error.to_string() }),
    }
}
