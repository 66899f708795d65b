//! Words that are no names but addresses of some kind, whose letters keep their case: an email
//! address, a URL, a domain, a handle, a hashtag, the name of a file.

/// Endings of the names of files, and of domains, of three letters and more. None of them is a
/// family name or an academic title.
const ENDINGS: [&str; 92] = [
    "com",
    "org",
    "net",
    "edu",
    "gov",
    "mil",
    "info",
    "biz",
    "app",
    "dev",
    "shop",
    "store",
    "online",
    "site",
    "blog",
    "cloud",
    "tech",
    "agency",
    "studio",
    "design",
    "email",
    "news",
    "live",
    "world",
    "xyz",
    "club",
    "team",
    "eco",
    "gmbh",
    "berlin",
    "london",
    "amsterdam",
    "paris",
    "travel",
    "museum",
    "name",
    "pro",
    "mobi",
    "cat",
    "pdf",
    "doc",
    "docx",
    "dotx",
    "odt",
    "rtf",
    "txt",
    "csv",
    "xls",
    "xlsx",
    "xlsm",
    "ods",
    "ppt",
    "pptx",
    "odp",
    "key",
    "pages",
    "numbers",
    "html",
    "htm",
    "xml",
    "json",
    "yaml",
    "yml",
    "jpg",
    "jpeg",
    "png",
    "gif",
    "svg",
    "webp",
    "avif",
    "heic",
    "tif",
    "tiff",
    "bmp",
    "psd",
    "eps",
    "mp3",
    "mp4",
    "mov",
    "avi",
    "wav",
    "zip",
    "rar",
    "tar",
    "exe",
    "dmg",
    "apk",
    "ics",
    "eml",
    "epub",
    "woff2",
    "log",
];

/// Endings of domains of two letters, and of a few files. Those that end an abbreviation or follow
/// an initial more often than a domain are left out, such as `la`.
const SHORT_ENDINGS: [&str; 82] = [
    "ae", "ai", "am", "ar", "at", "au", "be", "bg", "br", "by", "ca", "cc", "ch", "cl", "cn", "co", "cy", "cz", "de",
    "dk", "ee", "eg", "es", "eu", "fi", "fm", "fr", "ge", "gg", "gr", "hk", "hr", "hu", "id", "ie", "il", "in", "io",
    "ir", "is", "it", "je", "jp", "js", "ke", "kr", "kz", "lt", "lu", "lv", "ly", "ma", "me", "mx", "my", "ng", "nl",
    "no", "nz", "pe", "ph", "pk", "pl", "pt", "ro", "rs", "ru", "sa", "se", "sg", "si", "sk", "so", "th", "to", "tr",
    "tv", "tw", "ua", "uk", "us", "za",
];

/// Words that are followed by a name, sometimes without a space: `Dr.It`.
const BEFORE_NAMES: [&str; 10] = ["dr", "mr", "mrs", "ms", "st", "prof", "rev", "sig", "sr", "fr"];

/// Whether a word, which has no white space, is an address. `AT&T` is an abbreviation and counts
/// too. `J.DE` is no domain but a name with its initial.
pub fn is_address(word: &str) -> bool {
    let is_around = |c: char| {
        matches!(
            c,
            '.' | ','
                | ';'
                | ':'
                | '!'
                | '?'
                | '('
                | ')'
                | '['
                | ']'
                | '{'
                | '}'
                | '<'
                | '>'
                | '"'
                | '\''
                | '“'
                | '”'
                | '„'
                | '‘'
                | '’'
                | '«'
                | '»'
                | '…'
                | '\u{2066}'..='\u{2069}'
        )
    };
    let word = word.trim_matches(is_around);
    let owned = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s"));
    let word = owned.unwrap_or(word).trim_end_matches(is_around);
    if word.contains(['@', '#', '_', '\\']) || word.contains("://") || word.trim_matches('&').contains('&') {
        return true;
    }
    let host = word.split(['/', '?', ':']).next().unwrap_or_default().to_lowercase();
    let has_path = host.len() < word.len();
    let Some((before, ending)) = host.rsplit_once('.') else { return false };
    let label = before.rsplit('.').next().unwrap_or_default();
    let is_long = label.chars().count() > 1;
    host.starts_with("www.")
        || matches!(ending, "com" | "org" | "net") && !label.is_empty()
        || ENDINGS.contains(&ending) && is_long
        || (SHORT_ENDINGS.contains(&ending) || ending == "рф")
            && (is_long || has_path)
            && !BEFORE_NAMES.contains(&before)
}

/// A text, divided behind each run of white space.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let word = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let space = rest.get(word..).unwrap_or_default();
        let end = rest.len().saturating_sub(space.trim_start().len());
        let (piece, after) = rest.split_at_checked(end).filter(|(piece, _)| !piece.is_empty())?;
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_names() {
        for word in [
            "nadia@example.com",
            "<NADIA@EXAMPLE.COM>",
            "(maria.lopez@example.com),",
            "\u{2068}nadia@example.com\u{2069}!",
            "@maria_k",
            "@maria",
            "maria_k",
            "#winner",
            "https://example.com/maria?a=1",
            "example.com/maria",
            "example.com:8080",
            "acme.co.uk",
            "“acme.co.uk”",
            "\u{2068}acme.co.uk\u{2069}’s",
            "shop.acme.example.com.",
            "www.example",
            "x.com",
            "t.me/maria",
            "bücher.de",
            "почта.рф",
            "node.js",
            "notion.so",
            "report_final.pdf",
            "report.pdf",
            "REPORT.PDF,",
            "photo-1.JPEG",
            "C:\\Users\\maria",
            "AT&T",
            "r&d",
        ] {
            assert!(is_address(word), "{word}");
        }
        for word in [
            "",
            ".",
            "...",
            "@".trim_matches('@'),
            "O'Brien",
            "jean-luc",
            "d'arcy",
            "St.",
            "st.john",
            "St.John",
            "J.R.R.",
            "j.smith",
            "J.DE",
            "s.a.de",
            "Dr.It",
            "Ph.D.",
            "M.D.",
            "M.Sc.",
            "U.S.A.",
            "S.p.A.",
            "s.r.o.",
            "he/she",
            "&",
            "Smith&",
            "3.5",
            "2.0",
            "ben's",
            "Maria,Ana",
            "hello.Maria",
            "maria.",
            "e.g.",
            "No.5",
        ] {
            assert!(!is_address(word), "{word}");
        }
    }

    #[test]
    fn words_keep_their_white_space() {
        let divided = |text| words(text).collect::<Vec<_>>();
        assert_eq!(divided("Ana  Maria\n x"), ["Ana  ", "Maria\n ", "x"]);
        assert_eq!(divided("  Ana"), ["  ", "Ana"]);
        assert_eq!(divided("Ana\u{a0}"), ["Ana\u{a0}"]);
        assert!(divided("").is_empty());
    }
}
