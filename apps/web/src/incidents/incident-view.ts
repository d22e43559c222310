import { agoTime, type Html, spanText, utcText } from "@alivemcp/pages/figures";
import { stateIcon } from "@alivemcp/pages/state-mark";
import { html } from "hono/html";
import { severityMark } from "../views/severity-mark.ts";
import type { WebContext } from "../web-env.ts";
import { decisionList } from "./decision-list.ts";
import type { IncidentPageModel } from "./incident-page-model.ts";
import { incidentMark, incidentWord } from "./incident-state.ts";
import { respondForms } from "./respond-forms.ts";
import { timeline } from "./timeline.ts";
import { publicUpdates } from "./update-forms.ts";

/** One incident: what, where, since when, who knows, what was decided and why; and what may be done about it. */
export function incidentView(c: WebContext, model: IncidentPageModel): Html {
  const { incident, base } = model;
  const path = `${base}/incidents/${incident.id}`;
  return html`<p class="crumb"><a href="${base}/incidents">Incidents</a></p>
<div id="incident-head" data-live="${path}/events?since=${model.digest}">
<h1>${incident.endpoint.name}: ${incident.headline}</h1>
${incident.isTest ? html`<p class="notice">This outage was <b>simulated</b>. It counts for nothing, the public does not see it, and every message about it says that it is a test.</p>` : ""}
${summary(model)}
${together(model)}
</div>
${respondForms(c, model, path)}
<div id="incident-past" data-live>
<section aria-labelledby="timeline-title"><h2 id="timeline-title">Timeline</h2>${timeline(model.timeline, model.nowMs)}</section>
${decisions(model)}
</div>
${publicUpdates(c, model, path)}`;
}

function summary(model: IncidentPageModel): Html {
  const { incident, causes, help, nowMs } = model;
  const state = incidentMark(incident);
  const { startedAtMs, resolvedAtMs } = incident;
  return html`<header class="summary summary-${state}"><div class="verdict">
<p class="big mark mark-${state}">${stateIcon(state)}<span>${incidentWord(incident, nowMs)}</span></p>
<p>${resolvedAtMs === null ? html`Since ${agoTime(startedAtMs, nowMs)}, not over yet.` : html`It lasted ${spanText(resolvedAtMs - startedAtMs)} and was over ${agoTime(resolvedAtMs, nowMs)}.`}</p>
${causes.length === 0 ? "" : html`<ul class="causes">${causes.map((cause) => html`<li>${cause}</li>`)}</ul>`}
${help === null ? "" : html`<p><a href="${help.url}">${help.title}</a>: ${help.meaning}</p>`}
${model.runbookUrl === null ? "" : html`<p><a class="button" href="${model.runbookUrl}" rel="noreferrer">Runbook</a></p>`}</div>
${factList(model)}</header>`;
}

function factList(model: IncidentPageModel): Html {
  const { incident, severityWorst, nowMs } = model;
  const rose =
    severityWorst === incident.severity ? "" : html` <span class="faint">at worst ${severityWorst}</span>`;
  const isMuted = incident.mutedUntilMs !== null && incident.mutedUntilMs > nowMs;
  return html`<dl class="facts tight">
<div><dt>Endpoint</dt><dd><a href="${model.base}/endpoints/${incident.endpoint.slug}">${incident.endpoint.name}</a></dd></div>
<div><dt>Severity</dt><dd>${severityMark(incident.severity)}${rose}</dd></div>
<div><dt>Regions</dt><dd>${incident.cities.length === 0 ? "–" : incident.cities.join(", ")}</dd></div>
<div><dt>First failure</dt><dd>${utcText(incident.startedAtMs)}</dd></div>
<div><dt>Confirmed</dt><dd>${utcText(model.openedAtMs)}</dd></div>
<div><dt>First told</dt><dd>${model.firstAcceptedAtMs === null ? "Nobody yet" : html`${spanText(model.firstAcceptedAtMs - incident.startedAtMs)} after the first failure`}</dd></div>
<div><dt>Told</dt><dd>${incident.toldWhom.length === 0 ? html`Nobody. <a href="#why-title">Why?</a>` : incident.toldWhom.join(", ")}</dd></div>
<div><dt>Acknowledged</dt><dd>${incident.acknowledgedBy === null ? "Not yet" : html`${incident.acknowledgedBy}${model.acknowledgedAtMs === null ? "" : html`, ${agoTime(model.acknowledgedAtMs, nowMs)}`}`}</dd></div>
${isMuted ? html`<div><dt>Muted</dt><dd>until ${utcText(incident.mutedUntilMs ?? 0)}${model.mutedBy === null ? "" : `, by ${model.mutedBy}`}</dd></div>` : ""}
${model.escalation === null ? "" : html`<div><dt>Escalation</dt><dd>${model.escalation.policyName}, ${model.escalation.stepsDone === 1 ? "1 step" : `${model.escalation.stepsDone} steps`} done</dd></div>`}
</dl>`;
}

const together = ({ others, groupCause, base }: IncidentPageModel): Html | "" =>
  others.length === 0
    ? ""
    : html`<section class="attention" aria-labelledby="together-title"><h2 id="together-title">Fails together with ${others.length === 1 ? "one other endpoint" : `${others.length} other endpoints`}${groupCause === null ? "" : `: ${groupCause}`}</h2>
<ul>${others.map(({ id, endpointName, isOpen }) => html`<li><a href="${base}/incidents/${id}">${endpointName}</a>${isOpen ? "" : html` <span class="faint">resolved</span>`}</li>`)}</ul></section>`;

function decisions({ decisions: rows, base, nowMs }: IncidentPageModel): Html {
  return html`<section aria-labelledby="why-title"><h2 id="why-title">Who was told, and why</h2>
${
  rows.length === 0
    ? html`<p class="faint">Nothing was decided yet.</p>`
    : decisionList(rows, { base, nowMs, hasTime: true })
}</section>`;
}
