//! A picture of ours in an email, and everything that is known about it.

use crate::limits::Limits;

use super::address::Address;
use super::context::Context;
use super::mail::Mail;
use super::place::Place;

/// A picture in an email.
pub struct Picture<'a, 'c> {
    /// The HTML of the email.
    pub html: &'a str,
    /// The picture's place in it.
    pub place: &'a Place<'a>,
    /// The parts of its URL.
    pub address: &'a Address,
    /// The tags of the email.
    pub mail: &'a Mail<'c>,
    /// What is known besides the email.
    pub context: &'a Context<'c>,
    /// Budgets.
    pub limits: &'a Limits,
}

impl Picture<'_, '_> {
    /// The URL as text.
    pub fn text(&self) -> &str {
        &self.place.url.text
    }

    /// The byte of the email at which a byte of the URL stands.
    pub fn at(&self, at: usize) -> usize {
        self.place.url.source(at)
    }
}
