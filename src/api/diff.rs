//! The difference of two documents, as a list of places (JSON Pointer, RFC 6901) and what was added,
//! removed or replaced there.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

/// A difference at one place.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    /// `add`, `remove` or `replace`, the words of RFC 6902.
    #[schemars(extend("enum" = ["add", "remove", "replace"]))]
    pub op: &'static str,
    /// The place, in the document that has it: in the new one for `add`, else in the old one.
    pub path: String,
    /// The old value; left out for `add`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Json>,
    /// The new value; left out for `remove`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Json>,
}

/// The answer to `GET /v1/templates/{id}/diff`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Diff {
    /// The old revision.
    pub from: u32,
    /// The new revision.
    pub to: u32,
    /// The differences.
    pub changes: Vec<Change>,
    /// Whether there are more than are listed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// The differences from `old` to `new`, at most `most` of them; and whether there are more.
#[must_use]
pub fn changes(old: &Json, new: &Json, most: usize) -> (Vec<Change>, bool) {
    let mut changes = Vec::new();
    walk(old, new, &mut String::new(), most.saturating_add(1), &mut changes);
    let more = changes.len() > most;
    changes.truncate(most);
    (changes, more)
}

fn walk(old: &Json, new: &Json, path: &mut String, most: usize, changes: &mut Vec<Change>) {
    if changes.len() >= most || old == new {
        return;
    }
    let length = path.len();
    match (old, new) {
        (Json::Object(old), Json::Object(new)) => {
            for (name, value) in old {
                add_name(path, name);
                match new.get(name) {
                    Some(other) => walk(value, other, path, most, changes),
                    None => {
                        changes.push(Change { op: "remove", path: path.clone(), from: Some(value.clone()), to: None });
                    }
                }
                path.truncate(length);
            }
            for (name, value) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
                add_name(path, name);
                changes.push(Change { op: "add", path: path.clone(), from: None, to: Some(value.clone()) });
                path.truncate(length);
            }
        }
        (Json::Array(old), Json::Array(new)) => {
            // What is the same at both ends has not changed; so a layer that was put in front of
            // others is one change, and not one for each of them.
            let same = |(old, new): &(&Json, &Json)| old == new;
            let start = old.iter().zip(new).take_while(same).count();
            let room = old.len().min(new.len()).saturating_sub(start);
            let end = old.iter().rev().zip(new.iter().rev()).take(room).take_while(same).count();
            let (old_end, new_end) = (old.len().saturating_sub(end), new.len().saturating_sub(end));
            let (old_end, new_end) = (old_end.max(start), new_end.max(start));
            let both = old_end.min(new_end);
            for index in start..old_end.max(new_end) {
                path.push_str(&format!("/{index}"));
                match (old.get(index).filter(|_| index < old_end), new.get(index).filter(|_| index < new_end)) {
                    (Some(old), Some(new)) if index < both => walk(old, new, path, most, changes),
                    (Some(old), _) => {
                        changes.push(Change { op: "remove", path: path.clone(), from: Some(old.clone()), to: None });
                    }
                    (None, Some(new)) => {
                        changes.push(Change { op: "add", path: path.clone(), from: None, to: Some(new.clone()) });
                    }
                    (None, None) => {}
                }
                path.truncate(length);
            }
        }
        _ => changes.push(Change { op: "replace", path: path.clone(), from: Some(old.clone()), to: Some(new.clone()) }),
    }
}

/// Adds a name to a pointer (RFC 6901 section 3).
fn add_name(path: &mut String, name: &str) {
    path.push('/');
    path.push_str(&name.replace('~', "~0").replace('/', "~1"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn changes_have_a_place() {
        for (old, new, expected) in [
            (json!({"a": 1}), json!({"a": 1}), ""),
            (json!({"a": 1}), json!({"a": 2}), "replace /a"),
            (json!({"a": 1}), json!({"b": 1}), "remove /a, add /b"),
            (json!({"a/b": {"c~d": 1}}), json!({"a/b": {"c~d": "1"}}), "replace /a~1b/c~0d"),
            (json!([1, 2, 3]), json!([0, 1, 2, 3]), "add /0"),
            (json!([1, 2, 3]), json!([1, 3]), "remove /1"),
            (json!([1, 2, 3]), json!([1, 9, 3]), "replace /1"),
            (json!([1, 2]), json!([1, 2, 3]), "add /2"),
            (json!([1, 1]), json!([1]), "remove /1"),
            (json!([{"x": 1}, {"y": 1}]), json!([{"x": 2}, {"y": 1}]), "replace /0/x"),
            (json!({"a": [1]}), json!({"a": {"b": 1}}), "replace /a"),
            (json!(1), json!(2), "replace "),
        ] {
            let (changes, more) = changes(&old, &new, 100);
            let said: Vec<String> = changes.iter().map(|change| format!("{} {}", change.op, change.path)).collect();
            assert_eq!((said.join(", ").as_str(), more), (expected, false), "{old} {new}");
        }
    }

    #[test]
    fn the_list_is_bounded() {
        let many = |value: u32| Json::Array((0..50).map(|_| Json::from(value)).collect());
        let (found, more) = changes(&many(1), &many(2), 10);
        assert_eq!((found.len(), more), (10, true));
        let (found, more) = changes(&many(1), &many(2), 50);
        assert_eq!((found.len(), more), (50, false));
    }
}
