/** The past of one endpoint for its status page. Runs as `reader`: `public_*` views only. */
import type { FailureReason, ProbeState } from "@alivemcp/core/states";
import type pg from "pg";
import { reasonOfCode, stateOfCode } from "../codes.ts";

export interface PublicDay {
  /** `2026-11-20`, UTC. */
  readonly day: string;
  readonly upMinutes: number;
  readonly degradedMinutes: number;
  readonly downMinutes: number;
  readonly authWalledMinutes: number;
  readonly unknownMinutes: number;
  readonly maintenanceMinutes: number;
}

/** Days from `fromMs` on, oldest first; days without a row are missing. Leans on the key of `probe_day`. */
export async function listPublicDays(
  pool: pg.Pool,
  endpointNumber: number,
  fromMs: number,
): Promise<PublicDay[]> {
  const { rows } = await pool.query<PublicDay>(
    `SELECT to_char(day, 'YYYY-MM-DD') AS day, up_minutes AS "upMinutes", degraded_minutes AS "degradedMinutes",
       down_minutes AS "downMinutes", auth_walled_minutes AS "authWalledMinutes",
       unknown_minutes AS "unknownMinutes", maintenance_minutes AS "maintenanceMinutes"
     FROM public_probe_day
     WHERE endpoint_number = $1 AND day >= ($2::timestamptz AT TIME ZONE 'UTC')::date
     ORDER BY day LIMIT 400`,
    [endpointNumber, new Date(fromMs)],
  );
  return rows;
}

export interface PublicMinute {
  readonly minuteAtMs: number;
  readonly state: ProbeState;
  readonly reason: FailureReason | null;
  readonly latencyMs: number | null;
  readonly coversMinutes: number;
}

/** Verdict-minutes from `fromMs` on, oldest first, at most 2,000. Reads the leaves of those days only. */
export async function listPublicMinutes(
  pool: pg.Pool,
  endpointNumber: number,
  fromMs: number,
): Promise<PublicMinute[]> {
  const { rows } = await pool.query<{
    minute_at: Date;
    state: number;
    reason: number | null;
    latency_ms: number | null;
    covers_minutes: number;
  }>(
    `SELECT minute_at, state, reason, latency_ms, covers_minutes FROM public_probe_minute
     WHERE endpoint_number = $1 AND minute_at >= $2 ORDER BY minute_at LIMIT 2000`,
    [endpointNumber, new Date(fromMs)],
  );
  return rows.map((row) => ({
    minuteAtMs: row.minute_at.getTime(),
    state: stateOfCode(row.state),
    reason: row.reason === null ? null : reasonOfCode(row.reason),
    latencyMs: row.latency_ms,
    coversMinutes: row.covers_minutes,
  }));
}

export interface PublicTransition {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Changes of the committed state and its flags, newest first. Leans on `transition_newest`. */
export async function listPublicTransitions(
  pool: pg.Pool,
  endpointId: string,
  limit: number,
): Promise<PublicTransition[]> {
  const { rows } = await pool.query<{
    at: Date;
    from_state: string;
    to_state: string;
    reason: string;
    facts: Readonly<Record<string, unknown>>;
  }>(
    `SELECT at, from_state, to_state, reason, facts FROM public_transition
     WHERE endpoint_id = $1 ORDER BY at DESC, id DESC LIMIT $2`,
    [endpointId, limit],
  );
  return rows.map((row) => ({
    atMs: row.at.getTime(),
    from: row.from_state,
    to: row.to_state,
    reason: row.reason,
    facts: row.facts,
  }));
}

export interface PublicSpan {
  readonly state: string;
  readonly fromMs: number;
  /** Null while it lasts. */
  readonly toMs: number | null;
}

/** Committed outages that reach into the time from `fromMs` on, oldest first. */
export async function listPublicOutages(
  pool: pg.Pool,
  endpointId: string,
  fromMs: number,
): Promise<PublicSpan[]> {
  const { rows } = await pool.query<{ state: string; from_at: Date; to_at: Date | null }>(
    `SELECT state, from_at, to_at FROM public_state_span
     WHERE endpoint_id = $1 AND state = 'down' AND (to_at IS NULL OR to_at >= $2) ORDER BY from_at LIMIT 1000`,
    [endpointId, new Date(fromMs)],
  );
  return rows.map((row) => ({
    state: row.state,
    fromMs: row.from_at.getTime(),
    toMs: row.to_at?.getTime() ?? null,
  }));
}

export interface PublicDriftEvent {
  readonly region: string | null;
  readonly atMs: number;
  readonly kind: "drift" | "inconsistent_replicas" | "inconsistent_regions" | "tool_list_emptied";
  readonly isBreaking: boolean;
  readonly isSuspicious: boolean;
  readonly isAccepted: boolean;
  /** Its owner had announced a release. */
  readonly isAnnounced: boolean;
  /** As the archiver stored them: a typed diff, to be read with care. */
  readonly changes: readonly unknown[];
}

/** Changes of the tool list, newest first. Leans on `drift_event_newest`. */
export async function listPublicDrift(
  pool: pg.Pool,
  endpointId: string,
  limit: number,
): Promise<PublicDriftEvent[]> {
  const { rows } = await pool.query<{
    region: string | null;
    at: Date;
    kind: PublicDriftEvent["kind"];
    is_breaking: boolean;
    is_suspicious: boolean;
    accepted_at: Date | null;
    is_announced: boolean;
    changes: readonly unknown[];
  }>(
    `SELECT region, at, kind, is_breaking, is_suspicious, accepted_at, is_announced, changes FROM public_drift_event
     WHERE endpoint_id = $1 ORDER BY at DESC LIMIT $2`,
    [endpointId, limit],
  );
  return rows.map((row) => ({
    region: row.region,
    atMs: row.at.getTime(),
    kind: row.kind,
    isBreaking: row.is_breaking,
    isSuspicious: row.is_suspicious,
    isAccepted: row.accepted_at !== null,
    isAnnounced: row.is_announced,
    changes: row.changes,
  }));
}
