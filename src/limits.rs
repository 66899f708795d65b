//! Every number that a stranger can hit, in one place, with its unit and its reason.
//!
//! A limit is a value passed in, so that a test can make it small and an operator can make it large.
//! It is checked before the work that it bounds, because wasm memory never shrinks: the worst legal
//! request sizes the isolate (128 MB in all; we keep a request under 48 MiB).

/// Budgets of one request. [`Limits::default`] is what the Worker runs with.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Bytes of path and query together. Mail clients and proxies cut longer ones anyway.
    pub url_bytes: usize,
    /// Query pairs looked at; more are ignored.
    pub query_pairs: usize,
    /// Characters of a policy or of sealed params in a path: half of a URL, so that the other half is left for values.
    pub token_chars: usize,
    /// Unicode scalar values kept of one param, before the template's own `max_chars`.
    pub value_chars: usize,
    /// Bytes of one template document.
    pub template_bytes: usize,
    /// Layers of one template, groups and their children together.
    pub layers: usize,
    /// How deep groups and stacks may nest; bounds recursion and offscreen buffers.
    pub depth: usize,
    /// Params that a template may declare.
    pub params: usize,
    /// Steps of one evaluation of a string or condition.
    pub expression_fuel: u64,
    /// Bytes of a string with an expression in it, and of the text that it may print.
    pub expression_bytes: usize,
    /// Words and signs in all expressions of one string: a tree takes about 50 bytes for each.
    pub expression_tokens: usize,
    /// Filters, tests and functions in all expressions of one string: each may read a whole value.
    pub expression_calls: usize,
    /// How deep brackets, signs before a value, phrases and `{% if %}` may nest: bounds recursion, whose stack is 1 MB in wasm.
    pub expression_depth: usize,
    /// Bytes that one evaluation may make and read on the way: eight times the longest value (2,000 characters, 8 kB).
    pub expression_work_bytes: usize,
    /// The same for all evaluations of a picture together.
    pub expressions_work_bytes: usize,
    /// Characters of a layer's `id`, of a param's name and of a font family: each is repeated in warnings, reports and headers.
    pub name_chars: usize,
    /// Words of a `choice`, words in `missing`, hosts of an `image`.
    pub words: usize,
    /// Shadows of one layer.
    pub shadows: usize,
    /// Lengths in one `stroke_dash`.
    pub dashes: usize,
    /// Fallbacks of one image.
    pub fallbacks: usize,
    /// Px on one side of the template and of the output.
    pub side_px: u32,
    /// Pixels of the output: 2400 x 1260, which is the usual card at `_dpr=2`, are 12 MB of RGBA, and as much again for one
    /// offscreen layer.
    pub canvas_pixels: u32,
    /// Output pixels of all pictures of a template together: they are prepared before the canvas, and kept while it is drawn.
    pub picture_pixels: u32,
    /// Bytes that all pictures of a template may hold while one of them is decoded and scaled; 38 MB are enough to make 3 million
    /// px of 3.3 million.
    pub picture_bytes: u64,
    /// Bytes in all offscreen buffers that are alive at once: 4 a pixel for a layer, 2 for a shadow's silhouette.
    pub offscreen_bytes: u64,
    /// Bytes of all offscreen buffers of one request, alive or not: bounds CPU.
    pub offscreen_bytes_total: u64,
    /// Segments of all strokes of a picture, after dashing: one takes some 40 bytes while the stroke is filled.
    pub stroke_segments: u64,
    /// Work of painting one picture, in pixels of an opaque fill, about a nanosecond each. Gradients, layers, shadows
    /// and edges weigh more. A picture is painted twice where a baseline is made first. The heaviest sample uses 65 million
    /// at `_dpr=2`.
    pub paint_work: u64,
    /// Px of blur radius (CSS blur) in output pixels.
    pub blur_px: f32,
    /// Gradient stops of one paint.
    pub gradient_stops: usize,
    /// Segments of one SVG path.
    pub path_segments: usize,
    /// Segments of all SVG paths of a picture: each layer keeps its own, of 10 bytes a segment.
    pub path_segments_total: usize,
    /// Bytes of one asset as stored.
    pub image_bytes: usize,
    /// Bytes of all assets of a picture together, as stored: they are in memory while it is drawn.
    pub images_bytes: usize,
    /// Pixels of one asset, read from its header before anything is decoded.
    pub image_pixels: u32,
    /// Bytes of an ICC profile: those of a matrix and curves have 500 to 10,000; larger ones are lookup tables.
    pub profile_bytes: usize,
    /// Pixels that are decoded for one picture, an asset counted as often as it is decoded: bounds CPU.
    pub image_pixels_total: u32,
    /// Assets that one picture may use.
    pub images: usize,
    /// Warnings of one picture that have a line of their own; the rest is counted. A person reads no more.
    pub warnings: usize,
    /// Characters of a layer's name in a warning. A template may have an `id` of 100 kB.
    pub warning_place_chars: usize,
    /// Characters of a warning behind that name.
    pub warning_text_chars: usize,
    /// Font files of one template.
    pub fonts: usize,
    /// Segments of the outline of one glyph; a larger one is left blank. The most of a letter in our fonts are 600.
    pub glyph_segments: usize,
    /// Font packs that one picture may use: with the assets fewer than the 50 fetches that a free Worker may make.
    pub packs: usize,
    /// Bytes of the font packs of one picture; a script has 20 to 500 kB, a Chinese sentence about 1 MB,
    /// the 3,700 letters that most of Chinese is written in 1.9 MB.
    pub packs_bytes: usize,
    /// Bytes of font packs in an isolate's memory.
    pub memory_packs_bytes: usize,
    /// Characters of one text layer, after which it is cut (and reported).
    pub text_chars: usize,
    /// Glyphs of one text layer, and characters of all text layers of a picture together: their outlines take a kB each while they are filled.
    pub glyphs: usize,
    /// Runs of one text layer.
    pub runs: usize,
    /// Layers of all glyphs in colour (emoji) of one text layer: an emoji has ten on average, 53 at most; bounds CPU.
    pub color_layers: usize,
    /// Lines of one text layer.
    pub lines: usize,
    /// Px of a fitted font size.
    pub font_px: f32,
    /// Glyphs of shaped texts kept in an isolate: those that no value changes; some 200 bytes each.
    pub memory_glyphs: usize,
    /// Bytes of finished pictures in an isolate's memory tier.
    pub memory_tier_bytes: usize,
    /// Bytes of URLs, and of headers for them, in an isolate: those of repeats that are answered without wasm. Some 3 kB each;
    /// their files are in the memory tier.
    pub memory_repeats_bytes: usize,
    /// URLs of which an isolate knows that they were asked for before; 8 bytes each.
    pub memory_seen_urls: usize,
    /// Bytes of [plates](crate::paint::Kept) kept in an isolate: one of 1600 x 1130 px, or two of 1200 x 630. With the 48 MiB of
    /// a request, the finished pictures and the assets, an isolate stays below 96 MiB of its 128 MB.
    pub memory_plates_bytes: usize,
    /// Bytes of prepared pictures kept in an isolate: those that lie above what a value changes, so avatars and logos.
    pub memory_bitmaps_bytes: usize,
    /// Bytes of the coverage of letters kept in an isolate: one of 60 px has 2 kB.
    pub memory_letters_bytes: usize,
    /// Bytes of parsed templates kept in an isolate, each weighed as its document times
    /// [`template_weight`](Self::template_weight). The largest legal template fits, beside a hundred
    /// of the usual 2 kB.
    pub memory_templates_bytes: usize,
    /// Bytes of memory that one byte of a template's document becomes when parsed: 64 documents of
    /// 255 kB took 527 MiB.
    pub template_weight: usize,
    /// Milliseconds to wait for a template from KV, its body included. A cold read takes up to half a
    /// second; after the deadline an older template or a compiled-in one is drawn.
    pub template_wait_ms: u32,
    /// Milliseconds to wait for a picture from the Cache API, its body included. A miss costs a
    /// drawing of a few dozen ms, so a longer wait gains nothing.
    pub cache_wait_ms: u32,
    /// Milliseconds to wait for all assets and font packs of a picture together. With the two waits
    /// above, every request is answered within 7 s; image proxies of mail clients give up after 10 s.
    pub files_wait_ms: u32,
    /// Milliseconds to wait for the first answer about one file. It is half of
    /// [`files_wait_ms`](Self::files_wait_ms), so that KV can still be asked if static assets hang.
    pub file_wait_ms: u32,
    /// Milliseconds that a body may bring no bytes: a service that stalls so long does not recover.
    pub silence_ms: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            url_bytes: 16 * 1024,
            query_pairs: 256,
            token_chars: 8 * 1024,
            value_chars: 2_000,
            template_bytes: 256 * 1024,
            layers: 400,
            depth: 12,
            params: 100,
            expression_fuel: 20_000,
            expression_bytes: 16 * 1024,
            expression_tokens: 4_000,
            expression_calls: 256,
            expression_depth: 32,
            expression_work_bytes: 64 * 1024,
            expressions_work_bytes: 1024 * 1024,
            name_chars: 100,
            words: 1_000,
            shadows: 16,
            dashes: 64,
            fallbacks: 8,
            side_px: 4_096,
            canvas_pixels: 3_024_000,
            picture_pixels: 3_024_000,
            picture_bytes: 38_000_000,
            offscreen_bytes: 14_000_000,
            offscreen_bytes_total: 100_000_000,
            stroke_segments: 200_000,
            paint_work: 200_000_000,
            blur_px: 200.0,
            gradient_stops: 32,
            path_segments: 20_000,
            path_segments_total: 100_000,
            image_bytes: 3 * 1024 * 1024,
            images_bytes: 3 * 1024 * 1024,
            image_pixels: 4_000_000,
            profile_bytes: 64 * 1024,
            image_pixels_total: 16_000_000,
            images: 24,
            warnings: 50,
            warning_place_chars: 80,
            warning_text_chars: 300,
            fonts: 16,
            glyph_segments: 4_000,
            packs: 24,
            packs_bytes: 2 * 1024 * 1024,
            memory_packs_bytes: 8 * 1024 * 1024,
            text_chars: 4_000,
            glyphs: 4_000,
            runs: 64,
            color_layers: 20_000,
            lines: 200,
            font_px: 2_000.0,
            memory_glyphs: 8_000,
            memory_tier_bytes: 16 * 1024 * 1024,
            memory_repeats_bytes: 2 * 1024 * 1024,
            memory_seen_urls: 4_096,
            memory_plates_bytes: 20 * 1024 * 1024,
            memory_bitmaps_bytes: 4 * 1024 * 1024,
            memory_letters_bytes: 1024 * 1024,
            memory_templates_bytes: 12 * 1024 * 1024,
            template_weight: 32,
            template_wait_ms: 2_000,
            cache_wait_ms: 500,
            files_wait_ms: 4_000,
            file_wait_ms: 2_000,
            silence_ms: 1_000,
        }
    }
}
