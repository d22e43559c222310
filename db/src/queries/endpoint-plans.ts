import type { EndpointPlan } from "@alivemcp/core/endpoint-plan";
import { sql } from "drizzle-orm/sql";
import type pg from "pg";
import { type TenantScope, withTenant } from "../tenant-scope.ts";
import { type EndpointPlanRow, endpointPlanOfRow, SELECT_ENDPOINT_PLAN } from "./endpoint-plan-row.ts";

/** What a job of the tenant's endpoint is filled from, paused or not; null for another tenant's. */
export function findEndpointPlan(
  scope: TenantScope,
  pool: pg.Pool,
  id: string,
): Promise<EndpointPlan | null> {
  return withTenant(scope, pool, async (tx) => {
    const { rows } = await tx.execute(
      sql`${sql.raw(SELECT_ENDPOINT_PLAN)} WHERE e.id = ${id} AND e.tenant_id = ${scope.tenantId}`,
    );
    const [row] = rows as unknown as readonly EndpointPlanRow[];
    return row ? endpointPlanOfRow(row) : null;
  });
}
