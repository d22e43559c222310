import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { toolListKey } from "@alivemcp/core/pipeline";
import type { Redis } from "ioredis";

/** 50 pages of 4 MiB cannot all be real; 5,000 tools with long descriptions stay far below this. */
const TEXT_BYTES_MAX = 32 * 1024 * 1024;

/** Compresses the JSON text of a tool list for `reportResult`. */
export async function packToolList(json: string): Promise<Buffer> {
  return promisify(gzip)(json, { level: 6 });
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
