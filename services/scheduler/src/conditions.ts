import { decideMemoryPressure, type MemoryPressure } from "@alivemcp/core/memory-pressure";
import { regionKey, SLOWDOWNS_KEY } from "@alivemcp/core/pipeline";
import { REGION_HEARTBEAT_LIFE_MS, readRegionHeartbeat } from "@alivemcp/core/region-heartbeat";
import type { Deps } from "./deps.ts";

/** What bounds planning besides the endpoints themselves. */
export interface Conditions {
  readonly pressure: MemoryPressure;
  /** Regions of the installation where somebody works, in its order. */
  readonly regionsAtWork: readonly string[];
  /** Cap keys whose probes keep killing worker children. */
  readonly slowedDown: ReadonlySet<string>;
}

type ConditionDeps = Pick<Deps, "redis" | "clock" | "regions" | "startedAtMs" | "log" | "metrics">;

/** Before the first look: every region counts as at work. */
export const initialConditions = (regions: readonly string[]): Conditions => ({
  pressure: "none",
  regionsAtWork: regions,
  slowedDown: new Set(),
});

/**
 * Looks at Redis: how full it is, where workers are, who is slowed down.
 *
 * A region without a heartbeat gets no jobs: they would be late before anybody took them, and would fill its queue.
 * Workers that start together with this process have 90 s to be heard.
 */
export async function readConditions(deps: ConditionDeps, before: Conditions): Promise<Conditions> {
  const { redis, clock, regions } = deps;
  const nowMs = clock.nowMs();
  const [info, slowedDown, ...beats] = await Promise.all([
    redis.info("memory"),
    redis.zrangebyscore(SLOWDOWNS_KEY, nowMs, "+inf"),
    ...regions.map((region) => redis.get(regionKey(region))),
    redis.zremrangebyscore(SLOWDOWNS_KEY, "-inf", nowMs),
  ]);
  const ratio = usedMemoryRatio(info);
  const pressure = decideMemoryPressure(before.pressure, ratio);
  if (pressure !== before.pressure) {
    deps.log.error(
      { pressure, before: before.pressure, usedRatio: ratio },
      "memory pressure of Redis changed",
    );
  }
  deps.metrics.redisMemoryRatio.set(ratio);
  const isStarting = nowMs - deps.startedAtMs < REGION_HEARTBEAT_LIFE_MS;
  return {
    pressure,
    regionsAtWork: regions.filter(
      (_region, n) => isStarting || readRegionHeartbeat(beats[n] as string | null, nowMs) !== null,
    ),
    slowedDown: new Set(slowedDown),
  };
}

/** Used memory over `maxmemory`, or over the machine's memory where no maximum is set; 0 when Redis does not tell. */
export function usedMemoryRatio(info: string): number {
  const read = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? 0);
  const allowed = read("maxmemory") || read("total_system_memory");
  return allowed === 0 ? 0 : read("used_memory") / allowed;
}
