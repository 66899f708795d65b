//! What each stage of a picture costs on this machine, natively: `make bench`. The scenes are `benches/scenes/*.json`, with the
//! assets of the samples; every picture is of another name. docs/benchmarks.md says how to read the table.
//!
//! For comparing two versions of the code with each other. What a picture costs in the Worker, `make bench-worker` tells.

#![expect(clippy::print_stdout, reason = "a command line speaks on standard output")]
#![expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock; it runs natively only")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use monogram::limits::Limits;
use monogram::paint::Kept;
use monogram::render::{self, Resources};
use monogram::request::Options;
use monogram::template::Template;
use monogram::{encode, params, plan};

/// Pictures of a scene; the fastest half of them is averaged, because others may use the machine.
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
    let limits = Limits::default();
    let template = Template::parse(document, &limits)?;
    let mut images = BTreeMap::new();
    let mut resources = Resources { kept: Rc::new(RefCell::new(Kept::new(&limits))), ..Resources::default() };
    let mut times = [const { Vec::new() }; STAGES.len()];
    let mut bytes = 0;
    for number in 0..PICTURES {
        let query = format!("name=Maria+{}", number + 1_000);
        let mut clock = Instant::now();
        let mut lap = || std::mem::replace(&mut clock, Instant::now()).elapsed();
        let values = params::resolve(&template.document.params, &template.document.missing, &query, &limits);
        let plan = plan::plan(&template, &values, &Options::default(), &limits);
        let planned = lap();
        for name in &plan.images {
            if !images.contains_key(name) {
                images.insert(name.clone(), Rc::from(fs::read(assets.join(name))?));
                resources.images.clone_from(&images);
            }
        }
        lap();
        drop(render::lay_out(&plan, &resources, &limits));
        let laid_out = lap();
        let painted = render::draw(&template, &plan, &resources, &limits)?.painted;
        let drawn = lap();
        let printed = painted.printed.map_or(Ok(None), |printed| printed.png(&painted.pixels))?;
        bytes = printed.map_or_else(|| encode::png::encode(&painted.pixels), Ok)?.len();
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
