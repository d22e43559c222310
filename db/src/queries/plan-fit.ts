import type { PlanFit, WatchedName, WatchedUse } from "@alivemcp/core/plan-fit";
import { PLAN_NAMES, type PlanName } from "@alivemcp/core/plans";
import { eq } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import { tenants } from "../schema/tenants.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

interface UseRow {
  readonly kind: WatchedUse["kind"];
  readonly endpoint_id: string;
  readonly added_ms: string;
  readonly cadence_s: number;
  readonly is_private: boolean;
  readonly paused: WatchedUse["paused"];
}

/** Everything the tenant watches, with what decides whether it fits a plan. In no order. */
export async function listWatchedUses(scope: TenantScope, tx: Tx): Promise<readonly WatchedUse[]> {
  const { rows } = await tx.execute(sql`
    SELECT 'own' AS kind, e.id AS endpoint_id, extract(epoch FROM e.created_at) * 1000 AS added_ms, e.cadence_s,
      e.visibility = 'private' AS is_private,
      CASE WHEN e.paused_at IS NULL THEN 'no' WHEN e.paused_reason = 'plan' THEN 'plan' ELSE 'other' END AS paused
    FROM endpoints e WHERE e.tenant_id = ${scope.tenantId}
    UNION ALL
    SELECT 'followed', f.endpoint_id, extract(epoch FROM f.created_at) * 1000, f.cadence_s, false,
      CASE WHEN f.paused_at IS NULL THEN 'no' ELSE 'plan' END
    FROM follow f WHERE f.tenant_id = ${scope.tenantId}`);
  return (rows as unknown as readonly UseRow[]).map((row) => ({
    kind: row.kind,
    endpointId: row.endpoint_id,
    addedAtMs: Number(row.added_ms),
    cadenceS: row.cadence_s,
    isPrivate: row.is_private,
    paused: row.paused,
  }));
}

/** Pauses, restores and slows as decided. Runs as `operator`, in the transaction that locked the tenant. */
export async function applyPlanFit(scope: TenantScope, tx: Tx, fit: PlanFit, at: Date): Promise<void> {
  const ids = (names: readonly WatchedName[], kind: WatchedUse["kind"]) =>
    sql.param(names.filter((name) => name.kind === kind).map(({ endpointId }) => endpointId));
  const { tenantId } = scope;
  await tx.execute(sql`
    UPDATE endpoints SET paused_at = ${at}, paused_reason = 'plan'
    WHERE tenant_id = ${tenantId} AND id = ANY(${ids(fit.pause, "own")}::uuid[]) AND paused_at IS NULL`);
  await tx.execute(sql`
    UPDATE endpoints SET paused_at = NULL, paused_reason = NULL
    WHERE tenant_id = ${tenantId} AND id = ANY(${ids(fit.restore, "own")}::uuid[]) AND paused_reason = 'plan'`);
  await tx.execute(sql`
    UPDATE follow SET paused_at = ${at}
    WHERE tenant_id = ${tenantId} AND endpoint_id = ANY(${ids(fit.pause, "followed")}::uuid[])`);
  await tx.execute(sql`
    UPDATE follow SET paused_at = NULL
    WHERE tenant_id = ${tenantId} AND endpoint_id = ANY(${ids(fit.restore, "followed")}::uuid[])`);
  for (const { kind, endpointId, cadenceS } of fit.slow) {
    await tx.execute(
      kind === "own"
        ? sql`UPDATE endpoints SET cadence_s = ${cadenceS} WHERE tenant_id = ${tenantId} AND id = ${endpointId}`
        : sql`UPDATE follow SET cadence_s = ${cadenceS} WHERE tenant_id = ${tenantId} AND endpoint_id = ${endpointId}`,
    );
  }
}

/**
 * Writes the plan. What is measured from now on is kept as long as a larger plan promises; a smaller plan's shorter
 * time begins 30 days later (`lowerRetentionClasses`), so that nothing is lost at once. Runs as `operator`.
 */
export async function updateTenantPlan(
  scope: TenantScope,
  tx: Tx,
  { plan, at }: { readonly plan: PlanName; readonly at: Date },
): Promise<void> {
  await tx.update(tenants).set({ plan, planChangedAt: at }).where(eq(tenants.id, scope.tenantId));
  const smaller = PLAN_NAMES.slice(0, PLAN_NAMES.indexOf(plan));
  await tx.execute(sql`
    UPDATE endpoints SET retention_class = ${plan}
    WHERE tenant_id = ${scope.tenantId} AND retention_class = ANY(${sql.param(smaller)}::text[])`);
}

/** Stops or resumes everything of a tenant: nothing of it is probed or changed while `suspendedAt` is set. Runs as `operator`. */
export async function updateTenantSuspension(
  scope: TenantScope,
  tx: Tx,
  suspension: { readonly suspendedAt: Date | null; readonly suspendedReason: string | null },
): Promise<void> {
  await tx.update(tenants).set(suspension).where(eq(tenants.id, scope.tenantId));
}
