//! A picture's world once everything that it needs was fetched.

use std::rc::Rc;

use monogram::asset::{AssetId, Assets};
use monogram::font::{Fonts, Pack};
use monogram::incremental::Cache;
use monogram::limits::Limits;
use monogram::world::World;

/// The files of one picture, and the memory of this isolate.
pub struct Fetched<'a> {
    /// Budgets.
    pub limits: &'a Limits,
    /// The assets that could be had.
    pub assets: Assets,
    /// The embedded font, and the packs that could be had.
    pub fonts: Fonts,
    /// What earlier pictures left.
    pub cache: Rc<Cache>,
}

impl World for Fetched<'_> {
    fn limits(&self) -> &Limits {
        self.limits
    }

    fn asset(&self, id: &AssetId) -> Option<Rc<[u8]>> {
        self.assets.get(id).cloned()
    }

    fn fonts(&self, _: &[&'static Pack]) -> Fonts {
        self.fonts.clone()
    }

    fn cache(&self) -> Option<&Cache> {
        Some(&self.cache)
    }
}
