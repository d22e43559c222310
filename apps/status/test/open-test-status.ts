/** The status app over real Postgres and Redis of the test's own, with a clock that the test moves. */
import { randomUUID } from "node:crypto";
import { checkQueueName, type ProbeJob } from "@alivemcp/core/pipeline";
import { loadConfig } from "@alivemcp/runtime/config";
import { openLogger } from "@alivemcp/runtime/logger";
import { openPool } from "@alivemcp/runtime/postgres";
import { openQueue, openQueueConnection } from "@alivemcp/runtime/queues";
import { openRedis } from "@alivemcp/runtime/redis";
import type { Hono } from "hono";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { NOW_MS, seedHeartbeatsAt, seedNowAt } from "../../../services/runtime/test/live-state.ts";
import { openTestRedis, type TestRedis } from "../../../services/runtime/test/redis.ts";
import { buildApp } from "../src/app.ts";
import { configSchema } from "../src/config.ts";
import { assembleDeps, type Deps } from "../src/deps.ts";

export const REGIONS = [
  { id: "us-east", city: "Ashburn" },
  { id: "eu-west", city: "London" },
];
const PUBLIC_TENANT = "00000000-0000-4000-8000-000000000001";

export interface TestStatus {
  readonly app: Hono;
  readonly deps: Deps;
  readonly database: TestDatabase;
  readonly store: TestRedis;
  readonly clock: { atMs: number };
  readonly lifecycle: { isReadyNow: boolean; readonly stopping: AbortController };
  /** Reads catalogue and states again, as the running process does every few seconds. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export async function openTestStatus(environment: Record<string, string> = {}): Promise<TestStatus> {
  const [database, store] = await Promise.all([
    openTestDatabase({ partitionsAtMs: NOW_MS }),
    openTestRedis(),
  ]);
  const clock = { atMs: NOW_MS, nowMs: () => clock.atMs };
  const config = loadConfig(configSchema, {
    DATABASE_URL: database.url("reader"),
    REDIS_URL: store.url,
    METRICS_PORT: "0",
    PORT: "0",
    PUBLIC_URL: "https://status.example",
    API_URL: "https://api.example",
    SIMULATED_REGIONS: "1",
    PROBE_ALLOW_CIDRS: "127.0.77.0/24",
    ...environment,
  });
  // Its own connections, so that a test can take them away.
  const pool = openPool(config.DATABASE_URL, { max: 4, applicationName: "test", onError: () => {} });
  const redis = openRedis(store.url, { name: "test", onError: () => {} });
  const connection = openQueueConnection(store.url, { name: "test", onError: () => {} });
  const checkQueues = new Map(
    REGIONS.map(({ id }) => [id, openQueue<ProbeJob>(connection, checkQueueName(id))]),
  );
  const deps: Deps = {
    ...assembleDeps({
      config,
      log: openLogger("test", "silent"),
      clock,
      pool,
      redis,
      regions: REGIONS,
      checkQueues,
    }),
    close: async () => {},
  };
  const lifecycle = { isReadyNow: true, stopping: new AbortController() };
  const app = buildApp(deps, { isReady: () => lifecycle.isReadyNow, stopping: lifecycle.stopping.signal });
  return {
    app,
    deps,
    database,
    store,
    clock,
    lifecycle,
    async refresh() {
      clock.atMs += 11_000;
      await deps.catalogue.refresh();
      await deps.liveStates.refresh();
    },
    async close() {
      await Promise.all([...checkQueues.values()].map((queue) => queue.close()));
      connection.disconnect();
      redis.disconnect();
      await (pool.ended ? null : pool.end());
      await Promise.all([database.close(), store.close()]);
    },
  };
}

export interface SeededEndpoint {
  readonly id: string;
  readonly number: number;
  readonly slug: string;
}

/** One endpoint row; what is not named is ordinary. */
export async function seedEndpoint(
  { database }: Pick<TestStatus, "database">,
  columns: Partial<Record<"slug" | "name" | "url" | "visibility" | "standing", string>> = {},
): Promise<SeededEndpoint> {
  const slug = columns.slug ?? `endpoint-${randomUUID().slice(0, 8)}`;
  const url = columns.url ?? `https://${slug}.example.com/mcp`;
  const { hostname } = new URL(url);
  const { rows } = await database.pool("super").query<{ id: string; number: number }>(
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing, retention_class, first_watched_at)
     VALUES ($1, $2, $3, $4, $4, $5, $5, $6, $7, 'public', $8) RETURNING id, number`,
    [
      PUBLIC_TENANT,
      slug,
      columns.name ?? slug,
      url,
      hostname,
      columns.visibility ?? "public",
      columns.standing ?? "added",
      new Date(NOW_MS - 40 * 86_400_000),
    ],
  );
  const [row] = rows;
  if (row === undefined) {
    throw new Error("the endpoint was not inserted");
  }
  return { ...row, slug };
}

/** An endpoint that is up since days; `fields` are set over that. The moment is `NOW_MS`, wherever the clock stands. */
export const seedNow = (
  { store }: Pick<TestStatus, "store">,
  endpointId: string,
  fields: Record<string, string> = {},
): Promise<void> => seedNowAt(store, NOW_MS, endpointId, fields);

export const seedHeartbeats = ({ store, clock }: Pick<TestStatus, "store" | "clock">): Promise<void> =>
  seedHeartbeatsAt(store, clock.atMs, REGIONS);

/** An outage of the endpoint that began so long before the clock, and what its operator wrote; returns its id. */
export async function seedIncident(
  { database, clock }: Pick<TestStatus, "database" | "clock">,
  endpointId: string,
  input: {
    readonly startedAgoMs: number;
    readonly resolvedAgoMs?: number;
    readonly simulatedFor?: string;
    readonly updates?: readonly { readonly stage: string; readonly body: string }[];
  },
): Promise<string> {
  const { rows } = await database.pool("super").query<{ id: string }>(
    `INSERT INTO incident (endpoint_id, simulated_for, started_at, opened_at, ended_at, resolved_at, severity, severity_worst, causes, failure_reason, regions)
     VALUES ($1, $2, $3, $3, $4, $4, 'P1', 'P1', $5, 'tls_expired', '{eu-west,us-east}') RETURNING id`,
    [
      endpointId,
      input.simulatedFor ?? null,
      new Date(clock.atMs - input.startedAgoMs),
      input.resolvedAgoMs === undefined ? null : new Date(clock.atMs - input.resolvedAgoMs),
      input.resolvedAgoMs === undefined ? ["down"] : [],
    ],
  );
  const id = rows[0]?.id ?? "";
  for (const [index, { stage, body }] of (input.updates ?? []).entries()) {
    await database.pool("super").query(
      `INSERT INTO incident_update (incident_id, tenant_id, stage, body, written_by, at)
       SELECT $1, tenant_id, $3, $4, 'member SENTINEL', $5 FROM endpoints WHERE id = $2`,
      [id, endpointId, stage, body, new Date(clock.atMs - input.startedAgoMs + (index + 1) * 60_000)],
    );
  }
  return id;
}

/** Maintenance of an hour that the endpoint's owner announced. */
export async function seedMaintenance(
  { database, clock }: Pick<TestStatus, "database" | "clock">,
  endpointId: string,
  input: {
    readonly startsInMs: number;
    readonly name: string;
    readonly note?: string;
    readonly isPublic?: boolean;
  },
): Promise<void> {
  const startsAtMs = clock.atMs + input.startsInMs;
  await database.pool("super").query(
    `INSERT INTO maintenance_window (tenant_id, name, note, scope, starts_at, ends_at, is_public, created_by)
     SELECT tenant_id, $2, $3, $4, $5, $6, $7, 'member SENTINEL' FROM endpoints WHERE id = $1`,
    [
      endpointId,
      input.name,
      input.note ?? null,
      { kind: "some", endpointIds: [endpointId], tags: ["SENTINEL"], groups: ["SENTINEL"] },
      new Date(startsAtMs),
      new Date(startsAtMs + 3_600_000),
      input.isPublic ?? true,
    ],
  );
}
