//! The weights and slants that a face offers, and how near it comes to what is asked (CSS's font
//! matching).

use super::instance::{Axis, Instance, Tag};

/// The name of the weight axis.
pub(super) const WEIGHT_AXIS: Tag = Tag(*b"wght");

/// The name of the axis that slants letters by an angle.
pub(super) const SLANT_AXIS: Tag = Tag(*b"slnt");

/// The name of the axis that turns italic forms on.
pub(super) const ITALIC_AXIS: Tag = Tag(*b"ital");

/// A slant that every face clamps to its own. The axis counts degrees against the clock.
const SLANT_DEGREES: f32 = -15.0;

/// The weights and slants that a face offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Design {
    /// The lightest and the boldest weight; equal for a static face.
    pub(super) weights: (u16, u16),
    /// Whether the face has a weight axis.
    pub(super) variable: bool,
    /// Whether its letters always lean.
    pub(super) italic: bool,
    /// Whether it has an axis on which its letters lean.
    pub(super) leans: bool,
}

impl Design {
    /// The weight (1 to 1000) of the face that is nearest to `weight`.
    pub(super) fn clamp_weight(&self, weight: u16) -> u16 {
        let (lightest, boldest) = self.weights;
        weight.clamp(lightest, boldest.max(lightest))
    }

    /// The distance to an instance; the least is the nearest. Slant counts first, then the side of
    /// the weight, then the weight. The preferred side is below a weight of up to 500, and above a
    /// bolder one; from 400 to 500, weights up to 500 come first.
    /// <https://drafts.csswg.org/css-fonts-4/#font-style-matching>
    pub(super) fn distance(&self, instance: &Instance) -> impl Ord + use<> {
        let leans = self.italic || self.leans && instance.italic;
        let (wanted, nearest) = (instance.weight, self.clamp_weight(instance.weight));
        let side = match wanted {
            wanted if wanted == nearest => 0,
            400..=500 if (wanted..=500).contains(&nearest) => 0,
            ..=500 => 1 + u8::from(nearest > wanted),
            _ => 1 + u8::from(nearest < wanted),
        };
        (leans != instance.italic, side, nearest.abs_diff(wanted))
    }

    /// Whether bold has to be synthesised for an instance.
    /// <https://drafts.csswg.org/css-fonts-4/#font-style-matching>
    pub(super) const fn imitates_bold(&self, instance: &Instance) -> bool {
        instance.weight >= 600 && self.weights.1 < 600
    }

    /// Whether a slant has to be synthesised for an instance.
    pub(super) const fn imitates_italic(&self, instance: &Instance) -> bool {
        instance.italic && !self.italic && !self.leans
    }

    /// The face's place on each axis for an instance; the weight first. An axis that the face lacks
    /// has no effect.
    pub(super) fn axes(&self, instance: &Instance) -> Vec<Axis> {
        let mut axes = Vec::new();
        if self.variable {
            axes.push(Axis { tag: WEIGHT_AXIS, value: f32::from(self.clamp_weight(instance.weight)) });
        }
        if instance.italic && self.leans {
            axes.push(Axis { tag: SLANT_AXIS, value: SLANT_DEGREES });
            axes.push(Axis { tag: ITALIC_AXIS, value: 1.0 });
        }
        axes.extend_from_slice(&instance.axes);
        axes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_weight_and_slant_is_chosen() {
        let face = |weights, italic| Design { weights, italic, variable: false, leans: false };
        for (wanted, italic, there, expected) in [
            (400, false, &[(300, 300), (400, 400), (700, 700)][..], 400),
            (400, false, &[(300, 300), (500, 500)], 500),
            (450, false, &[(400, 400), (500, 500)], 500),
            (500, false, &[(400, 400), (600, 600)], 400),
            (400, false, &[(300, 300), (600, 600)], 300),
            (300, false, &[(100, 100), (400, 400)], 100),
            (600, false, &[(500, 500), (800, 800)], 800),
            (900, false, &[(300, 300), (700, 700)], 700),
            (600, false, &[(100, 900), (700, 700)], 100),
        ] {
            let instance = Instance { italic, ..Instance::of_weight(wanted) };
            let nearest = there.iter().min_by_key(|weights| face(**weights, false).distance(&instance)).unwrap();
            assert_eq!(nearest.0, expected, "{wanted} of {there:?}");
        }
        let leaning = Instance { italic: true, ..Instance::of_weight(700) };
        assert!(face((400, 400), true).distance(&leaning) < face((700, 700), false).distance(&leaning));
        let upright = Instance::of_weight(700);
        assert!(face((400, 400), false).distance(&upright) < face((700, 700), true).distance(&upright));
    }

    #[test]
    fn axes_are_those_that_the_face_has() {
        let instance = Instance { italic: true, ..Instance::of_weight(900) };
        let design = Design { weights: (300, 700), variable: true, italic: false, leans: false };
        let axis = |tag, value| Axis { tag, value };
        assert_eq!(design.axes(&instance), [axis(WEIGHT_AXIS, 700.0)]);
        let leaning = Design { variable: false, leans: true, ..design };
        assert_eq!(leaning.axes(&instance), [axis(SLANT_AXIS, -15.0), axis(ITALIC_AXIS, 1.0)]);
        assert_eq!(leaning.axes(&Instance::of_weight(400)), []);
    }
}
