//! Which face a grapheme is set in: the first, in the order of its letters' family, style and language, that has all of it.

use std::ops::Range;

use super::analyse::is_ignorable;
use super::emoji;
use super::style::Letters;
use crate::font::outline::Coverage;
use crate::font::{FaceId, Fonts, Language, Pack};

/// The faces for each family and style that a text names.
pub(super) struct Families<'a>(Vec<(&'a Letters, Faces<'a>)>);

impl<'a> Families<'a> {
    pub(super) fn new(fonts: &'a Fonts, runs: &'a [Letters], language: Option<Language>) -> Self {
        let mut families: Vec<(&Letters, Faces<'_>)> = Vec::new();
        for letters in runs {
            if !families.iter().any(|(known, _)| same_faces(known, letters)) {
                families.push((letters, Faces::new(fonts, letters, language)));
            }
        }
        Self(families)
    }

    /// The faces of each run.
    pub(super) fn of(&self, runs: &[Letters]) -> Vec<&Faces<'a>> {
        let find =
            |letters: &Letters| self.0.iter().find(|(known, _)| same_faces(known, letters)).map(|(_, faces)| faces);
        runs.iter().filter_map(find).collect()
    }
}

/// Whether letters look for a face in the same order.
fn same_faces(one: &Letters, other: &Letters) -> bool {
    let style = |letters: &Letters| (letters.instance.weight, letters.instance.italic);
    one.family == other.family && style(one) == style(other)
}

/// The faces that letters may use, in the order in which a character looks for one.
pub(super) struct Faces<'a>(Vec<Member<'a>>);

struct Member<'a> {
    id: FaceId,
    coverage: Coverage<'a>,
    pack: Option<&'static Pack>,
}

impl<'a> Faces<'a> {
    pub(super) fn new(fonts: &'a Fonts, letters: &Letters, language: Option<Language>) -> Self {
        let order = fonts.order(letters, language).into_iter();
        Self(order.map(|(id, face)| Member { id, coverage: Coverage::of(face), pack: face.pack() }).collect())
    }

    /// The first face.
    pub(super) fn primary(&self) -> FaceId {
        self.0.first().map(|face| face.id).unwrap_or_default()
    }

    /// Whether `face` has every visible character of `grapheme`.
    pub(super) fn covers(&self, face: FaceId, grapheme: &str) -> bool {
        self.0.iter().find(|member| member.id == face).is_some_and(|member| covers(&member.coverage, grapheme))
    }

    /// The first face that has every visible character of `grapheme`; else the first that has its base; else the first.
    pub(super) fn pick(&self, grapheme: &str) -> FaceId {
        let base = grapheme.get(..grapheme.chars().next().map_or(0, char::len_utf8)).unwrap_or_default();
        let first = |part| self.0.iter().find(|member| covers(&member.coverage, part));
        first(grapheme).or_else(|| first(base)).map_or_else(|| self.primary(), |member| member.id)
    }

    /// The face whose emoji begin as `emoji` does, if it has every character of it.
    fn of_emoji(&self, emoji: &str) -> Option<FaceId> {
        let pack = Pack::of_emoji(emoji.chars().next()?)?;
        let face = self.0.iter().find(|member| member.pack == Some(pack))?;
        covers(&face.coverage, emoji).then_some(face.id)
    }

    /// An emoji in its face, or its parts in theirs. Where there is no face for any, it is missing as one.
    pub(super) fn emoji(&self, emoji: &str) -> Vec<(Range<usize>, FaceId)> {
        if let Some(face) = self.of_emoji(emoji) {
            return vec![(0..emoji.len(), face)];
        }
        if self.of_emojis().is_empty() {
            return vec![(0..emoji.len(), self.pick(emoji))];
        }
        let face = |part: &Range<usize>| {
            let part = emoji.get(part.clone()).unwrap_or_default();
            self.of_emoji(part).unwrap_or_else(|| self.pick(part))
        };
        emoji::parts(emoji).map(|part| (part.clone(), face(&part))).collect()
    }

    /// The faces of emoji packs.
    pub(super) fn of_emojis(&self) -> Vec<FaceId> {
        let emoji = |member: &&Member<'_>| member.pack.is_some_and(|pack| pack.emoji);
        self.0.iter().filter(emoji).map(|member| member.id).collect()
    }
}

fn covers(coverage: &Coverage<'_>, grapheme: &str) -> bool {
    grapheme.chars().all(|c| is_ignorable(c) || coverage.has(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grapheme_takes_the_first_face_that_covers_all_of_it() {
        let fonts = Fonts::embedded();
        let faces = Faces::new(&fonts, &Letters::default(), None);
        assert!(faces.covers(FaceId(0), "e\u{301}") && faces.covers(FaceId(0), "a\u{200d}\u{fe0f}"));
        assert!(!faces.covers(FaceId(0), "ア") && !faces.covers(FaceId(9), "a"));
        assert_eq!(faces.pick("ア"), FaceId(0));
    }
}
