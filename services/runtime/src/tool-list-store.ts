import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { toolListKey } from "@alivemcp/core/pipeline";
import { toolListBudget } from "@alivemcp/core/tool-list-budget";
import type { Redis } from "ioredis";
import { reserveStarts } from "./reserve-starts.ts";

/** 50 pages of 4 MiB cannot all be real; 5,000 tools with long descriptions stay far below this. */
const TEXT_BYTES_MAX = 32 * 1024 * 1024;

/** Compresses the JSON text of a tool list for `reportResult`. */
export async function packToolList(json: string): Promise<Buffer> {
  return promisify(gzip)(json, { level: 6 });
}

/** Lists that nobody fetched for this long are gone. */
export const TOOL_LIST_LIFE_S = 24 * 3600;

/**
 * Says whether a packed list should be handed to `reportResult`: not when it lies there already (then it stays for
 * another day), and not when its endpoint has used up its bytes of the day. Of a refused one only the hash is known.
 */
export async function admitToolList(
  redis: Redis,
  list: { readonly endpointId: string; readonly fullHash: string; readonly packed: Buffer },
  nowMs: number,
): Promise<"store" | "there" | "refused"> {
  const { endpointId, fullHash, packed } = list;
  if ((await redis.expire(toolListKey(endpointId, fullHash), TOOL_LIST_LIFE_S)) === 1) {
    return "there";
  }
  const isAffordable = await reserveStarts(redis, toolListBudget(endpointId, nowMs), packed.length);
  return isAffordable ? "store" : "refused";
}

/** Reads the JSON text of a tool list that a worker left for the archiver; null when it expired (24 h). */
export async function findToolList(
  redis: Redis,
  input: { endpointId: string; fullHash: string },
): Promise<string | null> {
  const packed = await redis.getBuffer(toolListKey(input.endpointId, input.fullHash));
  if (packed === null) {
    return null;
  }
  return (await promisify(gunzip)(packed, { maxOutputLength: TEXT_BYTES_MAX })).toString("utf8");
}
