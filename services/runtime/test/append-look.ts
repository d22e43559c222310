import { verdictStream } from "@alivemcp/core/pipeline";
import { shardOf } from "@alivemcp/core/shard";
import type { Redis } from "ioredis";

/** Writes a look entry as the report script does, the `n`th of an endpoint; returns its id. */
export async function appendLook(redis: Redis, endpointId: string, n = 0): Promise<string> {
  const fields = {
    v: 1,
    k: "look",
    e: endpointId,
    m: 29_000_000 + n,
    at: 1_740_000_000_000 + n,
    tp: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    r: "us-east",
    j: `${endpointId}-${n}`,
    lk: "",
    vote: "1740000000412|a1b2c3d4e5|1740000000000|1740000000012|up||120|",
  };
  const id = await redis.xadd(verdictStream(shardOf(endpointId)), "*", ...Object.entries(fields).flat());
  return id ?? "";
}
