import type { ClaimMethod } from "@alivemcp/core/claim-proof";
import type { RetentionClass } from "@alivemcp/core/plans";
import { and, eq } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import { endpointClaim } from "../schema/endpoint-claims.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

/** Keeps that the tenant proved an endpoint, how and when by the database's clock; a newer proof replaces an older one. */
export async function recordProof(
  scope: TenantScope,
  tx: Tx,
  proof: {
    readonly endpointId: string;
    readonly token: string;
    readonly method: ClaimMethod;
  },
): Promise<void> {
  await deleteClaim(scope, tx, proof.endpointId);
  await tx.insert(endpointClaim).values({ ...proof, tenantId: scope.tenantId, provenAt: sql`now()` });
}

/** Forgets what the tenant proved of an endpoint. */
export async function deleteClaim(scope: TenantScope, tx: Tx, endpointId: string): Promise<void> {
  await tx
    .delete(endpointClaim)
    .where(and(eq(endpointClaim.tenantId, scope.tenantId), eq(endpointClaim.endpointId, endpointId)));
}

export type TakeOver = "taken" | "not-found" | "claimed-already" | "unproven" | "watched-already";

/** Moves an unclaimed endpoint of the board to the tenant that proved it within the hour. Of two at once one gets it. */
export async function takeOverEndpoint(
  _scope: TenantScope,
  tx: Tx,
  input: { readonly endpointId: string; readonly retentionClass: RetentionClass; readonly cadenceS: number },
): Promise<TakeOver> {
  const { rows } = await tx.execute<{ taken: TakeOver }>(
    sql`SELECT take_over_endpoint(${input.endpointId}, ${input.retentionClass}, ${input.cadenceS}) AS taken`,
  );
  return rows[0]?.taken ?? "not-found";
}
