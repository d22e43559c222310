import { advanceEndpoint } from "@alivemcp/core/advance-endpoint";
import { type EndpointState, readEndpointState } from "@alivemcp/core/endpoint-state";
import { andThen, type EndpointAction, type EndpointDecision } from "@alivemcp/core/endpoint-state-decision";
import type { EndpointEvent } from "@alivemcp/core/endpoint-state-event";
import type { Confirming } from "@alivemcp/core/now-fields";
import { unclaimedLookBudget } from "@alivemcp/core/start-budget";
import { reserveStarts } from "@alivemcp/runtime/reserve-starts";
import type { Deps } from "./deps.ts";
import { gatherLook } from "./gather-look.ts";
import type { Endpoint } from "./load-endpoints.ts";

export type DecideDeps = Pick<Deps, "redis" | "queues" | "clock" | "metrics" | "log" | "tally">;

type Ask = Extract<EndpointAction, { kind: "probe-now" }>;

/**
 * Decides one event of one endpoint, together with what only Redis can answer: which results an opening finds already
 * there, and whether an unclaimed endpoint's domain may be looked at now. Nothing is written but `confirming`.
 *
 * A bug in deciding is logged and counted, and the machine begun anew from the committed state: neither may it hold up
 * the shard, nor throw on the same state for ever.
 */
export async function decide(
  deps: DecideDeps,
  endpoint: Endpoint,
  event: EndpointEvent,
): Promise<EndpointDecision> {
  const advance = (state: EndpointState, next: EndpointEvent) =>
    advanceSafely(deps, { ...endpoint, state }, next);
  let decision = advance(endpoint.state, event);
  const gather = decision.actions.find((action) => action.kind === "gather");
  const confirming = confirmingOf(decision.next);
  if (gather && confirming) {
    const gathered = await gatherLook(deps, {
      endpointId: endpoint.plan.id,
      confirming,
      gather,
      regions: endpoint.policy.eligibleRegions,
    });
    const { reason } = decision;
    decision = { ...andThen(decision, (state) => advance(state, gathered)), reason };
  }
  deps.tally.note(endpoint.plan.id, endpoint.state, decision.next, deps.clock.nowMs());
  return refuseUnaffordable(deps, endpoint, event, decision, advance);
}

/** What `confirming` of `now:{…}` is to hold; null while no looks are open. */
export function confirmingOf({ confirmation }: EndpointState): Confirming | null {
  return (
    confirmation && {
      confirmation: confirmation.startMs,
      look1Minute: confirmation.look1.minute,
      look2Minute: confirmation.look2.minute,
    }
  );
}

function advanceSafely(deps: DecideDeps, endpoint: Endpoint, event: EndpointEvent): EndpointDecision {
  const { state, policy, plan } = endpoint;
  try {
    return advanceEndpoint(state, event, deps.clock.nowMs(), policy);
  } catch (err) {
    deps.metrics.dropped.inc({ cause: "threw" });
    deps.log.error({ err, endpointId: plan.id, event: event.kind }, "an event could not be decided");
    const { committed, sinceAtMs, downReason: reason } = state;
    const anew = readEndpointState({ committed, sinceAtMs, reason, machine: null });
    return { next: anew, actions: [{ kind: "clear-confirming" }], reason: "nothing-due" };
  }
}

/**
 * Looks at unclaimed endpoints are at most ten a second per registrable domain. One that does not fit ends its
 * confirmation, and the next slot tries again; of looks asked before and only repeated, those that fit are repeated.
 */
async function refuseUnaffordable(
  deps: DecideDeps,
  { plan }: Endpoint,
  event: EndpointEvent,
  decision: EndpointDecision,
  advance: (state: EndpointState, event: EndpointEvent) => EndpointDecision,
): Promise<EndpointDecision> {
  const asks = decision.actions.filter((action) => action.kind === "probe-now");
  if (!plan.isUnclaimed || asks.length === 0) {
    return decision;
  }
  const refused: Ask[] = [];
  for (const ask of asks) {
    const budget = unclaimedLookBudget(plan.registrableDomain, ask.notBeforeMs);
    if (!(await reserveStarts(deps.redis, budget, ask.regions.length))) {
      refused.push(ask);
    }
  }
  if (refused.length === 0) {
    return decision;
  }
  deps.metrics.looksRefused.inc({ budget: "domain" }, refused.length);
  if (event.kind === "resume" || decision.reason === "result-seen-before") {
    return { ...decision, actions: decision.actions.filter((action) => !refused.includes(action as Ask)) };
  }
  const kept = { ...decision, actions: decision.actions.filter(({ kind }) => kind !== "probe-now") };
  return andThen(kept, (state) => advance(state, { kind: "looks-refused" }));
}
