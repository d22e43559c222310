import { publicHelp } from "@alivemcp/core/public-help";
import { publicStateOf } from "@alivemcp/core/public-status";
import { html } from "hono/html";
import { agoTime, type Html, latencyText } from "./figures.ts";
import type { RegionCell } from "./region-cell.ts";
import { stateWord } from "./state-mark.ts";
import { waterfall } from "./waterfall.ts";

export interface ProbeDetailsOptions {
  /** In front of `/help/<reason>`; empty where the help is at home. */
  readonly helpBase: string;
  readonly nowMs: number;
}

/** The newest probe of each region as a waterfall that opens; the one to look at first is open. */
export function probeDetails(regions: readonly RegionCell[], options: ProbeDetailsOptions): Html | Html[] {
  const known = regions.filter((region) => region.finding !== null);
  if (known.length === 0) {
    return html`<p class="faint">No probe to show yet.</p>`;
  }
  const worst = known.find(({ vote }) => vote?.state === "down") ?? known[0];
  return known.map((region) => details(region, region === worst, options));
}

function details(
  { id, city, finding }: RegionCell,
  isOpen: boolean,
  { helpBase, nowMs }: ProbeDetailsOptions,
): Html {
  if (finding === null) {
    return html``;
  }
  const { reason, transientReason, detail, latencyMs, observedAtMs } = finding;
  const word = stateWord(publicStateOf(finding.state, reason));
  const took = latencyMs === null ? "" : `, ${latencyText(latencyMs)}`;
  return html`<details${isOpen ? html` open` : ""} id="probe-${id}"><summary>${city}: ${word}${took}, ${agoTime(observedAtMs, nowMs)}</summary>
${reason === null ? "" : html`<p><a href="${helpBase}/help/${reason}">${publicHelp(reason).title}</a>${detail === null ? "" : html` <code>${detail}</code>`}</p>`}
${transientReason === null ? "" : html`<p class="faint">The first attempt failed (${publicHelp(transientReason).title.toLowerCase()}); the second one was good.</p>`}
${waterfall(finding.steps, `Steps of the latest probe from ${city}`)}</details>`;
}
