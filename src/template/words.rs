//! The words that fields of a document take: `"blend": "multiply"`.
//!
//! As in [`document`](super::document), a doc comment here is user documentation.

use schemars::JsonSchema;
use serde::Deserialize;

/// Declares the words of a field: an enum in `snake_case`, or as renamed, with its default first.
macro_rules! words {
    ($($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $word_doc:literal])* $word:ident $(= $rename:literal)?),+ $(,)? })+) => { $(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[doc = $word_doc])* $(#[serde(rename = $rename)])? $word),+ }
    )+ };
}

words! {
    /// How a layer mixes with what lies below, as in CSS.
    Blend {
        /// Over it.
        Normal,
        /// Darker.
        Multiply,
        /// Lighter.
        Screen,
        /// Multiply or screen, by what lies below.
        Overlay,
        /// The darker of both.
        Darken,
        /// The lighter of both.
        Lighten,
        /// Lighter, the more so where the layer is light.
        ColorDodge = "color-dodge",
        /// Darker, the more so where the layer is dark.
        ColorBurn = "color-burn",
        /// Multiply or screen, by the layer.
        HardLight = "hard-light",
        /// A gentle overlay.
        SoftLight = "soft-light",
        /// The difference of both.
        Difference,
        /// A gentle difference.
        Exclusion,
        /// The hue of the layer, with the saturation and luminosity of what lies below.
        Hue,
        /// The saturation of the layer.
        Saturation,
        /// The hue and saturation of the layer.
        Color,
        /// The luminosity of the layer.
        Luminosity,
    }
    /// What of a mask counts.
    MaskType {
        /// Its alpha.
        Alpha,
        /// Its luminance: what is white shows, what is black hides.
        Luminance,
    }
    /// How the ends of a line look.
    Linecap {
        /// Flat, at the end.
        Butt,
        /// Half a circle beyond it.
        Round,
        /// Flat, half the width beyond it.
        Square,
    }
    /// How the corners of a line look.
    Linejoin {
        /// Pointed.
        Miter,
        /// Rounded.
        Round,
        /// Cut off.
        Bevel,
    }
    /// Where an outline lies.
    StrokeAlign {
        /// Half inside, half outside.
        Center,
        /// Inside.
        Inside,
        /// Outside.
        Outside,
    }
    /// The side from which a picture is read.
    Dir {
        /// From the left.
        Ltr,
        /// From the right.
        Rtl,
        /// As its language is.
        Auto,
    }
    /// How something is mirrored.
    Flip {
        /// Left is right.
        Horizontal,
        /// Top is bottom.
        Vertical,
        /// Both.
        Both,
    }
    /// How a cylinder stands.
    Axis {
        /// Upright.
        Vertical,
        /// Lying.
        Horizontal,
    }
    /// Capitals and small letters.
    Case {
        /// As written.
        None,
        /// All capitals: `ß` becomes `SS`, a Turkish `i` becomes `İ`, Greek loses its accents.
        Upper,
        /// No capitals.
        Lower,
        /// Each word begins with a capital; its other letters stay.
        Title,
        /// Small letters look like capitals of their size.
        SmallCaps = "small-caps",
    }
    /// Lines along letters.
    Decoration {
        /// None.
        None,
        /// Below them.
        Underline,
        /// Through them.
        LineThrough = "line-through",
        /// Both.
        Both = "underline line-through",
    }
    /// Where the heads of letters on a circle point.
    Heads {
        /// Away from its middle.
        Outward,
        /// To its middle.
        Inward,
    }
    /// Where lines stand in a higher box.
    VerticalAlign {
        /// At the top.
        Top,
        /// In the middle, line boxes counted.
        Middle,
        /// At the bottom.
        Bottom,
        /// In the middle by what the eye sees: from the first line's capitals to the last baseline.
        Cap,
    }
    /// The shape of the dark modules of a QR code.
    ModuleShape {
        /// Squares.
        Square,
        /// Squares that round their free corners.
        Rounded,
        /// Dots.
        Dots,
    }
    /// How a progress looks.
    Progression {
        /// A bar that fills up.
        Bar,
        /// A ring from the top, clockwise.
        Ring,
        /// Pieces in a row.
        Steps,
    }
    /// What a chart draws.
    ChartShape {
        /// Bars from zero.
        Bar,
        /// A line from item to item.
        Line,
        /// A line, and what is between it and zero.
        Area,
        /// A ring of parts.
        Donut,
        /// A small line without an axis.
        Sparkline,
    }
    /// A shape by its name.
    Word {
        /// An arrow to the right; `rotate` and `flip` turn it.
        Arrow,
        /// A step to the right.
        Chevron,
        /// A speech bubble.
        Bubble,
        /// A band whose ends are cut in.
        Ribbon,
        /// A round seal with many points.
        Badge,
        /// A star.
        Star,
    }
    /// Where the tail of a speech bubble is.
    Tail {
        /// In the middle below.
        Bottom,
        /// Below, at the left.
        BottomLeft = "bottom-left",
        /// Below, at the right.
        BottomRight = "bottom-right",
        /// In the middle above.
        Top,
        /// Above, at the left.
        TopLeft = "top-left",
        /// Above, at the right.
        TopRight = "top-right",
        /// In the middle of the left side.
        Left,
        /// In the middle of the right side.
        Right,
    }
    /// A device.
    Device {
        /// The window of a browser.
        Browser,
        /// A phone.
        Phone,
        /// A laptop.
        Laptop,
    }
    /// Who decides where a layer in a stack stands.
    Position {
        /// The stack.
        Static,
        /// The layer itself.
        Absolute,
    }
    /// The direction of a stack.
    StackDirection {
        /// From top to bottom.
        Column,
        /// From left to right.
        Row,
        /// In columns, row by row.
        Grid,
    }
    /// Where children stand across a stack's direction.
    Align {
        /// Left or top.
        Start,
        /// In the middle.
        Center,
        /// Right or bottom.
        End,
        /// As large as the stack.
        Stretch,
        /// On one baseline; rows only.
        Baseline,
    }
    /// Where children stand along a stack's direction.
    Justify {
        /// At the start.
        Start,
        /// In the middle.
        Center,
        /// At the end.
        End,
        /// Spread, the outer ones at the edges.
        SpaceBetween = "space-between",
        /// Spread, with half a space at the edges.
        SpaceAround = "space-around",
        /// Spread, with a whole space at the edges.
        SpaceEvenly = "space-evenly",
    }
}
