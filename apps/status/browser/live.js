/* Keeps the `[data-live]` parts of a public page fresh. */
import { refreshParts } from "./refresh-parts.js";

const EVERY_MS = 15_000;

setInterval(() => {
  if (!document.hidden) {
    // A failed refresh is no news: the next one may work, and the page says how old it is.
    refreshParts().catch(() => {});
  }
}, EVERY_MS);
