import {
  type DeliveryReading,
  getDelivery,
  listDeliveries,
} from "@alivemcp/actions/deliveries/list-deliveries";
import { resendDelivery } from "@alivemcp/actions/deliveries/resend-delivery";
import { listSinks } from "@alivemcp/actions/sinks/get-sink";
import { listWatchedNames } from "@alivemcp/actions/watched/list-watched-names";
import { AppError } from "@alivemcp/core/app-error";
import { DELIVERY_STATES } from "@alivemcp/core/delivery-state";
import { decidePermission } from "@alivemcp/core/permissions";
import { isUuid } from "@alivemcp/core/uuid";
import type { DeliveryPosition, DeliveryRow } from "@alivemcp/db/queries/deliveries";
import { Hono } from "hono";
import type { DeliveriesQuery } from "../deliveries/deliveries-model.ts";
import { deliveriesView } from "../deliveries/deliveries-view.ts";
import { deliveryView } from "../deliveries/delivery-view.ts";
import { toDeliveryLine } from "../deliveries/to-delivery-line.ts";
import type { Deps } from "../deps.ts";
import { postedText } from "../forms/read-form.ts";
import type { LiveStreams } from "../live/create-streams.ts";
import { followChanges } from "../live/follow-changes.ts";
import { renderPage } from "../render-page.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const PER_PAGE = 50;
const HOME = "/w/:workspace/deliveries/:delivery";

/** `/w/<workspace>/deliveries`: every message to a sink, each try, and sending it again. */
export function deliveryRoutes(deps: Deps, streams: LiveStreams): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/w/:workspace/deliveries", (c) => showDeliveries(deps, c));

  routes.get(HOME, async (c) => {
    const { caller, tenant } = c.var.workspace;
    const reading = await getDelivery(deps, caller, c.req.param("delivery"));
    const { delivery, attempts, message } = reading;
    const body = deliveryView(c, {
      delivery: toDeliveryLine(delivery, { endpoints: await listWatchedNames(deps, caller), attempts }),
      message,
      clickId: crypto.randomUUID(),
      digest: digestOf(reading),
      base: `/w/${tenant.slug}`,
      mayResend: mayResend(c),
      nowMs: deps.clock.nowMs(),
    });
    const scripts = [deps.site.assets.liveScript];
    return c.html(await renderPage(c, { title: delivery.title, section: "alerting", body, scripts }));
  });

  routes.get(`${HOME}/events`, async (c) => {
    const { caller } = c.var.workspace;
    const read = () => getDelivery(deps, caller, c.req.param("delivery"));
    await read();
    const since = c.req.query("since") ?? "";
    return streams.open(c, (signal) => followChanges(async () => digestOf(await read()), { since, signal }));
  });

  routes.post(`${HOME}/resend`, async (c) => {
    const { caller, tenant } = c.var.workspace;
    const id = c.req.param("delivery");
    const path = `/w/${tenant.slug}/deliveries`;
    try {
      const clickId = (await postedText(c, "click_id")) || crypto.randomUUID();
      const again = await resendDelivery(deps, caller, { id, clickId });
      c.var.flash({
        tone: "good",
        text: "It is on its way again. What the receiver answers is here in a moment.",
      });
      return c.redirect(`${path}/${again}`, 303);
    } catch (err) {
      if (!(err instanceof AppError) || (err.code !== "conflict" && err.code !== "rate_limited")) {
        throw err;
      }
      c.var.flash({ tone: "bad", text: err.public });
      return c.redirect(`${path}/${id}`, 303);
    }
  });
  return routes;
}

const digestOf = ({ delivery, attempts }: DeliveryReading) => `${delivery.state}-${attempts.length}`;

const mayResend = (c: WebContext) =>
  decidePermission(c.var.workspace.caller.actor, "delivery.resend").kind === "allowed";

async function showDeliveries(deps: Deps, c: WebContext): Promise<Response> {
  const { caller, tenant } = c.var.workspace;
  const [sinks, endpoints] = await Promise.all([listSinks(deps, caller), listWatchedNames(deps, caller)]);
  const query = queryOf(c);
  const isKnown =
    (query.sinkId === null || sinks.some(({ id }) => id === query.sinkId)) &&
    (query.endpoint === null || endpoints.some(({ slug }) => slug === query.endpoint));
  const rows = isKnown ? await readRows(deps, c, query) : [];
  const shown = rows.slice(0, PER_PAGE);
  const body = deliveriesView(c, {
    deliveries: shown.map((row) => toDeliveryLine(row, { endpoints, attempts: [] })),
    query,
    sinks,
    endpoints,
    base: `/w/${tenant.slug}`,
    mayResend: mayResend(c),
    clickId: crypto.randomUUID(),
    next: rows.length > PER_PAGE ? `/w/${tenant.slug}/deliveries?${search(query, shown.at(-1))}` : null,
    nowMs: deps.clock.nowMs(),
  });
  return c.html(await renderPage(c, { title: `Deliveries of ${tenant.name}`, section: "alerting", body }));
}

const readRows = (deps: Deps, c: WebContext, query: DeliveriesQuery): Promise<DeliveryRow[]> =>
  listDeliveries(deps, c.var.workspace.caller, {
    filter: {
      ...(query.state && { state: query.state }),
      ...(query.sinkId && { sink: query.sinkId }),
      ...(query.endpoint && { endpoint: query.endpoint }),
    },
    before: positionOf(c),
    limit: PER_PAGE + 1,
  });

function queryOf(c: WebContext): DeliveriesQuery {
  const { state, sink = "", endpoint = "" } = c.req.query();
  return {
    state: DELIVERY_STATES.find((one) => one === state) ?? null,
    sinkId: sink === "" ? null : sink,
    endpoint: endpoint === "" ? null : endpoint,
  };
}

function search(
  { state, sinkId, endpoint }: DeliveriesQuery,
  last: DeliveryRow | undefined,
): URLSearchParams {
  return new URLSearchParams({
    ...(state && { state }),
    ...(sinkId && { sink: sinkId }),
    ...(endpoint && { endpoint }),
    before: `${last?.createdAtMs ?? 0}.${last?.id ?? ""}`,
  });
}

/** A cursor that is not one begins at the newest. */
function positionOf(c: WebContext): DeliveryPosition | null {
  const [, createdAtMs = "", id = ""] =
    /^(\d{1,15}(?:\.\d{1,4})?)\.([\w-]+)$/.exec(c.req.query("before") ?? "") ?? [];
  return isUuid(id) ? { createdAtMs: Number(createdAtMs), id } : null;
}
