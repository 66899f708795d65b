//! A checkout on disk: its templates, their assets and the font packs.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use monogram::font::{Fonts, Pack};
use monogram::limits::Limits;
use monogram::paint::Assets;
use monogram::template::Template;
use monogram::torture::Case;

/// A folder with `templates/`, `templates/assets/` and `fonts/packs/`.
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder at a path, of which nothing is read yet.
    pub const fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// A path below the folder.
    pub fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// The template `templates/{id}.json`.
    ///
    /// # Errors
    /// The file cannot be read, or holds no valid template.
    pub fn template(&self, id: &str, limits: &Limits) -> Result<Template, Box<dyn Error>> {
        let file = self.path("templates").join(format!("{id}.json"));
        Ok(Template::parse(&text(&file)?, limits)?)
    }

    /// The bytes of those assets that exist, by name.
    pub fn assets(&self, names: &[String]) -> Assets {
        let folder = self.path("templates/assets");
        let mut assets = Assets::new();
        assets
            .extend(names.iter().filter_map(|name| Some((name.clone(), Rc::from(fs::read(folder.join(name)).ok()?)))));
        assets
    }

    /// Every file of `templates/assets/`, by name.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn all_assets(&self) -> Result<Assets, Box<dyn Error>> {
        let folder = self.path("templates/assets");
        let names = fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?;
        let names = names.map(|file| Ok(file?.file_name().to_string_lossy().into_owned()));
        Ok(self.assets(&names.collect::<std::io::Result<Vec<_>>>()?))
    }

    /// Inter, and those of the packs that are in `fonts/packs/`.
    pub fn fonts(&self, packs: &[&'static Pack]) -> Fonts {
        Fonts::with_packs(packs, |pack| fs::read(self.path("fonts/packs").join(pack.file())).ok())
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
