import { ARCHIVER_GROUP, verdictStream } from "@alivemcp/core/pipeline";
import { advanceConsumerWatermark, holdConsumerFence } from "@alivemcp/db/queries/consumer-fences-system";
import { inTransaction } from "@alivemcp/runtime/in-transaction";
import { trimVerdicts } from "@alivemcp/runtime/verdict-stream";
import type { Deps } from "./deps.ts";

type ProgressDeps = Pick<Deps, "pool" | "redis" | "clock" | "metrics">;

interface Lease {
  readonly shard: string;
  readonly fence: number;
}

/** A shard's watermark is written when it moved this far while nothing came; batches move it themselves. */
const IDLE_STEP_MS = 15_000;

/**
 * For every shard held: shows its lag, moves the watermark of an idle one forward, and trims its stream behind the
 * slowest group. Safe at any time.
 */
export function createProgressNotes(deps: ProgressDeps, held: () => readonly Lease[]): () => Promise<void> {
  const notedMs = new Map<string, number>();
  return async () => {
    const nowMs = deps.clock.nowMs();
    const leases = held();
    deps.metrics.lagSeconds.reset();
    for (const lease of leases) {
      const oldestMs = await findOldestWaitingMs(deps, lease.shard);
      deps.metrics.lagSeconds.set(
        { shard: lease.shard },
        oldestMs === null ? 0 : Math.max(0, nowMs - oldestMs) / 1_000,
      );
      if (oldestMs === null && nowMs - (notedMs.get(lease.shard) ?? 0) >= IDLE_STEP_MS) {
        await noteIdle(deps, lease, nowMs);
        notedMs.set(lease.shard, nowMs);
      }
      deps.metrics.trimmed.inc(await trimVerdicts(deps.redis, lease.shard));
    }
  };
}

/** When the oldest entry was written that is not acknowledged yet; null when nothing waits. */
async function findOldestWaitingMs(deps: ProgressDeps, shard: string): Promise<number | null> {
  const stream = verdictStream(shard);
  const [pending, groups] = await Promise.all([
    deps.redis.xpending(stream, ARCHIVER_GROUP),
    deps.redis.xinfo("GROUPS", stream) as Promise<unknown[][]>,
  ]);
  const oldestPending = pending[1];
  if (typeof oldestPending === "string") {
    return msOf(oldestPending);
  }
  const delivered = groups.map(toRecord).find(({ name }) => name === ARCHIVER_GROUP)?.["last-delivered-id"];
  const [next] = await deps.redis.xrange(stream, `(${String(delivered ?? "0-0")}`, "+", "COUNT", 1);
  return next === undefined ? null : msOf(next[0]);
}

async function noteIdle(deps: ProgressDeps, { shard, fence }: Lease, nowMs: number): Promise<void> {
  await inTransaction(deps.pool, async (client) => {
    const lease = { consumerGroup: ARCHIVER_GROUP, shard, fence };
    if ((await holdConsumerFence(client, lease)) === "held") {
      await advanceConsumerWatermark(client, { ...lease, watermarkAtMs: nowMs });
    }
  });
}

const msOf = (id: string) => Number(id.split("-")[0]);

function toRecord(flat: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(flat.flatMap((value, i) => (i % 2 === 0 ? [[String(value), flat[i + 1]]] : [])));
}
