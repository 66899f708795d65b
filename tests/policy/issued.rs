//! Signed and sealed URLs as a deployment issues them, and their answers.

use std::collections::{BTreeMap, BTreeSet};

use monogram::access::Prefix;
use monogram::limits::Limits;
use monogram::params::declare::TextParam;
use monogram::params::{Param, Params, Values};
use monogram::policy::{self, Bound, Keyring, Policy, Refused, Sealer, Target, select};
use monogram::request::{Options, Route, TemplateId, route};

use crate::util::Random;

pub const NOW: u64 = 1_800_000_000;
pub const CURRENT: &str = "the current secret of these tests";
pub const FORMER: &str = "the former secret of these tests!";
/// No policy opens or fixes `city` and `_debug`.
pub const NAMES: [&str; 4] = ["city", "company", "name", "title"];

pub fn declared() -> Params {
    let text = |name: &str| {
        (name.to_owned(), Param::Text(TextParam { default: Some(format!("no {name}")), ..TextParam::default() }))
    };
    NAMES.map(text).into()
}

pub fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub fn id(text: &str) -> TemplateId {
    TemplateId::parse(text).unwrap()
}

pub fn keyring(secrets: &[&str]) -> Keyring {
    Keyring::new(secrets, [99].into()).unwrap()
}

/// One URL that was signed or sealed, and everything about it that may not change.
pub struct Issued {
    /// `s` or `x`
    pub kind: char,
    pub token: String,
    pub template: TemplateId,
    pub target: Target,
    pub revision: Option<u32>,
    pub bound: Bound,
}

impl Issued {
    pub fn path(&self) -> String {
        let revision = self.revision.map(|revision| format!("@{revision}")).unwrap_or_default();
        format!("/{}/{}/{}{revision}.png", self.kind, self.token, self.template)
    }

    /// The values that the query cannot change.
    pub fn bound_values(&self) -> Values {
        let mut values = select::values(&self.bound, &declared(), &[], "", &Limits::default());
        values.retain(|name, _| !self.bound.open.contains(name));
        values
    }
}

/// Tokens of three tenants, of both secrets, for live and pinned templates, with and without
/// everything that is optional.
pub fn issue(random: &mut Random) -> Vec<Issued> {
    let limits = Limits::default();
    let fixed = [
        map(&[]),
        map(&[("company", "Acme & Söhne")]),
        map(&[("company", "Acme"), ("title", "50% off"), ("_lang", "de")]),
        map(&[("name.default", "Valued customer"), ("title", "")]),
    ];
    (0..120)
        .map(|number| {
            let tenant = random.one(&["acme", "acmeother", "globex"]);
            let template = id(&format!("{tenant}/{}", random.one(&["welcome", "q3/hero"])));
            let revision = random.one(&[None, Some(1), Some(7), Some(300)]);
            let (kid, expires) = (number % 5, NOW as u32 + 1 + random.below(1_000_000) as u32);
            let keyring = keyring(&[random.one(&[CURRENT, FORMER])]);
            let one = Target::Template(template.clone());
            let mut bound = Bound { fixed: fixed[random.below(fixed.len())].clone(), open: BTreeSet::new() };
            if number % 3 == 0 {
                bound.fixed.insert("name".to_owned(), format!("Maria {number}"));
                let sealer = Sealer::new(&keyring, kid, expires, &template, revision).unwrap();
                let token = sealer.seal(&bound.fixed, &limits).unwrap();
                return Issued { kind: 'x', token, template, target: one, revision, bound };
            }
            bound.open = ["name", "company", "title"]
                .iter()
                .filter(|name| !bound.fixed.contains_key(**name) && (**name == "name" || random.below(2) == 0))
                .map(|name| (*name).to_owned())
                .collect();
            let target =
                if random.below(3) == 0 { Target::Prefix(Prefix::parse(&format!("{tenant}/")).unwrap()) } else { one };
            let nonce = (random.below(3) == 0).then(|| u64::from(number).to_be_bytes());
            let policy = Policy { kid, target: target.clone(), revision, expires, bound: bound.clone(), nonce };
            let token = policy::sign(&policy, &keyring, &limits).unwrap();
            Issued { kind: 's', token, template, target, revision, bound }
        })
        .collect()
}

/// What a request shows.
pub struct Shown {
    pub token: String,
    pub template: TemplateId,
    pub revision: Option<u32>,
    pub values: Values,
    pub options: Options,
}

/// Answers a URL as a Worker does.
pub fn answer(url: &str, keyring: &Keyring, now: u64) -> Result<Shown, &'static str> {
    let limits = Limits::default();
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let (_, route) = route::find("GET", path).map_err(|problem| problem.code)?;
    let (token, image, bound) = match route {
        Route::Signed { token, image } => {
            let policy = policy::verify(&token, keyring, &image.template, image.revision, now, &limits);
            (token, image, policy.map_err(Refused::code)?.bound)
        }
        Route::Sealed { token, image } => {
            let opened = policy::open(&token, keyring, &image.template, image.revision, now, &limits);
            (token, image, opened.map_err(Refused::code)?.bound)
        }
        _ => return Err("unsigned"),
    };
    Ok(Shown {
        token,
        template: image.template,
        revision: image.revision,
        values: select::values(&bound, &declared(), &[], query, &limits),
        options: select::options(&bound, query, &limits),
    })
}
