//! The bytes of a font or a dictionary, whoever owns them, and values that borrow from them.
//!
//! Invariant: bytes are shared, never copied.

use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use yoke::{Yoke, Yokeable};

/// The bytes of one file.
#[derive(Debug, Clone)]
pub enum Bytes {
    /// Compiled into the program.
    Static(&'static [u8]),
    /// On the heap, until the last [`Fonts`](super::Fonts) that uses them is gone. `Arc<[u8]>`
    /// would copy a vector; this takes it.
    Shared(Arc<Vec<u8>>),
    /// An asset of a template, which the asset cache shares with us.
    Asset(Rc<[u8]>),
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Static(bytes) => bytes,
            Self::Shared(bytes) => bytes,
            Self::Asset(bytes) => bytes,
        }
    }
}

impl From<&'static [u8]> for Bytes {
    fn from(bytes: &'static [u8]) -> Self {
        Self::Static(bytes)
    }
}

impl From<Arc<Vec<u8>>> for Bytes {
    fn from(bytes: Arc<Vec<u8>>) -> Self {
        Self::Shared(bytes)
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Shared(Arc::new(bytes))
    }
}

impl From<Rc<[u8]>> for Bytes {
    fn from(bytes: Rc<[u8]>) -> Self {
        Self::Asset(bytes)
    }
}

/// A value that borrows from a file's bytes, together with those bytes. `T` is the value's type at
/// the lifetime `'static`.
pub(crate) enum Parsed<T: for<'a> Yokeable<'a>> {
    Static(Yoke<T, &'static [u8]>),
    Shared(Yoke<T, Arc<Vec<u8>>>),
    Asset(Yoke<T, Rc<[u8]>>),
}

impl<T: for<'a> Yokeable<'a>> Parsed<T> {
    /// Parses the bytes. `None` if `parse` refuses them.
    pub(crate) fn read<F>(bytes: &Bytes, parse: F) -> Option<Self>
    where
        F: for<'a> Fn(&'a [u8]) -> Option<<T as Yokeable<'a>>::Output>,
    {
        match bytes {
            Bytes::Static(bytes) => {
                Yoke::try_attach_to_cart(*bytes, |bytes| parse(bytes).ok_or(())).ok().map(Self::Static)
            }
            Bytes::Shared(bytes) => {
                Yoke::try_attach_to_cart(Arc::clone(bytes), |bytes| parse(bytes).ok_or(())).ok().map(Self::Shared)
            }
            Bytes::Asset(bytes) => {
                Yoke::try_attach_to_cart(Rc::clone(bytes), |bytes| parse(bytes).ok_or(())).ok().map(Self::Asset)
            }
        }
    }

    /// The value.
    pub(crate) fn get(&self) -> &<T as Yokeable<'_>>::Output {
        match self {
            Self::Static(value) => value.get(),
            Self::Shared(value) => value.get(),
            Self::Asset(value) => value.get(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_owner_gives_the_same_bytes() {
        let file: &'static [u8] = b"abc";
        for bytes in [Bytes::from(file), Bytes::from(file.to_vec()), Bytes::from(Rc::<[u8]>::from(file))] {
            let second = |bytes| Parsed::<&'static [u8]>::read(bytes, |bytes| bytes.get(1..2));
            assert_eq!((&*bytes, *second(&bytes).unwrap().get()), (file, &b"b"[..]));
            assert!(Parsed::<&'static [u8]>::read(&bytes, |bytes| bytes.get(9..)).is_none());
        }
    }

    #[test]
    fn a_parsed_value_keeps_its_bytes_alive() {
        let bytes = Rc::<[u8]>::from(&b"abc"[..]);
        let parsed = Parsed::<&'static [u8]>::read(&Bytes::from(Rc::clone(&bytes)), |bytes| bytes.get(..)).unwrap();
        assert_eq!(Rc::strong_count(&bytes), 2);
        assert_eq!(*parsed.get(), b"abc");
    }
}
