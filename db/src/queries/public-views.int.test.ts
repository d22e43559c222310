import { type AlertScope, isInScope } from "@alivemcp/core/alert-rule";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../test/database.ts";
import { findPublicEndpoint, listPublicEndpoints, listRecentDrift } from "./public-catalogue.ts";
import {
  listPublicDays,
  listPublicDrift,
  listPublicMinutes,
  listPublicOutages,
  listPublicTransitions,
} from "./public-history.ts";
import { listPublicIncidents } from "./public-incidents.ts";
import { listPublicMaintenance } from "./public-maintenance.ts";

const NOW_MS = Date.UTC(2026, 10, 20, 12, 0, 0);
const PUBLIC_TENANT = "00000000-0000-4000-8000-000000000001";
let database: TestDatabase;
const ids: Record<string, { id: string; number: number }> = {};

beforeAll(async () => {
  database = await openTestDatabase({ partitionsAtMs: NOW_MS });
  for (const visibility of ["public", "unlisted", "private"]) {
    const { rows } = await database.pool("super").query<{ id: string; number: number }>(
      `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing, retention_class, health, runbook_url)
       VALUES ($1, $2, $2, $3, $3, 'mcp.example.com', 'example.com', $2, 'unclaimed', 'public', '{"kind":"named","tool":"SENTINEL","arguments":{},"isReadOnlyConfirmed":true}', 'https://SENTINEL.example')
       RETURNING id, number`,
      [PUBLIC_TENANT, visibility, `https://mcp.example.com/${visibility}/PATH/mcp?key=SENTINEL`],
    );
    const endpoint = rows[0] as { id: string; number: number };
    ids[visibility] = endpoint;
    await seedHistory(endpoint.id, endpoint.number);
  }
});
afterAll(() => database.close());

async function seedHistory(id: string, number: number) {
  const at = new Date(NOW_MS - 60_000);
  const pool = database.pool("super");
  await pool.query(
    `INSERT INTO endpoint_state (endpoint_id, shard, committed, since, reason, flags, machine)
     VALUES ($1, 's00', 'down', $2, 'timeout', '{flapping}', '{"secret":"SENTINEL"}')`,
    [id, at],
  );
  await pool.query("INSERT INTO state_span (endpoint_id, state, from_at) VALUES ($1, 'down', $2)", [id, at]);
  await pool.query(
    "INSERT INTO transition (endpoint_id, at, from_state, to_state, reason) VALUES ($1, $2, 'up', 'down', 'down-confirmed')",
    [id, at],
  );
  await pool.query(
    "INSERT INTO drift_event (endpoint_id, at, kind, is_breaking, accepted_by) VALUES ($1, $2, 'drift', true, 'SENTINEL')",
    [id, at],
  );
  await seedIncidents(id, at);
  await pool.query(
    "INSERT INTO probe_day (endpoint_number, day, up_minutes, down_minutes) VALUES ($1, '2026-11-20', 10, 2)",
    [number],
  );
  await pool.query(
    `INSERT INTO probe_minute (endpoint_number, retention_class, state, minute_at, latency_ms, revision, covers_minutes, reason, regions)
     VALUES ($1, 0, 2, $2, 120, 1, 1, 11, '')`,
    [number, at],
  );
}

async function seedIncidents(endpointId: string, at: Date) {
  const pool = database.pool("super");
  const insert = async (columns: string, values: string) => {
    const { rows } = await pool.query<{ id: string }>(
      `INSERT INTO incident (endpoint_id, started_at, opened_at, severity, severity_worst, causes, regions${columns})
       VALUES ($1, $2, $2, 'P1', 'P1'${values}) RETURNING id`,
      [endpointId, at],
    );
    return rows[0]?.id as string;
  };
  const real = await insert("", ", '{burn_rate,down}', '{us-east}'");
  const simulated = await insert(", simulated_for", `, '{down}', '{}', '${PUBLIC_TENANT}'`);
  for (const id of [real, simulated]) {
    await pool.query(
      `INSERT INTO incident_update (incident_id, tenant_id, stage, body, written_by, at)
       SELECT $1, $2, stage, stage || ' words', 'member SENTINEL', now() + n * interval '1 s'
       FROM unnest('{investigating,identified}'::text[]) WITH ORDINALITY u (stage, n)`,
      [id, PUBLIC_TENANT],
    );
    await pool.query(
      "INSERT INTO incident_event (incident_id, tenant_id, at, kind, actor, facts, key) VALUES ($1, $2, $3, 'comment', 'SENTINEL', '{\"text\":\"SENTINEL\"}', 'k')",
      [id, PUBLIC_TENANT, at],
    );
  }
}

describe("the catalogue", () => {
  test("holds public and unlisted endpoints and never private ones", async () => {
    const rows = await listPublicEndpoints(database.pool("reader"));
    expect(rows.map((row) => row.slug).sort()).toEqual(["public", "unlisted"]);
    expect(await findPublicEndpoint(database.pool("reader"), "private")).toBeNull();
    expect(await findPublicEndpoint(database.pool("reader"), "nobody")).toBeNull();
    expect(await findPublicEndpoint(database.pool("reader"), "zero\u0000byte")).toBeNull();
  });

  test("tells no query of any URL, and no path of an unlisted one", async () => {
    const rows = await listPublicEndpoints(database.pool("reader"));
    expect(Object.fromEntries(rows.map((row) => [row.slug, row.url_without_query]))).toEqual({
      public: "https://mcp.example.com/public/PATH/mcp",
      unlisted: "https://mcp.example.com",
    });
    expect(JSON.stringify(rows)).not.toContain("SENTINEL");
  });

  test("carries the committed state with its flags", async () => {
    expect(await findPublicEndpoint(database.pool("reader"), "public")).toMatchObject({
      committed: "down",
      committed_reason: "timeout",
      flags: ["flapping"],
      wanted_cadence_s: 60,
    });
  });

  test("knows whose tools changed lately", async () => {
    const drift = await listRecentDrift(database.pool("reader"), NOW_MS - 86_400_000);
    expect(drift.get(ids.public?.id ?? "")).toBe(NOW_MS - 60_000);
    expect(drift.has(ids.private?.id ?? "")).toBe(false);
    expect((await listRecentDrift(database.pool("reader"), NOW_MS)).size).toBe(0);
  });
});

describe("the history of one endpoint", () => {
  const read = async (name: string) => {
    const pool = database.pool("reader");
    const { id, number } = ids[name] as { id: string; number: number };
    return {
      days: await listPublicDays(pool, number, NOW_MS - 86_400_000),
      minutes: await listPublicMinutes(pool, number, NOW_MS - 86_400_000),
      transitions: await listPublicTransitions(pool, id, 10),
      outages: await listPublicOutages(pool, id, NOW_MS - 86_400_000),
      drift: await listPublicDrift(pool, id, 10),
      incidents: await listPublicIncidents(pool, { endpointIds: [id], sinceMs: NOW_MS, limit: 10 }),
    };
  };

  test("reads in words and epoch milliseconds", async () => {
    expect(await read("unlisted")).toMatchObject({
      days: [{ day: "2026-11-20", upMinutes: 10, downMinutes: 2 }],
      minutes: [
        { minuteAtMs: NOW_MS - 60_000, state: "down", reason: "timeout", latencyMs: 120, coversMinutes: 1 },
      ],
      transitions: [{ atMs: NOW_MS - 60_000, from: "up", to: "down", reason: "down-confirmed" }],
      outages: [{ fromMs: NOW_MS - 60_000, toMs: null }],
      drift: [{ atMs: NOW_MS - 60_000, isBreaking: true, isAccepted: false, changes: [] }],
    });
  });

  test("tells real incidents with what the owner published, never simulated ones, budgets or whose words they are", async () => {
    const { incidents } = await read("public");
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject({
      causes: ["down"],
      regions: ["us-east"],
      resolvedAtMs: null,
      updates: [{ body: "investigating words" }, { body: "identified words" }],
    });
    expect(JSON.stringify(incidents)).not.toContain("SENTINEL");
  });

  test("tells an incident that is over for as long as it is asked for", async () => {
    const pool = database.pool("reader");
    const [shown] = (await read("unlisted")).incidents;
    const ask = (sinceMs: number) =>
      listPublicIncidents(pool, { endpointIds: [shown?.endpointId ?? ""], sinceMs, limit: 10 });
    await database
      .pool("super")
      .query("UPDATE incident SET resolved_at = $2, causes = '{}' WHERE id = $1", [
        shown?.id,
        new Date(NOW_MS),
      ]);
    expect(await ask(NOW_MS)).toHaveLength(1);
    expect(await ask(NOW_MS + 1)).toHaveLength(0);
  });

  test("is empty for a private endpoint, even for who knows its id", async () => {
    expect(await read("private")).toEqual({
      days: [],
      minutes: [],
      transitions: [],
      outages: [],
      drift: [],
      incidents: [],
    });
  });

  test("is read through views only: the reader role sees no table", async () => {
    for (const table of [
      "endpoints",
      "tenants",
      "endpoint_memory",
      "probe_evidence",
      "probe_minute_public",
      "follow",
      "incident",
      "incident_event",
      "incident_tenant",
      "incident_update",
    ]) {
      await expect(database.pool("reader").query(`SELECT FROM ${table}`)).rejects.toMatchObject({
        code: "42501",
      });
    }
  });
});

describe("announced maintenance", () => {
  const some = (scope: Partial<Extract<AlertScope, { kind: "some" }>>): AlertScope => ({
    kind: "some",
    endpointIds: [],
    tags: [],
    groups: [],
    ...scope,
  });
  const announce = async (scope: unknown, isPublic = true) => {
    await database.pool("super").query("DELETE FROM maintenance_window");
    await database.pool("super").query(
      `INSERT INTO maintenance_window (tenant_id, name, scope, starts_at, ends_at, is_public, created_by)
       VALUES ($1, 'work', $2, $3, $3::timestamptz + interval '1 hour', $4, 'member SENTINEL')`,
      [PUBLIC_TENANT, scope, new Date(NOW_MS), isPublic],
    );
  };
  const read = () =>
    listPublicMaintenance(database.pool("reader"), {
      endpointIds: Object.values(ids).map(({ id }) => id),
      nowMs: NOW_MS,
    });

  test.each<[string, () => AlertScope]>([
    ["all", () => ({ kind: "all" })],
    ["an endpoint", () => some({ endpointIds: [ids.public?.id ?? ""] })],
    ["a tag", () => some({ tags: ["prod", "other"] })],
    ["a tag of another", () => some({ tags: ["other"] })],
    ["a group", () => some({ groups: ["east"] })],
    ["nothing", () => some({})],
  ])("touches the endpoints that core's rule says: %s", async (_case, scopeOf) => {
    const pool = database.pool("super");
    await pool.query("UPDATE endpoints SET tags = '{}', group_name = NULL");
    await pool.query("UPDATE endpoints SET tags = '{prod}', group_name = 'east' WHERE slug = 'unlisted'");
    const scope = scopeOf();
    await announce(scope);
    const touched = ["public", "unlisted"].filter((name) =>
      isInScope(scope, {
        id: ids[name]?.id ?? "",
        tags: name === "unlisted" ? ["prod"] : [],
        group: name === "unlisted" ? "east" : null,
      }),
    );
    const told = await read();
    expect(told.map(({ endpointId }) => endpointId).sort()).toEqual(
      touched.map((name) => ids[name]?.id).sort(),
    );
    expect(JSON.stringify(told)).not.toMatch(/SENTINEL|prod|east/);
  });

  test("that is not public is told to nobody", async () => {
    await announce({ kind: "all" }, false);
    expect(await read()).toEqual([]);
  });
});
