import { type EndpointWindows, WINDOW_NAMES, type WindowName } from "@alivemcp/core/endpoint-windows";
import { html } from "hono/html";
import { type Html, latencyText, percentText, spanText } from "./figures.ts";

const DAY_MS = 86_400_000;
const WINDOW_LABELS: Record<WindowName, string> = {
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
  "90d": "90 days",
};

/** Uptime and latency over the windows that every surface labels, with the formula one link away. */
export function windowFigures(
  windows: EndpointWindows,
  options: {
    readonly watchedForMs: number;
    /** Address of the page with the formula. */
    readonly uptimeHref: string;
  },
): Html {
  const walled = windows.authWalledShare30d;
  return html`<dl class="figures">${WINDOW_NAMES.map(
    (name) => html`<div><dt>${WINDOW_LABELS[name]}</dt><dd>${percentText(windows.uptime[name])}</dd></div>`,
  )}<div><dt>Median, 24 hours</dt><dd>${latencyText(windows.latencyMsP50Of24h)}</dd></div><div><dt>95th percentile, 24 hours</dt><dd>${latencyText(windows.latencyMsP95Of24h)}</dd></div></dl>
<p class="faint"><a href="${options.uptimeHref}">How uptime is counted.</a>${
    options.watchedForMs < 90 * DAY_MS
      ? ` It has been watched for ${spanText(options.watchedForMs)}: longer windows begin there.`
      : ""
  }${
    walled === null || walled === 0
      ? ""
      : html` Of the 30 days, ${percentText(walled)} were behind a login wall: reachable, but not measured further.`
  }</p>`;
}
