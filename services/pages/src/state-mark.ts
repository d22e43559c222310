/** The state of something as icon and word: three colours and grey, never the colour alone. */
import type { PublicStatus } from "@alivemcp/core/public-status";
import type { PublicState } from "@alivemcp/core/states";
import { html } from "hono/html";
import type { Html } from "./figures.ts";

/** Outlines on a 16 × 16 grid: a tick, a triangle, an octagon with a cross, a circle with a question mark. */
const ICON_PATHS: Record<PublicState, Html> = {
  live: html`<circle cx="8" cy="8" r="7"/><path d="m4.8 8.3 2.2 2.2 4.2-4.7"/>`,
  degraded: html`<path d="M8 1.6 15 14H1Z"/><path d="M8 6v4M8 11.9v.2"/>`,
  down: html`<path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1Z"/><path d="m5.5 5.5 5 5m0-5-5 5"/>`,
  unknown: html`<circle cx="8" cy="8" r="7"/><path d="M5.9 6.2a2.1 2.1 0 1 1 3.1 2c-.7.4-1 .8-1 1.5M8 11.9v.2"/>`,
};

export function stateIcon(state: PublicState): Html {
  return html`<svg class="icon icon-${state}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${ICON_PATHS[state]}</svg>`;
}

/** The words for a status: one short, for chips and tables, and one sentence that answers "is it working?". */
export function stateWord(status: Pick<PublicStatus, "state" | "isAuthRequired">): string {
  switch (status.state) {
    case "live":
      return status.isAuthRequired ? "Reachable, login required" : "Live";
    case "degraded":
      return "Degraded";
    case "down":
      return "Down";
    case "unknown":
      return "Unknown";
  }
}

/** Icon and word in the state's colour, followed by `stale` and `flapping` where true. */
export function stateMark(status: PublicStatus): Html {
  return html`<span class="mark mark-${status.state}">${stateIcon(status.state)}<span>${stateWord(status)}</span></span>${
    status.isStale
      ? html` <span class="tag" title="Not measured lately: this is the last known state">stale</span>`
      : ""
  }${
    status.isFlapping
      ? html` <span class="tag" title="At least 4 changes within 30 minutes">flapping</span>`
      : ""
  }`;
}
