/** The past of an endpoint as the API gives it. */
import type { RegionReading } from "@alivemcp/actions/watched/region-readings";
import type { WatchedReading } from "@alivemcp/actions/watched/watched-reading";
import { WINDOW_NAMES } from "@alivemcp/core/endpoint-windows";
import { latencyQuantileMs } from "@alivemcp/core/latency-histogram";
import { floorPercent } from "@alivemcp/core/public-embed";
import { ERAS, FAILURE_LAYERS, FAILURE_REASONS, PROBE_STATES } from "@alivemcp/core/states";
import { uptimePercent } from "@alivemcp/core/uptime";
import type { DayRow } from "@alivemcp/db/queries/endpoint-history";
import type { MinuteEntry, TransitionEntry } from "@alivemcp/db/queries/endpoint-pages";
import { z } from "@hono/zod-openapi";

const percent = z.number().min(0).max(100).nullable();
const latencyMs = z.int().nonnegative().nullable();
const count = z.int().nonnegative();
const reason = z.enum(FAILURE_REASONS).nullable();
const instant = (atMs: number) => new Date(atMs).toISOString();
const rounded = (value: number | null) => (value === null ? null : Math.round(value));

export const minuteSchema = z
  .strictObject({
    minute_at: z.iso.datetime(),
    state: z.enum(PROBE_STATES),
    failure_reason: reason,
    latency_ms: latencyMs.describe("Median over the regions."),
    covers_minutes: count.describe("How many minutes it stands for: the cadence."),
  })
  .openapi("Minute");

export const minuteJson = (row: MinuteEntry): z.infer<typeof minuteSchema> => ({
  minute_at: instant(row.minuteAtMs),
  state: row.state,
  failure_reason: row.reason,
  latency_ms: rounded(row.latencyMs),
  covers_minutes: row.coversMinutes,
});

export const daySchema = z
  .strictObject({
    day: z.iso.date().describe("UTC."),
    up_minutes: count,
    degraded_minutes: count,
    down_minutes: count,
    auth_walled_minutes: count,
    unknown_minutes: count.describe("Our own fault; they count neither for nor against it."),
    maintenance_minutes: count,
    uptime_pct: percent,
    p50_latency_ms: latencyMs,
    p95_latency_ms: latencyMs,
  })
  .openapi("Day");

export const dayJson = (row: DayRow): z.infer<typeof daySchema> => ({
  day: row.day,
  up_minutes: row.upMinutes,
  degraded_minutes: row.degradedMinutes,
  down_minutes: row.downMinutes,
  auth_walled_minutes: row.authWalledMinutes,
  unknown_minutes: row.unknownMinutes,
  maintenance_minutes: row.maintenanceMinutes,
  uptime_pct: uptimePercent({
    up: row.upMinutes,
    degraded: row.degradedMinutes,
    down: row.downMinutes,
    authWalled: row.authWalledMinutes,
    unknown: row.unknownMinutes,
    maintenance: row.maintenanceMinutes,
  }),
  p50_latency_ms: latencyQuantileMs(row.latencyHistogram, 0.5),
  p95_latency_ms: latencyQuantileMs(row.latencyHistogram, 0.95),
});

export const uptimeSchema = z
  .strictObject({
    windows: z.strictObject({ "24h": percent, "7d": percent, "30d": percent, "90d": percent }),
    auth_walled_share_30d_pct: percent.describe(
      "Time behind a login wall; it counts as up and is told apart.",
    ),
    p50_latency_ms_24h: latencyMs,
    p95_latency_ms_24h: latencyMs,
    first_watched_at: z.iso.datetime().describe("Windows that reach further back begin here."),
    is_stale: z.boolean(),
  })
  .openapi("Uptime");

export function uptimeJson({ endpoint, status, windows }: WatchedReading): z.infer<typeof uptimeSchema> {
  const percents = WINDOW_NAMES.map((name) => [name, floorPercent(windows.uptime[name])]);
  return {
    windows: Object.fromEntries(percents),
    auth_walled_share_30d_pct: floorPercent(windows.authWalledShare30d),
    p50_latency_ms_24h: rounded(windows.latencyMsP50Of24h),
    p95_latency_ms_24h: rounded(windows.latencyMsP95Of24h),
    first_watched_at: instant(endpoint.firstWatchedAtMs),
    is_stale: status.isStale,
  };
}

export const transitionSchema = z
  .strictObject({
    id: z.string(),
    at: z.iso.datetime(),
    from: z.string(),
    to: z.string(),
    reason: z.string().describe("Why it was decided; a word of ours."),
  })
  .openapi("Transition");

export const transitionJson = (row: TransitionEntry): z.infer<typeof transitionSchema> => ({
  id: row.id,
  at: instant(row.atMs),
  from: row.from,
  to: row.to,
  reason: row.reason,
});

const stepSchema = z
  .strictObject({
    step: z.string(),
    ok: z.boolean(),
    ms: z.number().nullable(),
    detail: z.string().nullable(),
  })
  .openapi("ProbeStep");

export const findingSchema = z
  .strictObject({
    region: z.string(),
    is_watching: z
      .boolean()
      .describe("False: no worker of the region is alive, or it has no connectivity itself."),
    state: z.enum(PROBE_STATES).nullable().describe("Null: it has not looked yet."),
    failure_reason: reason,
    failure_layer: z.enum(FAILURE_LAYERS).nullable(),
    failure_detail: z.string().nullable(),
    observed_at: z.iso.datetime().nullable(),
    latency_ms: latencyMs,
    era: z.enum(ERAS).nullable(),
    protocol_version: z.string().nullable(),
    transport: z.enum(["http", "sse"]).nullable(),
    tools_count: count.nullable(),
    full_hash: z.string().nullable().describe("Names the tool list that was served."),
    lints: z.array(z.string()),
    steps: z.array(stepSchema).describe("In order; none for an endpoint that you follow."),
    excerpt: z.string().nullable().describe("Redacted, of what it answered; failures only."),
  })
  .openapi("Finding");

export function findingJson({ id, isWatching, vote, finding }: RegionReading): z.infer<typeof findingSchema> {
  const observedAtMs = finding?.observedAtMs ?? vote?.observedAtMs ?? null;
  return {
    region: id,
    is_watching: isWatching,
    state: finding?.state ?? vote?.state ?? null,
    failure_reason: finding?.reason ?? vote?.reason ?? null,
    failure_layer: finding?.layer ?? null,
    failure_detail: finding?.detail ?? null,
    observed_at: observedAtMs === null ? null : instant(observedAtMs),
    latency_ms: rounded(finding?.latencyMs ?? vote?.latencyMs ?? null),
    era: finding?.era ?? null,
    protocol_version: finding?.protocolVersion ?? null,
    transport: finding?.transport ?? null,
    tools_count: finding?.toolsCount ?? null,
    full_hash: finding?.fullHash ?? null,
    lints: finding?.lints ?? [],
    steps: (finding?.steps ?? []).map(({ step, ok, ms, detail }) => ({ step, ok, ms, detail })),
    excerpt: finding?.evidence ?? null,
  };
}
