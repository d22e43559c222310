/** Maintenance that a tenant announced. `services/core/src/maintenance.ts` reads `scope` and `recurrence`. */
import { and, desc, eq, gt, isNotNull, isNull, or } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import { maintenanceWindow } from "../schema/alert-rules.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

const SHOWN = {
  id: maintenanceWindow.id,
  name: maintenanceWindow.name,
  scope: maintenanceWindow.scope,
  startsAt: maintenanceWindow.startsAt,
  endsAt: maintenanceWindow.endsAt,
  recurrence: maintenanceWindow.recurrence,
  isPublic: maintenanceWindow.isPublic,
  note: maintenanceWindow.note,
  createdBy: maintenanceWindow.createdBy,
  createdAt: maintenanceWindow.createdAt,
  cancelledAt: maintenanceWindow.cancelledAt,
};
export type MaintenanceWindowRow = Pick<typeof maintenanceWindow.$inferSelect, keyof typeof SHOWN>;

/** What a person says of a window. */
export type MaintenanceWindowColumns = Pick<
  MaintenanceWindowRow,
  "name" | "scope" | "startsAt" | "endsAt" | "recurrence" | "isPublic" | "note"
>;

/** The tenant's newest windows, past and cancelled ones included, the latest start first. Leans on `maintenance_window_by_tenant`. */
export function listMaintenanceWindows(
  scope: TenantScope,
  tx: Tx,
  limit: number,
): Promise<MaintenanceWindowRow[]> {
  return tx
    .select(SHOWN)
    .from(maintenanceWindow)
    .where(eq(maintenanceWindow.tenantId, scope.tenantId))
    .orderBy(desc(maintenanceWindow.startsAt), desc(maintenanceWindow.id))
    .limit(limit);
}

/** Those that may still mute something after this instant. */
export function listLiveMaintenanceWindows(
  scope: TenantScope,
  tx: Tx,
  after: Date,
): Promise<MaintenanceWindowRow[]> {
  return tx
    .select(SHOWN)
    .from(maintenanceWindow)
    .where(
      and(
        eq(maintenanceWindow.tenantId, scope.tenantId),
        isNull(maintenanceWindow.cancelledAt),
        or(isNotNull(maintenanceWindow.recurrence), gt(maintenanceWindow.endsAt, after)),
      ),
    )
    .orderBy(maintenanceWindow.startsAt, maintenanceWindow.id);
}

/** One window of the tenant; null when it is another tenant's or nobody's. `id` is a uuid. */
export async function findMaintenanceWindow(
  scope: TenantScope,
  tx: Tx,
  id: string,
): Promise<MaintenanceWindowRow | null> {
  const [row] = await tx
    .select(SHOWN)
    .from(maintenanceWindow)
    .where(and(eq(maintenanceWindow.tenantId, scope.tenantId), eq(maintenanceWindow.id, id)));
  return row ?? null;
}

export async function insertMaintenanceWindow(
  scope: TenantScope,
  tx: Tx,
  input: {
    readonly window: MaintenanceWindowColumns;
    readonly createdBy: string;
    readonly at: Date;
  },
): Promise<MaintenanceWindowRow> {
  const [row] = await tx
    .insert(maintenanceWindow)
    .values({ ...input.window, tenantId: scope.tenantId, createdBy: input.createdBy, createdAt: input.at })
    .returning(SHOWN);
  return row as MaintenanceWindowRow;
}

/** Changes a window of the tenant; null when there is none of this id. */
export async function updateMaintenanceWindow(
  scope: TenantScope,
  tx: Tx,
  input: {
    readonly id: string;
    readonly change: Partial<MaintenanceWindowColumns & { cancelledAt: Date }>;
  },
): Promise<MaintenanceWindowRow | null> {
  const [row] = await tx
    .update(maintenanceWindow)
    .set(input.change)
    .where(and(eq(maintenanceWindow.tenantId, scope.tenantId), eq(maintenanceWindow.id, input.id)))
    .returning(SHOWN);
  return row ?? null;
}

/** Has the router decide anew about the tenant's open incidents: what muted them has changed. */
export async function wakeOpenIncidents(scope: TenantScope, tx: Tx, at: Date): Promise<void> {
  await tx.execute(sql`
    UPDATE incident_tenant SET wake_at = least(wake_at, ${at})
    WHERE tenant_id = ${scope.tenantId} AND resolved_at IS NULL`);
}
