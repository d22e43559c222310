import { and, eq } from "drizzle-orm";
import { incidentGroup } from "../schema/incidents.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

/** What the incidents of a group have in common, such as `host:mcp.example.com`; null when the tenant has no such group. */
export async function findGroupCause(scope: TenantScope, tx: Tx, groupId: string): Promise<string | null> {
  const [row] = await tx
    .select({ cause: incidentGroup.cause })
    .from(incidentGroup)
    .where(and(eq(incidentGroup.tenantId, scope.tenantId), eq(incidentGroup.id, groupId)));
  return row?.cause ?? null;
}
