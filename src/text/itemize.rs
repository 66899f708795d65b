//! Units → runs that are shaped as one: of one style, face, script and direction (UAX #24).

use std::ops::Range;

use unicode_script::Script;

use super::analyse::Unit;
use super::character;
use super::fallback::Faces;

/// Gives every unit a script that a font has rules for.
///
/// Common and Inherited take the script before them. At a line's start, and where they open
/// something, they take the script behind them: both brackets around a word are then in its run, in
/// the font's forms for that script. Emoji stay Common, because the rules of a script would take
/// their sequences apart.
pub(super) fn resolve_scripts(text: &str, units: &mut [Unit], faces: &[&Faces<'_>]) {
    let mut behind = None;
    for unit in units.iter_mut().rev() {
        if character::is_real(unit.script) {
            behind = Some(unit.script);
        } else if text.get(unit.bytes.clone()).is_some_and(|part| part.starts_with(character::opens)) {
            unit.script = behind.unwrap_or(unit.script);
        }
    }
    let mut script = behind.unwrap_or(Script::Common);
    for unit in units.iter_mut() {
        if character::is_real(unit.script) {
            script = unit.script;
        } else {
            unit.script = script;
        }
    }
    let emoji = faces.first().map(|faces| faces.emoji_faces()).unwrap_or_default();
    for unit in units.iter_mut().filter(|unit| emoji.contains(&unit.face)) {
        unit.script = Script::Common;
    }
}

/// The runs of `units`, as ranges of them.
pub(super) fn runs(units: &[Unit]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0_usize;
    for same in units.chunk_by(|a, b| (a.run, a.face, a.level, a.script) == (b.run, b.face, b.level, b.script)) {
        let end = start.saturating_add(same.len());
        runs.push(start..end);
        start = end;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::super::analyse::units_of;
    use super::*;

    #[test]
    fn scripts_of_common_characters() {
        for (text, expected) in [
            ("(abc)", vec![(Script::Latin, 5)]),
            ("Мир, world", vec![(Script::Cyrillic, 5), (Script::Latin, 5)]),
            ("Мир (world)", vec![(Script::Cyrillic, 4), (Script::Latin, 7)]),
            ("world (Мир).", vec![(Script::Latin, 6), (Script::Cyrillic, 6)]),
            ("12 (", vec![(Script::Common, 4)]),
            ("12", vec![(Script::Common, 2)]),
            ("e\u{301}α", vec![(Script::Latin, 1), (Script::Greek, 1)]),
        ] {
            let units = units_of(text);
            let found: Vec<(Script, usize)> =
                units.chunk_by(|a, b| a.script == b.script).map(|run| (run[0].script, run.len())).collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
