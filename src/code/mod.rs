//! Codes that machines read: the modules of QR codes and barcodes, without sizes or colours.
//!
//! Invariant: a code has one reading, that of its text. What cannot be encoded is an error, never
//! another text.

pub mod barcode;
pub mod qr;
