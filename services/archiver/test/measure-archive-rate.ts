/** Archived rows per second: fresh minutes of many endpoints through `archiveBatch`, several shards at once. */
import { MINUTE_MS } from "@alivemcp/core/pipeline";
import { SHARDS } from "@alivemcp/core/shard";
import { claimConsumerFence } from "@alivemcp/db/queries/consumer-fences-system";
import { type ArchiveDeps, archiveBatch } from "../src/archive-batch.ts";
import { findingAt, inStream, minuteEntry } from "./verdict-entries.ts";

const REGIONS = ["us-east", "us-west", "eu-west", "ap-southeast", "sa-east"];

/**
 * Archives `rows` verdict-minutes of the given endpoints in batches of 5,000, `concurrency` shards at a time, and says
 * how many a second went in. The minutes must be new: they lie before `beforeMs`, one per endpoint and minute.
 */
export async function measureArchiveRate(
  deps: ArchiveDeps,
  input: {
    readonly endpointIds: readonly string[];
    readonly rows: number;
    readonly concurrency: number;
    readonly beforeMs: number;
  },
): Promise<{ readonly rowsPerS: number; readonly rows: number }> {
  const batchRows = 5_000;
  const batches = Array.from({ length: Math.ceil(input.rows / batchRows) }, (_, batch) => {
    const entries = Array.from({ length: batchRows }, (_, n) => {
      const nth = batch * batchRows + n;
      const minute = Math.floor(input.beforeMs / MINUTE_MS) - Math.floor(nth / input.endpointIds.length);
      const endpointId = input.endpointIds[nth % input.endpointIds.length] as string;
      const seen = Object.fromEntries(REGIONS.map((region) => [region, findingAt(minute * MINUTE_MS + 500)]));
      return minuteEntry({ endpointId, minute, seen });
    });
    return inStream(entries);
  });
  const fences = await Promise.all(
    SHARDS.map((shard) => claimConsumerFence(deps.pool, { consumerGroup: "archiver", shard })),
  );
  let rows = 0;
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: input.concurrency }, async (_, lane) => {
      const [shard = "", fence = 0] = [SHARDS[lane], fences[lane]];
      for (let batch = next++; batch < batches.length; batch = next++) {
        const archived = await archiveBatch(deps, { shard, fence, entries: batches[batch] ?? [] });
        rows += archived.rowsWritten;
      }
    }),
  );
  return { rowsPerS: Math.round((rows * 1_000) / (performance.now() - startedAt)), rows };
}
