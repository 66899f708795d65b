//! What each stage of a picture costs in V8: `make bench-v8`. The Worker's core, compiled as the Worker is, with the stages as
//! exports: `tools/bench-v8.mjs` calls them and holds the clock. Natively there is nothing in it.

#![cfg(target_arch = "wasm32")]

mod scene;

use wasm_bindgen::prelude::{JsError, wasm_bindgen};

/// A scene, and how far its current picture has come.
#[wasm_bindgen]
pub struct Scene(scene::Scene);

#[wasm_bindgen]
impl Scene {
    /// A template, with nothing kept from other pictures.
    #[wasm_bindgen(constructor)]
    pub fn new(document: &str) -> Result<Self, JsError> {
        Ok(Self(scene::Scene::new(document)?))
    }

    /// Values, and what is to be drawn.
    pub fn plan(&mut self, query: &str) {
        self.0.plan(query);
    }

    /// The assets that the plan needs and that are not there yet.
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

    /// Layout, for its time.
    #[wasm_bindgen(js_name = layOut)]
    pub fn lay_out(&self) {
        self.0.lay_out();
    }

    /// Layout and paint.
    pub fn draw(&mut self) -> Result<(), JsError> {
        Ok(self.0.draw()?)
    }

    /// The bytes of the PNG.
    pub fn encode(&mut self) -> Result<usize, JsError> {
        Ok(self.0.encode()?)
    }
}
