import { toolListKey } from "@alivemcp/core/pipeline";
import type { Redis } from "@alivemcp/runtime/redis";
import { findToolList } from "@alivemcp/runtime/tool-list-store";

/** Everything a database of Redis holds, keys and values, as one text; tool lists unpacked. For grep. */
export async function dumpRedis(redis: Redis, endpointIds: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const key of await redis.keys("*")) {
    parts.push(key, await readKey(redis, key));
  }
  for (const endpointId of endpointIds) {
    for (const key of await redis.keys(toolListKey(endpointId, "*"))) {
      parts.push((await findToolList(redis, { endpointId, fullHash: key.split(":").at(-1) ?? "" })) ?? "");
    }
  }
  return parts.join("\n");
}

async function readKey(redis: Redis, key: string): Promise<string> {
  switch (await redis.type(key)) {
    case "string":
      return (await redis.get(key)) ?? "";
    case "hash":
      return JSON.stringify(await redis.hgetall(key));
    case "list":
      return (await redis.lrange(key, 0, -1)).join("\n");
    case "set":
      return (await redis.smembers(key)).join("\n");
    case "zset":
      return (await redis.zrange(key, "0", "-1")).join("\n");
    case "stream":
      return JSON.stringify(await redis.xrange(key, "-", "+"));
    default:
      return "";
  }
}
