//! Whether the outlines of a `CFF ` or `CFF2` table can be drawn at a bounded cost.
//!
//! A glyph is a program (a charstring) that may call subroutines ten levels deep. Ten calls in
//! each level make ten thousand million of them from a file of 1 kB, and the outliner counts none.
//! So every program runs here first, without drawing, and the bytes that it executes are counted.
//!
//! The machine below follows the outliner: it knows how long the stack is, because the number of
//! hints decides how long a mask is, and it stops with an error where the outliner would.
//! Formats: Adobe Technical Notes [5176](https://adobe-type-tools.github.io/font-tech-notes/pdfs/5176.CFF.pdf)
//! (the table) and [5177](https://adobe-type-tools.github.io/font-tech-notes/pdfs/5177.Type2.pdf)
//! (the programs); for `CFF2` the
//! [OpenType specification](https://learn.microsoft.com/typography/opentype/spec/cff2charstr).

/// The most bytes that the program of one glyph may execute, those of its subroutines included. A
/// detailed Chinese glyph executes 3,000.
const MAX_GLYPH_BYTES: usize = 64_000;

/// The most bytes that the programs of a font may execute together: five times the largest file.
const MAX_FONT_BYTES: usize = 16_000_000;

/// Levels to which subroutines may nest (Technical Note 5177, appendix B).
const MAX_DEPTH: usize = 10;

/// Checks the programs of a table.
///
/// # Errors
/// A sentence that names the table and says what is wrong with it.
pub(super) fn check(table: &[u8], version: Version) -> Result<(), String> {
    let name = version.table();
    let damaged = || format!("its table {name} is damaged: its glyphs cannot be found");
    let programs = Programs::read(table, version).ok_or_else(damaged)?;
    let mut room = MAX_FONT_BYTES;
    for glyph in 0..programs.glyphs.count {
        let mut machine =
            Machine { programs: &programs, glyph, room: MAX_GLYPH_BYTES.min(room), ..Machine::new(&programs) };
        let program = programs.glyphs.get(glyph).unwrap_or_default();
        match machine.run(program, 0) {
            // A program with an error is a glyph that cannot be drawn, which pictures report.
            Ok(_) | Err(Stop::Error) => {}
            Err(Stop::Room) => {
                return Err(format!(
                    "its table {name} is too complex: glyph {glyph} executes more than {MAX_GLYPH_BYTES} bytes, \
                     or all glyphs together more than {MAX_FONT_BYTES}"
                ));
            }
            Err(Stop::Unsafe(why)) => return Err(format!("its table {name} is damaged: glyph {glyph} {why}")),
        }
        room = room.saturating_sub(MAX_GLYPH_BYTES.min(room).saturating_sub(machine.room));
    }
    Ok(())
}

/// The two versions of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// The table `CFF `.
    One,
    /// The table `CFF2`, for variable fonts.
    Two,
}

impl Version {
    const fn table(self) -> &'static str {
        match self {
            Self::One => "CFF",
            Self::Two => "CFF2",
        }
    }
}

/// The programs of a table.
struct Programs<'a> {
    version: Version,
    glyphs: Index<'a>,
    global: Index<'a>,
    /// The subroutines of each font dictionary.
    local: Vec<Index<'a>>,
    /// Where a glyph finds its font dictionary. `None` if there is only one.
    select: Option<Select<'a>>,
    /// Number of regions of each variation data of `CFF2`.
    regions: Vec<usize>,
}

impl<'a> Programs<'a> {
    fn read(table: &'a [u8], version: Version) -> Option<Self> {
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
    fn local(&self, glyph: usize) -> Index<'a> {
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
struct Index<'a> {
    count: usize,
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

    fn get(&self, element: usize) -> Option<&'a [u8]> {
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

/// The reason why a program stopped before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// The outliner stops here too, with an error.
    Error,
    /// It executed more than it may.
    Room,
    /// The outliner must not run it, for this reason.
    Unsafe(&'static str),
}

/// The state of a program.
struct Machine<'a> {
    programs: &'a Programs<'a>,
    glyph: usize,
    /// Bytes that it may still execute.
    room: usize,
    /// Whole numbers; `None` for a fraction and for a blended number.
    stack: Vec<Option<i32>>,
    stems: usize,
    /// Index of the variation data in use.
    variation: usize,
}

impl<'a> Machine<'a> {
    const fn new(programs: &'a Programs<'a>) -> Self {
        Self { programs, glyph: 0, room: 0, stack: Vec::new(), stems: 0, variation: 0 }
    }

    /// Runs a program. Returns whether the glyph ended in it.
    fn run(&mut self, program: &[u8], depth: usize) -> Result<bool, Stop> {
        let is_first = self.programs.version == Version::One;
        let most = if is_first { 48 } else { 513 };
        let mut bytes = program.iter().copied();
        while let Some(byte) = bytes.next() {
            let before = bytes.len();
            match byte {
                // Stem hints.
                1 | 3 | 18 | 23 => self.hints(),
                // Masks: the hints before one may lack their operator.
                19 | 20 => {
                    self.hints();
                    let _ = bytes.by_ref().take(self.stems.div_ceil(8)).count();
                }
                10 | 29 => {
                    if depth == MAX_DEPTH {
                        return Err(Stop::Error);
                    }
                    let number = self.stack.pop().ok_or(Stop::Error)?;
                    let number = number.ok_or(Stop::Unsafe("calls a subroutine by a number that is not whole"))?;
                    let local = self.programs.local(self.glyph);
                    let subroutines = if byte == 10 { &local } else { &self.programs.global };
                    let bias = match subroutines.count {
                        0..1_240 => 107,
                        1_240..33_900 => 1_131,
                        _ => 32_768,
                    };
                    let number = usize::try_from(number.saturating_add(bias)).map_err(|_| Stop::Error)?;
                    let program = subroutines.get(number).ok_or(Stop::Error)?;
                    if self.run(program, depth.saturating_add(1))? {
                        return Ok(true);
                    }
                }
                11 if is_first => break,
                14 if is_first => {
                    return match self.stack.len() {
                        4 | 5 => Err(Stop::Unsafe("is composed by the old operator seac, which is not supported")),
                        _ => Ok(true),
                    };
                }
                15 if !is_first => {
                    let index = self.stack.pop().flatten().and_then(|number| usize::try_from(number).ok());
                    self.variation = index.ok_or(Stop::Error)?;
                    self.stack.clear();
                }
                16 if !is_first => self.blend()?,
                // Path operators, which take the whole stack.
                4..=8 | 21 | 22 | 24..=27 | 30 | 31 => self.stack.clear(),
                12 => match bytes.next() {
                    Some(34..=37) => self.stack.clear(),
                    _ => return Err(Stop::Error),
                },
                28 => {
                    let number = i16::from_be_bytes([bytes.next().unwrap_or(0), bytes.next().unwrap_or(0)]);
                    self.stack.push(Some(i32::from(number)));
                }
                32..=246 => self.stack.push(Some(i32::from(byte) - 139)),
                247..=250 => {
                    let low = i32::from(bytes.next().unwrap_or(0));
                    self.stack.push(Some((i32::from(byte) - 247) * 256 + low + 108));
                }
                251..=254 => {
                    let low = i32::from(bytes.next().unwrap_or(0));
                    self.stack.push(Some(-(i32::from(byte) - 251) * 256 - low - 108));
                }
                255 => {
                    let number = i32::from_be_bytes(std::array::from_fn(|_| bytes.next().unwrap_or(0)));
                    self.stack.push((number % 65_536 == 0).then_some(number / 65_536));
                }
                0 | 2 | 9 | 11 | 13..=17 => return Err(Stop::Error),
            }
            if self.stack.len() > most {
                return Err(Stop::Error);
            }
            let read = before.saturating_sub(bytes.len()).saturating_add(1);
            self.room = self.room.checked_sub(read).ok_or(Stop::Room)?;
        }
        Ok(false)
    }

    /// Counts the hints on the stack, two numbers each, after the width if there is one.
    fn hints(&mut self) {
        self.stems = self.stems.saturating_add(self.stack.len() / 2);
        self.stack.clear();
    }

    /// Replaces numbers and their differences in each region by as many blended numbers.
    fn blend(&mut self) -> Result<(), Stop> {
        let empty = Stop::Unsafe("blends numbers that are not there");
        let count = self.stack.pop().ok_or(empty)?.and_then(|count| usize::try_from(count).ok()).ok_or(empty)?;
        let regions = self.programs.regions.get(self.variation).copied().unwrap_or(0);
        let taken = count.checked_mul(regions.saturating_add(1)).ok_or(empty)?;
        let left = self.stack.len().checked_sub(taken).ok_or(empty)?;
        self.stack.truncate(left);
        self.stack.extend(std::iter::repeat_n(None, count));
        Ok(())
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A list with offsets of four bytes.
    fn index(version: Version, elements: &[Vec<u8>]) -> Vec<u8> {
        let count = u32::try_from(elements.len()).unwrap();
        let mut bytes = match version {
            Version::One => u16::try_from(count).unwrap().to_be_bytes().to_vec(),
            Version::Two => count.to_be_bytes().to_vec(),
        };
        if count > 0 {
            bytes.push(4);
            let mut offset = 1_u32;
            bytes.extend(offset.to_be_bytes());
            for element in elements {
                offset += u32::try_from(element.len()).unwrap();
                bytes.extend(offset.to_be_bytes());
            }
            bytes.extend(elements.concat());
        }
        bytes
    }

    /// An entry of a dictionary.
    fn entry(numbers: &[usize], operator: &[u8]) -> Vec<u8> {
        let number = |number: &usize| [vec![29], i32::try_from(*number).unwrap().to_be_bytes().to_vec()].concat();
        [numbers.iter().flat_map(number).collect(), operator.to_vec()].concat()
    }

    /// A table with these glyphs and local subroutines.
    fn cff(glyphs: &[Vec<u8>], local: &[Vec<u8>]) -> Vec<u8> {
        let one = Version::One;
        let start = [vec![1, 0, 4, 4], index(one, &[b"A".to_vec()])].concat();
        let top = |glyphs: usize, private: usize| {
            index(one, &[[entry(&[glyphs], &[17]), entry(&[6, private], &[18])].concat()])
        };
        let empty = [index(one, &[]), index(one, &[])].concat();
        let at = start.len() + top(0, 0).len() + empty.len();
        let glyphs = index(one, glyphs);
        let private = at + glyphs.len();
        let table = [start, top(at, private), empty, glyphs, entry(&[6], &[19]), index(one, local)].concat();
        assert!(ttf_parser::cff::Table::parse(&table).is_some());
        table
    }

    /// A table of version 2 with these glyphs and two regions of variation.
    fn cff2(glyphs: &[Vec<u8>]) -> Vec<u8> {
        let top = |glyphs: usize, store: usize| [entry(&[glyphs], &[17]), entry(&[store], &[24])].concat();
        let length = top(0, 0).len();
        let global = index(Version::Two, &[]);
        let at = 5 + length + global.len();
        let glyphs = index(Version::Two, glyphs);
        let (regions, data) = (vec![0, 1, 0, 2], vec![0, 0, 0, 0, 0, 2, 0, 0, 0, 1]);
        let axes = [[192, 0, 0, 0, 64, 0], [0, 0, 64, 0, 64, 0]].concat();
        let list = 12_u32;
        let items = list + 4 + 12;
        let store = [
            vec![0, 40, 0, 1],
            list.to_be_bytes().to_vec(),
            vec![0, 1],
            items.to_be_bytes().to_vec(),
            regions,
            axes,
            data,
        ];
        let length_bytes = u16::try_from(length).unwrap().to_be_bytes();
        let head = [vec![2, 0, 5], length_bytes.to_vec(), top(at, at + glyphs.len())];
        let table = [head.concat(), global, glyphs, store.concat()].concat();
        assert!(ttf_parser::cff2::Table::parse(&table).is_some());
        table
    }

    /// A program that calls the local subroutine `number` a few times.
    fn calls(number: u8, times: usize) -> Vec<u8> {
        [number + 32, 10].repeat(times)
    }

    /// A box: a hint, a mask that looks like a call, a move and three lines.
    const BOX: &[u8] = &[239, 239, 18, 19, 10, 139, 22, 189, 189, 189, 7, 14];

    #[test]
    fn a_usual_glyph_is_right() {
        assert_eq!(check(&cff(&[BOX.to_vec(), vec![14]], &[]), Version::One), Ok(()));
        let called = cff(&[calls(0, 1)], &[BOX.to_vec()]);
        assert_eq!(check(&called, Version::One), Ok(()), "a glyph may end in a subroutine");
    }

    #[test]
    fn subroutines_are_counted_before_they_are_drawn() {
        let tower = |wide, deep: u8| {
            let subroutines = (1..=deep).map(|below| calls(below, wide)).chain([vec![139, 22, 11]]);
            cff(&[calls(0, 1)], &subroutines.collect::<Vec<_>>())
        };
        assert_eq!(check(&tower(2, 9), Version::One), Ok(()), "a thousand calls");
        assert_eq!(check(&tower(10, 3), Version::One), Ok(()));
        let problem = check(&tower(10, 9), Version::One).unwrap_err();
        assert!(problem.contains("CFF") && problem.contains("64000 bytes"), "{problem}");
        assert_eq!(check(&cff(&[calls(0, 1)], &[calls(0, 1)]), Version::One), Ok(()), "the outliner stops a circle");
        let many = vec![[139, 22].repeat(30_000); 300];
        assert!(check(&cff(&many, &[]), Version::One).unwrap_err().contains("16000000"), "all glyphs together");
    }

    #[test]
    fn the_old_composition_is_refused() {
        let seac = [139, 139, 139, 139, 14].to_vec();
        assert!(check(&cff(&[seac], &[]), Version::One).unwrap_err().contains("seac"));
    }

    #[test]
    fn blending_takes_the_numbers_that_it_replaces() {
        // A number and its difference in each of two regions.
        let blended = [239, 139, 139, 140, 16, 22, 189, 189, 189, 7].to_vec();
        assert_eq!(check(&cff2(&[blended]), Version::Two), Ok(()));
        // The outliner would read in front of its stack.
        for program in [[16].to_vec(), [139, 139, 140, 16].to_vec(), [100, 16].to_vec()] {
            assert!(check(&cff2(&[program]), Version::Two).unwrap_err().contains("blends"));
        }
    }

    #[test]
    fn nothing_in_a_damaged_table_is_out_of_reach() {
        let tables =
            [(cff(&vec![BOX.to_vec(); 3], &[BOX.to_vec()]), Version::One), (cff2(&[vec![139, 22]]), Version::Two)];
        for (table, version) in tables {
            for at in 0..table.len() {
                let _ = check(&table[..at], version);
                for byte in [0, 1, 127, 128, 255] {
                    let mut damaged = table.clone();
                    damaged[at] = byte;
                    let _ = check(&damaged, version);
                }
            }
        }
    }
}
