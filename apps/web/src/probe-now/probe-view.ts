import type { ProbeProgress, RegionProgress } from "@alivemcp/actions/watched/read-probe-progress";
import type { ProbeStep } from "@alivemcp/core/pipeline";
import { publicHelp } from "@alivemcp/core/public-help";
import { publicStateOf } from "@alivemcp/core/public-status";
import { publicLine } from "@alivemcp/core/public-text";
import { type Html, latencyText } from "@alivemcp/pages/figures";
import { stateIcon, stateWord } from "@alivemcp/pages/state-mark";
import { waterfall } from "@alivemcp/pages/waterfall";
import { html } from "hono/html";

export interface ProbeViewOptions {
  cityOf(region: string): string;
  readonly helpBase: string;
}

const DETAIL_CHARS_MAX = 300;

/** A probe that somebody asked for, region by region, as far as it is. */
export function probeView({ regions, isOver }: ProbeProgress, options: ProbeViewOptions): Html {
  const done = regions.filter(({ progress }) => progress.kind === "done" || progress.kind === "lost").length;
  return html`<p class="${isOver ? "faint" : "busy"}">${isOver ? "All regions have answered." : `${done} of ${regions.length} regions have answered.`}</p>
${regions.map(
  ({ id, progress }) =>
    html`<section class="probe-region" aria-labelledby="probe-${id}"><h3 id="probe-${id}">${options.cityOf(id)}</h3>${region(progress, options)}</section>`,
)}`;
}

function region(progress: RegionProgress, { helpBase }: ProbeViewOptions): Html {
  switch (progress.kind) {
    case "waiting":
      return html`<p class="faint">Waiting for a prober…</p>`;
    case "running":
      return html`<p class="faint">Running…</p>${waterfall(progress.steps.map(clean), "Steps so far")}`;
    case "lost":
      return html`<p><span class="mark mark-unknown">${stateIcon("unknown")}<span>Unknown</span></span> It could not be run: the fault is ours, not the endpoint’s.</p>`;
    case "done": {
      const { state, reason, detail, latencyMs, steps } = progress.finding;
      const told = publicStateOf(state, reason);
      return html`<p><span class="mark mark-${told.state}">${stateIcon(told.state)}<span>${stateWord(told)}</span></span>${latencyMs === null ? "" : html` <span class="faint">handshake ${latencyText(latencyMs)}</span>`}
${reason === null ? "" : html` <a href="${helpBase}/help/${reason}">${publicHelp(reason).title}</a>`}${detail === null ? "" : html` <code>${publicLine(detail, DETAIL_CHARS_MAX)}</code>`}</p>
${waterfall(steps.map(clean), "Steps of this probe")}`;
    }
  }
}

const clean = ({ step, ms, ok, detail }: ProbeStep) => ({
  step,
  ms,
  ok,
  detail: detail === null ? null : publicLine(detail, DETAIL_CHARS_MAX),
});
