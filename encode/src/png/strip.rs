//! Strips of a PNG: some rows of a picture, packed, filtered and deflated.
//!
//! Invariant: the deflate blocks of a strip end on a whole byte, so that strips can be put
//! together.

use crc32fast::Hasher;
use tiny_skia::{Pixmap, PremultipliedColorU8};

use super::color_type::ColorType;
use super::filter::{Filterer, Strategy};
use crate::deflate::block::{self, Codes};
use crate::deflate::matcher::{self, Runs};
use crate::deflate::token::Token;
use crate::pixel;

/// Search depth of [`Deflater`] for files of one picture.
pub const SEARCH_DEPTH: usize = 4;

/// Some rows, deflated.
pub struct Strip {
    pub deflated: Vec<u8>,
    /// The CRC-32 of `deflated`, for the checksum of the chunk (§5.5).
    pub crc: Hasher,
    /// The Adler-32 of the bytes that it unpacks to, for the checksum of the zlib stream.
    pub adler: u32,
    /// Number of bytes that it unpacks to.
    pub bytes: usize,
}

impl Strip {
    /// A strip of deflate blocks that unpack to `bytes` bytes with this Adler-32.
    pub fn new(deflated: Vec<u8>, adler: u32, bytes: usize) -> Self {
        let mut crc = Hasher::new();
        crc.update(&deflated);
        Self { deflated, crc, adler, bytes }
    }

    /// A strip of tokens that unpack to `bytes` bytes with this Adler-32, with codes of its own.
    pub fn of_tokens(tokens: &[Token], adler: u32, bytes: usize) -> Self {
        Self::new(block::write(tokens, &Codes::exact(tokens)), adler, bytes)
    }

    /// A strip of filtered rows, each of `stride` bytes, that are not searched for matches. The codes
    /// are complete, so they do not depend on which runs there are.
    fn of_runs(filtered: &[u8], stride: usize) -> Self {
        let tokens = run_tokens(filtered, stride);
        let deflated = block::write(&tokens, &Codes::complete(&tokens, Runs::DISTANCE));
        Self::new(deflated, simd_adler32::adler32(&filtered), filtered.len())
    }
}

/// The literals and runs of filtered rows of `stride` bytes; no run continues in the next row.
pub fn run_tokens(filtered: &[u8], stride: usize) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(filtered.len());
    for row in filtered.chunks(stride.max(1)) {
        // Not by `flat_map` or `extend`: LLVM would make a call for each token.
        for token in Runs::new(row) {
            tokens.push(token);
        }
    }
    tokens
}

/// Deflates a picture in strips of `rows` rows. If it `repeats`, a strip may match the bytes of those
/// before it; if not, it is not searched for matches.
pub fn strips(
    picture: &Pixmap,
    color_type: &mut ColorType,
    strategy: Strategy,
    repeats: bool,
    rows: usize,
) -> Vec<Strip> {
    let width = pixel::per_row(picture);
    let (mut packer, mut deflater) = (RowPacker::new(color_type, strategy), Deflater::new(SEARCH_DEPTH));
    let strips = picture.pixels().chunks(rows.saturating_mul(width));
    let deflate = |pixels: &[PremultipliedColorU8]| {
        let filtered = packer.filtered(color_type, pixels, width);
        if repeats { deflater.strip(filtered) } else { Strip::of_runs(filtered, stride(filtered, pixels, width)) }
    };
    strips.map(deflate).collect()
}

/// Bytes of a filtered row, from some rows of `width` pixels.
pub fn stride(filtered: &[u8], pixels: &[PremultipliedColorU8], width: usize) -> usize {
    filtered.len().checked_div(pixels.len() / width.max(1)).unwrap_or(0).max(1)
}

/// Packs and filters rows from top to bottom.
pub struct RowPacker {
    filterer: Filterer,
    packed: Vec<u8>,
    filtered: Vec<u8>,
}

impl RowPacker {
    pub fn new(color_type: &ColorType, strategy: Strategy) -> Self {
        let filterer = Filterer::new(color_type.bytes_per_pixel(), strategy);
        Self { filterer, packed: Vec::new(), filtered: Vec::new() }
    }

    /// The next rows of `width` pixels, filtered.
    pub fn filtered(&mut self, color_type: &mut ColorType, pixels: &[PremultipliedColorU8], width: usize) -> &[u8] {
        self.filtered.clear();
        for row in pixels.chunks_exact(width) {
            self.packed.clear();
            color_type.pack(row, &mut self.packed);
            self.filterer.row(&self.packed, &mut self.filtered);
        }
        &self.filtered
    }
}

/// Deflates strips one after the other, each of which may match the bytes of those before it.
pub struct Deflater {
    matcher: matcher::Best,
    tokens: Vec<Token>,
}

impl Deflater {
    /// `search_depth` is the number of places that are tried for a match.
    pub fn new(search_depth: usize) -> Self {
        Self { matcher: matcher::Best::new(search_depth), tokens: Vec::new() }
    }

    /// Takes bytes that come before the next strip, which may match them.
    pub fn skip(&mut self, filtered: &[u8]) {
        self.matcher.skip(filtered);
    }

    /// Deflates the next bytes.
    pub fn strip(&mut self, filtered: &[u8]) -> Strip {
        self.tokens.clear();
        self.matcher.find(filtered, &mut self.tokens);
        Strip::of_tokens(&self.tokens, simd_adler32::adler32(&filtered), filtered.len())
    }
}
