import { ROUTER_GROUP, shardLeaseKey } from "@alivemcp/core/pipeline";
import { SHARDS } from "@alivemcp/core/shard";
import type { Deps } from "../deps.ts";
import { readStreamProgress } from "../stream-progress.ts";

export interface StreamHealth {
  /** Shards that some router holds. */
  readonly shardsHeld: number;
  /** Age of the oldest entry that no router handled, over all shards. */
  readonly lagMs: number;
}

/** How the streams are read by all routers together: any of them can vouch for all. */
export async function readStreamHealth({ redis }: Pick<Deps, "redis">, nowMs: number): Promise<StreamHealth> {
  const [held, progress] = await Promise.all([
    Promise.all(SHARDS.map((shard) => redis.exists(shardLeaseKey(ROUTER_GROUP, shard)))),
    Promise.all(SHARDS.map((shard) => readStreamProgress(redis, shard, nowMs).catch(toUnread(nowMs)))),
  ]);
  return {
    shardsHeld: held.filter((count) => count === 1).length,
    lagMs: Math.max(0, ...progress.map((atMs) => nowMs - atMs)),
  };
}

/** A stream that nothing was ever written to does not exist: there is nothing to be late with. */
const toUnread = (nowMs: number) => (err: unknown) => {
  if (err instanceof Error && err.message.includes("no such key")) {
    return nowMs;
  }
  throw err;
};
