//! The description of a template for a form: its size, and its params with the fields that they
//! usually become.

use schemars::JsonSchema;
use serde::Serialize;

use crate::params::{Param, Params};
use crate::template::document::Document;

use super::choices::{Choice, Origin};

/// The description of a template.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct TemplateInfo<'a> {
    /// The template's id.
    pub id: &'a str,
    /// The title, or else the id.
    pub title: &'a str,
    /// Width in template px.
    pub width: u32,
    /// Height in template px.
    pub height: u32,
    /// All params, sorted by name.
    pub params: Vec<ParamInfo<'a>>,
}

/// The description of a param.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ParamInfo<'a> {
    /// The name in URLs.
    pub name: &'a str,
    /// `text`, `color`, `number`, `choice`, `datetime`, `image`, `boolean`, `date`, `email`, `rich` or `list`.
    pub r#type: &'static str,
    /// The purpose of the param, in the template's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// The template's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The template's example.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// The words of a choice; empty for other types.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub choices: &'a [String],
    /// The least value of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The largest value of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The field of a sender that the param usually becomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// Describes a template.
#[must_use]
pub fn template<'a>(id: &'a str, document: &'a Document) -> TemplateInfo<'a> {
    TemplateInfo {
        id,
        title: document.title.as_deref().unwrap_or(id),
        width: document.width,
        height: document.height,
        params: document.params_in_order().map(|(name, param)| param_info(name, param)).collect(),
    }
}

/// The names of the params that have an example, each with its example.
#[must_use]
pub fn examples(params: &Params) -> Vec<(String, String)> {
    params.iter().filter_map(|(name, param)| Some((name.clone(), param.example()?))).collect()
}

fn param_info<'a>(name: &'a str, param: &'a Param) -> ParamInfo<'a> {
    let field = match Choice::usual(name, param).origin {
        Origin::Field(field) => Some(field),
        Origin::Fixed(_) | Origin::Template => None,
    };
    let bare = ParamInfo {
        name,
        r#type: "text",
        description: None,
        default: None,
        example: param.example(),
        choices: &[],
        min: None,
        max: None,
        field,
    };
    let print = |number: &f64| number.to_string();
    match param {
        Param::Text(text) | Param::Rich(text) => ParamInfo {
            r#type: if matches!(param, Param::Rich(_)) { "rich" } else { "text" },
            description: text.description.as_deref(),
            default: text.default.clone(),
            ..bare
        },
        Param::Color(color) => ParamInfo {
            r#type: "color",
            description: color.description.as_deref(),
            default: color.default.clone(),
            ..bare
        },
        Param::Number(number) => ParamInfo {
            r#type: "number",
            description: number.description.as_deref(),
            default: number.default.as_ref().map(print),
            min: number.min,
            max: number.max,
            ..bare
        },
        Param::Choice(choice) => ParamInfo {
            r#type: "choice",
            description: choice.description.as_deref(),
            default: choice.default.clone(),
            choices: &choice.choices,
            ..bare
        },
        Param::Boolean(boolean) => ParamInfo {
            r#type: "boolean",
            description: boolean.description.as_deref(),
            default: boolean.default.map(|value| value.to_string()),
            ..bare
        },
        Param::Email(email) => ParamInfo {
            r#type: "email",
            description: email.description.as_deref(),
            default: email.default.clone(),
            ..bare
        },
        Param::List(list) => ParamInfo {
            r#type: "list",
            description: list.description.as_deref(),
            default: list.default.as_ref().map(ToString::to_string),
            ..bare
        },
        Param::Datetime(datetime) | Param::Date(datetime) => ParamInfo {
            r#type: if matches!(param, Param::Date(_)) { "date" } else { "datetime" },
            description: datetime.description.as_deref(),
            default: datetime.default.clone(),
            ..bare
        },
        Param::Record(record) => ParamInfo { r#type: "record", description: record.description.as_deref(), ..bare },
        Param::Image(image) => ParamInfo {
            r#type: "image",
            description: image.description.as_deref(),
            default: image.default.clone(),
            ..bare
        },
    }
}
