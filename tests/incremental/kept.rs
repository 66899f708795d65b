//! What is kept of a baseline gives another isolate the files of the first one; damaged bytes end no isolate.

use monogram::limits::Limits;
use monogram::request::Format;
use monogram::template::Template;
use monogram::world::World as _;

use super::{OWN_FONTS, documents};
use crate::util::{Random, World, template};

/// A query that gives all params a value.
fn query(template: &Template, value: &str) -> String {
    template.document.params.keys().map(|name| format!("&{name}={value}")).collect::<String>() + "&_w=301"
}

/// What is kept after two pictures, with its name.
fn kept(template: &Template) -> Option<(String, Vec<u8>)> {
    let world = World::new().cached();
    let cache = world.cache().unwrap();
    world.png(template, &query(template, "Maria"));
    assert!(cache.take_proven(usize::MAX).is_none(), "one picture proves nothing");
    world.png(template, &query(template, "Ada"));
    let kept = cache.take_proven(usize::MAX);
    world.png(template, &query(template, "Grace"));
    // Another value may have another baseline.
    let again =
        cache.take_proven(usize::MAX).is_some_and(|(name, _)| kept.as_ref().is_some_and(|(known, _)| *known == name));
    assert!(!again, "it is kept once");
    kept
}

#[test]
fn what_is_kept_gives_the_same_files() {
    let mut texts = documents();
    texts.push(("own fonts".to_owned(), OWN_FONTS.to_owned()));
    let (mut used, mut bytes) = (0, 0);
    let mut anew = Vec::new();
    for (path, document) in texts {
        let Ok(template) = Template::parse(&document, &Limits::default()) else { continue };
        // Its baseline may have no room, or the values may make another one.
        let Some((name, kept)) = kept(&template) else { continue };
        let world = World::new().cached();
        let cache = world.cache().unwrap();
        let query = query(&template, "Grace");
        if world.kept_name(&template, &query).as_ref() != Some(&name) {
            continue;
        }
        used += 1;
        bytes += kept.len();
        cache.offer(name, kept);
        for format in [Format::Png, Format::Jpg, Format::Gif, Format::Png] {
            let other = World::new().cached().file(&template, &query, format);
            assert!(world.file(&template, &query, format) == other, "{path}: another {format:?}");
        }
        if cache.take_proven(usize::MAX).is_some() {
            anew.push(path.clone());
        }
        assert_eq!(world.kept_name(&template, &query), None, "{path}: nobody has to be asked again");
    }
    println!("{used} documents, {} bytes each", bytes / used);
    assert_eq!(anew, [""; 0], "made anew");
    assert!(used > 30, "{used} documents");
}

#[test]
fn what_is_kept_of_other_images_is_not_used() {
    let template = template(
        r#"{ "width": 300, "height": 200, "params": { "name": { "type": "text" } }, "layers": [
            { "type": "image", "src": "asset:house-dusk.jpg", "width": 300, "height": 200 },
            { "type": "text", "text": "Hi {{ name }}", "size": 40 } ] }"#,
    );
    let (name, kept) = kept(&template).unwrap();
    let mut world = World::new().cached();
    let other = world.assets.iter().find(|(id, _)| id.as_str().ends_with(".png")).unwrap().1.clone();
    assert!(world.assets.insert("house-dusk.jpg".into(), other).is_some());
    let query = query(&template, "Grace");
    assert_eq!(world.kept_name(&template, &query).as_ref(), Some(&name), "a name knows no images");
    world.cache().unwrap().offer(name, kept);
    assert!(world.png(&template, &query) == world.uncached().cached().png(&template, &query));
    world.png(&template, &query);
    assert!(world.cache().unwrap().take_proven(usize::MAX).is_some(), "it was made anew");
}

#[test]
fn damaged_bytes_end_nothing() {
    let mut random = Random::new(3);
    let card = crate::util::read_text("benches/scenes/card.json");
    let photo = crate::util::read_text("benches/scenes/photo.json");
    for document in [card.as_str(), photo.as_str(), OWN_FONTS] {
        let template = template(document);
        let (name, kept) = kept(&template).unwrap();
        for _ in 0..60 {
            let mut kept = kept.split_last_chunk::<4>().unwrap().0.to_vec();
            if random.below(4) == 0 {
                kept.truncate(random.below(kept.len()));
            } else {
                // The small fields are at both ends.
                let places = if random.below(2) == 0 { kept.len() } else { 400.min(kept.len()) };
                for _ in 0..1 + random.below(4) {
                    let place = random.below(places);
                    kept[place] = u8::try_from(random.below(256)).unwrap();
                }
            }
            // As if it had been written so.
            kept.extend_from_slice(&crc32fast::hash(&kept).to_le_bytes());
            let world = World::new().cached();
            world.cache().unwrap().offer(name.clone(), kept);
            world.png(&template, &query(&template, "Grace"));
        }
    }
}
