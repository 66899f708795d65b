//! Blocks of deflate → their tokens (RFC 1951): how a reference was searched. Nothing is unpacked.

use super::block::{DISTANCES, END, MAX_BITS, MAX_REPEAT, MIN_REPEAT, ORDER, Repeat, SYMBOLS, Token, canonical};

/// The tokens of whole blocks; none where they are not deflate's.
pub fn tokens(deflated: &[u8]) -> Option<Vec<Token>> {
    let mut bits = Bits { bytes: deflated, held: 0, count: 0 };
    let mut tokens = Vec::new();
    loop {
        // Whole blocks end on a whole byte.
        if bits.bytes.is_empty() && bits.count < 8 {
            return Some(tokens);
        }
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => bits.stored(&mut tokens)?,
            1 => coded(&mut bits, &fixed(), &mut tokens)?,
            2 => {
                let codes = codes(&mut bits)?;
                coded(&mut bits, &codes, &mut tokens)?;
            }
            _ => return None,
        }
        if last {
            return Some(tokens);
        }
    }
}

/// Symbols by the next [`MAX_BITS`] bits, with the lengths of their codes: of literals and lengths, and of distances.
type Codes = [Vec<(u16, u8)>; 2];

fn table(lengths: &[u8]) -> Vec<(u16, u8)> {
    let mut table = vec![(0, 0); 1 << MAX_BITS];
    for (symbol, (code, length)) in (0_u16..).zip(canonical(lengths)).filter(|(_, (_, length))| *length > 0) {
        let first = usize::try_from(code).unwrap_or(0);
        table.iter_mut().skip(first).step_by(1 << length).for_each(|slot| *slot = (symbol, length));
    }
    table
}

/// §3.2.6.
fn fixed() -> Codes {
    let length = |symbol| match symbol {
        144..=255 => 9,
        256..=279 => 7,
        _ => 8,
    };
    let symbols: Vec<u8> = (0..288).map(length).collect();
    [table(&symbols), table(&[5; DISTANCES])]
}

/// §3.2.7.
fn codes(bits: &mut Bits<'_>) -> Option<Codes> {
    let count =
        |bits: &mut Bits<'_>, width, least: usize| Some(usize::try_from(bits.take(width)?).ok()?.wrapping_add(least));
    let (symbols, distances, written) = (count(bits, 5, 257)?, count(bits, 5, 1)?, count(bits, 4, 4)?);
    let mut lengths = [0; ORDER.len()];
    for symbol in ORDER.iter().take(written) {
        *lengths.get_mut(*symbol)? = bits.take(3)?.to_le_bytes()[0];
    }
    let said = table(&lengths);
    let mut all: Vec<u8> = Vec::new();
    while all.len() < symbols.wrapping_add(distances) {
        let (length, times) = match bits.symbol(&said)? {
            length @ 0..=15 => (length.to_le_bytes()[0], 1),
            16 => (*all.last()?, count(bits, 2, 3)?),
            17 => (0, count(bits, 3, 3)?),
            _ => (0, count(bits, 7, 11)?),
        };
        all.extend(std::iter::repeat_n(length, times));
    }
    let (symbols, distances) = all.split_at_checked(symbols)?;
    Some([table(symbols), table(distances)])
}

/// A block with codes.
fn coded(bits: &mut Bits<'_>, [symbols, distances]: &Codes, tokens: &mut Vec<Token>) -> Option<()> {
    loop {
        let symbol = usize::from(bits.symbol(symbols)?);
        if symbol < END {
            tokens.push(Token::try_from(symbol).ok()?);
            continue;
        }
        if symbol == END {
            return Some(());
        }
        let (least, extra) = length_of(symbol)?;
        let length = least.wrapping_add(usize::try_from(bits.take(extra)?).ok()?);
        let symbol = u32::from(bits.symbol(distances)?);
        // Two symbols to each number of extra bits (§3.2.5).
        let extra = (symbol / 2).saturating_sub(1);
        let least = if symbol < 4 { symbol } else { (2 | (symbol & 1)) << extra };
        let distance = least.wrapping_add(bits.take(extra.to_le_bytes()[0])?).wrapping_add(1);
        tokens.extend(Repeat::new(length, usize::try_from(distance).ok()?));
    }
}

/// The least length of a symbol, and its extra bits (§3.2.5).
fn length_of(symbol: usize) -> Option<(usize, u8)> {
    let rest = symbol.checked_sub(END)?.checked_sub(1).filter(|_| symbol < SYMBOLS)?;
    if symbol.wrapping_add(1) == SYMBOLS {
        return Some((MAX_REPEAT, 0));
    }
    if rest < 8 {
        return Some((rest.wrapping_add(MIN_REPEAT), 0));
    }
    // Four symbols to each number of extra bits.
    let extra = (rest / 4).wrapping_sub(1);
    Some(((4 | (rest % 4)) << extra).wrapping_add(MIN_REPEAT)).zip(u8::try_from(extra).ok())
}

/// Bits, the first one lowest.
struct Bits<'a> {
    bytes: &'a [u8],
    held: u64,
    count: u8,
}

impl Bits<'_> {
    fn fill(&mut self) {
        while self.count <= 48 {
            let Some((byte, rest)) = self.bytes.split_first() else { return };
            self.held |= u64::from(*byte) << self.count;
            (self.bytes, self.count) = (rest, self.count.wrapping_add(8));
        }
    }

    /// At most 16 of them.
    fn take(&mut self, count: u8) -> Option<u32> {
        self.fill();
        let bits = self.held & (1_u64 << count).wrapping_sub(1);
        self.count = self.count.checked_sub(count)?;
        self.held >>= count;
        u32::try_from(bits).ok()
    }

    fn symbol(&mut self, table: &[(u16, u8)]) -> Option<u16> {
        self.fill();
        let next = usize::try_from(self.held & 0x7FFF).ok()?;
        let (symbol, length) = *table.get(next)?;
        self.count = self.count.checked_sub(length)?;
        self.held >>= length;
        (length > 0).then_some(symbol)
    }

    /// A stored block (§3.2.4).
    fn stored(&mut self, tokens: &mut Vec<Token>) -> Option<()> {
        self.take(self.count % 8)?;
        let length = self.take(16)?;
        self.take(16)?;
        for _ in 0..length {
            tokens.push(self.take(8)?);
        }
        Some(())
    }
}
