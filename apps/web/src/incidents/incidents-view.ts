import { INCIDENT_SEVERITIES, type IncidentSeverity } from "@alivemcp/core/alert-severity";
import { agoTime, type Html, spanText, utcText } from "@alivemcp/pages/figures";
import { stateIcon } from "@alivemcp/pages/state-mark";
import { html } from "hono/html";
import { SEVERITY_WORDS, severityMark } from "../views/severity-mark.ts";
import { incidentMark, incidentWord } from "./incident-state.ts";
import type { IncidentLine } from "./incidents-model.ts";

export interface IncidentsQuery {
  readonly state: "open" | "resolved" | null;
  readonly severity: IncidentSeverity | null;
  /** Slug. */
  readonly endpoint: string | null;
}

export interface IncidentsModel {
  readonly incidents: readonly IncidentLine[];
  readonly query: IncidentsQuery;
  readonly endpoints: readonly { readonly slug: string; readonly name: string }[];
  readonly base: string;
  readonly next: string | null;
  /** What the live stream compares with. */
  readonly digest: string;
  readonly nowMs: number;
}

/** Incidents of a workspace: open ones first, then the newest. */
export function incidentsView(model: IncidentsModel): Html {
  const { incidents, base, digest, next } = model;
  return html`<h1>Incidents</h1>
<p class="lead">A confirmed period of trouble of one endpoint, from the first failing probe to the first good one.</p>
${filterForm(model)}
<div id="incidents" data-live="${base}/incidents/events?since=${digest}">
${incidents.length === 0 ? nothing(model) : table(model)}
${next === null ? "" : html`<nav class="pages" aria-label="Pages"><a rel="next" href="${next}">Older</a></nav>`}
</div>`;
}

function nothing({ query, base, endpoints }: IncidentsModel): Html {
  if (query.state !== null || query.severity !== null || query.endpoint !== null) {
    return html`<div class="empty"><p>No incident fits this filter.</p><p><a href="${base}/incidents">Show all</a></p></div>`;
  }
  const [first] = endpoints;
  return html`<div class="empty"><h2>No incident yet</h2>
<p>When an endpoint is down or degraded and other regions agree, it is here within two minutes, and your <a href="${base}/sinks">sinks</a> are told.</p>
${first === undefined ? html`<p><a href="${base}/endpoints/new">Add an endpoint</a> to begin with.</p>` : html`<p>To see the whole way once, simulate an outage on the page of <a href="${base}/endpoints/${first.slug}">${first.name}</a>.</p>`}</div>`;
}

const filterForm = ({ query, endpoints, base }: IncidentsModel): Html =>
  html`<form class="filter-form" method="get" action="${base}/incidents">
<label><span>State</span><select name="state"><option value="">Any</option>${option("open", "Open", query.state)}${option("resolved", "Resolved", query.state)}</select></label>
<label><span>Severity</span><select name="severity"><option value="">Any</option>${INCIDENT_SEVERITIES.map((severity) => option(severity, `${severity}: ${SEVERITY_WORDS[severity]}`, query.severity))}</select></label>
<label><span>Endpoint</span><select name="endpoint"><option value="">Any</option>${endpoints.map(({ slug, name }) => option(slug, name, query.endpoint))}</select></label>
<button class="second" type="submit">Filter</button></form>`;

const option = (value: string, label: string, chosen: string | null) =>
  html`<option value="${value}"${value === chosen ? html` selected` : ""}>${label}</option>`;

const table = (model: IncidentsModel): Html =>
  html`<table class="board incidents"><thead><tr><th scope="col">State</th><th scope="col">What</th><th scope="col">Severity</th><th scope="col">Since</th><th scope="col">Acknowledged</th><th scope="col">Told</th></tr></thead>
<tbody>${model.incidents.map((incident) => row(incident, model))}</tbody></table>`;

function row(incident: IncidentLine, { base, nowMs }: IncidentsModel): Html {
  const { endpoint, startedAtMs, resolvedAtMs, cities, toldWhom, together } = incident;
  const state = incidentMark(incident);
  return html`<tr><td class="state"><span class="mark mark-${state}">${stateIcon(state)}<span>${incidentWord(incident, nowMs)}</span></span></td>
<th scope="row"><a href="${base}/incidents/${incident.id}">${endpoint.name}</a>${incident.isTest ? html` <span class="tag">test</span>` : ""}${incident.isFlapping ? html` <span class="tag">flapping</span>` : ""}${
    together > 1 ? html` <span class="tag">${together} together</span>` : ""
  }<br>${incident.headline}${cities.length === 0 ? "" : html` <span class="faint">${cities.join(", ")}</span>`}</th>
<td data-label="Severity">${severityMark(incident.severity)}</td>
<td data-label="Since">${agoTime(startedAtMs, nowMs)}${resolvedAtMs === null ? "" : html`<br><span class="faint" title="until ${utcText(resolvedAtMs)}">for ${spanText(resolvedAtMs - startedAtMs)}</span>`}</td>
<td data-label="Acknowledged">${incident.acknowledgedBy ?? "–"}</td>
<td data-label="Told">${toldWhom.length === 0 ? html`<span class="faint">nobody</span>` : toldWhom.join(", ")}</td></tr>`;
}
