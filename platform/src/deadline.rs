//! Deadlines on the answers of the platform, because KV, the Cache API and static assets may hang.
//!
//! Nothing here runs for a picture in this isolate's memory, which needs no waiting.

use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use monogram::error::{Fault, Problem};
use worker::{ByteStream, Delay, js_sys};

use crate::log;

/// Seconds after which a caller may try again.
const RETRY_S: u16 = 5;

/// No answer came in time.
pub struct Late;

/// Why a body was not read to its end.
pub enum Cut {
    /// The body did not end in time, or brought no bytes for too long.
    Late,
    /// The stream of the body failed.
    Broken,
    /// The body is larger than its limit.
    TooLarge,
}

/// The moment at which a request stops waiting for something.
#[derive(Clone, Copy)]
pub struct Deadline {
    /// The time in ms since 1970.
    at_ms: f64,
}

impl Deadline {
    /// The moment this many ms from now.
    pub fn after(ms: u32) -> Self {
        Self { at_ms: js_sys::Date::now() + f64::from(ms) }
    }

    /// A timer of this many ms, or of the remaining time if that is less.
    fn timer(self, ms: u32) -> Delay {
        let left = (self.at_ms - js_sys::Date::now()).clamp(0.0, f64::from(ms));
        Delay::from(Duration::from_secs_f64(left / 1_000.0))
    }

    /// Waits for this many ms, or for the remaining time if that is less.
    pub async fn sleep(self, ms: u32) {
        self.timer(ms).await;
    }

    /// The sooner of this moment and one `ms` from now.
    pub fn at_most(self, ms: u32) -> Self {
        Self { at_ms: self.at_ms.min(Self::after(ms).at_ms) }
    }

    /// The time in ms since 1970.
    pub const fn at_ms(self) -> f64 {
        self.at_ms
    }

    /// Whether less than a ms is left. Timers are precise to a ms.
    pub fn is_over(self) -> bool {
        self.at_ms - js_sys::Date::now() < 1.0
    }

    /// The answer of a call.
    ///
    /// # Errors
    /// The call took more than `ms`, or the deadline is over.
    pub async fn within<T>(self, ms: u32, call: impl Future<Output = T>) -> Result<T, Late> {
        match select(pin!(call), pin!(self.timer(ms))).await {
            Either::Left((answer, _)) => Ok(answer),
            Either::Right(_) => Err(Late),
        }
    }

    /// A whole body of at most so many bytes. No more of it is read.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn whole(self, body: &mut ByteStream, silence_ms: u32, most_bytes: usize) -> Result<Vec<u8>, Cut> {
        let (mut chunks, mut room) = (Vec::new(), most_bytes);
        let take = |chunk: Vec<u8>| {
            let left = room.checked_sub(chunk.len());
            room = left.unwrap_or(0);
            if left.is_some() {
                chunks.push(chunk);
            }
            left.is_some()
        };
        self.read(body, silence_ms, take).await?;
        Ok(join(chunks))
    }

    /// Passes the chunks of a body to `take`, until that returns `false` because there is no room.
    /// The body may bring no bytes for `silence_ms`, and it is always cut before twice that time:
    /// one timer watches many chunks, because a body comes in chunks of 4 KiB.
    ///
    /// # Errors
    /// The body was not read to its end.
    pub async fn read(
        self,
        body: &mut ByteStream,
        silence_ms: u32,
        mut take: impl FnMut(Vec<u8>) -> bool,
    ) -> Result<(), Cut> {
        let mut timer = self.timer(silence_ms);
        let mut moved = false;
        loop {
            let next = match select(body.next(), &mut timer).await {
                Either::Left((next, _)) => Some(next),
                Either::Right(_) => None,
            };
            match next {
                Some(None) => return Ok(()),
                Some(Some(Err(_))) => return Err(Cut::Broken),
                Some(Some(Ok(chunk))) => {
                    moved |= !chunk.is_empty();
                    if !take(chunk) {
                        return Err(Cut::TooLarge);
                    }
                }
                None if !moved || self.is_over() => return Err(Cut::Late),
                None => {
                    moved = false;
                    timer = self.timer(silence_ms);
                }
            }
        }
    }
}

/// The answer of a store that may take `ms`. `faults` are the names in the log of one that fails, and of
/// one that is late.
///
/// # Errors
/// 503 if it fails or is late. What was late may have happened.
pub async fn store<T, E>(
    ms: u32,
    faults: (&'static str, &'static str),
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, Problem> {
    let what = match Deadline::after(ms).within(ms, call).await {
        Ok(Ok(answer)) => return Ok(answer),
        Ok(Err(_)) => faults.0,
        Err(Late) => faults.1,
    };
    log::fault(what, None);
    Err(unavailable())
}

/// The problem of a store that cannot be used now.
pub fn unavailable() -> Problem {
    Problem::new(Fault::Unavailable, "store-unavailable", "A store of this deployment does not answer")
        .remedy("send the same request again in a few seconds; pictures are not affected")
        .retry_after(RETRY_S)
}

/// Joins chunks.
fn join(chunks: Vec<Vec<u8>>) -> Vec<u8> {
    let mut whole = vec![0; chunks.iter().map(Vec::len).sum()];
    join_into(&mut whole, chunks);
    whole
}

/// Writes chunks one after the other into a buffer of their total size, each straight to its final
/// place: a growing vector leaves holes as large as itself, and linear memory never shrinks.
pub fn join_into(mut room: &mut [u8], chunks: Vec<Vec<u8>>) {
    for chunk in chunks {
        let Some((head, tail)) = room.split_at_mut_checked(chunk.len()) else { return };
        head.copy_from_slice(&chunk);
        room = tail;
    }
}
