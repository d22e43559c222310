import { type Html, spanText } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { joined } from "../rules/scope-words.ts";
import { alertingTabs } from "../views/alerting-tabs.ts";

/** One policy as its list shows it. */
interface PolicyLine {
  readonly id: string;
  readonly name: string;
  /** Ascending. */
  readonly steps: readonly { readonly afterMs: number; readonly sinkNames: readonly string[] }[];
  readonly rules: readonly { readonly id: string; readonly name: string }[];
}

export interface EscalationsModel {
  readonly policies: readonly PolicyLine[];
  readonly base: string;
  readonly mayWrite: boolean;
  /** Whole sentence; null: the plan has escalation. */
  readonly planRefusal: string | null;
}

/** Who is told when nobody acknowledges. */
export function escalationsView({ policies, base, mayWrite, planRefusal }: EscalationsModel): Html {
  const mayAdd = mayWrite && planRefusal === null;
  return html`<div class="title-row"><h1>Escalation</h1>${mayAdd && policies.length > 0 ? html`<p class="actions"><a class="button" href="${base}/escalations/new">Add a policy</a></p>` : ""}</div>
${alertingTabs(base, "escalations")}
<p class="lead">Who else is told of an incident, step by step, as long as nobody acknowledges it.</p>
${planRefusal === null ? "" : html`<p class="notice">${planRefusal}</p>`}
${
  policies.length === 0
    ? html`<div class="empty"><h2>No escalation yet</h2><p>An incident that nobody acknowledges is told once, to the sinks of its rules. A policy tells others after it: at once, after 5 minutes, after 15.</p>${mayAdd ? html`<p><a class="button" href="${base}/escalations/new">Add a policy</a></p>` : ""}</div>`
    : html`<ul class="cards">${policies.map((policy) => policyCard(policy, base))}</ul>`
}`;
}

const policyCard = ({ id, name, steps, rules }: PolicyLine, base: string): Html =>
  html`<li class="card"><h2><a href="${base}/escalations/${id}">${name}</a></h2>
<ol class="steps">${steps.map(
    ({ afterMs, sinkNames }) =>
      html`<li><b>${afterMs === 0 ? "At once" : `After ${spanText(afterMs)}`}</b> → ${sinkNames.length === 0 ? "nobody (its sinks are gone)" : joined(sinkNames, "and")}</li>`,
  )}</ol>
<p class="faint">${rules.length === 0 ? html`No rule uses it. <a href="${base}/rules">Choose it in a rule</a>.` : html`Used by ${rules.map((rule, index) => html`${index === 0 ? "" : ", "}<a href="${base}/rules/${rule.id}">${rule.name}</a>`)}`}</p></li>`;
