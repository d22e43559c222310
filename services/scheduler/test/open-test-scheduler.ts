import { randomUUID } from "node:crypto";
import { type ProbeJob, probeQueueName } from "@alivemcp/core/pipeline";
import { openLogger } from "@alivemcp/runtime/logger";
import { openQueue, openQueueConnection } from "@alivemcp/runtime/queues";
import { openRedis } from "@alivemcp/runtime/redis";
import pg from "pg";
import { Registry } from "prom-client";
import type { TestDatabase } from "../../../db/test/database.ts";
import type { TestRedis } from "../../runtime/test/redis.ts";
import { initialConditions } from "../src/conditions.ts";
import type { Deps } from "../src/deps.ts";
import { createSchedulerMetrics } from "../src/scheduler-metrics.ts";
import { createSnapshot } from "../src/snapshot.ts";
import type { TickState } from "../src/tick.ts";

export const REGIONS = ["us-east", "us-west", "eu-west", "ap-southeast", "sa-east"] as const;

/** A scheduler's dependencies with a clock the test moves; several may share the clock, the database and Redis. */
export async function openTestScheduler(input: {
  database: TestDatabase;
  redis: TestRedis;
  clock: { nowMs(): number };
  regions?: readonly string[];
}): Promise<{ deps: Deps; state: TickState }> {
  const { database, clock } = input;
  const regions = input.regions ?? REGIONS;
  const onError = () => {};
  const redis = openRedis(input.redis.url, { name: "test", onError });
  const queueConnection = openQueueConnection(input.redis.url, { name: "test", onError });
  await Promise.all([redis.ping(), queueConnection.ping()]);
  const queues = new Map(
    regions.map((region) => [region, openQueue<ProbeJob>(queueConnection, probeQueueName(region))]),
  );
  const pools = [openQuietPool(database), openQuietPool(database)] as const;
  const registry = new Registry();
  const deps: Deps = {
    config: {
      LOG_LEVEL: "fatal",
      REDIS_URL: input.redis.url,
      METRICS_HOST: "127.0.0.1",
      METRICS_PORT: 0,
      DATABASE_URL: database.url("system"),
      TICKET_KEY: ["test-ticket-key-0123456789abcdef0123"],
      REGIONS_FILE: "infra/regions.json",
      PROBE_REGIONS: [],
      SHUTDOWN_GRACE_MS: 5_000,
    },
    log: openLogger("scheduler", "fatal"),
    clock,
    registry,
    metrics: createSchedulerMetrics(registry),
    pool: pools[0],
    claimPool: pools[1],
    redis,
    queueConnection,
    queues,
    regions,
    ticketKey: "test-ticket-key-0123456789abcdef0123",
    snapshot: createSnapshot(),
    snapshotAge: { last: null },
    claimStore: { postgresRestsUntilMs: 0 },
    schedulerId: randomUUID(),
    startedAtMs: clock.nowMs(),
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      await Promise.all([redis.quit(), queueConnection.quit(), ...pools.map((pool) => pool.end())]);
    },
  };
  return { deps, state: { secondLastDone: 0, conditions: initialConditions(regions), open: [] } };
}

function openQuietPool(database: TestDatabase): pg.Pool {
  const pool = new pg.Pool({
    connectionString: database.url("system"),
    max: 2,
    connectionTimeoutMillis: 2_000,
    statement_timeout: 5_000,
  });
  pool.on("error", () => {});
  return pool;
}

/** Adds `count` endpoints, each on a host and domain of its own unless told otherwise; answers their ids. */
export async function addEndpoints(
  database: TestDatabase,
  count: number,
  options: { standing?: "unclaimed" | "added"; host?: string; domain?: string; cadenceS?: number } = {},
): Promise<readonly string[]> {
  const batch = randomUUID().slice(0, 8);
  const standing = options.standing ?? "added";
  const { rows } = await database.pool("super").query<{ id: string }>(
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing,
       cadence_s, retention_class)
     SELECT t.id, $1 || '-' || n, 'Endpoint ' || n, u, u, coalesce($2, n || '.' || $1 || '.example'),
       coalesce($3, n || '-' || $1 || '.example'), CASE $4 WHEN 'unclaimed' THEN 'public' ELSE 'unlisted' END, $4, $5,
       CASE $4 WHEN 'unclaimed' THEN 'public' ELSE 'team' END
     FROM generate_series(1, $6::int) AS n, LATERAL (SELECT 'https://' || $1 || '.example/' || n) AS url (u), tenants t
     WHERE t.kind = CASE $4 WHEN 'unclaimed' THEN 'public' ELSE 'customer' END
     RETURNING endpoints.id`,
    [batch, options.host ?? null, options.domain ?? null, standing, options.cadenceS ?? 60, count],
  );
  return rows.map(({ id }) => id);
}

/** Ids of every job in the queues, per region, in the order in which workers would take them. */
export async function queuedJobIds(
  deps: Pick<Deps, "queues">,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const entries = await Promise.all(
    [...deps.queues].map(async ([region, queue]) => {
      const jobs = await queue.getJobs(["wait"], 0, -1, true);
      return [region, jobs.map((job) => job.id as string)] as const;
    }),
  );
  return new Map(entries);
}
