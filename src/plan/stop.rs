//! The offsets of colour stops, where a template leaves some out (CSS Images 3, section 3.4.3,
//! "Color Stop Fixup").

/// The offset of each stop, from 0 to 1 and never less than an earlier one. A first stop without an
/// offset is at 0, a last one at 1; others are spread evenly between their neighbours that have
/// one.
pub fn offsets(stops: impl ExactSizeIterator<Item = Option<f32>>) -> Vec<f32> {
    let last = stops.len().saturating_sub(1);
    let mut offsets: Vec<f32> = Vec::with_capacity(stops.len());
    let mut missing = 0_usize;
    for (index, offset) in stops.enumerate() {
        let before = offsets.last().copied().unwrap_or(0.0);
        let offset = match offset {
            Some(offset) => offset.clamp(before, 1.0),
            None if index == 0 => 0.0,
            None if index == last => 1.0,
            None => {
                missing = missing.saturating_add(1);
                continue;
            }
        };
        spread(&mut offsets, before, offset, missing);
        missing = 0;
        offsets.push(offset);
    }
    offsets
}

/// Adds `count` offsets at equal distances between two others.
#[expect(clippy::cast_precision_loss, reason = "there are few stops")]
fn spread(offsets: &mut Vec<f32>, from: f32, to: f32, count: usize) {
    let parts = count.saturating_add(1) as f32;
    offsets.extend((1..=count).map(|part| from + (to - from) * (part as f32 / parts)));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first two are examples of section 3.4.3, the others follow its three steps.
    #[test]
    fn offsets_are_fixed_up_as_in_css() {
        for (stops, expected) in [
            (&[Some(0.4), None, None, None][..], &[0.4, 0.6, 0.8, 1.0][..]),
            (&[Some(0.8), Some(0.0), None, None], &[0.8, 0.8, 0.9, 1.0]),
            (&[None, None], &[0.0, 1.0]),
            (&[None, Some(0.5), None], &[0.0, 0.5, 1.0]),
            (&[None, Some(0.1), None, None, Some(0.7), None], &[0.0, 0.1, 0.3, 0.5, 0.7, 1.0]),
            (&[None, None, Some(0.3)], &[0.0, 0.15, 0.3]),
            (&[None, None, Some(0.3), None, None], &[0.0, 0.15, 0.3, 0.65, 1.0]),
            (&[Some(0.5), Some(0.2), Some(0.6)], &[0.5, 0.5, 0.6]),
            (&[Some(0.6), None, Some(0.2), None], &[0.6, 0.6, 0.6, 1.0]),
            (&[None, None, None, None, None], &[0.0, 0.25, 0.5, 0.75, 1.0]),
            // Outside of 0 to 1, as in SVG.
            (&[Some(-2.0), None, Some(7.0)], &[0.0, 0.5, 1.0]),
            (&[Some(0.4)], &[0.4]),
            (&[None], &[0.0]),
            (&[], &[]),
        ] {
            let found = offsets(stops.iter().copied());
            let is_near = found.iter().zip(expected).all(|(one, other)| (one - other).abs() < 1e-6);
            assert!(found.len() == expected.len() && is_near, "{stops:?}: {found:?}, expected {expected:?}");
        }
    }
}
