//! Font fallback: the face of each grapheme.
//!
//! It is the first face that has all of the grapheme, in the order of the run's family and style
//! and of the text's language ([`Fonts::order`]).

use std::ops::Range;

use super::character::is_ignorable;
use super::emoji;
use super::style::RunStyle;
use crate::font::{Face, FaceId, Fonts, Forms, Pack, is_east_asian_mark};

/// The faces for each family and style of a text.
pub(super) struct Families<'a>(Vec<(&'a RunStyle, Faces<'a>)>);

impl<'a> Families<'a> {
    pub(super) fn new(fonts: &'a Fonts, runs: &'a [RunStyle], language: Option<Forms>) -> Self {
        let mut families: Vec<(&RunStyle, Faces<'_>)> = Vec::new();
        for style in runs {
            if !families.iter().any(|(known, _)| same_faces(known, style)) {
                families.push((style, Faces::new(fonts, style, language)));
            }
        }
        Self(families)
    }

    /// The faces of each run.
    pub(super) fn of(&self, runs: &[RunStyle]) -> Vec<&Faces<'a>> {
        let find = |style: &RunStyle| self.0.iter().find(|(known, _)| same_faces(known, style)).map(|(_, faces)| faces);
        runs.iter().filter_map(find).collect()
    }
}

/// Whether two runs look for a face in the same order.
fn same_faces(one: &RunStyle, other: &RunStyle) -> bool {
    let look = |style: &RunStyle| (style.instance.weight, style.instance.italic);
    one.family == other.family && look(one) == look(other)
}

/// The faces that a run may use, in the order in which a character looks for one.
pub(super) struct Faces<'a>(Vec<Member<'a>>);

struct Member<'a> {
    id: FaceId,
    face: &'a Face,
}

impl<'a> Faces<'a> {
    pub(super) fn new(fonts: &'a Fonts, style: &RunStyle, language: Option<Forms>) -> Self {
        let order = fonts.order(&style.family, &style.instance, language).into_iter();
        Self(order.map(|(id, face)| Member { id, face }).collect())
    }

    /// The first face.
    pub(super) fn primary(&self) -> FaceId {
        self.0.first().map(|face| face.id).unwrap_or_default()
    }

    /// Whether `face` has every visible character of `grapheme`.
    pub(super) fn covers(&self, face: FaceId, grapheme: &str) -> bool {
        self.0.iter().find(|member| member.id == face).is_some_and(|member| covers(member.face, grapheme))
    }

    /// The first face that has every visible character of `grapheme`; otherwise the first that has
    /// its base; otherwise the first.
    pub(super) fn pick(&self, grapheme: &str) -> FaceId {
        let base = grapheme.get(..grapheme.chars().next().map_or(0, char::len_utf8)).unwrap_or_default();
        let first = |part| self.0.iter().find(|member| covers(member.face, part));
        first(grapheme).or_else(|| first(base)).map_or_else(|| self.primary(), |member| member.id)
    }

    /// The byte at which a mark on kana or Han letters begins that no face has together with its
    /// letter. It is drawn by the face that has it: these marks find their place without a rule of
    /// the font.
    pub(super) fn detached_mark(&self, grapheme: &str) -> Option<usize> {
        let (at, _) = grapheme.char_indices().next_back().filter(|(at, c)| *at > 0 && is_east_asian_mark(*c))?;
        let mark = grapheme.get(at..)?;
        let is_whole = self.covers(self.pick(grapheme), grapheme);
        (!is_whole && self.covers(self.pick(mark), mark)).then_some(at)
    }

    /// The face of the pack for an emoji's first character. `None` if it is absent or lacks any
    /// other character of the emoji.
    fn of_emoji(&self, emoji: &str) -> Option<FaceId> {
        let pack = Pack::of_emoji(emoji.chars().next()?)?;
        let member = self.0.iter().find(|member| member.face.pack() == Some(pack))?;
        covers(member.face, emoji).then_some(member.id)
    }

    /// An emoji in its face, or else its parts in theirs. Without any emoji face, the emoji is
    /// missing as a whole.
    pub(super) fn emoji(&self, emoji: &str) -> Vec<(Range<usize>, FaceId)> {
        if let Some(face) = self.of_emoji(emoji) {
            return vec![(0..emoji.len(), face)];
        }
        if self.emoji_faces().is_empty() {
            return vec![(0..emoji.len(), self.pick(emoji))];
        }
        let face = |part: &Range<usize>| {
            let part = emoji.get(part.clone()).unwrap_or_default();
            self.of_emoji(part).unwrap_or_else(|| self.pick(part))
        };
        emoji::parts(emoji).map(|part| (part.clone(), face(&part))).collect()
    }

    /// The faces of emoji packs.
    pub(super) fn emoji_faces(&self) -> Vec<FaceId> {
        let emoji = |member: &&Member<'_>| member.face.pack().is_some_and(|pack| pack.emoji);
        self.0.iter().filter(emoji).map(|member| member.id).collect()
    }
}

fn covers(face: &Face, grapheme: &str) -> bool {
    grapheme.chars().all(|c| is_ignorable(c) || face.has(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grapheme_takes_the_first_face_that_covers_all_of_it() {
        let fonts = Fonts::embedded();
        let faces = Faces::new(&fonts, &RunStyle::default(), None);
        assert!(faces.covers(FaceId(0), "e\u{301}") && faces.covers(FaceId(0), "a\u{200d}\u{fe0f}"));
        assert!(!faces.covers(FaceId(0), "ア") && !faces.covers(FaceId(9), "a"));
        assert_eq!(faces.pick("ア"), FaceId(0));
    }
}
