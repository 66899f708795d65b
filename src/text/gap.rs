//! The gaps that empty values leave in a sentence: `Hi , welcome`, `Welcome, !`.

/// A sentence without them: no space before a comma or a full stop, no comma before the end of a sentence, one
/// space between words. What is no gap stays: an ellipsis, the space that French has before `!`, `?`, `:` and `;`.
///
/// ```
/// use monogram::text::closed_gaps;
///
/// assert_eq!(closed_gaps("Hi , welcome"), "Hi, welcome");
/// assert_eq!(closed_gaps("Welcome, !"), "Welcome!");
/// assert_eq!(closed_gaps("For  you"), "For you");
/// assert_eq!(closed_gaps("Bienvenue !"), "Bienvenue !");
/// assert_eq!(closed_gaps("Only .99 … or .com"), "Only .99 … or .com");
/// ```
#[must_use]
pub fn closed_gaps(sentence: &str) -> String {
    let mut closed = String::with_capacity(sentence.len());
    let mut rest = sentence.chars().peekable();
    while let Some(c) = rest.next() {
        // A full stop that begins something (`.99`, `.com`, `...`) ends no sentence.
        let is_alone = rest.peek().is_none_or(|next| next.is_whitespace());
        if matches!(c, ',') || c == '.' && is_alone {
            closed.truncate(closed.trim_end_matches(' ').len());
        }
        if matches!(c, '!' | '?') || c == '.' && is_alone {
            let sentence = closed.trim_end_matches(' ');
            if let Some(before) = sentence.strip_suffix(',') {
                closed.truncate(before.len());
            }
        }
        if !(c == ' ' && closed.ends_with(' ')) {
            closed.push(c);
        }
    }
    let end = closed.trim_end();
    end.strip_suffix(',').unwrap_or(end).trim_start_matches([' ', ',']).to_owned()
}
