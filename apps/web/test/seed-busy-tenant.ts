/** What a tenant of the largest plan has after 90 days: rows as archiver and router leave them, states in Redis. */
import { deflateSync } from "node:zlib";
import { canonicalJson } from "@alivemcp/core/canonical-json";
import { diffToolLists } from "@alivemcp/core/diff-tool-lists";
import { COMMITTED_FIELDS, RAW_FIELDS, WINDOW_FIELDS } from "@alivemcp/core/now-fields";
import { packVote } from "@alivemcp/core/packed-vote";
import { minuteOf, nowKey, regionKey } from "@alivemcp/core/pipeline";
import { mergeWorkerBeat } from "@alivemcp/core/region-heartbeat";
import { hashToolList } from "@alivemcp/core/tool-list";
import { makePartitions } from "../../../db/src/queries/partitions-system.ts";
import type { TestDatabase } from "../../../db/test/database.ts";
import { FINDING } from "../../../services/runtime/test/live-state.ts";
import type { TestRedis } from "../../../services/runtime/test/redis.ts";

export interface BusyTenant {
  readonly slugs: readonly string[];
  readonly driftIds: readonly string[];
  readonly rows: Readonly<Record<string, number>>;
}

const DAY_MS = 86_400_000;
const DAYS = 90;
/** Pages read the minutes of one day; those before lie in the same leaves and cost their index only. */
const MINUTE_DAYS = 2;
const TOOLS = 60;

/** Fills the tenant. Every tenth endpoint has had trouble lately, so that each page has something to show. */
export async function seedBusyTenant(
  { database, store }: { readonly database: TestDatabase; readonly store: TestRedis },
  input: {
    readonly tenantId: string;
    readonly endpoints: number;
    readonly regions: readonly string[];
    readonly nowMs: number;
  },
): Promise<BusyTenant> {
  const { tenantId, nowMs } = input;
  await makePartitions(database.pool("system"), { fromMs: nowMs - DAYS * DAY_MS, throughMs: nowMs + DAY_MS });
  const pool = database.pool("super");
  const now = new Date(nowMs);
  const rows: Record<string, number> = {};
  const fill = async (table: string, sql: string, values: unknown[]) => {
    rows[table] = (await pool.query(sql, values)).rowCount ?? 0;
  };
  await fill(
    "endpoints",
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing, cadence_s, retention_class, first_watched_at, created_at, tags, group_name)
     SELECT $1, 'server-' || n, 'Server ' || n, 'https://s' || n || '.example/mcp', 'https://s' || n || '.example/mcp', 's' || n || '.example', 's' || n || '.example', 'unlisted', 'added', 60, 'enterprise', $3::timestamptz - interval '120 days', $3::timestamptz - interval '120 days', ARRAY['tag-' || n % 12], 'Group ' || n % 7
     FROM generate_series(1, $2::int) n`,
    [tenantId, input.endpoints, now],
  );
  const mine = "(SELECT id, number FROM endpoints WHERE tenant_id = $1) e";
  await fill(
    "probe_day",
    `INSERT INTO probe_day (endpoint_number, day, up_minutes, degraded_minutes, down_minutes, unknown_minutes, latency_histogram)
     SELECT e.number, day::date, 1400, 20, 10, 10, (SELECT array_agg(ARRAY[b, 40]) FROM generate_series(12, 28) b)
     FROM ${mine}, generate_series($2::timestamptz - interval '${DAYS - 1} days', $2::timestamptz, '1 day') day`,
    [tenantId, now],
  );
  await fill(
    "probe_hour",
    `INSERT INTO probe_hour (endpoint_number, hour_at, up_minutes, latency_histogram)
     SELECT e.number, date_trunc('hour', at), 60, (SELECT array_agg(ARRAY[b, 4]) FROM generate_series(14, 26) b)
     FROM ${mine}, generate_series($2::timestamptz - interval '3 days', $2::timestamptz, '1 hour') at`,
    [tenantId, now],
  );
  await fill(
    "probe_minute",
    `INSERT INTO probe_minute (endpoint_number, retention_class, state, minute_at, latency_ms, revision, covers_minutes, regions)
     SELECT e.number, 3, 0, date_trunc('minute', at), 90 + (random() * 200)::int, 1, 1, '\\x010505000000000000000000000000000000000000'
     FROM generate_series($2::timestamptz - interval '${MINUTE_DAYS} days', $2::timestamptz, '1 minute') at, ${mine}`,
    [tenantId, now],
  );
  await fill(
    "probe_evidence",
    `INSERT INTO probe_evidence (endpoint_number, retention_class, minute_at, observed_at, region, state, reason, layer, detail, steps, excerpt)
     SELECT e.number, 3, date_trunc('minute', at), at, region, 'down', 'http_error', 'http', 'status 502', $3::jsonb, repeat('x', 480)
     FROM ${mine}, generate_series($2::timestamptz - interval '${DAYS - 1} days', $2::timestamptz, '2 days') at, unnest(ARRAY['us-east', 'eu-west']) region`,
    [tenantId, now, JSON.stringify(FINDING.steps)],
  );
  await fill(
    "transition",
    `INSERT INTO transition (endpoint_id, at, from_state, to_state, reason, facts)
     SELECT e.id, at, 'up', 'down', 'down-confirmed', '{"failureReason":"http_error","regions":["us-east","eu-west"]}'
     FROM ${mine}, generate_series($2::timestamptz - interval '${DAYS - 1} days', $2::timestamptz, '1 day') at`,
    [tenantId, now],
  );
  await fill(
    "state_span",
    `INSERT INTO state_span (endpoint_id, state, from_at, to_at)
     SELECT e.id, 'down', at, at + interval '10 minutes'
     FROM ${mine}, generate_series($2::timestamptz - interval '${DAYS - 1} days', $2::timestamptz, '1 day') at`,
    [tenantId, now],
  );
  await fill(
    "endpoint_state",
    `INSERT INTO endpoint_state (endpoint_id, shard, committed, since, machine)
     SELECT e.id, 's00', 'up', $2::timestamptz - interval '1 day', '{}' FROM ${mine}`,
    [tenantId, now],
  );
  const driftIds = await seedDrift(database, { tenantId, now, rows });
  const { rows: endpoints } = await pool.query<{ id: string; slug: string }>(
    "SELECT id, slug FROM endpoints WHERE tenant_id = $1 ORDER BY number",
    [tenantId],
  );
  await pool.query("VACUUM ANALYZE");
  await seedStates(
    store,
    endpoints.map(({ id }) => id),
    input,
  );
  return { slugs: endpoints.map(({ slug }) => slug), driftIds, rows };
}

/** Two lists of 60 tools that every endpoint went from and to, six times. */
async function seedDrift(
  database: TestDatabase,
  { tenantId, now, rows }: { tenantId: string; now: Date; rows: Record<string, number> },
): Promise<string[]> {
  const pool = database.pool("super");
  const list = (limit: number) =>
    Array.from({ length: TOOLS }, (_, index) => ({
      name: `tool_${index}`,
      description: `Does the thing number ${index}. `.repeat(20),
      inputSchema: {
        type: "object",
        properties: Object.fromEntries(
          Array.from({ length: 12 }, (_, field) => [
            `field_${field}`,
            { type: "integer", maximum: field === 3 ? limit : 1_000, description: "One of its fields." },
          ]),
        ),
      },
    }));
  const [before, after] = [list(100), list(50)];
  const hashes: string[] = [];
  for (const tools of [before, after]) {
    const hashing = hashToolList(tools);
    if (hashing.kind !== "hashed") {
      throw new Error("the lists are within the bounds");
    }
    await pool.query(
      "INSERT INTO tool_list (full_hash, contract_hash, tools_count, body) VALUES ($1, $2, $3, $4)",
      [hashing.fullHash, hashing.contractHash, tools.length, deflateSync(canonicalJson(tools))],
    );
    hashes.push(hashing.fullHash);
  }
  await pool.query(
    `INSERT INTO endpoint_memory (endpoint_id, era, transport, protocol_version, server_name, server_version, tools_count, baseline_full_hash, baseline_at)
     SELECT id, 'legacy', 'http', '2025-06-18', 'server', '1.0', ${TOOLS}, $2, $3 FROM endpoints WHERE tenant_id = $1`,
    [tenantId, hashes[0], now],
  );
  const { changes } = diffToolLists(before, after);
  const inserted = await pool.query<{ id: string }>(
    `INSERT INTO drift_event (endpoint_id, at, kind, from_full_hash, to_full_hash, is_breaking, changes, accepted_at)
     SELECT e.id, $2::timestamptz - n * interval '14 days' - interval '1 hour', 'drift', $3, $4, true, $5, CASE WHEN n > 0 OR e.number % 10 > 0 THEN now() END
     FROM endpoints e, generate_series(0, 5) n WHERE e.tenant_id = $1 ORDER BY e.number, n RETURNING id`,
    [tenantId, now, hashes[0], hashes[1], JSON.stringify(changes)],
  );
  rows.drift_event = inserted.rowCount ?? 0;
  return inserted.rows.filter((_, index) => index % 6 === 0).map(({ id }) => id);
}

async function seedStates(
  { redis }: TestRedis,
  ids: readonly string[],
  { regions, nowMs }: { readonly regions: readonly string[]; readonly nowMs: number },
): Promise<void> {
  const windows = JSON.stringify({
    uptime: { "24h": 0.9993, "7d": 0.9991, "30d": 0.9987, "90d": 0.9979 },
    authWalledShare30d: 0,
    latencyMsP50Of24h: 181.6,
    latencyMsP95Of24h: 402,
    lastDriftAtMs: nowMs - DAY_MS,
  });
  const finding = { ...FINDING, startedAtMs: nowMs - 20_000, observedAtMs: nowMs - 18_000 };
  const vote = packVote({
    observedAtMs: finding.observedAtMs,
    digest: "0123456789abcdef",
    slotAtMs: finding.startedAtMs,
    startedAtMs: finding.startedAtMs,
    state: "up",
    reason: null,
    latencyMs: 180,
    changedFullHash: null,
  });
  const perRegion = regions.flatMap((region) => [
    [RAW_FIELDS.vote(region), vote],
    [RAW_FIELDS.finding(region), JSON.stringify(finding)],
  ]);
  await Promise.all(
    ids.map((id, index) => {
      const isDown = index % 50 === 7;
      return redis.hset(nowKey(id), {
        [RAW_FIELDS.state]: isDown ? "down" : "up",
        [RAW_FIELDS.reason]: isDown ? "http_error" : "",
        [RAW_FIELDS.minute]: String(minuteOf(nowMs)),
        [RAW_FIELDS.atMs]: String(nowMs - 18_000),
        [RAW_FIELDS.latencyMs]: "180",
        [COMMITTED_FIELDS.state]: isDown ? "down" : "up",
        [COMMITTED_FIELDS.sinceAtMs]: String(nowMs - DAY_MS),
        [COMMITTED_FIELDS.reason]: isDown ? "http_error" : "",
        [COMMITTED_FIELDS.flags]: "",
        [WINDOW_FIELDS.windows]: windows,
        ...Object.fromEntries(perRegion),
      });
    }),
  );
  for (const region of regions) {
    const beat = { workerId: "w1", atMs: nowMs, isSelfCheckOk: true, version: "1" };
    await redis.set(regionKey(region), mergeWorkerBeat(null, beat, nowMs));
  }
}
