import { type Html, utcText } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { areaField } from "../endpoints/fields.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { postButton } from "../views/post-button.ts";
import type { WebContext } from "../web-env.ts";
import type { IncidentPageModel } from "./incident-page-model.ts";

/** Lengths of a mute that are offered. */
export const MUTE_LENGTHS = {
  "30m": { label: "30 minutes", ms: 30 * 60_000 },
  "1h": { label: "1 hour", ms: 3_600_000 },
  "4h": { label: "4 hours", ms: 4 * 3_600_000 },
  "24h": { label: "24 hours", ms: 24 * 3_600_000 },
} as const;

/** What a member may do about an incident: say that they are on it, keep it quiet, write something down. */
export function respondForms(c: WebContext, model: IncidentPageModel, path: string): Html {
  const { incident, may, form, nowMs } = model;
  if (!may.respond) {
    return html`<p class="faint">A member, admin or the owner of this workspace can acknowledge it, mute it and comment.</p>`;
  }
  const isOpen = incident.resolvedAtMs === null;
  return html`<section class="respond" aria-label="What to do">
${isOpen ? html`<div class="toolbar">${acknowledge(c, model, path)}${mute(c, model, path)}</div>` : ""}
${isOpen && incident.acknowledgedBy === null ? html`<p class="hint">Acknowledging stops the escalation. You are still told when it is over.</p>` : ""}
${isOpen && incident.mutedUntilMs !== null && incident.mutedUntilMs > nowMs ? html`<p class="hint">Muted until ${utcText(incident.mutedUntilMs)}. If it is not over by then, it is told again.</p>` : ""}
<form class="endpoint-form" method="post" action="${path}/comments">${csrfField(c)}
${areaField({ name: "comment", label: "Comment for your colleagues", value: form.comment, rows: 2, maxlength: 2000 }, form.problems)}
<button type="submit" class="quiet">Add the comment</button></form></section>`;
}

const acknowledge = (c: WebContext, { incident }: IncidentPageModel, path: string): Html =>
  incident.acknowledgedBy === null
    ? postButton(c, { action: `${path}/acknowledge`, label: "Acknowledge" })
    : postButton(c, {
        action: `${path}/unacknowledge`,
        label: "Take the acknowledgement back",
        look: "quiet",
      });

function mute(c: WebContext, { incident, nowMs }: IncidentPageModel, path: string): Html {
  if (incident.mutedUntilMs !== null && incident.mutedUntilMs > nowMs) {
    return postButton(c, { action: `${path}/unmute`, label: "Unmute", look: "quiet" });
  }
  return html`<form class="toolbar" method="post" action="${path}/mute">${csrfField(c)}
<label><span>Keep it quiet for</span><select name="length">${Object.entries(MUTE_LENGTHS).map(
    ([value, { label }]) =>
      html`<option value="${value}"${value === "1h" ? html` selected` : ""}>${label}</option>`,
  )}</select></label><button type="submit" class="quiet">Mute</button></form>`;
}
