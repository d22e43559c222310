import { type OptOut, optOutKey, optOutKeysOf } from "@alivemcp/core/opt-out";
import { OPT_OUTS_KEY } from "@alivemcp/core/pipeline";
import type { Redis } from "ioredis";

/** Makes the mirror exactly these opt-outs, at once for every reader. Written again and again, so that a loss heals. */
export async function writeOptOutMirror(redis: Redis, optOuts: readonly OptOut[]): Promise<void> {
  const members = optOuts.map(optOutKey);
  const transaction = redis.multi().del(OPT_OUTS_KEY);
  if (members.length > 0) {
    transaction.sadd(OPT_OUTS_KEY, ...members);
  }
  await transaction.exec();
}

/** Whether somebody asked that this target is not probed; for probes nobody has claimed the right to, such as `/check`. */
export async function isOptedOutInMirror(
  redis: Redis,
  target: Parameters<typeof optOutKeysOf>[0],
): Promise<boolean> {
  const hits = await redis.smismember(OPT_OUTS_KEY, ...optOutKeysOf(target));
  return hits.includes(1);
}
