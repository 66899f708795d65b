//! The budget of the syntax of one source: its tokens, calls and nesting.

use crate::limits::Limits;

/// The budget that is left to the expressions of one source.
#[derive(Debug)]
pub struct Budget {
    tokens: usize,
    calls: usize,
    /// Brackets that may still be opened.
    pub depth: usize,
    /// Most doubts about one source.
    pub doubts: usize,
    /// For error messages.
    most: (usize, usize, usize),
}

impl Budget {
    /// The whole budget.
    #[must_use]
    pub const fn new(limits: &Limits) -> Self {
        let (tokens, calls, depth) = (limits.expression_tokens, limits.expression_calls, limits.expression_depth);
        Self { tokens, calls, depth, doubts: limits.doubts, most: (tokens, calls, depth) }
    }

    /// Goes one level down, for the time until the budget's depth is given back.
    ///
    /// # Errors
    /// It would be too deep.
    pub fn descend(&mut self) -> Result<(), String> {
        self.fits(1)?;
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    /// Checks that a number of levels below the present one are left.
    ///
    /// # Errors
    /// They are not.
    pub fn fits(&self, levels: usize) -> Result<(), String> {
        if levels <= self.depth {
            return Ok(());
        }
        Err(format!("brackets, signs and conditions may nest {} deep in an expression", self.most.2))
    }

    /// Goes back up.
    pub const fn ascend(&mut self) {
        self.depth = self.depth.saturating_add(1);
    }

    /// Takes a token.
    ///
    /// # Errors
    /// No token is left.
    pub fn token(&mut self) -> Result<(), String> {
        self.tokens = self
            .tokens
            .checked_sub(1)
            .ok_or_else(|| format!("an expression may have {} words and signs in all", self.most.0))?;
        Ok(())
    }

    /// Takes a call of a filter, a test or a function.
    ///
    /// # Errors
    /// No call is left.
    pub fn call(&mut self) -> Result<(), String> {
        self.calls = self
            .calls
            .checked_sub(1)
            .ok_or_else(|| format!("an expression may have {} filters, tests and functions in all", self.most.1))?;
        Ok(())
    }
}
