import { and, eq } from "drizzle-orm";
import { endpointClaim } from "../schema/endpoint-claims.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

/** Forgets what the tenant proved of an endpoint. */
export async function deleteClaim(scope: TenantScope, tx: Tx, endpointId: string): Promise<void> {
  await tx
    .delete(endpointClaim)
    .where(and(eq(endpointClaim.tenantId, scope.tenantId), eq(endpointClaim.endpointId, endpointId)));
}
