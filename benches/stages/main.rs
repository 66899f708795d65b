//! Measures each stage of a picture on this machine, natively: `make bench`. The scenes are
//! `benches/scenes/*.json`, with the assets of the samples; every picture has another name.
//! docs/benchmarks.md explains the table.
//!
//! The results compare two versions of the code with each other. `make bench-worker` measures the
//! cost of a picture in the Worker.

#![expect(clippy::print_stdout, reason = "a command line speaks on standard output")]
#![expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock; it runs natively only")]

mod scene;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use scene::Scene;

/// Number of pictures of a scene. The fastest half is averaged, because other programs may use the
/// machine.
const PICTURES: usize = 30;

/// The stages, in the order of the columns.
const STAGES: [&str; 4] = ["plan", "layout", "paint", "encode"];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    println!("| scene, ms | {} | all | bytes |", STAGES.join(" | "));
    println!("| --- |{}", " ---: |".repeat(STAGES.len() + 2));
    for scene in ["card", "photo", "certificate"] {
        let document = fs::read_to_string(root.join("benches/scenes").join(format!("{scene}.json")))?;
        let (times, bytes) = measure(&document, &root.join("templates/assets"))?;
        let columns: Vec<_> = times.iter().map(|ms| format!("{ms:.2}")).collect();
        println!("| {scene} | {} | {:.2} | {bytes} |", columns.join(" | "), times.iter().sum::<f64>());
    }
    Ok(())
}

/// Milliseconds of each stage, and the bytes of a picture.
fn measure(document: &str, assets: &Path) -> Result<([f64; STAGES.len()], usize), Box<dyn Error>> {
    let mut scene = Scene::new(document)?;
    let mut times = [const { Vec::new() }; STAGES.len()];
    let mut bytes = 0;
    for number in 0..PICTURES {
        let query = format!("name=Maria+{}", number + 1_000);
        let mut clock = Instant::now();
        let mut lap = || std::mem::replace(&mut clock, Instant::now()).elapsed();
        scene.plan(&query);
        let planned = lap();
        for name in scene.missing_images() {
            scene.add_image(&name, &fs::read(assets.join(&name))?);
        }
        lap();
        scene.lay_out();
        let laid_out = lap();
        scene.draw()?;
        let drawn = lap();
        bytes = scene.encode()?;
        for (times, time) in times.iter_mut().zip([planned, laid_out, drawn.saturating_sub(laid_out), lap()]) {
            times.push(time);
        }
    }
    Ok((times.map(fast_half), bytes))
}

/// The mean of the fastest half, in ms.
fn fast_half(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    let half = times.len().div_ceil(2);
    times.iter().take(half).map(Duration::as_secs_f64).sum::<f64>() * 1_000.0 / half as f64
}
