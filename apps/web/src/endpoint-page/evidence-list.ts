import { publicHelp } from "@alivemcp/core/public-help";
import { publicStateOf } from "@alivemcp/core/public-status";
import { exactTime, type Html } from "@alivemcp/pages/figures";
import { stateIcon, stateWord } from "@alivemcp/pages/state-mark";
import { waterfall } from "@alivemcp/pages/waterfall";
import { html } from "hono/html";
import type { EvidenceEntry } from "./to-evidence-entry.ts";

/** Failed probes, newest first: what failed, what the endpoint answered, and every step on the way there. */
export function evidenceList(
  entries: readonly EvidenceEntry[],
  options: { readonly helpBase: string; readonly nowMs: number },
): Html {
  return html`<ol class="events">${entries.map((entry) => evidence(entry, options))}</ol>`;
}

function evidence(
  entry: EvidenceEntry,
  { helpBase, nowMs }: { readonly helpBase: string; readonly nowMs: number },
): Html {
  const told = publicStateOf(entry.state, entry.reason);
  return html`<li><p><span class="mark mark-${told.state}">${stateIcon(told.state)}<span>${stateWord(told)}</span></span> from <b>${entry.city}</b> <span class="faint">${exactTime(entry.observedAtMs, nowMs)}</span></p>
<p>${entry.reason === null ? "" : html`<a href="${helpBase}/help/${entry.reason}">${publicHelp(entry.reason).title}</a>: ${publicHelp(entry.reason).meaning}`}${entry.detail === null ? "" : html` <code>${entry.detail}</code>`}</p>
${entry.excerpt.length + entry.steps.length === 0 ? "" : proof(entry)}</li>`;
}

function proof({ id, city, excerpt, steps }: EvidenceEntry): Html {
  return html`<details id="evidence-${id}"><summary>${excerpt.length === 0 ? "Its steps" : "What it answered, and its steps"}</summary>
${excerpt.length === 0 ? "" : html`<figure class="excerpt"><figcaption>Shortened and redacted before it was stored</figcaption><pre tabindex="0"><code>${excerpt.join("\n")}</code></pre></figure>`}
${steps.length === 0 ? "" : waterfall(steps, `Steps of the probe from ${city}`)}</details>`;
}
