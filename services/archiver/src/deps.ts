import { getHeapStatistics } from "node:v8";
import { SHARD_COUNT } from "@alivemcp/core/shard";
import { type Clock, systemClock } from "@alivemcp/runtime/clock";
import { createClosers } from "@alivemcp/runtime/lifecycle";
import { type Logger, openLogger } from "@alivemcp/runtime/logger";
import { createMetrics } from "@alivemcp/runtime/metrics";
import { openPool, type Pool } from "@alivemcp/runtime/postgres";
import { openRedis, type Redis } from "@alivemcp/runtime/redis";
import { loadRegions } from "@alivemcp/runtime/regions";
import type { Registry } from "prom-client";
import { type ArchiverMetrics, createArchiverMetrics } from "./archiver-metrics.ts";
import type { Config } from "./config.ts";
import { type CoveredPartitions, openCoveredPartitions } from "./covered-partitions.ts";
import { openUpkeepLocks, type UpkeepLocks } from "./upkeep-locks.ts";

/** Everything this process can touch. */
export interface Deps {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly metrics: ArchiverMetrics;
  /** As the `system` role, for batches: whoever cannot write within the lease of a shard has lost it. */
  readonly pool: Pool;
  /** As the `system` role, for upkeep, whose statements read hours of all endpoints. */
  readonly upkeepPool: Pool;
  readonly locks: UpkeepLocks;
  /** For tool lists, windows and trimming: a command fails when Redis is away. */
  readonly redis: Redis;
  /** For reading the stream only: reads of all shards travel together on it. */
  readonly streamRedis: Redis;
  /** Regions of the installation, in the manifest's order. */
  readonly regions: readonly string[];
  readonly partitions: CoveredPartitions;
  /** Most entries of one batch. */
  readonly batchMax: number;
  close(): Promise<void>;
}

const BATCH_STATEMENT_TIMEOUT_MS = 8_000;
const UPKEEP_STATEMENT_TIMEOUT_MS = 60_000;
const BATCH_MAX = 5_000;
/** An entry of five failing regions, parsed, with what its batch makes of it. */
const ENTRY_BYTES = 20_000;

/** Opens all of it; rejects when Redis or Postgres does not answer. */
export async function createDeps(config: Config): Promise<Deps> {
  const closers = createClosers();
  const log = openLogger("archiver", config.LOG_LEVEL);
  const registry = createMetrics("archiver");
  const regions = regionsOf(config);
  const open = (name: string, max: number, statementTimeoutMs: number) => {
    const onError = (err: Error) => log.warn({ err }, "postgres connection");
    const pool = openPool(config.DATABASE_URL, { max, applicationName: name, statementTimeoutMs, onError });
    closers.add(name, () => pool.end());
    return pool;
  };
  const pool = open("archiver", 6, BATCH_STATEMENT_TIMEOUT_MS);
  const upkeepPool = open("archiver-upkeep", 4, UPKEEP_STATEMENT_TIMEOUT_MS);
  await pool.query("SELECT 1");
  const locks = openUpkeepLocks(upkeepPool);
  closers.add("upkeep locks", locks.close);

  const onError = (err: Error) => log.warn({ err }, "redis connection");
  const redis = openRedis(config.REDIS_URL, { name: "archiver", onError });
  closers.add("redis", () => redis.disconnect());
  await redis.ping();
  const streamRedis = openRedis(config.REDIS_URL, { name: "archiver-stream", onError });
  closers.add("stream connection", () => streamRedis.disconnect());
  return {
    config,
    log,
    clock: systemClock,
    registry,
    metrics: createArchiverMetrics(registry),
    pool,
    upkeepPool,
    locks,
    redis,
    streamRedis,
    regions,
    partitions: openCoveredPartitions(pool),
    batchMax: batchMaxWithin(getHeapStatistics().heap_size_limit),
    close: closers.closeAll,
  };
}

/** After an outage every shard has a full batch in hand: half of the heap has to hold them all. */
function batchMaxWithin(heapBytes: number): number {
  return Math.max(100, Math.min(BATCH_MAX, Math.floor(heapBytes / 2 / SHARD_COUNT / ENTRY_BYTES)));
}

function regionsOf(config: Config): readonly string[] {
  const manifest = loadRegions(config.REGIONS_FILE).map(({ id }) => id);
  const unknown = config.PROBE_REGIONS.filter((id) => !manifest.includes(id));
  if (unknown.length > 0) {
    throw new Error(`PROBE_REGIONS names regions that the manifest does not have: ${unknown.join(", ")}`);
  }
  return config.PROBE_REGIONS.length > 0
    ? manifest.filter((id) => config.PROBE_REGIONS.includes(id))
    : manifest;
}
