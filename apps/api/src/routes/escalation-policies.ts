import {
  createEscalationPolicy,
  deleteEscalationPolicy,
  escalationPolicySchema,
  getEscalationPolicy,
  listEscalationPolicies,
  updateEscalationPolicy,
} from "@alivemcp/actions/escalations/change-escalation-policy";
import { createRoute, z } from "@hono/zod-openapi";
import type { Deps } from "../deps.ts";
import { answer, empty, jsonBody, needs, scopeProblems, writeHeaders } from "../open-api/answers.ts";
import { createRouter } from "../open-api/router.ts";
import { parseSnake } from "../requests/snake-keys.ts";
import { policyBodySchema, policyInput, policyJson, policySchema } from "./rule-shape.ts";

const tags = ["Rules"];
const policyParam = z.object({ policy: z.string().describe("The policy's id.") });

const list = createRoute({
  method: "get",
  path: "/",
  operationId: "listEscalationPolicies",
  tags,
  summary: "List escalation policies",
  ...needs("rule.read"),
  responses: {
    200: answer(
      "All policies.",
      z.strictObject({ items: z.array(policySchema) }).openapi("EscalationPolicies"),
    ),
    ...scopeProblems(),
  },
});

const get = createRoute({
  method: "get",
  path: "/{policy}",
  operationId: "getEscalationPolicy",
  tags,
  summary: "Get an escalation policy",
  ...needs("rule.read"),
  request: { params: policyParam },
  responses: { 200: answer("The policy.", policySchema), ...scopeProblems("not_found") },
});

const create = createRoute({
  method: "post",
  path: "/",
  operationId: "createEscalationPolicy",
  tags,
  summary: "Add an escalation policy",
  description: "Who is told next while nobody acknowledges. The first step comes at once.",
  ...needs("rule.write"),
  request: { headers: writeHeaders, body: jsonBody(policyBodySchema) },
  responses: {
    201: answer("The policy.", policySchema),
    ...scopeProblems("invalid", "limit_reached", "conflict"),
  },
});

const update = createRoute({
  method: "put",
  path: "/{policy}",
  operationId: "updateEscalationPolicy",
  tags,
  summary: "Replace an escalation policy",
  description: "Incidents that follow it go on with the new steps.",
  ...needs("rule.write"),
  request: { params: policyParam, headers: writeHeaders, body: jsonBody(policyBodySchema) },
  responses: {
    200: answer("The policy.", policySchema),
    ...scopeProblems("invalid", "limit_reached", "not_found", "conflict"),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/{policy}",
  operationId: "deleteEscalationPolicy",
  tags,
  summary: "Remove an escalation policy",
  description: "Rules that follow it follow none.",
  ...needs("rule.write"),
  request: { params: policyParam, headers: writeHeaders },
  responses: { 204: empty("It is gone."), ...scopeProblems("not_found", "conflict") },
});

/** `/v1/escalation-policies`. */
export function escalationPolicyRoutes(deps: Deps) {
  return createRouter()
    .openapi(list, async (c) =>
      c.json({ items: (await listEscalationPolicies(deps, c.var.caller)).map(policyJson) }, 200),
    )
    .openapi(get, async (c) =>
      c.json(policyJson(await getEscalationPolicy(deps, c.var.caller, c.req.valid("param").policy)), 200),
    )
    .openapi(create, async (c) => {
      const policy = parseSnake(escalationPolicySchema, policyInput(c.req.valid("json")));
      return c.json(policyJson(await createEscalationPolicy(deps, c.var.caller, policy)), 201);
    })
    .openapi(update, async (c) => {
      const { policy: id } = c.req.valid("param");
      const policy = parseSnake(escalationPolicySchema, policyInput(c.req.valid("json")));
      return c.json(policyJson(await updateEscalationPolicy(deps, c.var.caller, { id, policy })), 200);
    })
    .openapi(remove, async (c) => {
      await deleteEscalationPolicy(deps, c.var.caller, c.req.valid("param").policy);
      return c.body(null, 204);
    });
}
