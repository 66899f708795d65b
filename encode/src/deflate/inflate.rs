//! Blocks of deflate → their tokens (RFC 1951). The bytes that they stand for are not unpacked.

use super::huffman::{Code, LENGTH_ORDER, canonical};
use super::symbol::{DISTANCES, END, length_of};
use super::token::{Match, Token};

/// The tokens of whole blocks; `None` if they are not valid deflate.
pub fn tokens(deflated: &[u8]) -> Option<Vec<Token>> {
    let mut bits = BitReader { bytes: deflated, held: 0, count: 0 };
    let mut tokens = Vec::new();
    loop {
        // Only padding is left: whole blocks end on a whole byte.
        if bits.bytes.is_empty() && bits.count < 8 {
            return Some(tokens);
        }
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => bits.stored(&mut tokens)?,
            1 => coded(&mut bits, &fixed(), &mut tokens)?,
            2 => {
                let tables = dynamic(&mut bits)?;
                coded(&mut bits, &tables, &mut tokens)?;
            }
            _ => return None,
        }
        if last {
            return Some(tokens);
        }
    }
}

/// The bits by which a symbol is looked up. Longer codes are rare, and are searched for: a table of 15 bits
/// would take longer to fill than many blocks take to read.
const TABLE_BITS: u8 = 10;

/// The codes of an alphabet.
struct Table {
    /// By the next [`TABLE_BITS`] bits, the symbol whose code they begin with, and the length of the code; 0 for
    /// longer codes.
    short: Vec<(u16, u8)>,
    /// The longer codes with their symbols.
    long: Vec<(Code, u16)>,
}

/// The tables of a block.
struct Tables {
    /// Literals, lengths and the end.
    symbols: Table,
    distances: Table,
}

fn table(lengths: &[u8]) -> Table {
    let mut table = Table { short: vec![(0, 0); 1 << TABLE_BITS], long: Vec::new() };
    for (symbol, code) in (0_u16..).zip(canonical(lengths)).filter(|(_, code)| code.length > 0) {
        if code.length > TABLE_BITS {
            table.long.push((code, symbol));
            continue;
        }
        let first = usize::try_from(code.bits).unwrap_or(0);
        table.short.iter_mut().skip(first).step_by(1 << code.length).for_each(|slot| *slot = (symbol, code.length));
    }
    table
}

/// The fixed codes (§3.2.6).
fn fixed() -> Tables {
    let length = |symbol| match symbol {
        144..=255 => 9,
        256..=279 => 7,
        _ => 8,
    };
    let symbols: Vec<u8> = (0..288).map(length).collect();
    Tables { symbols: table(&symbols), distances: table(&[5; DISTANCES]) }
}

/// The codes at the beginning of a block (§3.2.7).
fn dynamic(bits: &mut BitReader<'_>) -> Option<Tables> {
    let count = |bits: &mut BitReader<'_>, width, least: usize| {
        Some(usize::try_from(bits.take(width)?).ok()?.wrapping_add(least))
    };
    let (symbols, distances, written) = (count(bits, 5, 257)?, count(bits, 5, 1)?, count(bits, 4, 4)?);
    let mut lengths = [0; LENGTH_ORDER.len()];
    for symbol in LENGTH_ORDER.iter().take(written) {
        *lengths.get_mut(*symbol)? = bits.take(3)?.to_le_bytes()[0];
    }
    let lengths = table(&lengths);
    let mut all: Vec<u8> = Vec::new();
    while all.len() < symbols.wrapping_add(distances) {
        let (length, times) = match bits.symbol(&lengths)? {
            length @ 0..=15 => (length.to_le_bytes()[0], 1),
            16 => (*all.last()?, count(bits, 2, 3)?),
            17 => (0, count(bits, 3, 3)?),
            _ => (0, count(bits, 7, 11)?),
        };
        all.extend(std::iter::repeat_n(length, times));
    }
    let (symbols, distances) = all.split_at_checked(symbols)?;
    Some(Tables { symbols: table(symbols), distances: table(distances) })
}

/// Reads the tokens of a block with codes.
fn coded(bits: &mut BitReader<'_>, tables: &Tables, tokens: &mut Vec<Token>) -> Option<()> {
    loop {
        let symbol = usize::from(bits.symbol(&tables.symbols)?);
        if symbol < END {
            tokens.push(Token::literal(u8::try_from(symbol).ok()?));
            continue;
        }
        if symbol == END {
            return Some(());
        }
        let (least, extra) = length_of(symbol)?;
        let length = least.wrapping_add(usize::try_from(bits.take(extra)?).ok()?);
        let symbol = u32::from(bits.symbol(&tables.distances)?);
        // Two symbols share each number of extra bits (§3.2.5).
        let extra = (symbol / 2).saturating_sub(1);
        let least = if symbol < 4 { symbol } else { (2 | (symbol & 1)) << extra };
        let distance = least.wrapping_add(bits.take(extra.to_le_bytes()[0])?).wrapping_add(1);
        tokens.extend(Match::new(length, usize::try_from(distance).ok()?));
    }
}

/// Reads bits, the first bit lowest.
struct BitReader<'a> {
    bytes: &'a [u8],
    held: u64,
    count: u8,
}

impl BitReader<'_> {
    #[inline]
    fn fill(&mut self) {
        if let Some(word) = self.bytes.first_chunk()
            && self.count < 56
        {
            // The bits above `count` are those of the next bytes, which are put there again.
            self.held |= u64::from_le_bytes(*word) << self.count;
            let whole = 63_u8.wrapping_sub(self.count) / 8;
            self.bytes = self.bytes.get(usize::from(whole)..).unwrap_or_default();
            self.count = self.count.wrapping_add(whole.wrapping_mul(8));
            return;
        }
        while self.count <= 48 {
            let Some((byte, rest)) = self.bytes.split_first() else { return };
            self.held |= u64::from(*byte) << self.count;
            (self.bytes, self.count) = (rest, self.count.wrapping_add(8));
        }
    }

    /// The next bits, at most 16; `None` at the end of the bytes.
    fn take(&mut self, count: u8) -> Option<u32> {
        self.fill();
        let bits = self.held & (1_u64 << count).wrapping_sub(1);
        self.count = self.count.checked_sub(count)?;
        self.held >>= count;
        u32::try_from(bits).ok()
    }

    /// The next symbol; `None` if no code of the table follows.
    #[inline]
    fn symbol(&mut self, table: &Table) -> Option<u16> {
        self.fill();
        let next = usize::try_from(self.held & ((1 << TABLE_BITS) - 1)).ok()?;
        let (mut symbol, mut length) = *table.short.get(next)?;
        if length == 0 {
            let is_next = |(code, _): &&(Code, u16)| self.held & ((1 << code.length) - 1) == u64::from(code.bits);
            let (code, long) = table.long.iter().find(is_next)?;
            (symbol, length) = (*long, code.length);
        }
        self.count = self.count.checked_sub(length)?;
        self.held >>= length;
        Some(symbol)
    }

    /// Reads the bytes of a stored block (§3.2.4).
    fn stored(&mut self, tokens: &mut Vec<Token>) -> Option<()> {
        self.take(self.count % 8)?;
        let length = self.take(16)?;
        self.take(16)?;
        for _ in 0..length {
            tokens.push(Token::literal(u8::try_from(self.take(8)?).ok()?));
        }
        Some(())
    }
}
