//! Counts the pictures that are drawn for a key, in this isolate, and adds the sum to D1 in steps.
//!
//! Invariant: no picture waits for it. What the isolate has counted and not told is lost with it.

use std::cell::RefCell;

use monogram::api::usage::{self, Tally};
use monogram::limits::Limits;
use monogram::lru;
use worker::Env;

use super::super::{Call, log};
use super::database::{Database, number, text};
use super::now;

thread_local! {
    /// The tallies of keys, by their numbers.
    static MEMORY: RefCell<Option<lru::Cache<u32, Tally>>> = const { RefCell::new(None) };
}

/// Uses the tally of a key. The tallies weigh 1 each: their number is bounded.
fn with<T>(kid: u32, limits: &Limits, use_it: impl FnOnce(&mut Tally) -> T) -> T {
    MEMORY.with_borrow_mut(|cache| {
        let cache = cache.get_or_insert_with(|| lru::Cache::new(limits.memory_keys));
        let mut tally = cache.get(&kid).cloned().unwrap_or_default();
        let result = use_it(&mut tally);
        cache.put(kid, tally, 1);
        result
    })
}

/// Whether the quota of a key is used up, as far as this isolate knows.
pub fn is_over(call: &Call<'_>, kid: u32) -> bool {
    let now = now();
    let (is_over, count) = with(kid, call.limits, |tally| {
        let is_over = tally.is_over(now);
        (is_over, if is_over { tally.ask_again(now, call.limits.usage_ask_s) } else { None })
    });
    if let Some(count) = count {
        tell(call, kid, count, now);
    }
    is_over
}

/// Counts a picture that was drawn for a key. The key of the deployment, 0, has no quota.
pub fn count(call: &Call<'_>, kid: u32) {
    if kid == 0 {
        return;
    }
    let (now, limits) = (now(), call.limits);
    let count = with(kid, limits, |tally| tally.add(now, limits.usage_step, limits.usage_step_s));
    if let Some(count) = count {
        tell(call, kid, count, now);
    }
}

/// Adds a count to the database once the answer is on its way, and learns the sum and the quota.
fn tell(call: &Call<'_>, kid: u32, count: u32, now: u64) {
    let (env, limits) = (call.env.clone(), call.limits.clone());
    call.ctx.wait_until(async move {
        match add(&env, kid, count, now, &limits).await {
            Some(Some((known, quota))) => with(kid, &limits, |tally| tally.learn(known, quota)),
            // A URL that the command line signed may have any number, which is no key's.
            Some(None) => {}
            None => {
                log::fault("usage-lost", None);
                with(kid, &limits, |tally| tally.untell(count));
            }
        }
    });
}

/// The sum and the quota; the inner `None` if there is no such key, the outer one if the database
/// failed.
async fn add(env: &Env, kid: u32, count: u32, now: u64, limits: &Limits) -> Option<Option<(u64, Option<u32>)>> {
    let database = Database::of(env, limits).ok()?;
    let sql = "INSERT INTO usage (kid, month, renders) SELECT kid, ?2, ?3 FROM api_key WHERE kid = ?1 \
               ON CONFLICT (kid, month) DO UPDATE SET renders = renders + excluded.renders \
               RETURNING renders, (SELECT quota_renders FROM api_key WHERE kid = ?1)";
    let values = [number(kid), text(&usage::month(now)), number(count)];
    database.first::<(u64, Option<u32>)>(sql, &values).await.ok()
}
