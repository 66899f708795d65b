//! The signature of what a webhook is told, as Standard Webhooks 1.0 has it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The least and the most bytes of a secret.
pub const SECRET_BYTES: std::ops::RangeInclusive<usize> = 16..=200;

/// Seconds between a try and the next one, if it fails. After the last one nobody is told.
pub const PAUSES_S: [u32; 6] = [10, 60, 300, 1_800, 7_200, 36_000];

/// The value of the header `webhook-signature`. A secret that begins with `whsec_` is base64.
///
/// ```
/// use monogram::jobs::hook::signature;
///
/// // The example of the specification.
/// let signed = signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
/// assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
/// ```
#[must_use]
pub fn signature(secret: &str, id: &str, seconds: u64, body: &str) -> String {
    let decoded = secret.strip_prefix("whsec_").and_then(|rest| STANDARD.decode(rest).ok());
    let key = decoded.unwrap_or_else(|| secret.as_bytes().to_vec());
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return String::new() };
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}
