//! Every limit that a stranger can reach, in one place, with its unit and its reason.
//!
//! A limit is a value passed in, so that a test can make it small and an operator can make it
//! large. It is checked before the work that it bounds, because wasm memory never shrinks: the
//! isolate stays as large as its largest legal request made it (128 MB in all; we keep a request
//! under 48 MiB).

/// Budgets of one request. The Worker runs with [`Limits::default`].
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Bytes of path and query together. Mail clients and proxies cut longer URLs anyway.
    pub url_bytes: usize,
    /// Query pairs that are read; further pairs are ignored.
    pub query_pairs: usize,
    /// Characters of a policy or of sealed params in a path: half of a URL, so that the other half
    /// is left for values.
    pub token_chars: usize,
    /// Bytes of an email that is checked. Gmail shows 102 kB of one.
    pub email_bytes: usize,
    /// Pictures of ours in an email that are checked.
    pub email_pictures: usize,
    /// Merge tags in an email's pictures that are compared with the syntaxes of all senders.
    pub email_tags: usize,
    /// Findings that are reported about one email.
    pub findings: usize,
    /// Unicode scalar values kept of one param, before the template's own `max_chars` applies.
    pub value_chars: usize,
    /// Bytes of one list in a URL: three quarters of the URL. Each of its texts is cut as its field says.
    pub list_bytes: usize,
    /// Items of a list, and of its default: those that a picture has room for, and as many that are
    /// only counted.
    pub list_items: usize,
    /// Stars of one rating, and steps of one progress: more cannot be counted at a glance.
    pub marks: usize,
    /// Series of one chart, and its colours: more cannot be told apart.
    pub series: usize,
    /// Columns of one grid or table: no picture has room for more.
    pub grid_columns: usize,
    /// Rows of one grid: those of 100 items, and as many again.
    pub grid_rows: usize,
    /// Bytes of one template document.
    pub template_bytes: usize,
    /// Bytes of JSON that styles and components may add to a template where they are used.
    pub reuse_bytes: usize,
    /// Templates that one template may include, its brand among them. Each is a look into a store when it is
    /// published.
    pub includes: usize,
    /// Layers of one template, groups and their children together.
    pub layers: usize,
    /// Layers of one picture, in which a layer that is repeated counts once for each item.
    pub drawn_layers: usize,
    /// The largest version of a QR code: 20 has 97 modules a side and holds 382 to 858 bytes. Phones hardly read more,
    /// and the work grows with the square.
    pub qr_versions: u8,
    /// Bytes that the QR codes of one picture may hold together: 400 codes of 850 bytes would take a second.
    pub qr_bytes_total: usize,
    /// Levels to which groups and stacks may nest; bounds recursion and offscreen buffers.
    pub depth: usize,
    /// Other sizes that a template may have.
    pub sizes: usize,
    /// Variants that a template may have.
    pub variants: usize,
    /// Languages in which one text may be written.
    pub languages: usize,
    /// Params that a template may declare.
    pub params: usize,
    /// Steps of one evaluation of a string or condition.
    pub expression_fuel: u64,
    /// Bytes of a string that contains an expression, and of the text that it may print.
    pub expression_bytes: usize,
    /// Words and signs in all expressions of one string: each takes about 50 bytes in the parsed
    /// tree.
    pub expression_tokens: usize,
    /// Filters, tests and functions in all expressions of one string: each may read a whole value.
    pub expression_calls: usize,
    /// Levels to which brackets, signs before a value, phrases and `{% if %}` may nest: bounds
    /// recursion, whose stack is 1 MB in wasm.
    pub expression_depth: usize,
    /// Hints that are kept of one string with expressions: what is correct and cannot mean what it says.
    pub doubts: usize,
    /// Such hints of a template together. A person reads no more, and each is a line in memory.
    pub doubts_in_all: usize,
    /// Bytes that one evaluation may make and read on the way: eight times the longest value (2,000
    /// characters, 8 kB).
    pub expression_work_bytes: usize,
    /// Bytes that all evaluations of a picture together may make and read on the way.
    pub expressions_work_bytes: usize,
    /// Characters of a layer's `id`, of a param's name and of a font family: each is repeated in
    /// warnings, reports and headers.
    pub name_chars: usize,
    /// Words of a `choice`, or words in `missing`.
    pub words: usize,
    /// Shadows of one layer.
    pub shadows: usize,
    /// Filters of one layer, and of what lies beneath it.
    pub filters: usize,
    /// Lengths in one `stroke_dash`.
    pub dashes: usize,
    /// Fallbacks of one image.
    pub fallbacks: usize,
    /// Px on one side of the template and of the output.
    pub side_px: u32,
    /// Pixels of the output. The usual card at `_dpr=2` has 2400 x 1260: 12 MB of RGBA, and as much
    /// again for one offscreen layer.
    pub canvas_pixels: u32,
    /// Output pixels of all pictures of a template together: they are prepared before the canvas,
    /// and stay in memory while it is drawn.
    pub picture_pixels: u32,
    /// Bytes that all pictures of a template may hold while one of them is decoded and scaled.
    /// Scaling a picture of 3.3 million px to 3 million takes 38 MB.
    pub picture_bytes: u64,
    /// Bytes in all offscreen buffers that exist at once: 4 a pixel for a layer, 2 for a shadow's
    /// silhouette.
    pub offscreen_bytes: u64,
    /// Bytes of all offscreen buffers of one request, whether they exist at once or not: bounds
    /// CPU.
    pub offscreen_bytes_total: u64,
    /// Segments of all strokes of a picture, after dashing: one takes some 40 bytes while the
    /// stroke is filled.
    pub stroke_segments: u64,
    /// Work of painting one picture, in pixels of an opaque fill, which take about a nanosecond
    /// each. Gradients, layers, shadows and edges weigh more. Honest templates use at most half of
    /// it at `_dpr=2`.
    pub paint_work: u64,
    /// Work of painting a baseline, and of a picture on it. They come on top of that of a first
    /// picture, which is drawn from nothing if one of them takes more.
    pub baseline_work: u64,
    /// Blur radius (as in CSS) in output px.
    pub blur_px: f32,
    /// Px by which a layer may be displaced: it is drawn so much larger on each side.
    pub displace_px: f32,
    /// The farthest coordinate of a corner onto which a layer is mapped: four sides of the largest picture.
    pub corner_px: f32,
    /// Pixels on which one layer in perspective is drawn flat; a larger one is drawn less sharply.
    pub flat_pixels: u32,
    /// Gradient stops of one paint.
    pub gradient_stops: usize,
    /// Segments of one SVG path.
    pub path_segments: usize,
    /// Segments of all SVG paths of a picture: each layer holds its own copy, at 10 bytes a
    /// segment.
    pub path_segments_total: usize,
    /// Bytes of one asset as stored.
    pub image_bytes: usize,
    /// Bytes of all assets of a picture together, as stored: they are in memory while it is drawn.
    pub images_bytes: usize,
    /// Pixels of one asset, read from its header before anything is decoded.
    pub image_pixels: u32,
    /// Bytes of one SVG. Logos have 1 to 50 kB.
    pub svg_bytes: usize,
    /// Units of work of all SVGs that are drawn for one request, where a px painted once is about one
    /// unit: bounds CPU. A logo takes 2 to 4 million.
    pub svg_work: u32,
    /// Px of the longer side of the picture that is made of an SVG. Twice a logo of 512 px, or all of a
    /// photo's width in an email.
    pub svg_side_px: u32,
    /// Bytes of an ICC profile. A profile of a matrix and curves has 500 to 10,000; larger profiles
    /// are lookup tables.
    pub profile_bytes: usize,
    /// Bytes of the tables of prefix codes of a lossless WebP. Programs write up to some hundred groups of
    /// codes, of 10 to 20 kB each; a file may declare 65,536.
    pub webp_codes_bytes: u64,
    /// Pixels that are decoded for one picture, where an asset counts each time it is decoded:
    /// bounds CPU.
    pub image_pixels_total: u32,
    /// Pixels of one image that is decoded beforehand, to find where its content lies: bounds the
    /// memory that this leaves behind. A logo has some 100,000.
    pub image_pixels_surveyed: u32,
    /// Pixels that are decoded beforehand for one picture: bounds CPU, beside
    /// [`image_pixels_total`](Self::image_pixels_total).
    pub image_pixels_surveyed_total: u32,
    /// Colours that are looked up beneath the texts of a picture whose fill is `auto`: bounds CPU. A
    /// text has some 500 points, each of which lies on a few layers.
    pub ground_samples: usize,
    /// Assets that one picture may use.
    pub images: usize,
    /// Hosts of a template, and of each param of type `image`: each is compared with each URL, and
    /// a param without hosts has a copy of the template's.
    pub hosts: usize,
    /// Images on other hosts that one picture may show. A Worker has six connections at once.
    pub remotes: usize,
    /// Feeds of one template: each is a connection too.
    pub feeds: usize,
    /// Bytes of the JSON of one feed.
    pub feed_bytes: usize,
    /// Levels to which its lists and objects may nest.
    pub feed_depth: usize,
    /// Values in it, lists and objects counted too: each takes about 100 bytes in memory.
    pub feed_values: usize,
    /// Milliseconds to wait for all feeds of a picture: half of what is then left for its images.
    pub feeds_wait_ms: u32,
    /// Seconds for which a feed is used if its template does not say.
    pub feed_ttl_s: u32,
    /// The least of them: with fewer, each opening of an email would cost a fetch.
    pub feed_ttl_floor_s: u32,
    /// The most of them.
    pub feed_ttl_ceiling_s: u32,
    /// Redirects that are followed to one of them.
    pub redirects: usize,
    /// Milliseconds to wait for everything on other hosts that a picture needs together, redirects
    /// and bodies included. A deployment may choose another time (`IMAGE_WAIT_MS`).
    pub remotes_wait_ms: u32,
    /// The least such time: in less, no connection to another continent is made.
    pub remotes_wait_floor_ms: u32,
    /// The largest such time: with all other waits, image proxies would give up.
    pub remotes_wait_ceiling_ms: u32,
    /// Milliseconds after which a request looks again whether another request has brought what both
    /// need: a fraction of what a fetch takes.
    pub remote_poll_ms: u32,
    /// The least seconds for which the bytes of such an image are kept, whatever its host says: the
    /// recipients of a mailing open it in the same minutes.
    pub remote_floor_s: u32,
    /// The most seconds for which they are kept: a logo changes sometimes.
    pub remote_ceiling_s: u32,
    /// Seconds for which they are kept after that, to be used again if the host says that they have
    /// not changed, or if it fails: mailings are opened for about a week.
    pub remote_stale_s: u32,
    /// Seconds for which a failure is remembered, so that a host that is down is not asked by each
    /// recipient.
    pub remote_failure_s: u32,
    /// Bytes of an `ETag` or `Last-Modified` of theirs that is kept to ask again with.
    pub validator_bytes: usize,
    /// Bytes of such images in an isolate's memory.
    pub memory_remotes_bytes: usize,
    /// Milliseconds that one is in an isolate's memory before the Cache API is asked again, which
    /// other isolates fill too.
    pub memory_remote_ms: u32,
    /// Bytes that one weighs there beside its content, so that failures are bounded too.
    pub memory_remote_entry_bytes: usize,
    /// Warnings of one picture that get a line of their own; further warnings are only counted,
    /// because a person reads no more.
    pub warnings: usize,
    /// Characters of a layer's name in a warning, because a template may have an `id` of 100 kB.
    pub warning_place_chars: usize,
    /// Characters of a warning after the layer's name.
    pub warning_text_chars: usize,
    /// Font files of one template.
    pub fonts: usize,
    /// Segments of the outline of one glyph; a larger glyph is left blank. The largest glyph of a
    /// letter in our fonts has 600.
    pub glyph_segments: usize,
    /// Font packs that one picture may use: together with the assets, fewer than the 50 fetches
    /// that a free Worker may make.
    pub packs: usize,
    /// Bytes of the font packs of one picture. A script takes 10 to 670 kB, a Chinese sentence
    /// about 0.7 MB, and the 3,500 characters in which most Chinese is written 1.8 MB.
    pub packs_bytes: usize,
    /// Bytes of font packs in an isolate's memory.
    pub memory_packs_bytes: usize,
    /// Characters of one text layer; longer text is cut (and reported).
    pub text_chars: usize,
    /// Glyphs of one text layer, and characters of all text layers of a picture together: each
    /// outline takes a kB while it is filled.
    pub glyphs: usize,
    /// Runs of one text layer.
    pub runs: usize,
    /// Layers of all colour glyphs (emoji) of one text layer: an emoji has ten on average, 53 at
    /// most; bounds CPU.
    pub color_layers: usize,
    /// Lines of one text layer.
    pub lines: usize,
    /// Px of a fitted font size.
    pub font_px: f32,
    /// Glyphs of shaped texts cached in an isolate. Only texts that no value changes are cached; a
    /// glyph takes some 200 bytes.
    pub memory_glyphs: usize,
    /// Bytes of finished pictures in an isolate's memory tier.
    pub memory_tier_bytes: usize,
    /// Bytes of URLs and their headers in an isolate, for the repeats that are answered without
    /// wasm. An entry takes some 3 kB; its file is in the memory tier.
    pub memory_repeats_bytes: usize,
    /// URLs that an isolate remembers as requested before; 8 bytes each.
    pub memory_seen_urls: usize,
    /// Bytes of [baselines](crate::incremental) cached in an isolate: with the canvases of their pictures one of
    /// 2400 x 1260 px, or three of 1200 x 630; put away, dozens. With the 48 MiB of a request, the finished
    /// pictures and the assets, an isolate stays below 96 MiB of its 128 MB.
    pub memory_baselines_bytes: usize,
    /// Bytes of prepared pictures cached in an isolate. Only pictures above a layer that a value
    /// changes are cached, such as avatars and logos.
    pub memory_bitmaps_bytes: usize,
    /// Bytes of the only image of a picture from another host, decoded when it came, that wait for the drawing. Of several
    /// images none waits: their decoding would need room beside it.
    pub waiting_image_bytes: usize,
    /// Bytes of the images whose content an isolate knows. Most of them are in its memory anyway, as
    /// assets.
    pub memory_surveys_bytes: usize,
    /// Bytes of glyph masks cached in an isolate: a mask of 60 px has 2 kB.
    pub memory_masks_bytes: usize,
    /// Bytes of parsed templates cached in an isolate, where each weighs its document's bytes times
    /// [`template_weight`](Self::template_weight). The largest legal template fits, beside a
    /// hundred of the usual 2 kB.
    pub memory_templates_bytes: usize,
    /// The same in the module of the Worker that does not draw, which asks for a template now and then:
    /// a dozen of the usual size.
    pub office_templates_bytes: usize,
    /// Bytes of memory that one byte of a template's document takes when parsed: 64 documents of
    /// 255 kB took 527 MiB.
    pub template_weight: usize,
    /// Bytes of what an isolate keeps of a template for others: a card of 1200 x 630 px has 0.4 MB, a photograph of
    /// that size 3 MB. It is there twice while it is read.
    pub kept_bytes: usize,
    /// Milliseconds to wait for that: making it takes as long.
    pub kept_wait_ms: u32,
    /// Milliseconds to wait for a template from KV, its body included. A cold read takes up to half
    /// a second; after the deadline an older template or a compiled-in one is drawn.
    pub template_wait_ms: u32,
    /// Milliseconds to wait for a picture from the Cache API, its body included. A miss costs a
    /// drawing of a few dozen ms, so a longer wait gains nothing.
    pub cache_wait_ms: u32,
    /// Milliseconds to wait for all assets and font packs of a picture together. With the two waits
    /// above and [`remotes_wait_ms`](Self::remotes_wait_ms), every request is answered within 9 s; image proxies of mail clients give up after 10
    /// s.
    pub files_wait_ms: u32,
    /// Milliseconds to wait for the first answer about one file. It is half of
    /// [`files_wait_ms`](Self::files_wait_ms), so that KV can still be asked if static assets hang.
    pub file_wait_ms: u32,
    /// Milliseconds for which a body may bring no bytes: a service that stalls so long does not
    /// recover.
    pub silence_ms: u32,
    /// Files that the names of a published template may stand for. Each takes a hundred bytes of its
    /// document.
    pub files: usize,
    /// Bytes of a JSON body of the management API: a document and values to draw it with, or a
    /// thousand rows of values.
    pub body_bytes: usize,
    /// Milliseconds to wait for a whole body of the management API: a slow line takes half a minute
    /// for the largest upload.
    pub body_wait_ms: u32,
    /// Milliseconds for which such a body may bring no bytes.
    pub body_silence_ms: u32,
    /// Bytes of an uploaded picture or font: that of a camera, before it is scaled down.
    pub upload_bytes: usize,
    /// Bytes of a web font, unpacked: rebuilding its outlines takes up to 20 times as many for a moment.
    /// A larger font is uploaded as it is drawn.
    pub unpacked_font_bytes: usize,
    /// Pixels of an uploaded picture, before it is scaled down to
    /// [`image_pixels`](Self::image_pixels). Its decoding holds 8 bytes for each.
    pub upload_pixels: u32,
    /// Rows of one page of a list.
    pub list_rows: u32,
    /// Rows that one call may seal: 100 µs of CPU each.
    pub seal_rows: usize,
    /// Changes that a difference of two revisions lists.
    pub diff_changes: usize,
    /// Cases of the stress test that publishing lays out, each of which takes some ms.
    pub publish_cases: usize,
    /// Layers that publishing lays out in all of its cases together: bounds CPU.
    pub publish_layers: usize,
    /// Rows of a file that is imported or drawn.
    pub job_rows: usize,
    /// Bytes of such a file: what one request can bring to a zone of the smallest plan.
    pub job_bytes: usize,
    /// Bytes of a part of it, which is in memory as a whole; a row has no more.
    pub part_bytes: usize,
    /// Rows of a part that is drawn: the heaviest legal picture takes less than a second, and a
    /// consumer of the queue may take 30.
    pub batch_rows: usize,
    /// Rows of a part that is imported: one statement of the database.
    pub import_rows: usize,
    /// Parts of all jobs of one key that may be in the queue at once, so that a large job leaves room
    /// for those of others.
    pub job_parts_at_once: u32,
    /// Milliseconds to wait for the body of such a file: a slow line takes some minutes for it.
    pub job_wait_ms: u32,
    /// Milliseconds to wait for the picture of a row.
    pub picture_wait_ms: u32,
    /// Bytes of one record.
    pub record_bytes: usize,
    /// Milliseconds to wait for a record while a picture is drawn.
    pub record_wait_ms: u32,
    /// Milliseconds to wait for one answer of the database or for one write to KV.
    pub store_wait_ms: u32,
    /// Milliseconds to wait for a rate limiter. After that the request counts as allowed: a limiter
    /// that is down must not stop pictures.
    pub limiter_wait_ms: u32,
    /// Templates whose documents one check of an email reads, each of which is a read of KV.
    pub lint_templates: usize,
    /// Pictures that an isolate draws for a key before it adds them to the database: it may draw so
    /// many beyond a quota, and so many are lost with it.
    pub usage_step: u32,
    /// Seconds after which it adds fewer.
    pub usage_step_s: u64,
    /// Seconds after which it asks again whether a quota is still used up.
    pub usage_ask_s: u64,
    /// Milliseconds for which an isolate trusts what it knows of an API key: after this time a
    /// revoked key is refused everywhere.
    pub memory_key_ms: u32,
    /// API keys that an isolate remembers.
    pub memory_keys: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            url_bytes: 16 * 1024,
            query_pairs: 256,
            token_chars: 8 * 1024,
            email_bytes: 1024 * 1024,
            email_pictures: 200,
            email_tags: 500,
            findings: 200,
            value_chars: 2_000,
            list_bytes: 12 * 1024,
            list_items: 100,
            marks: 20,
            series: 24,
            grid_columns: 24,
            grid_rows: 200,
            template_bytes: 256 * 1024,
            reuse_bytes: 256 * 1024,
            includes: 8,
            layers: 400,
            drawn_layers: 1_000,
            qr_versions: 20,
            qr_bytes_total: 12 * 1024,
            depth: 12,
            sizes: 12,
            variants: 20,
            languages: 60,
            params: 100,
            expression_fuel: 20_000,
            expression_bytes: 16 * 1024,
            expression_tokens: 4_000,
            expression_calls: 256,
            expression_depth: 32,
            doubts: 4,
            doubts_in_all: 20,
            expression_work_bytes: 64 * 1024,
            expressions_work_bytes: 1024 * 1024,
            name_chars: 100,
            words: 1_000,
            shadows: 16,
            filters: 16,
            dashes: 64,
            fallbacks: 8,
            side_px: 4_096,
            canvas_pixels: 3_024_000,
            picture_pixels: 3_024_000,
            picture_bytes: 38_000_000,
            offscreen_bytes: 14_000_000,
            offscreen_bytes_total: 100_000_000,
            stroke_segments: 200_000,
            paint_work: 230_000_000,
            baseline_work: 60_000_000,
            blur_px: 200.0,
            displace_px: 200.0,
            corner_px: 16_384.0,
            flat_pixels: 2_400_000,
            gradient_stops: 32,
            path_segments: 20_000,
            path_segments_total: 100_000,
            image_bytes: 3 * 1024 * 1024,
            images_bytes: 3 * 1024 * 1024,
            image_pixels: 4_000_000,
            svg_bytes: 512 * 1024,
            svg_work: 24_000_000,
            svg_side_px: 1_024,
            profile_bytes: 64 * 1024,
            webp_codes_bytes: 8 * 1024 * 1024,
            image_pixels_total: 16_000_000,
            image_pixels_surveyed: 2_000_000,
            image_pixels_surveyed_total: 4_000_000,
            ground_samples: 1_000_000,
            images: 24,
            hosts: 100,
            remotes: 6,
            feeds: 4,
            feed_bytes: 64 * 1024,
            feed_depth: 8,
            feed_values: 2_000,
            feeds_wait_ms: 1_000,
            feed_ttl_s: 300,
            feed_ttl_floor_s: 60,
            feed_ttl_ceiling_s: 86_400,
            redirects: 2,
            remotes_wait_ms: 2_000,
            remotes_wait_floor_ms: 200,
            remotes_wait_ceiling_ms: 2_500,
            remote_poll_ms: 20,
            remote_floor_s: 300,
            remote_ceiling_s: 86_400,
            remote_stale_s: 604_800,
            remote_failure_s: 60,
            validator_bytes: 256,
            memory_remotes_bytes: 4 * 1024 * 1024,
            memory_remote_ms: 300_000,
            memory_remote_entry_bytes: 512,
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
            memory_baselines_bytes: 20 * 1024 * 1024,
            memory_bitmaps_bytes: 4 * 1024 * 1024,
            waiting_image_bytes: 8 * 1024 * 1024,
            memory_surveys_bytes: 4 * 1024 * 1024,
            memory_masks_bytes: 1024 * 1024,
            memory_templates_bytes: 12 * 1024 * 1024,
            office_templates_bytes: 1024 * 1024,
            template_weight: 32,
            kept_bytes: 3 * 1024 * 1024,
            kept_wait_ms: 100,
            template_wait_ms: 2_000,
            cache_wait_ms: 500,
            files_wait_ms: 4_000,
            file_wait_ms: 2_000,
            silence_ms: 1_000,
            files: 256,
            body_bytes: 1024 * 1024,
            body_wait_ms: 60_000,
            body_silence_ms: 10_000,
            upload_bytes: 8 * 1024 * 1024,
            unpacked_font_bytes: 2 * 1024 * 1024,
            upload_pixels: 6_000_000,
            list_rows: 1_000,
            seal_rows: 1_000,
            diff_changes: 1_000,
            publish_cases: 40,
            publish_layers: 4_000,
            job_rows: 1_000_000,
            job_bytes: 100 * 1024 * 1024,
            part_bytes: 256 * 1024,
            batch_rows: 25,
            import_rows: 1_000,
            job_parts_at_once: 20,
            job_wait_ms: 600_000,
            picture_wait_ms: 30_000,
            record_bytes: 16 * 1024,
            record_wait_ms: 300,
            store_wait_ms: 5_000,
            limiter_wait_ms: 100,
            lint_templates: 40,
            usage_step: 20,
            usage_step_s: 10,
            usage_ask_s: 60,
            memory_key_ms: 5_000,
            memory_keys: 256,
        }
    }
}
