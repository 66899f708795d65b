//! The scopes of API keys.

use std::fmt;
use std::str::FromStr;

/// One action that a key may allow. The words are those of the API's documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Pictures of templates that are not public, without a signature.
    Render,
    /// Templates, their revisions, lists and differences.
    TemplatesRead,
    /// Publishing, rollback, deletion.
    TemplatesWrite,
    /// Assets and fonts.
    AssetsWrite,
    /// Collections of records.
    RecordsWrite,
    /// Signed and sealed URLs.
    Sign,
    /// Batches.
    Batch,
    /// Statistics.
    Stats,
    /// Keys and the audit log, and everything else, because whoever may make keys may make a key
    /// for everything.
    Admin,
}

impl Scope {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 9] = [
        Self::Render,
        Self::TemplatesRead,
        Self::TemplatesWrite,
        Self::AssetsWrite,
        Self::RecordsWrite,
        Self::Sign,
        Self::Batch,
        Self::Stats,
        Self::Admin,
    ];

    /// The word for this scope.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Render => "render",
            Self::TemplatesRead => "templates:read",
            Self::TemplatesWrite => "templates:write",
            Self::AssetsWrite => "assets:write",
            Self::RecordsWrite => "records:write",
            Self::Sign => "sign",
            Self::Batch => "batch",
            Self::Stats => "stats",
            Self::Admin => "admin",
        }
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(word: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|scope| scope.word() == word).ok_or(UnknownScope)
    }
}

/// The error for a word that is not a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "A scope is one of render, templates:read, templates:write, assets:write, records:write, sign, batch, stats, admin"
)]
pub struct UnknownScope;

/// A set of scopes. Its text form is their words, separated by one space, in the order of
/// [`Scope::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes(u16);

impl Scopes {
    /// Whether `scope` is allowed: it is in the set, or [`Scope::Admin`] is.
    #[must_use]
    pub const fn allow(self, scope: Scope) -> bool {
        self.0 & (scope.bit() | Scope::Admin.bit()) != 0
    }

    /// The scopes of the set.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.0 & scope.bit() != 0)
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | scope.bit()))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            write!(f, "{}{scope}", if index > 0 { " " } else { "" })?;
        }
        Ok(())
    }
}

impl FromStr for Scopes {
    type Err = UnknownScope;

    fn from_str(words: &str) -> Result<Self, UnknownScope> {
        words.split_ascii_whitespace().map(str::parse).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_read_and_written() {
        let set: Scopes = "sign  templates:read".parse().unwrap();
        assert_eq!(set.to_string(), "templates:read sign");
        assert_eq!(Scope::ALL.into_iter().collect::<Scopes>().to_string().parse(), Ok(Scopes(0x1ff)));
        for words in ["Sign", "templates", "templates:", "*", "sign,batch"] {
            assert_eq!(words.parse::<Scopes>(), Err(UnknownScope), "{words}");
        }
        assert!(Scope::ALL.iter().all(|scope| UnknownScope.to_string().contains(scope.word())));
    }
}
