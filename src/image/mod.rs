//! Bytes of an asset → premultiplied pixels, cropped and resampled for their box.
