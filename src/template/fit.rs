//! JSON → the types of a document, or the place and the reason of a misfit.
//!
//! This deserializer knows the path of every value that it reads. The crate `serde_path_to_error`
//! would do the same for any other deserializer, and a test compares with it; with it the Worker
//! would be 12 kB larger, gzipped, and reading the first template of a fresh isolate would take a
//! sixth longer.

use serde::de::value::StrDeserializer;
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Value as Json;

/// The reason and the place of a misfit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Misfit {
    /// The reason, in serde's words.
    pub message: String,
    place: Option<Place>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    path: String,
    in_kind: bool,
}

impl Misfit {
    /// The path, such as `layers[0].fill`; empty for the document itself. It ends with the field,
    /// if no type has such a field.
    pub fn path(&self) -> &str {
        self.place.as_ref().map_or("", |place| &place.path)
    }

    /// The same at another path.
    #[must_use]
    pub fn moved(mut self, path: impl Fn(&str) -> String) -> Self {
        if let Some(place) = &mut self.place {
            place.path = path(&place.path);
        }
        self
    }

    /// Whether the path ends in a field of a layer's type.
    pub fn is_in_kind(&self) -> bool {
        self.place.as_ref().is_some_and(|place| place.in_kind)
    }

    /// Adds the place of a step, unless a deeper place is known already.
    fn at(mut self, step: &Step<'_>) -> Self {
        self.place.get_or_insert_with(|| step.place());
        self
    }
}

impl de::Error for Misfit {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), place: None }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        match found {
            Unexpected::Unit => Self::custom(format_args!("invalid type: null, expected {expected}")),
            _ => Self::custom(format_args!("invalid type: {found}, expected {expected}")),
        }
    }
}

/// Reads a type from a document in which the fields of a layer's type stand under `kind`.
pub fn fit<'de, T: Deserialize<'de>>(json: &'de Json) -> Result<T, Misfit> {
    T::deserialize(Node { json, step: &Step::Root })
}

/// The way to a place in a document.
enum Step<'a> {
    Root,
    Field(&'a Self, &'a str),
    Item(&'a Self, usize),
    /// Into the value of an object with one field, which names a variant.
    Variant(&'a Self),
}

impl Step<'_> {
    fn place(&self) -> Place {
        match self {
            Step::Root => Place { path: String::new(), in_kind: false },
            Step::Variant(before) => Place { in_kind: false, ..before.place() },
            Step::Item(before, index) => Place { path: format!("{}[{index}]", before.place().path), in_kind: false },
            Step::Field(before, name) => {
                let path = before.place().path;
                let in_layer = path.ends_with(']');
                let in_kind = in_layer && matches!(before, Step::Variant(_));
                match path.as_str() {
                    // `kind` is ours: the author wrote its fields beside the others.
                    _ if in_layer && *name == "kind" => Place { path, in_kind },
                    "" => Place { path: (*name).to_owned(), in_kind },
                    _ => Place { path: format!("{path}.{name}"), in_kind },
                }
            }
        }
    }
}

/// A value of a document, in its place.
#[derive(Clone, Copy)]
struct Node<'de, 'a> {
    json: &'de Json,
    step: &'a Step<'a>,
}

impl<'de> Deserializer<'de> for Node<'de, '_> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let Self { json, step } = self;
        let read = match json {
            Json::Null => visitor.visit_unit(),
            Json::Bool(value) => visitor.visit_bool(*value),
            Json::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(number), _) => visitor.visit_u64(number),
                (None, Some(number)) => visitor.visit_i64(number),
                (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(text) => visitor.visit_borrowed_str(text),
            Json::Array(items) => {
                let mut rest = Items { items, step, next: 0 };
                visitor.visit_seq(&mut rest).and_then(|read| match items.len() {
                    all if rest.next < all => Err(de::Error::invalid_length(all, &"fewer elements in array")),
                    _ => Ok(read),
                })
            }
            Json::Object(fields) => visitor.visit_map(Fields { fields: fields.iter(), step, value: None }),
        };
        read.map_err(|misfit| misfit.at(step))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if self.json.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let step = &Step::Variant(self.step);
        let read = match self.json {
            Json::String(name) => visitor.visit_enum(Variant { name, content: None }),
            Json::Object(fields) => match (fields.iter().next(), fields.len()) {
                (Some((name, json)), 1) => visitor.visit_enum(Variant { name, content: Some(Node { json, step }) }),
                _ => Err(de::Error::invalid_value(Unexpected::Map, &"map with a single key")),
            },
            other => Err(de::Error::invalid_type(unexpected(other), &"string or map")),
        };
        read.map_err(|misfit| misfit.at(self.step))
    }

    // Serde also reads a struct from a list of its fields. Nobody writes that, and it is half of
    // the code.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_map(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let Self { json, step } = self;
        let read = match json {
            Json::Object(fields) => visitor.visit_map(Fields { fields: fields.iter(), step, value: None }),
            other => Err(de::Error::invalid_type(unexpected(other), &visitor)),
        };
        read.map_err(|misfit| misfit.at(step))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct
        identifier ignored_any
    }
}

/// Items of an array.
struct Items<'de, 'a> {
    items: &'de [Json],
    step: &'a Step<'a>,
    next: usize,
}

impl<'de> SeqAccess<'de> for Items<'de, '_> {
    type Error = Misfit;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Misfit> {
        let Some(json) = self.items.get(self.next) else { return Ok(None) };
        let step = Step::Item(self.step, self.next);
        self.next = self.next.saturating_add(1);
        seed.deserialize(Node { json, step: &step }).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len().saturating_sub(self.next))
    }
}

/// Fields of an object.
struct Fields<'de, 'a> {
    fields: serde_json::map::Iter<'de>,
    step: &'a Step<'a>,
    /// The value of the field whose name was read last.
    value: Option<(&'de str, &'de Json)>,
}

impl<'de> MapAccess<'de> for Fields<'de, '_> {
    type Error = Misfit;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Misfit> {
        let Some((name, json)) = self.fields.next() else { return Ok(None) };
        self.value = Some((name, json));
        let read = seed.deserialize(name.as_str().into_deserializer());
        read.map(Some).map_err(|misfit: Misfit| misfit.at(&Step::Field(self.step, name)))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Misfit> {
        let (name, json) = self.value.take().ok_or_else(|| <Misfit as de::Error>::custom("value is missing"))?;
        seed.deserialize(Node { json, step: &Step::Field(self.step, name) })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.fields.len())
    }
}

/// A word, or an object of one field, whose name is the word.
struct Variant<'de, 'a> {
    name: &'de str,
    content: Option<Node<'de, 'a>>,
}

impl<'de, 'a> EnumAccess<'de> for Variant<'de, 'a> {
    type Error = Misfit;
    type Variant = Content<'de, 'a>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), Misfit> {
        let name: StrDeserializer<'de, Misfit> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, Content(self.content)))
    }
}

/// The value of an object with one field.
struct Content<'de, 'a>(Option<Node<'de, 'a>>);

impl<'de, 'a> Content<'de, 'a> {
    fn or(self, expected: &str) -> Result<Node<'de, 'a>, Misfit> {
        self.0.ok_or_else(|| de::Error::invalid_type(Unexpected::UnitVariant, &expected))
    }
}

impl<'de> VariantAccess<'de> for Content<'de, '_> {
    type Error = Misfit;

    fn unit_variant(self) -> Result<(), Misfit> {
        self.0.map_or(Ok(()), Deserialize::deserialize)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Misfit> {
        seed.deserialize(self.or("newtype variant")?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Misfit> {
        self.or("tuple variant")?.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Misfit> {
        self.or("struct variant")?.deserialize_any(visitor)
    }
}

fn unexpected(json: &Json) -> Unexpected<'_> {
    match json {
        Json::Null => Unexpected::Unit,
        Json::Bool(value) => Unexpected::Bool(*value),
        Json::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => Unexpected::Unsigned(number),
            (None, Some(number)) => Unexpected::Signed(number),
            (None, None) => Unexpected::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Unexpected::Str(text),
        Json::Array(_) => Unexpected::Seq,
        Json::Object(_) => Unexpected::Map,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::template::document::Document;
    use crate::template::{palette, reshape, samples};

    /// The misfit that `serde_path_to_error` finds in a document.
    fn expected(json: &Json) -> Option<(String, String)> {
        use serde_path_to_error::Segment;
        let error = serde_path_to_error::deserialize::<_, Document>(json).err()?;
        let mut path = String::new();
        for segment in error.path().iter() {
            match segment {
                Segment::Seq { index } => path.push_str(&format!("[{index}]")),
                Segment::Map { key } if key == "kind" && path.ends_with(']') => {}
                Segment::Map { key } if path.is_empty() => path.push_str(key),
                Segment::Map { key } => path.push_str(&format!(".{key}")),
                Segment::Enum { .. } | Segment::Unknown => {}
            }
        }
        Some((path, error.inner().to_string()))
    }

    fn assert_alike(json: &Json) -> bool {
        let found = fit::<Document>(json).err().map(|misfit| (misfit.path().to_owned(), misfit.message));
        assert_eq!(found, expected(json), "{json}");
        found.is_some()
    }

    /// JSON pointers (RFC 6901) of all values in a document.
    fn pointers(json: &Json, here: &str, all: &mut Vec<String>) {
        all.push(here.to_owned());
        match json {
            Json::Array(items) => {
                (0..).zip(items).for_each(|(index, item): (u32, _)| pointers(item, &format!("{here}/{index}"), all));
            }
            Json::Object(fields) => {
                fields.iter().for_each(|(name, field)| pointers(field, &format!("{here}/{name}"), all));
            }
            _ => {}
        }
    }

    /// Puts a value that may not fit in the place of each value of each sample, adds a field, and
    /// removes one.
    #[test]
    fn misfits_are_those_of_serde_path_to_error() {
        let others = ["null", "true", "-1", "7", "1.5", r#""x""#, "[]", "{}", "[1, {}]", r#"{"x": 1}"#];
        let mut misfits = 0;
        for id in samples::ids() {
            let mut document: Json = serde_json::from_str(samples::get(id).unwrap()).unwrap();
            palette::fill(&mut document).unwrap();
            reshape::reshape(&mut document, &Limits::default(), &mut 0).unwrap();
            assert!(!assert_alike(&document), "{id}");
            let mut all = Vec::new();
            pointers(&document, "", &mut all);
            for pointer in all {
                let changed = |change: &dyn Fn(&mut Json)| {
                    let mut other = document.clone();
                    change(other.pointer_mut(&pointer).unwrap());
                    other
                };
                for other in others {
                    let other: Json = serde_json::from_str(other).unwrap();
                    let changed = changed(&|place| *place = other.clone());
                    // Serde reads a struct out of a list of its fields.
                    if other.is_array() && document.pointer(&pointer).is_some_and(Json::is_object) {
                        let misfit = fit::<Document>(&changed).err();
                        if misfit.is_some_and(|found| found.message.starts_with("invalid type: sequence, expected ")) {
                            misfits += 1;
                            continue;
                        }
                    }
                    misfits += usize::from(assert_alike(&changed));
                }
                if let Some(Json::Object(fields)) = document.pointer(&pointer) {
                    for name in fields.keys() {
                        let less = changed(&|place| drop(place.as_object_mut().unwrap().remove(name)));
                        misfits += usize::from(assert_alike(&less));
                    }
                    let more = changed(&|place| place["surplus"] = Json::Null);
                    misfits += usize::from(assert_alike(&more));
                }
            }
        }
        assert!(misfits > 1_000, "{misfits}");
    }
}
