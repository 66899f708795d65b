//! An expression that cannot be read → what to write, where it has the words of another language: SQL, Liquid,
//! JavaScript, spreadsheets.
//!
//! It looks at words and signs alone, because what is asked about has no syntax.

/// The words and signs of a source, without its texts in quotes: `a == 'b'` has `a` and `==`.
pub fn words(source: &str) -> Vec<&str> {
    let (mut words, mut rest) = (Vec::new(), source);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' => {
                let text = rest.get(1..).unwrap_or_default();
                rest = text.split_once(first).map_or("", |(_, behind)| behind);
                continue;
            }
            _ if is_of_word(first) => rest.find(|c| !is_of_word(c)),
            _ if SIGNS.contains(first) => rest.find(|c| !SIGNS.contains(c)),
            _ => Some(first.len_utf8()),
        };
        let (word, behind) = rest.split_at_checked(length.unwrap_or(rest.len())).unwrap_or((rest, ""));
        if !first.is_whitespace() {
            words.push(word);
        }
        rest = behind;
    }
    words
}

/// The signs that stand together in one operator.
const SIGNS: &str = "=<>!+-*/&";

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Words and signs of other languages, and what is said about them.
const ADVICE: &[(&[&str], &str)] = &[
    (&["=>"], "write `>=`"),
    (&["=<"], "write `<=`"),
    (&["<>", "!==", "ne", "neq"], "write `!=`"),
    (&["===", "equals", "eq", "equal"], "write `==`"),
    (&["gt"], "write `>`"),
    (&["lt"], "write `<`"),
    (&["gte", "ge"], "write `>=`"),
    (&["lte", "le"], "write `<=`"),
    (&["->", "::"], "write a dot: `item.name`"),
    (&["&"], "write `and`, or `~` to join texts"),
    (&["+=", "-=", "++", "--"], "no expression changes a value: write `n + 1` where it is shown"),
    (&["AND", "And"], "write `and`, in small letters"),
    (&["OR", "Or"], "write `or`, in small letters"),
    (&["NOT", "Not"], "write `not`, in small letters"),
    (&["TRUE", "True", "FALSE", "False"], "write `true` or `false`, in small letters"),
    (&["contains", "includes", "has"], "write `'a' in name`"),
    (&["starts", "startswith", "begins"], "write `name | startswith('a')`"),
    (&["ends", "endswith"], "write `name | endswith('a')`"),
    (&["like", "LIKE", "matches", "regex"], "write `'a' in name`, or `name | startswith('a')`: there are no patterns"),
    (&["mod", "MOD"], "write `n % 2`"),
    (&["div", "DIV"], "write `n // 2`, or `n / 2`"),
    (&["between", "BETWEEN"], "write `1 <= n <= 5`"),
    (&["empty", "blank", "null", "nil"], "write `name` where there is a value, and `not name` where there is none"),
    (&["elseif", "elsif", "else if"], "write `{% elif … %}`"),
    (&["end", "fi"], "write `{% endif %}`"),
    (&["for", "endfor", "foreach", "each"], "a layer of the type `repeat` draws its children for each item of a list"),
    (&["set", "assign", "let", "var", "capture"], "there are no variables: write the expression where it is shown"),
    (&["comment", "endcomment"], "write `{# … #}`, or leave it out"),
    (&["raw", "endraw", "verbatim"], "braces that are printed are a text: `{{ '{{' }}`"),
    (&["case", "switch", "when"], "write `{% if plan == 'pro' %}` … `{% elif … %}` … `{% endif %}`"),
    (&["unless", "endunless"], "write `{% if not … %}` and `{% endif %}`"),
    (&["include", "extends", "block", "macro", "import"], "layers that templates share are `components`"),
    (&["IF", "iif", "then", "THEN"], "write `'a' if n > 5 else 'b'`"),
];

/// What to write in place of the first word that is one of another language.
pub fn advice(source: &str) -> Option<&'static str> {
    let words = words(source);
    let pairs = words.windows(2).map(|pair| pair.join(" "));
    let find = |word: &str| ADVICE.iter().find(|(known, _)| known.contains(&word)).map(|(_, advice)| *advice);
    let of_two = pairs.into_iter().find_map(|pair| find(&pair));
    of_two.or_else(|| words.iter().find_map(|word| find(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_without_texts() {
        assert_eq!(words("a==\"b c\"and  n=>5.5"), ["a", "==", "and", "n", "=>", "5", ".", "5"]);
        assert_eq!(words("{{ n | date('x"), ["{", "{", "n", "|", "date", "("]);
        assert_eq!(words(""), [""; 0]);
    }

    #[test]
    fn texts_are_no_words() {
        assert_eq!(advice("name == 'AND' or \"like\""), None);
        assert_eq!(advice("name like 'a'"), advice("a LIKE b"));
        assert!(advice("{% if a %}x{% else if b %}").unwrap().contains("elif"));
    }
}
