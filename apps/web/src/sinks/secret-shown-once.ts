import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";

/** The secret that signs webhooks, right after it was made. */
export const secretShownOnce = (secret: string): Html =>
  html`<section class="notice notice-good" aria-labelledby="secret-heading"><h2 id="secret-heading">Copy the signing secret now</h2>
<p>When you leave this page, nobody can show it again. It verifies the signature of every message, by Standard Webhooks.</p>
<pre tabindex="0"><code>${secret}</code></pre></section>`;
