import { DELIVERY_STATES } from "@alivemcp/core/delivery-state";
import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { alertingTabs } from "../views/alerting-tabs.ts";
import type { WebContext } from "../web-env.ts";
import type { DeliveriesQuery, DeliveryLine } from "./deliveries-model.ts";
import { deliveryList } from "./delivery-list.ts";
import { DELIVERY_STATE_WORDS } from "./delivery-words.ts";

export interface DeliveriesModel {
  readonly deliveries: readonly DeliveryLine[];
  readonly query: DeliveriesQuery;
  readonly sinks: readonly { readonly id: string; readonly name: string }[];
  readonly endpoints: readonly { readonly slug: string; readonly name: string }[];
  readonly base: string;
  readonly mayResend: boolean;
  /** Of this showing of the page: two presses of a button send once. */
  readonly clickId: string;
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
