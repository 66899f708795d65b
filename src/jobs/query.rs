//! A row → the query of its picture.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::audience;
use crate::error::{Fault, Problem};
use crate::params::Params;

use super::source::Source;

/// Params, and the fields of a row that fill them.
pub type Mapping = Vec<(String, String)>;

/// Finds the field of each param: the one that the caller names, or the one of the same name, without
/// regard to case and punctuation.
///
/// # Errors
/// 422 for a param that the template has not, a column that the file has not, or if no column fills
/// any param.
pub fn mapping(source: &Source, params: &Params, chosen: &BTreeMap<String, String>) -> Result<Mapping, Problem> {
    let base = |name: &str| name.split(['[', '.']).next().unwrap_or_default().to_owned();
    let wrong = |name: &str, message: String, known: &mut dyn Iterator<Item = &String>| {
        let known: Vec<_> = known.map(String::as_str).collect();
        Problem::new(Fault::Document, "bad-map", message)
            .at(format!("map.{name}"))
            .remedy(format!("there are: {}", known.join(", ")))
    };
    let mut found: Mapping = match source {
        Source::Csv { header, .. } => {
            let columns = audience::columns(header, params).into_iter();
            columns.filter_map(|column| Some((column.name, header.get(column.index)?.clone()))).collect()
        }
        Source::Lines => params.keys().map(|name| (name.clone(), name.clone())).collect(),
    };
    for (name, column) in chosen {
        if !params.contains_key(&base(name)) {
            return Err(wrong(name, "The template has no such param".to_owned(), &mut params.keys()));
        }
        if let Source::Csv { header, .. } = source
            && !header.iter().any(|title| title == column.trim())
        {
            return Err(wrong(name, "The file has no such column".to_owned(), &mut header.iter()));
        }
        found.retain(|(known, _)| known != name);
        found.push((name.clone(), column.trim().to_owned()));
    }
    if let Source::Csv { header, .. } = source
        && found.is_empty()
        && !params.is_empty()
    {
        let message = "No column of the file fills a param of the template".to_owned();
        return Err(wrong("", message, &mut header.iter()).at("map"));
    }
    Ok(found)
}

/// The query of a row. A field that is a list or an object is written as JSON.
///
/// ```
/// use monogram::jobs::query::query;
///
/// let row = serde_json::json!({ "First Name": "Zoë & Co", "points": 12, "x": null });
/// let mapping = [("name", "First Name"), ("points", "Points"), ("x", "x")].map(|(a, b)| (a.to_owned(), b.to_owned()));
/// assert_eq!(query(&mapping, row.as_object().unwrap()), "name=Zo%C3%AB+%26+Co&points=12");
/// ```
#[must_use]
pub fn query(mapping: &[(String, String)], row: &Map<String, Json>) -> String {
    let field = |name: &String| {
        let alike = || row.iter().find(|(known, _)| audience::is_same_name(known, name)).map(|(_, value)| value);
        row.get(name).or_else(alike)
    };
    let text = |value: &Json| match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let pairs: Vec<_> = mapping.iter().filter_map(|(name, column)| Some((name, text(field(column)?)?))).collect();
    // Pairs of strings always encode.
    serde_urlencoded::to_string(pairs).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Param;
    use crate::params::declare::TextParam;

    #[test]
    fn columns_find_their_params() {
        let text = || Param::Text(TextParam::default());
        let params = Params::from(["first_name", "plan"].map(|name| (name.to_owned(), text())));
        let csv = |header: &[&str]| Source::Csv {
            delimiter: ',',
            header: header.iter().map(|name| (*name).to_owned()).collect(),
        };
        let found = |source: &Source, chosen: &[(&str, &str)]| {
            let chosen = chosen.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
            mapping(source, &params, &chosen).map_err(|problem| problem.to_string())
        };
        let pairs =
            |pairs: &[(&str, &str)]| Ok(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect());
        assert_eq!(found(&csv(&["First Name", "x"]), &[]), pairs(&[("first_name", "First Name")]));
        assert_eq!(
            found(&csv(&["First Name", "x"]), &[("plan", "x"), ("first_name", "x")]),
            pairs(&[("first_name", "x"), ("plan", "x")])
        );
        assert_eq!(found(&Source::Lines, &[]), pairs(&[("first_name", "first_name"), ("plan", "plan")]));
        for (source, chosen, words) in [
            (csv(&["x"]), vec![], "map"),
            (csv(&["plan"]), vec![("plam", "plan")], "map.plam"),
            (csv(&["plan"]), vec![("plan", "Plan ")], "map.plan"),
        ] {
            let error = found(&source, &chosen).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}
