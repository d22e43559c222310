import { ARCHIVER_GROUP } from "@alivemcp/core/pipeline";
import { claimConsumerFence } from "@alivemcp/db/queries/consumer-fences-system";
import { type ShardConsumer, startShardConsumer } from "@alivemcp/runtime/shard-consumer";
import { setAside } from "@alivemcp/runtime/verdict-stream";
import { archiveBatch } from "./archive-batch.ts";
import type { Deps } from "./deps.ts";
import type { RefusedEntry } from "./fold-entries.ts";
import { openTurnstile } from "./turnstile.ts";

type ConsumeDeps = Pick<
  Deps,
  "pool" | "redis" | "streamRedis" | "clock" | "log" | "registry" | "metrics" | "partitions" | "batchMax"
>;

/** A batch is up to `batchMax` entries, or what came within this. */
const GATHER_MS = 1_000;
/** Transactions at a time: enough for every core of the database, few enough for the pool. */
const BATCHES_AT_ONCE = 4;

/** Starts moving the verdict streams into Postgres; an entry is acknowledged after the commit of its batch. */
export function consumeVerdicts(deps: ConsumeDeps): ShardConsumer {
  const { log, metrics } = deps;
  const turnstile = openTurnstile(BATCHES_AT_ONCE);
  return startShardConsumer(
    {
      redis: deps.streamRedis,
      clock: deps.clock,
      metrics: deps.registry,
      onError: (err) => log.error({ err }, "archiving failed, trying again"),
    },
    {
      group: ARCHIVER_GROUP,
      batchMax: deps.batchMax,
      gatherMs: GATHER_MS,
      claimFence: (shard) => claimConsumerFence(deps.pool, { consumerGroup: ARCHIVER_GROUP, shard }),
      handle: (shard, fence, entries) =>
        turnstile.through(async () => {
          const stopTimer = metrics.batchSeconds.startTimer();
          const { rowsWritten, refused } = await archiveBatch(deps, { shard, fence, entries });
          await Promise.all(refused.map((one) => setRefusedAside(deps, shard, one)));
          stopTimer();
          metrics.batchEntries.observe(entries.length);
          metrics.rows.inc(rowsWritten);
        }),
      onBroken: (shard, broken) => log.error({ shard, ...broken }, "entry set aside: it cannot be parsed"),
    },
  );
}

async function setRefusedAside(deps: ConsumeDeps, shard: string, refused: RefusedEntry): Promise<void> {
  const { id, reason, entry } = refused;
  deps.metrics.refused.inc({ reason });
  deps.log.error({ shard, id, reason }, "entry set aside: no row can hold it");
  await setAside(deps.redis, {
    group: ARCHIVER_GROUP,
    shard,
    row: { id, fields: { entry: JSON.stringify(entry) } },
    error: `no row can hold it: ${reason}`,
  });
}
