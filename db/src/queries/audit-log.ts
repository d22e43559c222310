import { canonicalJson, sha256Hex } from "@alivemcp/core/canonical-json";
import { and, count, desc, eq, gt, inArray, lt, or } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import { auditLog } from "../schema/audit-log.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

export type AuditRow = typeof auditLog.$inferSelect;

export interface NewAuditRow {
  readonly actorKind: "member" | "api-key" | "operator" | "system";
  readonly actorId: string | null;
  readonly action: string;
  readonly targetKind: string;
  readonly targetId: string | null;
  readonly reason: string | null;
  readonly fromAddress: string | null;
  readonly requestId: string | null;
  /** What was written, as JSON; only its hash is kept. Undefined when the change has no content, such as a deletion. */
  readonly content: unknown;
}

/** Appends one row, in the transaction of the change it records: both are there or neither. */
export async function insertAuditRow(scope: TenantScope, tx: Tx, row: NewAuditRow): Promise<void> {
  const { content, ...columns } = row;
  await tx.insert(auditLog).values({
    ...columns,
    tenantId: scope.tenantId,
    contentHash: content === undefined ? null : sha256Hex(canonicalJson(content)),
  });
}

/** What the rows of a page have in common; absent: anything. */
export interface AuditFilter {
  readonly actorId?: string | undefined;
  /** Whole (`member.invite`) or its first word (`member`). */
  readonly action?: string | undefined;
  readonly targetId?: string | undefined;
}

/** The tenant's rows, newest first; `beforeId` is the id of the last row of the page before. Leans on `audit_log_by_tenant`. */
export function listAuditRows(
  scope: TenantScope,
  tx: Tx,
  page: { readonly beforeId: number | null; readonly limit: number } & AuditFilter,
): Promise<AuditRow[]> {
  return tx
    .select()
    .from(auditLog)
    .where(
      and(
        eq(auditLog.tenantId, scope.tenantId),
        page.beforeId === null ? undefined : lt(auditLog.id, page.beforeId),
        page.actorId === undefined ? undefined : eq(auditLog.actorId, page.actorId),
        page.action === undefined
          ? undefined
          : or(eq(auditLog.action, page.action), sql`starts_with(${auditLog.action}, ${`${page.action}.`})`),
        page.targetId === undefined ? undefined : eq(auditLog.targetId, page.targetId),
      ),
    )
    .orderBy(desc(auditLog.id))
    .limit(page.limit);
}

/** How often the tenant did one of these since then, to one target or to any. Nothing that is deleted lowers it. */
export async function countAudited(
  scope: TenantScope,
  tx: Tx,
  input: { readonly actions: readonly string[]; readonly targetId: string | null; readonly since: Date },
): Promise<number> {
  const [row] = await tx
    .select({ done: count() })
    .from(auditLog)
    .where(
      and(
        eq(auditLog.tenantId, scope.tenantId),
        inArray(auditLog.action, [...input.actions]),
        gt(auditLog.at, input.since),
        input.targetId === null ? undefined : eq(auditLog.targetId, input.targetId),
      ),
    );
  return row?.done ?? 0;
}
