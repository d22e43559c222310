import { AppError } from "@alivemcp/core/app-error";
import type { Action, Actor } from "@alivemcp/core/permissions";
import { insertAuditRow } from "@alivemcp/db/queries/audit-log";
import { lockTenant, type Tenant } from "@alivemcp/db/queries/tenants";
import { type Tx, withTenant } from "@alivemcp/db/tenant-scope";
import type { Pool } from "@alivemcp/runtime/postgres";
import type { Caller } from "./caller.ts";
import { requirePermission } from "./require-permission.ts";

/** What a change did, for its caller and for the audit log. */
export interface Change<T> {
  readonly result: T;
  /** Null when nothing was written after all: asking twice is not a change. */
  readonly audit: AuditNote | null;
}

export interface AuditNote {
  /** What was done, when that is narrower than the permission asked for: `invitation.revoke`. Default: the permission. */
  readonly deed?: string;
  /** Such as `endpoint`, `member`, `api-key`. */
  readonly targetKind: string;
  readonly targetId: string | null;
  /** What was written, without secrets; the log keeps its hash. Absent for deletions. */
  readonly content?: unknown;
  /** Why, in the words of whoever asked. */
  readonly reason?: string;
}

/** Still allowed while a workspace is suspended or on its way out: to see it, to take one's data away, to leave. */
const ALWAYS_ALLOWED: ReadonlySet<Action> = new Set([
  "workspace.export",
  "workspace.delete",
  "workspace.keep",
  "workspace.transfer",
  "member.leave",
  "endpoint.pause",
  "endpoint.delete",
  "key.revoke",
  "member.remove",
]);

/**
 * The only way to write a tenant's data. Checks the permission, then in one transaction: locks the tenant's row (so
 * changes of one tenant happen one after the other and limits counted in `run` hold), runs, appends the audit row.
 * When anything throws, nothing is written. Throws `forbidden` when the caller may not, or the workspace is suspended or
 * on its way out, `not_found` when the tenant is gone.
 */
export async function change<T>(
  deps: { readonly pool: Pool },
  caller: Caller,
  action: Action,
  run: (tx: Tx, tenant: Tenant) => Promise<Change<T>>,
): Promise<T> {
  requirePermission(caller, action);
  return withTenant(caller.scope, deps.pool, async (tx) => {
    const tenant = await lockTenant(caller.scope, tx);
    if (tenant === null) {
      throw new AppError({
        code: "not_found",
        internal: "tenant is gone",
        public: "There is no such workspace.",
      });
    }
    requireOpen(tenant, caller.actor, action);
    const { result, audit } = await run(tx, tenant);
    if (audit !== null) {
      await insertAuditRow(caller.scope, tx, {
        actorKind: caller.actor.kind,
        actorId: actorId(caller.actor),
        action: audit.deed ?? action,
        targetKind: audit.targetKind,
        targetId: audit.targetId,
        reason: audit.reason ?? null,
        fromAddress: caller.address,
        requestId: caller.requestId,
        content: audit.content,
      });
    }
    await caller.beforeCommit?.(tx);
    return result;
  });
}

function requireOpen(tenant: Tenant, actor: Actor, action: Action): void {
  if (actor.kind === "operator" || actor.kind === "system" || ALWAYS_ALLOWED.has(action)) {
    return;
  }
  if (tenant.suspendedAt !== null) {
    throw new AppError({
      code: "forbidden",
      internal: "tenant is suspended",
      public:
        "This workspace is suspended, so nothing can be changed in it. Write to the operators to have it lifted.",
    });
  }
  if (tenant.deletionDueAt !== null) {
    throw new AppError({
      code: "forbidden",
      internal: "tenant is on its way out",
      public: `This workspace will be deleted on ${tenant.deletionDueAt.toISOString().slice(0, 10)}, so nothing can be changed in it. Its owner can undo that under Settings.`,
    });
  }
}

function actorId(actor: Actor): string {
  switch (actor.kind) {
    case "member":
      return actor.userId;
    case "api-key":
      return actor.keyId;
    case "operator":
      return actor.operatorId;
    case "system":
      return actor.job;
  }
}
