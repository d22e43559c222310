import type { VerdictEntry } from "@alivemcp/core/verdict-entry";
import { commitDecisions } from "./commit-decisions.ts";
import type { DecidedEndpoint, DecidedStep } from "./decided-endpoint.ts";
import type { Deps } from "./deps.ts";
import { type Endpoint, loadEndpoints } from "./load-endpoints.ts";
import { routeEntry } from "./route-entry.ts";

export type RouteDeps = Pick<
  Deps,
  | "pool"
  | "redis"
  | "queues"
  | "clock"
  | "metrics"
  | "log"
  | "tally"
  | "regions"
  | "locks"
  | "ticketKey"
  | "places"
  | "deliveryQueue"
  | "sinkKeys"
>;

/**
 * Routes entries of one shard, in order per endpoint: load, decide, store, do. Rejects to have all of them again;
 * repeating them, or the same entry twice, changes nothing. Entries of endpoints that are gone are dropped and counted.
 */
export async function routeBatch(
  deps: RouteDeps,
  batch: { readonly shard: string; readonly fence: number; readonly entries: readonly VerdictEntry[] },
): Promise<void> {
  const { shard, fence, entries } = batch;
  await deps.locks.run(shard, async () => {
    const byEndpoint = Map.groupBy(entries, ({ endpointId }) => endpointId);
    const endpoints = await loadEndpoints(deps, [...byEndpoint.keys()]);
    const decided = await Promise.all(
      [...byEndpoint].map(async ([endpointId, own]) => {
        const endpoint = endpoints.get(endpointId);
        if (!endpoint) {
          deps.metrics.dropped.inc({ cause: "endpoint-gone" }, own.length);
          return [];
        }
        return [await routeEntriesOf(deps, endpoint, own)];
      }),
    );
    await commitDecisions(deps, { shard, fence }, decided.flat());
  });
  const nowMs = deps.clock.nowMs();
  for (const { writtenAtMs } of entries) {
    deps.metrics.lagSeconds.observe(Math.max(0, nowMs - writtenAtMs) / 1_000);
  }
}

async function routeEntriesOf(
  deps: RouteDeps,
  endpoint: Endpoint,
  entries: readonly VerdictEntry[],
): Promise<DecidedEndpoint> {
  const { plan, policy, isPaused, state: before } = endpoint;
  let after = before;
  const steps: DecidedStep[] = [];
  for (const entry of entries) {
    const step = await routeEntry(deps, { ...endpoint, state: after }, entry);
    after = step.decision.next;
    steps.push(step);
  }
  const actions = steps.flatMap(({ decision }) => decision.actions);
  return { plan, policy, isPaused, before, after, actions, steps };
}
