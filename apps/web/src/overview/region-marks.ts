import type { RegionReading } from "@alivemcp/actions/watched/region-readings";
import { publicStateOf } from "@alivemcp/core/public-status";
import type { Html } from "@alivemcp/pages/figures";
import { stateIcon, stateWord } from "@alivemcp/pages/state-mark";
import { html } from "hono/html";

/** One small mark per region, in the order of the installation; the words are in the title and for screen readers. */
export function regionMarks(regions: readonly RegionReading[], cityOf: (region: string) => string): Html {
  return html`<ul class="region-marks" aria-label="Regions">${regions.map(({ id, vote }) => {
    const told = vote === null ? null : publicStateOf(vote.state, vote.reason);
    const words = `${cityOf(id)}: ${told === null ? "no result yet" : stateWord(told)}`;
    return html`<li title="${words}">${stateIcon(told?.state ?? "unknown")}<span class="visually-hidden">${words}</span></li>`;
  })}</ul>`;
}
