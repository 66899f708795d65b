//! Reads which file of `src` uses which other file, from the tokens of the sources.
//!
//! Comments, strings and test code do not count. A path is followed to the file that defines the
//! item: through `use`, through `mod.rs` and through re-exports. A re-export alone is no use: it
//! counts where the name is used.
//!
//! Not followed: `use module::*`, paths in strings, and names that a macro puts together.

use std::collections::{BTreeMap, BTreeSet};

use super::tokens::{self, Token};

/// The source files by their path below `src`, such as `paint/mod.rs`.
pub type Sources = BTreeMap<String, String>;

/// What the files of a crate use, without test code.
#[derive(Default)]
pub struct Imports {
    /// For each file, the files that define what it uses.
    pub files: BTreeMap<String, BTreeSet<String>>,
    /// For each file, the top-level modules that its paths name or lead to, those of re-exports
    /// included.
    pub modules: BTreeMap<String, BTreeSet<String>>,
    /// For each file, the names by which its paths leave the crate: other crates, and types and
    /// enums before `::`.
    pub externals: BTreeMap<String, BTreeSet<String>>,
    /// Files that only test code declares.
    pub test_files: BTreeSet<String>,
}

/// A module's path from the root: `["paint", "leaf"]`; the root's is empty.
type ModulePath = Vec<String>;

/// A name that a `use` brings into a module.
struct Use {
    /// The segments after `use`.
    path: Vec<String>,
    /// The name in the module; `*` or `_` for imports without a name.
    name: String,
    is_public: bool,
}

struct Module {
    file: String,
    uses: Vec<Use>,
    /// Paths in code with two segments or more.
    paths: BTreeSet<Vec<String>>,
    /// All identifiers in code, outside of `use`.
    names: BTreeSet<String>,
}

/// Where a path leads.
struct Target {
    /// The module in which the path ends.
    module: ModulePath,
    /// Whether the path names an item of that module, and not the module itself.
    is_item: bool,
    /// The top-level modules on the way.
    passed: BTreeSet<String>,
}

struct Crate<'a> {
    sources: &'a Sources,
    modules: BTreeMap<ModulePath, Module>,
    test_files: BTreeSet<String>,
}

/// Reads all files that `lib.rs` declares, directly or through other files.
pub fn read(sources: &Sources) -> Imports {
    let mut all = Crate { sources, modules: BTreeMap::new(), test_files: BTreeSet::new() };
    all.add_file("lib.rs", Vec::new());
    let mut imports = Imports { test_files: std::mem::take(&mut all.test_files), ..Imports::default() };
    for (path, module) in &all.modules {
        let files = imports.files.entry(module.file.clone()).or_default();
        let modules = imports.modules.entry(module.file.clone()).or_default();
        let externals = imports.externals.entry(module.file.clone()).or_default();
        let uses = module.uses.iter().map(|import| {
            let is_used = !import.is_public || module.names.contains(&import.name);
            (&import.path, is_used)
        });
        for (named, is_used) in uses.chain(module.paths.iter().map(|named| (named, true))) {
            let Some(target) = all.resolve(path, named, 0) else {
                externals.insert(named[0].clone());
                continue;
            };
            modules.extend(target.passed);
            let file = &all.modules[&target.module].file;
            if target.is_item && is_used && *file != module.file {
                files.insert(file.clone());
            }
        }
    }
    imports
}

impl Crate<'_> {
    fn add_file(&mut self, file: &str, path: ModulePath) {
        let text = self.sources.get(file).unwrap_or_else(|| panic!("{file} is declared, but is not there"));
        self.add_module(file, path, &tokens::read(text));
    }

    fn add_module(&mut self, file: &str, path: ModulePath, tokens: &[Token]) {
        let module = Module { file: file.to_owned(), uses: Vec::new(), paths: BTreeSet::new(), names: BTreeSet::new() };
        self.modules.insert(path.clone(), module);
        self.scan(file, &path, tokens);
    }

    /// The file of a module that another file declares as `mod name;`.
    fn file_of(&self, declared_in: &str, path: &[String]) -> String {
        let folder = path.join("/");
        let [flat, nested] = [format!("{folder}.rs"), format!("{folder}/mod.rs")];
        match (self.sources.contains_key(&flat), self.sources.contains_key(&nested)) {
            (true, false) => flat,
            (false, true) => nested,
            _ => panic!("{declared_in} declares {path:?}: expected either {flat} or {nested}"),
        }
    }

    /// Collects modules, imports, paths and names from the tokens of a module, or of a block in it.
    fn scan(&mut self, file: &str, path: &ModulePath, tokens: &[Token]) {
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                Token::Mark('#') => {
                    at += 1 + usize::from(is_mark(tokens.get(at + 1), '!'));
                    let is_test =
                        matches!(tokens.get(at), Some(Token::Group('[', attribute)) if is_test_only(attribute));
                    at += 1;
                    if is_test {
                        let end = end_of_item(tokens, at);
                        if let Some(name) = declared_module(&tokens[at..end]) {
                            self.test_files.insert(self.file_of(file, &[path.clone(), vec![name]].concat()));
                        }
                        at = end;
                    }
                }
                Token::Word(word) if word == "mod" => {
                    let Some(Token::Word(name)) = tokens.get(at + 1) else { panic!("{file}: a mod without a name") };
                    let child = [path.clone(), vec![name.clone()]].concat();
                    match tokens.get(at + 2) {
                        Some(Token::Group(_, body)) => self.add_module(file, child, body),
                        _ => self.add_file(&self.file_of(file, &child), child),
                    }
                    at += 3;
                }
                Token::Word(word) if word == "use" => {
                    let end = at + tokens[at..].iter().position(|token| is_mark(Some(token), ';')).unwrap_or(0);
                    // Without a `;` it is the `use<…>` of a type.
                    if end > at {
                        let is_public = at > 0 && is_visibility(&tokens[at - 1]);
                        let uses = &mut self.modules.get_mut(path).unwrap().uses;
                        add_uses(&tokens[at + 1..end], &[], is_public, uses);
                    }
                    at = end + 1;
                }
                Token::Word(_) => {
                    let (segments, end) = path_from(tokens, at);
                    let module = self.modules.get_mut(path).unwrap();
                    module.names.extend(segments.iter().cloned());
                    if segments.len() > 1 && !(at > 0 && is_mark(tokens.get(at - 1), ':') && is_joint(tokens, at)) {
                        module.paths.insert(segments);
                    }
                    at = end;
                }
                Token::Group(_, inner) => {
                    self.scan(file, path, inner);
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }

    /// Follows a path from a module; `None` if it leaves the crate, or begins with an item of the
    /// module itself.
    fn resolve(&self, from: &ModulePath, path: &[String], depth: usize) -> Option<Target> {
        assert!(depth < 20, "{path:?} in {from:?} leads to itself");
        let mut module = from.clone();
        let mut rest = path;
        match rest[0].as_str() {
            "crate" => {
                module.clear();
                rest = &rest[1..];
            }
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|segment| segment == "super") {
                    module.pop().unwrap_or_else(|| panic!("{path:?} in {from:?} leaves the crate"));
                    rest = &rest[1..];
                }
            }
            name => {
                // `use a::a` without a module `a` names another crate.
                let is_import = self.import(from, name).is_some_and(|import| import.path[0] != name);
                if !is_import && !self.modules.contains_key(&child_of(from, name)) {
                    return None;
                }
            }
        }
        let mut passed: BTreeSet<String> = module.first().cloned().into_iter().collect();
        while let Some((segment, after)) = rest.split_first() {
            let child = child_of(&module, segment);
            let import = self.import(&module, segment);
            // A function may have the name of a module, and then ends the path.
            if self.modules.contains_key(&child) && !(after.is_empty() && import.is_some()) {
                module = child;
                passed.insert(module[0].clone());
                rest = after;
                continue;
            }
            let Some(import) = import else {
                return Some(Target { module, is_item: true, passed });
            };
            let mut target = self.resolve(&module, &[&import.path, after].concat(), depth + 1)?;
            target.passed.append(&mut passed);
            return Some(target);
        }
        Some(Target { module, is_item: false, passed })
    }

    /// The `use` of a module that has this name.
    fn import(&self, module: &ModulePath, name: &str) -> Option<&Use> {
        self.modules[module].uses.iter().find(|import| import.name == name)
    }
}

fn child_of(module: &[String], name: &str) -> ModulePath {
    [module, &[name.to_owned()]].concat()
}

fn is_mark(token: Option<&Token>, mark: char) -> bool {
    token == Some(&Token::Mark(mark))
}

/// Whether the two tokens before this one are `::`.
fn is_joint(tokens: &[Token], at: usize) -> bool {
    at > 1 && is_mark(tokens.get(at - 2), ':')
}

/// Whether an attribute is `cfg(test)`, or a `cfg` of `all` with `test` first.
fn is_test_only(attribute: &[Token]) -> bool {
    let is_word = |token: Option<&Token>, text: &str| matches!(token, Some(Token::Word(word)) if word == text);
    let [name, Token::Group('(', condition)] = attribute else { return false };
    let inner = match condition.as_slice() {
        [all, Token::Group('(', inner)] if is_word(Some(all), "all") => inner,
        _ => condition,
    };
    is_word(Some(name), "cfg") && is_word(inner.first(), "test")
}

/// Whether a token is the end of `pub` or of `pub(…)`.
fn is_visibility(token: &Token) -> bool {
    match token {
        Token::Word(word) => word == "pub",
        Token::Group(bracket, _) => *bracket == '(',
        Token::Mark(_) => false,
    }
}

/// The index behind the item that begins at `at`, with its further attributes: behind its `;`, or
/// else behind its `{…}`.
fn end_of_item(tokens: &[Token], mut at: usize) -> usize {
    let mut ends_with_semicolon = false;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            Token::Word(word) => {
                ends_with_semicolon |= ["use", "const", "static", "type"].iter().any(|keyword| word == keyword);
                // `const fn`
                ends_with_semicolon &= word != "fn";
            }
            Token::Mark(';') => return at,
            Token::Group('{', _) if !ends_with_semicolon => return at,
            _ => {}
        }
    }
    at
}

/// The name in `mod name;`.
fn declared_module(item: &[Token]) -> Option<String> {
    match item {
        [.., Token::Word(word), Token::Word(name), Token::Mark(';')] if word == "mod" => Some(name.clone()),
        _ => None,
    }
}

/// The segments of the path that begins at `at`, and the index behind it.
fn path_from(tokens: &[Token], mut at: usize) -> (Vec<String>, usize) {
    let mut segments = Vec::new();
    while let Some(Token::Word(segment)) = tokens.get(at) {
        segments.push(segment.clone());
        at += 1;
        if !(is_mark(tokens.get(at), ':') && is_mark(tokens.get(at + 1), ':')) {
            break;
        }
        if !matches!(tokens.get(at + 2), Some(Token::Word(_))) {
            break;
        }
        at += 2;
    }
    (segments, at)
}

/// Adds the names of a `use` without its `use` and `;`: `a::b`, `a::{b, c::d as e}`, `a::*`.
fn add_uses(tree: &[Token], prefix: &[String], is_public: bool, uses: &mut Vec<Use>) {
    for part in tree.split(|token| is_mark(Some(token), ',')) {
        let mut path = prefix.to_vec();
        let mut name = None;
        let mut tokens = part.iter();
        while let Some(token) = tokens.next() {
            match token {
                Token::Word(word) if word == "as" => {
                    if let Some(Token::Word(alias)) = tokens.next() {
                        name = Some(alias.clone());
                    }
                }
                Token::Word(word) if word == "self" && !path.is_empty() => {}
                Token::Word(word) => path.push(word.clone()),
                Token::Group(_, inner) => {
                    add_uses(inner, &path, is_public, uses);
                    path.clear();
                }
                Token::Mark('*') => name = Some("*".to_owned()),
                Token::Mark(_) => {}
            }
        }
        if let Some(last) = path.last() {
            uses.push(Use { name: name.unwrap_or_else(|| last.clone()), path, is_public });
        }
    }
}
