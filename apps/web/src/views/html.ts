import type { html } from "hono/html";

/** Escaped markup, as `hono/html` makes it. */
export type Html = ReturnType<typeof html>;
