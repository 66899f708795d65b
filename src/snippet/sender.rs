//! Senders: the patterns of `senders.json`, and the tags that are made from them.
//!
//! Invariant, which a test checks for every sender: a tag has no `&`, and not both kinds of quotes,
//! so that it can stand in an attribute unchanged.

use serde_json::Value as Json;

use crate::error::{Fault, Problem};
use crate::template::parse::nearest;

/// The text of `senders.json`.
pub const DATA: &str = include_str!("senders.json");

/// Stands for the name of the field in a pattern.
const FIELD: &str = "FIELD";

/// Stands for the default in a pattern.
const DEFAULT: &str = "DEFAULT";

/// Stands for what is there if a field is.
const TEXT: &str = "TEXT";

/// Stands for the name that a person gave a custom field, in the pattern of custom fields.
const NAME: &str = "NAME";

/// The fields that most senders have from the start: our name of each, and its label for people.
pub const FIELDS: [(&str, &str); 7] = [
    ("first_name", "First name"),
    ("last_name", "Last name"),
    (FULL_NAME, "Full name"),
    ("email", "Email address"),
    ("company", "Company"),
    ("city", "City"),
    ("country", "Country"),
];

/// The field for both names: two tags, where a sender has none for it.
const FULL_NAME: &str = "full_name";

/// What the name of a value of an event begins with: `event.price`.
const EVENT: &str = "event.";

/// Whether a field is a value of the event that sends an email.
#[must_use]
pub fn is_of_event(field: &str) -> bool {
    field.starts_with(EVENT)
}

/// The fields for a person's name.
pub const NAMES: [&str; 3] = ["first_name", "last_name", FULL_NAME];

/// One sender: an email service provider, or a tool that sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The id in URLs: lower-case words joined by hyphens.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// Whether the syntax was found in the sender's own documentation, or in many emails of its
    /// customers.
    pub verified: bool,
    /// The URL of the sender's page about merge tags.
    pub docs: Option<String>,
    /// The pattern of a tag: `*|FIELD|*`.
    pub tag: String,
    /// The pattern of a tag with a default: `{{ FIELD|default:'DEFAULT' }}`. `None` if a tag cannot
    /// have a default.
    pub default: Option<String>,
    /// The pattern of a text that is there if a field is: `{% if FIELD %}TEXT{% endif %}`. `None` if the
    /// sender has no conditions, or they were not looked up.
    pub when: Option<String>,
    /// The pattern of a tag that URL-encodes the field: `*|URL:FIELD|*`. `None` if the sender
    /// cannot encode.
    pub encoded: Option<String>,
    /// The sender's names of the fields in [`FIELDS`]. A field that is not listed is a custom
    /// field.
    pub fields: Vec<(String, String)>,
    /// The names of custom fields.
    pub custom: Custom,
    /// The pattern of the name of a value of the event that sends an email: `event.NAME`. `None` if the sender
    /// has no events, or they were not looked up.
    pub event: Option<String>,
    /// Advice in whole sentences.
    pub notes: Vec<String>,
}

/// How a sender names custom fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Custom {
    /// The pattern of a name: `contact.NAME`.
    pub pattern: String,
    /// The case of the name.
    pub case: Case,
    /// The most characters of the name. `None` if the sender documents none.
    pub max: Option<usize>,
}

/// The case in which a sender writes the name of a custom field, such as `loyalty tier`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// Unchanged.
    AsIs,
    /// `loyalty_tier`
    Lower,
    /// `LOYALTY_TIER`
    Upper,
    /// `loyaltyTier`
    Camel,
    /// `LoyaltyTier`
    Pascal,
    /// `Loyalty Tier`
    Words,
}

/// All senders, sorted by name.
#[must_use]
pub fn all() -> Vec<Sender> {
    // The file is read by hand, because a derived reader would add 7 kB to the wasm. A test checks
    // the file's format.
    let json: Json = serde_json::from_str(DATA).unwrap_or_default();
    json.as_array().into_iter().flatten().filter_map(Sender::read).collect()
}

/// The sender with this id.
///
/// # Errors
/// 400 if there is no such sender, with the most similar one in the remedy.
///
/// ```
/// use monogram::snippet::sender;
///
/// let klaviyo = sender::find("klaviyo").unwrap();
/// assert_eq!(klaviyo.url_tag("first_name"), "{{ first_name|urlencode }}");
/// assert_eq!(klaviyo.text_tag("first_name", "friend"), "{{ first_name|default:'friend' }}");
/// assert!(sender::find("mailchip").unwrap_err().to_string().contains("did you mean mailchimp?"));
/// ```
pub fn find(id: &str) -> Result<Sender, Problem> {
    let mut senders = all();
    let lower = id.trim().to_lowercase();
    if let Some(index) = senders.iter().position(|sender| sender.id == lower) {
        return Ok(senders.swap_remove(index));
    }
    // People write names, such as "Customer.io" and "Campaign Monitor".
    let names = senders.iter().flat_map(|sender| [(sender.id.as_str(), sender), (sender.name.as_str(), sender)]);
    let known: Vec<(String, &Sender)> = names.map(|(name, sender)| (name.to_lowercase(), sender)).collect();
    let near = nearest(&lower, known.iter().map(|(name, _)| name.as_str()));
    let near = near.and_then(|near| known.iter().find(|(name, _)| name == near)).map(|(_, sender)| &sender.id);
    let remedy = match near {
        _ if lower.is_empty() => "name your sender, such as mailchimp; GET /v1/senders lists them all".to_owned(),
        Some(near) => format!("did you mean {near}? GET /v1/senders lists them all"),
        None => {
            let ids: Vec<&str> = senders.iter().map(|sender| sender.id.as_str()).collect();
            format!("the senders are {}", ids.join(", "))
        }
    };
    Err(Problem::new(Fault::Request, "unknown-sender", "There is no sender with this name").at("esp").remedy(remedy))
}

/// The field of [`FIELDS`] that a param with this name stands for. `None` if it stands for none of
/// them.
#[must_use]
pub fn field_of(param: &str) -> Option<&'static str> {
    let field = match param {
        "full_name" | "fullname" => FULL_NAME,
        "name" | "first_name" | "firstname" | "fname" | "given_name" => "first_name",
        "last_name" | "lastname" | "lname" | "surname" | "family" | "family_name" => "last_name",
        "email" | "email_address" => "email",
        "company" | "company_name" | "organization" | "organisation" | "employer" => "company",
        "city" | "town" => "city",
        "country" => "country",
        _ => return None,
    };
    Some(field)
}

impl Sender {
    fn read(json: &Json) -> Option<Self> {
        let text = |key: &str| Some(json.get(key)?.as_str()?.to_owned());
        let pair = |(key, value): (&String, &Json)| Some((key.clone(), value.as_str()?.to_owned()));
        let custom = json.get("custom")?;
        Some(Self {
            id: text("id")?,
            name: text("name")?,
            verified: json.get("verified")?.as_bool()?,
            docs: text("docs"),
            tag: text("tag")?,
            default: text("default"),
            when: text("when"),
            encoded: text("encoded"),
            fields: json.get("fields")?.as_object()?.iter().filter_map(pair).collect(),
            custom: Custom {
                pattern: custom.get("pattern")?.as_str()?.to_owned(),
                case: Case::read(custom.get("case")?.as_str()?)?,
                max: custom.get("max").and_then(Json::as_u64).and_then(|max| usize::try_from(max).ok()),
            },
            event: text("event"),
            notes: json
                .get("notes")
                .and_then(Json::as_array)
                .into_iter()
                .flatten()
                .filter_map(Json::as_str)
                .map(str::to_owned)
                .collect(),
        })
    }

    /// The sender's name of a field, which is one of [`FIELDS`] or a custom one.
    #[must_use]
    pub fn field(&self, field: &str) -> String {
        let known = self.fields.iter().find(|(known, _)| known == field).map(|(_, name)| name.clone());
        let event = || self.of_event(field.strip_prefix(EVENT)?);
        known.or_else(event).unwrap_or_else(|| self.custom.pattern.replace(NAME, &self.custom_name(field)))
    }

    /// The sender's name of a value of an event: `event.items[0].name` in Liquid, `event.items.0.name` in others.
    fn of_event(&self, name: &str) -> Option<String> {
        let is_liquid = self.default.as_ref().is_some_and(|default| default.contains("| default: "));
        let (first, steps) = name.split_once('.').map_or((name, None), |(first, steps)| (first, Some(steps)));
        let mut written = self.event.as_ref()?.replace(NAME, first);
        for step in steps.into_iter().flat_map(|steps| steps.split('.')) {
            let is_index = is_liquid && step.bytes().all(|byte| byte.is_ascii_digit());
            written.push_str(&if is_index { format!("[{step}]") } else { format!(".{step}") });
        }
        Some(written)
    }

    /// The name of a custom field, no longer than the sender's are.
    fn custom_name(&self, field: &str) -> String {
        let name = self.custom.case.write(field);
        match self.custom.max {
            Some(max) => name.chars().take(max).collect::<String>().trim_end_matches('_').to_owned(),
            None => name,
        }
    }

    /// Whether the name of a custom field is longer than the sender's are.
    #[must_use]
    pub fn cuts(&self, field: &str) -> bool {
        let is_known = field == FULL_NAME
            || self.event.is_some() && is_of_event(field)
            || self.fields.iter().any(|(known, _)| known == field);
        !is_known && self.custom_name(field) != self.custom.case.write(field)
    }

    /// Whether a field is two fields of the sender.
    #[must_use]
    pub fn is_pair(&self, field: &str) -> bool {
        field == FULL_NAME && !self.has(FULL_NAME)
    }

    /// Whether the sender has a name of its own for a field of [`FIELDS`]; the others are custom fields.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.fields.iter().any(|(known, _)| known == field)
    }

    /// The tag for a URL, encoded if the sender can encode. It has no default: the URL's own
    /// `name.default` works for every sender and every character.
    #[must_use]
    pub fn url_tag(&self, field: &str) -> String {
        if self.is_pair(field) {
            return format!("{}%20{}", self.url_tag("first_name"), self.url_tag("last_name"));
        }
        fill(self.encoded.as_ref().unwrap_or(&self.tag), &self.field(field), "")
    }

    /// The tag for a text that people read, with the default if the sender's tags can have one.
    #[must_use]
    pub fn text_tag(&self, field: &str, default: &str) -> String {
        if self.is_pair(field) {
            return format!("{} {}", self.text_tag("first_name", default), self.bare_tag("last_name"));
        }
        let pattern = self.default.as_ref().unwrap_or(&self.tag);
        fill(pattern, &self.field(field), &sanitise(pattern, default))
    }
}

impl Sender {
    /// A text around the tag of a field, which is there if the field is. `None` if the sender cannot say so.
    #[must_use]
    pub fn text_when(&self, field: &str, before: &str, after: &str) -> Option<String> {
        let pattern = self.when.as_ref()?;
        let text = format!("{}{}{}", sanitise(pattern, before), self.bare_tag(field), sanitise(pattern, after));
        let field = self.field(if self.is_pair(field) { "first_name" } else { field });
        Some(pattern.split(TEXT).map(|piece| piece.replace(FIELD, &field)).collect::<Vec<_>>().join(&text))
    }

    /// The tag for a text that people read, without a default.
    #[must_use]
    pub fn bare_tag(&self, field: &str) -> String {
        if self.is_pair(field) {
            return format!("{} {}", self.bare_tag("first_name"), self.bare_tag("last_name"));
        }
        fill(&self.tag, &self.field(field), "")
    }
}

/// Fills in a pattern.
fn fill(pattern: &str, field: &str, default: &str) -> String {
    // The pattern is split at FIELD first, because a default may contain the word FIELD.
    pattern.split(FIELD).map(|piece| piece.replace(DEFAULT, default)).collect::<Vec<_>>().join(field)
}

/// Makes a default safe inside a tag. Senders escape in different ways, and few document theirs. So
/// quotes become typographic quotes, and characters that could end the tag are left out.
fn sanitise(pattern: &str, default: &str) -> String {
    let delimits = |c: char| "%$*~#@`".contains(c) && pattern.contains(c);
    default
        .chars()
        .filter_map(|c| match c {
            '\'' => Some('’'),
            '"' => Some('”'),
            '{' | '}' | '[' | ']' | '|' | '<' | '>' | '\\' => None,
            c if delimits(c) || c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

impl Case {
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "as-is" => Self::AsIs,
            "lower" => Self::Lower,
            "upper" => Self::Upper,
            "camel" => Self::Camel,
            "pascal" => Self::Pascal,
            "words" => Self::Words,
            _ => return None,
        })
    }

    /// Writes a name in this case. Names are `[A-Za-z0-9 _.:-]`.
    fn write(self, name: &str) -> String {
        let title = |word: &str| {
            let mut chars = word.chars();
            chars.next().map_or_else(String::new, |first| format!("{}{}", first.to_ascii_uppercase(), chars.as_str()))
        };
        let words = || name.split([' ', '_', '-']).filter(|word| !word.is_empty());
        match self {
            Self::AsIs => name.to_owned(),
            Self::Lower => words().collect::<Vec<_>>().join("_").to_ascii_lowercase(),
            Self::Upper => words().collect::<Vec<_>>().join("_").to_ascii_uppercase(),
            Self::Words => words().map(title).collect::<Vec<_>>().join(" "),
            Self::Pascal => words().map(title).collect(),
            Self::Camel => {
                let pascal: String = words().map(title).collect();
                let mut chars = pascal.chars();
                chars
                    .next()
                    .map_or_else(String::new, |first| format!("{}{}", first.to_ascii_lowercase(), chars.as_str()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_file_has_the_documented_format() {
        let (senders, json) = (all(), serde_json::from_str::<Vec<Json>>(DATA).unwrap());
        assert!(senders.len() >= 25, "{}", senders.len());
        assert_eq!(senders.len(), json.len(), "a field is missing, or of another type");
        let known = [
            "id", "name", "verified", "docs", "tag", "default", "when", "encoded", "fields", "custom", "event", "notes",
        ];
        for sender in &json {
            let unknown = sender.as_object().unwrap().iter().find(|(key, value)| {
                let optional =
                    matches!(key.as_str(), "docs" | "default" | "when" | "encoded" | "event") && !value.is_string();
                !known.contains(&key.as_str()) || optional
            });
            assert_eq!(unknown, None, "{}", sender["id"]);
        }
        let names: Vec<String> = senders.iter().map(|sender| sender.name.to_lowercase()).collect();
        assert!(names.is_sorted_by(|a, b| a < b), "by name, each once: {names:?}");
        let mut ids: Vec<&str> = senders.iter().map(|sender| sender.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), senders.len(), "each id once");
        for sender in &senders {
            let Sender { id, name, docs, tag, default, encoded, fields, custom, notes, .. } = sender;
            let plain = |text: &str| text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
            assert!(plain(id) && !name.trim().is_empty(), "{id}");
            assert!(docs.as_ref().is_none_or(|docs| docs.starts_with("https://")), "{id}");
            assert!(notes.iter().all(|note| note.ends_with('.') || note.ends_with('}')), "{id}: whole sentences");
            assert!(tag.contains(FIELD) && !tag.contains(DEFAULT), "{id}: tag");
            assert!(encoded.as_ref().is_none_or(|e| e.contains(FIELD) && !e.contains(DEFAULT)), "{id}: encoded");
            assert!(default.as_ref().is_none_or(|d| d.contains(FIELD) && d.contains(DEFAULT)), "{id}: default");
            assert!(sender.when.as_ref().is_none_or(|w| w.contains(FIELD) && w.contains(TEXT)), "{id}: when");
            assert!(custom.pattern.contains(NAME), "{id}: custom");
            assert!(sender.event.as_ref().is_none_or(|event| event.contains(NAME)), "{id}: event");
            let has = |wanted: &str| fields.iter().any(|(field, _)| field == wanted);
            assert!(has("first_name") && has("email"), "{id}: fields");
            assert!(custom.max.is_none_or(|max| max >= 5), "{id}: max");
            for (field, _) in fields {
                assert!(FIELDS.iter().any(|(known, _)| known == field), "{id}: {field}");
            }
            for field in FIELDS.iter().map(|(field, _)| *field).chain(["loyalty tier"]) {
                for written in [sender.url_tag(field), sender.text_tag(field, "friend")] {
                    assert!(!written.contains('&'), "{written}");
                    assert!(!(written.contains('\'') && written.contains('"')), "{written}");
                    let mut words = written.split(|c: char| !c.is_alphanumeric() && c != '_');
                    assert!(words.all(|word| ![FIELD, DEFAULT, NAME].contains(&word)), "{written}");
                }
            }
        }
    }

    #[test]
    fn tags_of_senders() {
        for (id, field, url, text) in [
            ("mailchimp", "first_name", "*|URL:FNAME|*", "*|IF:FNAME|**|FNAME|**|ELSE:|*friend*|END:IF|*"),
            ("mailchimp", "loyalty tier", "*|URL:LOYALTY_TI|*", ""),
            (
                "mailchimp",
                "full_name",
                "*|URL:FNAME|*%20*|URL:LNAME|*",
                "*|IF:FNAME|**|FNAME|**|ELSE:|*friend*|END:IF|* *|LNAME|*",
            ),
            ("activecampaign", "full_name", "%FULLNAME%", ""),
            ("campaign-monitor", "full_name", "[firstname]%20[lastname]", "[firstname,fallback=friend] [lastname]"),
            ("sendy", "full_name", "[Name]", "[Name,fallback=friend]"),
            ("klaviyo", "event.items.0.name", "{{ event.items.0.name|urlencode }}", ""),
            ("customerio", "event.items.0.name", "{{ event.items[0].name | default: '' | url_encode }}", ""),
            ("braze", "event.items.0.name", "{{event_properties.${items}[0].name | url_param_escape}}", ""),
            ("klaviyo", "first_name", "{{ first_name|urlencode }}", "{{ first_name|default:'friend' }}"),
            ("klaviyo", "Loyalty Tier", "{{ person|lookup:'Loyalty Tier'|urlencode }}", ""),
            (
                "hubspot",
                "first_name",
                "{{ contact.firstname }}",
                "{{ personalization_token('contact.firstname', 'friend') }}",
            ),
            ("sendgrid", "first_name", "{{first_name}}", "{{insert first_name 'default=friend'}}"),
            ("braze", "loyalty tier", "{{custom_attribute.${loyalty_tier} | url_param_escape}}", ""),
            (
                "iterable",
                "first_name",
                "{{#urlEncode}}{{firstName}}{{/urlEncode}}",
                "{{defaultIfEmpty firstName 'friend'}}",
            ),
            ("activecampaign", "first_name", "%FIRSTNAME%", "%FIRSTNAME%"),
            ("campaign-monitor", "first_name", "[firstname]", "[firstname,fallback=friend]"),
            ("constant-contact", "first_name", "[[FIRSTNAME]]", "[[FIRSTNAME OR \"friend\"]]"),
            ("marketo", "first_name", "{{lead.First Name}}", "{{lead.First Name:default=friend}}"),
            ("marketo", "loyalty_tier", "{{lead.Loyalty Tier}}", ""),
            ("zoho-campaigns", "loyalty tier", "$[UD:LOYALTY_TIER]$", "$[UD:LOYALTY_TIER|friend]$"),
            ("instantly", "loyalty tier", "{{loyaltyTier}}", "{{loyaltyTier|friend}}"),
        ] {
            let sender = find(id).unwrap();
            assert_eq!(sender.url_tag(field), url);
            assert!(
                text.is_empty() || sender.text_tag(field, "friend") == text,
                "{}",
                sender.text_tag(field, "friend")
            );
        }
    }

    #[test]
    fn no_default_ends_its_tag() {
        let hostile = "O'Brien \"& Co\" }} ]] |* %%=v(@x)=%% $[X]$ <b> FIELD \\ ~x~ `x`\n";
        for sender in all() {
            let Some(pattern) = &sender.default else { continue };
            let tag = sender.text_tag("first_name", hostile);
            let (start, end) = (pattern.split(FIELD).next().unwrap(), pattern.rsplit(DEFAULT).next().unwrap());
            assert!(tag.starts_with(start), "{tag}");
            assert!(end.contains(FIELD) || tag.ends_with(end), "{tag}");
            let stray = tag.replace(&sender.text_tag("first_name", ""), "");
            assert!(!stray.contains("<b>") && !stray.contains('\n'), "{tag}");
            assert!(!(tag.contains('\'') && tag.contains('"')), "{tag}");
        }
        assert_eq!(
            find("klaviyo").unwrap().text_tag("first_name", hostile),
            "{{ first_name|default:'O’Brien ”& Co”   * %%=v(@x)=%% $X$ b FIELD  ~x~ `x`' }}"
        );
    }

    #[test]
    fn finds_senders_by_names_and_misspellings() {
        assert_eq!(find(" Klaviyo ").unwrap().name, "Klaviyo");
        for (id, near) in
            [("mailchip", "mailchimp"), ("Customer.io", "customerio"), ("sendinblue", ""), ("", "mailchimp")]
        {
            let problem = find(id).unwrap_err();
            assert_eq!((problem.status(), problem.field.as_deref()), (400, Some("esp")));
            let remedy = problem.remedy.unwrap();
            assert!(remedy.contains(near) && remedy.contains("/v1/senders"), "{id}: {remedy}");
            assert!(!problem.message.contains(id) || id.is_empty());
        }
    }
}
