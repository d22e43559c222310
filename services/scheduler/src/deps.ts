import { randomUUID } from "node:crypto";
import type { ProbeJob } from "@alivemcp/core/pipeline";
import { probeQueueName } from "@alivemcp/core/pipeline";
import { type Clock, systemClock } from "@alivemcp/runtime/clock";
import { signingKey } from "@alivemcp/runtime/config";
import { createClosers } from "@alivemcp/runtime/lifecycle";
import { type Logger, openLogger } from "@alivemcp/runtime/logger";
import { createMetrics } from "@alivemcp/runtime/metrics";
import { openPool, type Pool } from "@alivemcp/runtime/postgres";
import { openQueue, openQueueConnection, type Queue } from "@alivemcp/runtime/queues";
import { listDurabilityProblems, openRedis, type Redis } from "@alivemcp/runtime/redis";
import { loadRegions } from "@alivemcp/runtime/regions";
import type { Registry } from "prom-client";
import type { ClaimStore } from "./claim-store.ts";
import type { Config } from "./config.ts";
import { createSchedulerMetrics, type SchedulerMetrics } from "./scheduler-metrics.ts";
import { createSnapshot, type Snapshot, type SnapshotAge } from "./snapshot.ts";

/** Everything this process can touch. */
export interface Deps {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly metrics: SchedulerMetrics;
  /** Reads endpoints; a read of all of them may take a while. */
  readonly pool: Pool;
  /** Claims windows; gives up within seconds, so that a tick goes on in Redis. */
  readonly claimPool: Pool;
  /** Budgets, conditions, sealing: a command fails when Redis is away. */
  readonly redis: Redis;
  /** For the queues: a command waits until Redis is back. */
  readonly queueConnection: Redis;
  /** By region. */
  readonly queues: ReadonlyMap<string, Queue<ProbeJob>>;
  /** Regions of the installation, in the manifest's order. */
  readonly regions: readonly string[];
  /** Signs the tickets of endpoints that have a credential. */
  readonly ticketKey: string;
  readonly snapshot: Snapshot;
  readonly snapshotAge: SnapshotAge;
  readonly claimStore: ClaimStore;
  readonly schedulerId: string;
  readonly startedAtMs: number;
  close(): Promise<void>;
}

const CLAIM_TIMEOUT_MS = 2_000;

/** Opens all of it; rejects when Redis or Postgres does not answer. */
export async function createDeps(config: Config): Promise<Deps> {
  const closers = createClosers();
  const log = openLogger("scheduler", config.LOG_LEVEL);
  const registry = createMetrics("scheduler");
  const metrics = createSchedulerMetrics(registry);
  const regions = regionsOf(config);
  const openDatabase = (name: string, max: number, statementTimeoutMs: number) => {
    const pool = openPool(config.DATABASE_URL, {
      max,
      applicationName: name,
      statementTimeoutMs,
      onError: (err) => log.warn({ err }, "postgres connection"),
    });
    closers.add(name, () => pool.end());
    return pool;
  };
  const pool = openDatabase("scheduler", 2, 30_000);
  const claimPool = openDatabase("scheduler-claims", 2, CLAIM_TIMEOUT_MS);
  await pool.query("SELECT 1");

  const onError = (err: Error) => log.warn({ err }, "redis connection");
  const redis = openRedis(config.REDIS_URL, { name: "scheduler", onError });
  closers.add("redis", () => redis.quit());
  await redis.ping();
  const problems = await listDurabilityProblems(redis);
  metrics.redisDurabilityProblems.set(problems.length);
  if (problems.length > 0) {
    log.error({ problems }, "this Redis may lose jobs and verdicts");
  }
  const queueConnection = openQueueConnection(config.REDIS_URL, { name: "scheduler-queues", onError });
  closers.add("queue connection", () => queueConnection.quit());
  await queueConnection.ping();
  const queues = new Map(
    regions.map((region) => [region, openQueue<ProbeJob>(queueConnection, probeQueueName(region))]),
  );
  closers.add("queues", () => Promise.all([...queues.values()].map((queue) => queue.close())));
  return {
    config,
    log,
    clock: systemClock,
    registry,
    metrics,
    pool,
    claimPool,
    redis,
    queueConnection,
    queues,
    regions,
    ticketKey: signingKey(config.TICKET_KEY),
    snapshot: createSnapshot(),
    snapshotAge: { last: null },
    claimStore: { postgresRestsUntilMs: 0 },
    schedulerId: randomUUID(),
    startedAtMs: systemClock.nowMs(),
    close: closers.closeAll,
  };
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
