//! The templates of `templates/`, compiled in: they serve a fresh install, and all requests while
//! KV is down.

/// Every sample: its id, its document.
const SAMPLES: &[(&str, &str)] = &[
    ("welcome", include_str!("../../templates/welcome.json")),
    ("newsletter-hero", include_str!("../../templates/newsletter-hero.json")),
    ("abandoned-cart", include_str!("../../templates/abandoned-cart.json")),
    ("cart-products", include_str!("../../templates/cart-products.json")),
    ("certificate", include_str!("../../templates/certificate.json")),
    ("event-badge", include_str!("../../templates/event-badge.json")),
    ("boarding-pass", include_str!("../../templates/boarding-pass.json")),
    ("loyalty-card", include_str!("../../templates/loyalty-card.json")),
    ("quarterly-report", include_str!("../../templates/quarterly-report.json")),
    ("sales-outreach", include_str!("../../templates/sales-outreach.json")),
    ("real-estate", include_str!("../../templates/real-estate.json")),
    ("social-set", include_str!("../../templates/social-set.json")),
    ("doormat", include_str!("../../templates/doormat.json")),
    ("laptop-screen", include_str!("../../templates/laptop-screen.json")),
    ("website-banner", include_str!("../../templates/website-banner.json")),
];

/// The document of a sample.
#[must_use]
pub fn get(id: &str) -> Option<&'static str> {
    SAMPLES.iter().find(|(sample, _)| *sample == id).map(|(_, document)| *document)
}

/// The ids of all samples, in the order in which they are shown.
pub fn ids() -> impl Iterator<Item = &'static str> {
    SAMPLES.iter().map(|(id, _)| *id)
}
