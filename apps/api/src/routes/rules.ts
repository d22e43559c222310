import {
  createRule,
  deleteRule,
  reorderRules,
  ruleRevision,
  updateRule,
} from "@alivemcp/actions/rules/change-rule";
import { getRule, listRules } from "@alivemcp/actions/rules/list-rules";
import { previewRoute } from "@alivemcp/actions/rules/preview-route";
import { alertRuleInputSchema } from "@alivemcp/core/alert-rule";
import { ALERT_SEVERITIES } from "@alivemcp/core/alert-severity";
import { createRoute, z } from "@hono/zod-openapi";
import type { Deps } from "../deps.ts";
import { answer, empty, jsonBody, needs, scopeProblems, writeHeaders } from "../open-api/answers.ts";
import { createRouter } from "../open-api/router.ts";
import { ifMatch, revisionOf } from "../requests/if-match.ts";
import { parseSnake } from "../requests/snake-keys.ts";
import { previewSchema, ruleBodySchema, ruleJson, ruleSchema, savedRuleSchema } from "./rule-shape.ts";

const tags = ["Rules"];
const ruleParam = z.object({ rule: z.string().describe("The rule's id.") });
const ruleList = z.strictObject({ items: z.array(ruleSchema) }).openapi("AlertRules");

const list = createRoute({
  method: "get",
  path: "/",
  operationId: "listRules",
  tags,
  summary: "List the rules of alerting",
  description: "None: everything but P4 goes to the default sink, always.",
  ...needs("rule.read"),
  responses: { 200: answer("All rules in their order.", ruleList), ...scopeProblems() },
});

const get = createRoute({
  method: "get",
  path: "/{rule}",
  operationId: "getRule",
  tags,
  summary: "Get a rule",
  ...needs("rule.read"),
  request: { params: ruleParam },
  responses: { 200: answer("The rule, with its `ETag`.", ruleSchema), ...scopeProblems("not_found") },
});

const create = createRoute({
  method: "post",
  path: "/",
  operationId: "createRule",
  tags,
  summary: "Add a rule",
  description:
    "Severities × endpoints × hours → sinks. Every rule that matches counts. What is allowed but most likely not meant comes back as a warning.",
  ...needs("rule.write"),
  request: { headers: writeHeaders, body: jsonBody(ruleBodySchema) },
  responses: {
    201: answer("The rule.", savedRuleSchema),
    ...scopeProblems("invalid", "limit_reached", "conflict"),
  },
});

const update = createRoute({
  method: "put",
  path: "/{rule}",
  operationId: "updateRule",
  tags,
  summary: "Replace a rule",
  description: "With `If-Match`, a change that somebody else made meanwhile is not overwritten: 409.",
  ...needs("rule.write"),
  request: {
    params: ruleParam,
    headers: writeHeaders.extend({ "if-match": ifMatch }),
    body: jsonBody(ruleBodySchema),
  },
  responses: {
    200: answer("The rule.", savedRuleSchema),
    ...scopeProblems("invalid", "limit_reached", "not_found", "conflict"),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/{rule}",
  operationId: "deleteRule",
  tags,
  summary: "Remove a rule",
  ...needs("rule.write"),
  request: { params: ruleParam, headers: writeHeaders },
  responses: { 204: empty("It is gone."), ...scopeProblems("not_found", "conflict") },
});

const reorder = createRoute({
  method: "put",
  path: "/order",
  operationId: "reorderRules",
  tags,
  summary: "Put the rules in order",
  ...needs("rule.write"),
  request: {
    headers: writeHeaders,
    body: jsonBody(z.strictObject({ ids: z.array(z.uuid()).max(100).describe("Each rule once.") })),
  },
  responses: { 200: answer("All rules.", ruleList), ...scopeProblems("invalid", "conflict") },
});

const preview = createRoute({
  method: "post",
  path: "/preview",
  operationId: "previewRoute",
  tags,
  summary: "See where an alert would go",
  description: "The router's own decision, by the rules, sinks and windows of now. Nothing is sent.",
  ...needs("rule.read"),
  request: {
    headers: writeHeaders,
    body: jsonBody(
      z.strictObject({
        endpoint: z.string().max(200).describe("Slug or id."),
        severity: z.enum(ALERT_SEVERITIES),
        at: z.iso
          .datetime({ offset: true, error: "Give an instant such as 2026-11-21T10:00:00Z." })
          .optional()
          .describe("Default: now."),
      }),
    ),
  },
  responses: {
    200: answer(
      "One decision per sink that comes into question.",
      z.strictObject({ items: z.array(previewSchema) }).openapi("RoutePreview"),
    ),
    ...scopeProblems("invalid", "not_found", "conflict"),
  },
});

const named = (id: string | null, name: string | null) => (id === null ? null : { id, name: name ?? "" });

/** `/v1/rules`. */
export function ruleRoutes(deps: Deps) {
  return createRouter()
    .openapi(list, async (c) => c.json({ items: (await listRules(deps, c.var.caller)).map(ruleJson) }, 200))
    .openapi(reorder, async (c) => {
      const rules = await reorderRules(deps, c.var.caller, c.req.valid("json").ids);
      return c.json({ items: rules.map(ruleJson) }, 200);
    })
    .openapi(preview, async (c) => {
      const { endpoint, severity, at } = c.req.valid("json");
      const atMs = at === undefined ? deps.clock.nowMs() : Date.parse(at);
      const decisions = await previewRoute(deps, c.var.caller, { endpoint, severity, atMs });
      const items = decisions.map((decision) => ({
        verdict: decision.verdict,
        reason: decision.reason,
        why: decision.sentence,
        sink: named(decision.sinkId, decision.sinkName),
        rule: named(decision.ruleId, decision.ruleName),
        until: decision.untilMs === null ? null : new Date(decision.untilMs).toISOString(),
      }));
      return c.json({ items }, 200);
    })
    .openapi(create, async (c) => {
      const input = parseSnake(alertRuleInputSchema, c.req.valid("json"));
      const { rule, warnings } = await createRule(deps, c.var.caller, input);
      c.header("etag", `"${ruleRevision(rule)}"`);
      return c.json({ rule: ruleJson(rule), warnings: [...warnings] }, 201);
    })
    .openapi(get, async (c) => {
      const row = await getRule(deps, c.var.caller, c.req.valid("param").rule);
      c.header("etag", `"${ruleRevision(row)}"`);
      return c.json(ruleJson(row), 200);
    })
    .openapi(update, async (c) => {
      const { rule: id } = c.req.valid("param");
      const input = parseSnake(alertRuleInputSchema, c.req.valid("json"));
      const ifRevision = revisionOf(c.req.valid("header")["if-match"]);
      const { rule, warnings } = await updateRule(deps, c.var.caller, { id, rule: input, ifRevision });
      c.header("etag", `"${ruleRevision(rule)}"`);
      return c.json({ rule: ruleJson(rule), warnings: [...warnings] }, 200);
    })
    .openapi(remove, async (c) => {
      await deleteRule(deps, c.var.caller, c.req.valid("param").rule);
      return c.body(null, 204);
    });
}
