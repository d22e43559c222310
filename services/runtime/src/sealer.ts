import { MINUTE_MS, unsealedKey } from "@alivemcp/core/pipeline";
import { SHARDS } from "@alivemcp/core/shard";
import type { Redis } from "ioredis";
import { Counter, Histogram, type Registry } from "prom-client";
import type { Clock } from "./clock.ts";
import { everyTick, type PeriodicTask } from "./periodic.ts";
import { SEAL } from "./redis-scripts/verdict-scripts.ts";
import { runScript } from "./run-script.ts";
import { minuteKeys } from "./verdict-store.ts";

/** How many minutes of one shard are sealed in one go; a shard that is behind gets further goes in the same run. */
const BATCH_MAX = 500;
const BATCHES_MAX = 40;
const EVERY_MS = 1_000;

export interface SealedMinute {
  readonly endpointId: string;
  readonly minute: number;
  /** How long after its deadline the minute was sealed. */
  readonly lagMs: number;
}

/**
 * Seals every verdict-minute whose deadline has passed, oldest first, in all shards.
 *
 * Needs Redis only. May run many times at once: the script seals a minute once. A minute whose script fails is
 * reported to `onFailed` and looked at again a minute later, so that it cannot hold up the others.
 */
export async function sealOverdue(
  redis: Redis,
  nowMs: number,
  tell: { onSealed: (sealed: SealedMinute) => void; onFailed: (member: string, err: unknown) => void },
): Promise<void> {
  await Promise.all(
    SHARDS.map(async (shard) => {
      for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
        const found = await sealBatch(redis, shard, nowMs, tell);
        if (found < BATCH_MAX) {
          return;
        }
      }
    }),
  );
}

/** The sealer as a task of its process (`alivemcp_seal_lag_seconds`, `alivemcp_seal_failures_total`). */
export function startSealer(deps: {
  redis: Redis;
  clock: Clock;
  metrics: Registry;
  onError: (err: unknown) => void;
}): PeriodicTask {
  const lag = new Histogram({
    name: "alivemcp_seal_lag_seconds",
    help: "How long after its deadline a verdict-minute was sealed by the sealer",
    buckets: [0.5, 1, 2, 5, 15, 60, 300],
    registers: [deps.metrics],
  });
  const failures = new Counter({
    name: "alivemcp_seal_failures_total",
    help: "Verdict-minutes whose seal script failed; each is tried again a minute later",
    registers: [deps.metrics],
  });
  return everyTick({
    name: "sealer",
    everyMs: EVERY_MS,
    clock: deps.clock,
    onError: deps.onError,
    run: () =>
      sealOverdue(deps.redis, deps.clock.nowMs(), {
        onSealed: ({ lagMs }) => lag.observe(lagMs / 1_000),
        onFailed: (member, err) => {
          failures.inc();
          deps.onError(new Error(`sealing ${member} failed`, { cause: err }));
        },
      }),
  });
}

async function sealBatch(
  redis: Redis,
  shard: string,
  nowMs: number,
  tell: { onSealed: (sealed: SealedMinute) => void; onFailed: (member: string, err: unknown) => void },
): Promise<number> {
  const key = unsealedKey(shard);
  const found = await redis.zrangebyscore(key, "-inf", nowMs, "WITHSCORES", "LIMIT", 0, BATCH_MAX);
  const dues = found.flatMap((member, n) => (n % 2 === 0 ? [{ member, dueAtMs: Number(found[n + 1]) }] : []));
  await Promise.all(
    dues.map(async ({ member, dueAtMs }) => {
      const [endpointId = "", minuteText] = member.split(":");
      const minute = Number(minuteText);
      try {
        const keys = minuteKeys(endpointId, minute);
        const answer = await runScript(redis, SEAL, keys, [nowMs, endpointId, minute, "due"]);
        if (answer === "sealed") {
          tell.onSealed({ endpointId, minute, lagMs: nowMs - dueAtMs });
        }
      } catch (err) {
        tell.onFailed(member, err);
        await redis.zadd(key, "XX", nowMs + MINUTE_MS, member);
      }
    }),
  );
  return dues.length;
}
