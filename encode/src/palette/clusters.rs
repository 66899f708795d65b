//! Many points → the few that represent them best: the colours of a palette.
//!
//! First, the cluster whose two halves are the farthest apart is cut, again and again. The idea is
//! Wu's, without his grid: it has three dimensions, and its cells are as coarse for a subtle
//! gradient as for a rainbow. Then each point is assigned to its nearest mean, and the means move
//! to the middle of their points (Lloyd's iteration).

use std::ops::Range;

use super::nearest::Nearest;
use super::oklab::Point;

/// Number of equal slices between which a cluster can be cut.
const SLICES: usize = 64;

/// Number of times that the means move; after the second they hardly do.
const ROUNDS: usize = 2;

/// Up to `count` points that, together with those of `fixed`, represent `points`, whose order is
/// lost. Together they are at most 256.
pub fn means(points: &mut [Point], fixed: &[Point], count: usize) -> Vec<Point> {
    if points.is_empty() || count == 0 {
        return Vec::new();
    }
    let mut clusters = vec![Cluster::new(points, 0..points.len())];
    while clusters.len() < count {
        let widest = clusters.iter_mut().max_by(|one, other| one.gain().total_cmp(&other.gain()));
        let Some((cluster, cut)) = widest.and_then(|cluster| cluster.cut.take().map(|cut| (cluster, cut))) else {
            break;
        };
        let Range { start, end } = cluster.range.clone();
        let middle = start.saturating_add(partition(points.get_mut(start..end).unwrap_or_default(), &cut));
        *cluster = Cluster::new(points, start..middle);
        clusters.push(Cluster::new(points, middle..end));
    }
    let mut means: Vec<_> = fixed.iter().copied().chain(clusters.iter().map(|cluster| cluster.mean)).collect();
    for _ in 0..ROUNDS {
        let mut nearest = Nearest::new(&means);
        let mut sums = vec![Sum::default(); means.len()];
        for &point in &*points {
            if let Some(sum) = sums.get_mut(usize::from(nearest.of(point))) {
                sum.add(point);
            }
        }
        for (mean, sum) in means.iter_mut().zip(&sums).skip(fixed.len()).filter(|(_, sum)| sum.count > 0.0) {
            *mean = sum.mean();
        }
    }
    means.split_off(fixed.len())
}

/// Points that share a mean.
struct Cluster {
    range: Range<usize>,
    mean: Point,
    cut: Option<Cut>,
}

/// Where a cluster is best cut in two.
struct Cut {
    slices: Slices,
    /// The last slice of the first half.
    last: usize,
    /// How much the sum of squared distances to the means decreases.
    gain: f64,
}

/// The range of a coordinate, in equal parts.
struct Slices {
    axis: usize,
    least: f32,
    per_unit: f32,
}

impl Slices {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to SLICES")]
    fn of(&self, point: &Point) -> usize {
        let at = point.get(self.axis).map_or(0.0, |at| (at - self.least) * self.per_unit);
        (at as usize).min(SLICES.saturating_sub(1))
    }
}

impl Cluster {
    fn new(points: &[Point], range: Range<usize>) -> Self {
        let points = points.get(range.clone()).unwrap_or_default();
        let (mut all, mut least, mut most) = (Sum::default(), [f32::INFINITY; 4], [f32::NEG_INFINITY; 4]);
        for &point in points {
            all.add(point);
            least.iter_mut().zip(point).for_each(|(least, at)| *least = least.min(at));
            most.iter_mut().zip(point).for_each(|(most, at)| *most = most.max(at));
        }
        let mean = all.mean();
        // The axis along which the points are the farthest apart.
        let mut squares = [0.0_f64; 4];
        for point in points {
            for ((square, at), mean) in squares.iter_mut().zip(point).zip(mean) {
                *square += f64::from((at - mean) * (at - mean));
            }
        }
        let axis = (0..4).max_by(|&one, &other| {
            let square = |axis: usize| squares.get(axis).copied().unwrap_or_default();
            square(one).total_cmp(&square(other))
        });
        let bounds = axis.and_then(|axis| Some((axis, *least.get(axis)?, *most.get(axis)?)));
        let cut = bounds.filter(|(_, least, most)| least < most).and_then(|(axis, least, most)| {
            #[expect(clippy::cast_precision_loss, reason = "64")]
            let slices = Slices { axis, least, per_unit: SLICES as f32 / (most - least) };
            Cut::best(points, &all, slices)
        });
        Self { range, mean, cut }
    }

    fn gain(&self) -> f64 {
        self.cut.as_ref().map_or(-1.0, |cut| cut.gain)
    }
}

impl Cut {
    fn best(points: &[Point], all: &Sum, slices: Slices) -> Option<Self> {
        let mut sums = [Sum::default(); SLICES];
        for point in points {
            if let Some(sum) = sums.get_mut(slices.of(point)) {
                sum.add(*point);
            }
        }
        let mut below = Sum::default();
        let gains = sums.iter().enumerate().map(|(last, sum)| {
            below.add_all(sum);
            (last, below.apart(all))
        });
        let (last, gain) = gains.max_by(|(_, one), (_, other)| one.total_cmp(other)).filter(|(_, gain)| *gain > 0.0)?;
        Some(Self { slices, last, gain })
    }
}

/// Moves the points of the first half before the others; returns their number.
fn partition(points: &mut [Point], cut: &Cut) -> usize {
    let mut first = 0_usize;
    for at in 0..points.len() {
        if points.get(at).is_some_and(|point| cut.slices.of(point) <= cut.last) {
            points.swap(first, at);
            first = first.saturating_add(1);
        }
    }
    first
}

/// The sum of some points.
#[derive(Clone, Copy, Default)]
struct Sum {
    count: f64,
    sum: [f64; 4],
}

impl Sum {
    #[inline]
    fn add(&mut self, point: Point) {
        self.count += 1.0;
        self.sum.iter_mut().zip(point).for_each(|(sum, at)| *sum += f64::from(at));
    }

    fn add_all(&mut self, other: &Self) {
        self.count += other.count;
        self.sum.iter_mut().zip(other.sum).for_each(|(sum, other)| *sum += other);
    }

    #[expect(clippy::cast_possible_truncation, reason = "coordinates were f32")]
    fn mean(&self) -> Point {
        self.sum.map(|sum| (sum / self.count.max(1.0)) as f32)
    }

    /// How much the squared distances to the mean of `all` decrease if these points and the rest of
    /// `all` have means of their own: the squared distance between the two means, times the product
    /// of the two counts over their sum.
    fn apart(&self, all: &Self) -> f64 {
        let rest = all.count - self.count;
        if self.count < 0.5 || rest < 0.5 {
            return 0.0;
        }
        let between = self.sum.iter().zip(all.sum).map(|(sum, all)| sum / self.count - (all - sum) / rest);
        between.map(|between| between * between).sum::<f64>() * self.count * rest / all.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_points_are_their_own_means() {
        let corners: Vec<Point> =
            (0..16_u8).map(|n| [8, 4, 2, 1].map(|bit| f32::from(u8::from(n & bit > 0)))).collect();
        let mut points: Vec<Point> = corners.iter().cycle().take(16 * 50).copied().collect();
        let mut found = means(&mut points, &[], 256);
        found.sort_by(|one, other| one.partial_cmp(other).unwrap());
        assert_eq!(found, corners);
        assert_eq!(means(&mut points, &[], 5).len(), 5);
        assert!(means(&mut points, &[], 0).is_empty());
        assert!(means(&mut [], &[], 9).is_empty());
    }

    #[test]
    fn close_points_are_told_apart_if_there_are_no_others() {
        let mut points: Vec<Point> = (0..1_000_u16).map(|n| [0.2 + f32::from(n) * 1e-6, 0.1, 0.1, 1.0]).collect();
        let found = means(&mut points, &[], 100);
        assert_eq!(found.len(), 100);
        assert!(found.iter().all(|[l, ..]| (0.2..0.2011).contains(l)));
    }

    #[test]
    fn fixed_points_attract_their_neighbours() {
        let mut points: Vec<Point> = (0..100_u8).map(|n| [f32::from(n % 2), 0.0, 0.0, 1.0]).collect();
        points.push([0.9, 0.0, 0.0, 1.0]);
        let found = means(&mut points, &[[1.0, 0.0, 0.0, 1.0]], 2);
        assert!(found.contains(&[0.0, 0.0, 0.0, 1.0]), "{found:?}");
    }
}
