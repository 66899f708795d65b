//! `POST /mcp`: the tools of a program that a language model drives. Each is a call of this API, or
//! the view of a picture, made in its name.

use monogram::access::Scope;
use monogram::api::key::denied;
use monogram::api::lint::Asked;
use monogram::error::{Fault, Problem};
use monogram::mcp::answer::{self, Outcome};
use monogram::mcp::{self, Arguments, Headers, Message, Request, Tool};
use monogram::request::{self, Route};
use monogram::snippet::sender;
use monogram_platform::log::Log;
use monogram_platform::{Call, Visit, body, json};

use crate::answer::Answer;
use crate::renderer::{Drawn, Renderer};
use crate::{lint, snippet};

/// # Errors
/// 403 for a page of another origin, and those of [`body::read`]. Other errors are answers.
pub async fn answer(visit: &Visit<'_>, renderer: &Renderer, log: &mut Log) -> Result<Answer, Problem> {
    let origin = visit.header("Origin");
    if !origin.is_empty() && origin != visit.call.origin {
        return Err(Problem::new(Fault::Refused, "other-origin", "A page of another origin may not call this")
            .remedy("call it from a program, and not from a page"));
    }
    let bytes = body::read(visit, visit.limits().body_bytes).await?;
    let [version, method, name] = ["MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"].map(|header| visit.header(header));
    let headers = Headers { version: &version, method: &method, name: &name };
    let Message { id, request } = match mcp::message::read(&bytes, headers) {
        Ok(message) => message,
        Err(failure) => {
            log.problem = Some("mcp-message".into());
            return Ok(answer::failed(&failure).into());
        }
    };
    drop(bytes);
    let Some(id) = id else { return Ok(answer::accepted().into()) };
    let reply = match request {
        Request::Initialize(version) => mcp::reply(&id, &answer::initialized(version).to_string()),
        Request::Discover => mcp::reply(&id, &answer::discovered().to_string()),
        Request::Ping | Request::Notification => mcp::reply(&id, "{}"),
        Request::ListTools => mcp::reply(&id, &answer::listed(visit.grant.scopes).to_string()),
        Request::CallTool(tool, arguments) => {
            let mut changed = None;
            let outcome = run(visit, tool, arguments, renderer, &mut changed, log).await.unwrap_or_else(|problem| {
                log.problem = Some(problem.code.into());
                Outcome::of_problem(&problem)
            });
            log.kind = tool.name();
            return Ok(Answer { changed, ..mcp::reply(&id, &outcome.write()).into() });
        }
    };
    Ok(reply.into())
}

/// Does what a tool does. `changed` becomes [`Answer::changed`].
async fn run(
    visit: &Visit<'_>,
    tool: &'static Tool,
    mut arguments: Arguments,
    renderer: &Renderer,
    changed: &mut Option<String>,
    log: &mut Log,
) -> Result<Outcome, Problem> {
    match tool.name() {
        "lint_email" => {
            tool.check(&arguments)?;
            Ok(Outcome::of_json(&check_email(visit, &arguments, log).await?))
        }
        "preview" => {
            tool.check(&arguments)?;
            if let (None, Some(id)) = (arguments.raw("document"), arguments.raw("id")) {
                let mut named = Arguments::default();
                named.set("id", id.to_owned());
                let get = Tool::find("get_template").ok_or_else(no_document)?;
                let published = ask(visit, &mcp::call::call(get, &named)?, renderer, log).await?.reply.body;
                arguments.set("document", String::from_utf8_lossy(&published).into_owned());
            }
            if arguments.raw("document").is_none() {
                return Err(no_document());
            }
            let picture = ask(visit, &mcp::call::preview(&arguments), renderer, log).await?.reply;
            if picture.status != 200 {
                return Ok(Outcome::of_problem_document(&picture.body));
            }
            arguments.set("format", "\"json\"".to_owned());
            let report = ask(visit, &mcp::call::preview(&arguments), renderer, log).await?.reply;
            if report.status != 200 {
                return Ok(Outcome::of_problem_document(&report.body));
            }
            let media_type = picture.header("Content-Type").unwrap_or_default();
            Ok(Outcome::of_json(&report.body).with_picture(media_type, &picture.body))
        }
        "explain" => {
            let report = pass(visit, &mcp::call::call(tool, &arguments)?, renderer).await?;
            if report.status == 200 {
                return Ok(Outcome::of_json(&report.body.to_vec()));
            }
            log.problem = Some(report.header("x-problem").to_owned().into());
            Ok(Outcome::of_problem_document(&report.body.to_vec()))
        }
        _ => {
            let answer = ask(visit, &mcp::call::call(tool, &arguments)?, renderer, log).await?;
            *changed = answer.changed;
            Ok(match arguments.text("id").filter(|_| tool.name() == "get_template") {
                Some(id) => Outcome::of_document(&id, &answer.reply),
                None => Outcome::of_json(&answer.reply.body),
            })
        }
    }
}

/// Makes a call as if it had been sent, with the same key.
async fn ask(visit: &Visit<'_>, sent: &mcp::Call, renderer: &Renderer, log: &mut Log) -> Result<Answer, Problem> {
    let request = request::read(sent.method, &sent.path, &sent.query, visit.limits())?;
    let call = Call { path: &sent.path, if_none_match: "", ..*visit.call };
    match &request.route {
        Route::Management(what) => {
            visit.allows_scope(request.scope.unwrap_or_default())?;
            let inner =
                Visit { call: &call, grant: visit.grant.clone(), query: &sent.query, sent: Some(sent), ..*visit };
            super::make(&inner, what, renderer, log).await
        }
        // A snippet is there for everyone.
        Route::Snippet { template, size, revision } => {
            Ok(snippet::answer(&call, template, (size.as_deref(), *revision), &sent.query, log).await?.into())
        }
        _ => Err(Problem::new(Fault::Ours, "no-call", "This tool has no call")),
    }
}

/// Passes a call on to the module that draws, for the same key.
async fn pass(visit: &Visit<'_>, sent: &mcp::Call, renderer: &Renderer) -> Result<Drawn, Problem> {
    let question = if sent.query.is_empty() { "" } else { "?" };
    renderer.call(visit, &format!("{}{question}{}", sent.path, sent.query)).await
}

/// The report about an email.
async fn check_email(visit: &Visit<'_>, arguments: &Arguments, log: &mut Log) -> Result<Vec<u8>, Problem> {
    visit.grant.allows_scope(Scope::Sign, visit.now).map_err(denied)?;
    let html = arguments.text("html").unwrap_or_default();
    let sender = arguments.text("sender").map(|name| sender::find(&name)).transpose();
    let sender = sender.map_err(|problem| problem.at("sender"))?.map(|sender| sender.id);
    let query = sender.map(|sender| format!("sender={sender}")).unwrap_or_default();
    if html.trim().is_empty() || html.len() > visit.limits().email_bytes {
        return Err(Problem::new(Fault::Request, "email-unread", "The email could not be checked")
            .at("html")
            .remedy("give the HTML of an email, of at most 1 MiB"));
    }
    let asked = Asked::read(&query, visit.limits())?;
    Ok(json(200, &lint::report(visit.call, &asked, &html, Some(&visit.grant), log).await).body)
}

fn no_document() -> Problem {
    Problem::new(Fault::Request, "missing-argument", "There is nothing to draw")
        .at("document")
        .remedy("give a `document`, or the `id` of a published template")
}
