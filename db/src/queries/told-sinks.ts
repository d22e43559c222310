import { sql } from "drizzle-orm/sql";
import type { TenantScope, Tx } from "../tenant-scope.ts";

/** Which sinks accepted a message about each of these incidents (ids of the tenant's own rows), by name. */
export async function listToldSinks(
  scope: TenantScope,
  tx: Tx,
  incidentTenantIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await tx.execute<{ id: string; names: string[] }>(sql`
    SELECT d.incident_tenant_id AS id, array_agg(DISTINCT s.name ORDER BY s.name) AS names
    FROM delivery d JOIN sink s ON s.id = d.sink_id
    WHERE d.tenant_id = ${scope.tenantId} AND d.state = 'sent'
      AND d.incident_tenant_id = ANY(${sql.param([...incidentTenantIds])}::uuid[])
    GROUP BY d.incident_tenant_id`);
  return new Map(rows.map(({ id, names }) => [id, names]));
}
