//! `monogram font Brand.woff2`: checks a font for templates, unpacks a web font, and says how to
//! upload it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use monogram::font::check;
use monogram::limits::Limits;

use crate::Done;
use crate::folder::unreadable;
use crate::out::say;

/// Which font, and where to.
#[derive(clap::Args)]
pub struct Arguments {
    /// A .ttf, .otf, .woff or .woff2 file.
    file: PathBuf,
    /// The file to write. Without it: the font's name with .ttf or .otf.
    out: Option<PathBuf>,
}

/// Checks the font, and unpacks it where it is a web font.
///
/// # Errors
/// The file cannot be read, or is no font that templates can use.
pub fn run(arguments: &Arguments) -> Done {
    let Arguments { file, out } = arguments;
    let packed = fs::read(file).map_err(|error| unreadable(file, &error))?;
    let bytes = match packed.get(..4) {
        Some(b"wOF2") => wuff::decompress_woff2(&packed).map_err(|_| damaged(file))?,
        Some(b"wOFF") => wuff::decompress_woff1(&packed).map_err(|_| damaged(file))?,
        _ => packed,
    };
    let facts = check(bytes.clone(), &Limits::default()).map_err(|problem| {
        let remedy = problem.remedy.map(|remedy| format!(" ({remedy})")).unwrap_or_default();
        format!("{}: {}{remedy}", file.display(), problem.message)
    })?;
    let extension = if bytes.starts_with(b"OTTO") { "otf" } else { "ttf" };
    let out = out.clone().unwrap_or_else(|| file.with_extension(extension));
    if out != *file {
        crate::folder::write(&out, &bytes)?;
    }

    // The characters that an asset's name may have.
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let name: String =
        out.file_name().map_or_else(String::new, |name| name.to_string_lossy().chars().map(plain).collect());
    let family = facts.family.as_deref().unwrap_or("Brand");
    say!("{}: {} bytes, {} glyphs, {} characters", out.display(), bytes.len(), facts.glyphs, facts.characters)?;
    say!("  weights   {} to {}{}", facts.weights.0, facts.weights.1, if facts.italic { ", italic" } else { "" })?;
    say!("  axes      {}", if facts.axes.is_empty() { "none".to_owned() } else { facts.axes.join(", ") })?;
    say!("  features  {}", facts.features.join(" "))?;
    if facts.loses_kerning {
        say!("  kerning   of single pairs is that of the default weight; a static file of each weight has its own")?;
    }
    if facts.color_glyphs > 0 {
        say!("  colour    {} glyphs, which pictures show without their colours", facts.color_glyphs)?;
    }
    let put = format!("npx wrangler kv key put --binding TEMPLATES asset:{name} --path {}", quoted(&out));
    say!("\nUpload it, for production:  {put} --remote")?;
    say!("and for make dev:           {put} --local --persist-to .wrangler/state")?;
    say!("In a template: \"fonts\": [{{ \"family\": \"{family}\", \"src\": \"asset:{name}\" }}]")?;
    Ok(ExitCode::SUCCESS)
}

fn damaged(file: &Path) -> String {
    format!("{}: it is damaged, or no web font; get the file again", file.display())
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', "'\\''"))
}
