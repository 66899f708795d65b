//! Images of the recipient are drawn as a change of the picture without them.

use monogram::request::Format;

use super::Isolate;
use crate::util::{Random, World, template};
use monogram::limits::Limits;

/// A card with a photo of the recipient, and the logo of its company in a stack that it moves.
const CARD: &str = r##"{ "width": 480, "height": 240, "background": GROUND,
    "params": { "name": { "type": "text", "default": "friend" },
        "photo": { "type": "image", "default": "asset:avatar.png" }, "logo": { "type": "image" } },
    "layers": [
        { "type": "rect", "x": 16, "y": 16, "width": 448, "height": 208, "radius": 12, "fill": "#ffffffd0" },
        { "type": "image", "x": 40, "y": 60, "width": 96, "height": 96, "radius": "50%", "src": "{{ photo }}",
          "fallback": ["initials:{{ name }}"] },
        { "type": "stack", "x": 160, "y": 50, "width": 280, "gap": 12, "children": [
            { "type": "image", "height": 32, "src": "{{ logo }}", "when": "logo" },
            { "type": "text", "text": "Welcome, {{ name }}!", "size": 30, "width": "fill", "fill": "#14142b" } ] },
        { "type": "image", "x": 380, "y": 150, "width": 70, "height": 60, "src": "{{ photo }}", "opacity": 0.8 } ] }"##;

const GROUNDS: [&str; 4] = [
    r##""#f4efe6""##,
    r##"{ "type": "linear", "angle": 30, "stops": [{ "color": "#0ea5e9" }, { "color": "#7c3aed" }] }"##,
    r##""#f4efe680""##,
    r##""#777""##,
];

const IMAGES: [&str; 7] = [
    "",
    "asset:avatar.png",
    "asset:house-dusk.jpg",
    "asset:espresso-cup.jpg",
    "asset:logo-fernway.png",
    "asset:logo-halcyon.png",
    "asset:there-is-none.png",
];

#[test]
fn pictures_with_images_of_their_own_are_drawn_the_same() {
    let mut random = Random::new(7);
    for ground in GROUNDS {
        let isolate = Isolate::new(Limits::default());
        let template = template(&CARD.replace("GROUND", ground));
        for _ in 0..30 {
            let name = random.one(&["Ada", "Grace Hopper", "محمد العلي", "王伟"]);
            let query = format!("name={name}&photo={}&logo={}", random.one(&IMAGES), random.one(&IMAGES));
            isolate.check(ground, &template, &query);
            let file = isolate.world.file(&template, &query, Format::Png);
            let alone = World::new().cached().file(&template, &query, Format::Png);
            assert!(file == alone, "{ground}?{query}: another file after other pictures");
            // Images are searched fast, and with another colour type where they have many colours.
            let plain = World::new().file(&template, &query, Format::Png);
            let (bytes, most) = (file.len(), plain.len() + plain.len() / 2 + 600);
            assert!(bytes <= most, "{ground}?{query}: {bytes} bytes, and {} drawn alone", plain.len());
        }
        let assembled = isolate.assembled.get();
        assert!(assembled == 30, "{ground}: {assembled} files were assembled from strips");
    }
}

/// A photo that is the background is no change of a picture without it.
#[test]
fn a_large_image_is_shared() {
    let template = template(
        r##"{ "width": 200, "height": 100, "params": { "name": { "type": "text" }, "photo": { "type": "image" } }, "layers": [
            { "type": "image", "width": 200, "height": 100, "src": "{{ photo }}" },
            { "type": "text", "x": 9, "text": "{{ name }}", "size": 30, "fill": "#fff" } ] }"##,
    );
    let isolate = Isolate::new(Limits::default());
    for photo in ["house-dusk.jpg", "espresso-cup.jpg"] {
        isolate.check("first", &template, &format!("photo=asset:{photo}&name=A"));
        let drawn =
            isolate.world.draw(&template, &format!("photo=asset:{photo}&name=B")).patch.map(|patch| patch.drawn);
        assert_eq!(drawn, Some(1), "{photo}: only the name is drawn");
    }
}
