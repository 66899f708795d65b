//! Web and email addresses in a text from a stranger.
//!
//! Phishing mail needs a brand's logo beside a stranger's address. An address is any text that a
//! reader would type into a browser: `https://…`, `www.…`, `evil.com`, `evil .com`, `ｅｖｉｌ。com`,
//! `a@b.de`, `10.0.0.1`. Names with dots are not addresses: `J.R.R. Tolkien`, `Dr.Oetker`,
//! `S.p.A.`, `d.o.o.`, `Node.js`.
//!
//! Invariant: linear in the length of the text.

/// Top-level domains with more than two letters. The registry has 1,400; the list has the common
/// ones, and those that abuse reports name most.
#[rustfmt::skip]
const LONG_ENDINGS: [&str; 62] = [
    "academy", "agency", "app", "arpa", "asia", "bar", "best", "biz", "blog", "bond", "buzz", "cam", "center", "cfd", "click",
    "cloud", "club", "com", "company", "cyou", "dev", "digital", "edu", "email", "finance", "fun", "gov", "group", "help",
    "host", "icu", "info", "int", "lat", "life", "link", "live", "loan", "lol", "mobi", "money", "monster", "name", "net", "news",
    "one", "onion", "online", "org", "page", "pro", "sbs", "shop", "site", "space", "store", "support", "tech", "top", "website",
    "work", "xyz",
];

/// Top-level domains with two letters: ISO 3166-1, and `eu`, `uk`, `su`, `ac`.
const COUNTRIES: &str = "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by bz \
    ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd ge \
    gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp \
    kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng \
    ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so \
    sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za \
    zm zw";

/// Whether a text contains an address.
#[must_use]
pub fn is_in(text: &str) -> bool {
    if !text.contains(['.', '/', '@', '\u{2024}', '\u{3002}', '\u{ff0e}', '\u{ff0f}', '\u{ff20}', '\u{ff61}']) {
        return false;
    }
    let plain = plain(text);
    plain.contains("://")
        || plain.split(|c: char| !is_host(c) && c != '@').any(is_address)
        // `t.co/x`, `evil.example:80`: with a path or a port, any name with a dot is a host.
        || plain.match_indices(['/', ':']).any(|(at, _)| {
            let (before, after) = plain.split_at_checked(at).unwrap_or_default();
            let host = before.rsplit(|c| !is_host(c)).next().unwrap_or_default();
            let goes_on = after.chars().nth(1).is_some_and(|c| c.is_ascii_alphanumeric());
            goes_on && host.rsplit_once('.').is_some_and(|(name, end)| !name.is_empty() && is_letters(end) && end.len() >= 2)
        })
}

/// The text in the form in which a browser reads a host: lower case, every full stop a `.`, no
/// full-width forms, and no space before a `.`.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        let c = match c {
            '\u{2024}' | '\u{3002}' | '\u{ff61}' => '.',
            // The full-width forms of ASCII.
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c).wrapping_sub(0xfee0)).unwrap_or(c),
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => continue,
            c => c,
        };
        if c == '.' && plain.ends_with(char::is_whitespace) {
            plain.truncate(plain.trim_end().len());
            // In `evil . com`, the space after the dot is removed too.
            plain.push_str(".\0");
        } else if !(c.is_whitespace() && plain.ends_with('\0')) {
            plain.push(c);
        }
    }
    plain.retain(|c| c != '\0');
    plain
}

fn is_host(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_')
}

fn is_letters(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// A piece of text without spaces: a host, an email address, or four numbers.
fn is_address(piece: &str) -> bool {
    if let Some((user, host)) = piece.rsplit_once('@') {
        let ends = host.trim_end_matches('.').rsplit_once('.');
        return !user.is_empty() && ends.is_some_and(|(name, end)| !name.is_empty() && end.len() >= 2);
    }
    let host = piece.trim_matches(['.', '-', '_']);
    let Some((before, end)) = host.rsplit_once('.') else { return false };
    if host.split('.').any(str::is_empty) {
        return false;
    }
    let name = before.rsplit('.').next().unwrap_or_default();
    let numbers =
        || host.split('.').filter(|part| part.parse::<u8>().is_ok()).count() == 4 && host.split('.').count() == 4;
    host.starts_with("www.")
        || end.starts_with("xn--")
        || (name.chars().count() >= 2 && LONG_ENDINGS.contains(&end))
        // `M.De`, `J.No` and `Dr.No` are names.
        || (name.chars().count() >= 3 && end.len() == 2 && COUNTRIES.split_ascii_whitespace().any(|known| known == end))
        || numbers()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_addresses_and_no_names() {
        for (text, found) in [
            ("visit https://evil.example now", true),
            ("hxxp://1.2.3.4", true),
            ("www.evil", true),
            ("WWW.EVIL.COM", true),
            ("evil.com", true),
            ("Your account: Evil.Com.", true),
            ("evil .com", true),
            ("evil . com", true),
            ("evil。com", true),
            ("ｅｖｉｌ．ｃｏｍ", true),
            ("e\u{200b}vil.c\u{ad}om", true),
            ("bit.ly/x", true),
            ("t.co/x", true),
            ("evil.zone:8080", true),
            ("evil.de", true),
            ("böse.de", true),
            ("бренд.xn--p1ai", true),
            ("a@b.de", true),
            ("write to maria+x@evil.example!", true),
            ("(evil.shop)", true),
            ("10.0.0.1", true),
            ("Booking.com", true),
            ("", false),
            ("Maria", false),
            ("J.R.R. Tolkien", false),
            ("St.John", false),
            ("Dr.Oetker", false),
            ("Dr.No", false),
            ("M.De Vries", false),
            ("M.Sc. Anna", false),
            ("Jean-Luc. And more", false),
            ("Acme S.p.A.", false),
            ("Acme d.o.o.", false),
            ("Müller e.V.", false),
            ("Node.js", false),
            ("1.5.2026", false),
            ("1.2.3", false),
            ("24/7 Fitness", false),
            ("AC/DC", false),
            ("c/o Smith", false),
            ("@maria", false),
            ("Meet @ 5 p.m.", false),
            ("50:50 Ltd.", false),
            ("3.5/5", false),
            ("...", false),
            (". . .", false),
            ("Hello. Me", false),
        ] {
            assert_eq!(is_in(text), found, "{text}");
        }
    }

    #[test]
    fn long_endings_are_sorted_and_small() {
        assert!(LONG_ENDINGS.is_sorted());
        assert!(LONG_ENDINGS.iter().all(|end| is_letters(end) && end.len() > 2));
        assert!(COUNTRIES.split_ascii_whitespace().all(|end| is_letters(end) && end.len() == 2));
    }

    #[test]
    fn hostile_texts_are_linear() {
        // The test would take minutes if the work were quadratic.
        for piece in ["a.", "/a", ".", " .", "@", ":1", "a.bc ", "a - ."] {
            assert!(!is_in(&piece.repeat(100_000)), "{piece}");
        }
    }
}
