//! Field names: whether the text between two delimiters names a field of a sender's data.

/// The longest text that can be a field, in bytes.
const MAX_BYTES: usize = 200;

/// Words in the names of fields, in the languages that senders are translated into.
const WORDS: &[&str] = &[
    // People.
    "first",
    "firstname",
    "fname",
    "last",
    "lastname",
    "lname",
    "name",
    "fullname",
    "full",
    "surname",
    "given",
    "family",
    "middle",
    "nick",
    "nickname",
    "salutation",
    "prefix",
    "suffix",
    "gender",
    "sex",
    "age",
    "birthday",
    "birthdate",
    "birth",
    "dob",
    "anniversary",
    "job",
    "jobtitle",
    "role",
    "department",
    "dept",
    // Contact data.
    "email",
    "emailaddress",
    "mail",
    "phone",
    "mobile",
    "tel",
    "address",
    "street",
    "city",
    "town",
    "state",
    "region",
    "province",
    "county",
    "country",
    "zip",
    "zipcode",
    "postal",
    "postcode",
    "postalcode",
    "location",
    "language",
    "locale",
    "timezone",
    // Companies.
    "company",
    "companyname",
    "organization",
    "organisation",
    "org",
    "account",
    "accountname",
    "business",
    "industry",
    "website",
    "domain",
    "employer",
    "team",
    "client",
    // Records, and the data that senders add.
    "contact",
    "contactfield",
    "subscriber",
    "recipient",
    "user",
    "customer",
    "lead",
    "person",
    "profile",
    "member",
    "merge",
    "field",
    "attribute",
    "attr",
    "custom",
    "customfield",
    "var",
    "variable",
    "data",
    "tag",
    "udf",
    "list",
    "campaign",
    "unsubscribe",
    "webversion",
    "url",
    "link",
    "id",
    "uid",
    "guid",
    "uuid",
    "hash",
    "date",
    "currentdate",
    "today",
    "year",
    "month",
    // Orders, events and staff.
    "product",
    "order",
    "orderid",
    "price",
    "total",
    "amount",
    "currency",
    "quantity",
    "discount",
    "coupon",
    "code",
    "voucher",
    "points",
    "balance",
    "plan",
    "tier",
    "subscription",
    "store",
    "shop",
    "event",
    "venue",
    "ticket",
    "seat",
    "status",
    "owner",
    "agent",
    "rep",
    "manager",
    "sender",
    "signature",
    // German, French, Spanish, Portuguese, Italian, Dutch, Polish, Scandinavian.
    "vorname",
    "nachname",
    "anrede",
    "firma",
    "unternehmen",
    "stadt",
    "ort",
    "strasse",
    "straße",
    "plz",
    "land",
    "telefon",
    "geburtstag",
    "prenom",
    "prénom",
    "nom",
    "entreprise",
    "société",
    "societe",
    "ville",
    "pays",
    "adresse",
    "courriel",
    "nombre",
    "apellido",
    "apellidos",
    "empresa",
    "ciudad",
    "pais",
    "país",
    "correo",
    "nome",
    "sobrenome",
    "cognome",
    "azienda",
    "cidade",
    "città",
    "citta",
    "voornaam",
    "achternaam",
    "naam",
    "bedrijf",
    "stad",
    "imie",
    "imię",
    "nazwisko",
    "firma",
    "miasto",
    "fornavn",
    "efternavn",
    "etternavn",
    "navn",
    "förnamn",
    "fornamn",
    "efternamn",
    "namn",
    "företag",
    "foretag",
    "virksomhed",
    "имя",
    "фамилия",
    "компания",
    "город",
    "姓名",
    "名前",
    "氏名",
    "会社",
    "公司",
];

/// Whether a text may be a field: an identifier, or several words one of which is in [`WORDS`]; a
/// default or a filter may follow.
pub fn is_likely(inner: &str) -> bool {
    let Some((head, rest)) = split(inner) else { return false };
    if rest.starts_with(',') && !is_argument(rest) {
        return is_certain(head);
    }
    if head.contains(' ') || !head.is_ascii() {
        let is_capitalised_or_known =
            |part: &str| !part.starts_with(char::is_lowercase) || words(part).any(|word| is_known(&word));
        return words(head).any(|word| is_known(&word)) && head.split(' ').all(is_capitalised_or_known);
    }
    // `{u(name)}`: the name of a function may be a single letter.
    let call = rest.strip_prefix('(').and_then(|argument| argument.strip_suffix(')'));
    head.bytes().filter(u8::is_ascii_alphabetic).count() > 1 || call.is_some_and(is_likely)
}

/// Whether a text must be a field: it has a word of [`WORDS`], or is in snake case or camel case,
/// which only programs write.
pub fn is_certain(inner: &str) -> bool {
    let Some((head, _)) = split(inner) else { return false };
    if head.contains(' ') {
        return words(head).all(|word| is_known(&word));
    }
    words(head).any(|word| is_known(&word)) || is_snake_case(head) || is_camel_case(head)
}

/// Whether a text is one word in capitals, of at least four characters (shorter ones are
/// exclamations).
pub fn is_in_capitals(inner: &str) -> bool {
    inner.len() >= 4
        && inner.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && inner.starts_with(|c: char| c.is_ascii_uppercase())
}

/// Splits a text into the name and the rest: `firstname` and `,fallback=there`. `None` if it does
/// not begin with a name.
fn split(inner: &str) -> Option<(&str, &str)> {
    let inner = inner.trim_matches([' ', '+', '$', '!', '=']);
    if inner.len() > MAX_BYTES {
        return None;
    }
    let end = inner.find([',', '|', ':', '=', '(', '"', '\'']).unwrap_or(inner.len());
    let (head, rest) = inner.split_at_checked(end)?;
    let head = head.trim();
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | ' ');
    let begins = head.starts_with(|c: char| c.is_alphabetic() || c == '_');
    (begins && head.chars().all(fits)).then_some((head, rest))
}

/// Whether the text from a comma on is an argument of a tag: `, "there"` or `,fallback=there`.
fn is_argument(rest: &str) -> bool {
    let argument = rest.trim_start_matches([',', ' ']);
    argument.starts_with(['"', '\'']) || argument.contains('=') || argument.is_empty()
}

/// The words of a name in lower case: `Contact.FirstName` → `contact`, `firstname`, `first`,
/// `name`.
fn words(head: &str) -> impl Iterator<Item = String> {
    let parts = head.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.flat_map(|part| {
        let whole = part.to_lowercase();
        let mut humps = vec![whole];
        let mut start = 0;
        let mut before_is_lower = false;
        for (at, c) in part.char_indices() {
            if c.is_uppercase() && before_is_lower {
                humps.extend(part.get(start..at).map(str::to_lowercase));
                start = at;
            }
            before_is_lower = c.is_lowercase();
        }
        if start > 0 {
            humps.extend(part.get(start..).map(str::to_lowercase));
        }
        humps
    })
}

/// Whether a word occurs in the names of fields: `first`, `custom3`, `petname`.
fn is_known(word: &str) -> bool {
    let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
    WORDS.contains(&bare) || bare.starts_with("mmerge") || (bare.len() > 4 && bare.ends_with("name"))
}

/// Whether a name is in snake case with at least two parts, each of at least two letters:
/// `loyalty_tier`.
fn is_snake_case(head: &str) -> bool {
    let long = |part: &str| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    head.contains('_')
        && head.split('_').filter(|part| !part.is_empty()).count() >= 2
        && head.split('_').all(|part| part.is_empty() || long(part))
}

/// Whether a name begins with a small letter and has a capital: `shoeSize`. (`McDonald` begins with
/// a capital.)
fn is_camel_case(head: &str) -> bool {
    head.len() >= 4
        && head.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && head.starts_with(|c: char| c.is_ascii_lowercase())
        && head.bytes().any(|byte| byte.is_ascii_uppercase())
}
