import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../db/test/database.ts";
import { addTestTenant } from "../../db/test/tenant.ts";
import { addVictim } from "./add-victim.ts";
import { digestRows } from "./digest-rows.ts";
import { measureIsolation } from "./measure-isolation.ts";
import { type RouteWalkInput, walkRoutes } from "./walk-routes.ts";
import { walkTables } from "./walk-tables.ts";

/** Every route is asked three times, and its owner is a new workspace with a row in every table each time. */
const WALK_MS = 180_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

test(
  "no route and no table lets one tenant see or touch another",
  async () => {
    const found = await measureIsolation();
    expect(found.leaks).toEqual([]);
    expect(found.routes).toBeGreaterThan(25);
    expect(found.tables).toBeGreaterThan(30);
  },
  WALK_MS,
);

test.each([
  [
    "a policy that lets everybody read",
    "CREATE POLICY leak ON notice FOR SELECT TO alivemcp_app USING (true)",
    "notice: another tenant can see 1 rows",
  ],
  [
    "a table without row-level security",
    "ALTER TABLE api_keys DISABLE ROW LEVEL SECURITY",
    "api_keys: nobody can remove 1 rows",
  ],
  [
    "a table that nobody taught it",
    "CREATE TABLE fresh (tenant_id uuid)",
    "fresh: the victim has no row here, so nothing was tried",
  ],
  [
    "rows of unknown owners within reach",
    "CREATE TABLE loose (x int); GRANT SELECT ON loose TO alivemcp_reader",
    "loose: alivemcp_reader can reach it, and no column says whose its rows are",
  ],
])("the walk over tables finds %s", async (_name, mistake, leak) => {
  const broken = await openTestDatabase();
  try {
    const victim = await addVictim(broken);
    const intruder = await addTestTenant(broken);
    await broken.pool("super").query(mistake);
    const traces = {
      tenantId: victim.id,
      userIds: [victim.ownerId, victim.colleagueId],
      endpointIds: [victim.endpointId],
    };
    expect((await walkTables(broken, traces, intruder.id)).leaks).toContain(leak);
  } finally {
    await broken.close();
  }
});

const ROUTE = { method: "GET", path: "/v1/endpoints/:endpoint" };
const walkOf = (changes: Partial<RouteWalkInput>): RouteWalkInput => ({
  routes: [ROUTE, { method: "GET", path: "/v1/endpoints" }, { method: "ALL", path: "/v1/*" }],
  isTenantRoute: () => true,
  ownParameters: [],
  argument: () => "theirs",
  refusals: () => [404],
  body: () => ({}),
  victimIds: ["theirs"],
  marks: ["heron"],
  digest: async () => "same",
  ask: async ({ path }) => ({ status: path.includes(":") ? 404 : 200, text: "" }),
  prove: async () => ({ status: 200, text: "heron" }),
  ...changes,
});

test("the walk over routes counts each once, without middleware, and finds nothing where all is well", async () => {
  expect(await walkRoutes(walkOf({}))).toEqual({ routes: 2, leaks: [] });
});

test.each<[string, Partial<RouteWalkInput>, string]>([
  [
    "an answer that is not 404",
    { ask: async () => ({ status: 403, text: "no" }) },
    "GET /v1/endpoints/:endpoint: answered 403 instead of 404: no",
  ],
  [
    "a list that shows what is the victim's",
    { ask: async ({ path }) => ({ status: path.includes(":") ? 404 : 200, text: "a heron" }) },
    "GET /v1/endpoints: shows heron",
  ],
  [
    "a form that acts on what its body names",
    {
      routes: [{ method: "POST", path: "/w/keys/revoke" }],
      body: () => ({ key_id: "theirs" }),
      ask: async () => ({ status: 303, text: "" }),
    },
    "POST /w/keys/revoke: answered 303 instead of 404: ",
  ],
  [
    "a parameter nobody taught it",
    { argument: () => undefined },
    "GET /v1/endpoints/:endpoint: no value for :endpoint; teach the drill",
  ],
  [
    "a request that its owner cannot make either",
    { prove: async () => ({ status: 404, text: "" }) },
    "GET /v1/endpoints/:endpoint: its owner got 404, so nothing was tried: ",
  ],
  [
    "a change of what the victim has",
    { digest: changing() },
    "the intruder changed something of the victim's",
  ],
])("the walk over routes finds %s", async (_name, changes, leak) => {
  expect((await walkRoutes(walkOf(changes))).leaks).toContain(leak);
});

function changing(): () => Promise<string> {
  let asked = 0;
  return async () => String(asked++);
}

test("the digest of a victim's rows changes with any of them, and only with them", async () => {
  const [victim, other] = [await addVictim(database), await addVictim(database)];
  const pool = database.pool("super");
  const before = await digestRows(pool, victim.marks);
  await pool.query("UPDATE endpoints SET paused_at = now(), paused_reason = 'owner' WHERE id = $1", [
    other.endpointId,
  ]);
  expect(await digestRows(pool, victim.marks)).toBe(before);
  await pool.query("DELETE FROM notice WHERE tenant_id = $1", [victim.id]);
  expect(await digestRows(pool, victim.marks)).not.toBe(before);
});
