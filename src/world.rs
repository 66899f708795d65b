//! The outside of the core: the source of files, and the limits on their use.
//!
//! The Worker, the command line, the tests and the page each have a [`World`]. A picture asks its
//! world once for everything that its plan needs, before anything is drawn. A world that has to
//! wait for its files fetches them after [`plan`](crate::plan::plan()) and before that question.

use std::rc::Rc;

use crate::asset::AssetId;
use crate::font::{Fonts, Pack};
use crate::incremental::Cache;
use crate::limits::Limits;

/// Files, budgets, and the cache that earlier pictures filled.
pub trait World {
    /// Budgets.
    fn limits(&self) -> &Limits;

    /// The bytes of an asset. `None` if it is not available: the layer then shows its fallback.
    fn asset(&self, id: &AssetId) -> Option<Rc<[u8]>>;

    /// The embedded font and the available packs, in this order. Characters of missing packs become
    /// boxes.
    fn fonts(&self, packs: &[&'static Pack]) -> Fonts;

    /// The cache that earlier pictures filled. `None` if every picture is drawn from scratch.
    fn cache(&self) -> Option<&Cache> {
        None
    }
}

/// A world without files: it has the embedded font, no assets and no cache.
#[derive(Debug, Clone, Default)]
pub struct Embedded {
    limits: Limits,
}

impl Embedded {
    /// A world with these budgets.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self { limits }
    }
}

impl World for Embedded {
    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn asset(&self, _: &AssetId) -> Option<Rc<[u8]>> {
        None
    }

    fn fonts(&self, _: &[&'static Pack]) -> Fonts {
        Fonts::embedded()
    }
}
