//! Bands of photographs: nothing in them repeats, so they are literals, and the codes of the reference's serve any other picture's.
//!
//! With the same codes, bits can be taken over: of a row that a text touches, only what lies under the text is filtered and coded, and
//! the rest is copied out of the reference's block, shifted. For that, the reference remembers every 32 pixels where they are in its
//! bits, and the checksum so far.
//!
//! Invariant: no run of bytes goes from one row to the next.

use std::ops::Range;

use super::band::{Band, checksum_between, combine};
use super::deflate::{Bits, Codes, MIN_REPEAT, Repeat, Said, Token, said};
use super::search::run;

/// Pixels from one mark to the next, or a few more, because a mark is between two tokens.
const MARK_PIXELS: usize = 32;

/// What is to know of a band of a reference beside its block.
pub struct Photo {
    codes: Codes,
    /// Of each row, the first at its beginning, the last at its end.
    rows: Vec<Vec<Mark>>,
}

/// A place between two tokens of a band.
#[derive(Clone, Copy)]
pub struct Mark {
    /// Bytes of the band before it.
    bytes: usize,
    /// Bits of the block before it.
    bits: usize,
    /// Adler-32 of the bytes before it.
    adler: u32,
}

impl Photo {
    /// Codes a band of rows of `stride` bytes, of which a pixel has `step`.
    pub fn new(filtered: &[u8], stride: usize, step: usize) -> (Self, Band) {
        let (stride, apart) = (stride.max(1), step.saturating_mul(MARK_PIXELS).max(1));
        let codes = Codes::complete(&filtered.chunks(stride).flat_map(Tokens::new).collect::<Vec<_>>());
        let mut deflated = Vec::new();
        let mut bits = Bits::new(&mut deflated);
        codes.begin(&mut bits);
        let mut mark = Mark { bytes: 0, bits: bits.len(), adler: 1 };
        let mut rows = Vec::with_capacity(filtered.len().div_ceil(stride));
        for row in filtered.chunks(stride) {
            let (mut marks, mut rest, mut length) = (vec![mark], row, 0_usize);
            for token in Tokens::new(row) {
                codes.put(token, &mut bits);
                length = length.saturating_add(match said(token) {
                    Said::Literal => 1,
                    Said::Repeat { length, .. } => length,
                });
                if length >= apart || length == rest.len() {
                    let (piece, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
                    let adler = combine(mark.adler, simd_adler32::adler32(&piece), length);
                    mark = Mark { bytes: mark.bytes.saturating_add(length), bits: bits.len(), adler };
                    marks.push(mark);
                    (rest, length) = (after, 0);
                }
            }
            rows.push(marks);
        }
        codes.end(bits);
        (Self { codes, rows }, Band::new(deflated, mark.adler, filtered.len()))
    }

    /// A version of this band, begun; `reference` is the band itself.
    pub fn version<'a>(&'a self, reference: &'a Band, deflated: &'a mut Vec<u8>) -> Version<'a> {
        deflated.reserve(reference.deflated.len().saturating_add(reference.deflated.len() / 8));
        let mut bits = Bits::new(deflated);
        let at = self.mark(0, 0).unwrap_or(Mark { bytes: 0, bits: 0, adler: 1 });
        bits.copy(&reference.deflated, 0..at.bits);
        Version { photo: self, reference, bits, adler: 1, at }
    }

    fn mark(&self, row: usize, mark: usize) -> Option<Mark> {
        self.rows.get(row)?.get(mark).copied()
    }

    /// The last mark before some bytes of a row, and the first one behind them; and the bytes between the two.
    pub fn around(&self, row: usize, bytes: &Range<usize>) -> Option<([Mark; 2], Range<usize>)> {
        let marks = self.rows.get(row)?;
        let start = marks.first()?.bytes;
        let in_row = |mark: &Mark| mark.bytes.saturating_sub(start);
        let before = marks.partition_point(|mark| in_row(mark) <= bytes.start).saturating_sub(1);
        let behind = marks.partition_point(|mark| in_row(mark) < bytes.end).min(marks.len().saturating_sub(1));
        let ends = [*marks.get(before)?, *marks.get(behind)?];
        let [from, to] = ends.each_ref().map(in_row);
        Some((ends, from..to))
    }
}

/// A band of another picture, on its way.
pub struct Version<'a> {
    photo: &'a Photo,
    reference: &'a Band,
    bits: Bits<'a>,
    /// Of the bytes so far.
    adler: u32,
    /// How far it has come.
    at: Mark,
}

impl Version<'_> {
    /// Other bytes between two marks of a row, behind all that was replaced before.
    pub fn replace(&mut self, [from, to]: [Mark; 2], filtered: &[u8]) {
        self.keep(from);
        for token in Tokens::new(filtered) {
            self.photo.codes.put(token, &mut self.bits);
        }
        self.adler = combine(self.adler, simd_adler32::adler32(&filtered), filtered.len());
        self.at = to;
    }

    /// What is left is the reference's. Returns Adler-32 of all.
    pub fn end(mut self) -> u32 {
        if let Some(last) = self.photo.rows.last().and_then(|row| row.last()) {
            self.keep(*last);
        }
        self.photo.codes.end(self.bits);
        self.adler
    }

    /// Goes on to a mark with the reference's bits.
    fn keep(&mut self, to: Mark) {
        self.bits.copy(&self.reference.deflated, self.at.bits..to.bits);
        let bytes = to.bytes.saturating_sub(self.at.bytes);
        self.adler = combine(self.adler, checksum_between(self.at.adler, to.adler, bytes), bytes);
        self.at = to;
    }
}

/// The tokens of a part of a row: literals, and runs where a byte comes often.
struct Tokens<'a> {
    rest: &'a [u8],
    run: Repeat,
}

impl<'a> Tokens<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, run: Repeat::default() }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    #[inline(always)] // for each byte of a photograph, at the worst
    fn next(&mut self) -> Option<Token> {
        if let Some(token) = self.run.next() {
            return Some(token);
        }
        let (byte, after) = self.rest.split_first()?;
        self.rest = after;
        // Most come once.
        if after.first_chunk::<MIN_REPEAT>() == Some(&[*byte; MIN_REPEAT]) {
            let run = run(after, *byte);
            self.run = Repeat::new(run, 1);
            self.rest = after.get(run..).unwrap_or_default();
        }
        Some(Token::from(*byte))
    }
}
