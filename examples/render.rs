//! Renders a template to a file, as the Worker would: `cargo run --example render -- welcome.png 'name=Maria' out.png`.
//! `welcome.json` explains the picture.
//!
//! To be run from the root of the repository: the template is `templates/{id}.json`, read anew; assets are the files of
//! `templates/assets`, font packs those of `fonts/packs`.

#![expect(clippy::print_stderr, reason = "a command line speaks on standard error")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use monogram::limits::Limits;
use monogram::paint::Kept;
use monogram::render::{self, Resources};
use monogram::request::{self, Format, Route};
use monogram::response::explain::Explained;
use monogram::template::Template;
use monogram::text::Fonts;
use monogram::{params, plan};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: render TEMPLATE.(png|jpg|webp|gif|json) [QUERY] [OUT]";
    let file = arguments.next().ok_or(usage)?;
    let query = arguments.next().unwrap_or_default();
    let out = arguments.next().unwrap_or_else(|| file.replace('/', "-"));

    let limits = Limits::default();
    let asked = request::read("GET", &format!("/i/{file}"), &query, &limits)?;
    let Route::Image(image) = &asked.route else { return Err(usage.into()) };
    let folder = Path::new("templates");
    let template =
        Template::parse(&fs::read_to_string(folder.join(format!("{}.json", image.template.as_str())))?, &limits)?;
    let values = params::resolve(&template.document.params, &template.document.missing, &query, &limits);
    let plan = plan::plan(&template, &values, &asked.options, &limits);
    let mut images: BTreeMap<String, Rc<[u8]>> = BTreeMap::new();
    for name in &plan.images {
        if let Ok(bytes) = fs::read(folder.join("assets").join(name)) {
            images.insert(name.clone(), Rc::from(bytes));
        }
    }
    let fonts = Fonts::with_packs(&plan.fonts, |pack| fs::read(Path::new("fonts/packs").join(pack.file())).ok());
    // As an isolate: with a place for the base, which decides how a file is put together.
    let kept = Rc::new(RefCell::new(Kept::new(&limits)));
    let mut resources = Resources { images, fonts, kept };
    resources.add_fonts(&plan.faces, &limits);
    if image.format == Format::Json {
        let drawn = render::draw(&template, &plan, &resources, &limits)?;
        let src = format!("/i/{}?{query}", file.replace(".json", ".png"));
        let (template, revision) = (image.template.as_str(), image.revision);
        let (values, plan, fonts) = (&values, &plan, &resources.fonts);
        fs::write(&out, Explained { template, revision, src: &src, values, plan, drawn, fonts }.json())?;
        return Ok(());
    }
    let picture = render::render(&template, &plan, &resources, image.format, &limits)?;
    for warning in &picture.warnings {
        eprintln!("warning: {warning}");
    }
    eprintln!("{out}: {} x {} px, {} bytes", picture.width, picture.height, picture.bytes.len());
    fs::write(out, picture.bytes)?;
    Ok(())
}
