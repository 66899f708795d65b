//! A place where the user of a face, or of a set of fonts, stores its own data beside it.

use std::any::Any;
use std::cell::OnceCell;

/// A place for one value that belongs to a face or to a set of fonts, but whose type only its user
/// knows: the shaper's tables, the cache of shaped paragraphs. It lives as long as its owner.
#[derive(Debug, Default)]
pub(crate) struct Attachment(OnceCell<Box<dyn Any>>);

impl Attachment {
    /// The value; `make` makes it at the first call. `None` if a value of another type is there
    /// already.
    pub(crate) fn get_or_init<T: Any>(&self, make: impl FnOnce() -> T) -> Option<&T> {
        self.0.get_or_init(|| Box::new(make())).downcast_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attachment_is_made_once_and_has_one_type() {
        let attachment = Attachment::default();
        assert_eq!(attachment.get_or_init(|| 1_u8), Some(&1));
        assert_eq!(attachment.get_or_init(|| 2_u8), Some(&1));
        assert_eq!(attachment.get_or_init(|| 3_u16), None);
    }
}
