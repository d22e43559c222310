import { randomUUID } from "node:crypto";
import { killsKey, killsToldKey, SLOWDOWN_CADENCE_S, SLOWDOWNS_KEY } from "@alivemcp/core/pipeline";
import type { Clock } from "@alivemcp/runtime/clock";
import type { Logger } from "@alivemcp/runtime/logger";
import type { Redis } from "@alivemcp/runtime/redis";
import type { WorkerMetrics } from "./worker-metrics.ts";

interface KillDeps {
  readonly redis: Redis;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: WorkerMetrics;
}

const HOUR_MS = 3_600_000;
const DAY_S = 86_400;
const KILLS_TOLERATED = 2;

/**
 * Counts a kill that was proven in quarantine against its tenant (or domain). The third within an hour, over all
 * workers, slows the cap key down until an hour after its last kill, and tells operators once a day.
 */
export async function recordKill(
  deps: KillDeps,
  culprit: { readonly capKey: string; readonly endpointId: string },
): Promise<void> {
  const { redis } = deps;
  const { capKey, endpointId } = culprit;
  const nowMs = deps.clock.nowMs();
  deps.metrics.blamed.inc();
  const key = killsKey(capKey);
  const replies = await redis
    .multi()
    .zadd(key, nowMs, randomUUID())
    .zremrangebyscore(key, "-inf", nowMs - HOUR_MS)
    .zcard(key)
    .pexpire(key, HOUR_MS)
    .exec();
  const kills = Number(replies?.[2]?.[1] ?? 0);
  deps.log.warn({ capKey, endpointId, kills }, "a probe killed its worker child, proven in quarantine");
  if (kills <= KILLS_TOLERATED) {
    return;
  }
  await redis.zadd(SLOWDOWNS_KEY, nowMs + HOUR_MS, capKey);
  const isFirstToday = await redis.set(killsToldKey(capKey), "1", "EX", DAY_S, "NX");
  if (isFirstToday === "OK") {
    deps.metrics.slowdowns.inc();
    deps.log.error(
      { capKey, endpointId, kills, cadenceS: SLOWDOWN_CADENCE_S },
      "slowed down: its probes keep killing worker children",
    );
  }
}
