/** Endpoints in requests and answers of the API. */
import type { WatchedReading } from "@alivemcp/actions/watched/watched-reading";
import { TOOL_NAME_CHARS_MAX } from "@alivemcp/core/endpoint-options";
import { healthAssertionSchema } from "@alivemcp/core/health-assertion";
import { floorPercent } from "@alivemcp/core/public-embed";
import { FAILURE_REASONS, PROBE_STATES, PUBLIC_STATES, TRANSPORTS } from "@alivemcp/core/states";
import type { EndpointRow } from "@alivemcp/db/queries/endpoints";
import { z } from "@hono/zod-openapi";

const percent = z.number().min(0).max(100).nullable();

const fields = {
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  url: z.string().describe("Of a followed endpoint without its query."),
  transport: z.enum(TRANSPORTS),
  visibility: z.enum(["public", "unlisted", "private"]),
  standing: z
    .enum(["unclaimed", "added", "claimed"])
    .describe("`added`: yours, not proven; `claimed`: proven; `unclaimed`: nobody's, you follow it."),
  is_followed: z
    .boolean()
    .describe("True: another owner's, or nobody's; you see its history and cannot change it."),
  cadence_s: z.int().describe("Seconds between probes."),
  regions: z.array(z.string()).describe("Empty: every region."),
  tags: z.array(z.string()),
  group: z.string().nullable(),
  is_paused: z.boolean(),
  created_at: z.iso.datetime(),
  state: z
    .enum(PUBLIC_STATES)
    .describe("What was confirmed; before anything is, what the latest minute said."),
  auth_required: z.boolean().describe("It is live behind a login wall."),
  is_stale: z.boolean().describe("The state is the last we knew, not the present one."),
  is_confirming: z.boolean().describe("The regions are looking again right now."),
  state_since: z.iso.datetime().nullable(),
  raw_state: z.enum(PROBE_STATES).nullable().describe("The latest minute, unconfirmed."),
  failure_reason: z.enum(FAILURE_REASONS).nullable(),
  last_probe_at: z.iso.datetime().nullable(),
  uptime_24h_pct: percent.describe("Floored, as every percentage; null: nothing was measured."),
  uptime_30d_pct: percent,
  p95_latency_ms_24h: z.int().nullable(),
  open_drift: z
    .strictObject({ count: z.int(), is_breaking: z.boolean() })
    .describe("Changes of the tools that nobody accepted yet."),
  status_page_url: z.url(),
  badge_url: z.url(),
};

/** In lists. */
export const endpointSchema = z.strictObject(fields).openapi("Endpoint");

const assertions = z.array(healthAssertionSchema).optional();

const settingsSchema = z
  .strictObject({
    confirmation_period_s: z.int().describe("From the first failing probe to the second look."),
    health: z
      .discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("never") }),
        z.strictObject({ kind: z.literal("auto"), assertions }),
        z.strictObject({
          kind: z.literal("named"),
          tool: z.string().max(TOOL_NAME_CHARS_MAX),
          arguments: z.record(z.string(), z.unknown()),
          is_read_only_confirmed: z.boolean(),
          assertions,
        }),
      ])
      .describe("The tool that is called with every probe."),
    health_urls: z.array(
      z.strictObject({ url: z.url(), every_minutes: z.int(), is_status_checked: z.boolean() }),
    ),
    expected_tools: z.array(z.string()),
    latency_degraded_ms: z.int(),
    degraded_after_minutes: z.int(),
    degraded_cleared_after_minutes: z.int(),
    runbook_url: z.url().nullable(),
    slo_target: z
      .number()
      .nullable()
      .describe("Ratio of minutes that are to be good; burn-rate alerts (Team and Enterprise) follow it."),
  })
  .openapi("EndpointSettings");

const ownFields = {
  ...fields,
  settings: settingsSchema.nullable().describe("Null for a followed endpoint."),
};

/** One endpoint. */
export const endpointDetailSchema = z.strictObject(ownFields).openapi("EndpointDetail");

/** One that was just registered, changed or resumed. */
export const endpointProbedSchema = z
  .strictObject({
    ...ownFields,
    is_probe_requested: z.boolean().describe("All its regions were asked to probe it now."),
  })
  .openapi("ProbedEndpoint");

export type EndpointJson = z.infer<typeof endpointSchema>;

const instant = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString());

/** An endpoint that the caller's workspace watches, with what is true of it now. */
export function endpointJson(
  { endpoint, status, committedSinceMs, latest, isConfirming, windows }: WatchedReading,
  publicUrl: string,
): EndpointJson {
  return {
    id: endpoint.id,
    slug: endpoint.slug,
    name: endpoint.name,
    url: endpoint.url,
    transport: endpoint.transport,
    visibility: endpoint.visibility,
    standing: endpoint.standing,
    is_followed: endpoint.isFollowed,
    cadence_s: endpoint.cadenceMs / 1_000,
    regions: [...endpoint.regions],
    tags: [...endpoint.tags],
    group: endpoint.group,
    is_paused: endpoint.pausedAtMs !== null,
    created_at: new Date(endpoint.createdAtMs).toISOString(),
    state: status.state,
    auth_required: status.isAuthRequired,
    is_stale: status.isStale,
    is_confirming: isConfirming,
    state_since: instant(committedSinceMs),
    raw_state: latest?.state ?? null,
    failure_reason: status.reason,
    last_probe_at: instant(latest?.atMs ?? null),
    uptime_24h_pct: floorPercent(windows.uptime["24h"]),
    uptime_30d_pct: floorPercent(windows.uptime["30d"]),
    p95_latency_ms_24h: windows.latencyMsP95Of24h === null ? null : Math.round(windows.latencyMsP95Of24h),
    open_drift: { count: endpoint.openDrift.count, is_breaking: endpoint.openDrift.isBreaking },
    status_page_url: new URL(`/status/${endpoint.slug}`, publicUrl).href,
    badge_url: new URL(`/badge/${endpoint.slug}.svg`, publicUrl).href,
  };
}

/** The same with its settings, where the workspace owns it. */
export function endpointDetailJson(
  { reading, own }: { readonly reading: WatchedReading; readonly own: EndpointRow | null },
  publicUrl: string,
): z.infer<typeof endpointDetailSchema> {
  return { ...endpointJson(reading, publicUrl), settings: own && settingsJson(own) };
}

function settingsJson(row: EndpointRow): z.infer<typeof settingsSchema> {
  return {
    confirmation_period_s: row.confirmationPeriodMs / 1_000,
    health: healthJson(row.health),
    health_urls: row.healthUrls.map(({ url, everyMinutes, isStatusChecked }) => ({
      url,
      every_minutes: everyMinutes,
      is_status_checked: isStatusChecked,
    })),
    expected_tools: row.expectedTools,
    latency_degraded_ms: row.latencyDegradedMs,
    degraded_after_minutes: row.degradedAfterMinutes,
    degraded_cleared_after_minutes: row.degradedClearedAfterMinutes,
    runbook_url: row.runbookUrl,
    slo_target: row.sloTarget,
  };
}

function healthJson(health: EndpointRow["health"]): z.infer<typeof settingsSchema>["health"] {
  if (health.kind !== "named") {
    return health;
  }
  const { isReadOnlyConfirmed, ...rest } = health;
  return { ...rest, is_read_only_confirmed: isReadOnlyConfirmed };
}
