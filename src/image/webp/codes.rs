//! The prefix codes of a lossless WebP (RFC 9649, section 3.7), which are counted before anything is
//! decoded.
//!
//! A file may declare 65,536 groups of five codes each. The decoder builds tables for all of them
//! first, and a table of 4 kB takes 8 bytes of file: 3 MB of file would be 1.5 GB of tables. So the
//! file is read here up to its first pixel, and only the lengths of its codes are kept.

use super::super::header::broken;
use crate::error::Problem;

/// Bytes of memory that a byte of file may ask for as tables: a code of 1,024 equal lengths has 61
/// bits, and four codes of one symbol 16.
pub(super) const BYTES_A_BYTE: u64 = 640;

/// Bytes of a group of five codes in a list that grows by doubling.
const GROUP_BYTES: u64 = 5 * 56 * 3;

/// Bytes of the table of a code of two symbols, and of the smallest allocations.
const PAIR_BYTES: u64 = 96;

/// The longest code.
const MAX_LENGTH: usize = 15;

/// Symbols of the five codes of a group, without those of a colour cache: green and lengths, red,
/// blue, alpha, distances.
const ALPHABETS: [usize; 5] = [256 + 24, 256, 256, 256, 40];

/// The order in which the lengths of the code of lengths are stored.
const LENGTH_ORDER: [usize; 19] = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// Bytes of the tables that the decoder builds for a lossless picture of this size, counted until
/// they are more than `most`.
///
/// # Errors
/// A file that ends before its first pixel, or has an impossible code.
pub(super) fn table_bytes(data: &[u8], width: u32, height: u32, most: u64) -> Result<u64, Problem> {
    let mut bits = Bits { data, at: 0 };
    let (mut width, mut seen) = (width, [false; 4]);
    while bits.take(1)? == 1 {
        let kind = usize::try_from(bits.take(2)?).unwrap_or_default();
        if seen.get(kind).copied().unwrap_or(true) {
            return Err(broken("the WebP has a transform twice"));
        }
        seen.iter_mut().skip(kind).take(1).for_each(|seen| *seen = true);
        match kind {
            // Predictors, and coefficients of colours, for blocks of pixels.
            0 | 1 => {
                let block = bits.take(3)?.saturating_add(2);
                image(&mut bits, blocks(width, block), blocks(height, block))?;
            }
            2 => {}
            _ => {
                let colors = bits.take(8)?.saturating_add(1);
                image(&mut bits, colors, 1)?;
                // Several indices of a small palette are in one pixel.
                width = blocks(
                    width,
                    match colors {
                        0..=2 => 3,
                        3..=4 => 2,
                        5..=16 => 1,
                        _ => 0,
                    },
                );
            }
        }
    }
    let cache = cache(&mut bits)?;
    let mut groups = 1;
    if bits.take(1)? == 1 {
        let block = bits.take(3)?.saturating_add(2);
        groups = image(&mut bits, blocks(width, block), blocks(height, block))?.saturating_add(1);
    }
    let mut bytes = 0_u64;
    for _ in 0..groups {
        if bytes > most {
            break;
        }
        let codes = group(&mut bits, cache)?;
        bytes = codes.iter().map(|code| code.bytes).fold(bytes.saturating_add(GROUP_BYTES), u64::saturating_add);
    }
    Ok(bytes)
}

/// Number of blocks of 2^`bits` px along a side.
fn blocks(side: u32, bits: u32) -> u32 {
    side.div_ceil(1_u32.checked_shl(bits).unwrap_or(1))
}

/// Reads a picture of data for the picture proper, and returns its largest number of a group: red
/// and green of a pixel. Pixels that are copied have the colours of others, which count already.
fn image(bits: &mut Bits<'_>, width: u32, height: u32) -> Result<u32, Problem> {
    let cache = cache(bits)?;
    let [green, red, blue, alpha, distance] = group(bits, cache)?;
    let (mut left, mut largest) = (u64::from(width).saturating_mul(u64::from(height)), 0);
    while left > 0 {
        let symbol = u32::try_from(green.symbol(bits)?).unwrap_or_default();
        let covered = match symbol {
            0..256 => {
                let red = u32::try_from(red.symbol(bits)?).unwrap_or_default();
                blue.symbol(bits)?;
                alpha.symbol(bits)?;
                largest = largest.max(red << 8 | symbol);
                1
            }
            256..280 => {
                let length = extended(bits, symbol.saturating_sub(256))?;
                let prefix = u32::try_from(distance.symbol(bits)?).unwrap_or_default();
                extended(bits, prefix)?;
                u64::from(length)
            }
            _ => 1,
        };
        left = left.saturating_sub(covered);
    }
    Ok(largest)
}

/// A length or a distance from its prefix (section 3.6.2.2).
fn extended(bits: &mut Bits<'_>, prefix: u32) -> Result<u32, Problem> {
    if prefix < 4 {
        return Ok(prefix.saturating_add(1));
    }
    let extra = prefix.saturating_sub(2) >> 1;
    let offset = (2_u32 | prefix & 1).checked_shl(extra).ok_or_else(impossible)?;
    Ok(offset.saturating_add(bits.take(extra)?).saturating_add(1))
}

/// Colours of the cache of a picture; 0 if it has none.
fn cache(bits: &mut Bits<'_>) -> Result<usize, Problem> {
    if bits.take(1)? == 0 {
        return Ok(0);
    }
    match bits.take(4)? {
        size @ 1..=11 => Ok(1_usize << size),
        _ => Err(broken("the WebP has a colour cache of an impossible size")),
    }
}

fn group(bits: &mut Bits<'_>, cache: usize) -> Result<[Code; 5], Problem> {
    let [green, red, blue, alpha, distance] = ALPHABETS;
    Ok([
        Code::read(bits, green.saturating_add(cache))?,
        Code::read(bits, red)?,
        Code::read(bits, blue)?,
        Code::read(bits, alpha)?,
        Code::read(bits, distance)?,
    ])
}

/// A canonical prefix code, which is read one bit at a time: what it codes here is small.
struct Code {
    /// Number of symbols of each length.
    counts: [u16; MAX_LENGTH + 1],
    /// The symbols, the shortest first.
    symbols: Vec<u16>,
    /// Bytes of the decoder's table.
    bytes: u64,
}

impl Code {
    /// Reads a code of an alphabet of `size` symbols (section 3.7.2.1).
    fn read(bits: &mut Bits<'_>, size: usize) -> Result<Self, Problem> {
        let mut lengths = vec![0_u8; size];
        if bits.take(1)? == 1 {
            let count = bits.take(1)?;
            let wide = bits.take(1)?;
            let first = bits.take(if wide == 1 { 8 } else { 1 })?;
            let second = if count == 1 { Some(bits.take(8)?) } else { None };
            let symbols: Vec<u16> =
                [Some(first), second].into_iter().flatten().filter_map(|symbol| u16::try_from(symbol).ok()).collect();
            if symbols.iter().any(|&symbol| usize::from(symbol) >= size) {
                return Err(impossible());
            }
            let mut counts = [0; MAX_LENGTH + 1];
            let bytes = if second.is_some() { PAIR_BYTES } else { 0 };
            // One symbol takes no bits, two take one bit each; both may be the same.
            let [zero, one, ..] = &mut counts;
            (if second.is_some() { one } else { zero }).clone_from(&u16::from(second.is_some()).saturating_add(1));
            return Ok(Self { counts, symbols, bytes });
        }
        let mut of_lengths = [0_u8; LENGTH_ORDER.len()];
        let stored = usize::try_from(bits.take(4)?).unwrap_or_default().saturating_add(4);
        for place in LENGTH_ORDER.iter().take(stored) {
            let length = u8::try_from(bits.take(3)?).unwrap_or_default();
            of_lengths.iter_mut().skip(*place).take(1).for_each(|slot| *slot = length);
        }
        let of_lengths = Self::new(&of_lengths)?;
        let mut tokens = size;
        if bits.take(1)? == 1 {
            let width = bits.take(3)?.saturating_mul(2).saturating_add(2);
            tokens = usize::try_from(bits.take(width)?).unwrap_or(usize::MAX).saturating_add(2);
            if tokens > size {
                return Err(impossible());
            }
        }
        let (mut at, mut last) = (0_usize, 8);
        while at < size && tokens > 0 {
            tokens = tokens.saturating_sub(1);
            let token = of_lengths.symbol(bits)?;
            let (length, count) = match token {
                16 => (last, bits.take(2)?.saturating_add(3)),
                17 => (0, bits.take(3)?.saturating_add(3)),
                18 => (0, bits.take(7)?.saturating_add(11)),
                _ => (u8::try_from(token).unwrap_or_default(), 1),
            };
            if length != 0 {
                last = length;
            }
            let end = at.saturating_add(usize::try_from(count).unwrap_or(usize::MAX));
            lengths.get_mut(at..end).ok_or_else(impossible)?.fill(length);
            at = end;
        }
        Self::new(&lengths)
    }

    /// The code with these lengths; a symbol of length 0 does not occur.
    fn new(lengths: &[u8]) -> Result<Self, Problem> {
        let mut counts = [0_u16; MAX_LENGTH + 1];
        for &length in lengths.iter().filter(|&&length| length != 0) {
            let count = counts.get_mut(usize::from(length)).ok_or_else(impossible)?;
            *count = count.saturating_add(1);
        }
        let mut next = [0_usize; MAX_LENGTH + 1];
        let mut total = 0_usize;
        for (next, &count) in next.iter_mut().zip(&counts) {
            *next = total;
            total = total.saturating_add(usize::from(count));
        }
        let mut symbols = vec![0; total];
        for (symbol, &length) in (0_u16..).zip(lengths).filter(|&(_, &length)| length != 0) {
            let Some(place) = next.get_mut(usize::from(length)) else { continue };
            symbols.iter_mut().skip(*place).take(1).for_each(|slot| *slot = symbol);
            *place = place.saturating_add(1);
        }
        if symbols.is_empty() {
            return Err(impossible());
        }
        if symbols.len() == 1 {
            counts = [0; MAX_LENGTH + 1];
            counts.iter_mut().take(1).for_each(|none| *none = 1);
            return Ok(Self { counts, symbols, bytes: 0 });
        }
        let longest = counts.iter().rposition(|&count| count != 0).unwrap_or_default();
        let long: u64 = counts.iter().skip(11).map(|&count| u64::from(count)).sum();
        let table = 4_u64 << longest.min(10);
        Ok(Self { counts, symbols, bytes: table.saturating_add(long.saturating_mul(64)).saturating_add(PAIR_BYTES) })
    }

    /// The next symbol (the canonical decoding of RFC 1951, section 3.2.2).
    fn symbol(&self, bits: &mut Bits<'_>) -> Result<usize, Problem> {
        let (mut code, mut first, mut index) = (0_u32, 0_u32, 0_u32);
        for (length, &count) in self.counts.iter().enumerate() {
            let count = u32::from(count);
            if length > 0 {
                code = code << 1 | bits.take(1)?;
                first <<= 1;
            }
            if let Some(place) = code.checked_sub(first).filter(|&place| place < count) {
                let place = usize::try_from(index.saturating_add(place)).unwrap_or(usize::MAX);
                return self.symbols.get(place).map(|&symbol| usize::from(symbol)).ok_or_else(impossible);
            }
            index = index.saturating_add(count);
            first = first.saturating_add(count);
        }
        Err(impossible())
    }
}

/// Reads bits, the lowest of a byte first.
struct Bits<'a> {
    data: &'a [u8],
    /// Bits that have been read.
    at: usize,
}

impl Bits<'_> {
    /// The next bits, at most 24.
    fn take(&mut self, count: u32) -> Result<u32, Problem> {
        let rest = self.data.get(self.at / 8..).unwrap_or_default();
        let shift = u32::try_from(self.at % 8).unwrap_or_default();
        self.at = self.at.saturating_add(usize::try_from(count).unwrap_or(usize::MAX));
        if self.at.div_ceil(8) > self.data.len() {
            return Err(broken("the WebP is cut short"));
        }
        let word = rest.iter().take(4).rev().fold(0_u32, |word, &byte| word << 8 | u32::from(byte));
        Ok(word >> shift & 1_u32.checked_shl(count).unwrap_or(0).wrapping_sub(1))
    }
}

fn impossible() -> Problem {
    broken("the WebP has an impossible prefix code")
}
