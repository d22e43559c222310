import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";

/** The secret that signs webhooks, right after it was made. */
export const secretShownOnce = (secret: string, { isRotated }: { readonly isRotated: boolean }): Html =>
  html`<section class="notice notice-good" aria-labelledby="secret-heading"><h2 id="secret-heading">Copy the ${isRotated ? "new " : ""}signing secret now</h2>
<p>When you leave this page, nobody can show it again.${isRotated ? " For 24 hours messages carry two signatures, of the old and of the new one." : " It verifies the signature of every message, by Standard Webhooks."}</p>
<pre tabindex="0"><code>${secret}</code></pre></section>`;
