import type { EndpointPlan } from "@alivemcp/core/endpoint-plan";
import { indexOptOuts, isOptedOut, type OptOut } from "@alivemcp/core/opt-out";
import { hashOfId, type Timing } from "@alivemcp/core/schedule";
import { SHARDS, shardOf } from "@alivemcp/core/shard";
import { timetableOfDomain, timingOf } from "@alivemcp/core/timetable";

/** An endpoint with its place in the schedule. */
export interface ScheduledEndpoint {
  readonly plan: EndpointPlan;
  readonly timing: Timing;
  readonly hash: number;
}

/** What a scheduler knows of the endpoints; with Postgres away it goes on from it. */
export interface Snapshot {
  /** Every endpoint that is not paused, opted out or not. */
  readonly plans: ReadonlyMap<string, EndpointPlan>;
  ofShard(shard: string): Iterable<ScheduledEndpoint>;
  /** Endpoints that share this host. */
  countOnHost(host: string): number;
  /** Unclaimed endpoints that share this registrable domain. */
  countUnclaimed(registrableDomain: string): number;
  /** Puts everything anew. */
  replaceAll(plans: readonly EndpointPlan[], optOuts: readonly OptOut[], nowMs: number): void;
  /** Puts changed endpoints and takes away paused ones. Costs what changed, and its domains. */
  applyChanges(changed: readonly EndpointPlan[], goneIds: readonly string[], nowMs: number): void;
}

/** When and with which opt-outs the snapshot was last filled; null before the first read. */
export interface SnapshotAge {
  last: { readAtMs: number; fullAtMs: number; optOuts: readonly OptOut[] } | null;
}

export function createSnapshot(): Snapshot {
  const plans = new Map<string, EndpointPlan>();
  const shards = new Map(SHARDS.map((shard) => [shard, new Map<string, ScheduledEndpoint>()]));
  const hosts = new Map<string, number>();
  /** Ids of unclaimed endpoints that may be probed, by registrable domain. */
  const domains = new Map<string, Set<string>>();
  let optOuts = indexOptOuts([]);

  const shardMap = (id: string) => shards.get(shardOf(id)) as Map<string, ScheduledEndpoint>;
  const schedule = (plan: EndpointPlan, timing: Timing) =>
    shardMap(plan.id).set(plan.id, { plan, timing, hash: hashOfId(plan.id) });

  const take = (id: string): string | null => {
    const known = plans.get(id);
    if (!known) {
      return null;
    }
    plans.delete(id);
    shardMap(id).delete(id);
    hosts.set(known.host, (hosts.get(known.host) ?? 1) - 1);
    const domain = domains.get(known.registrableDomain);
    return domain?.delete(id) ? known.registrableDomain : null;
  };

  const put = (plan: EndpointPlan, nowMs: number): string | null => {
    plans.set(plan.id, plan);
    hosts.set(plan.host, (hosts.get(plan.host) ?? 0) + 1);
    if (isOptedOut(plan, optOuts)) {
      return null;
    }
    if (!plan.isUnclaimed) {
      schedule(plan, timingOf(plan, nowMs));
      return null;
    }
    const domain = domains.get(plan.registrableDomain) ?? new Set();
    domains.set(plan.registrableDomain, domain.add(plan.id));
    return plan.registrableDomain;
  };

  const retime = (registrableDomain: string, nowMs: number) => {
    const ids = [...(domains.get(registrableDomain) ?? [])];
    const members = ids.map((id) => plans.get(id) as EndpointPlan);
    const timetable = timetableOfDomain(members, nowMs);
    for (const plan of members) {
      schedule(plan, timetable.get(plan.id) as Timing);
    }
  };

  const applyChanges: Snapshot["applyChanges"] = (changed, goneIds, nowMs) => {
    const touched = [
      ...[...goneIds, ...changed.map((plan) => plan.id)].map(take),
      ...changed.map((plan) => put(plan, nowMs)),
    ];
    for (const domain of new Set(touched.filter((each) => each !== null))) {
      retime(domain, nowMs);
    }
  };

  return {
    plans,
    ofShard: (shard) => (shards.get(shard) ?? new Map<string, ScheduledEndpoint>()).values(),
    countOnHost: (host) => hosts.get(host) ?? 0,
    countUnclaimed: (domain) => domains.get(domain)?.size ?? 0,
    replaceAll(all, asked, nowMs) {
      for (const map of [plans, hosts, domains, ...shards.values()]) {
        map.clear();
      }
      optOuts = indexOptOuts(asked);
      applyChanges(all, [], nowMs);
    },
    applyChanges,
  };
}
