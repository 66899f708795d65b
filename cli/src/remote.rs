//! Images on other hosts, for pictures that are drawn here: fetched under the rules of the Worker.
//!
//! Only hosts that the template allows are asked, each redirect is judged in the same way, and all
//! images of a picture come within one deadline. Whoever runs the command stands in for the list of a
//! deployment.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use monogram::asset::AssetId;
use monogram::error::Fault;
use monogram::image::{self, svg::is_svg};
use monogram::limits::Limits;
use monogram::plan::Plan;
use monogram::remote::{Failure, Place, Remote, Url, host};
use ureq::Agent;
use ureq::http::Request;
use ureq::tls::{RootCerts, TlsConfig};

use crate::{clock, svg};

/// The bytes of an image, or the reason why there are none.
type Had = Result<Rc<[u8]>, Failure>;

/// The images that this run of the command has fetched, or could not fetch.
#[derive(Default)]
pub struct Fetched {
    had: RefCell<BTreeMap<AssetId, Had>>,
}

impl Fetched {
    /// The bytes of an image. `None` if it could not be had, or was not asked for.
    pub fn get(&self, id: &AssetId) -> Option<Rc<[u8]>> {
        self.had.borrow().get(id)?.as_ref().ok().cloned()
    }

    /// Fetches the images of a plan that were not asked for before, all at once. Returns those that
    /// could not be had.
    pub fn fetch(&self, plan: &Plan, limits: &Limits) -> Vec<(AssetId, Failure)> {
        let is_new = |remote: &&Remote| !self.had.borrow().contains_key(&remote.id);
        // A thread needs no more than the URL and the hosts.
        let wanted: Vec<_> = plan.remotes.iter().filter(is_new).map(Wanted::of).collect();
        let until = clock::moment().checked_add(Duration::from_millis(limits.remotes_wait_ms.into()));
        let asked = thread::scope(|scope| {
            let threads: Vec<_> = wanted.iter().map(|wanted| scope.spawn(|| wanted.fetch(until, limits))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or(Err(Failure::Network))).collect::<Vec<_>>()
        });
        let mut had = self.had.borrow_mut();
        had.extend(wanted.iter().map(|wanted| wanted.id.clone()).zip(asked.into_iter().map(|had| had.map(Rc::from))));
        let failed = |remote: &Remote| Some((remote.id.clone(), *had.get(&remote.id)?.as_ref().err()?));
        plan.remotes.iter().filter_map(failed).collect()
    }
}

/// An image to fetch.
struct Wanted {
    id: AssetId,
    /// `None` for the logo of a company, because a command has no provider of logos.
    url: Option<Url>,
    hosts: Vec<String>,
}

impl Wanted {
    fn of(remote: &Remote) -> Self {
        let url = match &remote.place {
            Place::Url(url) => Some(url.clone()),
            Place::Logo(_) => None,
        };
        Self { id: remote.id.clone(), url, hosts: remote.hosts.to_vec() }
    }

    fn fetch(&self, until: Option<Instant>, limits: &Limits) -> Result<Vec<u8>, Failure> {
        let mut url = self.url.clone().ok_or(Failure::NoProvider)?;
        let bytes = u64::try_from(limits.image_bytes).unwrap_or(u64::MAX);
        for _ in 0..=limits.redirects {
            let left = until.and_then(|until| until.checked_duration_since(clock::moment())).ok_or(Failure::Timeout)?;
            let request = Request::get(url.as_str())
                .header("Accept", "image/png, image/jpeg, image/webp, image/gif, image/svg+xml")
                .body(());
            let answer = agent(left).run(request.map_err(|_| Failure::Network)?);
            let mut response = answer.map_err(|error| failure(&error))?;
            match response.status().as_u16() {
                200 => {
                    let body = response.body_mut().with_config().limit(bytes).read_to_vec();
                    let file = body.map_err(|error| failure(&error))?;
                    let file = if is_svg(&file) { drawn(&file, limits)? } else { file };
                    image::header(&file, limits).map_err(|_| Failure::Type)?;
                    return image::decode(&file, limits).map(|_| file).map_err(|_| Failure::Damaged);
                }
                301 | 302 | 303 | 307 | 308 => {
                    let location = response.headers().get("location").and_then(|value| value.to_str().ok());
                    url = url.follow(location.unwrap_or_default()).map_err(|_| Failure::Redirect)?;
                    if !host::any_allows(self.hosts.iter().map(String::as_str), url.host()) {
                        return Err(Failure::Redirect);
                    }
                }
                _ => return Err(Failure::Status),
            }
        }
        Err(Failure::Redirect)
    }
}

/// A PNG of an SVG.
fn drawn(svg: &[u8], limits: &Limits) -> Result<Vec<u8>, Failure> {
    let drawn = svg::png(svg, &Cell::new(limits.svg_work), limits);
    drawn.map_err(|problem| if problem.fault == Fault::TooLarge { Failure::TooLarge } else { Failure::Svg })
}

/// A client whose requests take no longer than this.
fn agent(left: Duration) -> Agent {
    // A second installation fails, and the first one stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .https_only(true)
        .max_redirects(0)
        .timeout_global(Some(left))
        .user_agent(concat!("monogram/", env!("CARGO_PKG_VERSION")))
        .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
        .build();
    config.new_agent()
}

fn failure(error: &ureq::Error) -> Failure {
    match error {
        ureq::Error::Timeout(_) => Failure::Timeout,
        ureq::Error::BodyExceedsLimit(_) => Failure::TooLarge,
        _ => Failure::Network,
    }
}
