//! What a form needs to know of a template: its size, and its params with the fields they usually are.

use serde::Serialize;

use crate::params::{Param, Params};
use crate::template::document::Document;

use super::choices::{Choice, Origin};

/// A template.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Template<'a> {
    /// Its id.
    pub id: &'a str,
    /// What people call it.
    pub title: &'a str,
    /// Template px.
    pub width: u32,
    /// Template px.
    pub height: u32,
    /// By name.
    pub params: Vec<Described<'a>>,
}

/// A param.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Described<'a> {
    /// Its name in URLs.
    pub name: &'a str,
    /// `text`, `color`, `number`, `choice`, `datetime`, `image`
    pub r#type: &'static str,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// The template's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The template's example.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// The words of a choice.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub choices: &'a [String],
    /// Of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The field that it usually is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// Describes a template.
#[must_use]
pub fn template<'a>(id: &'a str, document: &'a Document) -> Template<'a> {
    Template {
        id,
        title: document.title.as_deref().unwrap_or(id),
        width: document.width,
        height: document.height,
        params: document.params.iter().map(|(name, param)| described(name, param)).collect(),
    }
}

/// The params that have an example, with it.
#[must_use]
pub fn examples(params: &Params) -> Vec<(String, String)> {
    params.iter().filter_map(|(name, param)| Some((name.clone(), described(name, param).example?))).collect()
}

fn described<'a>(name: &'a str, param: &'a Param) -> Described<'a> {
    let field = match Choice::usual(name, param).origin {
        Origin::Field(field) => Some(field),
        Origin::Fixed(_) | Origin::Template => None,
    };
    let bare = Described {
        name,
        r#type: "text",
        description: None,
        default: None,
        example: None,
        choices: &[],
        min: None,
        max: None,
        field,
    };
    let print = |number: &f64| number.to_string();
    match param {
        Param::Text(text) => Described {
            description: text.description.as_deref(),
            default: text.default.clone(),
            example: text.example.clone(),
            ..bare
        },
        Param::Color(color) => Described {
            r#type: "color",
            description: color.description.as_deref(),
            default: color.default.clone(),
            example: color.example.clone(),
            ..bare
        },
        Param::Number(number) => Described {
            r#type: "number",
            description: number.description.as_deref(),
            default: number.default.as_ref().map(print),
            example: number.example.as_ref().map(print),
            min: number.min,
            max: number.max,
            ..bare
        },
        Param::Choice(choice) => Described {
            r#type: "choice",
            description: choice.description.as_deref(),
            default: choice.default.clone(),
            example: choice.example.clone(),
            choices: &choice.choices,
            ..bare
        },
        Param::Datetime(datetime) => Described {
            r#type: "datetime",
            description: datetime.description.as_deref(),
            default: datetime.default.clone(),
            example: datetime.example.clone(),
            ..bare
        },
        Param::Image(image) => Described {
            r#type: "image",
            description: image.description.as_deref(),
            default: image.default.clone(),
            example: image.example.clone(),
            ..bare
        },
    }
}
