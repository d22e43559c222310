import { refusedKey } from "@alivemcp/core/pipeline";
import type { Clock } from "@alivemcp/runtime/clock";
import type { Logger } from "@alivemcp/runtime/logger";
import type { Redis } from "@alivemcp/runtime/redis";

const KEPT_MAX = 1_000;
const KEPT_S = 7 * 86_400;

/** Keeps a job that was refused where a human can look at it: the newest 1,000 per queue, for a week. */
export async function setAside(
  deps: { readonly redis: Redis; readonly clock: Clock; readonly log: Logger },
  refused: {
    readonly jobId: string;
    readonly queueName: string;
    readonly data: unknown;
    readonly reason: string;
  },
): Promise<void> {
  const { jobId, queueName, data, reason } = refused;
  const key = refusedKey(queueName);
  const line = JSON.stringify({ jobId, reason, atMs: deps.clock.nowMs(), data });
  deps.log.error({ jobId, queueName, reason }, "job refused and set aside");
  await deps.redis
    .multi()
    .lpush(key, line)
    .ltrim(key, 0, KEPT_MAX - 1)
    .expire(key, KEPT_S)
    .exec();
}
