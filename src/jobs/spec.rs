//! What a job does, as it is stored with it.

use serde::{Deserialize, Serialize};

use super::query::Mapping;
use super::source::Source;

/// An import or a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// What is done with each row.
    pub work: Work,
    /// Where the rows are.
    pub rows: Rows,
}

/// What is done with each row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// It becomes a record.
    Import(Import),
    /// It becomes a picture.
    Batch(Batch),
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// The collection.
    pub collection: String,
    /// The generation that it writes.
    pub generation: u32,
    /// Whether that generation is shown, instead of the one before, once the import is complete.
    pub replaces: bool,
    /// The column with the id.
    pub key: String,
    /// The template whose params say what the columns hold: `acme/hello@3`, as in KV.
    pub template: Option<String>,
    /// The columns that fill them.
    pub mapping: Mapping,
    /// When the records end, in Unix seconds.
    pub expires: Option<u64>,
}

/// A batch of pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// What stands before the query in the URL of each: `/i/acme/hello~square@3.png`.
    pub path: String,
    /// What stands in each query: `_w=600`. Empty, or without an `&` at either end.
    pub options: String,
    /// The extension.
    pub extension: String,
    /// The pattern of the names of files.
    pub name: String,
    /// The fields of a row that fill params.
    pub mapping: Mapping,
    /// Who is told of the end.
    pub webhook: Option<Webhook>,
}

/// Who is told of the end of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Where.
    pub url: String,
    /// The secret that signs what is told.
    pub secret: String,
}

/// Where the rows of a job are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// In a file, in R2 under `jobs/{id}/rows`.
    File(Source),
    /// In a collection.
    Collection {
        /// Its name.
        name: String,
        /// The generation that was shown when the job began.
        generation: u32,
        /// The param that takes the id of a record. `None`: each field fills the param of its name.
        param: Option<String>,
    },
}

/// Where the rows of a part are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In these bytes of the file.
    Bytes {
        /// The first one.
        from: usize,
        /// The byte after the last one.
        to: usize,
        /// The line of the first row, from 1.
        line: usize,
        /// The number of the first row, from 1.
        first: usize,
    },
    /// In the collection, under these ids: what is added to it later is not drawn, and moves no row.
    Ids {
        /// The id of each row. `None`: the person was deleted.
        ids: Vec<Option<String>>,
        /// The number of the first row, from 1.
        first: usize,
    },
}
