import { type EndpointPlan, regionsOfEndpoint } from "@alivemcp/core/endpoint-plan";
import { type EndpointState, readEndpointState, unknownEndpoint } from "@alivemcp/core/endpoint-state";
import { type EndpointPolicy, STATE_RULES, type StateRules } from "@alivemcp/core/endpoint-state-rules";
import { regionKey } from "@alivemcp/core/pipeline";
import { isRegionEligible } from "@alivemcp/core/region-heartbeat";
import { listEndpointPlansById } from "@alivemcp/db/queries/endpoint-plans-system";
import { listRoutedEndpoints, type RoutedEndpoint } from "@alivemcp/db/queries/endpoint-states-system";
import type { Deps } from "./deps.ts";

/** All it takes to decide about one endpoint. */
export interface Endpoint {
  readonly plan: EndpointPlan;
  readonly isPaused: boolean;
  readonly policy: EndpointPolicy;
  readonly state: EndpointState;
}

type LoadDeps = Pick<Deps, "pool" | "redis" | "clock" | "regions" | "tally">;

/** Loads endpoints by id; those that are gone are missing from the answer. */
export async function loadEndpoints(
  deps: LoadDeps,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Endpoint>> {
  return joinEndpoints(deps, ids.length === 0 ? [] : await listRoutedEndpoints(deps.pool, ids));
}

/** Adds to stored states what the endpoints are and which regions may vote on them now. */
export async function joinEndpoints(
  deps: LoadDeps,
  routed: readonly RoutedEndpoint[],
): Promise<ReadonlyMap<string, Endpoint>> {
  if (routed.length === 0) {
    return new Map();
  }
  const [plans, healthy] = await Promise.all([
    listEndpointPlansById(
      deps.pool,
      routed.map(({ endpointId }) => endpointId),
    ),
    listVotingRegions(deps),
  ]);
  const planOf = new Map(plans.map((plan) => [plan.id, plan]));
  const nowMs = deps.clock.nowMs();
  return new Map(
    routed.flatMap(({ endpointId, isPaused, latencyMsP95Of7d, stored }): [string, Endpoint][] => {
      const plan = planOf.get(endpointId);
      if (!plan) {
        return [];
      }
      const policy: EndpointPolicy = {
        eligibleRegions: regionsOfEndpoint(plan, deps.regions).filter((region) => healthy.has(region)),
        confirmationPeriodMs: plan.confirmationPeriodMs,
        isSlow: plan.isSlow,
        baselineLatencyMsP95: latencyMsP95Of7d,
        rules: rulesOf(plan),
      };
      const state = stored === null ? unknownEndpoint(nowMs) : readEndpointState(stored);
      return [[endpointId, { plan, isPaused, policy, state }]];
    }),
  );
}

const rulesOf = (plan: EndpointPlan): StateRules => ({
  ...STATE_RULES,
  degradedRaiseMinutes: plan.degradedAfterMinutes,
  degradedClearMinutes: plan.degradedClearedAfterMinutes,
});

/** Regions whose heartbeat is fresh, whose self-check passed, and that are not suspected. */
async function listVotingRegions(deps: LoadDeps): Promise<ReadonlySet<string>> {
  const nowMs = deps.clock.nowMs();
  const suspected = deps.tally.suspected(nowMs);
  const beats = await Promise.all(
    deps.regions.map(async (region) => ({ region, value: await deps.redis.get(regionKey(region)) })),
  );
  return new Set(
    beats
      .filter(({ region, value }) => isRegionEligible(value, nowMs) && !suspected.has(region))
      .map(({ region }) => region),
  );
}
