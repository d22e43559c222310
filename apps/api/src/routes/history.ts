import { getWatched } from "@alivemcp/actions/watched/get-watched";
import { listDays } from "@alivemcp/actions/watched/list-days";
import { listMinutes } from "@alivemcp/actions/watched/list-minutes";
import { listTransitions } from "@alivemcp/actions/watched/list-transitions";
import { readFindings } from "@alivemcp/actions/watched/read-findings";
import { createRoute, z } from "@hono/zod-openapi";
import type { Deps } from "../deps.ts";
import { answer, needs, scopeProblems } from "../open-api/answers.ts";
import { pageOf, pageQuery, toPage } from "../open-api/paging.ts";
import { createRouter } from "../open-api/router.ts";
import type { Cursors } from "../requests/cursors.ts";
import { endpointParam } from "./endpoint-param.ts";
import {
  dayJson,
  daySchema,
  findingJson,
  findingSchema,
  minuteJson,
  minuteSchema,
  transitionJson,
  transitionSchema,
  uptimeJson,
  uptimeSchema,
} from "./history-shape.ts";

const tags = ["History"];
const instant = z.iso
  .datetime({ offset: true, error: "Give an instant such as 2026-11-21T10:00:00Z." })
  .optional();

const minutes = createRoute({
  method: "get",
  path: "/{endpoint}/minutes",
  operationId: "listMinutes",
  tags,
  summary: "List verdict-minutes",
  description:
    "What all regions together concluded, newest first. Default: the last 24 hours; at most 31 days at once.",
  ...needs("endpoint.read"),
  request: { params: endpointParam, query: z.strictObject({ ...pageQuery, from: instant, until: instant }) },
  responses: {
    200: answer("A page of minutes.", pageOf(minuteSchema)),
    ...scopeProblems("invalid", "not_found"),
  },
});

const days = createRoute({
  method: "get",
  path: "/{endpoint}/days",
  operationId: "listDays",
  tags,
  summary: "List days",
  description: "Counts of minutes and latencies per UTC day, newest first.",
  ...needs("endpoint.read"),
  request: { params: endpointParam, query: z.strictObject(pageQuery) },
  responses: { 200: answer("A page of days.", pageOf(daySchema)), ...scopeProblems("invalid", "not_found") },
});

const transitions = createRoute({
  method: "get",
  path: "/{endpoint}/transitions",
  operationId: "listTransitions",
  tags,
  summary: "List decisions about the state",
  description: "Every change of the committed state and its flags, newest first, with the reason.",
  ...needs("endpoint.read"),
  request: { params: endpointParam, query: z.strictObject(pageQuery) },
  responses: {
    200: answer("A page of transitions.", pageOf(transitionSchema)),
    ...scopeProblems("invalid", "not_found"),
  },
});

const uptime = createRoute({
  method: "get",
  path: "/{endpoint}/uptime",
  operationId: "getUptime",
  tags,
  summary: "Get uptime and latency",
  description:
    "(up + degraded + auth-walled minutes) / (all minutes − unknown − maintenance), floored, over 24 hours, 7, 30 and 90 days.",
  ...needs("endpoint.read"),
  request: { params: endpointParam },
  responses: { 200: answer("The windows.", uptimeSchema), ...scopeProblems("not_found") },
});

const findings = createRoute({
  method: "get",
  path: "/{endpoint}/findings",
  operationId: "listFindings",
  tags,
  summary: "List what each region found last",
  description: "With the steps of the probe and their times.",
  ...needs("endpoint.read"),
  request: { params: endpointParam },
  responses: {
    200: answer("One per region.", z.strictObject({ items: z.array(findingSchema) }).openapi("Findings")),
    ...scopeProblems("not_found"),
  },
});

/** `/v1/endpoints/{endpoint}/…`: what was measured. */
export function historyRoutes(deps: Deps, cursors: Cursors) {
  return createRouter()
    .openapi(minutes, async (c) => {
      const { endpoint } = c.req.valid("param");
      const { limit, cursor, from, until } = c.req.valid("query");
      const list = `minutes ${endpoint} ${from} ${until}`;
      const [beforeMs, untilMs] = cursors.read(list, cursor) ?? [];
      // The first page fixes where "now" was, so that later ones look at the same span.
      const endMs =
        untilMs === undefined ? (until ? Date.parse(until) : deps.clock.nowMs()) : Number(untilMs);
      const rows = await listMinutes(deps, c.var.caller, {
        endpoint,
        fromMs: from === undefined ? null : Date.parse(from),
        untilMs: endMs,
        beforeMs: beforeMs === undefined ? null : Number(beforeMs),
        limit: limit + 1,
      });
      return c.json(
        toPage(rows, limit, minuteJson, (last) => cursors.write(list, [last.minuteAtMs, endMs])),
        200,
      );
    })
    .openapi(days, async (c) => {
      const { endpoint } = c.req.valid("param");
      const { limit, cursor } = c.req.valid("query");
      const [beforeDay] = cursors.read(`days ${endpoint}`, cursor) ?? [];
      const rows = await listDays(deps, c.var.caller, {
        endpoint,
        beforeDay: beforeDay === undefined ? null : String(beforeDay),
        limit: limit + 1,
      });
      return c.json(
        toPage(rows, limit, dayJson, (last) => cursors.write(`days ${endpoint}`, [last.day])),
        200,
      );
    })
    .openapi(transitions, async (c) => {
      const { endpoint } = c.req.valid("param");
      const { limit, cursor } = c.req.valid("query");
      const [beforeId] = cursors.read(`transitions ${endpoint}`, cursor) ?? [];
      const rows = await listTransitions(deps, c.var.caller, {
        endpoint,
        beforeId: beforeId === undefined ? null : String(beforeId),
        limit: limit + 1,
      });
      return c.json(
        toPage(rows, limit, transitionJson, (last) => cursors.write(`transitions ${endpoint}`, [last.id])),
        200,
      );
    })
    .openapi(uptime, async (c) => {
      const { reading } = await getWatched(deps, c.var.caller, c.req.valid("param").endpoint);
      return c.json(uptimeJson(reading), 200);
    })
    .openapi(findings, async (c) => {
      const { regions } = await readFindings(deps, c.var.caller, c.req.valid("param").endpoint);
      return c.json({ items: regions.map(findingJson) }, 200);
    });
}
