//! Whether the outlines of a `CFF ` or `CFF2` table can be drawn at a bounded cost.
//!
//! A glyph is a program (a charstring) that may call subroutines ten levels deep. Ten calls in
//! each level make ten thousand million of them from a file of 1 kB, and the outliner counts none.
//! So every program runs here first, without drawing, and the bytes that it executes are counted.
//!
//! The machine below follows the outliner: it knows how long the stack is, because the number of
//! hints decides how long a mask is, and it stops with an error where the outliner would.
//! Formats: Adobe Technical Note
//! [5177](https://adobe-type-tools.github.io/font-tech-notes/pdfs/5177.Type2.pdf); for `CFF2` the
//! [OpenType specification](https://learn.microsoft.com/typography/opentype/spec/cff2charstr).

use super::cff::{Programs, Version};

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
