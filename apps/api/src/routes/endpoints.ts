import type { Caller } from "@alivemcp/actions/caller";
import { deleteEndpoint } from "@alivemcp/actions/endpoints/delete-endpoint";
import { endpointRevision } from "@alivemcp/actions/endpoints/endpoint-revision";
import { endpointFilterSchema } from "@alivemcp/actions/endpoints/list-endpoints";
import { pauseEndpoint, resumeEndpoint } from "@alivemcp/actions/endpoints/pause-endpoint";
import { registerEndpoint } from "@alivemcp/actions/endpoints/register-endpoint";
import { requestProbeOf } from "@alivemcp/actions/endpoints/request-probe-of";
import { updateEndpoint } from "@alivemcp/actions/endpoints/update-endpoint";
import { getWatched } from "@alivemcp/actions/watched/get-watched";
import { listWatchedPage } from "@alivemcp/actions/watched/list-watched-page";
import type { WatchedReading } from "@alivemcp/actions/watched/watched-reading";
import { endpointFieldsOf, endpointPatchSchema, newEndpointSchema } from "@alivemcp/core/endpoint-input";
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { ApiEnv } from "../api-env.ts";
import type { Deps } from "../deps.ts";
import { answer, empty, jsonBody, needs, scopeProblems, writeHeaders } from "../open-api/answers.ts";
import { pageOf, pageQuery, toPage } from "../open-api/paging.ts";
import { createRouter } from "../open-api/router.ts";
import { asAnswer } from "../requests/as-answer.ts";
import type { Cursors } from "../requests/cursors.ts";
import { ifMatch, revisionOf } from "../requests/if-match.ts";
import { endpointParam } from "./endpoint-param.ts";
import {
  endpointDetailJson,
  endpointDetailSchema,
  endpointJson,
  endpointProbedSchema,
  endpointSchema,
} from "./endpoint-shape.ts";

const tags = ["Endpoints"];
const filterShape = {
  ...endpointFilterSchema.shape,
  followed: z.enum(["true", "false"], { error: "Say true or false." }).optional(),
  visibility: z.enum(["public", "unlisted", "private"]).optional(),
};
const ETAG = {
  ETag: {
    description: "Names what you saw; send it back as `If-Match`.",
    schema: { type: "string" as const },
  },
};
const withEtag = <A extends { headers: object }>(good: A) => ({
  ...good,
  headers: { ...good.headers, ...ETAG },
});

const list = createRoute({
  method: "get",
  path: "/",
  operationId: "listEndpoints",
  tags,
  summary: "List what the workspace watches",
  description: "Its own endpoints and those it follows, newest first.",
  ...needs("endpoint.read"),
  request: { query: z.strictObject({ ...pageQuery, ...filterShape }) },
  responses: { 200: answer("A page of endpoints.", pageOf(endpointSchema)), ...scopeProblems("invalid") },
});

const register = createRoute({
  method: "post",
  path: "/",
  operationId: "registerEndpoint",
  tags,
  summary: "Register an endpoint",
  description:
    "Watches a URL from now on; its first verdict is there within seconds. By registering it you say that you may have it probed.",
  ...needs("endpoint.create"),
  request: {
    headers: writeHeaders,
    body: jsonBody(newEndpointSchema.extend({ is_demo: z.boolean().optional().describe("Operators only.") })),
  },
  responses: {
    201: withEtag(answer("The endpoint.", endpointProbedSchema)),
    ...scopeProblems("invalid", "limit_reached", "conflict"),
  },
});

const get = createRoute({
  method: "get",
  path: "/{endpoint}",
  operationId: "getEndpoint",
  tags,
  summary: "Get an endpoint",
  ...needs("endpoint.read"),
  request: { params: endpointParam },
  responses: { 200: withEtag(answer("The endpoint.", endpointDetailSchema)), ...scopeProblems("not_found") },
});

const update = createRoute({
  method: "patch",
  path: "/{endpoint}",
  operationId: "updateEndpoint",
  tags,
  summary: "Change an endpoint",
  description:
    "What is left out stays as it is. With `If-Match`, a change that somebody else made meanwhile is not overwritten: 409.",
  ...needs("endpoint.update"),
  request: {
    params: endpointParam,
    headers: writeHeaders.extend({ "if-match": ifMatch }),
    body: jsonBody(endpointPatchSchema),
  },
  responses: {
    200: withEtag(answer("The endpoint as it is now.", endpointProbedSchema)),
    ...scopeProblems("invalid", "limit_reached", "not_found", "conflict"),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/{endpoint}",
  operationId: "deleteEndpoint",
  tags,
  summary: "Delete an endpoint",
  description: "With its history, for good. Its slug is never given to anybody else.",
  ...needs("endpoint.delete"),
  request: { params: endpointParam, headers: writeHeaders },
  responses: { 204: empty("It is gone."), ...scopeProblems("not_found", "conflict") },
});

const pause = createRoute({
  method: "post",
  path: "/{endpoint}/pause",
  operationId: "pauseEndpoint",
  tags,
  summary: "Pause an endpoint",
  description: "It is not probed until it is resumed; the time between counts neither for nor against it.",
  ...needs("endpoint.pause"),
  request: { params: endpointParam, headers: writeHeaders },
  responses: {
    200: withEtag(answer("The paused endpoint.", endpointDetailSchema)),
    ...scopeProblems("not_found", "conflict"),
  },
});

const resume = createRoute({
  method: "post",
  path: "/{endpoint}/resume",
  operationId: "resumeEndpoint",
  tags,
  summary: "Resume an endpoint",
  description: "The first probe comes at once.",
  ...needs("endpoint.pause"),
  request: { params: endpointParam, headers: writeHeaders },
  responses: {
    200: withEtag(answer("The endpoint.", endpointProbedSchema)),
    ...scopeProblems("limit_reached", "not_found", "conflict"),
  },
});

const probe = createRoute({
  method: "post",
  path: "/{endpoint}/probes",
  operationId: "probeNow",
  tags,
  summary: "Probe an endpoint now",
  description:
    "From all its regions; the result is in `findings` within seconds. At most 30 a minute per workspace.",
  ...needs("endpoint.probe_now"),
  request: { params: endpointParam, headers: writeHeaders },
  responses: {
    202: answer(
      "The regions were asked.",
      z
        .strictObject({
          requested_at: z.iso.datetime().describe("Findings observed from then on are the answer."),
          regions: z.array(z.string()),
        })
        .openapi("ProbeRequest"),
    ),
    ...scopeProblems("not_found", "conflict"),
  },
});

/** `/v1/endpoints`: what a workspace watches. */
export function endpointRoutes(deps: Deps, cursors: Cursors) {
  const publicUrl = deps.config.PUBLIC_URL;
  const shown = async (c: Context<ApiEnv>, caller: Caller, slugOrId: string) => {
    const found = await getWatched(deps, caller, slugOrId);
    if (found.own !== null) {
      c.header("etag", `"${endpointRevision(found.own)}"`);
    }
    return endpointDetailJson(found, publicUrl);
  };
  return createRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, ...filter } = c.req.valid("query");
      const name = `endpoints ${JSON.stringify(filter)}`;
      const [beforeNumber] = cursors.read(name, cursor) ?? [];
      const rows = await listWatchedPage(deps, c.var.caller, {
        filter,
        beforeNumber: beforeNumber === undefined ? null : Number(beforeNumber),
        limit: limit + 1,
      });
      const toJson = (reading: WatchedReading) => endpointJson(reading, publicUrl);
      const cursorAfter = ({ endpoint }: WatchedReading) => cursors.write(name, [endpoint.number]);
      return c.json(toPage(rows, limit, toJson, cursorAfter), 200);
    })
    .openapi(register, async (c) => {
      const { url, is_demo: isDemo = false, ...fields } = c.req.valid("json");
      const { endpoint, isProbeRequested } = await registerEndpoint(deps, c.var.caller, {
        url,
        isDemo,
        ...endpointFieldsOf(fields),
      });
      c.header("location", `/v1/endpoints/${endpoint.slug}`);
      return c.json(
        { ...(await shown(c, asAnswer(c.var.caller), endpoint.id)), is_probe_requested: isProbeRequested },
        201,
      );
    })
    .openapi(get, async (c) => c.json(await shown(c, c.var.caller, c.req.valid("param").endpoint), 200))
    .openapi(update, async (c) => {
      const { url, slug, ...fields } = c.req.valid("json");
      const { endpoint, isProbeRequested } = await updateEndpoint(deps, c.var.caller, {
        endpoint: c.req.valid("param").endpoint,
        patch: { url, slug, ...endpointFieldsOf(fields) },
        ifRevision: revisionOf(c.req.valid("header")["if-match"]),
      });
      return c.json(
        { ...(await shown(c, asAnswer(c.var.caller), endpoint.id)), is_probe_requested: isProbeRequested },
        200,
      );
    })
    .openapi(remove, async (c) => {
      await deleteEndpoint(deps, c.var.caller, c.req.valid("param").endpoint);
      return c.body(null, 204);
    })
    .openapi(pause, async (c) => {
      const { id } = await pauseEndpoint(deps, c.var.caller, c.req.valid("param").endpoint);
      return c.json(await shown(c, asAnswer(c.var.caller), id), 200);
    })
    .openapi(resume, async (c) => {
      const { endpoint, isProbeRequested } = await resumeEndpoint(
        deps,
        c.var.caller,
        c.req.valid("param").endpoint,
      );
      return c.json(
        { ...(await shown(c, asAnswer(c.var.caller), endpoint.id)), is_probe_requested: isProbeRequested },
        200,
      );
    })
    .openapi(probe, async (c) => {
      const { request } = await requestProbeOf(deps, c.var.caller, c.req.valid("param").endpoint);
      return c.json(
        {
          requested_at: new Date(request.requestedAtMs).toISOString(),
          regions: request.jobs.map(({ region }) => region),
        },
        202,
      );
    });
}
