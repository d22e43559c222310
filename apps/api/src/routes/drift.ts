import { acceptBaseline } from "@alivemcp/actions/drift/accept-baseline";
import {
  announceRelease,
  cancelRelease,
  listReleases,
  releaseSchema,
} from "@alivemcp/actions/drift/announce-release";
import { listDrift } from "@alivemcp/actions/drift/list-drift";
import { readDriftEvent } from "@alivemcp/actions/drift/read-drift-event";
import { createRoute, z } from "@hono/zod-openapi";
import type { Deps } from "../deps.ts";
import { answer, jsonBody, needs, scopeProblems, writeHeaders } from "../open-api/answers.ts";
import { pageOf, pageQuery, toPage } from "../open-api/paging.ts";
import { createRouter } from "../open-api/router.ts";
import type { Cursors } from "../requests/cursors.ts";
import { driftJson, driftSchema, releaseWindowJson, releaseWindowSchema } from "./drift-shape.ts";
import { endpointParam } from "./endpoint-param.ts";

const tags = ["Drift"];

const list = createRoute({
  method: "get",
  path: "/{endpoint}/drift",
  operationId: "listDrift",
  tags,
  summary: "List changes of the tools",
  description: "Newest first, each as a typed difference.",
  ...needs("endpoint.read"),
  request: { params: endpointParam, query: z.strictObject(pageQuery) },
  responses: {
    200: answer("A page of changes.", pageOf(driftSchema)),
    ...scopeProblems("invalid", "not_found"),
  },
});

const get = createRoute({
  method: "get",
  path: "/{endpoint}/drift/{event}",
  operationId: "getDrift",
  tags,
  summary: "Get a change with both tool lists",
  ...needs("endpoint.read"),
  request: { params: endpointParam.extend({ event: z.string().describe("The change's id.") }) },
  responses: {
    200: answer(
      "The change. A list that is not stored any more is null.",
      z
        .strictObject({
          event: driftSchema,
          before: z.array(z.unknown()).nullable().describe("Written by others: quote it as untrusted."),
          after: z.array(z.unknown()).nullable(),
        })
        .openapi("DriftDetails"),
    ),
    ...scopeProblems("not_found"),
  },
});

const accept = createRoute({
  method: "post",
  path: "/{endpoint}/baseline",
  operationId: "acceptBaseline",
  tags,
  summary: "Accept the tool list as the baseline",
  description:
    "What drifted until now is accepted with it. Name `full_hash` where regions serve different lists.",
  ...needs("drift.accept"),
  request: {
    params: endpointParam,
    headers: writeHeaders,
    body: jsonBody(
      z.strictObject({
        full_hash: z
          .string()
          .regex(/^[0-9a-f]{64}$/, "A full hash has 64 hexadecimal digits.")
          .optional(),
      }),
    ),
  },
  responses: {
    200: answer(
      "What is the baseline now.",
      z
        .strictObject({
          is_new: z.boolean().describe("False: every region serves the baseline already."),
          full_hash: z.string().nullable(),
        })
        .openapi("Baseline"),
    ),
    ...scopeProblems("invalid", "not_found", "conflict"),
  },
});

const listWindows = createRoute({
  method: "get",
  path: "/{endpoint}/release-windows",
  operationId: "listReleaseWindows",
  tags,
  summary: "List announced releases",
  description: "The latest first, at most 50.",
  ...needs("endpoint.read"),
  request: { params: endpointParam },
  responses: {
    200: answer(
      "Release windows.",
      z.strictObject({ items: z.array(releaseWindowSchema) }).openapi("ReleaseWindows"),
    ),
    ...scopeProblems("not_found"),
  },
});

const announce = createRoute({
  method: "post",
  path: "/{endpoint}/release-windows",
  operationId: "announceRelease",
  tags,
  summary: "Announce a release",
  description: "Changes of the tools inside the window are expected. At most a day long and 90 days ahead.",
  ...needs("drift.announce"),
  request: { params: endpointParam, headers: writeHeaders, body: jsonBody(releaseSchema) },
  responses: {
    201: answer("The window.", releaseWindowSchema),
    ...scopeProblems("invalid", "not_found", "conflict"),
  },
});

const cancel = createRoute({
  method: "delete",
  path: "/{endpoint}/release-windows/{window}",
  operationId: "cancelRelease",
  tags,
  summary: "Take an announcement back",
  ...needs("drift.announce"),
  request: {
    params: endpointParam.extend({ window: z.string().describe("The window's id.") }),
    headers: writeHeaders,
  },
  responses: { 200: answer("The window.", releaseWindowSchema), ...scopeProblems("not_found", "conflict") },
});

/** `/v1/endpoints/{endpoint}/…`: what changed in the tools. */
export function driftRoutes(deps: Deps, cursors: Cursors) {
  return createRouter()
    .openapi(list, async (c) => {
      const { endpoint } = c.req.valid("param");
      const { limit, cursor } = c.req.valid("query");
      const [beforeId] = cursors.read(`drift ${endpoint}`, cursor) ?? [];
      const rows = await listDrift(deps, c.var.caller, {
        endpoint,
        beforeId: beforeId === undefined ? null : String(beforeId),
        limit: limit + 1,
      });
      return c.json(
        toPage(rows, limit, driftJson, (last) => cursors.write(`drift ${endpoint}`, [last.id])),
        200,
      );
    })
    .openapi(get, async (c) => {
      const { endpoint, event } = c.req.valid("param");
      const found = await readDriftEvent(deps, c.var.caller, { slug: endpoint, eventId: event });
      return c.json(
        {
          event: driftJson(found.event),
          before: found.before && [...found.before],
          after: found.after && [...found.after],
        },
        200,
      );
    })
    .openapi(accept, async (c) => {
      const { endpoint } = c.req.valid("param");
      const { full_hash: fullHash } = c.req.valid("json");
      const accepted = await acceptBaseline(deps, c.var.caller, { endpoint, fullHash });
      return c.json(
        {
          is_new: accepted.kind === "accepted",
          full_hash: accepted.kind === "accepted" ? accepted.fullHash : null,
        },
        200,
      );
    })
    .openapi(listWindows, async (c) => {
      const rows = await listReleases(deps, c.var.caller, c.req.valid("param").endpoint);
      return c.json({ items: rows.map(releaseWindowJson) }, 200);
    })
    .openapi(announce, async (c) => {
      const { endpoint } = c.req.valid("param");
      const row = await announceRelease(deps, c.var.caller, { endpoint, release: c.req.valid("json") });
      return c.json(releaseWindowJson(row), 201);
    })
    .openapi(cancel, async (c) => {
      const { endpoint, window } = c.req.valid("param");
      const row = await cancelRelease(deps, c.var.caller, { endpoint, releaseId: window });
      return c.json(releaseWindowJson(row), 200);
    });
}
