import type { AlertSeverity } from "@alivemcp/core/alert-severity";
import { html } from "hono/html";
import type { Html } from "./html.ts";

/** What each severity stands for, in a few words. */
export const SEVERITY_WORDS: Readonly<Record<AlertSeverity, string>> = {
  P1: "down",
  P2: "degraded or failing in part",
  P3: "breaking change, something about to expire",
  P4: "healed by itself, harmless change",
};

/** The severity as a small mark: word and shape, never the colour alone. */
export const severityMark = (severity: AlertSeverity): Html =>
  html`<span class="severity severity-${severity}" title="${severity}: ${SEVERITY_WORDS[severity]}">${severity}</span>`;
