//! The frame of a JPEG (T.81, B.2.2): its size, its components, and the decoder that suits it.

use super::super::header::broken;
use crate::error::{Fault, Problem};

/// A colour component.
#[derive(Debug, Clone, Copy)]
pub(super) struct Component {
    pub id: u8,
    /// Sampling factors, 1 to 4.
    horizontal: u8,
    vertical: u8,
}

/// A start-of-frame segment.
#[derive(Debug)]
pub(super) struct Frame {
    /// px as stored; not 0
    pub width: u16,
    /// px as stored; not 0
    pub height: u16,
    pub progressive: bool,
    pub components: Vec<Component>,
}

impl Frame {
    pub fn parse(segment: &[u8], progressive: bool) -> Result<Self, Problem> {
        let cut = || broken("the JPEG has a frame header that is cut short");
        let (&[precision, h1, h0, w1, w0, count], rest) = segment.split_first_chunk::<6>().ok_or_else(cut)?;
        let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
        if precision != 8 {
            return Err(unusual(&format!("{precision} bits a sample")));
        }
        if width == 0 || height == 0 {
            return Err(broken(format!("the JPEG says it is {width} x {height} px")));
        }
        if !matches!(count, 1 | 3 | 4) {
            return Err(unusual(&format!("{count} colour components")));
        }
        let component =
            |&[id, factors, _table]: &[u8; 3]| Component { id, horizontal: factors >> 4, vertical: factors & 15 };
        let components: Vec<Component> = rest.as_chunks().0.iter().map(component).collect();
        let possible = |c: &Component| (1..=4).contains(&c.horizontal) && (1..=4).contains(&c.vertical);
        if components.len() != usize::from(count) || !components.iter().all(possible) {
            return Err(broken("the JPEG has impossible sampling factors"));
        }
        let frame = Self { width, height, progressive, components };
        let (horizontal, vertical) = frame.most();
        if frame.components.iter().any(|c| horizontal % c.horizontal != 0 || vertical % c.vertical != 0) {
            // libjpeg refuses such a file too, so no browser shows it.
            return Err(unusual("a component sampled at a fraction of another one"));
        }
        Ok(frame)
    }

    /// The largest sampling factors.
    fn most(&self) -> (u8, u8) {
        let most = |factor: fn(&Component) -> u8| self.components.iter().map(factor).max().unwrap_or(1);
        (most(|c| c.horizontal), most(|c| c.vertical))
    }

    /// Whether `zune-jpeg` 0.5 decodes such a file correctly. `tests/corpus/images/layouts.txt`
    /// lists the files that it does not: a baseline file with several scans, luma that is sampled
    /// less than chroma, chroma of two kinds, and factors of 3.
    pub fn is_plain(&self, interleaved: bool) -> bool {
        let most = self.most();
        let mut factors = self.components.iter().map(|c| (c.horizontal, c.vertical));
        let first = factors.next() == Some(most);
        let usual = factors.all(|factors| factors == (1, 1) || factors == most);
        (self.progressive || interleaved) && first && usual && most.0 != 3 && most.1 != 3
    }

    /// Pixels of the picture.
    pub fn pixels(&self) -> u64 {
        u64::from(self.width).saturating_mul(u64::from(self.height))
    }

    /// Samples of all components, padded to whole minimum coded units (T.81, A.2.4).
    pub fn samples(&self) -> u64 {
        let blocks = |c: &Component| u64::from(c.horizontal).saturating_mul(u64::from(c.vertical));
        let blocks = self.components.iter().map(blocks).fold(0, u64::saturating_add);
        self.blocks(1, 1).saturating_mul(blocks).saturating_mul(64)
    }

    /// Bytes of the rows that `zune-jpeg` holds in addition: two per sample of a row of units, and
    /// as many of one component again. (They dominate for a picture 65,000 px wide and only a few
    /// px high.)
    pub fn row_bytes(&self) -> u64 {
        let components = u64::try_from(self.components.len()).unwrap_or(u64::MAX).saturating_add(1);
        let rows = u64::from(self.most().1).saturating_mul(8);
        u64::from(self.width).saturating_mul(rows).saturating_mul(components).saturating_mul(2)
    }

    /// Number of minimum coded units of a scan (T.81, A.2). A scan of one component has one block
    /// in each.
    pub fn units(&self, mut ids: impl Iterator<Item = u8>) -> u64 {
        let only = ids.next().filter(|_| ids.next().is_none());
        match self.components.iter().find(|component| Some(component.id) == only) {
            Some(component) => self.blocks(component.horizontal, component.vertical),
            None => self.blocks(1, 1),
        }
    }

    /// Number of blocks of 8 x 8 samples of a component with these factors, without blocks that are
    /// only padding. With factors of 1, these are the minimum coded units of an interleaved scan.
    fn blocks(&self, horizontal: u8, vertical: u8) -> u64 {
        let most = self.most();
        let blocks = |side: u16, factor: u8, most: u8| {
            u64::from(side).saturating_mul(u64::from(factor)).div_ceil(u64::from(most).saturating_mul(8))
        };
        blocks(self.width, horizontal, most.0).saturating_mul(blocks(self.height, vertical, most.1))
    }
}

/// The error for a legal file of a kind that is not used on the web.
pub(super) fn unusual(kind: &str) -> Problem {
    Problem::new(Fault::Document, "image-format", format!("the JPEG is of a kind that we do not read: {kind}"))
        .remedy("save it as an ordinary (baseline or progressive) JPEG, or as a PNG")
}
