//! Which of its looks a face is asked for: weight, slant, and where it stands on its axes.

/// A four-letter name of OpenType: a feature (`tnum`) or an axis (`wdth`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub [u8; 4]);

impl Tag {
    /// The tag of this name: four ASCII letters or digits.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let bytes: [u8; 4] = name.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_alphanumeric).then_some(Self(bytes))
    }
}

/// Where a variable font stands on one of its axes, in the axis's own units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    /// Which.
    pub tag: Tag,
    /// Where; a face clamps it to what it has.
    pub value: f32,
}

/// What is asked of a face before a glyph is drawn. What a face has no axis or file for is imitated: a bold by thicker outlines,
/// an italic by slanted ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// 1 to 1000, as in CSS.
    pub weight: u16,
    /// Slanted.
    pub italic: bool,
    /// All axes but the weight's.
    pub axes: Vec<Axis>,
}

impl Instance {
    /// Upright letters of a weight.
    #[must_use]
    pub const fn of_weight(weight: u16) -> Self {
        Self { weight, italic: false, axes: Vec::new() }
    }
}
