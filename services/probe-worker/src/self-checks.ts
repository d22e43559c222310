import { regionKey } from "@alivemcp/core/pipeline";
import { mergeWorkerBeat, REGION_HEARTBEAT_LIFE_MS } from "@alivemcp/core/region-heartbeat";
import type { Clock } from "@alivemcp/runtime/clock";
import type { Logger } from "@alivemcp/runtime/logger";
import type { Redis } from "@alivemcp/runtime/redis";
import type { RegionSpec } from "@alivemcp/runtime/regions";
import type { ProbeFleet } from "./probe-fleet.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

interface SelfCheckDeps {
  readonly redis: Redis;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: WorkerMetrics;
  readonly fleet: Pick<ProbeFleet, "selfCheck">;
  readonly workerId: string;
  readonly version: string;
}

export interface SelfChecks {
  /** The last self-check of this region, by this worker, failed: its findings are not to be trusted. */
  hasFailed(region: string): boolean;
  /** Checks the regions that are due and writes their heartbeats. */
  run(): Promise<void>;
}

const CHECK_EVERY_MS = 30_000;
/** A region that failed votes again soon after it recovered. */
const CHECK_FAILED_EVERY_MS = 2_000;
/** How often `run` is to be called. */
export const SELF_CHECK_TICK_MS = 2_000;

/**
 * Asks before anybody else does whether this worker sees the world: each region's canary URLs are fetched by a child,
 * through the same guarded dial as probes. Without any answer the region's findings become `unknown` and its heartbeat
 * says so. No child to ask means no heartbeat: silence is the honest answer.
 */
export function createSelfChecks(deps: SelfCheckDeps, regions: readonly RegionSpec[]): SelfChecks {
  const failed = new Set<string>();
  const dueAtMs = new Map<string, number>();

  const checkOne = async ({ id, canaryUrls }: RegionSpec) => {
    const isSelfCheckOk = await deps.fleet.selfCheck(canaryUrls);
    const nowMs = deps.clock.nowMs();
    if (isSelfCheckOk === null) {
      return;
    }
    if (isSelfCheckOk === failed.has(id)) {
      deps.log[isSelfCheckOk ? "info" : "error"](
        { region: id, isSelfCheckOk },
        "self-check of the region turned",
      );
    }
    failed[isSelfCheckOk ? "delete" : "add"](id);
    deps.metrics.selfCheckOk.set({ region: id }, isSelfCheckOk ? 1 : 0);
    const beat = { workerId: deps.workerId, atMs: nowMs, isSelfCheckOk, version: deps.version };
    const value = mergeWorkerBeat(await deps.redis.get(regionKey(id)), beat, nowMs);
    await deps.redis.set(regionKey(id), value, "PX", REGION_HEARTBEAT_LIFE_MS);
    dueAtMs.set(id, nowMs + (isSelfCheckOk ? CHECK_EVERY_MS : CHECK_FAILED_EVERY_MS));
  };
  return {
    hasFailed: (region) => failed.has(region),
    async run() {
      const due = regions.filter(({ id }) => (dueAtMs.get(id) ?? 0) <= deps.clock.nowMs());
      await Promise.all(due.map(checkOne));
    },
  };
}
