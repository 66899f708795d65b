//! LZW as GIF has it (GIF89a, appendix F), in pieces that are put together.
//!
//! Behind a clear code nothing depends on what came before. So the codes of some rows, with a clear code at
//! their end, can be followed by those of any others.

use crate::deflate::bits::BitWriter;

/// Bits of a pixel's index.
const INDEX_BITS: u8 = 8;

/// The code that empties the table, and the one that ends the data.
const CLEAR: u16 = 256;
const END: u16 = 257;

/// The first code of a string, and the number of codes.
const FIRST: u16 = 258;
const CODES: u16 = 4096;

/// Places of the table, as a power of two: four for each code.
const TABLE_BITS: u32 = 14;
const PLACES: usize = 1 << TABLE_BITS;

/// The codes of some rows, and a clear code behind them.
#[derive(Debug, Clone, Default)]
pub struct Piece {
    bytes: Vec<u8>,
    bits: usize,
}

impl Piece {
    /// Codes some indices.
    pub fn new(indices: &[u8], table: &mut Table) -> Self {
        let mut bytes = Vec::new();
        let mut out = BitWriter::new(&mut bytes);
        table.code(indices, &mut out);
        let bits = out.len();
        out.finish(&[]);
        bytes.shrink_to_fit();
        Self { bytes, bits }
    }

    /// The memory that it holds, in bytes.
    pub const fn memory_bytes(&self) -> usize {
        self.bytes.len()
    }
}

/// The data of a picture, as the file has it before it is cut into blocks: the bits of an index, and the codes.
pub fn join<'a>(pieces: impl Iterator<Item = &'a Piece>) -> Vec<u8> {
    let mut data = vec![INDEX_BITS];
    let mut out = BitWriter::new(&mut data);
    out.put(u32::from(CLEAR), width_for(FIRST));
    pieces.for_each(|piece| out.copy(&piece.bytes, 0..piece.bits));
    out.put(u32::from(END), width_for(FIRST));
    out.finish(&[]);
    data
}

/// The bits of a code while `next` is the next one to be given.
const fn width_for(next: u16) -> u8 {
    let bits = 16_u32.saturating_sub(next.leading_zeros());
    if bits > 12 { 12 } else { bits.to_le_bytes()[0] }
}

/// The strings that have a code: each is a shorter one and an index.
pub struct Table {
    /// By hash: the string, plus one, and its code. An entry of an earlier round is none.
    places: Vec<(u32, u16)>,
    /// The round is in the keys, so that a clear code need not empty the table.
    round: u32,
}

impl Table {
    pub fn new() -> Self {
        Self { places: vec![(0, 0); PLACES], round: 0 }
    }

    fn clear(&mut self) {
        self.round = self.round.wrapping_add(1) & 0xFFF;
        if self.round == 0 {
            self.places.fill((0, 0));
            self.round = 1;
        }
    }

    /// The place of a string, and its code if it has one.
    #[inline]
    fn find(&self, key: u32) -> (usize, Option<u16>) {
        // Fibonacci hashing (Knuth 6.4).
        let start = key.wrapping_mul(0x9E37_79B1) >> 32_u32.wrapping_sub(TABLE_BITS);
        let mut at = usize::try_from(start).unwrap_or(0);
        loop {
            match self.places.get(at) {
                Some((known, code)) if *known == key => return (at, Some(*code)),
                // A quarter of the places is taken at most, by this round and what earlier ones left.
                Some((known, _)) if known >> 20 == self.round => at = at.wrapping_add(1) % PLACES,
                _ => return (at, None),
            }
        }
    }

    /// Appends the codes of some indices, and a clear code.
    fn code(&mut self, indices: &[u8], out: &mut BitWriter<'_>) {
        self.clear();
        let mut next = FIRST;
        let mut rest = indices.iter();
        let Some(first) = rest.next() else { return };
        let mut string = u16::from(*first);
        for index in rest {
            let key = self.round << 20 | u32::from(string) << 8 | u32::from(*index);
            let (place, code) = self.find(key);
            if let Some(code) = code {
                string = code;
                continue;
            }
            // A reader is one string behind.
            out.put(u32::from(string), width_for(next.wrapping_sub(1)));
            string = u16::from(*index);
            if next == CODES {
                out.put(u32::from(CLEAR), 12);
                self.clear();
                next = FIRST;
                continue;
            }
            if let Some(place) = self.places.get_mut(place) {
                *place = (key, next);
            }
            next = next.wrapping_add(1);
        }
        out.put(u32::from(string), width_for(next.wrapping_sub(1)));
        // A reader gives a code for what it read last, though nothing follows.
        out.put(u32::from(CLEAR), width_for(next));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deflate::testing::Random;

    fn decoded(data: &[u8]) -> Vec<u8> {
        assert_eq!(data[0], INDEX_BITS);
        weezl::decode::Decoder::new(weezl::BitOrder::Lsb, INDEX_BITS).decode(&data[1..]).unwrap()
    }

    #[test]
    fn pieces_come_back_in_any_order() {
        let mut random = Random::default();
        let mut table = Table::new();
        // Lengths around those at which codes get wider and the table is full.
        for (shades, lengths) in
            [(1_u32, [0, 1, 300_000]), (256, [254, 255, 256]), (256, [3_838, 3_839, 3_840]), (3, [9, 90_000, 0])]
        {
            let rows: Vec<Vec<u8>> =
                lengths.iter().map(|length| (0..*length).map(|_| random.below(shades) as u8).collect()).collect();
            let pieces: Vec<Piece> = rows.iter().map(|rows| Piece::new(rows, &mut table)).collect();
            for order in [[0, 1, 2], [2, 0, 1], [1, 1, 0]] {
                let data = join(order.iter().map(|at| &pieces[*at]));
                let expected: Vec<u8> = order.iter().flat_map(|at| rows[*at].iter().copied()).collect();
                assert!(decoded(&data) == expected, "{shades} shades, {lengths:?}, {order:?}");
            }
        }
    }

    #[test]
    fn a_table_that_was_used_often_is_as_a_new_one() {
        let mut table = Table::new();
        let rows: Vec<u8> = (0..2_000_u32).map(|at| (at * at / 7 % 5) as u8).collect();
        let first = join(std::iter::once(&Piece::new(&rows, &mut table)));
        (0..5_000).for_each(|_| drop(Piece::new(&rows[..40], &mut table)));
        assert!(join(std::iter::once(&Piece::new(&rows, &mut table))) == first);
    }
}
