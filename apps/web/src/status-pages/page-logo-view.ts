import { html } from "hono/html";
import { csrfField } from "../middleware/form-guard.ts";
import type { Html } from "../views/html.ts";
import type { WebContext } from "../web-env.ts";

/** Where a page gets its logo, and loses it. */
export function pageLogoView(
  c: WebContext,
  model: {
    readonly hasLogo: boolean;
    readonly problem: string | null;
    readonly action: string;
    /** Where readers load it. */
    readonly pictureUrl: string;
  },
): Html {
  const { hasLogo, problem, action, pictureUrl } = model;
  return html`<section aria-labelledby="logo-title"><h2 id="logo-title">Logo</h2>
${
  hasLogo
    ? html`<p>There is <a href="${pictureUrl}">a logo</a> on the page.</p>
<form method="post" action="${action}/delete">${csrfField(c)}<button class="quiet" type="submit">Take the logo away</button></form>`
    : ""
}
<form class="endpoint-form" method="post" action="${action}" enctype="multipart/form-data">${csrfField(c)}
<p class="field"><label for="logo">Picture</label><input id="logo" name="logo" type="file" accept="image/png,image/jpeg,image/webp" required aria-describedby="logo-hint">
<span class="hint" id="logo-hint">PNG, JPEG or WebP, at most 200 KiB.</span></p>
${problem === null ? "" : html`<p class="problem" role="alert">${problem}</p>`}
<p class="row"><button type="submit">Upload</button></p></form></section>`;
}
