import type { LatencyHistogram } from "@alivemcp/core/latency-histogram";
import type { MinuteCounts } from "@alivemcp/core/uptime";
import type pg from "pg";

/** What the windows of one endpoint are computed from. */
export interface WindowParts {
  readonly endpointId: string;
  readonly endpointNumber: number;
  readonly counts: Readonly<Record<"24h" | "today" | "7d" | "30d" | "90d", MinuteCounts>>;
  /** `7d`, `30d` and `90d` above hold whole past days only; add `today`. */
  readonly latency: Readonly<Record<"24h" | "today" | "7d", LatencyHistogram>>;
  readonly lastDriftAtMs: number | null;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const counts = (filter: string) =>
  `jsonb_build_object(${[
    ["up", "up_minutes"],
    ["degraded", "degraded_minutes"],
    ["down", "down_minutes"],
    ["authWalled", "auth_walled_minutes"],
    ["unknown", "unknown_minutes"],
    ["maintenance", "maintenance_minutes"],
  ]
    .map(([name, column]) => `'${name}', coalesce(sum(${column}) FILTER (WHERE ${filter}), 0)`)
    .join(", ")})`;
/** Histograms one after the other: buckets may come several times. */
const histograms = (filter: string) =>
  `coalesce(jsonb_agg(latency_histogram) FILTER (WHERE ${filter} AND latency_histogram <> '{}'), '[]')`;

/**
 * Parts of the next endpoints by number after `afterNumber`, at most `limit`. Windows are cut at the unit they are summed
 * from: 24 hours are the current hour and the 23 before it, N days today and the N - 1 before it.
 */
export async function listWindowParts(
  pool: pg.Pool,
  input: { readonly afterNumber: number; readonly limit: number; readonly nowMs: number },
): Promise<readonly WindowParts[]> {
  const { nowMs } = input;
  const todayMs = nowMs - (nowMs % DAY_MS);
  const dayAgo = new Date(nowMs - (nowMs % HOUR_MS) - 23 * HOUR_MS);
  const dayBack = (days: number) => new Date(todayMs - (days - 1) * DAY_MS).toISOString().slice(0, 10);
  const { rows } = await pool.query<{
    id: string;
    number: number;
    hours: { "24h": MinuteCounts; today: MinuteCounts; latency24h: Nested; latencyToday: Nested };
    days: { "7d": MinuteCounts; "30d": MinuteCounts; "90d": MinuteCounts; latency7d: Nested };
    last_drift_at: Date | null;
  }>(
    `SELECT e.id, e.number, h.hours, d.days,
       (SELECT max(v.at) FROM drift_event v WHERE v.endpoint_id = e.id AND v.kind = 'drift') AS last_drift_at
     FROM (SELECT id, number FROM endpoints WHERE number > $1 ORDER BY number LIMIT $2) e
     CROSS JOIN LATERAL (
       SELECT jsonb_build_object('24h', ${counts("hour_at >= $3")}, 'today', ${counts("hour_at >= $4")},
         'latency24h', ${histograms("hour_at >= $3")}, 'latencyToday', ${histograms("hour_at >= $4")}) AS hours
       FROM probe_hour WHERE endpoint_number = e.number AND hour_at >= least($3, $4)
     ) h
     CROSS JOIN LATERAL (
       SELECT jsonb_build_object('7d', ${counts("day >= $6")}, '30d', ${counts("day >= $7")},
         '90d', ${counts("day >= $8")}, 'latency7d', ${histograms("day >= $6")}) AS days
       FROM probe_day WHERE endpoint_number = e.number AND day >= $8 AND day < $5
     ) d
     ORDER BY e.number`,
    [
      input.afterNumber,
      input.limit,
      dayAgo,
      new Date(todayMs),
      new Date(todayMs).toISOString().slice(0, 10),
      dayBack(7),
      dayBack(30),
      dayBack(90),
    ],
  );
  return rows.map(({ hours, days, ...row }) => ({
    endpointId: row.id,
    endpointNumber: row.number,
    counts: {
      "24h": hours["24h"],
      today: hours.today,
      "7d": days["7d"],
      "30d": days["30d"],
      "90d": days["90d"],
    },
    latency: {
      "24h": hours.latency24h.flat(),
      today: hours.latencyToday.flat(),
      "7d": days.latency7d.flat(),
    },
    lastDriftAtMs: row.last_drift_at?.getTime() ?? null,
  }));
}

type Nested = readonly LatencyHistogram[];
