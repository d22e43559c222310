import type { EndpointPlan } from "../src/endpoint-plan.ts";

/** A claimed endpoint that was never probed, with every option at its default but for what the test says. */
export function endpointPlan(change: Partial<EndpointPlan> = {}): EndpointPlan {
  return {
    id: "5bcd9d0e-6c3b-4d0f-9c70-6a5f4c2a1e11",
    tenantId: "00000000-0000-4000-8000-000000000002",
    configVersion: 1,
    url: "https://mcp.example.com/mcp",
    normalizedUrl: "https://mcp.example.com/mcp",
    host: "mcp.example.com",
    registrableDomain: "example.com",
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
