import { DELIVERY_STATES, type DeliveryState } from "@alivemcp/core/delivery-state";
import { type Html, utcText } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { alertingTabs } from "../views/alerting-tabs.ts";
import type { WebContext } from "../web-env.ts";
import type { DeliveryLine } from "./deliveries-model.ts";
import { attemptTable, deliveryList, deliveryMark, resendButton } from "./delivery-list.ts";
import { DELIVERY_STATE_WORDS, EVENT_WORDS } from "./delivery-words.ts";

export interface DeliveriesQuery {
  readonly state: DeliveryState | null;
  readonly sinkId: string | null;
  readonly endpoint: string | null;
}

export interface DeliveriesModel {
  readonly deliveries: readonly DeliveryLine[];
  readonly query: DeliveriesQuery;
  readonly sinks: readonly { readonly id: string; readonly name: string }[];
  readonly endpoints: readonly { readonly slug: string; readonly name: string }[];
  readonly base: string;
  readonly mayResend: boolean;
  /** Address of the next page; null: this is the last. */
  readonly next: string | null;
  readonly nowMs: number;
}

/** Every message that was promised to a sink, and what came of it. */
export function deliveriesView(c: WebContext, model: DeliveriesModel): Html {
  const { deliveries, query, base } = model;
  const isFiltered = query.state !== null || query.sinkId !== null || query.endpoint !== null;
  return html`<h1>Deliveries</h1>${alertingTabs(base, "deliveries")}
<p class="lead">Every message, each try to send it, and what the receiver answered.</p>
${filterForm(model)}
${deliveries.length === 0 ? nothing(base, isFiltered, model.sinks.length === 0) : deliveryList(c, deliveries, model)}
${model.next === null ? "" : html`<nav class="pages" aria-label="Pages"><a rel="next" href="${model.next}">Older</a></nav>`}`;
}

function nothing(base: string, isFiltered: boolean, hasNoSink: boolean): Html {
  if (isFiltered) {
    return html`<div class="empty"><p>No message fits this filter.</p><p><a href="${base}/deliveries">Show all</a></p></div>`;
  }
  return html`<div class="empty"><h2>No message yet</h2>
<p>${
    hasNoSink
      ? html`There is no sink that messages could go to. <a href="${base}/sinks/new">Add one</a>.`
      : html`To see one, send a test from <a href="${base}/sinks">a sink</a>, or simulate an outage on the page of an endpoint.`
  }</p></div>`;
}

const filterForm = ({ query, sinks, endpoints, base }: DeliveriesModel): Html =>
  html`<form class="filter-form" method="get" action="${base}/deliveries">
<label><span>State</span><select name="state"><option value="">Any</option>${DELIVERY_STATES.map((state) => option(state, DELIVERY_STATE_WORDS[state], query.state))}</select></label>
<label><span>Sink</span><select name="sink"><option value="">Any</option>${sinks.map(({ id, name }) => option(id, name, query.sinkId))}</select></label>
<label><span>Endpoint</span><select name="endpoint"><option value="">Any</option>${endpoints.map(({ slug, name }) => option(slug, name, query.endpoint))}</select></label>
<button class="second" type="submit">Filter</button></form>`;

const option = (value: string, label: string, chosen: string | null) =>
  html`<option value="${value}"${value === chosen ? html` selected` : ""}>${label}</option>`;

export interface DeliveryPageModel {
  readonly delivery: DeliveryLine;
  /** What was, or is to be, sent. */
  readonly message: {
    readonly summary: string;
    readonly facts: readonly { readonly label: string; readonly value: string }[];
    readonly links: readonly { readonly label: string; readonly url: string }[];
  };
  readonly base: string;
  readonly mayResend: boolean;
  readonly nowMs: number;
}

/** One message: what it said, to whom, and every try. */
export function deliveryView(c: WebContext, model: DeliveryPageModel): Html {
  const { delivery, message, base } = model;
  const { sink, endpoint } = delivery;
  return html`<p class="crumb"><a href="${base}/deliveries">Deliveries</a></p>
<div class="title-row"><h1>${delivery.title}</h1><div class="actions">${resendButton(c, delivery, model)}</div></div>
<p>${deliveryMark(delivery)}</p>
<dl class="facts"><div><dt>About</dt><dd>${EVENT_WORDS[delivery.event]}${delivery.severity === null ? "" : `, ${delivery.severity}`}${delivery.isTest ? ", a test" : ""}</dd></div>
<div><dt>To</dt><dd><a href="${base}/sinks/${sink.id}">${sink.name}</a></dd></div>
${endpoint === null ? "" : html`<div><dt>Endpoint</dt><dd><a href="${base}/endpoints/${endpoint.slug}">${endpoint.name}</a></dd></div>`}
${delivery.incidentId === null ? "" : html`<div><dt>Incident</dt><dd><a href="${base}/incidents/${delivery.incidentId}">Timeline and decisions</a></dd></div>`}
<div><dt>Promised</dt><dd>${utcText(delivery.createdAtMs)}</dd></div>
${delivery.settledAtMs === null ? html`<div><dt>Given up at</dt><dd>${utcText(delivery.deadlineAtMs)}</dd></div>` : html`<div><dt>Settled</dt><dd>${utcText(delivery.settledAtMs)}</dd></div>`}
</dl>
<section aria-labelledby="said-title"><h2 id="said-title">What it says</h2><div class="card"><p><b>${delivery.title}</b></p><p>${message.summary}</p>
${message.facts.length === 0 ? "" : html`<dl class="facts tight">${message.facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`}
${message.links.length === 0 ? "" : html`<ul>${message.links.map(({ label, url }) => html`<li><a href="${url}" rel="noreferrer">${label}</a></li>`)}</ul>`}</div></section>
<section aria-labelledby="tries-title"><h2 id="tries-title">Tries</h2>
${delivery.attempts.length === 0 ? html`<p class="faint">It has not been tried.</p>` : attemptTable(delivery.attempts)}</section>`;
}
