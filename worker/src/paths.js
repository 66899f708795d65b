// Which module of the Worker a URL is for. The table of routes (`src/request/route.rs`) decides; this is that table in short,
// because every picture passes it. `tests/edge/paths.test.mjs` compares the two.

/**
 * The paths of the module that answers without drawing: the page, the tools and the API. A path whose beginning is
 * percent-encoded may be any route: that module reads the table, and gives it back if it is not its own.
 */
const OFFICE = /^https?:\/\/[^/]+\/(?:[?#]|$|mcp(?:[?#]|$)|v1\/|[^/?#]*%)/;

/** Whether a URL is for that module. All others are for the one that draws, which also knows what there is not. */
export const isOffice = (url) => OFFICE.test(url);
