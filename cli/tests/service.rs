//! A small server with the contract of the management API, as far as `push`, `pull` and `diff` use
//! it: documents in revisions, and `If-Match`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::thread;

use tiny_http::{Header, Method, Request, Response, Server};

/// A running server. It ends with the test's process.
pub struct Service {
    /// Its address.
    pub url: String,
    /// The assets that were put, by name: their media type and their size.
    pub assets: Arc<Mutex<BTreeMap<String, (String, usize)>>>,
}

/// Every revision of each template, by id; revision 1 comes first.
type Templates = BTreeMap<String, Vec<String>>;

impl Service {
    /// Starts it. `mg_author` may do everything; `mg_reader` may only read; nothing works below
    /// `down/`.
    #[expect(clippy::disallowed_methods, reason = "a test runs on a machine with threads")]
    pub fn start() -> Self {
        let server = Server::http("127.0.0.1:0").unwrap();
        let url = format!("http://{}", server.server_addr());
        let assets = Arc::new(Mutex::new(BTreeMap::new()));
        let of_server = Arc::clone(&assets);
        thread::spawn(move || {
            let mut templates = Templates::new();
            for mut request in server.incoming_requests() {
                let (status, headers, body) = answer(&mut request, &mut templates, &of_server);
                let mut response = Response::from_string(body).with_status_code(status);
                for (name, value) in headers {
                    response.add_header(Header::from_bytes(name, value).unwrap());
                }
                let _ = request.respond(response);
            }
        });
        Self { url, assets }
    }
}

type Answer = (u16, Vec<(&'static str, String)>, String);

fn answer(
    request: &mut Request,
    templates: &mut Templates,
    assets: &Mutex<BTreeMap<String, (String, usize)>>,
) -> Answer {
    let header = |request: &Request, name: &'static str| {
        let found = request.headers().iter().find(|header| header.field.equiv(name));
        found.map(|header| header.value.as_str().to_owned())
    };
    let key = header(request, "Authorization").unwrap_or_default();
    let is_write = *request.method() != Method::Get;
    match key.as_str() {
        "Bearer mg_author" => {}
        "Bearer mg_reader" if !is_write => {}
        "Bearer mg_reader" => return problem(403, "The key lacks the scope templates:write"),
        _ => return problem(401, "The key is unknown"),
    }
    let mut body = Vec::new();
    request.as_reader().read_to_end(&mut body).unwrap();
    let path = request.url().to_owned();
    if let Some(name) = path.strip_prefix("/v1/assets/") {
        let kind = header(request, "Content-Type").unwrap_or_default();
        assets.lock().unwrap().insert(name.to_owned(), (kind, body.len()));
        return (200, Vec::new(), "{}".to_owned());
    }
    let Some(id) = path.strip_prefix("/v1/templates/") else { return problem(404, "There is no such page") };
    if id.starts_with("down/") {
        let (status, mut headers, text) = problem(503, "The database does not answer");
        headers.push(("Retry-After", "30".to_owned()));
        return (status, headers, text);
    }
    let (id, revision) = id.split_once("?revision=").map_or((id, None), |(id, revision)| (id, revision.parse().ok()));
    let known = templates.get(id).map_or(0, Vec::len);
    if !is_write {
        let revision: usize = revision.unwrap_or(known);
        let document = templates.get(id).and_then(|revisions| revisions.get(revision.checked_sub(1)?));
        return match document {
            Some(document) => (200, vec![("ETag", format!("\"{revision}\""))], document.clone()),
            None => problem(404, "There is no such template"),
        };
    }
    let fits = match (header(request, "If-Match"), header(request, "If-None-Match")) {
        (Some(etag), None) => known > 0 && etag == format!("\"{known}\""),
        (None, Some(any)) => any == "*" && known == 0,
        _ => return problem(428, "If-Match or If-None-Match is missing"),
    };
    if !fits {
        return problem(412, "The live revision is another one");
    }
    templates.entry(id.to_owned()).or_default().push(String::from_utf8(body).unwrap());
    let revision = known + 1;
    let body = format!(
        r#"{{"id":"{id}","revision":{revision},"warnings":[{{"layer":"layers[0]","warning":"the text is small"}}]}}"#
    );
    (200, vec![("ETag", format!("\"{revision}\""))], body)
}

fn problem(status: u16, detail: &str) -> Answer {
    let body = format!(r#"{{"type":"about:blank","status":{status},"detail":"{detail}","remedy":"see the manual"}}"#);
    (status, vec![("Content-Type", "application/problem+json".to_owned())], body)
}
