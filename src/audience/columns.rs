//! The names of a file's columns → the params that they fill.

use crate::params::Params;

/// A column that fills a param.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name in the query: a param, or a value of a list such as `cart[0].name`.
    pub name: String,
    /// The index of the column.
    pub index: usize,
}

/// Names under which mail services export a recipient's first name.
const FIRST_NAMES: &[&str] = &["firstname", "fname", "givenname", "vorname"];

/// Finds the column of each param by its name, without regard to case and punctuation: `First Name`
/// fills `first_name`. A value of a list has its name as a URL has it: `cart[0].price`.
#[must_use]
pub fn columns(header: &[String], params: &Params) -> Vec<Column> {
    let plain: Vec<String> = header.iter().map(|name| letters(name)).collect();
    let mut found = Vec::new();
    for name in params.keys() {
        let own = letters(name);
        let is_first_name = |column: &String| own == "name" && FIRST_NAMES.contains(&column.as_str());
        let index = plain.iter().position(|column| *column == own).or_else(|| plain.iter().position(is_first_name));
        found.extend(index.map(|index| Column { name: name.clone(), index }));
    }
    for (index, column) in header.iter().enumerate() {
        let column = column.trim();
        let base = column.split(['[', '.']).next().unwrap_or_default();
        if base.len() < column.len() && params.contains_key(base) {
            found.push(Column { name: column.to_owned(), index });
        }
    }
    found
}

/// Whether two names differ only in case and punctuation.
#[must_use]
pub fn is_same_name(a: &str, b: &str) -> bool {
    letters(a) == letters(b)
}

/// The letters and digits of a name in lower case.
fn letters(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Param;

    #[test]
    fn columns_are_found_by_their_names() {
        let text = || Param::Text(crate::params::declare::TextParam::default());
        let params = Params::from(["first_name", "plan", "name", "cart"].map(|name| (name.to_owned(), text())));
        let header = ["E-Mail", " First Name", "PLAN", "cart[0].name", "cart total", "mail.host"].map(str::to_owned);
        let found: Vec<_> = columns(&header, &params).into_iter().map(|found| (found.name, found.index)).collect();
        let expected = [("first_name", 1), ("name", 1), ("plan", 2), ("cart[0].name", 3)];
        assert_eq!(found, expected.map(|(name, index)| (name.to_owned(), index)));
    }
}
