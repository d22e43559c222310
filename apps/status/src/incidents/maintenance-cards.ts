import { isUnderWay, type PublicMaintenance } from "@alivemcp/core/public-maintenance";
import { type Html, spanText, utcText } from "@alivemcp/pages/figures";
import { html } from "hono/html";

/** Announced maintenance, what is under way first; nothing when nothing is announced. */
export function maintenanceCards(
  maintenances: readonly PublicMaintenance[],
  options: {
    readonly nowMs: number;
    /** Of the endpoint, on a page of several; null where it is plain. */
    readonly nameOf: ((endpointId: string) => string | null) | null;
  },
): Html | "" {
  return maintenances.length === 0
    ? ""
    : html`<section aria-labelledby="maintenance-title"><h2 id="maintenance-title">Scheduled maintenance</h2>
<ol class="incidents">${maintenances.map((one) => card(one, options))}</ol>
<p class="faint">Announced by the operator. These minutes count <a href="/uptime">neither for nor against</a> the endpoint.</p></section>`;
}

function card(
  one: PublicMaintenance,
  { nowMs, nameOf }: { nowMs: number; nameOf: ((endpointId: string) => string | null) | null },
): Html {
  const names = nameOf === null ? [] : one.endpointIds.flatMap((id) => nameOf(id) ?? []);
  return html`<li class="incident incident-maintenance"><h3>${one.name} ${
    isUnderWay(one, nowMs)
      ? html`<span class="tag tag-warn">now</span>`
      : html`<span class="tag">in ${spanText(one.startsAtMs - nowMs)}</span>`
  }</h3>
<p class="faint">${utcText(one.startsAtMs)} to ${utcText(one.endsAtMs)}${names.length === 0 ? "" : html`: ${names.join(", ")}`}</p>
${one.note === null ? "" : html`<p class="words">${one.note}</p>`}</li>`;
}
