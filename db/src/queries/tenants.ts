import { isPlanName, PLANS, type Plan } from "@alivemcp/core/plans";
import { eq } from "drizzle-orm";
import type pg from "pg";
import { tenants } from "../schema/tenants.ts";
import { type TenantScope, withTenant } from "../tenant-scope.ts";

/** The scope's own tenant with the limits of its plan; null when it does not exist. An unknown plan gives the smallest. */
export function findTenant(
  scope: TenantScope,
  pool: pg.Pool,
): Promise<{ readonly id: string; readonly name: string; readonly plan: Plan } | null> {
  return withTenant(scope, pool, async (tx) => {
    const [tenant] = await tx.select().from(tenants).where(eq(tenants.id, scope.tenantId));
    return tenant
      ? { id: tenant.id, name: tenant.name, plan: PLANS[isPlanName(tenant.plan) ? tenant.plan : "public"] }
      : null;
  });
}
