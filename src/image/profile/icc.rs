//! ICC profiles (ICC.1:2010) with a matrix and three curves.

use super::curve::Curve;
use super::{Profile, UNREAD, matrix};

/// Maximum number of samples of a curve's table: the largest count that is used in practice.
const MAX_SAMPLES: usize = 4_096;

/// Reads an RGB profile.
pub fn parse(icc: &[u8]) -> Profile {
    let field = |at: usize| icc.get(at..).and_then(<[u8]>::first_chunk::<4>);
    if field(36) != Some(b"acsp") {
        return Profile::Other(UNREAD);
    }
    if field(16) != Some(b"RGB ") {
        return Profile::Other("the image has a colour profile that is not of RGB; its colours are taken as they are");
    }
    if field(20) != Some(b"XYZ ") || tag(icc, b"A2B0").is_some() && tag(icc, b"rXYZ").is_none() {
        return Profile::Other("the image has a colour profile of lookup tables, which is not converted");
    }
    let colorant = |name| tag(icc, name).and_then(xyz);
    let curve = |name| tag(icc, name).and_then(curve);
    let read = || {
        let ([rx, ry, rz], [gx, gy, gz], [bx, by, bz]) = (colorant(b"rXYZ")?, colorant(b"gXYZ")?, colorant(b"bXYZ")?);
        let matrix = matrix::from_connection_space([[rx, gx, bx], [ry, gy, by], [rz, gz, bz]])?;
        Some(Profile::Rgb(Box::new([curve(b"rTRC")?, curve(b"gTRC")?, curve(b"bTRC")?]), matrix))
    };
    read().unwrap_or(Profile::Other(UNREAD))
}

/// The data of a tag (§7.3).
fn tag<'a>(icc: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    let count = number(icc.get(128..132)?)?;
    let entries = icc.get(132..)?.as_chunks::<12>().0.iter().take(count);
    let entry = entries.into_iter().find(|entry| entry.starts_with(name))?;
    let (start, length) = (number(entry.get(4..8)?)?, number(entry.get(8..12)?)?);
    icc.get(start..start.checked_add(length)?)
}

fn number(bytes: &[u8]) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(*bytes.first_chunk()?)).ok()
}

/// `s15Fixed16Number` (§4.6).
fn fixed(bytes: [u8; 4]) -> f64 {
    f64::from(i32::from_be_bytes(bytes)) / 65_536.0
}

/// `XYZType` (§10.31).
fn xyz(data: &[u8]) -> Option<[f64; 3]> {
    let numbers = data.strip_prefix(b"XYZ \0\0\0\0")?.as_chunks::<4>().0.first_chunk::<3>()?;
    Some(numbers.map(fixed))
}

/// `curveType` (§10.6) and `parametricCurveType` (§10.18).
fn curve(data: &[u8]) -> Option<Curve> {
    if let Some(rest) = data.strip_prefix(b"curv\0\0\0\0") {
        let count = number(rest)?;
        let samples = rest.get(4..)?.as_chunks::<2>().0.get(..count)?;
        return match *samples {
            [] => Some(Curve::gamma(1.0)),
            [gamma] => Some(Curve::gamma(f64::from(u16::from_be_bytes(gamma)) / 256.0)),
            _ if count > MAX_SAMPLES => None,
            _ => Some(Curve::Table(samples.iter().map(|&sample| u16::from_be_bytes(sample)).collect())),
        };
    }
    let (&[_, kind, _, _], rest) = data.strip_prefix(b"para\0\0\0\0")?.split_first_chunk::<4>()?;
    let numbers = rest.as_chunks::<4>().0;
    let at = |index: usize| numbers.get(index).copied().map(fixed);
    let g = at(0)?;
    let (a, b) = if kind == 0 { (1.0, 0.0) } else { (at(1)?, at(2)?) };
    // Kinds 1 and 2 start where the base of their power is 0.
    let zero = || if a == 0.0 { 0.0 } else { -b / a };
    Some(match kind {
        0 => Curve::gamma(g),
        1 => Curve::Parametric { g, a, b, c: 0.0, d: zero(), e: 0.0, f: 0.0 },
        2 => Curve::Parametric { g, a, b, c: 0.0, d: zero(), e: at(3)?, f: at(3)? },
        3 => Curve::Parametric { g, a, b, c: at(3)?, d: at(4)?, e: 0.0, f: 0.0 },
        4 => Curve::Parametric { g, a, b, c: at(3)?, d: at(4)?, e: at(5)?, f: at(6)? },
        _ => return None,
    })
}
