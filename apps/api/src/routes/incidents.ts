import {
  acknowledgeIncident,
  muteIncident,
  unacknowledgeIncident,
  unmuteIncident,
} from "@alivemcp/actions/incidents/acknowledge-incident";
import { commentOnIncident, commentSchema } from "@alivemcp/actions/incidents/comment-on-incident";
import { getIncident } from "@alivemcp/actions/incidents/get-incident";
import { incidentFilterSchema, listIncidents } from "@alivemcp/actions/incidents/list-incidents";
import { publishUpdate, updateSchema } from "@alivemcp/actions/incidents/publish-update";
import { simulateOutage } from "@alivemcp/actions/incidents/simulate-outage";
import { createRoute, z } from "@hono/zod-openapi";
import type { Deps } from "../deps.ts";
import { answer, jsonBody, needs, scopeProblems, writeHeaders } from "../open-api/answers.ts";
import { pageOf, pageQuery, toPage } from "../open-api/paging.ts";
import { createRouter } from "../open-api/router.ts";
import type { Cursors } from "../requests/cursors.ts";
import { endpointParam } from "./endpoint-param.ts";
import {
  incidentDetailJson,
  incidentDetailSchema,
  incidentJson,
  incidentSchema,
  incidentUpdateJson,
  incidentUpdateSchema,
} from "./incident-shape.ts";

const tags = ["Incidents"];
const incidentParam = z.object({ incident: z.string().describe("The incident's id.") });

const list = createRoute({
  method: "get",
  path: "/",
  operationId: "listIncidents",
  tags,
  summary: "List incidents",
  description: "Of own and followed endpoints, newest first.",
  ...needs("incident.read"),
  request: { query: z.strictObject({ ...pageQuery, ...incidentFilterSchema.shape }) },
  responses: {
    200: answer("A page of incidents.", pageOf(incidentSchema)),
    ...scopeProblems("invalid", "not_found"),
  },
});

const get = createRoute({
  method: "get",
  path: "/{incident}",
  operationId: "getIncident",
  tags,
  summary: "Get an incident with its timeline",
  description: "What happened, who answered, what was sent to whom, and why somebody was not told.",
  ...needs("incident.read"),
  request: { params: incidentParam },
  responses: { 200: answer("The incident.", incidentDetailSchema), ...scopeProblems("not_found") },
});

const response = {
  ...needs("incident.respond"),
  request: { params: incidentParam, headers: writeHeaders },
  responses: { 200: answer("The incident.", incidentSchema), ...scopeProblems("not_found", "conflict") },
};

const acknowledge = createRoute({
  ...response,
  method: "post",
  path: "/{incident}/acknowledge",
  operationId: "acknowledgeIncident",
  tags,
  summary: "Acknowledge an incident",
  description: "Escalation stops; the end is still told. Acknowledging twice is acknowledging once.",
});

const unacknowledge = createRoute({
  ...response,
  method: "delete",
  path: "/{incident}/acknowledge",
  operationId: "unacknowledgeIncident",
  tags,
  summary: "Take an acknowledgement back",
  description: "Escalation goes on.",
});

const mute = createRoute({
  ...response,
  method: "put",
  path: "/{incident}/mute",
  operationId: "muteIncident",
  tags,
  summary: "Mute an incident",
  description: "At most 7 days. If it is still on at the end, it is told again.",
  request: {
    ...response.request,
    body: jsonBody(
      z.strictObject({
        until: z.iso.datetime({ offset: true, error: "Give an instant such as 2026-11-21T10:00:00Z." }),
      }),
    ),
  },
  responses: { ...response.responses, ...scopeProblems("invalid", "not_found", "conflict") },
});

const unmute = createRoute({
  ...response,
  method: "delete",
  path: "/{incident}/mute",
  operationId: "unmuteIncident",
  tags,
  summary: "End a mute",
});

const comment = createRoute({
  ...response,
  method: "post",
  path: "/{incident}/comments",
  operationId: "commentOnIncident",
  tags,
  summary: "Comment on an incident",
  description: "In the workspace's own timeline; nobody else reads it.",
  request: { ...response.request, body: jsonBody(commentSchema) },
  responses: {
    201: answer("The incident.", incidentSchema),
    ...scopeProblems("invalid", "not_found", "conflict"),
  },
});

const publish = createRoute({
  method: "post",
  path: "/{incident}/updates",
  operationId: "publishIncidentUpdate",
  tags,
  summary: "Tell the public how it stands",
  description:
    "On the status page, and to followers and subscribers. Only the owner of the endpoint may. `resolved` while our probes still see the incident needs `confirm`.",
  ...needs("incident.publish"),
  request: { params: incidentParam, headers: writeHeaders, body: jsonBody(updateSchema) },
  responses: {
    201: answer("The update.", incidentUpdateSchema),
    ...scopeProblems("invalid", "not_found", "conflict"),
  },
});

/** `/v1/incidents`. */
export function incidentRoutes(deps: Deps, cursors: Cursors) {
  return createRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, ...filter } = c.req.valid("query");
      const name = `incidents ${JSON.stringify(filter)}`;
      const position = cursors.read(name, cursor);
      const before = position && { openedAtMs: Number(position[0]), id: String(position[1]) };
      const rows = await listIncidents(deps, c.var.caller, { filter, before, limit: limit + 1 });
      return c.json(
        toPage(rows, limit, incidentJson, (last) => cursors.write(name, [last.openedAtMs, last.id])),
        200,
      );
    })
    .openapi(get, async (c) => {
      const { incident } = c.req.valid("param");
      return c.json(incidentDetailJson(await getIncident(deps, c.var.caller, incident)), 200);
    })
    .openapi(acknowledge, async (c) => {
      const { incident } = c.req.valid("param");
      return c.json(incidentJson(await acknowledgeIncident(deps, c.var.caller, incident)), 200);
    })
    .openapi(unacknowledge, async (c) => {
      const { incident } = c.req.valid("param");
      return c.json(incidentJson(await unacknowledgeIncident(deps, c.var.caller, incident)), 200);
    })
    .openapi(mute, async (c) => {
      const { incident: id } = c.req.valid("param");
      const untilMs = Date.parse(c.req.valid("json").until);
      return c.json(incidentJson(await muteIncident(deps, c.var.caller, { id, untilMs })), 200);
    })
    .openapi(unmute, async (c) => {
      const { incident } = c.req.valid("param");
      return c.json(incidentJson(await unmuteIncident(deps, c.var.caller, incident)), 200);
    })
    .openapi(comment, async (c) => {
      const { incident: id } = c.req.valid("param");
      const { body } = c.req.valid("json");
      return c.json(incidentJson(await commentOnIncident(deps, c.var.caller, { id, body })), 201);
    })
    .openapi(publish, async (c) => {
      const { incident: id } = c.req.valid("param");
      const { stage, body, confirm } = c.req.valid("json");
      const input = { id, stage, body, isConfirmed: confirm === true };
      return c.json(incidentUpdateJson(await publishUpdate(deps, c.var.caller, input)), 201);
    });
}

const simulate = createRoute({
  method: "post",
  path: "/{endpoint}/simulate",
  operationId: "simulateOutage",
  tags,
  summary: "Simulate an outage",
  description:
    "Drives the whole path of alerting once. Every message says that it is a test, only this workspace is told, and it is over after a minute. Five an hour.",
  ...needs("alert.simulate"),
  request: { params: endpointParam, headers: writeHeaders },
  responses: {
    202: answer(
      "It is announced within seconds; the incident is found under this id from then on.",
      z.strictObject({ incident_id: z.uuid(), endpoint_id: z.uuid() }).openapi("SimulatedOutage"),
    ),
    ...scopeProblems("not_found", "conflict"),
  },
});

/** `/v1/endpoints/{endpoint}/simulate`. */
export function simulationRoutes(deps: Deps) {
  return createRouter().openapi(simulate, async (c) => {
    const { endpoint } = c.req.valid("param");
    const outage = await simulateOutage(deps, c.var.caller, endpoint);
    return c.json({ incident_id: outage.incidentId, endpoint_id: outage.endpointId }, 202);
  });
}
