import { isDeepStrictEqual } from "node:util";
import {
  type EndpointState,
  nextWakeAtMs,
  shownReason,
  writeEndpointState,
} from "@alivemcp/core/endpoint-state";
import type { EndpointAction } from "@alivemcp/core/endpoint-state-decision";
import { ROUTER_GROUP } from "@alivemcp/core/pipeline";
import { ENDPOINT_FLAGS } from "@alivemcp/core/public-status";
import { insertBlipDecisions } from "@alivemcp/db/queries/deliveries-system";
import { type EndpointStateChange, saveEndpointStates } from "@alivemcp/db/queries/endpoint-states-system";
import type { PoolClient } from "@alivemcp/runtime/postgres";
import { announceTold, NOBODY_TOLD, type Told, tellAlerts } from "./alerts/tell-alerts.ts";
import { type AskDeps, askLooks } from "./ask-looks.ts";
import { type Blip, blipsOf } from "./blips-of.ts";
import type { DecidedEndpoint } from "./decided-endpoint.ts";
import type { Deps } from "./deps.ts";
import { storeIncidents } from "./incidents/store-incidents.ts";
import { sealLookMinutes } from "./seal-look-minutes.ts";
import { writeNow } from "./write-now.ts";

/** Tells that another process holds the shard by now: nothing was written, nothing may be done. */
export class StaleLeaseError extends Error {
  override readonly name = "StaleLeaseError";
}

export type CommitDeps = AskDeps & Pick<Deps, "places" | "deliveryQueue" | "sinkKeys" | "regions">;

/**
 * Stores decisions, then does them. States, spans, transitions, incidents, timelines, who hears of them and every message
 * to be sent are one transaction under the shard's fence; then come jobs for the messages, what pages show and
 * `confirming`, look jobs, minutes that wait for no look any more.
 *
 * Dying or failing between the two loses nothing: the entries are read again, or a new holder resumes from the stored
 * states, and doing it twice adds nothing. Throws `StaleLeaseError`, and what Postgres and Redis throw.
 */
export async function commitDecisions(
  deps: CommitDeps,
  lease: { readonly shard: string; readonly fence: number },
  decided: readonly DecidedEndpoint[],
): Promise<void> {
  const changes = decided
    .filter(({ before, after }) => !isDeepStrictEqual(before, after))
    .map((one) => changeOf(lease.shard, one));
  if (changes.length > 0) {
    let told = NOBODY_TOLD;
    const outcome = await saveEndpointStates(
      deps.pool,
      { consumerGroup: ROUTER_GROUP, ...lease },
      changes,
      async (client) => {
        told = await tellIncidents(deps, client, decided);
      },
    );
    if (outcome === "stale") {
      throw new StaleLeaseError(`shard ${lease.shard} has a newer holder than fence ${lease.fence}`);
    }
    for (const one of decided) {
      count(deps, one);
    }
    await announceTold(deps, told);
  }
  await writeNow(
    deps.redis,
    decided.map(({ plan, after }) => ({ endpointId: plan.id, state: after })),
  );
  await askLooks(deps, decided);
  await sealLookMinutes(deps, decided);
}

/** In the transaction of the states: what became of the endpoints' incidents, and who hears of it. */
async function tellIncidents(
  deps: CommitDeps,
  client: PoolClient,
  decided: readonly DecidedEndpoint[],
): Promise<Told> {
  const stop = deps.metrics.tellSeconds.startTimer();
  const nowMs = deps.clock.nowMs();
  const told = await tellAlerts(
    deps,
    client,
    await storeIncidents({ client, metrics: deps.metrics }, decided, nowMs),
    nowMs,
  );
  const blips = decided.flatMap(blipsOf);
  await insertBlipDecisions(
    client,
    blips.map(({ endpointId, startedAtMs, ...facts }) => ({ endpointId, startedAtMs, facts })),
  );
  stop();
  return told;
}

function changeOf(shard: string, decided: DecidedEndpoint): EndpointStateChange {
  const { plan, policy, after, actions } = decided;
  const commits = actions.filter((action) => action.kind === "commit");
  return {
    endpointId: plan.id,
    shard,
    committed: after.committed,
    sinceAtMs: after.sinceAtMs,
    reason: shownReason(after, policy.rules),
    flags: ENDPOINT_FLAGS.filter((flag) => after.marks.includes(flag)),
    machine: writeEndpointState(after),
    wakeAtMs: nextWakeAtMs(after, policy.rules),
    spans: commits.map(({ to, sinceAtMs }) => ({ state: to, fromMs: sinceAtMs })),
    transitions: [...transitionsOf(after, actions), ...blipsOf(decided).map(transitionOfBlip)],
  };
}

/** Facts are shown on the page: regions, times and reasons of ours, nothing an endpoint or a stranger wrote. */
function transitionsOf(
  after: EndpointState,
  actions: readonly EndpointAction[],
): EndpointStateChange["transitions"] {
  let committed = actions.find((action) => action.kind === "commit")?.from ?? after.committed;
  const transitions: EndpointStateChange["transitions"][number][] = [];
  for (const action of actions) {
    if (action.kind === "commit") {
      const { from, to, sinceAtMs, reason, decidedAtMs, failureReason, confirmation, regions } = action;
      const facts = { decidedAtMs, failureReason, confirmation, regions };
      transitions.push({ atMs: sinceAtMs, from, to, reason, facts });
      committed = to;
    } else if (action.kind === "mark") {
      const { mark, isRaised, atMs, reason, failureReason } = action;
      transitions.push({
        atMs,
        from: committed,
        to: committed,
        reason,
        facts: { mark, isRaised, failureReason },
      });
    }
  }
  return transitions;
}

const transitionOfBlip = ({ startedAtMs, failureReason, regions }: Blip) => ({
  atMs: startedAtMs,
  from: "up",
  to: "up",
  reason: "not-confirmed",
  facts: { failureReason, regions },
});

function count(deps: Pick<Deps, "metrics" | "log">, { plan, actions }: DecidedEndpoint): void {
  for (const action of actions) {
    if (action.kind === "commit") {
      const { from, to, reason, sinceAtMs, decidedAtMs, failureReason, regions, confirmation } = action;
      deps.metrics.transitions.inc({ from, to, reason });
      if (to === "down") {
        deps.metrics.downAfterSeconds.observe((decidedAtMs - sinceAtMs) / 1_000);
      }
      deps.log.info(
        { endpointId: plan.id, from, to, reason, sinceAtMs, failureReason, regions, confirmation },
        "committed",
      );
    } else if (action.kind === "mark") {
      deps.metrics.marks.inc({ reason: action.reason });
    }
  }
}
