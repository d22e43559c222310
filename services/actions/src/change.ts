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
  /** Such as `endpoint`, `member`, `api-key`. */
  readonly targetKind: string;
  readonly targetId: string | null;
  /** What was written, without secrets; the log keeps its hash. Absent for deletions. */
  readonly content?: unknown;
  /** Why, in the words of whoever asked. */
  readonly reason?: string;
}

/** Still allowed while a workspace is suspended: to see it, to take one's data away, to leave. */
const ALLOWED_WHILE_SUSPENDED: ReadonlySet<Action> = new Set([
  "workspace.export",
  "workspace.delete",
  "member.leave",
  "endpoint.pause",
  "endpoint.delete",
  "key.revoke",
  "member.remove",
]);

/**
 * The only way to write a tenant's data. Checks the permission, then in one transaction: locks the tenant's row (so
 * changes of one tenant happen one after the other and limits counted in `run` hold), runs, appends the audit row.
 * When anything throws, nothing is written. Throws `forbidden` when the caller may not or the workspace is suspended,
 * `not_found` when the tenant is gone.
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
    if (tenant.suspendedAt !== null && !ALLOWED_WHILE_SUSPENDED.has(action)) {
      throw new AppError({
        code: "forbidden",
        internal: "tenant is suspended",
        public:
          "This workspace is suspended, so nothing can be changed in it. Write to the operators to have it lifted.",
      });
    }
    const { result, audit } = await run(tx, tenant);
    if (audit !== null) {
      await insertAuditRow(caller.scope, tx, {
        actorKind: caller.actor.kind,
        actorId: actorId(caller.actor),
        action,
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
