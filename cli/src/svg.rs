//! SVGs, drawn by the very module that the Worker uses, so that the pixels are the same.

use std::cell::Cell;

use monogram::encode::png;
use monogram::error::{Fault, Problem};
use monogram::image::svg;
use monogram::limits::Limits;
use wasmi::{Config, Engine, Linker, Module, Store};

/// The module. Empty if the command was built before it; see build.rs.
const MODULE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/svg.wasm"));

/// Calls within calls. V8 has a limit too, which no honest SVG meets.
const DEPTH: usize = 10_000;

/// A PNG of an SVG. `work` is what is left of [`Limits::svg_work`].
///
/// # Errors
/// The SVG is damaged, too large, or has something that is not drawn.
pub fn png(bytes: &[u8], work: &Cell<u32>, limits: &Limits) -> Result<Vec<u8>, Problem> {
    svg::check(bytes, limits)?;
    if MODULE.is_empty() {
        return Err(Problem::new(
            Fault::Unavailable,
            "svg-module",
            "this command was built without the module that draws SVGs",
        )
        .remedy("run `tools/svg`, and build the command again"));
    }
    let drawn = svg::picture(answer(bytes, limits.svg_side_px, work.get()).ok().as_deref())?;
    work.set(work.get().saturating_sub(drawn.work));
    Ok(png::encode(&drawn.picture))
}

/// What `draw` of the module answers, in an instance of its own.
fn answer(svg: &[u8], side: u32, work: u32) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut config = Config::default();
    config.set_max_recursion_depth(DEPTH);
    let engine = Engine::new(&config);
    let module = Module::new(&engine, MODULE)?;
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    // The only thing that it asks of its host, which fills a table that it does not use.
    linker.func_wrap("./svg_bg.js", "__wbindgen_init_externref_table", || {})?;
    let instance = linker.instantiate_and_start(&mut store, &module)?;
    instance.get_typed_func::<(), ()>(&store, "__wbindgen_start")?.call(&mut store, ())?;
    let length = u32::try_from(svg.len())?;
    let room = instance.get_typed_func::<(u32, u32), u32>(&store, "__wbindgen_malloc")?;
    let at = room.call(&mut store, (length, 1))?;
    let memory = instance.get_memory(&store, "memory").ok_or("the module has no memory")?;
    memory.write(&mut store, usize::try_from(at)?, svg)?;
    let draw = instance.get_typed_func::<(u32, u32, u32, u32), (u32, u32)>(&store, "draw")?;
    let (start, length) = draw.call(&mut store, (at, length, side, work))?;
    let mut answer = vec![0; usize::try_from(length)?];
    memory.read(&store, usize::try_from(start)?, &mut answer)?;
    Ok(answer)
}
