/**
 * Moves one batch of a shard's verdict stream into Postgres: all of it in one transaction, or nothing. File 5 of one
 * probe job's life. Before: services/core/src/verdict.ts. After: services/alert-router/src/route-entry.ts.
 */
import { AppError } from "@alivemcp/core/app-error";
import { ARCHIVER_GROUP } from "@alivemcp/core/pipeline";
import { advanceConsumerWatermark, holdConsumerFence } from "@alivemcp/db/queries/consumer-fences-system";
import { markLifeSigns, rememberEndpoints } from "@alivemcp/db/queries/endpoint-memory-system";
import { upsertProbeEvidence } from "@alivemcp/db/queries/probe-evidence-system";
import { upsertProbeMinutes } from "@alivemcp/db/queries/probe-minutes-system";
import type { Clock } from "@alivemcp/runtime/clock";
import { inTransaction } from "@alivemcp/runtime/in-transaction";
import type { Pool, PoolClient } from "@alivemcp/runtime/postgres";
import type { Redis } from "@alivemcp/runtime/redis";
import type { ShardEntry } from "@alivemcp/runtime/shard-batch";
import type { CoveredPartitions } from "./covered-partitions.ts";
import { foldEntries, type RefusedEntry } from "./fold-entries.ts";
import { judgeToolLists, writeToolLists } from "./judge-tool-lists.ts";
import { evidenceRows, learnedMemories, lifeSigns, minuteRow } from "./rows-of-minutes.ts";

export interface ArchiveDeps {
  readonly pool: Pool;
  readonly redis: Redis;
  readonly clock: Clock;
  readonly partitions: CoveredPartitions;
}

export interface ArchiveBatch {
  readonly shard: string;
  /** The holder's fence number; a newer holder makes the transaction abort. */
  readonly fence: number;
  /** In stream order. */
  readonly entries: readonly ShardEntry[];
}

export interface ArchivedBatch {
  /** Rows of `probe_minute` that are new or of a higher revision; a repeated batch gives 0. */
  readonly rowsWritten: number;
  /** Well-formed entries that no row can hold, to be set aside by the caller. */
  readonly refused: readonly RefusedEntry[];
}

/**
 * Archives entries; resolves after the commit, and only then may they be acknowledged. Idempotent: the same batch twice,
 * or revisions in any order, leave the same rows. Throws `conflict` when the fence is stale, else what Postgres or Redis
 * throws; then nothing was written.
 */
export async function archiveBatch(deps: ArchiveDeps, batch: ArchiveBatch): Promise<ArchivedBatch> {
  const { minutes, refused } = foldEntries(batch.entries, deps.clock.nowMs());
  try {
    await deps.partitions.cover(minutes);
    const toolLists = await judgeToolLists(deps, minutes);
    const rowsWritten = await inFencedTransaction(deps.pool, batch, async (client) => {
      const written = await upsertProbeMinutes(client, minutes.map(minuteRow));
      await upsertProbeEvidence(client, minutes.flatMap(evidenceRows));
      await rememberEndpoints(client, learnedMemories(minutes));
      await markLifeSigns(client, lifeSigns(minutes));
      await writeToolLists(client, toolLists);
      return written;
    });
    return { rowsWritten, refused };
  } catch (err) {
    deps.partitions.forget();
    throw err;
  }
}

function inFencedTransaction<T>(
  pool: Pool,
  { shard, fence, entries }: ArchiveBatch,
  write: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, async (client) => {
    const lease = { consumerGroup: ARCHIVER_GROUP, shard, fence };
    if ((await holdConsumerFence(client, lease)) === "stale") {
      throw new AppError({
        code: "conflict",
        internal: `fence ${fence} of ${shard} is stale: another archiver holds the shard`,
        public: "This part of the work has moved elsewhere.",
      });
    }
    const result = await write(client);
    await advanceConsumerWatermark(client, { ...lease, watermarkAtMs: writtenThroughMs(entries) });
    return result;
  });
}

/** Stream ids begin with the epoch millisecond of their writing. */
function writtenThroughMs(entries: readonly ShardEntry[]): number {
  return Math.max(0, ...entries.map(({ id }) => Number(id.split("-")[0])));
}
