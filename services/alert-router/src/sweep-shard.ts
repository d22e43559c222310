import type { EndpointEvent } from "@alivemcp/core/endpoint-state-event";
import { listEndpointsToWake } from "@alivemcp/db/queries/endpoint-states-system";
import { commitDecisions } from "./commit-decisions.ts";
import { decide } from "./decide.ts";
import type { DecidedEndpoint } from "./decided-endpoint.ts";
import { type Endpoint, joinEndpoints } from "./load-endpoints.ts";
import type { RouteDeps } from "./route-batch.ts";
import { readStreamProgress } from "./stream-progress.ts";

const WAKES_MAX = 500;

/**
 * Tells the endpoints of a shard whose time has come that it has: looks that are due are asked, those that are over
 * are closed. A paused endpoint's confirmation ends, nobody probes it any more.
 */
export async function sweepShard(
  deps: RouteDeps,
  { shard, fence }: { readonly shard: string; readonly fence: number },
): Promise<number> {
  return deps.locks.run(shard, async () => {
    const nowMs = deps.clock.nowMs();
    const due = await listEndpointsToWake(deps.pool, { shard, atMs: nowMs, limit: WAKES_MAX });
    if (due.length === 0) {
      return 0;
    }
    const progressMs = await readStreamProgress(deps.redis, shard, nowMs);
    const endpoints = await joinEndpoints(deps, due);
    const decided = await Promise.all(
      [...endpoints.values()].map((endpoint) =>
        wake(
          deps,
          endpoint,
          endpoint.isPaused ? { kind: "looks-refused" } : { kind: "deadline", progressMs },
        ),
      ),
    );
    await commitDecisions(deps, { shard, fence }, decided);
    return decided.length;
  });
}

export async function wake(
  deps: RouteDeps,
  endpoint: Endpoint,
  event: EndpointEvent,
): Promise<DecidedEndpoint> {
  const decision = await decide(deps, endpoint, event);
  deps.metrics.decisions.inc({ reason: decision.reason });
  const { plan, policy, isPaused, state: before } = endpoint;
  const { next: after, actions } = decision;
  return { plan, policy, isPaused, before, after, actions, steps: [{ event, decision }] };
}
