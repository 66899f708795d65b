//! Colours: sRGB, 8 bits per channel, not premultiplied. They are read from any CSS Color 4
//! notation.

use std::str::FromStr;

/// An sRGB colour, not premultiplied.
///
/// ```
/// use monogram::color::Color;
///
/// let tomato: Color = "tomato".parse().unwrap();
/// assert_eq!(tomato, Color::rgb(255, 99, 71));
/// assert_eq!(tomato.to_hex(), "#ff6347");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Color {
    /// Red, 0 to 255.
    pub r: u8,
    /// Green, 0 to 255.
    pub g: u8,
    /// Blue, 0 to 255.
    pub b: u8,
    /// Alpha, 0 (transparent) to 255 (opaque).
    pub a: u8,
}

impl Color {
    /// CSS `#000`.
    pub const BLACK: Self = Self { r: 0, g: 0, b: 0, a: 255 };
    /// CSS `transparent`.
    pub const TRANSPARENT: Self = Self { r: 0, g: 0, b: 0, a: 0 };

    /// An opaque colour.
    #[must_use]
    pub const fn rgb(r: u8, g: u8, b: u8) -> Self {
        Self { r, g, b, a: 255 }
    }

    /// CSS hex: `#rrggbb`, or `#rrggbbaa` if the colour is not opaque. A colour has one spelling,
    /// whatever notation it was read from.
    #[must_use]
    pub fn to_hex(self) -> String {
        let Self { r, g, b, a } = self;
        if a == 255 { format!("#{r:02x}{g:02x}{b:02x}") } else { format!("#{r:02x}{g:02x}{b:02x}{a:02x}") }
    }
}

/// The names of colours in CSS.
pub fn names() -> impl Iterator<Item = &'static str> {
    csscolorparser::NAMED_COLORS.keys().map(|name| name.as_str())
}

/// The relative luminance of a colour's red, green and blue, 0 to 1 (WCAG 2.2, "relative
/// luminance").
#[must_use]
pub fn luminance(color: Color) -> f64 {
    luminance_of_linear([color.r, color.g, color.b].map(linear))
}

/// The same of a colour whose channels are [`linear`].
#[must_use]
pub fn luminance_of_linear([red, green, blue]: [f64; 3]) -> f64 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// A channel in linear light, 0 to 1. It takes a power: for many pixels, make a table of it.
#[must_use]
pub fn linear(channel: u8) -> f64 {
    let value = f64::from(channel) / 255.0;
    if value <= 0.040_45 { value / 12.92 } else { libm::pow((value + 0.055) / 1.055, 2.4) }
}

/// The contrast ratio of two luminances, 1 to 21 (WCAG 2.2, "contrast ratio").
#[must_use]
pub const fn contrast(one: f64, other: f64) -> f64 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// A colour over an opaque one, blended as sRGB, as browsers do.
#[must_use]
pub fn over(above: Color, below: Color) -> Color {
    let alpha = u32::from(above.a);
    let channel = |above: u8, below: u8| {
        let sum = u32::from(above).saturating_mul(alpha).saturating_add(u32::from(below).saturating_mul(255 - alpha));
        u8::try_from(sum / 255).unwrap_or(u8::MAX)
    };
    Color::rgb(channel(above.r, below.r), channel(above.g, below.g), channel(above.b, below.b))
}

impl FromStr for Color {
    type Err = ();

    /// Reads any CSS Color 4 notation (`#f53`, `rgb(255 85 51 / 50%)`, `oklch(…)`, `tomato`). Hex
    /// may lack its `#`, because a `#` in a URL starts the fragment.
    fn from_str(text: &str) -> Result<Self, ()> {
        let color = csscolorparser::parse(text.trim()).map_err(|_| ())?;
        let [r, g, b, a] = color.to_rgba8();
        Ok(Self { r, g, b, a })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_css_and_writes_hex() {
        for (text, hex) in [
            ("#f53", "#ff5533"),
            ("f53", "#ff5533"),
            ("#FF5533", "#ff5533"),
            ("rgb(255 85 51 / 50%)", "#ff553380"),
            ("tomato", "#ff6347"),
            (" white ", "#ffffff"),
            ("transparent", "#00000000"),
        ] {
            assert_eq!(text.parse::<Color>().map(Color::to_hex), Ok(hex.to_owned()), "{text}");
        }
        for text in ["", "#12", "nocolor", "#gggggg", "rgb(", "url(x)"] {
            assert_eq!(text.parse::<Color>(), Err(()), "{text}");
        }
    }
}
