//! Checks a font for templates, and unpacks a web font: `cargo run --example font -- Brand.woff2 brand.ttf`.

#![expect(clippy::print_stdout, reason = "a command line speaks on standard output")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use monogram::limits::Limits;
use monogram::text::check;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: font FILE.(ttf|otf|woff|woff2) [OUT]";
    let file = PathBuf::from(arguments.next().ok_or(usage)?);
    let packed = fs::read(&file)?;
    let bytes = match packed.get(..4) {
        Some(b"wOF2") => wuff::decompress_woff2(&packed).map_err(|error| format!("not a WOFF2 font: {error:?}"))?,
        Some(b"wOFF") => wuff::decompress_woff1(&packed).map_err(|error| format!("not a WOFF font: {error:?}"))?,
        _ => packed,
    };
    let facts = check(bytes.clone(), &Limits::default())?;
    let cubic = bytes.starts_with(b"OTTO");
    let out = arguments.next().map_or_else(|| file.with_extension(if cubic { "otf" } else { "ttf" }), PathBuf::from);
    if out != file {
        fs::write(&out, &bytes)?;
    }

    // As an asset may be called.
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let name: String =
        out.file_name().map_or_else(String::new, |name| name.to_string_lossy().chars().map(plain).collect());
    let family = facts.family.as_deref().unwrap_or("Brand");
    println!("{}: {} bytes, {} glyphs, {} characters", out.display(), bytes.len(), facts.glyphs, facts.characters);
    println!("  weights   {} to {}{}", facts.weights.0, facts.weights.1, if facts.italic { ", italic" } else { "" });
    println!("  axes      {}", if facts.axes.is_empty() { "none".to_owned() } else { facts.axes.join(", ") });
    println!("  features  {}", facts.features.join(" "));
    println!("\nUpload it:   npx wrangler kv key put --binding TEMPLATES asset:{name} --path {}", quoted(&out));
    println!("In a template: \"fonts\": [{{ \"family\": \"{family}\", \"src\": \"asset:{name}\" }}]");
    Ok(())
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', "'\\''"))
}
