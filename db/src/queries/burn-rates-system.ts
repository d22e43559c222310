/** How fast error budgets burn. */
import {
  BURN_WINDOW_MS,
  BURN_WINDOWS,
  type BurnCount,
  type BurnPace,
  type BurnWindow,
} from "@alivemcp/core/burn-rate";
import type { PlanName } from "@alivemcp/core/plans";
import type pg from "pg";
import { STATE_CODES } from "../codes.ts";

const ms = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::float8`;

/** An endpoint with a target, or whose budget burned a moment ago, and what its owner pays for. */
export interface BurnInput {
  readonly endpointId: string;
  readonly tenantId: string;
  readonly name: string;
  readonly slug: string;
  readonly workspaceSlug: string;
  readonly plan: PlanName;
  /** Null: paused, or it has no target any more. */
  readonly sloTarget: number | null;
  readonly before: { readonly pace: BurnPace; readonly sinceMs: number; readonly heldAtMs: number } | null;
  readonly counts: Readonly<Record<BurnWindow, BurnCount>>;
}

const HOUR_MS = 3_600_000;

/**
 * The next endpoints after an id. The short windows are summed from the verdict-minutes of the last hour; six hours and
 * three days from whole hours before this one plus those minutes, which makes them up to an hour longer or shorter.
 */
export async function listBurnInputs(
  pool: pg.Pool,
  input: { readonly nowMs: number; readonly afterId: string; readonly limit: number },
): Promise<readonly BurnInput[]> {
  const minutes = (window: BurnWindow) => {
    const since = `m.minute_at >= $1::timestamptz - interval '${BURN_WINDOW_MS[window] / 60_000} minutes'`;
    return `'${window}', jsonb_build_object(
      'counted', coalesce(sum(m.covers_minutes) FILTER (WHERE ${since} AND m.state <> ${STATE_CODES.unknown}), 0),
      'bad', coalesce(sum(m.covers_minutes) FILTER (WHERE ${since} AND m.state = ${STATE_CODES.down}), 0))`;
  };
  const hours = (window: BurnWindow) => {
    const since = `h.hour_at >= $2::timestamptz - interval '${BURN_WINDOW_MS[window] / HOUR_MS} hours'`;
    return `'${window}', jsonb_build_object(
      'counted', coalesce(sum(h.up_minutes + h.degraded_minutes + h.down_minutes + h.auth_walled_minutes)
        FILTER (WHERE ${since}), 0), 'bad', coalesce(sum(h.down_minutes) FILTER (WHERE ${since}), 0))`;
  };
  const { rows } = await pool.query<BurnInput>(
    `SELECT e.id AS "endpointId", e.tenant_id AS "tenantId", e.name, e.slug, w.slug AS "workspaceSlug", w.plan,
       CASE WHEN e.paused_at IS NULL AND w.suspended_at IS NULL THEN e.slo_target END AS "sloTarget",
       CASE WHEN b.endpoint_id IS NOT NULL THEN json_build_object('pace', b.pace, 'sinceMs', ${ms("b.since")},
         'heldAtMs', ${ms("b.held_at")}) END AS before,
       m.counts || h.counts AS counts
     FROM endpoints e JOIN tenants w ON w.id = e.tenant_id LEFT JOIN burn_rate b ON b.endpoint_id = e.id
     CROSS JOIN LATERAL (
       SELECT jsonb_build_object(${BURN_WINDOWS.filter((window) => BURN_WINDOW_MS[window] <= HOUR_MS)
         .map(minutes)
         .join(", ")}) AS counts
       FROM probe_minute m WHERE m.endpoint_number = e.number AND m.minute_at >= $1::timestamptz - interval '1 hour'
         AND m.minute_at <= $1) m
     CROSS JOIN LATERAL (
       SELECT jsonb_build_object(${BURN_WINDOWS.filter((window) => BURN_WINDOW_MS[window] > HOUR_MS)
         .map(hours)
         .join(", ")}) AS counts
       FROM probe_hour h WHERE h.endpoint_number = e.number AND h.hour_at >= $2::timestamptz - interval '72 hours') h
     WHERE (e.slo_target IS NOT NULL OR b.endpoint_id IS NOT NULL) AND e.id > $3 ORDER BY e.id LIMIT $4`,
    [new Date(input.nowMs), new Date(input.nowMs - (input.nowMs % HOUR_MS)), input.afterId, input.limit],
  );
  return rows;
}

/** Writes how an endpoint's budget burns now; null: not too fast. */
export async function saveBurnRate(
  client: pg.ClientBase,
  input: { readonly endpointId: string; readonly next: BurnInput["before"] },
): Promise<void> {
  const { endpointId, next } = input;
  if (next === null) {
    await client.query("DELETE FROM burn_rate WHERE endpoint_id = $1", [endpointId]);
    return;
  }
  await client.query(
    `INSERT INTO burn_rate (endpoint_id, pace, since, held_at) SELECT id, $2, $3, $4 FROM endpoints WHERE id = $1
     ON CONFLICT (endpoint_id) DO UPDATE SET pace = excluded.pace, since = excluded.since, held_at = excluded.held_at`,
    [endpointId, next.pace, new Date(next.sinceMs), new Date(next.heldAtMs)],
  );
}
