/** Hours and days summed from verdict-minutes. The rules are `countMinutes` of core; a test runs both over the same rows. */
import { LATENCY_BOUNDS_MS } from "@alivemcp/core/latency-histogram";
import type pg from "pg";
import { STATE_CODES } from "../codes.ts";
import { listMaintenanceSpans } from "./maintenance-spans-system.ts";

const { up, degraded, down, auth_walled: walled, unknown } = STATE_CODES;
/** Beside the states: a minute that counts neither for nor against, whatever it was. */
const MAINTENANCE = -1;

const COUNTS = [
  "up_minutes",
  "degraded_minutes",
  "down_minutes",
  "auth_walled_minutes",
  "unknown_minutes",
  "maintenance_minutes",
];
const COLUMNS = [...COUNTS, "latency_histogram"];
const assignments = COLUMNS.map((column) => `${column} = excluded.${column}`).join(", ");
const tuple = (table: string) => `(${COLUMNS.map((column) => `${table}.${column}`).join(", ")})`;

/** Integer milliseconds lie in the first bucket whose bound is not below them, as in `latencyBucket`. */
const BUCKET = "width_bucket(m.latency_ms - 1, $3::integer[])";

/**
 * Counted minutes of [$1, $2). A minute that any part of announced maintenance ($4 to $6) touches is maintenance. A minute of a committed outage is down unless a quorum said not-down (bytes 1 and 2 of the
 * packed regions: asked, not down); `unknown` stays. A row that stands for several minutes loses those that later rows
 * stand for. Minutes before the endpoint was first watched are left out.
 */
const COUNTED = `
  WITH outage AS MATERIALIZED (
    SELECT e.number, s.from_at, s.to_at FROM state_span s JOIN endpoints e ON e.id = s.endpoint_id
    WHERE s.state = 'down' AND s.from_at < $2 AND (s.to_at IS NULL OR s.to_at > $1)
  ), maintenance AS MATERIALIZED (
    SELECT * FROM unnest($4::integer[], $5::timestamptz[], $6::timestamptz[]) AS s (number, from_at, to_at)
  ), counted AS (
    SELECT m.endpoint_number, date_trunc('hour', m.minute_at, 'UTC') AS hour_at, m.latency_ms,
      CASE
        WHEN EXISTS (
          SELECT FROM maintenance s WHERE s.number = m.endpoint_number
            AND s.from_at < m.minute_at + interval '1 minute' AND s.to_at > m.minute_at
        ) THEN ${MAINTENANCE}
        WHEN m.state IN (${down}, ${unknown}) OR length(m.regions) < 4 THEN m.state
        WHEN get_byte(m.regions, 2) >= least(2, get_byte(m.regions, 1)) THEN m.state
        WHEN EXISTS (
          SELECT FROM outage o WHERE o.number = m.endpoint_number
            AND o.from_at < m.minute_at + interval '1 minute' AND (o.to_at IS NULL OR o.to_at > m.minute_at)
        ) THEN ${down}
        ELSE m.state
      END AS state,
      CASE WHEN m.covers_minutes = 1 THEN 1 ELSE greatest(1, m.covers_minutes - coalesce((
        SELECT sum(least(n.covers_minutes, m.covers_minutes - extract(epoch FROM n.minute_at - m.minute_at)::integer / 60))
        FROM probe_minute n
        WHERE n.endpoint_number = m.endpoint_number AND n.minute_at > m.minute_at
          AND n.minute_at < m.minute_at + m.covers_minutes * interval '1 minute'), 0)) END AS minutes,
      ${BUCKET} AS bucket
    FROM probe_minute m JOIN endpoints e ON e.number = m.endpoint_number
    WHERE m.minute_at >= $1 AND m.minute_at < $2 AND m.minute_at + interval '1 minute' > e.first_watched_at
  ), grouped AS (
    SELECT endpoint_number, hour_at, state, bucket, sum(minutes) AS minutes, count(latency_ms)::integer AS measured
    FROM counted GROUP BY endpoint_number, hour_at, state, bucket
  )`;

const minutesIn = (state: number) => `coalesce(sum(minutes) FILTER (WHERE state = ${state}), 0)`;

/**
 * Sums the hours of [fromMs, toMs) anew, for every endpoint with a row in them; `fromMs` begins an hour. Idempotent; a row that stays the
 * same is not written. Leans on `probe_minute_by_time`.
 */
export async function rollUpHours(
  pool: pg.Pool,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<void> {
  const maintenance = await listMaintenanceSpans(pool, { fromMs, toMs });
  await pool.query(
    `INSERT INTO probe_hour AS r (endpoint_number, hour_at, ${COLUMNS.join(", ")})
     ${COUNTED}
     SELECT endpoint_number, hour_at, ${minutesIn(up)}, ${minutesIn(degraded)}, ${minutesIn(down)}, ${minutesIn(walled)},
       ${minutesIn(unknown)}, ${minutesIn(MAINTENANCE)},
       coalesce(array_agg(ARRAY[bucket, measured] ORDER BY bucket) FILTER (WHERE measured > 0), '{}')
     FROM grouped GROUP BY endpoint_number, hour_at
     ON CONFLICT (endpoint_number, hour_at) DO UPDATE SET ${assignments}
     WHERE ${tuple("r")} IS DISTINCT FROM ${tuple("excluded")}`,
    [
      new Date(fromMs),
      new Date(toMs),
      LATENCY_BOUNDS_MS,
      maintenance.map((span) => span.endpointNumber),
      maintenance.map((span) => new Date(span.fromMs)),
      maintenance.map((span) => new Date(span.toMs)),
    ],
  );
}

/** Sums one UTC day from its hours, all of which are still there. Idempotent; a row that stays the same is not written. */
export async function rollUpDay(pool: pg.Pool, dayMs: number): Promise<void> {
  await pool.query(
    `INSERT INTO probe_day AS r (endpoint_number, day, ${COLUMNS.join(", ")})
     WITH hour AS MATERIALIZED (
       SELECT * FROM probe_hour WHERE hour_at >= $1 AND hour_at < $1::timestamptz + interval '24 hours'
     ), bucket AS (
       SELECT h.endpoint_number, h.latency_histogram[i][1] AS bucket, sum(h.latency_histogram[i][2])::integer AS measured
       FROM hour h, generate_subscripts(h.latency_histogram, 1) AS i GROUP BY 1, 2
     ), histogram AS (
       SELECT endpoint_number, array_agg(ARRAY[bucket, measured] ORDER BY bucket) AS latency_histogram
       FROM bucket GROUP BY endpoint_number
     ), total AS (
       SELECT endpoint_number, ${COUNTS.map((column) => `sum(${column}) AS ${column}`).join(", ")}
       FROM hour GROUP BY endpoint_number
     )
     SELECT t.endpoint_number, ($1::timestamptz AT TIME ZONE 'UTC')::date,
       ${COUNTS.map((column) => `t.${column}`).join(", ")}, coalesce(g.latency_histogram, '{}')
     FROM total t LEFT JOIN histogram g USING (endpoint_number)
     ON CONFLICT (endpoint_number, day) DO UPDATE SET ${assignments}, rolled_up_at = now()
     WHERE ${tuple("r")} IS DISTINCT FROM ${tuple("excluded")}`,
    [new Date(dayMs)],
  );
}

/** Deletes hours before an instant, at most `limit`; answers how many went. */
export async function deleteHoursBefore(
  pool: pg.Pool,
  input: { readonly beforeMs: number; readonly limit: number },
): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM probe_hour WHERE (endpoint_number, hour_at) IN (
       SELECT endpoint_number, hour_at FROM probe_hour WHERE hour_at < $1 LIMIT $2)`,
    [new Date(input.beforeMs), input.limit],
  );
  return rowCount ?? 0;
}

/** How far sums are final is kept like a consumer's watermark, in a row of its own. */
const PROGRESS = { consumerGroup: "roll-up", shard: "s00" };

/** Hours before this instant are summed for good, epoch ms; null before the first time. */
export async function findRollUpProgress(pool: pg.Pool): Promise<number | null> {
  const { rows } = await pool.query<{ watermark_at: Date | null }>(
    "SELECT watermark_at FROM consumer_fence WHERE consumer_group = $1 AND shard = $2",
    [PROGRESS.consumerGroup, PROGRESS.shard],
  );
  return rows[0]?.watermark_at?.getTime() ?? null;
}

/** Moves the progress of sums forward; never back. */
export async function advanceRollUpProgress(pool: pg.Pool, throughMs: number): Promise<void> {
  await pool.query(
    `INSERT INTO consumer_fence AS f (consumer_group, shard, fence, watermark_at) VALUES ($1, $2, 0, $3)
     ON CONFLICT (consumer_group, shard) DO UPDATE
       SET watermark_at = greatest(f.watermark_at, excluded.watermark_at), updated_at = now()`,
    [PROGRESS.consumerGroup, PROGRESS.shard, new Date(throughMs)],
  );
}
