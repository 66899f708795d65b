//! The files that the page has brought.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Serialize;

use monogram::asset::{AssetId, Assets};
use monogram::font::{Fonts, OpenPack, Pack};
use monogram::limits::Limits;
use monogram::plan::Plan;
use monogram::world::World;

/// Assets, fonts and budgets.
pub struct Files {
    /// The budgets of the deployment.
    pub limits: Limits,
    assets: Assets,
    packs: BTreeMap<&'static str, OpenPack>,
    embedded: Fonts,
}

/// The files that a picture was drawn without.
#[derive(Default, Serialize)]
pub struct Lacking {
    /// Names of assets: `logo.png`.
    pub assets: Vec<String>,
    /// Font packs: their names, and their files below `/fonts/`.
    pub packs: Vec<(&'static str, String)>,
    /// URLs of images on other hosts, or `logo:acme.com`.
    pub remotes: Vec<String>,
}

impl Lacking {
    /// Adds what another picture lacked.
    pub fn add(&mut self, other: Self) {
        let Self { assets, packs, remotes } = other;
        let more: Vec<_> = assets.into_iter().filter(|asset| !self.assets.contains(asset)).collect();
        self.assets.extend(more);
        let more: Vec<_> = packs.into_iter().filter(|pack| !self.packs.contains(pack)).collect();
        self.packs.extend(more);
        let more: Vec<_> = remotes.into_iter().filter(|remote| !self.remotes.contains(remote)).collect();
        self.remotes.extend(more);
    }
}

impl Files {
    /// The embedded font alone.
    pub fn new(limits: Limits) -> Self {
        Self { limits, assets: Assets::new(), packs: BTreeMap::new(), embedded: Fonts::embedded() }
    }

    /// Adds an asset.
    pub fn add_asset(&mut self, name: &str, bytes: &[u8]) {
        self.assets.insert(AssetId::from(name), Rc::from(bytes));
    }

    /// Removes an asset.
    pub fn remove_asset(&mut self, name: &str) {
        self.assets.remove(name);
    }

    /// Adds a font pack. Returns whether there is one of this name, and it could be read.
    pub fn add_pack(&mut self, name: &str, bytes: Vec<u8>) -> bool {
        let Some(pack) = Pack::named(name) else { return false };
        let opened = OpenPack::read(pack, bytes).ok();
        opened.map(|opened| self.packs.insert(pack.name, opened)).is_some()
    }

    /// The files that a plan needs and that are not here.
    pub fn lacking(&self, plan: &Plan) -> Lacking {
        let is_here = |id: &AssetId| self.assets.contains_key(id);
        let assets = plan.assets.iter().filter(|id| !is_here(id)).map(|id| id.as_str().to_owned());
        let remotes = plan.remotes.iter().map(|remote| &remote.id).filter(|id| !is_here(id));
        let packs = plan.packs.iter().filter(|pack| !self.packs.contains_key(pack.name));
        Lacking {
            assets: assets.collect(),
            packs: packs.map(|pack| (pack.name, pack.file())).collect(),
            remotes: remotes.map(|id| id.as_str().to_owned()).collect(),
        }
    }
}

impl World for Files {
    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn asset(&self, id: &AssetId) -> Option<Rc<[u8]>> {
        self.assets.get(id).cloned()
    }

    fn fonts(&self, packs: &[&'static Pack]) -> Fonts {
        let mut fonts = self.embedded.clone();
        for pack in packs.iter().filter_map(|pack| self.packs.get(pack.name)) {
            // It fails past 65,536 faces, and then the letters of the pack are boxes.
            let _ = fonts.add_pack(pack);
        }
        fonts
    }
}
