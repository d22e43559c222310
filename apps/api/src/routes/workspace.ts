import { listAudit } from "@alivemcp/actions/audit/list-audit";
import { getWorkspace } from "@alivemcp/actions/workspaces/get-workspace";
import { renameWorkspace } from "@alivemcp/actions/workspaces/rename-workspace";
import { plainText } from "@alivemcp/core/plain-text";
import { PLAN_NAMES } from "@alivemcp/core/plans";
import type { AuditRow } from "@alivemcp/db/queries/audit-log";
import type { Tenant } from "@alivemcp/db/queries/tenants";
import { createRoute, z } from "@hono/zod-openapi";
import type { Deps } from "../deps.ts";
import { answer, jsonBody, needs, scopeProblems, writeHeaders } from "../open-api/answers.ts";
import { pageOf, pageQuery, toPage } from "../open-api/paging.ts";
import { createRouter } from "../open-api/router.ts";
import type { Cursors } from "../requests/cursors.ts";

const tags = ["Workspace"];

const workspaceSchema = z
  .strictObject({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    plan: z.enum(PLAN_NAMES),
    suspended_at: z.iso.datetime().nullable(),
    suspended_reason: z.string().nullable(),
    deletion_due_at: z.iso.datetime().nullable().describe("When it is erased; null: it stays."),
  })
  .openapi("Workspace");

const auditSchema = z
  .strictObject({
    id: z.int(),
    at: z.iso.datetime(),
    actor_kind: z.enum(["member", "api-key", "operator", "system", "user"]),
    actor_id: z.string().nullable(),
    action: z.string(),
    target_kind: z.string(),
    target_id: z.string().nullable(),
    reason: z.string().nullable(),
    from_address: z.string().nullable(),
    request_id: z.string().nullable(),
    content_hash: z
      .string()
      .nullable()
      .describe("SHA-256 of the RFC 8785 canonical JSON of what was written."),
  })
  .openapi("AuditEntry");

const get = createRoute({
  method: "get",
  path: "/workspace",
  operationId: "getWorkspace",
  tags,
  summary: "Get the workspace",
  ...needs("workspace.read"),
  responses: { 200: answer("The workspace of the key.", workspaceSchema), ...scopeProblems() },
});

const update = createRoute({
  method: "patch",
  path: "/workspace",
  operationId: "updateWorkspace",
  tags,
  summary: "Rename the workspace",
  description: "A new slug changes its addresses in the dashboard.",
  ...needs("workspace.update"),
  request: {
    headers: writeHeaders,
    body: jsonBody(z.strictObject({ name: plainText(200).optional(), slug: z.string().max(60).optional() })),
  },
  responses: { 200: answer("The workspace.", workspaceSchema), ...scopeProblems("invalid", "conflict") },
});

const audit = createRoute({
  method: "get",
  path: "/audit-log",
  operationId: "listAuditLog",
  tags,
  summary: "Read the audit log",
  description: "Who did what to what, newest first. Contents are held as hashes only.",
  ...needs("audit.read"),
  request: {
    query: z.strictObject({
      ...pageQuery,
      actor_id: z.string().max(100).optional(),
      action: z
        .string()
        .max(100)
        .optional()
        .describe("Such as `member.invite`, or its first word, `member`."),
      target_id: z.string().max(200).optional(),
    }),
  },
  responses: { 200: answer("A page of entries.", pageOf(auditSchema)), ...scopeProblems("invalid") },
});

/** `/v1/workspace` and `/v1/audit-log`. */
export function workspaceRoutes(deps: Deps, cursors: Cursors) {
  return createRouter()
    .openapi(get, async (c) => c.json(workspaceJson(await getWorkspace(deps, c.var.caller)), 200))
    .openapi(update, async (c) => {
      const { name, slug } = c.req.valid("json");
      const now = await getWorkspace(deps, c.var.caller);
      const changed = { name: name ?? now.name, slug: slug ?? now.slug };
      return c.json(workspaceJson(await renameWorkspace(deps, c.var.caller, changed)), 200);
    })
    .openapi(audit, async (c) => {
      const { limit, cursor, actor_id: actorId, target_id: targetId, action } = c.req.valid("query");
      const list = `audit ${JSON.stringify([actorId, targetId, action])}`;
      const [beforeId] = cursors.read(list, cursor) ?? [];
      const rows = await listAudit(deps, c.var.caller, {
        beforeId: beforeId === undefined ? null : Number(beforeId),
        limit: limit + 1,
        actorId,
        targetId,
        action,
      });
      return c.json(
        toPage(rows, limit, auditJson, (last) => cursors.write(list, [last.id])),
        200,
      );
    });
}

const workspaceJson = (row: Tenant): z.infer<typeof workspaceSchema> => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  plan: row.plan.name,
  suspended_at: row.suspendedAt?.toISOString() ?? null,
  suspended_reason: row.suspendedReason,
  deletion_due_at: row.deletionDueAt?.toISOString() ?? null,
});

const auditJson = (row: AuditRow): z.infer<typeof auditSchema> => ({
  id: row.id,
  at: row.at.toISOString(),
  actor_kind: row.actorKind,
  actor_id: row.actorId,
  action: row.action,
  target_kind: row.targetKind,
  target_id: row.targetId,
  reason: row.reason,
  from_address: row.fromAddress,
  request_id: row.requestId,
  content_hash: row.contentHash,
});
