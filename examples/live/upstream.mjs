// A small upstream for the templates beside it: a shop's stock, and the weather of some cities. It
// makes its numbers from the time, so that a picture that is opened again shows other ones.

/** The products of the shop. */
const PRODUCTS = {
  "espresso-cup": { name: "Terracotta Espresso Cup", price: 28, before: 34, of: 24, shop: "Kiln & Table" },
  "espresso-cups": { name: "Terracotta Espresso Cups, Set of Four", price: 96, of: 12, shop: "Kiln & Table" },
  "espresso-gift": { name: "Espresso Cup in a Gift Box", price: 39.5, before: 46, of: 4, shop: "Kiln & Table" },
};

/** The cities, each with the temperature of a day like this. */
const CITIES = { lisbon: ["Lisbon", 24], oslo: ["Oslo", 9], tokyo: ["Tokyo", 18], "são paulo": ["São Paulo", 27] };

const SKIES = { sun: "Clear sky", cloud: "Mostly sunny", rain: "Light rain" };

/** The stock of a product. `null` if there is none of that name. */
export function stock(sku, now = new Date()) {
  const product = PRODUCTS[sku];
  if (!product) return null;
  // One is sold each minute; then the shop gets new ones.
  const left = product.of - (Math.floor(now.getTime() / 60_000) % (product.of + 1));
  return { ...product, left };
}

/** The weather of a city. `null` if it is not known. */
export function weather(city, now = new Date()) {
  const [name, usual] = CITIES[city] ?? [];
  if (!name) return null;
  const sky = (days) => Object.keys(SKIES)[(Math.floor(now.getTime() / 900_000) + days) % 3];
  const temperature = usual + Math.round(30 * Math.sin(now.getTime() / 3_600_000)) / 10;
  const day = (days) => new Date(now.getTime() + days * 86_400_000).toLocaleDateString("en", { weekday: "short", timeZone: "UTC" });
  return {
    city: name,
    now: { temperature, words: SKIES[sky(0)], sky: sky(0) },
    days: [1, 2, 3].map((days) => ({ day: day(days), sky: sky(days), high: usual + 2 - days, low: usual - 6 - days })),
  };
}

/**
 * The answer to a GET of `/stock/{sku}.json` or `/weather/{city}.json`.
 *
 * @param {string} url
 * @returns {{ status: number, body: string }}
 */
export function answer(url, now = new Date()) {
  const [, what, name] = /^\/(stock|weather)\/([^/]+)\.json$/.exec(new URL(url).pathname) ?? [];
  const found = what && { stock, weather }[what](decodeURIComponent(name), now);
  return found ? { status: 200, body: JSON.stringify(found) } : { status: 404, body: '{"error":"there is no such thing"}' };
}
