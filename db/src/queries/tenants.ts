import { isPlanName, PLANS, type Plan, type PlanName } from "@alivemcp/core/plans";
import { eq } from "drizzle-orm";
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
