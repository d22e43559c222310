import { publicHelp } from "@alivemcp/core/public-help";
import { publicStateOf } from "@alivemcp/core/public-status";
import { html } from "hono/html";
import { agoTime, type Html, latencyText } from "./figures.ts";
import type { RegionCell } from "./region-cell.ts";
import { stateIcon, stateWord } from "./state-mark.ts";

export interface RegionStripOptions {
  readonly isSimulated: boolean;
  /** In front of `/help/<reason>`; empty where the help is at home. */
  readonly helpBase: string;
  readonly nowMs: number;
}

/** One cell per region, by city: what it saw last, how fast, when. */
export function regionStrip(regions: readonly RegionCell[], options: RegionStripOptions): Html {
  return html`<section aria-labelledby="regions-title"><h2 id="regions-title">From where</h2>
${options.isSimulated ? html`<p class="notice">These regions are simulated on this machine: all probes start from one place.</p>` : ""}
<ul class="regions">${regions.map((region) => cell(region, options))}</ul></section>`;
}

function cell(region: RegionCell, { helpBase, nowMs }: RegionStripOptions): Html {
  const { vote } = region;
  if (vote === null) {
    return html`<li class="region region-unknown"><span class="city">${region.city}</span>
<span class="mark mark-unknown">${stateIcon("unknown")}<span>${region.isWatching ? "No result yet" : "Not watching"}</span></span></li>`;
  }
  const told = publicStateOf(vote.state, vote.reason);
  return html`<li class="region region-${told.state}"><span class="city">${region.city}</span>
<span class="mark mark-${told.state}">${stateIcon(told.state)}<span>${stateWord(told)}</span></span>
${vote.reason === null || vote.reason === "auth_required" ? "" : html`<a href="${helpBase}/help/${vote.reason}">${publicHelp(vote.reason).title}</a>`}
<span class="faint">${vote.latencyMs === null ? "" : html`${latencyText(vote.latencyMs)}, `}${agoTime(vote.observedAtMs, nowMs)}${
    region.isWatching ? "" : html`, not watching now`
  }</span></li>`;
}
