/** Releases that owners announced for their endpoints. */
import { and, desc, eq, isNull } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import { releaseWindow } from "../schema/release-window.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

export type ReleaseWindowRow = typeof releaseWindow.$inferSelect;

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Announces one; the row level security of the table refuses another tenant's endpoint. */
export async function insertReleaseWindow(
  scope: TenantScope,
  tx: Tx,
  window: Pick<ReleaseWindowRow, "endpointId" | "fromAt" | "untilAt" | "note" | "announcedBy">,
): Promise<ReleaseWindowRow> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    INSERT INTO release_window (tenant_id, endpoint_id, from_at, until_at, note, announced_by)
    VALUES (${scope.tenantId}, ${window.endpointId}, ${window.fromAt}, ${window.untilAt}, ${window.note},
      ${window.announcedBy}) RETURNING id`);
  const inserted = await tx
    .select()
    .from(releaseWindow)
    .where(eq(releaseWindow.id, rows[0]?.id ?? ""));
  return inserted[0] as ReleaseWindowRow;
}

/** Releases of one endpoint of the tenant, the latest first. Leans on `release_window_by_endpoint`. */
export function listReleaseWindows(
  scope: TenantScope,
  tx: Tx,
  input: { readonly endpointId: string; readonly limit: number },
): Promise<ReleaseWindowRow[]> {
  return tx
    .select()
    .from(releaseWindow)
    .where(and(eq(releaseWindow.tenantId, scope.tenantId), eq(releaseWindow.endpointId, input.endpointId)))
    .orderBy(desc(releaseWindow.fromAt), desc(releaseWindow.id))
    .limit(input.limit);
}

/** How many releases of one endpoint are neither over nor cancelled. */
export async function countOpenReleaseWindows(
  scope: TenantScope,
  tx: Tx,
  endpointId: string,
): Promise<number> {
  const { rows } = await tx.execute<{ open: number }>(sql`
    SELECT count(*)::int AS open FROM release_window
    WHERE tenant_id = ${scope.tenantId} AND endpoint_id = ${endpointId} AND settled_at IS NULL AND cancelled_at IS NULL`);
  return rows[0]?.open ?? 0;
}

/** Cancels a release that is not over; null when the tenant's endpoint has no such open one. */
export async function cancelReleaseWindow(
  scope: TenantScope,
  tx: Tx,
  input: { readonly endpointId: string; readonly id: string; readonly at: Date },
): Promise<ReleaseWindowRow | null> {
  if (!ID.test(input.id)) {
    return null;
  }
  const [row] = await tx
    .update(releaseWindow)
    .set({ cancelledAt: input.at })
    .where(
      and(
        eq(releaseWindow.tenantId, scope.tenantId),
        eq(releaseWindow.endpointId, input.endpointId),
        eq(releaseWindow.id, input.id),
        isNull(releaseWindow.settledAt),
        isNull(releaseWindow.cancelledAt),
      ),
    )
    .returning();
  return row ?? null;
}
