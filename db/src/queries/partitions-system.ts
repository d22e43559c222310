import { PLAN_NAMES, PLANS, type RetentionClass } from "@alivemcp/core/plans";
import type pg from "pg";

/** The tables that are cut by retention class and time. */
const PARTITIONED_TABLES = ["probe_minute", "probe_evidence"] as const;
const DAY_MS = 86_400_000;

/** How wide a leaf is; it may never change for a class that has leaves. A short history is dropped day by day. */
const leafUnit = (retentionClass: RetentionClass) => (retentionClass === "public" ? "day" : "month");

/**
 * Makes every missing leaf partition that covers the given time; answers the names it made. Idempotent and safe to
 * run at once with itself. A row without a partition is refused by Postgres, so this runs before rows arrive.
 */
export async function makePartitions(
  pool: pg.Pool,
  input: { fromMs: number; throughMs: number },
): Promise<readonly string[]> {
  const made: string[] = [];
  for (const table of PARTITIONED_TABLES) {
    for (const retentionClass of PLAN_NAMES) {
      const { rows } = await pool.query<{ name: string }>(
        "SELECT name FROM make_probe_partitions($1, $2, $3, $4, $5) AS name",
        [table, retentionClass, leafUnit(retentionClass), new Date(input.fromMs), new Date(input.throughMs)],
      );
      made.push(...rows.map(({ name }) => name));
    }
  }
  return made;
}

/** Partitions from two days back (a backlog after an outage) to a week ahead (a week of failing runs loses nothing). */
export function makePartitionsAhead(pool: pg.Pool, nowMs: number): Promise<readonly string[]> {
  return makePartitions(pool, { fromMs: nowMs - 2 * DAY_MS, throughMs: nowMs + 7 * DAY_MS });
}

export type DropOutcome =
  | { readonly kind: "dropped"; readonly names: readonly string[] }
  | { readonly kind: "would-drop"; readonly names: readonly string[] }
  | { readonly kind: "still-read"; readonly retentionClass: RetentionClass };

const LOCK_NOT_AVAILABLE = "55P03";

/**
 * Drops the leaf partitions that lie wholly before what each plan keeps; with `isDryRun` only names them. Stops at the
 * first class where somebody holds a lock for more than 2 s: nothing of that class is dropped, the next run tries again.
 */
export async function dropExpiredPartitions(
  pool: pg.Pool,
  input: { nowMs: number; isDryRun: boolean },
): Promise<DropOutcome> {
  const names: string[] = [];
  for (const table of PARTITIONED_TABLES) {
    for (const retentionClass of PLAN_NAMES) {
      const keepFrom = new Date(input.nowMs - PLANS[retentionClass].minuteHistoryDays * DAY_MS);
      try {
        const { rows } = await pool.query<{ name: string }>(
          "SELECT name FROM drop_expired_probe_partitions($1, $2, $3, $4) AS name",
          [table, retentionClass, keepFrom, input.isDryRun],
        );
        names.push(...rows.map(({ name }) => name));
      } catch (err) {
        if ((err as { code?: string }).code === LOCK_NOT_AVAILABLE) {
          return { kind: "still-read", retentionClass };
        }
        throw err;
      }
    }
  }
  return { kind: input.isDryRun ? "would-drop" : "dropped", names };
}

/**
 * Deletes days older than the plan of the endpoint's owner keeps, at most `limit` rows; answers how many went. Call
 * again while it answers `limit`.
 */
export async function deleteExpiredDays(
  pool: pg.Pool,
  input: { nowMs: number; limit: number },
): Promise<number> {
  let deleted = 0;
  for (const retentionClass of PLAN_NAMES) {
    const keepFrom = new Date(input.nowMs - PLANS[retentionClass].dayHistoryDays * DAY_MS);
    const { rowCount } = await pool.query(
      `DELETE FROM probe_day WHERE (endpoint_number, day) IN (
         SELECT d.endpoint_number, d.day FROM probe_day d JOIN endpoints e ON e.number = d.endpoint_number
         WHERE d.day < ($1::timestamptz AT TIME ZONE 'UTC')::date AND e.retention_class = $2
         LIMIT $3)`,
      [keepFrom, retentionClass, input.limit - deleted],
    );
    deleted += rowCount ?? 0;
  }
  return deleted;
}
