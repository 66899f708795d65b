//! The test pictures of `tests/corpus/images`.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{files_below, read, read_text};

const CORPUS: &str = "tests/corpus/images";

/// A WebP or a GIF, and what Pillow sees in it.
pub struct Frame {
    pub name: String,
    pub width: u32,
    pub height: u32,
    pub file: Vec<u8>,
    /// Straight RGBA.
    pub pixels: Vec<u8>,
}

/// Inflates base64.
pub fn inflate(base64: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::ZlibDecoder::new(&STANDARD.decode(base64).unwrap()[..]).read_to_end(&mut bytes).unwrap();
    bytes
}

/// The files of `webp.txt` or `gif.txt`.
pub fn frames(format: &str) -> Vec<Frame> {
    let parse = |line: &str| {
        let [name, width, height, file, pixels] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        Frame {
            name: name.to_owned(),
            width: width.parse().unwrap(),
            height: height.parse().unwrap(),
            file: STANDARD.decode(file).unwrap(),
            pixels: inflate(pixels),
        }
    };
    read_text(&format!("{CORPUS}/{format}.txt")).lines().map(parse).collect()
}

/// The PNGs of the corpus: name, width, height, digest of the pixels, file.
pub fn pngs() -> Vec<(String, u32, u32, String, Vec<u8>)> {
    let list = ["png.txt", "libpng.txt"].map(|name| read_text(&format!("{CORPUS}/{name}"))).concat();
    let parse = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let file = match words.get(4) {
            Some(base64) => STANDARD.decode(base64).unwrap(),
            None => read(&format!("{CORPUS}/{}", words[0])),
        };
        (words[0].to_owned(), words[1].parse().unwrap(), words[2].parse().unwrap(), words[3].to_owned(), file)
    };
    list.lines().map(parse).collect()
}

/// The JPEGs of the corpus: name, file, and the same picture as Pillow decodes it, as PNG.
pub fn jpegs() -> Vec<(String, Vec<u8>, Vec<u8>)> {
    let jpeg = |path: &String| {
        let stem = path.strip_suffix(".jpg").unwrap();
        (stem.rsplit('/').next().unwrap().to_owned(), read(path), read(&format!("{stem}.png")))
    };
    files_below(&format!("{CORPUS}/jpeg"), "jpg").iter().map(jpeg).collect()
}

/// One file of every kind, layout and colour profile, to be broken.
pub fn pictures() -> Vec<Vec<u8>> {
    let read = |name: &str| read_text(&format!("{CORPUS}/{name}"));
    let (layouts, profiles) = (read("layouts.txt"), read("profiles.txt"));
    let layouts = layouts.lines().filter(|line| !line.starts_with('=')).step_by(19);
    let pngs = pngs().into_iter().map(|(_, _, _, _, file)| file);
    let jpegs = jpegs().into_iter().map(|(_, file, _)| file);
    let layouts = layouts.map(|line| inflate(line.split_once(' ').unwrap().1));
    let profiles = profiles.lines().map(|line| STANDARD.decode(line.split(' ').nth(3).unwrap()).unwrap());
    let frames = ["webp", "gif"].into_iter().flat_map(frames).map(|frame| frame.file);
    pngs.chain(jpegs).chain(layouts).chain(profiles).chain(frames).collect()
}
