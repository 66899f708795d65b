//! Which fonts texts need beside Inter: a line of standard input is a BCP 47 tag, a tab and a text;
//! a line of standard output the names of its packs, in the order in which they are tried. For
//! `tools/oracle`, which sets the same texts in a browser with the same fonts.

#![expect(clippy::print_stdout, reason = "a command line speaks on standard output")]

use std::io::{self, BufRead};

use monogram::limits::Limits;
use monogram::text;

fn main() -> io::Result<()> {
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (lang, text) = line.split_once('\t').unwrap_or(("en", &line));
        let needed = text::needed([(text, Some(lang))].into_iter(), &Limits::default());
        println!(
            "{}",
            needed.packs.iter().filter(|pack| !pack.dictionary).map(|pack| pack.name).collect::<Vec<_>>().join(" ")
        );
    }
    Ok(())
}
