/** Pages of the past of one endpoint that the tenant owns or follows, newest first; anybody else's has no rows. */
import type { FailureReason, ProbeState } from "@alivemcp/core/states";
import { type SQL, sql } from "drizzle-orm/sql";
import { reasonOfCode, stateOfCode } from "../codes.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";
import type { DriftEventRow } from "./drift-events.ts";
import type { DayRow, TransitionRow } from "./endpoint-history.ts";

const ms = (column: string): SQL => sql.raw(`(extract(epoch FROM ${column}) * 1000)::float8`);
const at = (atMs: number): SQL => sql`${new Date(atMs).toISOString()}::timestamptz`;

export interface MinuteEntry {
  readonly minuteAtMs: number;
  readonly state: ProbeState;
  readonly reason: FailureReason | null;
  readonly latencyMs: number | null;
  /** How many minutes it stands for: the cadence. */
  readonly coversMinutes: number;
}

/** Verdict-minutes of `[fromMs, beforeMs)`. Reads the partitions of that time only. */
export async function pageMinutes(
  _scope: TenantScope,
  tx: Tx,
  page: {
    readonly endpointNumber: number;
    readonly fromMs: number;
    readonly beforeMs: number;
    readonly limit: number;
  },
): Promise<MinuteEntry[]> {
  const { rows } = await tx.execute(sql`
    SELECT ${ms("minute_at")} AS at, state, reason, latency_ms, covers_minutes FROM probe_minute
    WHERE endpoint_number = ${page.endpointNumber} AND minute_at >= ${at(page.fromMs)}
      AND minute_at < ${at(page.beforeMs)}
    ORDER BY minute_at DESC LIMIT ${page.limit}`);
  const typed = rows as unknown as {
    at: number;
    state: number;
    reason: number | null;
    latency_ms: number | null;
    covers_minutes: number;
  }[];
  return typed.map((row) => ({
    minuteAtMs: row.at,
    state: stateOfCode(row.state),
    reason: row.reason === null ? null : reasonOfCode(row.reason),
    latencyMs: row.latency_ms,
    coversMinutes: row.covers_minutes,
  }));
}

/** UTC days older than `beforeDay` (`2026-11-20`); days without a row are missing. Leans on the key of `probe_day`. */
export async function pageDays(
  _scope: TenantScope,
  tx: Tx,
  page: { readonly endpointNumber: number; readonly beforeDay: string | null; readonly limit: number },
): Promise<DayRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT to_char(day, 'YYYY-MM-DD') AS day, up_minutes AS "upMinutes", degraded_minutes AS "degradedMinutes",
      down_minutes AS "downMinutes", auth_walled_minutes AS "authWalledMinutes", unknown_minutes AS "unknownMinutes",
      maintenance_minutes AS "maintenanceMinutes", to_jsonb(latency_histogram) AS "latencyHistogram"
    FROM probe_day
    WHERE endpoint_number = ${page.endpointNumber} AND day < coalesce(${page.beforeDay}::date, 'infinity')
    ORDER BY day DESC LIMIT ${page.limit}`);
  return rows as unknown as DayRow[];
}

export interface TransitionEntry extends TransitionRow {
  readonly id: string;
}

/** Changes of the committed state and its flags. Leans on `transition_newest`. */
export async function pageTransitions(
  _scope: TenantScope,
  tx: Tx,
  page: {
    readonly endpointId: string;
    /** Id of the last row of the page before. */
    readonly beforeId: string | null;
    readonly limit: number;
  },
): Promise<TransitionEntry[]> {
  const { rows } = await tx.execute(sql`
    SELECT id::text, ${ms("at")} AS "atMs", from_state AS "from", to_state AS "to", reason, facts FROM transition
    WHERE endpoint_id = ${page.endpointId} AND (
      ${page.beforeId}::bigint IS NULL
      OR (at, id) < (SELECT t.at, t.id FROM transition t WHERE t.id = ${page.beforeId}::bigint))
    ORDER BY at DESC, id DESC LIMIT ${page.limit}`);
  return rows as unknown as TransitionEntry[];
}

/** Changes of the tools. Leans on `drift_event_newest`. */
export async function pageDriftEvents(
  _scope: TenantScope,
  tx: Tx,
  page: {
    readonly endpointId: string;
    /** Id of the last row of the page before. */
    readonly beforeId: string | null;
    readonly limit: number;
  },
): Promise<DriftEventRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT id, region, ${ms("at")} AS "atMs", kind, is_breaking AS "isBreaking", is_suspicious AS "isSuspicious",
      ${ms("accepted_at")} AS "acceptedAtMs", accepted_by AS "acceptedBy", from_full_hash AS "fromFullHash",
      to_full_hash AS "toFullHash", changes
    FROM drift_event WHERE endpoint_id = ${page.endpointId} AND (
      ${page.beforeId}::uuid IS NULL
      OR (at, id) < (SELECT d.at, d.id FROM drift_event d WHERE d.id = ${page.beforeId}::uuid))
    ORDER BY at DESC, id DESC LIMIT ${page.limit}`);
  return rows as unknown as DriftEventRow[];
}
