import { SHARDS } from "@alivemcp/core/shard";
import type pg from "pg";

export interface ScheduleClaim {
  readonly shard: string;
  readonly windowAtMs: number;
}

/** Makes the claimable rows of these windows, one per shard; rows that exist stay as they are. */
export async function insertScheduleWindows(pool: pg.Pool, windowsAtMs: readonly number[]): Promise<void> {
  await pool.query(
    `INSERT INTO schedule_claim (window_at, shard)
     SELECT w, s FROM unnest($1::timestamptz[]) AS w CROSS JOIN unnest($2::text[]) AS s
     ON CONFLICT DO NOTHING`,
    [windowsAtMs.map((atMs) => new Date(atMs)), SHARDS],
  );
}

/**
 * Takes up to `limit` unfinished windows nobody holds, oldest first, for `leaseMs`. Rows another scheduler is taking
 * right now are passed over, not waited for; a lease that ran out is free again. Never gives one row to two callers
 * whose clocks agree within the lease.
 */
export async function claimScheduleWindows(
  pool: pg.Pool,
  input: { windowsAtMs: readonly number[]; claimedBy: string; nowMs: number; leaseMs: number; limit: number },
): Promise<readonly ScheduleClaim[]> {
  const { rows } = await pool.query<{ shard: string; window_at: Date }>(
    `WITH free AS (
       SELECT window_at, shard FROM schedule_claim
       WHERE window_at = ANY($1::timestamptz[]) AND done_at IS NULL AND (lease_until IS NULL OR lease_until <= $2)
       ORDER BY window_at, shard LIMIT $3
       FOR UPDATE SKIP LOCKED)
     UPDATE schedule_claim c SET claimed_by = $4, lease_until = $5
     FROM free WHERE c.window_at = free.window_at AND c.shard = free.shard
     RETURNING c.shard, c.window_at`,
    [
      input.windowsAtMs.map((atMs) => new Date(atMs)),
      new Date(input.nowMs),
      input.limit,
      input.claimedBy,
      new Date(input.nowMs + input.leaseMs),
    ],
  );
  return rows.map((row) => ({ shard: row.shard, windowAtMs: row.window_at.getTime() }));
}

/** Marks windows done after their jobs were added. A claim somebody else took over meanwhile is left to them. */
export async function finishScheduleWindows(
  pool: pg.Pool,
  input: { claims: readonly ScheduleClaim[]; claimedBy: string; nowMs: number },
): Promise<void> {
  await pool.query(
    `UPDATE schedule_claim c SET done_at = $1
     FROM unnest($2::timestamptz[], $3::text[]) AS d (window_at, shard)
     WHERE c.window_at = d.window_at AND c.shard = d.shard AND c.claimed_by = $4 AND c.done_at IS NULL`,
    [
      new Date(input.nowMs),
      input.claims.map((claim) => new Date(claim.windowAtMs)),
      input.claims.map((claim) => claim.shard),
      input.claimedBy,
    ],
  );
}

/** Deletes claims of windows before an instant; answers how many. */
export async function deleteScheduleWindowsBefore(pool: pg.Pool, beforeMs: number): Promise<number> {
  const { rowCount } = await pool.query("DELETE FROM schedule_claim WHERE window_at < $1", [
    new Date(beforeMs),
  ]);
  return rowCount ?? 0;
}
