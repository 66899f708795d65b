//! Colours of a picture changed as a whole: grey, one colour, or two.
//!
//! All of it is integer arithmetic on premultiplied pixels, with the luma of CSS and SVG filters
//! (Filter Effects 1, `luminanceToAlpha`; the weights of BT.709 on sRGB-coded values).

use std::fmt;

use tiny_skia::{Pixmap, PremultipliedColorU8};

use crate::color::Color;

/// A change of a picture's colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// Each pixel has its luma as colour: CSS `grayscale(1)`.
    Grayscale,
    /// One colour. The ink of the picture becomes its alpha.
    Tint(Color),
    /// Black becomes the first colour and white the second one; other pixels lie between them by
    /// their luma, on a straight line in sRGB: the `table` of SVG's `feComponentTransfer`.
    Duotone(Color, Color),
}

impl fmt::Display for Filter {
    /// As a template has it: `grayscale`, `tint #ffffff`, `duotone #000000 #ffffff`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Grayscale => f.write_str("grayscale"),
            Self::Tint(color) => write!(f, "tint {}", color.to_hex()),
            Self::Duotone(dark, light) => write!(f, "duotone {} {}", dark.to_hex(), light.to_hex()),
        }
    }
}

/// The ink of a picture, which a tint colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// The alpha of a picture that has clear pixels.
    Alpha,
    /// The distance from the luma of the ground, for an opaque picture. Its ground is its first
    /// pixel. The luma farthest from there is full ink, so that a black logo on white, a white one
    /// on black and a grey one all get the whole colour.
    Luma {
        /// Luma of the ground.
        ground: u8,
        /// The distance that is full ink; at least 1.
        reach: u8,
    },
}

impl Filter {
    /// The ink of a whole picture, before it is cropped. Only a tint looks for it.
    #[must_use]
    pub fn ink(self, picture: &Pixmap) -> Ink {
        if let Self::Tint(_) = self { Ink::of(picture) } else { Ink::Alpha }
    }
}

impl Ink {
    fn of(picture: &Pixmap) -> Self {
        let pixels = picture.pixels();
        if pixels.iter().any(|pixel| pixel.alpha() < u8::MAX) {
            return Self::Alpha;
        }
        let ground = pixels.first().map_or(0, |pixel| luma(*pixel));
        let reach = pixels.iter().map(|pixel| luma(*pixel).abs_diff(ground)).max();
        Self::Luma { ground, reach: reach.unwrap_or(1).max(1) }
    }

    /// The coverage of a pixel, 0 to 255.
    fn coverage(self, pixel: PremultipliedColorU8) -> u8 {
        match self {
            Self::Alpha => pixel.alpha(),
            Self::Luma { ground, reach } => {
                let distance = u32::from(luma(pixel).abs_diff(ground)).saturating_mul(255);
                u8::try_from(distance / u32::from(reach.max(1))).unwrap_or(u8::MAX)
            }
        }
    }
}

/// Changes the colours of a picture, or of a part of it that was scaled. `ink` is that of the whole
/// picture.
pub fn apply(picture: &mut Pixmap, filter: Filter, ink: Ink) {
    match filter {
        Filter::Grayscale => change(picture, |pixel| {
            let luma = luma(pixel);
            [luma, luma, luma, pixel.alpha()]
        }),
        Filter::Tint(color) => {
            let full = premultiplied(color);
            change(picture, |pixel| {
                let coverage = ink.coverage(pixel);
                full.map(|channel| between(0, channel, 255, coverage))
            });
        }
        Filter::Duotone(dark, light) => {
            let (dark, light) = (premultiplied(dark), premultiplied(light));
            let mixed = |alpha: u8, luma: u8| {
                let mut mixed = light;
                for (light, dark) in mixed.iter_mut().zip(dark) {
                    *light = between(dark, *light, alpha, luma);
                }
                mixed
            };
            // Most pixels are opaque.
            let opaque: Vec<[u8; 4]> = (0..=u8::MAX).map(|luma| mixed(u8::MAX, luma)).collect();
            change(picture, |pixel| match (pixel.alpha(), opaque.get(usize::from(luma(pixel)))) {
                (u8::MAX, Some(known)) => *known,
                (alpha, _) => mixed(alpha, luma(pixel)),
            });
        }
    }
}

fn change(picture: &mut Pixmap, new: impl Fn(PremultipliedColorU8) -> [u8; 4]) {
    for pixel in picture.pixels_mut() {
        let [r, g, b, a] = new(*pixel);
        *pixel = PremultipliedColorU8::from_rgba(r, g, b, a).unwrap_or(PremultipliedColorU8::TRANSPARENT);
    }
}

fn premultiplied(color: Color) -> [u8; 4] {
    let channel = |channel: u8| between(0, channel, 255, color.a);
    [channel(color.r), channel(color.g), channel(color.b), color.a]
}

/// `from` and `to`, mixed by `share` of `whole`, times `whole` of 255; rounded.
fn between(from: u8, to: u8, whole: u8, share: u8) -> u8 {
    let rest = u32::from(whole.saturating_sub(share));
    let sum = u32::from(from).saturating_mul(rest).saturating_add(u32::from(to).saturating_mul(u32::from(share)));
    u8::try_from(sum.saturating_add(127) / 255).unwrap_or(u8::MAX)
}

/// The luma of a pixel times its alpha: 0.2126 r + 0.7152 g + 0.0722 b, in levels.
#[must_use]
pub fn luma(pixel: PremultipliedColorU8) -> u8 {
    luma_of([pixel.red(), pixel.green(), pixel.blue()])
}

/// The same of its channels.
#[must_use]
pub fn luma_of([red, green, blue]: [u8; 3]) -> u8 {
    // 65,536ths; they sum to one, so that white stays white.
    const RED: u32 = 13_933;
    const GREEN: u32 = 46_871;
    const BLUE: u32 = 4_732;
    let weighed = |channel: u8, weight: u32| u32::from(channel).saturating_mul(weight);
    let sum = weighed(red, RED).saturating_add(weighed(green, GREEN)).saturating_add(weighed(blue, BLUE));
    u8::try_from(sum.saturating_add(32_768) >> 16).unwrap_or(u8::MAX)
}
