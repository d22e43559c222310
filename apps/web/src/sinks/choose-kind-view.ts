import type { SinkKind } from "@alivemcp/core/sink-kind";
import { SINK_KIND_FACTS } from "@alivemcp/core/sink-kind";
import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { FOLLOWS_WORDS, kindLabel } from "./sink-words.ts";

/** Step one of a new sink: which kind. */
export const chooseKindView = (
  kinds: readonly { readonly kind: SinkKind; readonly intro: string }[],
  base: string,
): Html =>
  html`<p class="crumb"><a href="${base}/sinks">Sinks</a></p><h1>Add a sink</h1>
<p class="lead">Where should alerts go? You set it up on the next page, then prove that it is yours.</p>
<ul class="cards kinds">${kinds.map(
    ({ kind, intro }) =>
      html`<li class="card"><h2><a href="${base}/sinks/new/${kind}">${kindLabel(kind)}</a></h2><p>${intro}</p><p class="faint">${FOLLOWS_WORDS[SINK_KIND_FACTS[kind].follows]}</p></li>`,
  )}</ul>`;
