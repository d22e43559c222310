import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export const LINK_PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/**
 * A page that a mail leads to. Opening it does nothing, for mail scanners and previews open links too; the button posts
 * to the page's own address.
 */
export const linkPage = (input: {
  readonly title: string;
  readonly text: string;
  /** Words of the button; null: there is nothing to press. */
  readonly button: string | null;
  readonly stylesPath: string;
}): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${input.title} · AliveMCP</title>
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${input.stylesPath}">
</head>
<body>
<header class="top"><div class="wide"><span class="brand">AliveMCP</span></div></header>
<main id="main" class="wide" tabindex="-1">
<h1>${input.title}</h1>
<p>${input.text}</p>
${input.button === null ? "" : html`<form method="post"><button type="submit">${input.button}</button></form>`}
</main>
</body>
</html>`;
