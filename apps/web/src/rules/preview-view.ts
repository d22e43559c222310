import { ALERT_SEVERITIES } from "@alivemcp/core/alert-severity";
import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { type DecisionLine, decisionList } from "../incidents/decision-list.ts";
import { SEVERITY_WORDS } from "../views/severity-mark.ts";

export interface PreviewModel {
  readonly endpoints: readonly { readonly slug: string; readonly name: string }[];
  readonly query: {
    readonly endpoint: string;
    readonly severity: string /** As `datetime-local` has it, UTC. */;
    readonly at: string;
  };
  /** Null: nothing was asked yet. */
  readonly decisions: readonly DecisionLine[] | null;
  /** What was wrong with the question. */
  readonly problem: string | null;
  readonly base: string;
  readonly nowMs: number;
}

/** Who would be told of what, without telling anybody. */
export function previewView(model: PreviewModel): Html {
  const { endpoints, query, decisions, problem, base } = model;
  return html`<p class="crumb"><a href="${base}/rules">Rules</a></p><h1>What would happen?</h1>
<p class="lead">Choose an endpoint, a severity and a time: these are the decisions that your rules, windows and sinks lead to. Nobody is told.</p>
${
  endpoints.length === 0
    ? html`<div class="empty"><p>Nothing is watched yet.</p><p><a class="button" href="${base}/endpoints/new">Add an endpoint</a></p></div>`
    : html`<form class="filter-form" method="get" action="${base}/rules/preview">
<label><span>Endpoint</span><select name="endpoint">${endpoints.map(({ slug, name }) => option(slug, name, query.endpoint))}</select></label>
<label><span>Severity</span><select name="severity">${ALERT_SEVERITIES.map((severity) => option(severity, `${severity}: ${SEVERITY_WORDS[severity]}`, query.severity))}</select></label>
<label><span>At (UTC), empty: now</span><input type="datetime-local" name="at" value="${query.at}"></label>
<button type="submit">Show</button></form>`
}
${problem === null ? "" : html`<p class="notice notice-bad" role="alert">${problem}</p>`}
${decisions === null ? "" : outcome(decisions, model)}`;
}

const option = (value: string, label: string, chosen: string) =>
  html`<option value="${value}"${value === chosen ? html` selected` : ""}>${label}</option>`;

const outcome = (decisions: readonly DecisionLine[], { base, nowMs }: PreviewModel): Html =>
  html`<section aria-labelledby="outcome-title"><h2 id="outcome-title">${
    decisions.some(({ verdict }) => verdict === "send") ? "It would be told" : "Nobody would be told"
  }</h2>${decisionList(decisions, { base, nowMs, hasTime: false })}</section>`;
