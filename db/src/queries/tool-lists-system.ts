import type { KnownToolLists } from "@alivemcp/core/advance-tool-lists";
import type { RegionToolList, ToolListHashes } from "@alivemcp/core/drift-debounce";
import type { Era } from "@alivemcp/core/states";
import type pg from "pg";
import { IS_WATCHED } from "./endpoint-plan-row.ts";

/** Which of these lists are stored already. */
export async function findStoredToolLists(
  pool: pg.Pool,
  fullHashes: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ full_hash: string }>(
    "SELECT full_hash FROM tool_list WHERE full_hash = ANY($1)",
    [fullHashes],
  );
  return new Set(rows.map((row) => row.full_hash));
}

/** The compressed body of a stored list, or null. */
export async function findToolListBody(pool: pg.Pool, fullHash: string): Promise<Buffer | null> {
  const { rows } = await pool.query<{ body: Buffer }>("SELECT body FROM tool_list WHERE full_hash = $1", [
    fullHash,
  ]);
  return rows[0]?.body ?? null;
}

export interface StoredToolList extends ToolListHashes {
  readonly toolsCount: number;
  /** Canonical JSON of the tools, zlib-deflated. */
  readonly body: Uint8Array;
}

/** Stores lists under their full hash; one that is there already stays as it is. The caller has checked the hash. */
export async function insertToolLists(
  client: pg.ClientBase,
  lists: readonly StoredToolList[],
): Promise<void> {
  for (const list of lists) {
    await client.query(
      `INSERT INTO tool_list (full_hash, contract_hash, tools_count, body) VALUES ($1, $2, $3, $4)
       ON CONFLICT (full_hash) DO NOTHING`,
      [list.fullHash, list.contractHash, list.toolsCount, Buffer.from(list.body)],
    );
  }
}

export interface EndpointToolLists extends KnownToolLists {
  readonly endpointId: string;
}

interface ToolListsRow {
  id: string;
  baseline_contract_hash: string | null;
  baseline_full_hash: string | null;
  baseline_era: Era | null;
  baseline_at: Date | null;
  regions: readonly RegionRow[] | null;
}

interface RegionRow {
  region: string;
  contract_hash: string;
  full_hash: string;
  believed_ms: number;
  pending_contract_hash: string | null;
  pending_full_hash: string | null;
  pending_count: number;
  pending_ms: number | null;
}

const SELECT_TOOL_LISTS = `
  SELECT e.id, m.baseline_contract_hash, m.baseline_full_hash, m.baseline_era, m.baseline_at, (
    SELECT jsonb_agg(jsonb_build_object('region', r.region, 'contract_hash', r.contract_hash, 'full_hash', r.full_hash,
      'believed_ms', round(extract(epoch FROM r.believed_at) * 1000),
      'pending_contract_hash', r.pending_contract_hash, 'pending_full_hash', r.pending_full_hash,
      'pending_count', r.pending_count, 'pending_ms', round(extract(epoch FROM r.pending_since) * 1000)))
    FROM endpoint_region_tool_list r WHERE r.endpoint_id = e.id) AS regions
  FROM endpoints e LEFT JOIN endpoint_memory m ON m.endpoint_id = e.id`;

/** Tool lists of the given endpoints; ids that are gone are left out. */
export async function listEndpointToolLists(
  pool: pg.Pool,
  endpointIds: readonly string[],
): Promise<readonly EndpointToolLists[]> {
  const { rows } = await pool.query<ToolListsRow>(`${SELECT_TOOL_LISTS} WHERE e.id = ANY($1::uuid[])`, [
    endpointIds,
  ]);
  return rows.map(toolListsOfRow);
}

/** Endpoints of which some region was seen to serve a list not believed yet. Leans on `endpoint_region_tool_list_by_pending`. */
export async function listPendingToolListEndpoints(pool: pg.Pool): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ endpoint_id: string }>(
    "SELECT DISTINCT endpoint_id FROM endpoint_region_tool_list WHERE pending_full_hash IS NOT NULL",
  );
  return new Set(rows.map((row) => row.endpoint_id));
}

export interface DivergingEndpoint extends EndpointToolLists {
  readonly isUnclaimed: boolean;
  readonly cadenceS: number;
  /** Regions the owner chose; empty means every region of the installation. */
  readonly regions: readonly string[];
}

/** Endpoints of which some region serves another list than the baseline, at most `limit`, by id after `afterId`. */
export async function listDivergingEndpoints(
  pool: pg.Pool,
  input: { readonly afterId: string | null; readonly limit: number },
): Promise<readonly DivergingEndpoint[]> {
  const { rows } = await pool.query<
    ToolListsRow & { standing: string; cadence_s: number; probed_regions: string[] }
  >(
    `SELECT lists.*, e.standing, e.cadence_s, e.regions AS probed_regions
     FROM (${SELECT_TOOL_LISTS}) lists JOIN endpoints e ON e.id = lists.id
     WHERE ${IS_WATCHED} AND ($1::uuid IS NULL OR e.id > $1) AND EXISTS (
       SELECT FROM endpoint_region_tool_list r
       WHERE r.endpoint_id = e.id AND r.full_hash <> lists.baseline_full_hash)
     ORDER BY e.id LIMIT $2`,
    [input.afterId, input.limit],
  );
  return rows.map((row) => ({
    ...toolListsOfRow(row),
    isUnclaimed: row.standing === "unclaimed",
    cadenceS: row.cadence_s,
    regions: row.probed_regions,
  }));
}

function toolListsOfRow(row: ToolListsRow): EndpointToolLists {
  const { baseline_contract_hash: contractHash, baseline_full_hash: fullHash } = row;
  const atMs = row.baseline_at?.getTime() ?? 0;
  return {
    endpointId: row.id,
    baseline:
      contractHash === null || fullHash === null
        ? null
        : { contractHash, fullHash, era: row.baseline_era, atMs },
    byRegion: new Map((row.regions ?? []).map((region) => [region.region, regionOfRow(region)])),
  };
}

function regionOfRow(row: RegionRow): RegionToolList {
  const { pending_contract_hash: contractHash, pending_full_hash: fullHash } = row;
  return {
    believed: { contractHash: row.contract_hash, fullHash: row.full_hash },
    believedAtMs: row.believed_ms,
    pending:
      contractHash === null || fullHash === null
        ? null
        : { contractHash, fullHash, count: row.pending_count, sinceAtMs: row.pending_ms ?? row.believed_ms },
  };
}

/**
 * Makes a list the baseline; regions believed to serve it need no row of their own any more. `isFirst`: only where there
 * is none yet. Schedulers reload the endpoint.
 */
export async function setBaseline(
  client: pg.ClientBase,
  input: {
    readonly endpointId: string;
    readonly list: ToolListHashes;
    readonly era: Era | null;
    readonly atMs: number;
    readonly isEmpty: boolean;
    readonly isFirst: boolean;
  },
): Promise<void> {
  await client.query(
    `INSERT INTO endpoint_memory AS m (endpoint_id, baseline_contract_hash, baseline_full_hash, baseline_era, baseline_at,
       is_tool_list_empty_at_baseline)
     SELECT id, $2, $3, $4, $5, $6 FROM endpoints WHERE id = $1
     ON CONFLICT (endpoint_id) DO UPDATE SET baseline_contract_hash = excluded.baseline_contract_hash,
       baseline_full_hash = excluded.baseline_full_hash, baseline_era = excluded.baseline_era,
       baseline_at = excluded.baseline_at,
       is_tool_list_empty_at_baseline = excluded.is_tool_list_empty_at_baseline, updated_at = now()
     WHERE m.baseline_full_hash IS NULL OR NOT $7`,
    [
      input.endpointId,
      input.list.contractHash,
      input.list.fullHash,
      input.era,
      new Date(input.atMs),
      input.isEmpty,
      input.isFirst,
    ],
  );
}

/** Writes what one region is believed to serve; a changed belief makes schedulers reload the endpoint. */
export async function upsertRegionToolList(
  client: pg.ClientBase,
  input: { readonly endpointId: string; readonly region: string; readonly list: RegionToolList },
): Promise<void> {
  const { believed, believedAtMs, pending } = input.list;
  await client.query(
    `WITH before AS (
       SELECT full_hash FROM endpoint_region_tool_list WHERE endpoint_id = $1 AND region = $2
     ), written AS (
       INSERT INTO endpoint_region_tool_list (endpoint_id, region, contract_hash, full_hash, believed_at,
         pending_contract_hash, pending_full_hash, pending_count, pending_since)
       SELECT id, $2, $3, $4, $5, $6, $7, $8, $9 FROM endpoints WHERE id = $1
       ON CONFLICT (endpoint_id, region) DO UPDATE SET contract_hash = excluded.contract_hash,
         full_hash = excluded.full_hash, believed_at = excluded.believed_at,
         pending_contract_hash = excluded.pending_contract_hash, pending_full_hash = excluded.pending_full_hash,
         pending_count = excluded.pending_count, pending_since = excluded.pending_since
     )
     UPDATE endpoint_memory SET updated_at = now()
     WHERE endpoint_id = $1 AND $4 IS DISTINCT FROM coalesce((SELECT full_hash FROM before), baseline_full_hash)`,
    [
      input.endpointId,
      input.region,
      believed.contractHash,
      believed.fullHash,
      new Date(believedAtMs),
      pending?.contractHash ?? null,
      pending?.fullHash ?? null,
      pending?.count ?? 0,
      pending === null ? null : new Date(pending.sinceAtMs),
    ],
  );
}

/** Deletes stored lists that no baseline, region or drift event names, at most `limit`; answers how many went. */
export async function deleteUnusedToolLists(
  pool: pg.Pool,
  input: { readonly olderThanMs: number; readonly limit: number },
): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM tool_list WHERE full_hash IN (
       SELECT t.full_hash FROM tool_list t
       WHERE t.first_seen_at < $1
         AND NOT EXISTS (SELECT FROM endpoint_memory m WHERE m.baseline_full_hash = t.full_hash)
         AND NOT EXISTS (SELECT FROM endpoint_region_tool_list r WHERE r.full_hash = t.full_hash)
         AND NOT EXISTS (SELECT FROM endpoint_region_tool_list r WHERE r.pending_full_hash = t.full_hash)
         AND NOT EXISTS (SELECT FROM drift_event d WHERE d.from_full_hash = t.full_hash)
         AND NOT EXISTS (SELECT FROM drift_event d WHERE d.to_full_hash = t.full_hash)
       LIMIT $2)`,
    [new Date(input.olderThanMs), input.limit],
  );
  return rowCount ?? 0;
}
