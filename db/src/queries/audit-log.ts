import { canonicalJson, sha256Hex } from "@alivemcp/core/canonical-json";
import { and, desc, eq, lt } from "drizzle-orm";
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

/** The tenant's rows, newest first; `beforeId` is the id of the last row of the page before. Leans on `audit_log_by_tenant`. */
export function listAuditRows(
  scope: TenantScope,
  tx: Tx,
  page: { readonly beforeId: number | null; readonly limit: number },
): Promise<AuditRow[]> {
  return tx
    .select()
    .from(auditLog)
    .where(
      and(
        eq(auditLog.tenantId, scope.tenantId),
        page.beforeId === null ? undefined : lt(auditLog.id, page.beforeId),
      ),
    )
    .orderBy(desc(auditLog.id))
    .limit(page.limit);
}
