//! A checkout on disk: its templates, their assets and the font packs.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use monogram::asset::AssetId;
use monogram::error::Problem;
use monogram::font::{Fonts, OpenPack, Pack};
use monogram::image::svg::is_svg;
use monogram::incremental::Cache;
use monogram::limits::Limits;
use monogram::plan::Plan;
use monogram::remote::Failure;
use monogram::request::TemplateId;
use monogram::template::parse::nearest;
use monogram::template::{Template, mistake, reuse};
use monogram::torture::Case;
use monogram::world::World;

use crate::{remote, svg};

type Bytes = Rc<[u8]>;

/// A folder with `templates/`, `templates/assets/` and `fonts/packs/`; a world for pictures.
pub struct Folder {
    root: PathBuf,
    /// The folders in which assets are looked for, in this order.
    assets: Vec<PathBuf>,
    limits: Limits,
    cache: Cache,
    /// Packs that were read before, by name.
    packs: RefCell<BTreeMap<&'static str, OpenPack>>,
    /// Images on other hosts.
    remotes: remote::Fetched,
    /// PNGs of the SVGs that were met before, by their bytes.
    svgs: RefCell<BTreeMap<Bytes, Bytes>>,
}

impl World for Folder {
    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn asset(&self, id: &AssetId) -> Option<Rc<[u8]>> {
        if id.is_remote() {
            return self.remotes.get(id);
        }
        let bytes = Rc::from(fs::read(self.asset_file(id)?).ok()?);
        Some(self.drawn(bytes))
    }

    fn fonts(&self, packs: &[&'static Pack]) -> Fonts {
        let mut fonts = Fonts::embedded();
        for pack in packs {
            let known = self.packs.borrow().get(pack.name).cloned();
            let opened = known.or_else(|| {
                let file = fs::read(self.path("fonts/packs").join(pack.file())).ok()?;
                let opened = OpenPack::read(pack, file).ok()?;
                self.packs.borrow_mut().insert(pack.name, opened.clone());
                Some(opened)
            });
            if let Some(opened) = opened {
                // A pack that cannot be added leaves boxes, as one that is absent.
                let _ = fonts.add_pack(&opened);
            }
        }
        fonts
    }

    fn cache(&self) -> Option<&Cache> {
        Some(&self.cache)
    }
}

impl Folder {
    /// A file as it is drawn: an SVG becomes a PNG. One that cannot be drawn stays as it is, so that
    /// drawing says so.
    fn drawn(&self, bytes: Rc<[u8]>) -> Rc<[u8]> {
        if !is_svg(&bytes) {
            return bytes;
        }
        if let Some(png) = self.svgs.borrow().get(&bytes) {
            return png.clone();
        }
        let png = match svg::png(&bytes, &Cell::new(self.limits.svg_work), &self.limits) {
            Ok(png) => Rc::from(png),
            Err(_) => bytes.clone(),
        };
        self.svgs.borrow_mut().insert(bytes, Rc::clone(&png));
        png
    }

    /// The folder at a path, of which nothing is read yet.
    pub fn new(root: PathBuf) -> Self {
        let limits = Limits::default();
        let assets = vec![root.join("templates/assets")];
        Self {
            root,
            assets,
            cache: Cache::new(&limits),
            limits,
            packs: RefCell::default(),
            remotes: remote::Fetched::default(),
            svgs: RefCell::default(),
        }
    }

    /// The same folder for a template in a file of its own: its assets may also lie beside it, or in
    /// a folder `assets` there.
    #[must_use]
    pub fn beside(&self, template: &Path) -> Self {
        let mut folder = Self::new(self.root.clone());
        let beside = template.parent().unwrap_or(Path::new(""));
        folder.assets.splice(..0, [beside.join("assets"), beside.to_owned()]);
        folder
    }

    /// Fetches the images on other hosts that a plan names. Returns those that could not be had.
    pub fn fetch(&self, plan: &Plan) -> Vec<(AssetId, Failure)> {
        self.remotes.fetch(plan, &self.limits)
    }

    /// The file of an asset. `None` if there is none.
    #[must_use]
    pub fn asset_file(&self, id: &AssetId) -> Option<PathBuf> {
        let files = self.assets.iter().map(|folder| folder.join(id.as_str()));
        files.filter(|_| id.is_path()).find(|file| file.is_file())
    }

    /// The assets whose names begin and end so, in any of the folders.
    #[must_use]
    pub fn assets_like(&self, prefix: &str, suffix: &str) -> Vec<AssetId> {
        let (below, begin) = prefix.rsplit_once('/').map_or(("", prefix), |(below, begin)| (below, begin));
        let read = |folder: &PathBuf| fs::read_dir(folder.join(below)).into_iter().flatten().flatten();
        let names = self.assets.iter().flat_map(read).filter_map(|entry| entry.file_name().into_string().ok());
        let fits = |name: &String| {
            name.len() >= begin.len().saturating_add(suffix.len()) && name.starts_with(begin) && name.ends_with(suffix)
        };
        let whole = |name: String| if below.is_empty() { name } else { format!("{below}/{name}") };
        names.filter(fits).map(|name| AssetId::from(whole(name).as_str())).filter(AssetId::is_path).collect()
    }

    /// The asset whose name is nearest to one that is not there.
    #[must_use]
    pub fn nearest_asset(&self, id: &AssetId) -> Option<AssetId> {
        let below = id.as_str().rsplit_once('/').map_or(String::new(), |(below, _)| format!("{below}/"));
        let known = self.assets_like(&below, "");
        // A template lies beside its assets.
        let is_file = |id: &&AssetId| !id.as_str().ends_with(".json") && self.asset_file(id).is_some();
        // All pictures have the same few endings, which say little.
        let stem = |id: &AssetId| id.as_str().rsplit_once('.').map_or(id.as_str(), |(stem, _)| stem).to_owned();
        let known: Vec<(String, &AssetId)> = known.iter().filter(is_file).map(|id| (stem(id), id)).collect();
        let near = nearest(&stem(id), known.iter().map(|(stem, _)| stem.as_str()))?.to_owned();
        known.iter().find(|(stem, _)| *stem == near).map(|(_, id)| (*id).clone())
    }

    /// What to write in place of an asset of a plan that is not there, and that a warning names.
    #[must_use]
    pub fn hint(&self, plan: &Plan, warning: &str) -> Option<String> {
        let missing = plan.assets.iter().filter(|id| self.asset_file(id).is_none());
        // One name may be the end of another.
        let named = missing.filter(|id| warning.contains(id.as_str())).max_by_key(|id| id.as_str().len())?;
        Some(format!("did you mean asset:{}?", self.nearest_asset(named)?))
    }

    /// A path below the folder.
    pub fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// The template `templates/{id}.json`.
    ///
    /// # Errors
    /// The file cannot be read, or holds no valid template.
    pub fn template(&self, id: &str) -> Result<Template, Box<dyn Error>> {
        self.template_in(&self.path("templates").join(format!("{id}.json")))
    }

    /// The template in a file.
    ///
    /// # Errors
    /// The file cannot be read, or holds no valid template.
    pub fn template_in(&self, file: &Path) -> Result<Template, Box<dyn Error>> {
        Ok(self.parse(&text(file)?)?)
    }

    /// The template of a text. What it includes is looked for in this folder.
    ///
    /// # Errors
    /// The text is no valid template, or a template that it includes is not there.
    pub fn parse(&self, text: &str) -> Result<Template, Problem> {
        let whole = reuse::whole(text, |id| self.published(id, INCLUDED_DEPTH), &self.limits)?;
        // A revision that was pulled has its files already.
        mistake::parse(whole.as_deref().unwrap_or(text), &self.limits)
    }

    /// The text that a template of this id would have if it were published.
    fn published(&self, id: &str, depth: usize) -> Option<String> {
        let file = format!("{}.json", TemplateId::parse(id)?.as_str());
        let beside = self.assets.iter().map(|folder| folder.join(&file));
        let mut files = std::iter::once(self.path("templates").join(&file)).chain(beside);
        let text = files.find_map(|file| fs::read_to_string(file).ok())?;
        let depth = depth.checked_sub(1)?;
        let whole = reuse::whole(&text, |id| self.published(id, depth), &self.limits).ok()?;
        Some(whole.map_or_else(|| text.clone(), Cow::into_owned))
    }

    /// The id of the template in a file: its path below `templates/`, or else its name, without
    /// `.json`. `None` if that is no id.
    #[must_use]
    pub fn id_of(&self, file: &Path) -> Option<TemplateId> {
        let whole = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let (file, templates) = (whole(file), whole(&self.path("templates")));
        let below = file.strip_prefix(&templates).ok().map(Path::to_owned);
        let name = below.or_else(|| Some(PathBuf::from(file.file_name()?)))?.with_extension("");
        TemplateId::parse(&name.to_str()?.replace('\\', "/"))
    }

    /// The cases of `templates/torture.json` that were written by hand, by template. A folder without that file
    /// has none.
    ///
    /// # Errors
    /// The file cannot be read, or is not a list of cases by template.
    pub fn written_cases(&self) -> Result<BTreeMap<String, Vec<Case>>, Box<dyn Error>> {
        let file = self.path("templates/torture.json");
        if !file.exists() {
            return Ok(BTreeMap::new());
        }
        serde_json::from_str(&text(&file)?).map_err(|error| format!("{}: {error}", file.display()).into())
    }
}

/// How deep templates may include each other here: one that includes itself ends.
const INCLUDED_DEPTH: usize = 4;

/// The text of a file.
///
/// # Errors
/// The file cannot be read, or is not UTF-8.
pub fn text(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| unreadable(file, &error))
}

/// Writes a file.
///
/// # Errors
/// One sentence with the path and the remedy.
pub fn write(file: &Path, bytes: impl AsRef<[u8]>) -> Result<(), String> {
    fs::write(file, bytes).map_err(|error| {
        let remedy = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such folder; make it first, or name another file".to_owned(),
            std::io::ErrorKind::IsADirectory => "it is a folder; name a file in it".to_owned(),
            std::io::ErrorKind::PermissionDenied => "you may not write it; name another file".to_owned(),
            std::io::ErrorKind::StorageFull => "the disk is full".to_owned(),
            _ => format!("it cannot be written: {error}"),
        };
        format!("{}: {remedy}", file.display())
    })
}

/// Makes a folder, and those that it lies in.
///
/// # Errors
/// One sentence with the path and the remedy.
pub fn make(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| {
        let remedy = match error.kind() {
            std::io::ErrorKind::AlreadyExists | std::io::ErrorKind::NotADirectory => {
                "a file has this name, or that of a folder above it; name another folder".to_owned()
            }
            std::io::ErrorKind::PermissionDenied => "you may not make this folder; name another one".to_owned(),
            std::io::ErrorKind::StorageFull => "the disk is full".to_owned(),
            _ => format!("the folder cannot be made: {error}"),
        };
        format!("{}: {remedy}", folder.display())
    })
}

/// One sentence with the path and the remedy.
pub fn unreadable(file: &Path, error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::NotFound
        && let Some(template) = template_of(file)
    {
        return format!("{}: there is no such file; did you mean {}?", file.display(), template.display());
    }
    let remedy = match error.kind() {
        std::io::ErrorKind::NotFound => {
            "there is no such file; run the command in the root of the repository, or name it with --root"
        }
        std::io::ErrorKind::PermissionDenied => "you may not read it; change its permissions",
        std::io::ErrorKind::IsADirectory => "it is a folder; name a file in it",
        std::io::ErrorKind::InvalidData => "it is no text in UTF-8; save it so",
        _ => "it cannot be read",
    };
    format!("{}: {remedy}", file.display())
}

/// The file of the template that is named as in a URL.
fn template_of(name: &Path) -> Option<PathBuf> {
    let file = Path::new("templates").join(name.with_extension("json"));
    (file != name && file.is_file()).then_some(file)
}
