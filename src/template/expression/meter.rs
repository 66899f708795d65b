//! The cost of an expression so far: steps, and bytes that it has made or read.
//!
//! Both are counted before the work is done. Bytes count twice: for the field, and for the whole
//! picture.

use std::cell::Cell;

/// Why an expression prints nothing. The words are ours: they hold no value of a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Wrong(pub &'static str);

/// The budgets of one evaluation.
pub struct Meter<'a> {
    /// Steps that are left.
    pub steps: u64,
    /// Bytes that are left to this field.
    pub bytes: usize,
    /// Bytes that all fields of the picture have made and read so far.
    pub spent: &'a Cell<usize>,
    /// Bytes that all fields of the picture may make and read.
    pub most: usize,
}

impl Meter<'_> {
    /// Counts one step.
    ///
    /// # Errors
    /// No step is left.
    pub fn step(&mut self) -> Result<(), Wrong> {
        self.steps = self.steps.checked_sub(1).ok_or(Wrong("it takes too many steps"))?;
        Ok(())
    }

    /// Counts bytes that are about to be made or read.
    ///
    /// # Errors
    /// Fewer bytes are left.
    pub fn spend(&mut self, bytes: usize) -> Result<(), Wrong> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or(Wrong("it makes too much text on the way"))?;
        let spent = self.spent.get().saturating_add(bytes);
        if spent > self.most {
            return Err(Wrong("the expressions of this picture make too much text in all"));
        }
        self.spent.set(spent);
        Ok(())
    }
}
