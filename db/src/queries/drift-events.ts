/** Changes of the tools of endpoints that the tenant owns or follows, with the lists themselves. */
import { type SQL, sql } from "drizzle-orm/sql";
import type { TenantScope, Tx } from "../tenant-scope.ts";

const ms = (column: string): SQL => sql.raw(`(extract(epoch FROM ${column}) * 1000)::float8`);

export interface DriftEventRow {
  readonly id: string;
  readonly region: string | null;
  readonly atMs: number;
  readonly kind: "drift" | "inconsistent_replicas" | "inconsistent_regions" | "tool_list_emptied";
  readonly isBreaking: boolean;
  readonly isSuspicious: boolean;
  readonly acceptedAtMs: number | null;
  readonly acceptedBy: string | null;
  readonly fromFullHash: string | null;
  readonly toFullHash: string | null;
  /** The announced release that it belongs to. */
  readonly releaseWindowId: string | null;
  /** As the archiver stored them: `DriftChange` of core, to be read with care. */
  readonly changes: readonly unknown[];
}

const COLUMNS = sql`d.id, d.region, ${ms("d.at")} AS "atMs", d.kind, d.is_breaking AS "isBreaking",
  d.is_suspicious AS "isSuspicious", ${ms("d.accepted_at")} AS "acceptedAtMs", d.accepted_by AS "acceptedBy",
  d.from_full_hash AS "fromFullHash", d.to_full_hash AS "toFullHash",
  d.release_window_id AS "releaseWindowId", d.changes`;

/** Events of one endpoint, newest first. Leans on `drift_event_newest`. */
export async function listDriftEvents(
  _scope: TenantScope,
  tx: Tx,
  input: { readonly endpointId: string; readonly limit: number },
): Promise<DriftEventRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT ${COLUMNS} FROM drift_event d WHERE d.endpoint_id = ${input.endpointId}
    ORDER BY d.at DESC, d.id LIMIT ${input.limit}`);
  return rows as unknown as DriftEventRow[];
}

/** One event of one endpoint; null when there is none of that id. `id` is a uuid. */
export async function findDriftEvent(
  _scope: TenantScope,
  tx: Tx,
  input: { readonly endpointId: string; readonly id: string },
): Promise<DriftEventRow | null> {
  const { rows } = await tx.execute(sql`
    SELECT ${COLUMNS} FROM drift_event d WHERE d.endpoint_id = ${input.endpointId} AND d.id = ${input.id}`);
  return (rows as unknown as DriftEventRow[])[0] ?? null;
}

/** Bodies of stored lists by full hash, as canonical JSON deflated; lists that are gone are missing. */
export async function findToolLists(
  _scope: TenantScope,
  tx: Tx,
  fullHashes: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (fullHashes.length === 0) {
    return new Map();
  }
  const { rows } = await tx.execute(sql`
    SELECT full_hash, body FROM tool_list
    WHERE full_hash IN (${sql.join(
      fullHashes.map((hash) => sql`${hash}`),
      sql`, `,
    )})`);
  return new Map(
    (rows as unknown as { full_hash: string; body: Buffer }[]).map((row) => [row.full_hash, row.body]),
  );
}

/** Full hash of the list that changes are compared with; null before the first list was seen. */
export async function findBaselineHash(
  _scope: TenantScope,
  tx: Tx,
  endpointId: string,
): Promise<{ readonly fullHash: string; readonly atMs: number | null } | null> {
  const { rows } = await tx.execute(sql`
    SELECT m.baseline_full_hash AS "fullHash", ${ms("m.baseline_at")} AS "atMs" FROM endpoint_memory m
    WHERE m.endpoint_id = ${endpointId} AND m.baseline_full_hash IS NOT NULL`);
  return (rows as unknown as { fullHash: string; atMs: number | null }[])[0] ?? null;
}
