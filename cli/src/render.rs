//! `monogram render welcome.png 'name=Maria' out.png`: the picture that the Worker would send, as a
//! file.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use monogram::params::{Source, value};
use monogram::render::{self, Resources};
use monogram::request::{self, Format, Route};
use monogram::response::explain::Explained;
use monogram::response::{ignored, view};
use monogram::template::{Edition, advice};
use monogram::world::World;
use monogram::{Inputs, plan};

use crate::Done;
use crate::folder::{self, Folder};
use crate::out::note;

/// The picture to draw, and its destination.
#[derive(clap::Args)]
pub struct Arguments {
    /// A template and a format: welcome.png, welcome.jpg, welcome.json (which explains the
    /// picture); or the file of a template.
    picture: String,
    /// The params, as in a URL: 'name=Maria&_dpr=2'.
    #[arg(default_value = "")]
    query: String,
    /// The file to write. Without it: the picture's name in this folder.
    out: Option<PathBuf>,
    /// The same.
    #[arg(short, long = "out", value_name = "OUT", conflicts_with = "out")]
    output: Option<PathBuf>,
}

/// Draws the picture.
///
/// # Errors
/// No such template, an address that is no picture's, or a file that cannot be written.
pub fn run(arguments: &Arguments, folder: &Folder) -> Done {
    let Arguments { picture: file, query, .. } = arguments;
    let out = arguments.out.as_ref().or(arguments.output.as_ref());
    if let Some(param) = out.and_then(|out| out.to_str()).filter(|out| is_param(out)) {
        return Err(
            format!("{param}: this is a param, and no file; write all of them in quotes: '{query}&{param}'").into()
        );
    }
    // As it is copied from an address.
    let query = query.trim_start_matches('?');
    // Without params, the file to write may come second.
    let is_out = |text: &str| !text.contains(['=', '&']) && Path::new(text).extension().is_some_and(is_ending);
    let (query, out) = match out {
        None if is_out(query) => ("", Some(PathBuf::from(query))),
        _ if query.trim_start().starts_with('{') => {
            return Err(format!("{query}: params are written as in a URL: 'name=Maria&company=Acme'").into());
        }
        _ => (query, out.cloned()),
    };
    // A template in a file: the picture has the format of the file to write.
    let (document, size) = sized(file);
    let document = Path::new(document);
    let is_file = document.extension().is_some_and(|end| end == "json") && document.is_file();
    if !is_file && file.contains(".json") {
        exists(file, folder)?;
    }
    let beside = is_file.then(|| folder.beside(document));
    let folder = beside.as_ref().unwrap_or(folder);
    let file = &asked_for(file, is_file, out.as_deref())?;
    let out = match out {
        Some(out) => out,
        None if is_file => {
            let stem = document.file_stem().unwrap_or_default().to_string_lossy();
            PathBuf::from(format!("{stem}{}.png", size.map(|size| format!("-{size}")).unwrap_or_default()))
        }
        None => file.replace('/', "-").into(),
    };
    if is_file && out.canonicalize().ok() == document.canonicalize().ok() {
        return Err(format!("{file}: the picture would be written over its template; name another file").into());
    }
    let file = &if is_file {
        let id = folder.id_of(document);
        let format = out.extension().and_then(|end| end.to_str()).unwrap_or("png");
        let size = size.map(|size| format!("~{size}")).unwrap_or_default();
        format!("{}{size}.{format}", id.as_ref().map_or("template", |id| id.as_str()))
    } else {
        file.clone()
    };
    let limits = folder.limits();
    let asked = request::read("GET", &format!("/i/{file}"), query, limits)?;
    let Route::Image(image) = &asked.route else {
        return Err(format!("{file} names no picture: write a template and a format, such as welcome.png").into());
    };
    let template = if is_file { folder.template_in(document)? } else { folder.template(image.template.as_str())? };
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
        let mut drawn = render::draw(&inputs, &plan, &resources, folder.cache(), limits)?;
        for (place, what) in advice::of(&inputs.template.document) {
            drawn.painted.warnings.push(&place, what);
        }
        let src = format!("/i/{}?{query}", file.replace(".json", ".png"));
        let (template, size, revision) = (image.template.as_str(), image.size.as_deref(), image.revision);
        let (values, plan, fonts) = (&values, &plan, &resources.fonts);
        let document = &inputs.template.document;
        let explained = Explained {
            template,
            size,
            revision,
            variant,
            src: &src,
            query,
            document,
            values,
            plan,
            drawn,
            fonts,
            limits,
        };
        explained.json().into_bytes()
    } else if image.format == Format::Txt {
        plan.alt.into_bytes()
    } else if image.format == Format::Html {
        let src = format!("/i/{}?{query}", file.replace(".html", ".png"));
        view::html(&plan, &asked.options, &src).into_bytes()
    } else {
        let picture = render::picture(&inputs, &plan, folder)?;
        for (place, what) in advice::of(&inputs.template.document) {
            note!("warning: {place}: {what}");
        }
        for warning in &picture.warnings {
            match folder.hint(&plan, warning) {
                Some(hint) => note!("warning: {warning} ({hint})"),
                None => note!("warning: {warning}"),
            }
        }
        for said in ignored::of(query, &inputs.template.document, &values, &plan, limits) {
            note!("warning: {said}");
        }
        let (width, height, bytes) = (picture.width, picture.height, picture.bytes.len());
        note!("{}: {width} x {height} px, {bytes} bytes", out.display());
        picture.bytes
    };
    folder::write(&out, bytes)?;
    Ok(ExitCode::SUCCESS)
}

/// Whether a word is a param and no file: `price=5`.
fn is_param(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
}

/// The file of a template and one of its sizes: `ticket.json~square`.
fn sized(picture: &str) -> (&str, Option<&str>) {
    match picture.rsplit_once('~') {
        Some((file, size)) if file.ends_with(".json") && !size.contains(['/', '.']) => (file, Some(size)),
        _ => (picture, None),
    }
}

/// Checks that a picture whose name is that of a file is a view of a template.
///
/// # Errors
/// There is neither the file nor the template.
fn exists(picture: &str, folder: &Folder) -> Result<(), String> {
    let (file, _) = sized(picture);
    let Some(named) = file.strip_suffix(".json") else { return Ok(()) };
    let id = named.split(['~', '@']).next().unwrap_or_default();
    let is_path = file.starts_with(['/', '.', '~']) || file.contains('\\');
    if !is_path && folder.path("templates").join(format!("{id}.json")).is_file() {
        return Ok(());
    }
    let or_template = if is_path { String::new() } else { format!(", and no template {id} in templates/") };
    Err(format!(
        "{file}: there is no such file{or_template}; write the file of a template, or the name of one and a format: welcome.png"
    ))
}

/// Whether a file with this ending holds a picture or a view.
fn is_ending(ending: &OsStr) -> bool {
    Format::from_extension(&ending.to_string_lossy()).is_some()
}

/// The picture to draw: if no format is given, it has that of the file to write.
///
/// # Errors
/// The ending of the file to write is that of no format, or of another one than is asked for; or the picture
/// is named by a path.
fn asked_for(picture: &str, is_file: bool, out: Option<&Path>) -> Result<String, String> {
    let format_of = |path: &Path| path.extension().map(|end| Format::from_extension(&end.to_string_lossy()));
    let ending = out.and_then(format_of);
    if let (Some(out), Some(None)) = (out, ending) {
        return Err(format!(
            "{}: no picture has this ending; name a file that ends in .png, .jpg, .webp or .gif (or in .json, .html or .txt for a view)",
            out.display()
        ));
    }
    if is_file {
        return Ok(picture.to_owned());
    }
    if picture.starts_with(['/', '.', '~']) || picture.contains('\\') {
        return Err(format!(
            "{picture}: write the template's name and a format, such as welcome.png; or the file of a template, which ends in .json"
        ));
    }
    let given = format_of(Path::new(picture)).flatten();
    match (given, ending.flatten(), out) {
        (None, Some(ending), _) if !picture.contains('.') => Ok(format!("{picture}.{}", ending.extension())),
        (Some(given), Some(ending), Some(out)) if given != ending => Err(format!(
            "{}: its ending says {}, and {picture} is {}; make both the same, or leave the format away: {}",
            out.display(),
            ending.extension(),
            given.extension(),
            picture.rsplit_once('.').map_or(picture, |(name, _)| name)
        )),
        _ => Ok(picture.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_of_the_file_decides_the_format() {
        for (picture, out, expected) in [
            ("welcome", "out.jpg", Ok("welcome.jpg")),
            ("welcome@7", "a/b.jpeg", Ok("welcome@7.jpg")),
            ("welcome.jpg", "out.JPEG", Ok("welcome.jpg")),
            ("welcome.png", "out", Ok("welcome.png")),
            ("welcome.json", "out.json", Ok("welcome.json")),
            ("welcome.png", "out.jpg", Err("out.jpg: its ending says jpg, and welcome.png is png; ")),
            ("welcome.json", "out.png", Err("out.png: its ending says png, and welcome.json is json; ")),
            ("welcome.png", "out.svg", Err("out.svg: no picture has this ending; ")),
            ("welcome", "out.bmp", Err("out.bmp: no picture has this ending; ")),
            ("/pictures/welcome.png", "out.png", Err("/pictures/welcome.png: write the template's name")),
            ("./welcome.png", "out.png", Err("./welcome.png: write the template's name")),
            ("none/there.bmp", "out.png", Ok("none/there.bmp")),
        ] {
            match (asked_for(picture, false, Some(Path::new(out))), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected),
                (Err(found), Err(expected)) => assert!(found.starts_with(expected), "{found}"),
                (found, _) => panic!("{picture} {out}: {found:?}"),
            }
        }
        assert!(asked_for("a/hello.json", true, Some(Path::new("out.svg"))).is_err());
        assert!(asked_for("a/hello.json", true, Some(Path::new("out.jpg"))).is_ok());
    }
}
