import { UPDATE_STAGES, type UpdateStage } from "@alivemcp/core/incident-cause";
import { type Html, utcText } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { areaField, checkField, selectField } from "../endpoints/fields.ts";
import { csrfField } from "../middleware/form-guard.ts";
import type { WebContext } from "../web-env.ts";
import type { IncidentPageModel, PublicUpdate } from "./incident-page-model.ts";

export const STAGE_WORDS: Readonly<Record<UpdateStage, string>> = {
  investigating: "Investigating",
  identified: "Identified",
  monitoring: "Monitoring",
  resolved: "Resolved",
};

/** What the public was told, and the form for the next words; nothing where there is no public. */
export function publicUpdates(c: WebContext, model: IncidentPageModel, path: string): Html | "" {
  const { updates, incident, statusPageUrl, may } = model;
  if (incident.isTest || (updates.length === 0 && !may.publish)) {
    return "";
  }
  return html`<section aria-labelledby="public-title"><h2 id="public-title">What the public is told</h2>
${updates.length === 0 ? html`<p class="faint">Nothing yet. The status page shows that there is an incident, where and since when.</p>` : html`<ul class="events">${updates.map((update) => updateItem(update))}</ul>`}
${may.publish ? updateForm(c, model, path) : ""}
${statusPageUrl === null ? "" : html`<p><a href="${statusPageUrl}">Status page</a></p>`}</section>`;
}

const updateItem = ({ stage, body, atMs, who }: PublicUpdate): Html =>
  html`<li><p><b>${STAGE_WORDS[stage]}</b> <span class="faint">${utcText(atMs)}${who === null ? "" : `, ${who}`}</span></p><p class="lines">${body}</p></li>`;

function updateForm(c: WebContext, { form, nowMs, statusPageUrl }: IncidentPageModel, path: string): Html {
  const { stage, body, isPreview, mustConfirm, problems } = form;
  return html`<form class="endpoint-form" method="post" action="${path}/updates" id="update">${csrfField(c)}
<p class="notice"><b>This is public.</b> Everybody who ${statusPageUrl === null ? "watches this endpoint" : "opens the status page"} reads it, subscribers are sent it, and it cannot be taken back.</p>
${isPreview ? html`<div class="preview" role="status"><p class="faint">This is how it will look:</p><ul class="events">${updateItem({ stage, body, atMs: nowMs, who: null })}</ul></div>` : ""}
${selectField({ name: "stage", label: "Stage", value: stage, options: UPDATE_STAGES.map((value) => [value, STAGE_WORDS[value]] as const) }, problems)}
${areaField({ name: "body", label: "Message", value: body, rows: 3, maxlength: 2000, hint: "What users notice, what you do about it, when you write next. Plain text." }, problems)}
${mustConfirm ? checkField({ name: "confirm", label: "It is resolved all the same", isChecked: false }, problems) : ""}
<p class="row">${isPreview ? html`<button type="submit" name="step" value="publish">Publish it</button><button type="submit" class="quiet" name="step" value="preview">Preview again</button>` : html`<button type="submit" name="step" value="preview">Preview</button>`}</p></form>`;
}
