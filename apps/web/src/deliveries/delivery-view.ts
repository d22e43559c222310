import type { AlertMessage } from "@alivemcp/core/alert-message";
import { type Html, utcText } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import type { WebContext } from "../web-env.ts";
import type { DeliveryLine } from "./deliveries-model.ts";
import { attemptTable, deliveryMark, resendButton } from "./delivery-list.ts";
import { EVENT_WORDS, reasonText } from "./delivery-words.ts";

export interface DeliveryPageModel {
  readonly delivery: DeliveryLine;
  /** What was, or is to be, sent; null when it cannot be read any more. */
  readonly message: Pick<AlertMessage, "summary" | "facts" | "links"> | null;
  /** Of this showing of the page: two presses of its button send once. */
  readonly clickId: string;
  /** What the live stream compares with. */
  readonly digest: string;
  readonly base: string;
  readonly mayResend: boolean;
  readonly nowMs: number;
}

/** One message: what it said, to whom, and every try. */
export function deliveryView(c: WebContext, model: DeliveryPageModel): Html {
  const { delivery, base } = model;
  const { sink, endpoint } = delivery;
  return html`<p class="crumb"><a href="${base}/deliveries">Deliveries</a></p>
<div class="title-row"><h1>${delivery.title}</h1><div class="actions">${resendButton(c, delivery, { ...model, clickId: model.clickId })}</div></div>
<div id="delivery" data-live="${base}/deliveries/${delivery.id}/events?since=${model.digest}">
<p>${deliveryMark(delivery)}</p>${delivery.reason === null ? "" : html`<p>${reasonText(delivery.reason)}</p>`}
<dl class="facts"><div><dt>About</dt><dd>${EVENT_WORDS[delivery.event]}${delivery.severity === null ? "" : `, ${delivery.severity}`}${delivery.isTest ? ", a test" : ""}</dd></div>
<div><dt>To</dt><dd><a href="${base}/sinks/${sink.id}">${sink.name}</a></dd></div>
${endpoint === null ? "" : html`<div><dt>Endpoint</dt><dd><a href="${base}/endpoints/${endpoint.slug}">${endpoint.name}</a></dd></div>`}
${delivery.incidentId === null ? "" : html`<div><dt>Incident</dt><dd><a href="${base}/incidents/${delivery.incidentId}">Timeline and decisions</a></dd></div>`}
<div><dt>Promised</dt><dd>${utcText(delivery.createdAtMs)}</dd></div>
${delivery.settledAtMs === null ? html`<div><dt>Given up at</dt><dd>${utcText(delivery.deadlineAtMs)}</dd></div>` : html`<div><dt>Settled</dt><dd>${utcText(delivery.settledAtMs)}</dd></div>`}
</dl>
<section aria-labelledby="tries-title"><h2 id="tries-title">Tries</h2>
${delivery.attempts.length === 0 ? html`<p class="faint">It has not been tried.</p>` : attemptTable(delivery.attempts)}</section>
</div>
${said(model)}`;
}

function said({ delivery, message }: DeliveryPageModel): Html | "" {
  if (message === null) {
    return "";
  }
  const { summary, facts, links } = message;
  return html`<section aria-labelledby="said-title"><h2 id="said-title">What it says</h2><div class="card"><p><b>${delivery.title}</b></p><p>${summary}</p>
${facts.length === 0 ? "" : html`<dl class="facts tight">${facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`}
${links.length === 0 ? "" : html`<ul>${links.map(({ label, url }) => html`<li><a href="${url}" rel="noreferrer">${label}</a></li>`)}</ul>`}</div></section>`;
}
