//! The heaviest of many random hostile templates: native time and peak memory of a first picture
//! and the work that its budget counted. `make bench-worst` runs it, and then draws the heaviest in
//! workerd.
//!
//! `TEMPLATES=350000 SEED=2 cargo bench --bench worst` tries that many. The heaviest are written
//! to `target/worst/`, the ten slowest and the ten largest. `FOLDER=tests/hostile/paint` measures
//! the templates of a folder instead.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark stops at a fault, as the tests do whose files it shares"
)]
#![expect(clippy::print_stdout, reason = "a command line speaks on standard output")]

#[path = "../tests/hostile/generate.rs"]
mod generate;
#[path = "../tests/util/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use the rest")]
mod util;

use std::fs;

use monogram::Inputs;
use monogram::plan;
use monogram::render::{self, Resources};
use monogram::request::{Format, Options};
use monogram::template::Template;
use monogram::world::World as _;
use peak_alloc::PeakAlloc;

use generate::Request;
use util::{Random, World};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const FORMATS: [Format; 4] = [Format::Png, Format::Jpg, Format::Webp, Format::Gif];

/// CPU time of this thread in ms, which other programs disturb less than a clock. Linux only.
fn cpu_ms() -> f64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).unwrap_or(0.0) / 1e6
}

/// The measurements of one picture.
struct Measured {
    name: String,
    request: Request,
    format: Format,
    ms: f64,
    /// Milliseconds of painting without a cache, whose work is counted.
    paint_ms: f64,
    work: u64,
    /// Bytes that the picture had at most, beyond those that were there before.
    peak: usize,
}

fn measure(name: &str, request: Request, format: Format, world: &World) -> Option<Measured> {
    let limits = world.limits().clone();
    let world = world.clone().cached();
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let start = cpu_ms();
    let template = Template::parse(&request.document, &limits).ok()?;
    let (values, options) = (template.values(&request.query, &limits), Options::read(&request.query, &limits));
    let inputs = Inputs::new(&template, &values, &options, format);
    let plan = plan::plan(&inputs, &limits);
    let picture = render::picture(&inputs, &plan, &world).ok()?;
    let ms = cpu_ms() - start;
    let peak = MEMORY.peak_usage().saturating_sub(before);
    drop(picture);
    let start = cpu_ms();
    let drawn = render::draw(&inputs, &plan, &Resources::of(&plan, &world), None, &limits).ok()?;
    let paint_ms = cpu_ms() - start;
    let work = drawn.painted.spent.work;
    if std::env::var_os("WARNINGS").is_some() {
        println!("{name}: {:?} {:?}", drawn.painted.spent, drawn.painted.warnings);
    }
    Some(Measured { name: name.to_owned(), request, format, ms, paint_ms, work, peak })
}

fn main() {
    let count = |name: &str, default| std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default);
    let (templates, seed) = (count("TEMPLATES", 2_000), count("SEED", 1));
    let world = World::new();
    if let Ok(folder) = std::env::var("FOLDER") {
        let files = util::files_below(&folder, "json");
        let requests = files.iter().filter_map(|file| {
            let query = fs::read_to_string(util::root().join(file).with_extension("query")).unwrap_or_default();
            let query = query.lines().last().unwrap_or_default().to_owned();
            measure(file, Request { document: util::read_text(file), query }, Format::Png, &world)
        });
        print(requests.collect());
        return;
    }
    let mut random = Random::new(seed as u64);
    let (mut all, mut refused) = (Vec::new(), 0);
    for number in 0..templates {
        let bytes: Vec<u8> = (0..4_000).map(|_| random.byte()).collect();
        let format = if number % 4 == 0 { random.one(&FORMATS) } else { Format::Png };
        match measure(&number.to_string(), generate::request(&bytes), format, &world) {
            Some(measured) => all.push(measured),
            None => refused += 1,
        }
        if all.len() > 4_000 {
            all = heaviest(all);
        }
    }
    println!("{templates} templates, {refused} refused");
    let folder = util::root().join("target/worst");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let all = heaviest(all);
    for Measured { name, request, format, .. } in &all {
        let query = format!("{}\n{}", format!("{format:?}").to_lowercase(), request.query);
        fs::write(folder.join(format!("{name}.json")), &request.document).unwrap();
        fs::write(folder.join(format!("{name}.query")), query).unwrap();
    }
    print(all);
}

fn print(all: Vec<Measured>) {
    println!("| template | format | ms | paint ms | work, M | ns/work | peak MiB |");
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: |");
    for Measured { name, format, ms, paint_ms, work, peak, .. } in all {
        #[expect(clippy::cast_precision_loss, reason = "a table for people")]
        let (millions, mib) = (work as f64 / 1e6, peak as f64 / 1_048_576.0);
        let each = paint_ms / millions;
        println!("| {name} | {format:?} | {ms:.0} | {paint_ms:.0} | {millions:.1} | {each:.2} | {mib:.1} |");
    }
}

/// The ten slowest and the ten largest.
fn heaviest(mut all: Vec<Measured>) -> Vec<Measured> {
    all.sort_by(|a, b| b.ms.total_cmp(&a.ms));
    let mut rest = all.split_off(all.len().min(10));
    rest.sort_by_key(|measured| std::cmp::Reverse(measured.peak));
    rest.truncate(10);
    all.extend(rest);
    all
}
