//! `monogram sign acme/hello@4 --open name --fixed company=Acme --expires 30d`: a signed URL for an
//! email.
//!
//! The secret is that of the deployment, in the variable of the environment `SIGNING_SECRET`:
//! nothing is asked of a server.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use monogram::api::moment;
use monogram::api::sign::declared;
use monogram::limits::Limits;
use monogram::params::Params;
use monogram::policy::{self, Bound, Keyring, Policy, Sealer, Target};
use monogram::request::{Format, TemplateId};
use monogram::template::{Template, samples};
use monogram::world::World;
use serde_json::Value as Json;

use crate::Done;
use crate::folder::{Folder, unreadable};
use crate::out::say;
use crate::{api, clock};

/// The values that the URL may show.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    subject: Subject,
    /// A param that the URL's query may fill, such as a merge tag. Repeat it for each.
    #[arg(long = "open", value_name = "PARAM")]
    open: Vec<String>,
    /// A param with a value that the URL cannot change: company=Acme. Repeat it for each.
    #[arg(long = "fixed", value_name = "PARAM=VALUE")]
    fixed: Vec<String>,
}

/// Which values to seal.
#[derive(clap::Args)]
pub struct SealArguments {
    #[command(flatten)]
    subject: Subject,
    /// A file with a JSON object of values in each line: {"name": "Maria"}.
    rows: PathBuf,
}

/// The template of the URL, and its lifetime.
#[derive(clap::Args)]
struct Subject {
    /// A template, and a revision if the picture shall never change: acme/hello@4.
    template: String,
    /// How long the URL is valid: 30d, 12h or 90m; or the moment: 2027-01-01T00:00:00Z, or a Unix time in seconds.
    #[arg(long, default_value = "30d")]
    expires: String,
    /// The number of the key that signs, by which its URLs can be revoked.
    #[arg(long, default_value_t = 1)]
    key: u32,
    /// The picture's format.
    #[arg(long, default_value = "png")]
    format: String,
}

/// The same, read.
struct Read {
    template: TemplateId,
    revision: Option<u32>,
    /// Unix time in seconds.
    expires: u32,
    keyring: Keyring,
}

impl Subject {
    fn read(&self) -> Result<Read, Box<dyn std::error::Error>> {
        let api::Subject { id, revision } = api::Subject::parse(&self.template)?;
        if !Format::from_extension(&self.format).is_some_and(Format::is_image) {
            return Err(format!("--format {}: write png, jpg, webp or gif", self.format).into());
        }
        let number = self.expires.parse::<u64>().map(Json::from);
        let expires = moment::expires(&number.unwrap_or_else(|_| self.expires.as_str().into()), clock::now());
        let expires = expires.map_err(|problem| {
            let remedy = match problem.code {
                "expiry-passed" => "write a later one, such as 30d",
                _ => "write 30d, 12h, 90m, 2027-01-01T00:00:00Z, or a Unix time in seconds",
            };
            format!("--expires {}: {} ({remedy})", self.expires, problem.message)
        })?;
        let secret = std::env::var("SIGNING_SECRET")
            .map_err(|_| "set SIGNING_SECRET to the deployment's secret (npx wrangler secret put SIGNING_SECRET)")?;
        let keyring = Keyring::new(&[&secret], BTreeSet::new()).map_err(|_| {
            "SIGNING_SECRET has fewer than 32 characters; set it to the deployment's secret, or make one: \
             openssl rand -base64 48"
        })?;
        Ok(Read { template: id, revision, expires, keyring })
    }
}

/// The params of a template whose file, or whose sample, is here. `None` if it is only in the deployment.
fn params(id: &TemplateId, folder: &Folder) -> Option<Params> {
    let found = folder.template(id.as_str()).ok();
    let sample = || Template::parse(samples::get(id.as_str())?, folder.limits()).ok();
    Some(found.or_else(sample)?.document.params)
}

/// Prints a signed URL's path.
///
/// # Errors
/// No secret, or something that cannot be signed.
pub fn run(arguments: &Arguments, folder: &Folder) -> Done {
    let limits = Limits::default();
    let Read { template, revision, expires, keyring } = arguments.subject.read()?;
    let fixed = arguments.fixed.iter().map(|pair| {
        let (name, value) = pair.split_once('=').ok_or_else(|| format!("--fixed {pair}: write PARAM=VALUE"))?;
        Ok((name.to_owned(), value.to_owned()))
    });
    let bound = Bound {
        fixed: fixed.collect::<Result<BTreeMap<_, _>, String>>()?,
        open: arguments.open.iter().cloned().collect(),
    };
    if let Some(params) = params(&template, folder) {
        let fixed = bound.fixed.keys().map(|name| (name.strip_suffix(".default").unwrap_or(name), "--fixed"));
        for (name, option) in bound.open.iter().map(|name| (name.as_str(), "--open")).chain(fixed) {
            declared(name, &params, option).map_err(|problem| {
                let remedy = problem.remedy.unwrap_or_default();
                format!("{option} {name}: {} ({remedy})", problem.message)
            })?;
        }
    }
    let query: Vec<String> = arguments.open.iter().map(|name| format!("{name}=")).collect();
    let policy = Policy {
        kid: arguments.subject.key,
        target: Target::Template(template),
        revision,
        expires,
        bound,
        nonce: None,
    };
    let token = policy::sign(&policy, &keyring, &limits)?;
    let question = if query.is_empty() { "" } else { "?" };
    say!("/s/{token}/{}.{}{question}{}", arguments.subject.template, arguments.subject.format, query.join("&"))?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the path of a sealed URL for each row.
///
/// # Errors
/// No secret, a file that is not JSON lines, or a row that cannot be sealed, by its line.
pub fn seal(arguments: &SealArguments) -> Done {
    let limits = Limits::default();
    let Read { template, revision, expires, keyring } = arguments.subject.read()?;
    let sealer = Sealer::new(&keyring, arguments.subject.key, expires, &template, revision)?;
    let rows = fs::read_to_string(&arguments.rows).map_err(|error| unreadable(&arguments.rows, &error))?;
    let file = arguments.rows.display();
    for (number, line) in (1..).zip(rows.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let row: BTreeMap<String, String> = serde_json::from_str(line).map_err(|_| {
            format!("{file}, line {number}: write a JSON object of texts, such as {{\"name\": \"Maria\"}}")
        })?;
        let token = sealer.seal(&row, &limits).map_err(|error| format!("{file}, line {number}: {error}"))?;
        say!("/x/{token}/{}.{}", arguments.subject.template, arguments.subject.format)?;
    }
    Ok(ExitCode::SUCCESS)
}
