//! The world of a picture whose files have been fetched.

use std::rc::Rc;

use monogram::asset::{AssetId, Assets};
use monogram::font::{Fonts, Pack};
use monogram::incremental::Cache;
use monogram::limits::Limits;
use monogram::world::World;

/// The files of one picture, and the cache of this isolate.
pub struct Fetched<'a> {
    /// Budgets.
    pub limits: &'a Limits,
    /// The available assets.
    pub assets: Assets,
    /// The embedded font, and the available packs.
    pub fonts: Fonts,
    /// The cache that earlier pictures filled. `None` if the picture is of a draft.
    pub cache: Option<Rc<Cache>>,
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
        self.cache.as_deref()
    }
}
