//! D1, the database of what must be exact (binding `DB`).
//!
//! Rows come as JSON arrays, which serde reads as tuples. Every answer has a deadline. If a write is
//! late, it may have happened: nothing that depends on it is undone.

use futures_util::future::LocalBoxFuture;
use monogram::error::{Fault, Problem};
use monogram::limits::Limits;
use serde::de::{DeserializeOwned, IgnoredAny};
use worker::js_sys::{Array, JSON};
use worker::wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement, Env};

pub use crate::deadline::unavailable;
use crate::{deadline, log};

/// The name of the binding.
const BINDING: &str = "DB";

/// The database.
pub struct Database {
    database: D1Database,
    wait_ms: u32,
}

/// A statement with its values, which are bound in their order to `?1`, `?2`, …
pub type Statement<'a> = (&'a str, Vec<JsValue>);

/// A text to bind.
pub fn text(text: &str) -> JsValue {
    JsValue::from_str(text)
}

/// A whole number to bind. D1 keeps 53 bits.
#[expect(clippy::cast_precision_loss, reason = "times and counts are far below 2^53")]
pub fn number(number: impl Into<u64>) -> JsValue {
    JsValue::from_f64(number.into() as f64)
}

/// A value to bind that may be missing.
pub fn optional<T>(value: Option<T>, bind: impl FnOnce(T) -> JsValue) -> JsValue {
    value.map_or(JsValue::NULL, bind)
}

impl Database {
    /// # Errors
    /// 503 if the deployment has no database.
    pub fn of(env: &Env, limits: &Limits) -> Result<Self, Problem> {
        let database = env.d1(BINDING).map_err(|_| {
            Problem::new(Fault::Unavailable, "no-database", "This deployment has no database, which the management API needs")
                .remedy("add the [[d1_databases]] of wrangler.toml, and run: npx wrangler d1 migrations apply monogram --remote")
        })?;
        Ok(Self { database, wait_ms: limits.store_wait_ms })
    }

    /// The same with another deadline for each answer, in ms.
    #[must_use]
    pub fn within_ms(self, wait_ms: u32) -> Self {
        Self { wait_ms, ..self }
    }

    /// All rows of a query.
    ///
    /// # Errors
    /// 503 if the database failed or was late.
    pub async fn rows<T: DeserializeOwned>(&self, sql: &str, values: &[JsValue]) -> Result<Vec<T>, Problem> {
        serde_json::from_str(&self.json(sql, values).await?).map_err(|_| {
            log::fault("database-row", None);
            unavailable()
        })
    }

    /// The rows as a JSON array of arrays.
    async fn json(&self, sql: &str, values: &[JsValue]) -> Result<String, Problem> {
        let statement = self.statement(sql, values)?;
        let rows = self.within(Box::pin(statement.raw_js_value())).await?;
        let rows: Array = rows.into_iter().collect();
        JSON::stringify(&rows).ok().and_then(|text| text.as_string()).ok_or_else(unavailable)
    }

    /// The first row of a query. `None` if it has none.
    ///
    /// # Errors
    /// As [`Self::rows`].
    pub async fn first<T: DeserializeOwned>(&self, sql: &str, values: &[JsValue]) -> Result<Option<T>, Problem> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Runs statements as one transaction: all of them or none. The result is the number of rows
    /// that the first one returned.
    ///
    /// # Errors
    /// 503 if the database failed or was late. If it was late, the transaction may have happened.
    pub async fn transaction(&self, statements: Vec<Statement<'_>>) -> Result<usize, Problem> {
        let statements = statements.iter().map(|(sql, values)| self.statement(sql, values));
        let batch = self.database.batch(statements.collect::<Result<_, _>>()?);
        let results = self.within(Box::pin(batch)).await?;
        let rows = results.first().and_then(|result| result.results::<IgnoredAny>().ok());
        rows.map(|rows| rows.len()).ok_or_else(unavailable)
    }

    fn statement(&self, sql: &str, values: &[JsValue]) -> Result<D1PreparedStatement, Problem> {
        self.database.prepare(sql).bind(values).map_err(|_| unavailable())
    }

    async fn within<T>(&self, call: LocalBoxFuture<'_, worker::Result<T>>) -> Result<T, Problem> {
        deadline::store(self.wait_ms, ("database-failed", "database-late"), call).await
    }
}
