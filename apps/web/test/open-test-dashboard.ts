/**
 * The dashboard over real Postgres and Redis of the test's own, with a clock that the test moves. Who is signed in is
 * named by a header: how people sign in has its own tests.
 */
import { randomUUID } from "node:crypto";
import { probeQueueName } from "@alivemcp/core/pipeline";
import type { PlanName } from "@alivemcp/core/plans";
import { loadConfig } from "@alivemcp/runtime/config";
import { openLogger } from "@alivemcp/runtime/logger";
import { openPool } from "@alivemcp/runtime/postgres";
import { openQueue, openQueueConnection } from "@alivemcp/runtime/queues";
import { openRedis } from "@alivemcp/runtime/redis";
import type { Hono } from "hono";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { addTestMember, addTestTenant, addTestUser, type TestTenant } from "../../../db/test/tenant.ts";
import { NOW_MS, seedHeartbeatsAt, seedNowAt } from "../../../services/runtime/test/live-state.ts";
import { openTestRedis, type TestRedis } from "../../../services/runtime/test/redis.ts";
import { makeTestSinkKey } from "../../../services/runtime/test/sink-keys.ts";
import { buildApp } from "../src/app.ts";
import { configSchema } from "../src/config.ts";
import { assembleDeps, type Deps } from "../src/deps.ts";
import type { WebEnv } from "../src/web-env.ts";

export const APP_URL = "http://web.example";
const REGIONS = [
  { id: "us-east", city: "Ashburn" },
  { id: "eu-west", city: "London" },
];

export interface TestDashboard {
  readonly app: Hono<WebEnv>;
  readonly deps: Deps;
  readonly database: TestDatabase;
  readonly store: TestRedis;
  readonly clock: { atMs: number };
  readonly stopping: AbortController;
  /** People whose sessions are over. */
  readonly signedOut: Set<string>;
  close(): Promise<void>;
}

/** `regions` defaults to two of them; the clock stands at `nowMs`. Browsers post forms only where `appUrl` is served. */
export async function openTestDashboard(
  options: { readonly nowMs?: number; readonly regions?: Deps["regions"]; readonly appUrl?: string } = {},
): Promise<TestDashboard> {
  const { nowMs = NOW_MS, regions = REGIONS, appUrl = APP_URL } = options;
  const [database, store] = await Promise.all([openTestDatabase({ partitionsAtMs: nowMs }), openTestRedis()]);
  const clock = { atMs: nowMs, nowMs: () => clock.atMs };
  const config = loadConfig(configSchema, {
    DATABASE_URL: database.url("app"),
    IDENTITY_DATABASE_URL: database.url("identity"),
    REDIS_URL: store.url,
    METRICS_PORT: "0",
    PORT: "0",
    APP_URL: appUrl,
    PUBLIC_URL: "https://status.example",
    API_URL: "https://api.example",
    AUTH_SECRET: "a".repeat(32),
    TICKET_KEY: "t".repeat(32),
    SINK_PUBLIC_KEY: makeTestSinkKey().publicText,
    DEFAULT_PLAN: "team",
    PROBE_ALLOW_CIDRS: "127.0.0.0/8",
    SIMULATED_REGIONS: "1",
    SMTP_URL: "smtp://127.0.0.1:9",
    MAIL_FROM: "AliveMCP <mail@web.example>",
    INTERNAL_URL: "http://127.0.0.1:9",
    INTERNAL_TOKEN: "i".repeat(32),
  });
  const pool = openPool(config.DATABASE_URL, { max: 6, applicationName: "test", onError: () => {} });
  const identityPool = openPool(config.IDENTITY_DATABASE_URL, {
    max: 4,
    applicationName: "test",
    onError: () => {},
  });
  const redis = openRedis(store.url, { name: "test", onError: () => {} });
  const connection = openQueueConnection(store.url, { name: "test", onError: () => {} });
  const probeQueues = new Map(regions.map(({ id }) => [id, openQueue(connection, probeQueueName(id))]));
  const signedOut = new Set<string>();
  const parts = assembleDeps({
    config,
    log: openLogger("test", "silent"),
    clock,
    pool,
    identityPool,
    redis,
    regions,
    probeQueues,
  });
  const deps: Deps = {
    ...parts,
    identity: {
      ...parts.identity,
      findViewer: async (c) => {
        const userId =
          c.req.header("x-test-user") ?? c.req.header("cookie")?.match(/test-user=([\w-]+)/)?.[1];
        return userId === undefined || signedOut.has(userId)
          ? null
          : { userId, name: "Ada", email: "ada@example.com", sessionId: `session of ${userId}` };
      },
    },
    close: async () => {},
  };
  const stopping = new AbortController();
  return {
    app: buildApp(deps, { isReady: async () => true, stopping: stopping.signal }),
    deps,
    database,
    store,
    clock,
    stopping,
    signedOut,
    async close() {
      stopping.abort();
      await Promise.all([...probeQueues.values()].map((queue) => queue.close()));
      connection.disconnect();
      redis.disconnect();
      await parts.mailer.close();
      await Promise.all([pool.end(), identityPool.end()]);
      await Promise.all([database.close(), store.close()]);
    },
  };
}

export interface TestWorkspace extends TestTenant {
  /** `/w/<slug>`. */
  readonly base: string;
  /** A colleague who may only look. */
  readonly viewerId: string;
}

export async function addWorkspace(
  { database }: Pick<TestDashboard, "database">,
  options: { readonly plan?: PlanName } = {},
): Promise<TestWorkspace> {
  const tenant = await addTestTenant(database, options);
  const viewerId = await addTestUser(database);
  await addTestMember(database, { tenantId: tenant.id, userId: viewerId, role: "viewer" });
  return { ...tenant, base: `/w/${tenant.slug}`, viewerId };
}

/** Asks as somebody; redirects are not followed. */
export function askAs(
  { app }: Pick<TestDashboard, "app">,
  userId: string,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("x-test-user", userId);
  return Promise.resolve(app.request(`${APP_URL}${path}`, { ...init, headers }));
}

/** Posts a form as a page of ours would. */
export function postAs(
  dashboard: Pick<TestDashboard, "app" | "deps">,
  userId: string,
  path: string,
  fields: Record<string, string> = {},
): Promise<Response> {
  const token = dashboard.deps.signer.sign("form", `session session of ${userId}`);
  return askAs(dashboard, userId, path, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", origin: APP_URL },
    body: new URLSearchParams({ ...fields, _token: token }).toString(),
  });
}

export interface SeededEndpoint {
  readonly id: string;
  readonly number: number;
  readonly slug: string;
}

type Columns = Partial<{
  slug: string;
  name: string;
  url: string;
  visibility: string;
  standing: string;
  tags: string[];
  group_name: string;
  retention_class: string;
  first_watched_at: Date;
  created_at: Date;
}>;

/** One endpoint row; what is not named is ordinary. */
export async function seedEndpoint(
  { database }: Pick<TestDashboard, "database">,
  tenantId: string,
  columns: Columns = {},
): Promise<SeededEndpoint> {
  const slug = columns.slug ?? `endpoint-${randomUUID().slice(0, 8)}`;
  const url = columns.url ?? `https://${slug}.example.com/mcp`;
  const row = {
    tenant_id: tenantId,
    name: slug,
    normalized_url: url,
    host: new URL(url).hostname,
    registrable_domain: new URL(url).hostname,
    visibility: "unlisted",
    standing: "added",
    retention_class: "team",
    first_watched_at: new Date(NOW_MS - 40 * 86_400_000),
    created_at: new Date(NOW_MS - 40 * 86_400_000),
    ...columns,
    slug,
    url,
  };
  const names = Object.keys(row);
  const { rows } = await database
    .pool("super")
    .query<{ id: string; number: number }>(
      `INSERT INTO endpoints (${names.join(", ")}) VALUES (${names.map((_, index) => `$${index + 1}`).join(", ")}) RETURNING id, number`,
      Object.values(row),
    );
  const [inserted] = rows;
  if (inserted === undefined) {
    throw new Error("the endpoint was not inserted");
  }
  return { ...inserted, slug };
}

/** An endpoint that is up since days; `fields` are set over that. */
export const seedNow = (
  { store, clock }: Pick<TestDashboard, "store" | "clock">,
  endpointId: string,
  fields: Record<string, string> = {},
): Promise<void> => seedNowAt(store, clock.atMs, endpointId, fields);

export const seedHeartbeats = ({ store, clock, deps }: TestDashboard): Promise<void> =>
  seedHeartbeatsAt(store, clock.atMs, deps.regions);
