//! Times in bodies and answers: RFC 3339, as `2027-01-01T00:00:00Z`.

use serde_json::Value as Json;

use crate::error::{Fault, Problem};
use crate::locale::DateTime;
use crate::params::datetime;

/// The text of a Unix time in seconds.
#[must_use]
pub fn write(seconds: u64) -> String {
    let moment = i64::try_from(seconds).ok().and_then(DateTime::from_unix);
    moment.map_or_else(String::new, |moment| moment.to_string())
}

/// Reads the end of a time: RFC 3339, a distance from `now` (`90d`, `12h`, `30m`), or Unix seconds.
/// `now` is Unix time in seconds.
///
/// # Errors
/// 400 at `expires` if it is none of these, or is after 2106; 422 if it has passed.
pub fn expires(value: &Json, now: u64) -> Result<u32, Problem> {
    let wrong = || {
        Problem::new(Fault::Request, "bad-expiry", "This is no moment")
            .at("expires")
            .remedy("write 2027-01-01T00:00:00Z, or a distance from now such as 90d, 12h or 30m")
    };
    let seconds = match value {
        Json::Number(number) => number.as_u64().or_else(|| whole(number.as_f64()?)),
        Json::String(text) => distance(text).map_or_else(|| unix(text), |distance| now.checked_add(distance)),
        _ => None,
    };
    let seconds = seconds.and_then(|seconds| u32::try_from(seconds).ok()).ok_or_else(wrong)?;
    if u64::from(seconds) <= now {
        return Err(Problem::new(Fault::Document, "expiry-passed", "This moment has passed")
            .at("expires")
            .remedy("write a later one"));
    }
    Ok(seconds)
}

/// Seconds that some languages write as `1900000000.0`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is whole and small")]
fn whole(number: f64) -> Option<u64> {
    (number.trunc().to_bits() == number.to_bits() && (0.0..1e12).contains(&number)).then_some(number as u64)
}

fn distance(text: &str) -> Option<u64> {
    let unit = match text.chars().last()? {
        'd' => 86_400,
        'h' => 3_600,
        'm' => 60,
        _ => return None,
    };
    let digits = text.strip_suffix(['d', 'h', 'm'])?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u64>().ok()?.checked_mul(unit)).flatten()
}

/// The Unix time of a moment. A day without an offset begins in UTC.
fn unix(text: &str) -> Option<u64> {
    u64::try_from(datetime::read(text)?.unix()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    #[test]
    fn moments_are_read_and_written() {
        for (value, expected) in [
            (Json::from("2027-07-01T00:00:00Z"), "2027-07-01T00:00:00Z"),
            (Json::from("2027-07-01T02:00:00+02:00"), "2027-07-01T00:00:00Z"),
            (Json::from("2027-07-01"), "2027-07-01T00:00:00Z"),
            (Json::from("2028-02-29T23:59:59Z"), "2028-02-29T23:59:59Z"),
            (Json::from("2100-03-01T00:00:00Z"), "2100-03-01T00:00:00Z"),
            (Json::from("90d"), "2027-04-15T08:00:00Z"),
            (Json::from("12h"), "2027-01-15T20:00:00Z"),
            (Json::from(1_900_000_000.0), "2030-03-17T17:46:40Z"),
            (Json::from(1_900_000_000_u32), "2030-03-17T17:46:40Z"),
            (Json::from("1900000000"), "2030-03-17T17:46:40Z"),
        ] {
            let found = expires(&value, NOW).map(|seconds| write(u64::from(seconds)));
            assert_eq!(found.as_deref(), Ok(expected), "{value}");
        }
    }

    #[test]
    fn others_are_refused() {
        for value in [
            Json::from("2020-01-01"),
            Json::from("soon"),
            Json::from("-1d"),
            Json::from("d"),
            Json::from("999999999999999999d"),
            Json::from("2107-01-01"),
            Json::from(NOW),
            Json::Null,
            Json::from(1.5),
        ] {
            let problem = expires(&value, NOW).unwrap_err();
            let status = if problem.code == "expiry-passed" { 422 } else { 400 };
            assert_eq!((problem.status(), problem.field.as_deref()), (status, Some("expires")), "{value}");
        }
    }
}
