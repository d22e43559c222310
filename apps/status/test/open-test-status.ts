/** The status app over real Postgres and Redis of the test's own, with a clock that the test moves. */
import { randomUUID } from "node:crypto";
import { COMMITTED_FIELDS, RAW_FIELDS, WINDOW_FIELDS } from "@alivemcp/core/now-fields";
import { packVote } from "@alivemcp/core/packed-vote";
import {
  checkQueueName,
  minuteOf,
  nowKey,
  type ProbeFinding,
  type ProbeJob,
  regionKey,
} from "@alivemcp/core/pipeline";
import { mergeWorkerBeat } from "@alivemcp/core/region-heartbeat";
import { loadConfig } from "@alivemcp/runtime/config";
import { openLogger } from "@alivemcp/runtime/logger";
import { openPool } from "@alivemcp/runtime/postgres";
import { openQueue, openQueueConnection } from "@alivemcp/runtime/queues";
import { openRedis } from "@alivemcp/runtime/redis";
import type { Hono } from "hono";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { openTestRedis, type TestRedis } from "../../../services/runtime/test/redis.ts";
import { buildApp } from "../src/app.ts";
import { configSchema } from "../src/config.ts";
import { assembleDeps, type Deps } from "../src/deps.ts";

export const NOW_MS = Date.UTC(2026, 10, 20, 12, 0, 30);
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

export const WINDOWS = {
  uptime: { "24h": 0.9993, "7d": 0.9999, "30d": 0.99987, "90d": 1 },
  authWalledShare30d: 0,
  latencyMsP50Of24h: 181.6,
  latencyMsP95Of24h: 402,
  lastDriftAtMs: null,
};

/** What the report script, the router and the archiver would have left in Redis. */
export async function seedNow(
  { store }: Pick<TestStatus, "store">,
  endpointId: string,
  fields: Record<string, string> = {},
): Promise<void> {
  await store.redis.hset(nowKey(endpointId), {
    [RAW_FIELDS.state]: "up",
    [RAW_FIELDS.reason]: "",
    [RAW_FIELDS.minute]: String(minuteOf(NOW_MS)),
    [RAW_FIELDS.atMs]: String(NOW_MS - 10_000),
    [RAW_FIELDS.latencyMs]: "180",
    [COMMITTED_FIELDS.state]: "up",
    [COMMITTED_FIELDS.sinceAtMs]: String(NOW_MS - 3 * 86_400_000),
    [COMMITTED_FIELDS.reason]: "",
    [COMMITTED_FIELDS.flags]: "",
    [WINDOW_FIELDS.windows]: JSON.stringify(WINDOWS),
    ...fields,
  });
}

export function regionFields(region: string, finding: ProbeFinding): Record<string, string> {
  return {
    [RAW_FIELDS.vote(region)]: packVote({
      observedAtMs: finding.observedAtMs,
      digest: "0123456789abcdef",
      slotAtMs: finding.startedAtMs,
      startedAtMs: finding.startedAtMs,
      state: finding.state,
      reason: finding.reason,
      latencyMs: finding.latencyMs,
      changedFullHash: null,
    }),
    [RAW_FIELDS.finding(region)]: JSON.stringify(finding),
  };
}

export async function seedHeartbeats({ store, clock }: Pick<TestStatus, "store" | "clock">): Promise<void> {
  for (const { id } of REGIONS) {
    const beat = { workerId: "w1", atMs: clock.atMs, isSelfCheckOk: true, version: "1" };
    await store.redis.set(regionKey(id), mergeWorkerBeat(null, beat, clock.atMs));
  }
}

export const FINDING: ProbeFinding = {
  state: "up",
  reason: null,
  layer: null,
  detail: null,
  isAuthRequired: false,
  startedAtMs: NOW_MS - 11_000,
  observedAtMs: NOW_MS - 10_000,
  latencyMs: 180,
  era: "legacy",
  protocolVersion: "2025-06-18",
  transport: "http",
  server: { name: "acme", version: "1.2.3" },
  toolsCount: 4,
  contractHash: "a".repeat(64),
  fullHash: "b".repeat(64),
  transientReason: null,
  tlsExpiresAtMs: null,
  retryAfterMs: null,
  lints: [],
  steps: [
    { step: "dns", ms: 4, ok: true, detail: "203.0.113.77" },
    { step: "tcp", ms: 12, ok: true, detail: "203.0.113.77:443" },
    { step: "tls", ms: 31, ok: true, detail: "TLS 1.3" },
    { step: "handshake", ms: 150, ok: true, detail: null },
    { step: "tools_list", ms: 60, ok: true, detail: "4 tools" },
    { step: "close", ms: 9, ok: true, detail: null },
  ],
  evidence: null,
};
