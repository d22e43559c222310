import {
  createMaintenance,
  endMaintenance,
  updateMaintenance,
} from "@alivemcp/actions/maintenance/change-maintenance";
import {
  getMaintenance,
  listMaintenance,
  listUpcomingMaintenance,
} from "@alivemcp/actions/maintenance/list-maintenance";
import { maintenanceSchema } from "@alivemcp/actions/maintenance/maintenance-input";
import { createRoute, z } from "@hono/zod-openapi";
import type { Deps } from "../deps.ts";
import { answer, jsonBody, needs, scopeProblems, writeHeaders } from "../open-api/answers.ts";
import { createRouter } from "../open-api/router.ts";
import { parseSnake } from "../requests/snake-keys.ts";
import { windowBodySchema, windowInput, windowJson, windowSchema } from "./rule-shape.ts";

const tags = ["Maintenance"];
const windowParam = z.object({ maintenance: z.string().describe("The window's id.") });

const list = createRoute({
  method: "get",
  path: "/",
  operationId: "listMaintenanceWindows",
  tags,
  summary: "List maintenance windows",
  description: "The newest 200, past ones included, the latest start first.",
  ...needs("rule.read"),
  responses: {
    200: answer("Windows.", z.strictObject({ items: z.array(windowSchema) }).openapi("MaintenanceWindows")),
    ...scopeProblems(),
  },
});

const upcoming = createRoute({
  method: "get",
  path: "/upcoming",
  operationId: "listUpcomingMaintenance",
  tags,
  summary: "List what is on and comes within 30 days",
  description: "Each time of a recurring window by itself, soonest first; at most 100.",
  ...needs("rule.read"),
  responses: {
    200: answer(
      "Times.",
      z
        .strictObject({
          items: z.array(
            z.strictObject({
              starts_at: z.iso.datetime(),
              ends_at: z.iso.datetime(),
              window: windowSchema,
            }),
          ),
        })
        .openapi("UpcomingMaintenance"),
    ),
    ...scopeProblems(),
  },
});

const get = createRoute({
  method: "get",
  path: "/{maintenance}",
  operationId: "getMaintenanceWindow",
  tags,
  summary: "Get a maintenance window",
  ...needs("rule.read"),
  request: { params: windowParam },
  responses: { 200: answer("The window.", windowSchema), ...scopeProblems("not_found") },
});

const create = createRoute({
  method: "post",
  path: "/",
  operationId: "createMaintenanceWindow",
  tags,
  summary: "Announce maintenance",
  description:
    "What it covers pages nobody meanwhile; the minutes count neither for nor against uptime. What is still down when it ends is paged then.",
  ...needs("maintenance.write"),
  request: { headers: writeHeaders, body: jsonBody(windowBodySchema) },
  responses: { 201: answer("The window.", windowSchema), ...scopeProblems("invalid", "conflict") },
});

const update = createRoute({
  method: "put",
  path: "/{maintenance}",
  operationId: "updateMaintenanceWindow",
  tags,
  summary: "Replace a maintenance window",
  ...needs("maintenance.write"),
  request: { params: windowParam, headers: writeHeaders, body: jsonBody(windowBodySchema) },
  responses: {
    200: answer("The window.", windowSchema),
    ...scopeProblems("invalid", "not_found", "conflict"),
  },
});

const end = createRoute({
  method: "delete",
  path: "/{maintenance}",
  operationId: "endMaintenanceWindow",
  tags,
  summary: "End a maintenance window for good",
  description: "One that is on is over now; later times of a recurring one do not come.",
  ...needs("maintenance.write"),
  request: { params: windowParam, headers: writeHeaders },
  responses: { 200: answer("The window.", windowSchema), ...scopeProblems("not_found", "conflict") },
});

/** `/v1/maintenance-windows`. */
export function maintenanceWindowRoutes(deps: Deps) {
  return createRouter()
    .openapi(list, async (c) =>
      c.json({ items: (await listMaintenance(deps, c.var.caller)).map(windowJson) }, 200),
    )
    .openapi(upcoming, async (c) => {
      const times = await listUpcomingMaintenance(deps, c.var.caller);
      const items = times.map(({ startsAtMs, endsAtMs, window }) => ({
        starts_at: new Date(startsAtMs).toISOString(),
        ends_at: new Date(endsAtMs).toISOString(),
        window: windowJson(window),
      }));
      return c.json({ items }, 200);
    })
    .openapi(get, async (c) =>
      c.json(windowJson(await getMaintenance(deps, c.var.caller, c.req.valid("param").maintenance)), 200),
    )
    .openapi(create, async (c) => {
      const input = parseSnake(maintenanceSchema, windowInput(c.req.valid("json")));
      return c.json(windowJson(await createMaintenance(deps, c.var.caller, input)), 201);
    })
    .openapi(update, async (c) => {
      const { maintenance: id } = c.req.valid("param");
      const window = parseSnake(maintenanceSchema, windowInput(c.req.valid("json")));
      return c.json(windowJson(await updateMaintenance(deps, c.var.caller, { id, window })), 200);
    })
    .openapi(end, async (c) =>
      c.json(windowJson(await endMaintenance(deps, c.var.caller, c.req.valid("param").maintenance)), 200),
    );
}
