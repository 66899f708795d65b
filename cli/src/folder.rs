//! A checkout on disk: its templates, their assets and the font packs.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use monogram::asset::AssetId;
use monogram::font::{Fonts, OpenPack, Pack};
use monogram::incremental::Cache;
use monogram::limits::Limits;
use monogram::template::Template;
use monogram::torture::Case;
use monogram::world::World;

/// A folder with `templates/`, `templates/assets/` and `fonts/packs/`; a world for pictures.
pub struct Folder {
    root: PathBuf,
    limits: Limits,
    cache: Cache,
    /// Packs that were read before, by name.
    packs: RefCell<BTreeMap<&'static str, OpenPack>>,
}

impl World for Folder {
    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn asset(&self, id: &AssetId) -> Option<Rc<[u8]>> {
        Some(Rc::from(fs::read(self.path("templates/assets").join(id.as_str())).ok().filter(|_| id.is_path())?))
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
    /// The folder at a path, of which nothing is read yet.
    pub fn new(root: PathBuf) -> Self {
        let limits = Limits::default();
        Self { root, cache: Cache::new(&limits), limits, packs: RefCell::default() }
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
        let file = self.path("templates").join(format!("{id}.json"));
        Ok(Template::parse(&text(&file)?, &self.limits)?)
    }

    /// The cases of `templates/torture.json` that were written by hand, by template.
    ///
    /// # Errors
    /// The file cannot be read, or is not a list of cases by template.
    pub fn written_cases(&self) -> Result<BTreeMap<String, Vec<Case>>, Box<dyn Error>> {
        let file = self.path("templates/torture.json");
        serde_json::from_str(&text(&file)?).map_err(|error| format!("{}: {error}", file.display()).into())
    }
}

/// The text of a file.
fn text(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| unreadable(file, &error))
}

/// One sentence with the path and the remedy.
pub fn unreadable(file: &Path, error: &std::io::Error) -> String {
    let remedy = match error.kind() {
        std::io::ErrorKind::NotFound => {
            "there is no such file; run the command in the root of the repository, or name it with --root"
        }
        std::io::ErrorKind::PermissionDenied => "you may not read it; change its permissions",
        _ => "it cannot be read",
    };
    format!("{}: {remedy}", file.display())
}
