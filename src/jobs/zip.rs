//! A ZIP as a stream: files as they are, without compression (PKWARE's APPNOTE 6.3.10, method 0).
//!
//! The crate `zip` wants to seek, or writes sizes after each file, which some programs do not read. Here
//! each file is in memory before it is written, so its header can say all.

/// A file.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// Writes a ZIP.
#[derive(Debug, Default)]
pub struct Zip {
    /// Bytes so far.
    at: u64,
    files: u64,
    directory: Vec<u8>,
}

/// The version that reads it: 4.5, which knows large files.
const VERSION: u16 = 45;

/// Names are UTF-8.
const UTF_8: u16 = 1 << 11;

/// 1 January 1980, the earliest day: equal pictures make equal files.
const DAY: u32 = 0x0021_0000;

/// Stands for a number that is too large for its field; the real one follows.
const LARGE: u32 = u32::MAX;

impl Zip {
    /// What stands before the bytes of a file, which come next.
    pub fn add(&mut self, entry: &Entry<'_>) -> Vec<u8> {
        let name = entry.name.as_bytes().get(..usize::from(u16::MAX)).unwrap_or(entry.name.as_bytes());
        // A picture is far below 4 GiB.
        let size = u32::try_from(entry.bytes.len()).unwrap_or(LARGE);
        let name_len = u16::try_from(name.len()).unwrap_or_default();
        let mut facts = Vec::new();
        for number in [VERSION, UTF_8, 0] {
            facts.extend(number.to_le_bytes());
        }
        for number in [DAY, crc32fast::hash(entry.bytes), size, size] {
            facts.extend(number.to_le_bytes());
        }
        facts.extend(name_len.to_le_bytes());

        let mut header = b"PK\x03\x04".to_vec();
        header.extend(&facts);
        header.extend([0, 0]);
        header.extend(name);

        let offset = self.at.to_le_bytes();
        let is_far = self.at >= u64::from(LARGE);
        self.directory.extend(b"PK\x01\x02");
        self.directory.extend(VERSION.to_le_bytes());
        self.directory.extend(&facts);
        self.directory.extend(if is_far { [12, 0] } else { [0, 0] });
        self.directory.extend([0; 10]); // no comment, on disk 0, no attributes
        self.directory.extend(if is_far {
            LARGE.to_le_bytes()
        } else {
            u32::try_from(self.at).unwrap_or(LARGE).to_le_bytes()
        });
        self.directory.extend(name);
        if is_far {
            self.directory.extend([1, 0, 8, 0]);
            self.directory.extend(offset);
        }
        self.files = self.files.saturating_add(1);
        self.at = self.at.saturating_add(length(&header)).saturating_add(length(entry.bytes));
        header
    }

    /// What stands at the end.
    pub fn end(self) -> Vec<u8> {
        let Self { at, files, directory: mut out } = self;
        let size = length(&out);
        let after = at.saturating_add(size);
        let is_large = files >= u64::from(u16::MAX) || after >= u64::from(LARGE);
        if is_large {
            out.extend(b"PK\x06\x06");
            out.extend(44_u64.to_le_bytes());
            out.extend(VERSION.to_le_bytes());
            out.extend(VERSION.to_le_bytes());
            out.extend([0; 8]);
            for number in [files, files, size, at] {
                out.extend(number.to_le_bytes());
            }
            out.extend(b"PK\x06\x07");
            out.extend([0; 4]);
            out.extend(after.to_le_bytes());
            out.extend(1_u32.to_le_bytes());
        }
        let count = if is_large { u16::MAX } else { u16::try_from(files).unwrap_or(u16::MAX) };
        let small = |number: u64| if is_large { LARGE } else { u32::try_from(number).unwrap_or(LARGE) };
        out.extend(b"PK\x05\x06\0\0\0\0");
        out.extend(count.to_le_bytes());
        out.extend(count.to_le_bytes());
        out.extend(small(size).to_le_bytes());
        out.extend(small(at).to_le_bytes());
        out.extend([0, 0]);
        out
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
