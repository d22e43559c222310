import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";

/** A page for what cannot be shown, which always leads on. */
export function problemView(title: string, sentence: string): Html {
  return html`<div class="empty"><h1>${title}</h1><p>${sentence}</p>
<p><a href="/">To the board</a> or <a href="/check">check a URL</a></p></div>`;
}
