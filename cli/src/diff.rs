//! `monogram diff old.json new.json 'name=Maria'`: the fields that two templates differ in, and a
//! picture of the pixels that differ.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;

use monogram::asset::{AssetId, Assets};
use monogram::encode;
use monogram::font::{Fonts, Pack};
use monogram::limits::Limits;
use monogram::params::Values;
use monogram::render::{self, Resources};
use monogram::request::{Format, Options};
use monogram::template::Template;
use monogram::world::World;
use monogram::{Inputs, plan};
use serde_json::{Value as Json, json};
use tiny_skia::{Pixmap, PremultipliedColorU8};
use ureq::http::Method;

use crate::Done;
use crate::api::{self, Access, Subject};
use crate::folder::{self, Folder};
use crate::out::{note, say};

/// The most characters of a value that are printed.
const MAX_VALUE_CHARS: usize = 60;

/// Lengths of the picture in px.
const MARGIN_PX: u32 = 40;
const LABEL_PX: u32 = 56;

/// Which templates, and what to draw them with.
#[derive(clap::Args)]
pub struct Arguments {
    /// The old template: a file, or id@3 of a deployment.
    old: String,
    /// The new template: a file, or id@4 of a deployment.
    new: String,
    /// The params of both pictures, as in a URL: 'name=Maria'. Without it: the examples.
    query: Option<String>,
    /// The picture with the old one, the new one, and their differences.
    #[arg(short, long, value_name = "FILE", default_value = "diff.png")]
    out: PathBuf,
    #[command(flatten)]
    access: Access,
}

/// Compares the templates.
///
/// # Errors
/// A template that cannot be read or drawn, or a picture that cannot be written.
pub fn run(arguments: &Arguments, folder: &Folder) -> Done {
    let Arguments { old, new, query, out, access } = arguments;
    let (old_text, new_text) = (document(old, access)?, document(new, access)?);
    let parse = |name: &str, text: &str| folder.parse(text).map_err(|problem| format!("{name}: {problem}"));
    let (old_template, new_template) = (parse(old, &old_text)?, parse(new, &new_text)?);

    let changes = changes(&serde_json::from_str(&old_text)?, &serde_json::from_str(&new_text)?);
    changes.iter().try_for_each(|change| say!("{change}"))?;
    if changes.is_empty() {
        say!("the documents are the same")?;
    }

    let query = query.clone().unwrap_or_else(|| examples(&new_template));
    let old_pixels = pixels(&old_template, &query, &folder.beside(Path::new(old)))?;
    let new_pixels = pixels(&new_template, &query, &folder.beside(Path::new(new)))?;
    let marked = marked(&old_pixels, &new_pixels).ok_or("the pictures are too large to compare")?;
    let label = marked.label();
    say!("{label}")?;
    let titles = [format!("old: {old}"), format!("new: {new}"), label];
    let sheet = sheet(&titles, [old_pixels, new_pixels, Rc::new(marked.pixels)], folder)?;
    crate::folder::write(out, sheet)?;
    note!("{}: old, new, and the differences", out.display());
    Ok(ExitCode::SUCCESS)
}

/// The text of a template: of a file, or of a revision in a deployment.
fn document(name: &str, access: &Access) -> Result<String, Box<dyn Error>> {
    let file = Path::new(name);
    if file.is_file() || file.extension().is_some() {
        return Ok(folder::text(file)?);
    }
    let subject = Subject::parse(name)?;
    Ok(api::document(&access.client()?.send(Method::GET, &subject.path(), &[], Vec::new())?))
}

/// The query with the examples of all params.
pub fn examples(template: &Template) -> String {
    let cases = monogram::torture::cases(&template.document, &[]);
    cases.into_iter().find(|case| case.name == "example").map(|case| case.query).unwrap_or_default()
}

fn pixels(template: &Template, query: &str, folder: &Folder) -> Result<Rc<Pixmap>, Box<dyn Error>> {
    let limits = folder.limits();
    let (mut values, options) = (template.example_values(query, limits), Options::read(query, limits));
    template.vary(&mut values, &options, limits);
    let inputs = Inputs::new(template, &values, &options, Format::Png);
    let plan = plan::plan(&inputs, limits);
    Ok(render::draw(&inputs, &plan, &Resources::of(&plan, folder), None, limits)?.painted.pixels)
}

/// The pixels that differ, on a faded picture.
struct Marked {
    pixels: Pixmap,
    /// Number of pixels that differ.
    count: u64,
    /// Number of pixels in all.
    all: u64,
}

impl Marked {
    fn label(&self) -> String {
        let Self { count, all, .. } = self;
        #[expect(clippy::cast_precision_loss, reason = "a percentage for people")]
        let share = *count as f64 * 100.0 / (*all).max(1) as f64;
        match count {
            0 => format!("no pixel of {} differs", grouped(*all)),
            _ => format!("{} of {} pixels differ ({share:.1} %)", grouped(*count), grouped(*all)),
        }
    }
}

/// A number with commas: 756,000.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Marks the differences. A pixel that only one picture has differs.
fn marked(old: &Pixmap, new: &Pixmap) -> Option<Marked> {
    let (width, height) = (old.width().max(new.width()), old.height().max(new.height()));
    let mut pixels = Pixmap::new(width, height)?;
    let mark = PremultipliedColorU8::from_rgba(0xe6, 0x00, 0x5c, 0xff)?;
    let mut count = 0_u64;
    for (index, pixel) in (0_u32..).zip(pixels.pixels_mut()) {
        let (x, y) = (index % width, index / width);
        let (before, after) = (old.pixel(x, y), new.pixel(x, y));
        *pixel = if before == after { faded(after?)? } else { mark };
        count = count.saturating_add(u64::from(before != after));
    }
    Some(Marked { pixels, count, all: u64::from(width).saturating_mul(u64::from(height)) })
}

/// A light grey of the pixel's luminance, on white.
fn faded(pixel: PremultipliedColorU8) -> Option<PremultipliedColorU8> {
    let channels = [(pixel.red(), 299_u32), (pixel.green(), 587), (pixel.blue(), 114)];
    let white = u32::from(u8::MAX.saturating_sub(pixel.alpha()));
    let luminance: u32 = channels.iter().map(|(value, weight)| u32::from(*value).saturating_mul(*weight)).sum();
    let luminance = (luminance / 1_000).saturating_add(white).min(255);
    // A quarter of the contrast remains.
    let grey = u8::try_from(luminance.saturating_add(765) / 4).unwrap_or(u8::MAX);
    PremultipliedColorU8::from_rgba(grey, grey, grey, u8::MAX)
}

/// The three pictures with their titles, as a PNG; drawn from a template as any other picture.
fn sheet(titles: &[String; 3], pictures: [Rc<Pixmap>; 3], folder: &Folder) -> Result<Vec<u8>, Box<dyn Error>> {
    let width = pictures.iter().map(|picture| picture.width()).max().unwrap_or(1);
    let height = pictures.iter().map(|picture| picture.height()).max().unwrap_or(1);
    // Wide pictures stand below each other.
    let is_column = width > height.saturating_mul(3) / 2;
    let (step_x, step_y) = if is_column {
        (0, height.saturating_add(LABEL_PX).saturating_add(MARGIN_PX))
    } else {
        (width.saturating_add(MARGIN_PX), 0)
    };
    let mut assets = Assets::new();
    let mut layers = Vec::new();
    let mut params = serde_json::Map::new();
    let mut values = Values::new();
    for (index, (title, picture)) in (0_u32..).zip(titles.iter().zip(pictures)) {
        let (x, y) = (
            MARGIN_PX.saturating_add(step_x.saturating_mul(index)),
            MARGIN_PX.saturating_add(step_y.saturating_mul(index)),
        );
        let (own_width, own_height) = (picture.width(), picture.height());
        assets.insert(format!("{index}.png").as_str().into(), encode::encode(Format::Png, picture, None)?.into());
        // The title is a param, so that it is not evaluated as an expression.
        let name = format!("title_{index}");
        params.insert(name.clone(), json!({ "type": "text" }));
        let value = monogram::params::Value::Text(title.clone());
        values.insert(name.clone(), monogram::params::Resolved::new(Some(value), monogram::params::Source::Given));
        layers.push(json!({ "type": "text", "text": format!("{{{{ {name} }}}}"), "x": x, "y": y, "width": width,
            "size": 22, "min_size": 10, "weight": 600, "max_lines": 1, "overflow": "ellipsis-start", "fill": "#14142b" }));
        layers.push(json!({ "type": "image", "src": format!("asset:{index}.png"), "x": x, "y": y.saturating_add(LABEL_PX),
            "width": own_width, "height": own_height, "stroke": "#0000001f", "stroke_width": 2, "stroke_align": "outside" }));
    }
    let document = json!({
        "width": width.saturating_add(MARGIN_PX.saturating_mul(2)).saturating_add(step_x.saturating_mul(2)),
        "height": height.saturating_add(LABEL_PX).saturating_add(MARGIN_PX.saturating_mul(2)).saturating_add(step_y.saturating_mul(2)),
        "background": "#eceef1", "access": "public", "params": params, "layers": layers,
    });
    let limits = Limits {
        side_px: 32_000,
        canvas_pixels: 200_000_000,
        picture_pixels: 200_000_000,
        image_pixels: 200_000_000,
        image_pixels_total: 200_000_000,
        image_bytes: usize::MAX,
        images_bytes: usize::MAX,
        picture_bytes: u64::MAX,
        paint_work: u64::MAX,
        ..folder.limits().clone()
    };
    let table = Table { folder, assets, limits };
    let template = Template::parse(&document.to_string(), &table.limits)?;
    let options = Options::default();
    Ok(monogram::render(&Inputs::new(&template, &values, &options, Format::Png), &table)?.bytes)
}

/// The world of the sheet: its images are the pictures.
struct Table<'a> {
    folder: &'a Folder,
    assets: Assets,
    limits: Limits,
}

impl World for Table<'_> {
    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn asset(&self, id: &AssetId) -> Option<Rc<[u8]>> {
        self.assets.get(id).cloned()
    }

    fn fonts(&self, packs: &[&'static Pack]) -> Fonts {
        self.folder.fonts(packs)
    }
}

/// The fields that differ, a line each: `~ /layers/0/size: 48 → 56`, by JSON pointers (RFC 6901).
fn changes(old: &Json, new: &Json) -> Vec<String> {
    let mut changes = Vec::new();
    compare(&mut String::new(), old, new, &mut changes);
    changes
}

fn compare(path: &mut String, old: &Json, new: &Json, changes: &mut Vec<String>) {
    match (old, new) {
        (old, new) if old == new => {}
        (Json::Object(old), Json::Object(new)) => {
            let added =
                new.iter().filter(|(name, _)| !old.contains_key(*name)).map(|(name, value)| (name, None, Some(value)));
            let kept = old.iter().map(|(name, value)| (name, Some(value), new.get(name)));
            for (name, old, new) in kept.chain(added) {
                below(path, &name.replace('~', "~0").replace('/', "~1"), old, new, changes);
            }
        }
        (Json::Array(old), Json::Array(new)) => {
            // Equal items at both ends do not count, so that one more layer is one change.
            let shorter = old.len().min(new.len());
            let first = old.iter().zip(new).take_while(|(old, new)| old == new).count();
            let last = old.iter().rev().zip(new.iter().rev()).take(shorter.saturating_sub(first));
            let last = last.take_while(|(old, new)| old == new).count();
            let middle = |items: &[Json]| items.len().saturating_sub(last);
            for index in first..middle(old).max(middle(new)) {
                let item = |items: &[Json]| items.get(index).filter(|_| index < middle(items)).cloned();
                below(path, &index.to_string(), item(old).as_ref(), item(new).as_ref(), changes);
            }
        }
        (old, new) => changes.push(format!("~ {}: {} → {}", pointer(path), shown(old), shown(new))),
    }
}

/// Compares a field of an object or an item of a list, of which one may be absent.
fn below(path: &mut String, name: &str, old: Option<&Json>, new: Option<&Json>, changes: &mut Vec<String>) {
    let length = path.len();
    path.push('/');
    path.push_str(name);
    match (old, new) {
        (Some(old), Some(new)) => compare(path, old, new, changes),
        (Some(old), None) => changes.push(format!("- {}: {}", pointer(path), shown(old))),
        (None, Some(new)) => changes.push(format!("+ {}: {}", pointer(path), shown(new))),
        (None, None) => {}
    }
    path.truncate(length);
}

fn pointer(path: &str) -> &str {
    if path.is_empty() { "/" } else { path }
}

fn shown(value: &Json) -> String {
    let text = value.to_string();
    let cut: String = text.chars().take(MAX_VALUE_CHARS).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_pointers() {
        for (old, new, expected) in [
            (json!({ "a": 1 }), json!({ "a": 1 }), &[][..]),
            (json!({ "a": 1, "b": 2 }), json!({ "a": 3, "c": "x" }), &["~ /a: 1 → 3", "- /b: 2", "+ /c: \"x\""]),
            (json!({ "a/b": { "~": 1 } }), json!({ "a/b": { "~": 2 } }), &["~ /a~1b/~0: 1 → 2"]),
            (json!({ "l": [1, 2, 3] }), json!({ "l": [0, 1, 2, 3] }), &["+ /l/0: 0"]),
            (json!({ "l": [1, 2, 3] }), json!({ "l": [1, 3] }), &["- /l/1: 2"]),
            (json!({ "l": [{ "s": 1 }, 2] }), json!({ "l": [{ "s": 5 }, 2] }), &["~ /l/0/s: 1 → 5"]),
            (json!([1, 1]), json!([1]), &["- /1: 1"]),
            (json!("a"), json!("b"), &["~ /: \"a\" → \"b\""]),
        ] {
            assert_eq!(changes(&old, &new), expected, "{old} {new}");
        }
    }

    #[test]
    fn every_pixel_that_differs_is_marked() {
        let picture = |width: u32, colors: &[u8]| {
            let mut pixels = Pixmap::new(width, u32::try_from(colors.len()).unwrap() / width).unwrap();
            for (pixel, grey) in pixels.pixels_mut().iter_mut().zip(colors) {
                *pixel = PremultipliedColorU8::from_rgba(*grey, *grey, *grey, 255).unwrap();
            }
            pixels
        };
        let marked = marked(&picture(2, &[0, 0, 255, 9]), &picture(3, &[0, 1, 5, 255, 9, 5])).unwrap();
        assert_eq!((marked.count, marked.all), (3, 6));
        let colors: Vec<_> = marked.pixels.pixels().iter().map(|pixel| [pixel.red(), pixel.green()]).collect();
        assert_eq!(colors, [[191, 191], [230, 0], [230, 0], [255, 255], [193, 193], [230, 0]]);
        assert_eq!(marked.label(), "3 of 6 pixels differ (50.0 %)");
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
