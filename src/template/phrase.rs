//! Phrases that give way: `Welcome[, {{ name }}]!` prints `Welcome!` where there is no name.
//!
//! What stands in square brackets is printed only where every `{{ }}` right in it prints something; so punctuation and small
//! words go with the value that they belong to. Brackets without an expression in them are brackets; `\[` always is one.
//!
//! A phrase is short for an `{% if %}`, which it becomes before it is compiled.

/// The source with its phrases written out in Jinja. `present` is a test that [`super::filters`] registers.
#[must_use]
pub fn expand(source: &str) -> String {
    if !source.contains('[') {
        return source.to_owned();
    }
    let mut out = Frame::default();
    // Phrases that are open, the innermost last: what came before them.
    let mut open: Vec<Frame> = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let taken = match expression(rest) {
            Some(whole) => {
                out.text.push_str(whole);
                out.expressions
                    .extend(whole.strip_prefix("{{").and_then(|inner| inner.strip_suffix("}}")).map(str::to_owned));
                whole.len()
            }
            None => match first {
                '\\' if rest.starts_with("\\[") || rest.starts_with("\\]") => {
                    out.text.extend(rest.chars().nth(1));
                    2
                }
                '[' => {
                    open.push(std::mem::take(&mut out));
                    1
                }
                ']' if let Some(before) = open.pop() => {
                    let phrase = std::mem::replace(&mut out, before);
                    out.close(phrase);
                    1
                }
                _ => {
                    out.text.push(first);
                    first.len_utf8()
                }
            },
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    // Those that are never closed are brackets.
    while let Some(mut before) = open.pop() {
        before.text.push('[');
        before.text.push_str(&out.text);
        before.expressions.append(&mut out.expressions);
        out = before;
    }
    out.text
}

/// Some text, and the expressions right in it.
#[derive(Default)]
struct Frame {
    text: String,
    expressions: Vec<String>,
}

impl Frame {
    /// Adds a phrase that is closed.
    fn close(&mut self, phrase: Self) {
        if phrase.expressions.is_empty() {
            self.text.push('[');
            self.text.push_str(&phrase.text);
            self.text.push(']');
            return;
        }
        let conditions: Vec<_> = phrase
            .expressions
            .iter()
            // `{{- x -}}` trims white space around itself.
            .map(|inner| format!("({}) is present", inner.trim_matches(['-', '+']).trim()))
            .collect();
        self.text.push_str("{% if ");
        self.text.push_str(&conditions.join(" and "));
        self.text.push_str(" %}");
        self.text.push_str(&phrase.text);
        self.text.push_str("{% endif %}");
    }
}

/// The `{{ }}`, `{% %}` or `{# #}` that a text begins with, whole; strings in it may hold anything.
fn expression(text: &str) -> Option<&str> {
    let close = match text.get(..2)? {
        "{{" => "}}",
        "{%" => "%}",
        "{#" => "#}",
        _ => return None,
    };
    let mut quote = None;
    let mut characters = text.char_indices().skip(2);
    while let Some((at, character)) = characters.next() {
        match quote {
            Some(_) if character == '\\' => drop(characters.next()),
            Some(open) if open == character => quote = None,
            Some(_) => {}
            None if matches!(character, '"' | '\'') && close != "#}" => quote = Some(character),
            None if text.get(at..)?.starts_with(close) => return text.get(..at.saturating_add(2)),
            None => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_become_conditions() {
        for (source, expanded) in [
            ("Welcome, {{ name }}!", "Welcome, {{ name }}!"),
            ("Welcome[, {{ name }}]!", "Welcome{% if (name) is present %}, {{ name }}{% endif %}!"),
            (
                "[{{ a }} of {{ b | upper }}]",
                "{% if (a) is present and (b | upper) is present %}{{ a }} of {{ b | upper }}{% endif %}",
            ),
            (
                "Hi[ {{ a }}[ from {{ b }}]]",
                "Hi{% if (a) is present %} {{ a }}{% if (b) is present %} from {{ b }}{% endif %}{% endif %}",
            ),
            ("[VIP] {{ name }}", "[VIP] {{ name }}"),
            ("\\[{{ name }}\\]", "[{{ name }}]"),
            ("{{ ['a]', '[b'] }}[", "{{ ['a]', '[b'] }}["),
            ("{{ name }} ] [ [{{ '}}]' }}", "{{ name }} ] [ [{{ '}}]' }}"),
            ("[{{- name -}}]", "{% if (name) is present %}{{- name -}}{% endif %}"),
            ("[{{ broken ]", "[{{ broken ]"),
            ("[é {{ name }} 李]", "{% if (name) is present %}é {{ name }} 李{% endif %}"),
        ] {
            assert_eq!(expand(source), expanded);
        }
    }
}
