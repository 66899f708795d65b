//! An instance of a face: weight, slant, and a place on its other axes.

/// A four-letter name of OpenType: a feature (`tnum`) or an axis (`wdth`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub [u8; 4]);

impl Tag {
    /// The tag of this name. `None` if the name is not four ASCII letters or digits.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let bytes: [u8; 4] = name.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_alphanumeric).then_some(Self(bytes))
    }
}

/// A place on one axis of a variable font, in the axis's own units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    /// The axis's name.
    pub tag: Tag,
    /// The place; a face clamps it to the axis's range.
    pub value: f32,
}

/// One look of a face. Where a face has neither an axis nor a file for it, the look is synthesised:
/// bold by thicker outlines, italic by slanted ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// 1 to 1000, as in CSS.
    pub weight: u16,
    /// Whether the letters are slanted.
    pub italic: bool,
    /// All axes except the weight's.
    pub axes: Vec<Axis>,
}

impl Instance {
    /// Upright letters of a weight, 1 to 1000.
    #[must_use]
    pub const fn of_weight(weight: u16) -> Self {
        Self { weight, italic: false, axes: Vec::new() }
    }
}
