//! `Idempotency-Key`: a call that makes something, sent again because its answer was lost, makes it
//! once (draft-ietf-httpapi-idempotency-key-header).
//!
//! What was made is recorded in the transaction that makes it. A second call with the same key and
//! the same body gets the answer about that; one with another body is refused.

use monogram::api::upload::digest;
use monogram::error::{Fault, Problem};

use crate::Visit;
use crate::database::{Database, Statement, number, text};

/// The most characters of such a key. A UUID has 36.
const MAX_CHARS: usize = 255;

/// A call that is to happen once.
pub struct Once {
    /// The caller's name for it. `None` if the call may happen again and again.
    name: Option<String>,
    /// The digest of its path and body.
    call: String,
}

impl Once {
    /// Reads the header.
    ///
    /// # Errors
    /// 400 if it is no key.
    pub fn of(visit: &Visit<'_>, body: &[u8]) -> Result<Self, Problem> {
        let name = visit.header("Idempotency-Key");
        if name.len() > MAX_CHARS {
            let message = format!("An Idempotency-Key has at most {MAX_CHARS} characters");
            return Err(Problem::new(Fault::Request, "bad-idempotency-key", message).remedy("send a random UUID"));
        }
        let call = digest(&[visit.call.path.as_bytes(), b"\0", body].concat());
        Ok(Self { name: (!name.is_empty()).then_some(name), call })
    }

    /// What the call has made before. `None` if it is the first one.
    ///
    /// # Errors
    /// 409 if it was another call; 503.
    pub async fn made(&self, visit: &Visit<'_>, database: &Database) -> Result<Option<String>, Problem> {
        let Some(name) = &self.name else { return Ok(None) };
        let sql = "SELECT call, made FROM once WHERE kid = ?1 AND name = ?2";
        let row = database.first::<(String, String)>(sql, &[number(visit.grant.kid), text(name)]).await?;
        match row {
            None => Ok(None),
            Some((call, made)) if call == self.call => Ok(Some(made)),
            Some(_) => Err(Problem::new(
                Fault::Conflict,
                "idempotency-key-used",
                "This Idempotency-Key was sent with another call",
            )
            .remedy("send a new one with each new call")),
        }
    }

    /// The statement that records what is made, if the statement before it changed a row.
    pub fn record(&self, visit: &Visit<'_>, made: &str) -> Option<Statement<'static>> {
        let name = self.name.as_ref()?;
        let sql = "INSERT INTO once (kid, name, call, made, at) SELECT ?1, ?2, ?3, ?4, ?5 WHERE changes() > 0";
        Some((sql, vec![number(visit.grant.kid), text(name), text(&self.call), text(made), number(visit.now)]))
    }
}
