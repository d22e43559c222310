/** What a workspace is told without having asked; shown until somebody dismisses it. */
import { and, desc, eq, isNull } from "drizzle-orm";
import { notice } from "../schema/endpoint-claims.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

export type NoticeRow = typeof notice.$inferSelect;

const NOTICES_MAX = 50;

/** The tenant's open notices, newest first, at most 50. Leans on `notice_open`. */
export function listOpenNotices(scope: TenantScope, tx: Tx): Promise<NoticeRow[]> {
  return tx
    .select()
    .from(notice)
    .where(and(eq(notice.tenantId, scope.tenantId), isNull(notice.dismissedAt)))
    .orderBy(desc(notice.id))
    .limit(NOTICES_MAX);
}

/** False when the tenant has no such open notice. */
export async function dismissNotice(
  scope: TenantScope,
  tx: Tx,
  input: { readonly id: number; readonly at: Date },
): Promise<boolean> {
  const dismissed = await tx
    .update(notice)
    .set({ dismissedAt: input.at })
    .where(and(eq(notice.tenantId, scope.tenantId), eq(notice.id, input.id), isNull(notice.dismissedAt)))
    .returning({ id: notice.id });
  return dismissed.length > 0;
}
