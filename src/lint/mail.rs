//! The merge tags of a whole email, and with them its sender.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::limits::Limits;
use crate::merge_tag::{self, Family};
use crate::snippet::sender::{self, Sender};

use super::html::Parts;
use super::place::Place;
use super::written;

/// The tags of an email, as far as they tell its sender.
pub struct Mail<'a> {
    /// All senders.
    pub senders: Vec<Sender>,
    /// The sender that the author named.
    pub sender: Option<&'a Sender>,
    /// The families in the email that do not go with that of most tags, and one of these tags. `None`
    /// if the email has no tags.
    main: Option<(BTreeSet<Family>, String)>,
    /// Number of tags that may still be compared with the syntaxes of all senders.
    left: Cell<usize>,
}

impl<'a> Mail<'a> {
    /// Reads the tags of an email. Those outside of pictures' URLs count twice, because they were
    /// more likely written in the sender's own editor.
    #[must_use]
    pub fn read(
        html: &str,
        parts: &Parts,
        tags: &[Range<usize>],
        pictures: &[&Place<'_>],
        sender: Option<&'a Sender>,
        limits: &Limits,
    ) -> Self {
        let mut seen: BTreeMap<Family, (usize, String)> = BTreeMap::new();
        let mut add = |text: &str, count: usize| {
            if let Some(family) = merge_tag::find(text) {
                let (sum, _) = seen.entry(family).or_insert_with(|| (0, text.trim().to_owned()));
                *sum = sum.saturating_add(count);
            }
        };
        let mut urls: Vec<Range<usize>> =
            pictures.iter().map(|place| place.url.source(0)..place.url.source(place.url.text.len())).collect();
        urls.sort_unstable_by_key(|url| url.start);
        let is_ours = |at: usize| {
            let after = urls.partition_point(|url| url.start <= at);
            after.checked_sub(1).and_then(|last| urls.get(last)).is_some_and(|url| url.contains(&at))
        };
        for tag in tags {
            add(html.get(tag.clone()).unwrap_or_default(), if is_ours(tag.start) { 1 } else { 2 });
        }
        // Tags that are known only as a whole value: `href="%UNSUBSCRIBELINK%"`, `Hi [firstname],`.
        let is_known = |place: &Range<usize>| {
            let first = tags.partition_point(|tag| tag.end <= place.start);
            tags.get(first).is_some_and(|tag| tag.start < place.end)
        };
        for attribute in parts.elements.iter().flat_map(|element| &element.attributes) {
            if !is_ours(attribute.value.start) && !is_known(&attribute.value) {
                add(html.get(attribute.value.clone()).unwrap_or_default(), 2);
            }
        }
        for text in &parts.texts {
            if !is_known(text) {
                let words = html.get(text.clone()).unwrap_or_default().split_whitespace();
                words.for_each(|word| add(word.trim_matches([',', '.', '!', '?', ':', ';']), 2));
            }
        }
        for place in pictures {
            for pair in place.url.text.split(['?', '&']).filter_map(|pair| pair.split_once('=')) {
                add(pair.1, 1);
            }
        }
        let senders = sender::all();
        let together = |family: Family| {
            let counts = seen.iter().filter(|(other, _)| written::go_together(family, **other, &senders));
            counts.map(|(_, (count, _))| *count).sum::<usize>()
        };
        // Of families with equal sums the first one counts.
        let main = seen.keys().rev().max_by_key(|family| together(**family)).copied();
        let main = main.and_then(|family| {
            let (_, example) = seen.get(&family)?;
            let against = seen.keys().filter(|other| !written::go_together(family, **other, &senders));
            Some((against.copied().collect(), example.clone()))
        });
        Self { senders, sender, main, left: Cell::new(limits.email_tags) }
    }

    /// A tag of the email that no sender replaces together with tags of `family`. `None` if there
    /// is none.
    #[must_use]
    pub fn contradicts(&self, family: Family) -> Option<&str> {
        let (against, example) = self.main.as_ref()?;
        against.contains(&family).then_some(example)
    }

    /// Whether one more tag may be compared with the syntaxes of all senders, which takes a tenth of
    /// a millisecond. Counts it.
    #[must_use]
    pub fn may_compare(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0
    }
}
