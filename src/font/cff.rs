//! A `CFF ` or `CFF2` table → the programs (charstrings) of its glyphs, and the subroutines that
//! they call.
//!
//! Read as the outliner reads it: where a table says something twice, the same of the two counts.
//! Formats: Adobe Technical Note
//! [5176](https://adobe-type-tools.github.io/font-tech-notes/pdfs/5176.CFF.pdf); for `CFF2` the
//! [OpenType specification](https://learn.microsoft.com/typography/opentype/spec/cff2).

/// The two versions of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// The table `CFF `.
    One,
    /// The table `CFF2`, for variable fonts.
    Two,
}

impl Version {
    /// The name of the table.
    pub(super) const fn table(self) -> &'static str {
        match self {
            Self::One => "CFF",
            Self::Two => "CFF2",
        }
    }
}

/// The programs of a table.
pub(super) struct Programs<'a> {
    pub(super) version: Version,
    pub(super) glyphs: Index<'a>,
    /// The subroutines of all glyphs.
    pub(super) global: Index<'a>,
    /// The subroutines of each font dictionary.
    local: Vec<Index<'a>>,
    /// Where a glyph finds its font dictionary. `None` if there is only one.
    select: Option<Select<'a>>,
    /// Number of regions of each variation data of `CFF2`.
    pub(super) regions: Vec<usize>,
}

impl<'a> Programs<'a> {
    /// `None` if the table is damaged.
    pub(super) fn read(table: &'a [u8], version: Version) -> Option<Self> {
        let header = usize::from(*table.get(2)?);
        let (top, global) = match version {
            Version::One => {
                let (_, names) = Index::read(table, header, version)?;
                let (tops, after) = Index::read(table, names, version)?;
                let (_, strings) = Index::read(table, after, version)?;
                (tops.get(0)?, Index::read(table, strings, version)?.0)
            }
            Version::Two => {
                let length = usize::from(u16_at(table, 3)?);
                let end = header.checked_add(length)?;
                (table.get(header..end)?, Index::read(table, end, version)?.0)
            }
        };
        let top = Dict::read(top);
        let index = |at: usize| Some(Index::read(table, at, version)?.0);
        let glyphs = index(top.offset(CHAR_STRINGS)?)?;
        let (mut local, mut select) = (Vec::new(), None);
        if let Some(fonts) = top.offset(FONT_DICTS) {
            let fonts = index(fonts)?;
            for font in 0..fonts.count {
                local.push(subroutines(table, &Dict::read(fonts.get(font)?), version));
            }
            // The outliner of `CFF2` uses the first subroutines that there are for all glyphs.
            if version == Version::Two {
                local.sort_by_key(|index| index.count == 0);
            } else if let Some(at) = top.offset(FONT_SELECT) {
                select = table.get(at..).map(Select);
            }
        } else {
            local.push(subroutines(table, &top, version));
        }
        let regions = top.offset(VARIATION_STORE).and_then(|at| regions(table.get(at.checked_add(2)?..)?));
        Some(Self { version, glyphs, global, local, select, regions: regions.unwrap_or_default() })
    }

    /// The local subroutines of a glyph.
    pub(super) fn local(&self, glyph: usize) -> Index<'a> {
        let font = self.select.map_or(Some(0), |select| select.font(glyph));
        font.and_then(|font| self.local.get(font)).copied().unwrap_or_default()
    }
}

/// The local subroutines of a font dictionary; empty if it has none.
fn subroutines<'a>(table: &'a [u8], dict: &Dict, version: Version) -> Index<'a> {
    let find = || {
        let [size, start] = dict.pair(PRIVATE)?;
        let private = Dict::read(table.get(start..start.checked_add(size)?)?);
        let at = start.checked_add(private.offset(LOCAL_SUBROUTINES)?)?;
        Some(Index::read(table, at, version)?.0)
    };
    find().unwrap_or_default()
}

/// Number of regions of each variation data of an item variation store.
fn regions(store: &[u8]) -> Option<Vec<usize>> {
    let count = usize::from(u16_at(store, 6)?);
    let of = |at: usize| {
        let offset = u32_at(store, at.checked_mul(4)?.checked_add(8)?)?;
        u16_at(store, usize::try_from(offset).ok()?.checked_add(4)?).map(usize::from)
    };
    (0..count).map(of).collect()
}

/// A list of byte strings (`INDEX`).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Index<'a> {
    pub(super) count: usize,
    /// Bytes of one offset.
    size: usize,
    offsets: &'a [u8],
    data: &'a [u8],
}

impl<'a> Index<'a> {
    /// The list that starts at `at`, and the position after it.
    fn read(table: &'a [u8], at: usize, version: Version) -> Option<(Self, usize)> {
        let (count, start) = match version {
            Version::One => (usize::from(u16_at(table, at)?), at.checked_add(2)?),
            Version::Two => (usize::try_from(u32_at(table, at)?).ok()?, at.checked_add(4)?),
        };
        if count == 0 {
            return Some((Self::default(), start));
        }
        let size = usize::from(*table.get(start)?);
        if !(1..=4).contains(&size) {
            return None;
        }
        let first = start.checked_add(1)?;
        let data = first.checked_add(count.checked_add(1)?.checked_mul(size)?)?;
        let mut index = Self { count, size, offsets: table.get(first..data)?, data: &[] };
        let end = data.checked_add(index.offset(count)?)?;
        index.data = table.get(data..end)?;
        Some((index, end))
    }

    /// The position of an element in the data.
    fn offset(&self, element: usize) -> Option<usize> {
        let start = element.checked_mul(self.size)?;
        let bytes = self.offsets.get(start..start.checked_add(self.size)?)?;
        bytes.iter().fold(0_usize, |number, byte| number << 8 | usize::from(*byte)).checked_sub(1)
    }

    pub(super) fn get(&self, element: usize) -> Option<&'a [u8]> {
        self.data.get(self.offset(element)?..self.offset(element.checked_add(1)?)?)
    }
}

/// The font dictionary of each glyph (`FDSelect`).
#[derive(Clone, Copy)]
struct Select<'a>(&'a [u8]);

impl Select<'_> {
    fn font(self, glyph: usize) -> Option<usize> {
        match self.0.first()? {
            0 => self.0.get(glyph.checked_add(1)?).copied().map(usize::from),
            3 => {
                let count = usize::from(u16_at(self.0, 1)?);
                let first = |range: usize| Some((usize::from(u16_at(self.0, range * 3 + 3)?), range * 3 + 5));
                let (_, at) = (0..count).map_while(first).take_while(|(first, _)| *first <= glyph).last()?;
                self.0.get(at).copied().map(usize::from)
            }
            _ => None,
        }
    }
}

const CHAR_STRINGS: u16 = 17;
const PRIVATE: u16 = 18;
const LOCAL_SUBROUTINES: u16 = 19;
const VARIATION_STORE: u16 = 24;
const FONT_DICTS: u16 = 12 << 8 | 36;
const FONT_SELECT: u16 = 12 << 8 | 37;

/// The whole numbers of a dictionary, by operator.
struct Dict(Vec<(u16, Vec<usize>)>);

impl Dict {
    fn read(data: &[u8]) -> Self {
        let (mut entries, mut numbers) = (Vec::new(), Vec::new());
        let mut bytes = data.iter().copied();
        let two = |high: u8, low: Option<u8>| i32::from(i16::from_be_bytes([high, low.unwrap_or(0)]));
        while let Some(byte) = bytes.next() {
            let number = match byte {
                0..=27 => {
                    let low = if byte == 12 { bytes.next().unwrap_or(0) } else { 0 };
                    let operator = if byte == 12 { u16::from(byte) << 8 | u16::from(low) } else { u16::from(byte) };
                    entries.push((operator, std::mem::take(&mut numbers)));
                    continue;
                }
                28 => two(bytes.next().unwrap_or(0), bytes.next()),
                29 => i32::from_be_bytes(std::array::from_fn(|_| bytes.next().unwrap_or(0))),
                30 => {
                    // A real number ends with a half byte of 15. No offset is one.
                    while bytes.next().is_some_and(|byte| byte & 15 != 15 && byte >> 4 != 15) {}
                    0
                }
                32..=246 => i32::from(byte) - 139,
                247..=250 => (i32::from(byte) - 247) * 256 + i32::from(bytes.next().unwrap_or(0)) + 108,
                251..=254 => -(i32::from(byte) - 251) * 256 - i32::from(bytes.next().unwrap_or(0)) - 108,
                _ => 0,
            };
            // A negative number is no offset, and finds nothing.
            numbers.push(usize::try_from(number).unwrap_or(usize::MAX));
        }
        Self(entries)
    }

    fn numbers(&self, operator: u16) -> Option<&[usize]> {
        // The outliner takes the last entry of the same operator.
        self.0.iter().rev().find(|(key, _)| *key == operator).map(|(_, numbers)| numbers.as_slice())
    }

    fn offset(&self, operator: u16) -> Option<usize> {
        self.numbers(operator)?.last().copied()
    }

    fn pair(&self, operator: u16) -> Option<[usize; 2]> {
        self.numbers(operator)?.last_chunk().copied()
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}
