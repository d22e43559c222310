import type { DriftChange } from "@alivemcp/core/drift-change";
import type { ToolListHashes } from "@alivemcp/core/drift-debounce";
import { PLAN_NAMES, PLANS } from "@alivemcp/core/plans";
import type pg from "pg";
import { storableJson } from "./copy-rows.ts";

export interface DriftEvent {
  readonly endpointId: string;
  /** The region that showed it first; null when it is about all of them. */
  readonly region: string | null;
  readonly atMs: number;
  readonly kind: "drift" | "inconsistent_replicas" | "inconsistent_regions" | "tool_list_emptied";
  readonly from: ToolListHashes;
  readonly to: ToolListHashes | null;
  readonly isBreaking: boolean;
  readonly isSuspicious: boolean;
  readonly changes: readonly DriftChange[];
  /** The announced release that it belongs to. */
  readonly releaseWindowId: string | null;
}

const DAY_MS = 86_400_000;

/**
 * Writes an event once: the same one again changes nothing. Kinds that go on for hours (everything but `drift`) are
 * written once a day per endpoint, so that a fleet that flaps is one event, not hundreds. Answers whether it was written.
 */
export async function insertDriftEvent(client: pg.ClientBase, event: DriftEvent): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO drift_event (endpoint_id, region, at, kind, from_contract_hash, from_full_hash, to_contract_hash,
       to_full_hash, is_breaking, is_suspicious, changes, release_window_id)
     SELECT id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, (SELECT w.id FROM release_window w WHERE w.id = $14)
     FROM endpoints
     WHERE id = $1 AND ($4 = 'drift' OR NOT EXISTS (
       SELECT FROM drift_event d WHERE d.endpoint_id = $1 AND d.kind = $4 AND d.at > $12 AND d.at < $13))
     ON CONFLICT ON CONSTRAINT drift_event_once DO NOTHING`,
    [
      event.endpointId,
      event.region,
      new Date(event.atMs),
      event.kind,
      event.from.contractHash,
      event.from.fullHash,
      event.to?.contractHash ?? null,
      event.to?.fullHash ?? null,
      event.isBreaking,
      event.isSuspicious,
      storableJson(event.changes),
      new Date(event.atMs - DAY_MS),
      new Date(event.atMs + DAY_MS),
      event.releaseWindowId,
    ],
  );
  return rowCount === 1;
}

/** How many events of kind `drift` each of these endpoints has had since an instant; endpoints with none are missing. */
export async function countDriftEvents(
  pool: pg.Pool,
  input: { readonly endpointIds: readonly string[]; readonly sinceMs: number },
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ endpoint_id: string; events: number }>(
    `SELECT endpoint_id, count(*)::int AS events FROM drift_event
     WHERE endpoint_id = ANY($1::uuid[]) AND kind = 'drift' AND at > $2 GROUP BY endpoint_id`,
    [input.endpointIds, new Date(input.sinceMs)],
  );
  return new Map(rows.map((row) => [row.endpoint_id, row.events]));
}

/** Marks an endpoint's open events as accepted: their list, or a later one, is the baseline now. */
export async function acceptDriftEvents(
  client: pg.ClientBase,
  input: { readonly endpointId: string; readonly throughMs: number; readonly acceptedBy: string },
): Promise<void> {
  await client.query(
    `UPDATE drift_event SET accepted_at = now(), accepted_by = $3
     WHERE endpoint_id = $1 AND at <= $2 AND accepted_at IS NULL`,
    [input.endpointId, new Date(input.throughMs), input.acceptedBy],
  );
}

/** Deletes events older than the days of history that the endpoint's plan keeps, at most `limit`; answers how many went. */
export async function deleteExpiredDriftEvents(
  pool: pg.Pool,
  input: { readonly nowMs: number; readonly limit: number },
): Promise<number> {
  let deleted = 0;
  for (const retentionClass of PLAN_NAMES) {
    const { rowCount } = await pool.query(
      `DELETE FROM drift_event WHERE id IN (
         SELECT d.id FROM drift_event d JOIN endpoints e ON e.id = d.endpoint_id
         WHERE d.at < $1 AND e.retention_class = $2 LIMIT $3)`,
      [
        new Date(input.nowMs - PLANS[retentionClass].dayHistoryDays * DAY_MS),
        retentionClass,
        input.limit - deleted,
      ],
    );
    deleted += rowCount ?? 0;
  }
  return deleted;
}
