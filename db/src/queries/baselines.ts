/** The tool list that an owner calls the right one, and what the regions serve instead. */
import type { ToolListHashes } from "@alivemcp/core/drift-debounce";
import { sql } from "drizzle-orm/sql";
import type { TenantScope, Tx } from "../tenant-scope.ts";

export interface ServedList extends ToolListHashes {
  readonly region: string;
  /** Seen twice in a row; otherwise seen, and not believed yet. */
  readonly isBelieved: boolean;
}

export interface ServedLists {
  /** Null before the first list. */
  readonly baseline: ToolListHashes | null;
  /** Lists of regions that serve, or were seen to serve, another one than the baseline. */
  readonly others: readonly ServedList[];
}

/** What the regions serve of one endpoint. Locks the baseline until the transaction ends. */
export async function findServedLists(scope: TenantScope, tx: Tx, endpointId: string): Promise<ServedLists> {
  const { rows: memory } = await tx.execute<{ contract: string | null; full: string | null }>(sql`
    SELECT m.baseline_contract_hash AS contract, m.baseline_full_hash AS "full"
    FROM endpoint_memory m JOIN endpoints e ON e.id = m.endpoint_id
    WHERE e.id = ${endpointId} AND e.tenant_id = ${scope.tenantId} FOR UPDATE OF m`);
  const { contract, full } = memory[0] ?? { contract: null, full: null };
  const { rows: regions } = await tx.execute<{
    region: string;
    contract_hash: string;
    full_hash: string;
    pending_contract_hash: string | null;
    pending_full_hash: string | null;
  }>(sql`
    SELECT region, contract_hash, full_hash, pending_contract_hash, pending_full_hash
    FROM endpoint_region_tool_list WHERE endpoint_id = ${endpointId} ORDER BY region`);
  const others = regions.flatMap((row): ServedList[] => [
    { region: row.region, contractHash: row.contract_hash, fullHash: row.full_hash, isBelieved: true },
    ...(row.pending_contract_hash === null || row.pending_full_hash === null
      ? []
      : [
          {
            region: row.region,
            contractHash: row.pending_contract_hash,
            fullHash: row.pending_full_hash,
            isBelieved: false,
          },
        ]),
  ]);
  return {
    baseline: contract === null || full === null ? null : { contractHash: contract, fullHash: full },
    others: others.filter(({ fullHash }) => fullHash !== full),
  };
}

/** Makes a list the baseline of the tenant's endpoint and marks what led to it as accepted. Schedulers reload it. */
export async function acceptBaseline(
  _scope: TenantScope,
  tx: Tx,
  input: {
    readonly endpointId: string;
    readonly list: ToolListHashes;
    readonly isEmpty: boolean;
    readonly at: Date;
    readonly acceptedBy: string;
  },
): Promise<void> {
  const { endpointId, list, at } = input;
  await tx.execute(sql`
    UPDATE endpoint_memory SET baseline_contract_hash = ${list.contractHash}, baseline_full_hash = ${list.fullHash},
      baseline_at = ${at}, is_tool_list_empty_at_baseline = ${input.isEmpty}, updated_at = now()
    WHERE endpoint_id = ${endpointId}`);
  await tx.execute(sql`
    UPDATE drift_event SET accepted_at = ${at}, accepted_by = ${input.acceptedBy}
    WHERE endpoint_id = ${endpointId} AND at <= ${at} AND accepted_at IS NULL`);
}
