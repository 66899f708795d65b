//! A string in a font → lines of positioned glyphs, fitted to a box.
pub const DEFAULT_FAMILY: &str = "Inter";
#[derive(Debug, Clone, PartialEq)]
pub struct Style { pub family: String, pub weight: u16, pub size: f32, pub min_size: f32, pub line_height: f32, pub letter_spacing: f32, pub max_lines: Option<u32>, pub overflow: Overflow, pub align: Align, pub direction: Direction, pub lang: Option<String> }
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overflow { Ellipsis, Clip, Visible }
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align { Start, Center, End, Justify, Left, Right }
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction { Auto, Ltr, Rtl }
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaceId(pub u16);
#[derive(Debug, Clone, PartialEq)]
pub struct Glyph { pub face: FaceId, pub id: u16, pub x: f32, pub y: f32 }
#[derive(Debug, Clone, PartialEq)]
pub struct Line { pub baseline: f32, pub x: f32, pub width: f32, pub glyphs: Vec<Glyph> }
#[derive(Debug, Clone, PartialEq)]
pub struct Block { pub size: f32, pub lines: Vec<Line>, pub width: f32, pub height: f32, pub cap_top: f32, pub baseline_last: f32, pub truncated: bool, pub overflows: bool, pub passes: u32 }
pub struct Fonts;
impl Fonts { pub fn embedded() -> Self { Self } pub fn units_per_em(&self, _f: FaceId) -> f32 {1.0} pub fn outline(&self, _face: FaceId, _weight: u16, _glyph: u16) -> Option<tiny_skia::Path> { None } }
pub struct Paragraph;
impl Paragraph { pub fn new(_text: &str, _style: &Style, _fonts: &Fonts, _limits: &crate::limits::Limits) -> Self { Self } pub fn fit(&self, _w: Option<f32>, _h: Option<f32>) -> Block { todo!() } pub fn missing(&self) -> &[char] { &[] } }
