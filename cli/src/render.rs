//! `monogram render welcome.png 'name=Maria' out.png`: the picture that the Worker would send, as a
//! file.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use monogram::params::{Source, value};
use monogram::render::{self, Resources};
use monogram::request::{self, Format, Route};
use monogram::response::explain::Explained;
use monogram::template::Edition;
use monogram::world::World;
use monogram::{Inputs, plan};

use crate::Done;
use crate::folder::Folder;
use crate::out::note;

/// The picture to draw, and its destination.
#[derive(clap::Args)]
pub struct Arguments {
    /// A template and a format: welcome.png, welcome.jpg, welcome.json (which explains the
    /// picture).
    picture: String,
    /// The params, as in a URL: 'name=Maria&_dpr=2'.
    #[arg(default_value = "")]
    query: String,
    /// The file to write. Without it: the picture's name in this folder.
    out: Option<PathBuf>,
}

/// Draws the picture.
///
/// # Errors
/// No such template, an address that is no picture's, or a file that cannot be written.
pub fn run(arguments: &Arguments, folder: &Folder) -> Done {
    let Arguments { picture: file, query, out } = arguments;
    let out = out.clone().unwrap_or_else(|| file.replace('/', "-").into());
    let limits = folder.limits();
    let asked = request::read("GET", &format!("/i/{file}"), query, limits)?;
    let Route::Image(image) = &asked.route else {
        return Err(format!("{file} names no picture: write a template and a format, such as welcome.png").into());
    };
    let template = folder.template(image.template.as_str())?;
    let edition = Edition { size: image.size.as_deref(), dark: asked.options.dark };
    let template = template.edition(edition, limits)?.unwrap_or(template);
    let mut values = template.example_values(query, limits);
    let variant = template.vary(&mut values, &asked.options, limits);
    let plan = plan::plan(&Inputs::new(&template, &values, &asked.options, image.format), limits);
    for (id, failure) in folder.fetch(&plan) {
        note!("warning: {id}: {}", failure.words());
        value::blame(&mut values, id.as_str(), Source::Failed(failure));
    }
    let inputs = Inputs::new(&template, &values, &asked.options, image.format);
    let bytes = if image.format == Format::Json {
        let resources = Resources::of(&plan, folder);
        let drawn = render::draw(&inputs, &plan, &resources, folder.cache(), limits)?;
        let src = format!("/i/{}?{query}", file.replace(".json", ".png"));
        let (template, size, revision) = (image.template.as_str(), image.size.as_deref(), image.revision);
        let (values, plan, fonts) = (&values, &plan, &resources.fonts);
        Explained { template, size, revision, variant, src: &src, values, plan, drawn, fonts }.json().into_bytes()
    } else {
        let picture = render::picture(&inputs, &plan, folder)?;
        for warning in &picture.warnings {
            note!("warning: {warning}");
        }
        let (width, height, bytes) = (picture.width, picture.height, picture.bytes.len());
        note!("{}: {width} x {height} px, {bytes} bytes", out.display());
        picture.bytes
    };
    fs::write(&out, bytes).map_err(|error| format!("{} cannot be written: {error}", out.display()))?;
    Ok(ExitCode::SUCCESS)
}
