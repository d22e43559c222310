import { DELIVERY_QUEUE, type DeliveryJob, type ProbeJob, probeQueueName } from "@alivemcp/core/pipeline";
import { type Clock, systemClock } from "@alivemcp/runtime/clock";
import { signingKey } from "@alivemcp/runtime/config";
import { createClosers } from "@alivemcp/runtime/lifecycle";
import { type Logger, openLogger } from "@alivemcp/runtime/logger";
import { createMetrics } from "@alivemcp/runtime/metrics";
import { openPool, type Pool } from "@alivemcp/runtime/postgres";
import { openQueue, openQueueConnection, type Queue } from "@alivemcp/runtime/queues";
import { openRedis, type Redis } from "@alivemcp/runtime/redis";
import { loadRegions, type RegionSpec } from "@alivemcp/runtime/regions";
import type { SinkKey } from "@alivemcp/runtime/sink-keys";
import type { Registry } from "prom-client";
import type { Config } from "./config.ts";
import { type DeliverDeps, openDeliverDeps } from "./deliver/deliver-deps.ts";
import { createRegionTally, type RegionTally } from "./region-tally.ts";
import { createRouterMetrics, type RouterMetrics } from "./router-metrics.ts";
import { createShardLocks, type ShardLocks } from "./shard-locks.ts";

/** Where people reach us, without a slash at the end, and the cities of regions. */
interface Places {
  readonly appUrl: string;
  readonly publicUrl: string;
  readonly cities: ReadonlyMap<string, string>;
}

/** Everything this process can touch. */
export interface Deps {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly metrics: RouterMetrics;
  /** As the `system` role. */
  readonly pool: Pool;
  /** For fields, minutes, budgets, heartbeats: a command fails when Redis is away. */
  readonly redis: Redis;
  /** For reading the stream only: reads of all shards travel together on it. */
  readonly streamRedis: Redis;
  /** For the queues: a command waits until Redis is back. */
  readonly queueConnection: Redis;
  /** By region. */
  readonly queues: ReadonlyMap<string, Queue<ProbeJob>>;
  /** Regions of the installation, in the manifest's order. */
  readonly regions: readonly string[];
  /** Signs the tickets of endpoints that have a credential. */
  readonly ticketKey: string;
  /** What messages name and link. */
  readonly places: Places;
  readonly deliveryQueue: Queue<DeliveryJob>;
  /** Opens and makes settings of sinks; the first one seals. */
  readonly sinkKeys: readonly SinkKey[];
  readonly tally: RegionTally;
  readonly locks: ShardLocks;
  readonly deliver: DeliverDeps;
  close(): Promise<void>;
}

/** Below the lease of a shard: who cannot write in this time has lost it anyway. */
const STATEMENT_TIMEOUT_MS = 8_000;

/** Opens all of it; rejects when Redis or Postgres does not answer. */
export async function createDeps(config: Config): Promise<Deps> {
  const closers = createClosers();
  const log = openLogger("alert-router", config.LOG_LEVEL);
  const registry = createMetrics("alert-router");
  const metrics = createRouterMetrics(registry);
  const manifest = loadRegions(config.REGIONS_FILE);
  const regions = regionsOf(config, manifest);
  const pool = openPool(config.DATABASE_URL, {
    max: 8,
    applicationName: "alert-router",
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    onError: (err) => log.warn({ err }, "postgres connection"),
  });
  closers.add("postgres", () => pool.end());
  await pool.query("SELECT 1");

  const onError = (err: Error) => log.warn({ err }, "redis connection");
  const redis = openRedis(config.REDIS_URL, { name: "alert-router", onError });
  closers.add("redis", () => redis.disconnect());
  await redis.ping();
  const streamRedis = openRedis(config.REDIS_URL, { name: "alert-router-stream", onError });
  closers.add("stream connection", () => streamRedis.disconnect());
  const queueConnection = openQueueConnection(config.REDIS_URL, { name: "alert-router-queues", onError });
  closers.add("queue connection", () => queueConnection.disconnect());
  await queueConnection.ping();
  const queues = new Map(
    regions.map((region) => [region, openQueue<ProbeJob>(queueConnection, probeQueueName(region))]),
  );
  const deliveryQueue = openQueue<DeliveryJob>(queueConnection, DELIVERY_QUEUE);
  for (const queue of [...queues.values(), deliveryQueue]) {
    queue.on("error", (err) => log.warn({ err, queue: queue.name }, "queue"));
  }
  closers.add("queues", () => Promise.all([...queues.values(), deliveryQueue].map((queue) => queue.close())));
  const tally = createRegionTally((region, isSuspected, reason) => {
    metrics.suspectedRegions.set({ region }, Number(isSuspected));
    log[isSuspected ? "error" : "info"]({ region, isSuspected, reason }, "region under suspicion");
  });
  const deliver = openDeliverDeps(config, {
    clock: systemClock,
    closers,
    log,
    registry,
    queueConnection,
    deliveryQueue,
  });
  return {
    config,
    log,
    clock: systemClock,
    registry,
    metrics,
    pool,
    redis,
    streamRedis,
    queueConnection,
    queues,
    regions,
    ticketKey: signingKey(config.TICKET_KEY),
    places: {
      appUrl: config.APP_URL,
      publicUrl: config.PUBLIC_URL,
      cities: new Map(manifest.map(({ id, city }) => [id, city])),
    },
    deliveryQueue,
    sinkKeys: config.SINK_KEY,
    tally,
    locks: createShardLocks(),
    deliver,
    close: closers.closeAll,
  };
}

function regionsOf(config: Config, specs: readonly RegionSpec[]): readonly string[] {
  const manifest = specs.map(({ id }) => id);
  const unknown = config.PROBE_REGIONS.filter((id) => !manifest.includes(id));
  if (unknown.length > 0) {
    throw new Error(`PROBE_REGIONS names regions that the manifest does not have: ${unknown.join(", ")}`);
  }
  return config.PROBE_REGIONS.length > 0
    ? manifest.filter((id) => config.PROBE_REGIONS.includes(id))
    : manifest;
}
