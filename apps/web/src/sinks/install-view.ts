import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";

/** The last step before the person leaves for Slack: what happens there, and after. */
export const installView = ({ url, base }: { readonly url: string; readonly base: string }): Html =>
  html`<p class="crumb"><a href="${base}/sinks">Sinks</a> / <a href="${base}/sinks/new/slack">Set up Slack</a></p>
<h1>Add to Slack</h1>
<p class="lead">Slack asks which of its workspaces and which channel. Then we ask once more, and you come back to the new sink.</p>
<p>It works once, for ten minutes. The channel is proven by that: nothing has to be typed back.</p>
<p class="actions"><a class="button" href="${url}" rel="noreferrer">Choose the channel at Slack</a> <a class="button quiet" href="${base}/sinks/new/slack">Cancel</a></p>`;
