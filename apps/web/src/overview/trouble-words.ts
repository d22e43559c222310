import { publicHelp } from "@alivemcp/core/public-help";
import { agoTime, dayText, type Html, spanText } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import type { Trouble, TroubleKind } from "./trouble-of.ts";

/** The state whose icon and colour a trouble wears. */
export const TROUBLE_STATES: Record<TroubleKind, "down" | "degraded" | "unknown"> = {
  down: "down",
  confirming: "degraded",
  degraded: "degraded",
  "suspicious-drift": "degraded",
  "breaking-drift": "degraded",
  certificate: "degraded",
  unmeasured: "unknown",
};

/** A trouble in two or three words. */
export const TROUBLE_NAMES: Record<TroubleKind, string> = {
  down: "Down",
  confirming: "Failing, being confirmed",
  degraded: "Degraded",
  "suspicious-drift": "New instructions in its tools",
  "breaking-drift": "Breaking change of its tools",
  certificate: "Certificate expires",
  unmeasured: "Not measured",
};

/** What is known beyond the name: since when, or why. */
export function troubleFacts(trouble: Trouble, nowMs: number, helpBase: string): Html | "" {
  const { kind, reason, atMs } = trouble;
  if (kind === "certificate") {
    return atMs === null
      ? ""
      : html`${atMs < nowMs ? `since ${spanText(nowMs - atMs)}` : `in ${spanText(atMs - nowMs)}`}, on ${dayText(atMs)}`;
  }
  const since =
    atMs === null
      ? ""
      : kind === "down"
        ? html`for ${spanText(nowMs - atMs)}`
        : kind === "unmeasured"
          ? html`last probe ${agoTime(atMs, nowMs)}`
          : html`seen ${agoTime(atMs, nowMs)}`;
  const why =
    reason === null ? "" : html`<a href="${helpBase}/help/${reason}">${publicHelp(reason).title}</a>`;
  return html`${since}${since !== "" && why !== "" ? ": " : ""}${why}`;
}
