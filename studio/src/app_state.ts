// What of the page is open.

import { signal } from "@preact/signals";

/** Whether the JSON is shown beside the canvas. */
export const showsCode = signal(false);
