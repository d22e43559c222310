import { decisionFilterSchema, listDecisions } from "@alivemcp/actions/alerting/list-decisions";
import {
  deliveryFilterSchema,
  getDelivery,
  listDeliveries,
} from "@alivemcp/actions/deliveries/list-deliveries";
import { resendDelivery } from "@alivemcp/actions/deliveries/resend-delivery";
import { createRoute, z } from "@hono/zod-openapi";
import type { Deps } from "../deps.ts";
import { answer, needs, scopeProblems, writeHeaders } from "../open-api/answers.ts";
import { pageOf, pageQuery, toPage } from "../open-api/paging.ts";
import { createRouter } from "../open-api/router.ts";
import type { Cursors } from "../requests/cursors.ts";
import {
  decisionJson,
  decisionSchema,
  deliveryDetailJson,
  deliveryDetailSchema,
  deliveryJson,
  deliverySchema,
} from "./delivery-shape.ts";

const tags = ["Deliveries"];
const deliveryParam = z.object({ delivery: z.string().describe("The delivery's id.") });

const list = createRoute({
  method: "get",
  path: "/",
  operationId: "listDeliveries",
  tags,
  summary: "List what was sent",
  description: "Messages to sinks, newest first, with what came of each.",
  ...needs("delivery.read"),
  request: { query: z.strictObject({ ...pageQuery, ...deliveryFilterSchema.shape }) },
  responses: {
    200: answer("A page of deliveries.", pageOf(deliverySchema)),
    ...scopeProblems("invalid", "not_found"),
  },
});

const get = createRoute({
  method: "get",
  path: "/{delivery}",
  operationId: "getDelivery",
  tags,
  summary: "Get a delivery with every try",
  ...needs("delivery.read"),
  request: { params: deliveryParam },
  responses: { 200: answer("The delivery.", deliveryDetailSchema), ...scopeProblems("not_found") },
});

const resend = createRoute({
  method: "post",
  path: "/{delivery}/resend",
  operationId: "resendDelivery",
  tags,
  summary: "Send a message again",
  description:
    "The same message to the same sink, with the same `dedup_key`. With an `Idempotency-Key`, a repeat sends nothing more.",
  ...needs("delivery.resend"),
  request: { params: deliveryParam, headers: writeHeaders },
  responses: {
    202: answer("The new delivery.", z.strictObject({ delivery_id: z.uuid() }).openapi("ResentDelivery")),
    ...scopeProblems("not_found", "conflict"),
  },
});

/** `/v1/deliveries`. */
export function deliveryRoutes(deps: Deps, cursors: Cursors) {
  return createRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, ...filter } = c.req.valid("query");
      const name = `deliveries ${JSON.stringify(filter)}`;
      const position = cursors.read(name, cursor);
      const before = position && { createdAtMs: Number(position[0]), id: String(position[1]) };
      const rows = await listDeliveries(deps, c.var.caller, { filter, before, limit: limit + 1 });
      return c.json(
        toPage(rows, limit, deliveryJson, (last) => cursors.write(name, [last.createdAtMs, last.id])),
        200,
      );
    })
    .openapi(get, async (c) =>
      c.json(deliveryDetailJson(await getDelivery(deps, c.var.caller, c.req.valid("param").delivery)), 200),
    )
    .openapi(resend, async (c) => {
      const { delivery: id } = c.req.valid("param");
      const clickId = c.req.valid("header")["idempotency-key"] ?? c.var.requestId;
      return c.json({ delivery_id: await resendDelivery(deps, c.var.caller, { id, clickId }) }, 202);
    });
}

const listWhy = createRoute({
  method: "get",
  path: "/",
  operationId: "listDecisions",
  tags,
  summary: "List why somebody was, or was not, told",
  description: "One row per alert and sink that came into question, newest first.",
  ...needs("incident.read"),
  request: { query: z.strictObject({ ...pageQuery, ...decisionFilterSchema.shape }) },
  responses: {
    200: answer("A page of decisions.", pageOf(decisionSchema)),
    ...scopeProblems("invalid", "not_found"),
  },
});

/** `/v1/decisions`. */
export function decisionRoutes(deps: Deps, cursors: Cursors) {
  return createRouter().openapi(listWhy, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid("query");
    const name = `decisions ${JSON.stringify(filter)}`;
    const [beforeId] = cursors.read(name, cursor) ?? [];
    const rows = await listDecisions(deps, c.var.caller, {
      filter,
      beforeId: beforeId === undefined ? null : Number(beforeId),
      limit: limit + 1,
    });
    return c.json(
      toPage(rows, limit, decisionJson, (last) => cursors.write(name, [last.id])),
      200,
    );
  });
}
