//! The outside of the core: where files come from, and how much may be used.
//!
//! The Worker, the command line, the tests and the page each have a [`World`]. A picture asks it once for all that its plan needs, before
//! anything is drawn; a world that has to wait for its files fetches them between [`plan`](crate::plan::plan()) and then.

use std::rc::Rc;

use crate::asset::AssetId;
use crate::font::{Fonts, Pack};
use crate::incremental::Cache;
use crate::limits::Limits;

/// Files, budgets, and the memory of earlier pictures.
pub trait World {
    /// Budgets.
    fn limits(&self) -> &Limits;

    /// The bytes of an asset. `None` if it cannot be had: the layer shows its fallback.
    fn asset(&self, id: &AssetId) -> Option<Rc<[u8]>>;

    /// The embedded font and those of the packs that can be had, in this order. Characters of the others become boxes.
    fn fonts(&self, packs: &[&'static Pack]) -> Fonts;

    /// What earlier pictures left for later ones. `None` draws every picture from nothing.
    fn cache(&self) -> Option<&Cache> {
        None
    }
}

/// A world without files: the embedded font, no assets, no memory.
#[derive(Debug, Clone, Default)]
pub struct Embedded {
    limits: Limits,
}

impl Embedded {
    /// With these budgets.
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
