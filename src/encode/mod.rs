//! Pixels → the bytes of a file.
