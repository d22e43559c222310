/** The past of one endpoint that the tenant owns or follows; anybody else's has no rows. */
import type { LatencyHistogram } from "@alivemcp/core/latency-histogram";
import type { FailureLayer, FailureReason, ProbeState } from "@alivemcp/core/states";
import { type SQL, sql } from "drizzle-orm/sql";
import { reasonOfCode, stateOfCode } from "../codes.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

const ms = (column: string): SQL => sql.raw(`(extract(epoch FROM ${column}) * 1000)::float8`);
const at = (atMs: number): SQL => sql`${new Date(atMs).toISOString()}::timestamptz`;

export interface DayRow {
  /** `2026-11-20`, UTC. */
  readonly day: string;
  readonly upMinutes: number;
  readonly degradedMinutes: number;
  readonly downMinutes: number;
  readonly authWalledMinutes: number;
  readonly unknownMinutes: number;
  readonly maintenanceMinutes: number;
  readonly latencyHistogram: LatencyHistogram;
}

/** Days from `fromMs` on, oldest first; days without a row are missing. Leans on the key of `probe_day`. */
export async function listDays(
  _scope: TenantScope,
  tx: Tx,
  input: { readonly endpointNumber: number; readonly fromMs: number },
): Promise<DayRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT to_char(day, 'YYYY-MM-DD') AS day, up_minutes AS "upMinutes", degraded_minutes AS "degradedMinutes",
      down_minutes AS "downMinutes", auth_walled_minutes AS "authWalledMinutes", unknown_minutes AS "unknownMinutes",
      maintenance_minutes AS "maintenanceMinutes", to_jsonb(latency_histogram) AS "latencyHistogram"
    FROM probe_day
    WHERE endpoint_number = ${input.endpointNumber} AND day >= (${at(input.fromMs)} AT TIME ZONE 'UTC')::date
    ORDER BY day LIMIT 400`);
  return rows as unknown as DayRow[];
}

export interface MinuteRow {
  readonly minuteAtMs: number;
  readonly state: ProbeState;
  readonly reason: FailureReason | null;
  readonly latencyMs: number | null;
}

/** Verdict-minutes from `fromMs` on, oldest first, at most 11,000: a week of minutes. Reads the leaves of that time only. */
export async function listMinutes(
  _scope: TenantScope,
  tx: Tx,
  input: { readonly endpointNumber: number; readonly fromMs: number },
): Promise<MinuteRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT ${ms("minute_at")} AS at, state, reason, latency_ms FROM probe_minute
    WHERE endpoint_number = ${input.endpointNumber} AND minute_at >= ${at(input.fromMs)}
    ORDER BY minute_at LIMIT 11000`);
  const typed = rows as unknown as {
    at: number;
    state: number;
    reason: number | null;
    latency_ms: number | null;
  }[];
  return typed.map((row) => ({
    minuteAtMs: row.at,
    state: stateOfCode(row.state),
    reason: row.reason === null ? null : reasonOfCode(row.reason),
    latencyMs: row.latency_ms,
  }));
}

export interface SpanRow {
  readonly fromMs: number;
  /** Null while it lasts. */
  readonly toMs: number | null;
}

/** Committed outages that reach into the time from `fromMs` on, oldest first. */
export async function listOutages(
  _scope: TenantScope,
  tx: Tx,
  input: { readonly endpointId: string; readonly fromMs: number },
): Promise<SpanRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT ${ms("from_at")} AS "fromMs", ${ms("to_at")} AS "toMs" FROM state_span
    WHERE endpoint_id = ${input.endpointId} AND state = 'down' AND (to_at IS NULL OR to_at >= ${at(input.fromMs)})
    ORDER BY from_at LIMIT 1000`);
  return rows as unknown as SpanRow[];
}

export interface TransitionRow {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Changes of the committed state and its flags, newest first. Leans on `transition_newest`. */
export async function listTransitions(
  _scope: TenantScope,
  tx: Tx,
  input: { readonly endpointId: string; readonly limit: number },
): Promise<TransitionRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT ${ms("at")} AS "atMs", from_state AS "from", to_state AS "to", reason, facts FROM transition
    WHERE endpoint_id = ${input.endpointId} ORDER BY at DESC, id DESC LIMIT ${input.limit}`);
  return rows as unknown as TransitionRow[];
}

export interface EvidenceRow {
  readonly minuteAtMs: number;
  readonly observedAtMs: number;
  readonly region: string;
  readonly state: ProbeState;
  readonly reason: FailureReason | null;
  readonly layer: FailureLayer | null;
  readonly detail: string | null;
  /** As the archiver stored them: `probeStepSchema` of core, to be read with care. */
  readonly steps: readonly unknown[];
  /** Redacted before it left the prober, at most 500 characters. */
  readonly excerpt: string | null;
}

/**
 * Region results that failed, newest first, older than `beforeMs` and not older than `fromMs`: the bound keeps the look
 * at few partitions when there was no failure for long.
 */
export async function listEvidence(
  _scope: TenantScope,
  tx: Tx,
  input: {
    readonly endpointNumber: number;
    readonly fromMs: number;
    readonly beforeMs: number;
    readonly limit: number;
  },
): Promise<EvidenceRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT ${ms("minute_at")} AS "minuteAtMs", ${ms("observed_at")} AS "observedAtMs", region, state, reason, layer,
      detail, steps, excerpt
    FROM probe_evidence
    WHERE endpoint_number = ${input.endpointNumber} AND minute_at >= ${at(input.fromMs)}
      AND minute_at < ${at(input.beforeMs)}
    ORDER BY minute_at DESC, region LIMIT ${input.limit}`);
  return rows as unknown as EvidenceRow[];
}

export interface LatencyBucketRow {
  readonly fromMs: number;
  readonly medianMs: number;
  readonly slowestMs: number;
}

/**
 * Response times from `fromMs` on, oldest first, summed up in Postgres; buckets without a measured minute are missing.
 * Buckets begin at whole multiples of their width since the epoch.
 */
export async function listLatencyBuckets(
  _scope: TenantScope,
  tx: Tx,
  input: { readonly endpointNumber: number; readonly fromMs: number; readonly bucketMs: number },
): Promise<LatencyBucketRow[]> {
  const width = sql.raw(`interval '${Math.round(input.bucketMs / 1_000)} seconds'`);
  const { rows } = await tx.execute(sql`
    SELECT ${ms("b.bucket_at")} AS "fromMs", b.median AS "medianMs", b.slowest AS "slowestMs" FROM (
      SELECT date_bin(${width}, minute_at, timestamptz 'epoch') AS bucket_at,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY latency_ms) AS median, max(latency_ms) AS slowest
      FROM probe_minute
      WHERE endpoint_number = ${input.endpointNumber} AND minute_at >= ${at(input.fromMs)} AND latency_ms IS NOT NULL
      GROUP BY bucket_at
    ) b ORDER BY b.bucket_at`);
  return rows as unknown as LatencyBucketRow[];
}
