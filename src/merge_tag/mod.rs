//! Merge tags: what a sender writes for `the first name goes here`, and what arrives when it puts nothing there.
//!
//! A raw tag must never be drawn: it is a missing value. Some families are unmistakable, and one anywhere in a value
//! makes the value missing (`Hi {{first_name}}!`). The others use brackets and signs that people write too
//! (`[VIP] Anna`, `-10%`, `#hashtag`), so they count only where they are the whole value and name a field.
//!
//! Invariant: linear in the length of the text; no allocation but for one identifier.

mod field;
mod scan;

pub use scan::spans;

/// Whose way of writing a tag it is: one of the senders that write it so, for reports.
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
}

impl Family {
    /// Stable, kebab-case: for headers and for programs.
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
        }
    }
}

/// The unmistakable ones: how they open, how they close, whose they are.
const UNMISTAKABLE: [(&str, &str, Family); 8] = [
    ("*|", "|*", Family::Mailchimp),
    ("{{", "}}", Family::Handlebars),
    ("{%", "%}", Family::Liquid),
    ("%%", "%%", Family::Salesforce),
    ("<%", "%>", Family::Adobe),
    ("[%", "%]", Family::ConstantContact),
    ("${", "}", Family::Zoho),
    ("<<", ">>", Family::MailMerge),
];

/// How sure one must be that a field's name stands between two signs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doubt {
    /// Brackets that nobody puts around a name: any identifier is a field.
    Little,
    /// Signs that people decorate with, seldom on both sides: a shouted word is a field too.
    Some,
    /// Signs that people do put around a word: only what must be a field.
    Much,
}

/// The others. A longer one stands before its beginning.
const WHOLE_VALUE: [(&str, &str, Family, Doubt); 15] = [
    ("[[", "]]", Family::Omnisend, Doubt::Little),
    ("$[", "]$", Family::Responsys, Doubt::Little),
    ("~~", "~~", Family::Eloqua, Doubt::Little),
    ("##", "##", Family::Flexmail, Doubt::Little),
    ("[", "]", Family::CampaignMonitor, Doubt::Little),
    ("{$", "}", Family::MailerLite, Doubt::Little),
    ("{!", "}", Family::MailerLite, Doubt::Little),
    ("{", "}", Family::MailerLite, Doubt::Little),
    ("%", "%", Family::ActiveCampaign, Doubt::Little),
    ("$", "$", Family::Responsys, Doubt::Little),
    ("«", "»", Family::MailMerge, Doubt::Much),
    ("~", "~", Family::Keap, Doubt::Some),
    ("@", "@", Family::Dotdigital, Doubt::Some),
    ("#", "#", Family::Flexmail, Doubt::Some),
    ("-", "-", Family::SendGrid, Doubt::Much),
];

/// The family of a tag in a text, where there is one.
#[must_use]
pub fn find(text: &str) -> Option<Family> {
    // Most values are names: nothing below can be in them.
    if !text.contains(['*', '{', '%', '<', '[', '$', '«', '~', '@', '#', '-']) {
        return None;
    }
    unmistakable(text).or_else(|| whole_value(text.trim()))
}

/// The family of a tag that percent-decoding would destroy, in a value as it arrived: `%DEPARTMENT%` has the byte `%DE` in
/// it. Literal per cent signs that no encoder leaves behind tell it apart.
#[must_use]
pub fn find_raw(raw: &str) -> Option<Family> {
    let raw = without_blanks(raw);
    let closed = |(open, close, family): &(&str, &str, Family)| {
        let percent = open.ends_with('%') && raw.contains(open);
        percent
            && raw.rfind(close).is_some_and(|last| last > 0)
            && opens(raw, open, close, *family)
            && raw.contains(close)
    };
    if let Some((_, _, family)) = UNMISTAKABLE.iter().find(|tag| closed(tag)) {
        return Some(*family);
    }
    let name = raw.strip_prefix('%')?.strip_suffix('%')?;
    let is_byte = name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    (!is_byte && field::is_likely(name)).then_some(Family::ActiveCampaign)
}

/// A raw value without the white space at its ends, encoded or not.
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

/// One of the unmistakable families, anywhere in a text.
fn unmistakable(text: &str) -> Option<Family> {
    UNMISTAKABLE
        .into_iter()
        .find(|(open, close, family)| opens(text, open, close, *family))
        .map(|(_, _, family)| family)
}

fn opens(text: &str, open: &str, close: &str, family: Family) -> bool {
    // Where the last one closes: any opening before it has a closing.
    let last_close = text.rfind(close);
    text.match_indices(open).any(|(at, _)| {
        let start = at.saturating_add(open.len());
        let inner = text.get(start..).unwrap_or_default();
        if last_close.is_some_and(|close| close > start) {
            // These two are drawn by people too, but not around a name.
            !matches!(family, Family::Salesforce | Family::MailMerge) || begins_like_a_name(inner)
        } else {
            // Cut off by a sender, or by a `#` in it (`{{#urlEncode}}…`).
            let rest = inner.trim_start();
            match family {
                Family::Mailchimp => begins_like_a_name(rest),
                Family::Handlebars | Family::Liquid => rest.is_empty() || begins_like_a_name(rest),
                _ => false,
            }
        }
    })
}

/// A letter right there, or after what a call or a block of code begins with.
fn begins_like_a_name(inner: &str) -> bool {
    /// Signs before the name: no more are looked at, so that a heap of them costs nothing.
    const MAX_SIGNS: usize = 8;
    let signs = inner.chars().take(MAX_SIGNS).take_while(|c| "%{=[#$/^_@".contains(*c)).count();
    let mut name = inner.chars().skip(signs).skip_while(|c| signs > 0 && *c == ' ');
    name.next().is_some_and(char::is_alphabetic)
}

/// One of the others, where it is the whole text.
fn whole_value(text: &str) -> Option<Family> {
    WHOLE_VALUE.into_iter().find_map(|(open, close, family, doubt)| {
        let inner = text.strip_prefix(open)?.strip_suffix(close)?;
        if open == close && (inner.starts_with(' ') || inner.ends_with(' ')) {
            return None;
        }
        let is_field = match doubt {
            Doubt::Little => field::is_likely(inner),
            Doubt::Some => field::is_certain(inner) || field::is_shouted(inner),
            Doubt::Much => field::is_certain(inner),
        };
        is_field.then_some(family)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Family::{
        ActiveCampaign, Adobe, CampaignMonitor, ConstantContact, Dotdigital, Flexmail, Handlebars, Keap, Liquid,
        MailMerge, Mailchimp, MailerLite, Omnisend, Responsys, Salesforce, SendGrid, Zoho,
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
        ] {
            assert_eq!(find(text), Some(family), "{text}");
        }
    }

    #[test]
    fn hostile_values_are_linear() {
        // Quadratic work would take minutes.
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
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
