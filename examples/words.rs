//! Writes the dictionaries of Thai, Lao, Khmer and Burmese into a folder, one file each:
//! `cargo run --example words -- fonts/packs`.
//!
//! The word lists are Unicode's (ICU's `thaidict.txt` and its siblings, in the crate
//! `icu_segmenter_data`), which say where lines may break in languages without spaces.
//! `src/font/dictionary.rs` reads the files.

use std::error::Error;
use std::fs;
use std::path::Path;

use icu_provider::prelude::*;
use icu_segmenter::provider::{Baked, DictionaryBreakData, SegmenterDictionaryExtendedV2};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: words FOLDER")?;
    for (name, id) in [("thai", "thaidict"), ("lao", "laodict"), ("khmer", "khmerdict"), ("myanmar", "burmesedict")] {
        let id = DataIdentifierBorrowed::for_marker_attributes(DataMarkerAttributes::try_from_str(id).map_err(|_| id)?);
        let found: DataResponse<SegmenterDictionaryExtendedV2> =
            Baked.load(DataRequest { id, ..DataRequest::default() })?;
        let DictionaryBreakData::ZeroTrie { alphabet, trie } = found.payload.get() else {
            return Err(format!("{name} is not a ZeroTrie any more").into());
        };
        let mut file = vec![u8::try_from(alphabet.iter_ranges().count())?];
        for range in alphabet.iter_ranges() {
            file.extend(range.start().to_le_bytes());
            file.extend(range.end().to_le_bytes());
        }
        file.extend(trie.as_borrowed().as_bytes());
        fs::write(Path::new(&folder).join(format!("{name}.words")), file)?;
    }
    Ok(())
}
