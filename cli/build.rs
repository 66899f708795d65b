//! Embeds the module that draws SVGs, which `tools/svg` builds for the Worker too. Without it the
//! command draws everything else.

use std::path::Path;
use std::{env, fs};

fn main() -> std::io::Result<()> {
    let target = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "../target".into());
    let module = Path::new(&target).join("svg/svg.wasm");
    println!("cargo::rerun-if-env-changed=CARGO_TARGET_DIR");
    println!("cargo::rerun-if-changed={}", module.display());
    let bytes = fs::read(module).unwrap_or_default();
    fs::write(Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("svg.wasm"), bytes)
}
