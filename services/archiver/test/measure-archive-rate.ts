/** Archived rows per second: fresh verdict-minutes of many endpoints through `archiveBatch`, two shards at once. */
import { MINUTE_MS } from "@alivemcp/core/pipeline";
import { SHARDS } from "@alivemcp/core/shard";
import { claimConsumerFence } from "@alivemcp/db/queries/consumer-fences-system";
import { systemClock } from "@alivemcp/runtime/clock";
import { openTestDatabase } from "../../../db/test/database.ts";
import { openTestRedis } from "../../runtime/test/redis.ts";
import { type ArchiveDeps, archiveBatch } from "../src/archive-batch.ts";
import { openCoveredPartitions } from "../src/covered-partitions.ts";
import { addEndpoints } from "./endpoints.ts";
import { findingAt, inStream, minuteEntry } from "./verdict-entries.ts";

const REGIONS = ["us-east", "us-west", "eu-west", "ap-southeast", "sa-east"];
const ENDPOINTS = 20_000;
const BATCH_ROWS = 5_000;
const BATCHES = 24;
const LANES = 2;

/**
 * Archives 120,000 minutes of 20,000 endpoints, each of five regions, in batches of 5,000 on a database of its own, and
 * says how many rows a second went in, after a first batch that warms up. Reading and parsing the stream is not in it.
 */
export async function measureArchiveRate(): Promise<{ readonly rowsPerS: number }> {
  const database = await openTestDatabase();
  const { redis, close } = await openTestRedis();
  try {
    const pool = database.pool("system");
    const deps = { pool, redis, clock: systemClock, partitions: openCoveredPartitions(pool) };
    const endpoints = await addEndpoints(database, ENDPOINTS);
    await database.pool("super").query("ANALYZE endpoints");
    const batches = Array.from({ length: BATCHES + 1 }, (_, batch) =>
      batchOf(
        endpoints.map(({ id }) => id),
        batch,
      ),
    );
    await archiveInLanes(deps, batches.slice(0, 1));
    const startedAt = performance.now();
    const rows = await archiveInLanes(deps, batches.slice(1));
    return { rowsPerS: Math.round((rows * 1_000) / (performance.now() - startedAt)) };
  } finally {
    await close();
    await database.close();
  }
}

/** The n-th batch: the next 5,000 pairs of endpoint and minute, backwards from now. */
function batchOf(endpointIds: readonly string[], batch: number) {
  const nowMinute = Math.floor(Date.now() / MINUTE_MS);
  const entries = Array.from({ length: BATCH_ROWS }, (_, n) => {
    const nth = batch * BATCH_ROWS + n;
    const minute = nowMinute - Math.floor(nth / endpointIds.length);
    const endpointId = endpointIds[nth % endpointIds.length] as string;
    const seen = Object.fromEntries(REGIONS.map((region) => [region, findingAt(minute * MINUTE_MS + 500)]));
    return minuteEntry({ endpointId, minute, seen });
  });
  return inStream(entries);
}

async function archiveInLanes(
  deps: ArchiveDeps,
  batches: readonly ReturnType<typeof batchOf>[],
): Promise<number> {
  let rows = 0;
  let next = 0;
  const lanes = SHARDS.slice(0, LANES).map(async (shard) => {
    const fence = await claimConsumerFence(deps.pool, { consumerGroup: "archiver", shard });
    for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) {
      const archived = await archiveBatch(deps, { shard, fence, entries: batch });
      rows += archived.rowsWritten;
    }
  });
  await Promise.all(lanes);
  return rows;
}
