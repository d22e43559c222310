import type { EndpointPlan } from "@alivemcp/core/endpoint-plan";
import type { HealthOptions } from "@alivemcp/core/health-options";
import type { HealthUrl } from "@alivemcp/core/health-url";
import type { RetentionClass } from "@alivemcp/core/plans";
import type { Era, Transport } from "@alivemcp/core/states";

/**
 * Condition on `e` (endpoints): it is to be probed. Its owner did not pause it, and the workspace is neither suspended
 * nor on its way out.
 */
export const IS_WATCHED = `(e.paused_at IS NULL AND NOT EXISTS (
    SELECT FROM tenants t WHERE t.id = e.tenant_id AND (t.suspended_at IS NOT NULL OR t.deletion_due_at IS NOT NULL)))`;

/** The select that fills an `EndpointPlan`; append conditions on `e` (endpoints). Reads only what its role may see. */
export const SELECT_ENDPOINT_PLAN = `
  SELECT e.id, e.tenant_id, e.config_version, e.url, e.normalized_url, e.host, e.registrable_domain, e.transport, e.standing, e.is_demo,
    e.regions, e.confirmation_period_ms, e.health, e.health_urls, e.expected_tools, e.latency_degraded_ms,
    e.degraded_after_minutes, e.degraded_cleared_after_minutes, e.retention_class, ${IS_WATCHED} AS is_watched,
    least(e.cadence_s, f.cadence_s) AS cadence_s, f.cadence_s IS NOT NULL AS is_followed,
    m.era, m.transport AS detected_transport, m.protocol_version, m.baseline_full_hash,
    coalesce(m.is_tool_list_empty_at_baseline, false) AS is_tool_list_empty_at_baseline,
    coalesce(m.is_slow, false) AS is_slow, m.dead_since, m.retry_after_until, m.health_url_failed_at, m.capabilities_listed_at, r.full_hashes,
    cr.version AS credential_version
  FROM endpoints e
  LEFT JOIN endpoint_memory m ON m.endpoint_id = e.id
  LEFT JOIN endpoint_credential cr ON cr.endpoint_id = e.id
  LEFT JOIN LATERAL (
    SELECT min(w.cadence_s) AS cadence_s FROM follow w JOIN tenants t ON t.id = w.tenant_id
    WHERE w.endpoint_id = e.id AND w.paused_at IS NULL AND t.suspended_at IS NULL AND t.deletion_due_at IS NULL
  ) f ON true
  LEFT JOIN LATERAL (
    SELECT jsonb_object_agg(region, full_hash) AS full_hashes FROM endpoint_region_tool_list WHERE endpoint_id = e.id
  ) r ON true`;

/** Of a pool a `Date`; a statement through drizzle leaves it as Postgres wrote it. */
type Instant = Date | string;

const msOf = (instant: Instant | null): number | null =>
  instant === null ? null : new Date(instant).getTime();

export interface EndpointPlanRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly config_version: number;
  readonly url: string;
  readonly normalized_url: string;
  readonly host: string;
  readonly registrable_domain: string;
  readonly transport: Transport;
  readonly standing: "unclaimed" | "added" | "claimed";
  readonly is_demo: boolean;
  readonly regions: readonly string[];
  readonly confirmation_period_ms: number;
  readonly health: HealthOptions;
  readonly health_urls: readonly HealthUrl[];
  readonly expected_tools: readonly string[];
  readonly latency_degraded_ms: number;
  readonly degraded_after_minutes: number;
  readonly degraded_cleared_after_minutes: number;
  readonly retention_class: RetentionClass;
  readonly is_watched: boolean;
  readonly cadence_s: number;
  readonly is_followed: boolean;
  readonly era: Era | null;
  readonly detected_transport: "http" | "sse" | null;
  readonly protocol_version: string | null;
  readonly baseline_full_hash: string | null;
  readonly is_tool_list_empty_at_baseline: boolean;
  readonly is_slow: boolean;
  readonly dead_since: Instant | null;
  readonly retry_after_until: Instant | null;
  readonly health_url_failed_at: Instant | null;
  readonly capabilities_listed_at: Instant | null;
  readonly full_hashes: Readonly<Record<string, string>> | null;
  readonly credential_version: number | null;
}

const NO_HASHES: Readonly<Record<string, string>> = {};

export function endpointPlanOfRow(row: EndpointPlanRow): EndpointPlan {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    configVersion: row.config_version,
    url: row.url,
    normalizedUrl: row.normalized_url,
    host: row.host,
    registrableDomain: row.registrable_domain,
    transport: row.transport,
    isUnclaimed: row.standing === "unclaimed",
    isFollowed: row.is_followed,
    isDemo: row.is_demo,
    cadenceS: row.cadence_s,
    regions: row.regions,
    confirmationPeriodMs: row.confirmation_period_ms,
    health: row.health,
    healthUrls: row.health_urls,
    expectedTools: row.expected_tools,
    latencyDegradedMs: row.latency_degraded_ms,
    degradedAfterMinutes: row.degraded_after_minutes,
    degradedClearedAfterMinutes: row.degraded_cleared_after_minutes,
    credentialVersion: row.credential_version,
    retentionClass: row.retention_class,
    remembered: rememberedOfRow(row),
    baselineFullHash: row.baseline_full_hash,
    regionFullHashes: row.full_hashes ?? NO_HASHES,
    isToolListEmptyAtBaseline: row.is_tool_list_empty_at_baseline,
    isSlow: row.is_slow,
    deadSinceMs: msOf(row.dead_since),
    retryAfterUntilMs: msOf(row.retry_after_until),
    healthUrlFailedAtMs: msOf(row.health_url_failed_at),
    capabilitiesListedAtMs: msOf(row.capabilities_listed_at),
  };
}

function rememberedOfRow(row: EndpointPlanRow): EndpointPlan["remembered"] {
  const { era, detected_transport: transport, protocol_version: protocolVersion } = row;
  return era && transport && protocolVersion ? { era, transport, protocolVersion } : null;
}
