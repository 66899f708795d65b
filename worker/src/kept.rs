//! What pictures leave for those after them, in this isolate's memory: bases and prepared pictures.
//!
//! They are made again at any time, so a dead instance loses nothing but time. Nothing of a recipient is in them.

use std::cell::RefCell;
use std::rc::Rc;

use monogram::limits::Limits;
use monogram::paint::Kept;

thread_local! {
    static KEPT: RefCell<Option<Rc<RefCell<Kept>>>> = const { RefCell::new(None) };
}

/// The one of this isolate.
pub fn shared(limits: &Limits) -> Rc<RefCell<Kept>> {
    KEPT.with_borrow_mut(|kept| Rc::clone(kept.get_or_insert_with(|| Rc::new(RefCell::new(Kept::new(limits))))))
}
