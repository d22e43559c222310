import { isPlanName, PLANS, type Plan, type PlanName } from "@alivemcp/core/plans";
import { and, eq, gt } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import { tenants } from "../schema/tenants.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

export interface Tenant {
  readonly id: string;
  readonly name: string;
  /** Its part of the dashboard's addresses. */
  readonly slug: string;
  readonly plan: Plan;
  readonly suspendedAt: Date | null;
  readonly suspendedReason: string | null;
  /** When it will be erased; null: it stays. */
  readonly deletionDueAt: Date | null;
}

/** The scope's own tenant with the limits of its plan; null when it does not exist. An unknown plan gives the smallest. */
export async function findTenant(scope: TenantScope, tx: Tx): Promise<Tenant | null> {
  const [row] = await tx.select().from(tenants).where(eq(tenants.id, scope.tenantId));
  return row ? tenantOfRow(row) : null;
}

/**
 * The same with its row locked until the transaction ends: changes of one tenant happen one after the other, so that
 * a limit counted now still holds when the change is committed.
 */
export async function lockTenant(scope: TenantScope, tx: Tx): Promise<Tenant | null> {
  const [row] = await tx.select().from(tenants).where(eq(tenants.id, scope.tenantId)).for("no key update");
  return row ? tenantOfRow(row) : null;
}

/** A row of `tenants` with its plan looked up. */
export function tenantOfRow(row: typeof tenants.$inferSelect): Tenant {
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    plan: PLANS[isPlanName(row.plan) ? row.plan : "public"],
    suspendedAt: row.suspendedAt,
    suspendedReason: row.suspendedReason,
    deletionDueAt: row.deletionDueAt,
  };
}

/** Makes the scope's tenant; null when the slug is taken. */
export async function insertTenant(
  scope: TenantScope,
  tx: Tx,
  tenant: { readonly name: string; readonly slug: string; readonly plan: PlanName },
): Promise<Tenant | null> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    INSERT INTO tenants (id, name, slug, plan)
    VALUES (${scope.tenantId}, ${tenant.name}, ${tenant.slug}, ${tenant.plan})
    ON CONFLICT (slug) DO NOTHING RETURNING id`);
  return rows.length === 0 ? null : findTenant(scope, tx);
}

export type RenameOutcome = { readonly kind: "renamed" } | { readonly kind: "slug-taken" };

/** Gives the scope's tenant a name and a slug; a slug that is somebody else's is an answer and changes nothing. */
export async function renameTenant(
  scope: TenantScope,
  tx: Tx,
  { name, slug }: { readonly name: string; readonly slug: string },
): Promise<RenameOutcome> {
  try {
    // A savepoint, so that the conflict leaves the transaction usable.
    await tx.transaction((nested) =>
      nested.update(tenants).set({ name, slug }).where(eq(tenants.id, scope.tenantId)),
    );
    return { kind: "renamed" };
  } catch (err) {
    if (isUniqueViolation(err)) {
      return { kind: "slug-taken" };
    }
    throw err;
  }
}

const UNIQUE_VIOLATION = "23505";
const isUniqueViolation = (err: unknown) =>
  (err as { cause?: { code?: string } }).cause?.code === UNIQUE_VIOLATION;

/** Puts the scope's tenant on its way out; the public tenant never. */
export async function scheduleDeletion(
  scope: TenantScope,
  tx: Tx,
  { requestedAt, dueAt }: { readonly requestedAt: Date; readonly dueAt: Date },
): Promise<void> {
  await tx
    .update(tenants)
    .set({ deletionRequestedAt: requestedAt, deletionDueAt: dueAt })
    .where(and(eq(tenants.id, scope.tenantId), eq(tenants.kind, "customer")));
}

/** Calls the deletion off; false when it is due, for then rows are being erased, or was never asked for. */
export async function cancelDeletion(scope: TenantScope, tx: Tx, at: Date): Promise<boolean> {
  const { rowCount } = await tx
    .update(tenants)
    .set({ deletionRequestedAt: null, deletionDueAt: null })
    .where(and(eq(tenants.id, scope.tenantId), gt(tenants.deletionDueAt, at)));
  return rowCount === 1;
}
