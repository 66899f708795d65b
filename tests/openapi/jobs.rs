//! The operations of records and batches.

use monogram::api::cursor::List;
use monogram::api::jobs::{BatchBody, Begun, Collection, Job, Settings, WarmBody, Warmed};
use monogram::request::route::Row;
use serde_json::json;

use super::operations::{Operation, new};
use super::parts::{Types, answer_of, empty, json_answer, of, path, query};

/// Describes the operation of a row. `None` if it is about something else.
pub fn operation(row: &Row, types: &mut Types) -> Option<Operation> {
    let text = || json!({ "type": "string" });
    let record = || {
        path(
            "record",
            "`{collection}/{id}`: a record; `{collection}/`: the collection. A collection may contain /, an id may not",
            &json!({ "type": "string", "maxLength": 500, "pattern": "^[a-z0-9-]+(/[a-z0-9-]+)*(/[^/]*)?$" }),
        )
    };
    let job =
        || path("job", "The id of the answer that began it", &json!({ "type": "string", "pattern": "^[0-9a-f]{24}$" }));
    let object = || json!({ "type": "object" });
    let rows = |operation: Operation| operation.body("text/csv", &json!({})).body("application/x-ndjson", &json!({}));
    Some(match row.handler {
        "list-collections" => new("Records", "The collections", "Sorted by name.")
            .list(true)
            .answers(200, json_answer("A page of them", &types.answer::<List<Collection>>(), &[])),
        "get-record" => new("Records", "A record, or all of a collection", "A collection comes as a JSON object on each line, in the order \
             of ids.")
            .params([record()])
            .answers(200, {
                let mut answer = json_answer("The record", &object(), &[]);
                answer["content"]["application/x-ndjson"] = json!({ "schema": {} });
                answer
            })
            .errors(&[404]),
        "put-record" => new("Records", "Store a record, or set up a collection", "A record is an object, of at most 16 kB. A \
             collection has one setting: whether only signed and sealed URLs show its records.")
            .params([record()])
            .body("application/json", &json!({ "anyOf": [types.body::<Settings>(), object()] }))
            .answers(200, json_answer("What is stored", &json!({ "anyOf": [types.answer::<Collection>(), object()] }), &[]))
            .errors(&[400, 404, 413, 422]),
        "delete-record" => new("Records", "Delete a person, or a collection", "A person goes with the pictures that batches drew of \
             them. docs/records.md says what caches keep, and for how long.")
            .params([record()])
            .answers(204, empty("It is gone", &[]))
            .errors(&[404]),
        "import-records" => rows(new("Records", "Import a file", "CSV with a header, in any usual encoding and with any usual \
             separator, or a JSON object on each line. Rows with faults are left out and told, with their lines."))
            .params([
                record(),
                query("key", "The column with the ids; `id` if it is left out", &text()),
                query("mode", "`merge`: rows are added, and seen as they come; `replace`: they take the place of all others, \
                     and are seen as a whole once the last one is there", &json!({ "type": "string", "enum": ["merge", "replace"] })),
                query("template", "The template whose params say what the columns hold", &text()),
                query("ttl_days", "Days for which the records are kept", &json!({ "type": "integer", "minimum": 1, "maximum": 3650 })),
                of("parameters", "Idempotency-Key"),
            ])
            .answers(202, json_answer("It has begun", &types.answer::<Begun>(), &["Location"]))
            .errors(&[400, 404, 409, 413, 422]),
        "get-import" => new("Records", "How an import goes", "With the first thousand faults of its file.")
            .params([job()])
            .answers(200, json_answer("It", &types.answer::<Job>(), &[]))
            .errors(&[404]),
        "list-batches" => new("Batches", "The batches", "The newest first.")
            .list(true)
            .answers(200, json_answer("A page of them", &types.answer::<List<Job>>(), &[])),
        "make-batch" => rows(new("Batches", "Draw a picture for each row", "Of a file, whose other facts are in the query; or of a \
             collection, or of rows in the body."))
            .body("application/json", &types.body::<BatchBody>())
            .params([
                query("template", "With a file: the template, and `~` with a size", &text()),
                query("revision", "Its revision; the live one, which then stays, if it is left out", &json!({ "type": "integer", "minimum": 1 })),
                query("format", "`png` if it is left out", &json!({ "type": "string", "enum": ["png", "jpg", "webp", "gif"] })),
                query("name", "The pattern of the names of files; `{row}` if it is left out", &text()),
                query("webhook", "An https URL that is told of the end", &text()),
                json!({ "name": "Webhook-Secret", "in": "header", "description": "The secret that signs what it is told", "schema": text() }),
                of("parameters", "Idempotency-Key"),
            ])
            .answers(202, json_answer("It has begun", &types.answer::<Begun>(), &["Location"]))
            .errors(&[400, 404, 409, 413, 422]),
        "get-batch" => new("Batches", "How a batch goes", "With the first hundred rows that failed.")
            .params([job()])
            .answers(200, json_answer("It", &types.answer::<Job>(), &[]))
            .errors(&[404]),
        "delete-batch" => new("Batches", "Cancel a batch, or delete it", "One that is running is cancelled; one that has ended is deleted \
             with its files.")
            .params([job()])
            .answers(200, json_answer("It is cancelled", &types.answer::<Job>(), &[]))
            .answers(204, empty("It is gone", &[]))
            .errors(&[404]),
        "retry-batch" => new("Batches", "Draw the failed rows once more", "The others stay as they are. A batch that was cancelled goes on.")
            .params([job()])
            .answers(202, json_answer("It is running", &types.answer::<Job>(), &[]))
            .errors(&[404, 409]),
        "manifest" => new("Batches", "What became of each row", "It is complete when the batch is done.")
            .params([job()])
            .answers(200, answer_of("A CSV", &["text/csv; charset=utf-8"], &["Content-Disposition"]))
            .errors(&[404]),
        "batch-zip" => new("Batches", "All files of a batch", "A ZIP without compression. A large batch has several; `zips` of the batch \
             lists them.")
            .params([job(), query("part", "Which of them, from 1", &json!({ "type": "integer", "minimum": 1 }))])
            .answers(200, answer_of("The ZIP", &["application/zip"], &["Content-Disposition"]))
            .errors(&[404, 409]),
        "batch-file" => new("Batches", "A file of a batch", "Equal pictures have one file.")
            .params([
                job(),
                path("file", "`{sha256}.{extension}`, as in the manifest", &json!({ "type": "string", "pattern": "^[0-9a-f]{64}\\.(png|jpg|webp|gif)$" })),
            ])
            .answers(200, answer_of("The picture", &["image/png", "image/jpeg", "image/webp", "image/gif"], &["ETag"]))
            .errors(&[404]),
        "warm" => new("Batches", "Draw pictures before they are asked for", "At most 100 URLs of pictures of this deployment, into the \
             cache of the caller's location.")
            .body("application/json", &types.body::<WarmBody>())
            .answers(200, json_answer("They are drawn", &types.answer::<Warmed>(), &[]))
            .errors(&[400, 413]),
        _ => return None,
    })
}
