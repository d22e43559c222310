import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";

/** What every page knows about the installation it is served by. */
export interface Site {
  /** Base URL of this app, without a trailing slash. */
  readonly publicUrl: string;
  /** Base URL of the API, where the opt-out form posts to. */
  readonly apiUrl: string;
  /** Base URL of the dashboard; null: there is none to lead to. */
  readonly appUrl: string | null;
  readonly isSimulated: boolean;
  readonly version: string;
  /** Paths of style sheet and scripts, with the hash of their content: they may be cached for a year. */
  readonly assets: { readonly css: string; readonly liveScript: string; readonly checkScript: string };
}

export interface Page {
  readonly title: string;
  readonly description: string;
  /** Path of the page, for the canonical link and the marked entry of the navigation. */
  readonly path: string;
  readonly body: Html;
  /** False keeps search engines away: unlisted endpoints, checks, errors. */
  readonly isIndexed?: boolean;
  /** At a workspace's own host there is nothing else of ours to go to. */
  readonly isAtOwnHost?: boolean;
  /** Extra elements of the head, such as an alternate link or a refresh without JavaScript. */
  readonly head?: Html;
  readonly script?: "liveScript" | "checkScript";
  /** Said on top of every page while part of the system is away. */
  readonly notice?: string | null;
}

const NAVIGATION = [
  ["/", "Board"],
  ["/check", "Check"],
  ["/uptime", "Uptime"],
  ["/bot", "Prober"],
] as const;

export function layout(site: Site, page: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title}</title>
<meta name="description" content="${page.description}">
<meta name="color-scheme" content="light dark">
${page.isIndexed === false ? html`<meta name="robots" content="noindex">` : html`<link rel="canonical" href="${site.publicUrl}${page.path}">`}
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${site.assets.css}">
${page.head ?? ""}
${page.script === undefined ? "" : html`<script type="module" src="${site.assets[page.script]}"></script>`}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top"><div class="wide">
<a class="brand" href="${page.isAtOwnHost === true ? site.publicUrl : ""}/"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M2 12h5l2.5-7 5 14L17 12h5"/></svg>AliveMCP</a>
${page.isAtOwnHost === true ? "" : navigation(page.path)}
</div></header>
<main id="main" class="wide" tabindex="-1">
${page.notice ? html`<p class="notice" role="status">${page.notice}</p>` : ""}
${page.body}
</main>
<footer class="bottom"><div class="wide">
<p>AliveMCP watches MCP servers from outside, in their own protocol. All times are UTC. <a href="/uptime">How uptime is counted</a></p>
${site.isSimulated ? html`<p>The regions of this installation are simulated: every probe starts on one and the same machine.</p>` : ""}
</div></footer>
</body>
</html>`;
}

const navigation = (current: string): Html =>
  html`<nav aria-label="Main"><ul>${NAVIGATION.map(
    ([path, label]) =>
      html`<li><a href="${path}"${path === current ? html` aria-current="page"` : ""}>${label}</a></li>`,
  )}</ul></nav>`;
