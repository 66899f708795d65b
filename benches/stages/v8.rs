//! Measures each stage of a picture in V8: `make bench-v8`. This is the Worker's core, compiled
//! like the Worker, with the stages as exports: `tools/bench-v8.mjs` calls them and measures time.
//! The native build contains nothing of it.

#![cfg(target_arch = "wasm32")]

mod scene;

use wasm_bindgen::prelude::{JsError, wasm_bindgen};

/// A scene, and the completed stages of its current picture.
#[wasm_bindgen]
pub struct Scene(scene::Scene);

#[wasm_bindgen]
impl Scene {
    /// Takes a template, with an empty cache.
    #[wasm_bindgen(constructor)]
    pub fn new(document: &str) -> Result<Self, JsError> {
        Ok(Self(scene::Scene::new(document)?))
    }

    /// Runs the first stage: values, and the plan of the picture.
    pub fn plan(&mut self, query: &str) {
        self.0.plan(query);
    }

    /// The assets that the plan needs and that have not been added yet.
    #[wasm_bindgen(js_name = missingImages)]
    #[must_use]
    pub fn missing_images(&self) -> Vec<String> {
        self.0.missing_images()
    }

    /// Adds an asset.
    #[wasm_bindgen(js_name = addImage)]
    pub fn add_image(&mut self, name: &str, bytes: &[u8]) {
        self.0.add_image(name, bytes);
    }

    /// Runs layout, only to measure it.
    #[wasm_bindgen(js_name = layOut)]
    pub fn lay_out(&self) {
        self.0.lay_out();
    }

    /// Runs layout and paint.
    pub fn draw(&mut self) -> Result<(), JsError> {
        Ok(self.0.draw()?)
    }

    /// The bytes of the PNG.
    pub fn encode(&mut self) -> Result<usize, JsError> {
        Ok(self.0.encode()?)
    }
}
