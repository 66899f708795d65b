//! The hosts that a deployment fetches from: those that its variables name.

use monogram::remote::Provider;
use worker::Env;

use crate::log;

/// The variable with the hosts of a deployment, with commas or spaces between them.
const HOSTS: &str = "IMAGE_HOSTS";

/// The variable with the URL of the deployment's provider of logos.
const LOGO: &str = "LOGO_URL";

/// The patterns of the hosts that a deployment allows.
#[must_use]
pub fn allowed(env: &Env) -> Vec<String> {
    let listed = env.var(HOSTS).map(|value| value.to_string()).unwrap_or_default();
    listed.split([',', ' ', '\n']).filter(|pattern| !pattern.is_empty()).map(str::to_owned).collect()
}

/// The deployment's provider of logos. `None` if it has chosen none, or one that cannot be asked.
#[must_use]
pub fn provider(env: &Env) -> Option<Provider> {
    let pattern = env.var(LOGO).ok()?.to_string();
    let provider = Provider::read(&pattern);
    if provider.is_none() && !pattern.is_empty() {
        log::fault("logo-url-invalid", None);
    }
    provider
}
