//! Merge tags: the placeholders for a recipient's data in a sender's emails, such as
//! `{{ first_name }}`.
//!
//! A tag that arrives unreplaced counts as a missing value, and must never be drawn. Some families
//! of tags are unmistakable: one of them anywhere in a value makes the value missing, as in
//! `Hi {{first_name}}!`. The others use signs that people write too (`[VIP] Anna`, `-10%`,
//! `#hashtag`). Such a tag counts only if it is the whole value and names a field.
//!
//! Invariant: every function takes linear time, and allocates only for the words of one name.

mod field;
mod scan;

pub use scan::spans;

/// A syntax of merge tags, named after one of the senders that use it, or after its signs if no
/// sender is known for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// `*|FNAME|*`: Mailchimp, Mandrill.
    Mailchimp,
    /// `{{ first_name }}`: Klaviyo, `HubSpot`, `SendGrid`, Customer.io, Braze and most others.
    Handlebars,
    /// `{% if first_name %}`: Liquid, in many senders.
    Liquid,
    /// `%%FirstName%%`: Salesforce Marketing Cloud, Pardot.
    Salesforce,
    /// `<%= recipient.firstName %>`: Adobe Campaign, Mapp.
    Adobe,
    /// `[%first_name%]`: Constant Contact, Maileon.
    ConstantContact,
    /// `${FIRST_NAME}`: Zoho, Emarsys.
    Zoho,
    /// `<<First Name>>`, `«First Name»`: mail merges of Word and Gmail.
    MailMerge,
    /// `%FIRSTNAME%`: `ActiveCampaign`, Mailgun.
    ActiveCampaign,
    /// `[[contact.first_name]]`: Omnisend, Mailjet, `GetResponse`.
    Omnisend,
    /// `[firstname,fallback=there]`: Campaign Monitor, `MailPoet`.
    CampaignMonitor,
    /// `{$name}`, `{!firstname}`, `{first_name}`: `MailerLite`, `AWeber`, Mautic.
    MailerLite,
    /// `$FIRST_NAME$`, `$[FNAME|there]$`: Responsys.
    Responsys,
    /// `~~eloqua..type--emailfield..syntax--FirstName~~`: Eloqua.
    Eloqua,
    /// `~Contact.FirstName~`: Keap.
    Keap,
    /// `@FIRSTNAME@`: dotdigital.
    Dotdigital,
    /// `#FIRST_NAME#`, `##$email##`: Flexmail, Listrak.
    Flexmail,
    /// `-firstName-`: old `SendGrid`.
    SendGrid,
    /// `@{first_name}`: workflow tools and mail add-ons.
    AtBraces,
    /// `((first_name))`: mail merges in spreadsheets and notification services.
    Parentheses,
    /// `__FNAME__`: scripts that replace words in a text.
    Underscores,
}

impl Family {
    /// A name for headers and programs that never changes, in kebab-case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Mailchimp => "mailchimp",
            Self::Handlebars => "handlebars",
            Self::Liquid => "liquid",
            Self::Salesforce => "salesforce",
            Self::Adobe => "adobe",
            Self::ConstantContact => "constant-contact",
            Self::Zoho => "zoho",
            Self::MailMerge => "mail-merge",
            Self::ActiveCampaign => "activecampaign",
            Self::Omnisend => "omnisend",
            Self::CampaignMonitor => "campaign-monitor",
            Self::MailerLite => "mailerlite",
            Self::Responsys => "responsys",
            Self::Eloqua => "eloqua",
            Self::Keap => "keap",
            Self::Dotdigital => "dotdigital",
            Self::Flexmail => "flexmail",
            Self::SendGrid => "sendgrid",
            Self::AtBraces => "at-braces",
            Self::Parentheses => "parentheses",
            Self::Underscores => "underscores",
        }
    }
}

/// The delimiters of a family's tags.
#[derive(Clone, Copy)]
struct Syntax {
    open: &'static str,
    close: &'static str,
    family: Family,
}

const fn syntax(open: &'static str, close: &'static str, family: Family) -> Syntax {
    Syntax { open, close, family }
}

/// The families whose tags are unmistakable.
const UNMISTAKABLE: [Syntax; 8] = [
    syntax("*|", "|*", Family::Mailchimp),
    syntax("{{", "}}", Family::Handlebars),
    syntax("{%", "%}", Family::Liquid),
    syntax("%%", "%%", Family::Salesforce),
    syntax("<%", "%>", Family::Adobe),
    syntax("[%", "%]", Family::ConstantContact),
    syntax("${", "}", Family::Zoho),
    syntax("<<", ">>", Family::MailMerge),
];

/// The text that must stand between two delimiters for a tag: the more people use the delimiters,
/// the more it takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Any identifier, for brackets that nobody puts around a name.
    Identifier,
    /// A field or a word in capitals, for signs that people seldom put on both sides of a word.
    FieldOrCapitals,
    /// A field, for signs that people do put around a word.
    Field,
}

/// The families whose tags must be the whole value. Longer delimiters stand before those that they
/// begin with.
const WHOLE_VALUE: [(Syntax, Needs); 18] = [
    (syntax("[[", "]]", Family::Omnisend), Needs::Identifier),
    (syntax("$[", "]$", Family::Responsys), Needs::Identifier),
    (syntax("~~", "~~", Family::Eloqua), Needs::Identifier),
    (syntax("##", "##", Family::Flexmail), Needs::Identifier),
    (syntax("[", "]", Family::CampaignMonitor), Needs::Identifier),
    (syntax("{$", "}", Family::MailerLite), Needs::Identifier),
    (syntax("{!", "}", Family::MailerLite), Needs::Identifier),
    (syntax("{", "}", Family::MailerLite), Needs::Identifier),
    (syntax("%", "%", Family::ActiveCampaign), Needs::Identifier),
    (syntax("$", "$", Family::Responsys), Needs::Identifier),
    (syntax("«", "»", Family::MailMerge), Needs::Field),
    (syntax("~", "~", Family::Keap), Needs::FieldOrCapitals),
    (syntax("@", "@", Family::Dotdigital), Needs::FieldOrCapitals),
    (syntax("#", "#", Family::Flexmail), Needs::FieldOrCapitals),
    (syntax("-", "-", Family::SendGrid), Needs::Field),
    (syntax("@{", "}", Family::AtBraces), Needs::Identifier),
    (syntax("((", "))", Family::Parentheses), Needs::Field),
    (syntax("__", "__", Family::Underscores), Needs::Field),
];

/// The family of the first merge tag in a decoded text. `None` if there is no tag.
///
/// ```
/// use monogram::merge_tag::{self, Family};
///
/// assert_eq!(merge_tag::find("Hi {{ first_name }}!"), Some(Family::Handlebars));
/// assert_eq!(merge_tag::find("[FNAME]"), Some(Family::CampaignMonitor));
/// assert_eq!(merge_tag::find("[VIP] Anna"), None);
/// ```
#[must_use]
pub fn find(text: &str) -> Option<Family> {
    // Most values are names, and have none of the first signs of all delimiters.
    if !text.contains(['*', '{', '%', '<', '[', '$', '«', '~', '@', '#', '-', '(', '_']) {
        return None;
    }
    unmistakable(text).or_else(|| whole_value(text.trim()))
}

/// The family of a merge tag in a raw value (as it arrived) that percent-decoding would destroy:
/// `%DEPARTMENT%` contains the byte `%DE`. Such a tag is known by its literal per cent signs, which
/// no encoder would leave. `None` if there is no such tag.
///
/// ```
/// use monogram::merge_tag::{self, Family};
///
/// assert_eq!(merge_tag::find_raw("%DEPARTMENT%"), Some(Family::ActiveCampaign));
/// assert_eq!(merge_tag::find_raw("Maria%20"), None);
/// ```
#[must_use]
pub fn find_raw(raw: &str) -> Option<Family> {
    let raw = without_blanks(raw);
    let is_closed = |syntax: &&Syntax| {
        syntax.open.ends_with('%')
            && raw.contains(syntax.open)
            && raw.rfind(syntax.close).is_some_and(|last| last > 0)
            && has_tag(raw, **syntax)
    };
    if let Some(syntax) = UNMISTAKABLE.iter().find(is_closed) {
        return Some(syntax.family);
    }
    let name = raw.strip_prefix('%')?.strip_suffix('%')?;
    let is_byte = name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    (!is_byte && field::is_likely(name)).then_some(Family::ActiveCampaign)
}

/// The family of a text that is only tags with spaces between them: those of a first and a last name. A
/// family whose tags are told by the whole value is not found in such a text otherwise. Tags may have
/// spaces in them: `[First Name] [Last Name]`. `find` is [`find`] or [`find_raw`].
///
/// ```
/// use monogram::merge_tag::{self, Family, in_row};
///
/// assert_eq!(in_row("[First Name]%20[Last Name]", merge_tag::find), Some(Family::CampaignMonitor));
/// assert_eq!(in_row("[firstname] Lopez", merge_tag::find), None);
/// ```
#[must_use]
pub fn in_row(text: &str, find: impl Fn(&str) -> Option<Family>) -> Option<Family> {
    /// Most words of such a text: four tags with two words each. The limit keeps long texts cheap.
    const MAX_WORDS: usize = 8;
    let spaced = text.replace("%20", " ").replace('+', " ");
    let words: Vec<&str> =
        spaced.split(' ').filter(|word| !word.is_empty()).take(MAX_WORDS.saturating_add(1)).collect();
    if !(2..=MAX_WORDS).contains(&words.len()) {
        return None;
    }
    let (mut family, mut tag) = (None, String::new());
    for word in words {
        if !tag.is_empty() {
            tag.push(' ');
        }
        tag.push_str(word);
        if let Some(found) = find(&tag) {
            if family.is_some_and(|family| family != found) {
                return None;
            }
            (family, tag) = (Some(found), String::new());
        }
    }
    family.filter(|_| tag.is_empty())
}

/// A raw value without white space at its ends, whether that is encoded or not.
fn without_blanks(mut raw: &str) -> &str {
    const BLANKS: [&str; 6] = ["+", " ", "%20", "%09", "%0A", "%0D"];
    let starts = |raw: &str| {
        BLANKS.into_iter().find(|blank| raw.get(..blank.len()).is_some_and(|is| is.eq_ignore_ascii_case(blank)))
    };
    let ends = |raw: &str| {
        let end = |blank: &&str| raw.len().checked_sub(blank.len()).and_then(|at| raw.get(at..));
        BLANKS.into_iter().find(|blank| end(blank).is_some_and(|is| is.eq_ignore_ascii_case(blank)))
    };
    while let Some(rest) = starts(raw).and_then(|blank| raw.get(blank.len()..)) {
        raw = rest;
    }
    while let Some(rest) = ends(raw).and_then(|blank| raw.get(..raw.len().saturating_sub(blank.len()))) {
        raw = rest;
    }
    raw
}

/// The first of the unmistakable families with a tag anywhere in a text.
fn unmistakable(text: &str) -> Option<Family> {
    UNMISTAKABLE.into_iter().find(|syntax| has_tag(text, *syntax)).map(|syntax| syntax.family)
}

/// Whether a text has a tag of an unmistakable family.
fn has_tag(text: &str, syntax: Syntax) -> bool {
    // Every opening before the last closing is closed.
    let last_close = text.rfind(syntax.close);
    text.match_indices(syntax.open).any(|(at, _)| {
        let start = at.saturating_add(syntax.open.len());
        let inner = text.get(start..).unwrap_or_default();
        if last_close.is_some_and(|close| close > start) {
            // People write the delimiters of these two families too, but not around a name.
            !matches!(syntax.family, Family::Salesforce | Family::MailMerge) || begins_like_a_name(inner)
        } else {
            // The tag may have been cut off, by the sender or by a `#` in it (`{{#urlEncode}}…`).
            let rest = inner.trim_start();
            match syntax.family {
                Family::Mailchimp => begins_like_a_name(rest),
                Family::Handlebars | Family::Liquid => rest.is_empty() || begins_like_a_name(rest),
                _ => false,
            }
        }
    })
}

/// Whether a text begins with a letter, perhaps after the signs that a call or a block of code
/// begins with.
fn begins_like_a_name(inner: &str) -> bool {
    /// The most signs before the name. The limit keeps long runs of signs cheap.
    const MAX_SIGNS: usize = 8;
    let signs = inner.chars().take(MAX_SIGNS).take_while(|c| "%{=[#$/^_@".contains(*c)).count();
    let mut name = inner.chars().skip(signs).skip_while(|c| signs > 0 && *c == ' ');
    name.next().is_some_and(char::is_alphabetic)
}

/// The family of the tag that is the whole text.
fn whole_value(text: &str) -> Option<Family> {
    WHOLE_VALUE.into_iter().find_map(|(Syntax { open, close, family }, needs)| {
        let inner = text.strip_prefix(open)?.strip_suffix(close)?;
        if open == close && (inner.starts_with(' ') || inner.ends_with(' ')) {
            return None;
        }
        let is_tag = match needs {
            Needs::Identifier => field::is_likely(inner),
            Needs::FieldOrCapitals => field::is_certain(inner) || field::is_in_capitals(inner),
            Needs::Field => field::is_certain(inner),
        };
        is_tag.then_some(family)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Family::{
        ActiveCampaign, Adobe, AtBraces, CampaignMonitor, ConstantContact, Dotdigital, Flexmail, Handlebars, Keap,
        Liquid, MailMerge, Mailchimp, MailerLite, Omnisend, Parentheses, Responsys, Salesforce, SendGrid, Underscores,
        Zoho,
    };

    #[test]
    fn finds_the_family() {
        for (text, family) in [
            ("*|FNAME|*", Mailchimp),
            ("*|FIRST_NAME|Friend|*", Mailchimp),
            ("*|IF:FNAME|*", Mailchimp),
            ("Dear *|FNAME|*,", Mailchimp),
            ("*|FNAME", Mailchimp),
            ("{{ first_name }}", Handlebars),
            ("Hi {{first_name}}!", Handlebars),
            ("{{${first_name}}}", Handlebars),
            ("{{{FIRST_NAME}}}", Handlebars),
            ("{{#if firstName}}", Handlebars),
            ("{{lead.First Name:default=there}}", Handlebars),
            ("{{ first_name|default:'", Handlebars),
            ("{% if person.first_name %}", Liquid),
            ("{%= lead.city %}", Liquid),
            ("%%FirstName%%", Salesforce),
            ("%%=v(@fname)=%%", Salesforce),
            ("%%[ SET @a = 1 ]%%", Salesforce),
            ("Hi %%First Name%%", Salesforce),
            ("%FIRSTNAME%", ActiveCampaign),
            ("%recipient.name%", ActiveCampaign),
            ("[firstname,fallback=there]", CampaignMonitor),
            ("[FNAME:filter:urlencode]", CampaignMonitor),
            ("[First Name]", CampaignMonitor),
            ("[[contact.first_name]]", Omnisend),
            ("[[CONTACT|FIRSTNAME]]", Omnisend),
            ("[[data:firstname:\"x\"]]", Omnisend),
            ("[%first_name%]", ConstantContact),
            ("{$name}", MailerLite),
            ("{!firstname}", MailerLite),
            ("{contactfield=firstname|there}", MailerLite),
            ("{first_name, \"there\"}", MailerLite),
            ("{First Name}", MailerLite),
            ("$FIRST_NAME$", Responsys),
            ("$lookup(LastName)$", Responsys),
            ("$[FNAME|there]$", Responsys),
            ("${FIRST_NAME}", Zoho),
            ("<%= recipient.firstName %>", Adobe),
            ("<%${user['LastName']}%>", Adobe),
            ("~Contact.FirstName~", Keap),
            ("~Contact._ShoeSize~", Keap),
            ("@FIRSTNAME@", Dotdigital),
            ("@LOYALTY_TIER@", Dotdigital),
            ("#FIRST_NAME#", Flexmail),
            ("##$email##", Flexmail),
            ("-firstName-", SendGrid),
            ("-company-", SendGrid),
            ("<<First Name>>", MailMerge),
            ("«First Name»", MailMerge),
            ("@{first_name}", AtBraces),
            ("@{FNAME}", AtBraces),
            ("((first_name))", Parentheses),
            ("((First Name))", Parentheses),
            ("__FNAME__", Underscores),
            ("__first_name__", Underscores),
        ] {
            assert_eq!(find(text), Some(family), "{text}");
        }
    }

    #[test]
    fn hostile_values_are_linear() {
        // In quadratic time this would take minutes.
        for piece in ["{{", "*|", "%%", "<<", "{{ ", "%% ", "[", "$", "<%{"] {
            assert!(find(&piece.repeat(300_000)).is_none_or(|family| !family.code().is_empty()));
        }
    }

    #[test]
    fn leaves_values_alone() {
        for text in [
            "",
            "Maria",
            "[VIP] Anna",
            "-10%",
            "#hashtag",
            "@home",
            "$5 to $10",
            "20% to 30%",
            "{ok",
            "3*4",
            "{1..5}",
            "50% off",
            "C#",
            "AT&T",
            "a|b",
            "$100",
            "100$",
            "$5$",
            "-5-",
            "~",
            "~~",
            "@",
            "@@",
            "#",
            "##",
            "###",
            "-",
            "--",
            "---",
            "[]",
            "[ ]",
            "{}",
            "%",
            "%%",
            "$",
            "$$",
            "$$$",
            "[x]",
            "[1]",
            "[2024]",
            "-Anna-",
            "~Anna~",
            "@anna@",
            "#1#",
            "«Maria»",
            "«Café»",
            "*** SALE ***",
            "*",
            "**",
            "*|*",
            "<3",
            "<3 <3",
            "<<<3>>>",
            "<<",
            ">>",
            "a << b",
            "100%% Arabica",
            "50%% and 60%% off",
            "^_^",
            "(o_o)",
            "-_-",
            "~_~",
            "@_@",
            "[李]",
            "{李}",
            "[anna@example.com]",
            "Anna [she/her]",
            "Anna {she}",
            "-=Anna=-",
            "#1 #2",
            "# 1 #",
            "- a -",
            "~ 5 ~",
            "100 %",
            "%5%",
            "% off %",
            "$ rich $",
            "-10-",
            "[not just a name]",
            "{ ... }",
            "[Anna, Ben]",
            "((hugs))",
            "((Anna))",
            "(name)",
            "(( 5 ))",
            "__bold__",
            "__Anna__",
            "_name_",
            "____",
            "@{5}",
            "__",
            "Hi @{Anna}",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
