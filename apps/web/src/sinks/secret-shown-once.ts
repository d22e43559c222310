import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";

/** The secret that signs webhooks, right after it was made; `isRotated` when another one signed until then. */
export const secretShownOnce = (secret: string, isRotated = false): Html =>
  html`<section class="notice notice-good" aria-labelledby="secret-heading"><h2 id="secret-heading">Copy the signing secret now</h2>
<p>When you leave this page, nobody can show it again. It verifies the signature of every message, by Standard Webhooks.</p>
${isRotated ? html`<p>The secret before signs beside it for 24 hours more. Give your receiver this one within that time, and it loses nothing.</p>` : ""}
<pre tabindex="0"><code>${secret}</code></pre></section>`;
