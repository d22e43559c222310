import { ROUTER_GROUP, verdictStream } from "@alivemcp/core/pipeline";
import type { Redis } from "@alivemcp/runtime/redis";

/**
 * How far the router has read a shard's stream: every entry written before the answer has been handled. That is `nowMs`
 * when nothing waits. Epoch milliseconds; by Redis's clock while something waits, for stream ids carry that.
 */
export async function readStreamProgress(redis: Redis, shard: string, nowMs: number): Promise<number> {
  const stream = verdictStream(shard);
  const [groups, last] = await Promise.all([
    redis.xinfo("GROUPS", stream) as Promise<unknown[][]>,
    redis.xrevrange(stream, "+", "-", "COUNT", 1),
  ]);
  const group = groups.map(toRecord).find(({ name }) => name === ROUTER_GROUP);
  const delivered = String(group?.["last-delivered-id"] ?? "0-0");
  if (Number(group?.pending ?? 0) > 0) {
    const [, oldestPending] = await redis.xpending(stream, ROUTER_GROUP);
    return typeof oldestPending === "string" ? Math.min(nowMs, msOf(oldestPending)) : nowMs;
  }
  const newest = last[0]?.[0];
  return newest === undefined || newest === delivered ? nowMs : Math.min(nowMs, msOf(delivered));
}

const msOf = (id: string) => Number(id.split("-")[0]);

function toRecord(flat: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(flat.flatMap((value, i) => (i % 2 === 0 ? [[String(value), flat[i + 1]]] : [])));
}
