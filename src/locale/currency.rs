//! The codes of currencies.

/// The codes of ISO 4217 that are in use, three letters each: what `Intl.supportedValuesOf('currency')` lists.
const CODES: &str = "\
    AEDAFNALLAMDANGAOAARSAUDAWGAZNBAMBBDBDTBGNBHDBIFBMDBNDBOBBRLBSDBTNBWPBYNBZDCADCDFCHFCLPCNYCOPCRCCUC\
    CUPCVECZKDJFDKKDOPDZDEGPERNETBEURFJDFKPGBPGELGHSGIPGMDGNFGTQGYDHKDHNLHRKHTGHUFIDRILSINRIQDIRRISKJMD\
    JODJPYKESKGSKHRKMFKPWKRWKWDKYDKZTLAKLBPLKRLRDLSLLYDMADMDLMGAMKDMMKMNTMOPMRUMURMVRMWKMXNMYRMZNNADNGN\
    NIONOKNPRNZDOMRPABPENPGKPHPPKRPLNPYGQARRONRSDRUBRWFSARSBDSCRSDGSEKSGDSHPSLESLLSOSSRDSSPSTNSVCSYPSZL\
    THBTJSTMTTNDTOPTRYTTDTWDTZSUAHUGXUSDUYUUZSVESVNDVUVWSTXAFXCDXCGXDRXOFXPFXSUYERZARZMWZWGZWL";

/// Whether there is a currency of this code, which is in capitals.
///
/// ```
/// use monogram::locale::is_currency;
///
/// assert!(is_currency("EUR") && is_currency("ZWL"));
/// assert!(!is_currency("EUX") && !is_currency("euro") && !is_currency("EDA"));
/// ```
#[must_use]
pub fn is_currency(code: &str) -> bool {
    CODES.as_bytes().chunks_exact(3).any(|known| known == code.as_bytes())
}
