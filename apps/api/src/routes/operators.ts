import type { Caller } from "@alivemcp/actions/caller";
import { applyPlan } from "@alivemcp/actions/workspaces/apply-plan";
import { suspendWorkspace } from "@alivemcp/actions/workspaces/suspend-workspace";
import { AppError } from "@alivemcp/core/app-error";
import { plainLines, plainText } from "@alivemcp/core/plain-text";
import { PLAN_NAMES } from "@alivemcp/core/plans";
import { isUuid } from "@alivemcp/core/uuid";
import {
  insertOptOutAsOperator,
  listOptOutsAsOperator,
  type OperatorDeed,
  type OptOutRow,
  withdrawOptOut,
} from "@alivemcp/db/queries/opt-outs-operator";
import { type FoundTenant, findTenantAsOperator, findTenants } from "@alivemcp/db/queries/tenants-operator";
import { grantTenantScope } from "@alivemcp/db/tenant-scope";
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { ApiEnv } from "../api-env.ts";
import type { Deps } from "../deps.ts";
import { answer, empty, jsonBody, problems, writeHeaders } from "../open-api/answers.ts";
import { pageOf, pageQuery, toPage } from "../open-api/paging.ts";
import { createRouter } from "../open-api/router.ts";
import { readOptOutTarget } from "../opt-out-target.ts";
import type { Cursors } from "../requests/cursors.ts";
import { requireOperator } from "../requests/require-operator.ts";

const tags = ["Operators"];
const forOperators = { tags, security: [{ operatorKey: [] }] };
const tenantParam = z.object({ tenant: z.string().describe("Slug or id of the workspace.") });
const refused = problems("unauthenticated", "forbidden", "rate_limited", "internal");
const reasonSchema = plainText(500).describe("Why; the audit log keeps it.");

const tenantSchema = z
  .strictObject({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    plan: z.enum(PLAN_NAMES),
    created_at: z.iso.datetime(),
    suspended_at: z.iso.datetime().nullable(),
    suspended_reason: z.string().nullable(),
    deletion_due_at: z.iso.datetime().nullable(),
    owner_email: z.string().nullable(),
    member_count: z.int(),
    endpoint_count: z.int(),
  })
  .openapi("Tenant");

const optOutSchema = z
  .strictObject({
    id: z.uuid(),
    kind: z.enum(["domain", "host", "url"]),
    target: z.string(),
    contact: z.string().nullable(),
    note: z.string().nullable(),
    is_verified: z.boolean().describe("True: endpoints that owners added obey, too."),
    requested_at: z.iso.datetime(),
  })
  .openapi("OptOut");

const find = createRoute({
  method: "get",
  path: "/tenants",
  operationId: "findTenants",
  ...forOperators,
  summary: "Find workspaces",
  description: "By a part of name, slug, id, or a member's address; by slug.",
  request: { query: z.strictObject({ ...pageQuery, text: plainLines(200).default("") }) },
  responses: {
    200: answer("A page of workspaces.", pageOf(tenantSchema)),
    ...refused,
    ...problems("invalid"),
  },
});

const setPlan = createRoute({
  method: "put",
  path: "/tenants/{tenant}/plan",
  operationId: "setPlan",
  ...forOperators,
  summary: "Put a workspace on a plan",
  description:
    "In force everywhere within 10 seconds. What exceeds it is paused, newest first; nothing is deleted.",
  request: {
    params: tenantParam,
    headers: writeHeaders,
    body: jsonBody(
      z.strictObject({
        plan: z.enum(PLAN_NAMES, { error: `A plan is one of ${PLAN_NAMES.join(", ")}.` }),
        reason: reasonSchema.optional(),
      }),
    ),
  },
  responses: {
    200: answer(
      "What it came to.",
      z
        .strictObject({
          tenant: tenantSchema,
          paused: z.int().describe("Endpoints beyond the plan."),
          restored: z.int(),
          slowed: z.int(),
        })
        .openapi("AppliedPlan"),
    ),
    ...refused,
    ...problems("invalid", "not_found", "conflict"),
  },
});

const suspend = createRoute({
  method: "put",
  path: "/tenants/{tenant}/suspension",
  operationId: "suspendTenant",
  ...forOperators,
  summary: "Suspend a workspace",
  description:
    "Nothing of it is probed or changed; it can be seen, exported, left and deleted. Its members read the reason.",
  request: {
    params: tenantParam,
    headers: writeHeaders,
    body: jsonBody(z.strictObject({ reason: plainText(500) })),
  },
  responses: {
    200: answer("The workspace.", tenantSchema),
    ...refused,
    ...problems("invalid", "not_found", "conflict"),
  },
});

const unsuspend = createRoute({
  method: "delete",
  path: "/tenants/{tenant}/suspension",
  operationId: "unsuspendTenant",
  ...forOperators,
  summary: "Lift the suspension of a workspace",
  request: { params: tenantParam, headers: writeHeaders },
  responses: {
    200: answer("The workspace.", tenantSchema),
    ...refused,
    ...problems("not_found", "conflict"),
  },
});

const listOptOuts = createRoute({
  method: "get",
  path: "/opt-outs",
  operationId: "listOptOuts",
  ...forOperators,
  summary: "List opt-outs in force",
  description: "Newest first.",
  request: { query: z.strictObject(pageQuery) },
  responses: { 200: answer("A page of opt-outs.", pageOf(optOutSchema)), ...refused, ...problems("invalid") },
});

const addOptOut = createRoute({
  method: "post",
  path: "/opt-outs",
  operationId: "addOptOut",
  ...forOperators,
  summary: "Add an opt-out",
  description: "A host, a domain or one URL is no longer probed. Adding it twice is adding it once.",
  request: {
    headers: writeHeaders,
    body: jsonBody(
      z.strictObject({
        target: z.string({ error: "Name the host or the URL." }).trim().min(1).max(2_048),
        contact: z.string().max(320).optional(),
        note: plainLines(1_000).optional(),
        is_verified: z.boolean().default(false),
        reason: reasonSchema.optional(),
      }),
    ),
  },
  responses: { 201: answer("The opt-out.", optOutSchema), ...refused, ...problems("invalid", "conflict") },
});

const removeOptOut = createRoute({
  method: "delete",
  path: "/opt-outs/{opt_out}",
  operationId: "withdrawOptOut",
  ...forOperators,
  summary: "Withdraw an opt-out",
  request: { params: z.object({ opt_out: z.string().describe("Its id.") }), headers: writeHeaders },
  responses: { 204: empty("It is in force no longer."), ...refused, ...problems("not_found", "conflict") },
});

/** `/v1/operator/…`: what only who runs the installation may do. Every change is in the audit log. */
export function operatorRoutes(deps: Deps, cursors: Cursors) {
  const routes = createRouter();
  routes.use(requireOperator);
  return routes
    .openapi(find, async (c) => {
      const { limit, cursor, text } = c.req.valid("query");
      const list = `tenants ${text}`;
      const [afterSlug] = cursors.read(list, cursor) ?? [];
      const rows = await findTenants(deps.operatorPool, {
        text,
        afterSlug: afterSlug === undefined ? null : String(afterSlug),
        limit: limit + 1,
      });
      return c.json(
        toPage(rows, limit, tenantJson, (last) => cursors.write(list, [last.slug])),
        200,
      );
    })
    .openapi(setPlan, async (c) => {
      const { plan, reason } = c.req.valid("json");
      const tenant = await getTenant(deps, c.req.valid("param").tenant);
      const { paused, restored, slowed } = await applyPlan(deps, callerFor(c, tenant), {
        plan,
        ...(reason === undefined ? {} : { reason }),
      });
      return c.json({ tenant: tenantJson(await getTenant(deps, tenant.id)), paused, restored, slowed }, 200);
    })
    .openapi(suspend, async (c) => {
      const tenant = await getTenant(deps, c.req.valid("param").tenant);
      await suspendWorkspace(deps, callerFor(c, tenant), c.req.valid("json"));
      return c.json(tenantJson(await getTenant(deps, tenant.id)), 200);
    })
    .openapi(unsuspend, async (c) => {
      const tenant = await getTenant(deps, c.req.valid("param").tenant);
      await suspendWorkspace(deps, callerFor(c, tenant), { reason: null });
      return c.json(tenantJson(await getTenant(deps, tenant.id)), 200);
    })
    .openapi(listOptOuts, async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const [beforeId] = cursors.read("opt-outs", cursor) ?? [];
      const rows = await listOptOutsAsOperator(deps.operatorPool, {
        beforeId: beforeId === undefined ? null : String(beforeId),
        limit: limit + 1,
      });
      return c.json(
        toPage(rows, limit, optOutJson, (last) => cursors.write("opt-outs", [last.id])),
        200,
      );
    })
    .openapi(addOptOut, async (c) => {
      const { target, contact, note, is_verified: isVerified, reason } = c.req.valid("json");
      const request = {
        ...readOptOutTarget(target),
        contact: contact ?? null,
        note: note ?? null,
        isVerified,
      };
      const row = await insertOptOutAsOperator(deps.operatorPool, request, deedOf(deps, c, reason ?? null));
      return c.json(optOutJson(row), 201);
    })
    .openapi(removeOptOut, async (c) => {
      const { opt_out: id } = c.req.valid("param");
      const row = isUuid(id) ? await withdrawOptOut(deps.operatorPool, id, deedOf(deps, c, null)) : null;
      if (row === null) {
        throw notFound("There is no such opt-out in force.");
      }
      return c.body(null, 204);
    });
}

async function getTenant(deps: Pick<Deps, "operatorPool">, slugOrId: string): Promise<FoundTenant> {
  const tenant = await findTenantAsOperator(deps.operatorPool, slugOrId);
  if (tenant === null) {
    throw notFound("There is no such workspace.");
  }
  return tenant;
}

const notFound = (sentence: string) =>
  new AppError({ code: "not_found", internal: "operator looked for nothing", public: sentence });

/**
 * The operator, in the workspace that they act on. What the API notes of a repeatable request belongs to their own
 * workspace and is not written in this one's transaction: what operators do here can be done twice without harm.
 */
function callerFor(c: Context<ApiEnv>, tenant: FoundTenant): Caller {
  const { beforeCommit: _, ...caller } = c.var.caller;
  return { ...caller, scope: grantTenantScope(tenant.id, "operator-key") };
}

function deedOf(deps: Pick<Deps, "clock">, c: Context<ApiEnv>, reason: string | null): OperatorDeed {
  const { actor, address, requestId } = c.var.caller;
  return {
    operatorId: actor.kind === "operator" ? actor.operatorId : "unknown",
    fromAddress: address,
    requestId,
    reason,
    at: new Date(deps.clock.nowMs()),
  };
}

const tenantJson = (row: FoundTenant): z.infer<typeof tenantSchema> => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  plan: row.plan,
  created_at: row.createdAt.toISOString(),
  suspended_at: row.suspendedAt?.toISOString() ?? null,
  suspended_reason: row.suspendedReason,
  deletion_due_at: row.deletionDueAt?.toISOString() ?? null,
  owner_email: row.ownerEmail,
  member_count: row.memberCount,
  endpoint_count: row.endpointCount,
});

const optOutJson = (row: OptOutRow): z.infer<typeof optOutSchema> => ({
  id: row.id,
  kind: row.kind,
  target: row.target,
  contact: row.contact,
  note: row.note,
  is_verified: row.verifiedAt !== null,
  requested_at: row.requestedAt.toISOString(),
});
