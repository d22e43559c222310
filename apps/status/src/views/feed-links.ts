import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";

/** For the head of a page whose feeds are below `path`: readers find them by themselves. */
export const feedLinks = (path: string): Html =>
  html`<link rel="alternate" type="application/atom+xml" title="Incidents" href="${path}/feed.atom">
<link rel="alternate" type="application/rss+xml" title="Incidents" href="${path}/feed.rss">`;
