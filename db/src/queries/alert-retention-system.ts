/** How long alerting remembers. */
import { PLANS } from "@alivemcp/core/plans";
import type pg from "pg";

/** What goes by its age alone, each in batches; a message that still waits never does. */
const BY_AGE = {
  delivery: "SELECT id FROM delivery WHERE created_at < $1 AND state <> 'pending'",
  alert_decision: "SELECT id FROM alert_decision WHERE at < $1",
  suppression_cluster: "SELECT id FROM suppression_cluster WHERE closed_at < $1",
  incident_group: "SELECT id FROM incident_group WHERE closed_at < $1",
} as const;
export const ALERT_TABLES_BY_AGE = Object.keys(BY_AGE) as readonly (keyof typeof BY_AGE)[];

/** Deletes at most `limit` rows that are older; answers how many. Attempts go with their messages. */
export async function deleteOldAlerts(
  pool: pg.Pool,
  input: {
    readonly table: keyof typeof BY_AGE;
    readonly beforeMs: number;
    readonly limit: number;
  },
): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM ${input.table} WHERE id IN (${BY_AGE[input.table]} LIMIT $2)`,
    [new Date(input.beforeMs), input.limit],
  );
  return rowCount ?? 0;
}

/** Forgets what channels call messages of threads that nobody wrote to for so long. */
export async function deleteOldThreads(
  pool: pg.Pool,
  input: { readonly beforeMs: number; readonly limit: number },
): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM sink_thread WHERE (sink_id, dedup_key) IN (
       SELECT r.sink_id, r.dedup_key FROM sink_thread r WHERE r.updated_at < $1
         AND NOT EXISTS (SELECT FROM incident_tenant t WHERE t.id::text = r.dedup_key AND t.resolved_at IS NULL) LIMIT $2)`,
    [new Date(input.beforeMs), input.limit],
  );
  return rowCount ?? 0;
}

/**
 * Deletes at most `limit` incidents that are over for longer than the day history of the plans of everybody who has them:
 * the endpoint's owner and whoever heard of it. Timelines, updates and tenants' rows go with them.
 */
export async function deleteOldIncidents(
  pool: pg.Pool,
  input: { readonly atMs: number; readonly limit: number },
): Promise<number> {
  const plans = Object.values(PLANS);
  const { rowCount } = await pool.query(
    `WITH kept AS (SELECT * FROM unnest($3::text[], $4::int[]) AS u (plan, days))
     DELETE FROM incident WHERE id IN (
       SELECT i.id FROM incident i JOIN endpoints e ON e.id = i.endpoint_id
       WHERE i.resolved_at < $1::timestamptz - make_interval(days => (SELECT min(days) FROM kept))
         AND i.resolved_at < $1::timestamptz - make_interval(days => (
           SELECT max(k.days) FROM tenants w JOIN kept k ON k.plan = w.plan
           WHERE w.id = e.tenant_id OR w.id IN (SELECT t.tenant_id FROM incident_tenant t WHERE t.incident_id = i.id)))
       LIMIT $2)`,
    [
      new Date(input.atMs),
      input.limit,
      plans.map(({ name }) => name),
      plans.map(({ dayHistoryDays }) => dayHistoryDays),
    ],
  );
  return rowCount ?? 0;
}
