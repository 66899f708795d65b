//! `POST /v1/validate`: what publishing the body would answer, and nothing is stored. `?id=` is the id
//! that it would have.

use monogram::access::Scope;
use monogram::api::body as json_body;
use monogram::api::publish::{Draft, Fix, Validated, Warning};
use monogram::api::sign;
use monogram::error::Problem;
use monogram::request::query;
use monogram::response::Reply;
use monogram::template::mistake;
use monogram_platform::database::Database;
use monogram_platform::{Visit, body, included, json};

use super::{drafts, publish};
use crate::renderer::Renderer;

/// # Errors
/// The body cannot be read, or the id is none of the key's; 503. A wrong document is an answer.
pub async fn answer(visit: &Visit<'_>, renderer: &Renderer) -> Result<Reply, Problem> {
    let limits = visit.limits();
    let pairs = query::pairs(visit.query, limits);
    let id = pairs.iter().find(|pair| pair.name == "id").map(|pair| sign::id(&pair.value)).transpose();
    let id = id.map_err(|problem| problem.at("id"))?;
    if let Some(id) = &id {
        visit.allows(Scope::TemplatesRead, id.as_str())?;
    }
    let bytes = json_body::present(body::read(visit, limits.template_bytes).await?)?;
    let included = included::texts(visit, &String::from_utf8_lossy(&bytes)).await?;
    let draft = match Draft::read(bytes, &|id| included.get(id).cloned(), mistake::parse, limits) {
        Ok(draft) => draft,
        Err(problem) => {
            let answer = Validated { valid: false, problem: Some(Fix::of(&problem)), warnings: Vec::new(), cases: 0 };
            return Ok(json(200, &answer));
        }
    };
    let id = id.or_else(|| visit.usual_id());
    let stressed = drafts::stress(visit, renderer, &draft, id.as_ref()).await?;
    let problem = stressed.problem();
    let mut warnings = Warning::of_advice(&draft.template.document);
    warnings.extend(stressed.warnings);
    if let Some(id) = &id {
        publish::name_nearest(&mut warnings, &Database::of(visit.env(), limits)?, id).await;
    }
    let answer =
        Validated { valid: problem.is_none(), problem: problem.as_ref().map(Fix::of), warnings, cases: stressed.cases };
    Ok(json(200, &answer))
}
