import type { EndpointPlan } from "@alivemcp/core/endpoint-plan";

let count = 0;

/** A claimed endpoint of the default tenant on a host and domain of its own, but for what the test says. */
export function endpointPlan(change: Partial<EndpointPlan> = {}): EndpointPlan {
  count += 1;
  const id = `5bcd9d0e-6c3b-4d0f-9c70-${String(count).padStart(12, "0")}`;
  const host = change.host ?? `mcp.e${count}.example`;
  return {
    id,
    tenantId: "00000000-0000-4000-8000-000000000002",
    configVersion: 1,
    url: `https://${host}/mcp`,
    normalizedUrl: `https://${host}/mcp`,
    host,
    registrableDomain: `e${count}.example`,
    transport: "auto",
    isUnclaimed: false,
    isFollowed: false,
    isDemo: false,
    cadenceS: 60,
    regions: [],
    confirmationPeriodMs: 30_000,
    health: { kind: "auto" },
    healthUrls: [],
    expectedTools: [],
    latencyDegradedMs: 5_000,
    degradedAfterMinutes: 3,
    degradedClearedAfterMinutes: 2,
    credentialVersion: null,
    retentionClass: "team",
    remembered: null,
    baselineFullHash: null,
    regionFullHashes: {},
    isToolListEmptyAtBaseline: false,
    isSlow: false,
    deadSinceMs: null,
    retryAfterUntilMs: null,
    healthUrlFailedAtMs: null,
    capabilitiesListedAtMs: null,
    ...change,
  };
}
