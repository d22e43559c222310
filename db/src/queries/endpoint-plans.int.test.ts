import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../test/database.ts";
import { DEFAULT_TENANT_ID } from "../seed.ts";
import { grantTenantScope, withTenant } from "../tenant-scope.ts";
import { findEndpointPlan } from "./endpoint-plans.ts";
import { listEndpointPlans, listEndpointPlansById } from "./endpoint-plans-system.ts";
import { findTenant } from "./tenants.ts";

const mine = grantTenantScope(DEFAULT_TENANT_ID, "test");
const other = grantTenantScope(randomUUID(), "test");
let database: TestDatabase;
let id: string;

beforeAll(async () => {
  database = await openTestDatabase();
  const { rows } = await database.pool("super").query(
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing,
       retention_class, regions, health, health_urls, expected_tools, latency_degraded_ms, degraded_after_minutes,
       degraded_cleared_after_minutes)
     VALUES ($1, 'plan', 'Plan', 'https://p.example.com/mcp/', 'https://p.example.com/mcp', 'p.example.com', 'example.com',
       'unlisted', 'added', 'team', '{eu-west}', '{"kind": "named", "tool": "ping", "arguments": {}, "isReadOnlyConfirmed": true}',
       '[{"url": "https://p.example.com/up", "everyMinutes": 5, "isStatusChecked": false}]', '{ping}', 900, 5, 4)
     RETURNING id`,
    [DEFAULT_TENANT_ID],
  );
  id = rows[0].id;
});
afterAll(() => database.close());

test("a tenant reads the same plan of what was learned as the scheduler does, instants included", async () => {
  const { rows } = await database.pool("super").query(
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing,
       retention_class)
     VALUES ($1, 'learned', 'Learned', 'https://l.example.com/', 'https://l.example.com', 'l.example.com', 'example.com',
       'unlisted', 'added', 'team') RETURNING id`,
    [DEFAULT_TENANT_ID],
  );
  const learned: string = rows[0].id;
  const at = "2026-11-21T10:00:00.123Z";
  await database.pool("super").query(
    `INSERT INTO endpoint_memory (endpoint_id, dead_since, retry_after_until, health_url_failed_at, capabilities_listed_at)
     VALUES ($1, $2, $2, $2, $2)`,
    [learned, at],
  );
  const [planned] = await listEndpointPlansById(database.pool("system"), [learned]);
  const atMs = Date.parse(at);
  expect(planned).toMatchObject({
    deadSinceMs: atMs,
    retryAfterUntilMs: atMs,
    healthUrlFailedAtMs: atMs,
    capabilitiesListedAtMs: atMs,
  });
  expect(await findEndpointPlan(mine, database.pool("app"), learned)).toEqual(planned);
  await database.pool("super").query("DELETE FROM endpoints WHERE id = $1", [learned]);
});

test("a plan holds what a job is filled from; unlearned things are null", async () => {
  const plan = await findEndpointPlan(mine, database.pool("app"), id);
  expect(plan).toEqual({
    id,
    tenantId: DEFAULT_TENANT_ID,
    configVersion: 1,
    url: "https://p.example.com/mcp/",
    normalizedUrl: "https://p.example.com/mcp",
    host: "p.example.com",
    registrableDomain: "example.com",
    transport: "auto",
    isUnclaimed: false,
    isFollowed: false,
    isDemo: false,
    cadenceS: 60,
    regions: ["eu-west"],
    confirmationPeriodMs: 30_000,
    health: { kind: "named", tool: "ping", arguments: {}, isReadOnlyConfirmed: true },
    healthUrls: [{ url: "https://p.example.com/up", everyMinutes: 5, isStatusChecked: false }],
    expectedTools: ["ping"],
    latencyDegradedMs: 900,
    degradedAfterMinutes: 5,
    degradedClearedAfterMinutes: 4,
    credentialVersion: null,
    retentionClass: "team",
    remembered: null,
    baselineFullHash: null,
    regionFullHashes: {},
    isToolListEmptyAtBaseline: false,
    isSlow: false,
    deadSinceMs: null,
    retryAfterUntilMs: null,
    healthUrlFailedAtMs: null,
    capabilitiesListedAtMs: null,
  });
  expect(await listEndpointPlansById(database.pool("system"), [id, randomUUID()])).toEqual([plan]);
  expect((await listEndpointPlans(database.pool("system"), { changedSinceMs: null })).plans).toEqual([plan]);
});

test("another tenant's plan is not found", async () => {
  expect(await findEndpointPlan(other, database.pool("app"), id)).toBeNull();
});

test("a tenant knows its own plan's limits", async () => {
  expect(await withTenant(mine, database.pool("app"), (tx) => findTenant(mine, tx))).toMatchObject({
    name: "Default",
    plan: { name: "team", endpointsMax: 50 },
  });
  expect(await withTenant(other, database.pool("app"), (tx) => findTenant(other, tx))).toBeNull();
});

test.each([
  ["the URL", "url = 'https://p.example.com/other'", 1],
  ["the cadence", "cadence_s = 300", 1],
  ["the health tool", `health = '{"kind": "auto"}'`, 1],
  ["the health URLs", `health_urls = '[{"url": "https://p.example.com/health"}]'`, 1],
  ["the expected tools", "expected_tools = '{pong}'", 1],
  ["the latency that is too slow", "latency_degraded_ms = 1000", 1],
  ["how long it takes to be degraded", "degraded_after_minutes = 1", 1],
  ["how long it takes not to be", "degraded_cleared_after_minutes = 1", 1],
  ["the name, which no probe sees", "name = 'Other'", 0],
  ["a pause, which no probe sees", "paused_at = now(), paused_reason = 'owner'", 0],
])("the config version counts a change of %s", async (_name, change, by) => {
  const read = () => database.pool("super").query("SELECT config_version FROM endpoints WHERE id = $1", [id]);
  const before = (await read()).rows[0].config_version;
  await database.pool("super").query(`UPDATE endpoints SET ${change} WHERE id = $1`, [id]);
  expect((await read()).rows[0].config_version).toBe(before + by);
});

test.each([
  ["a pause without a reason", "paused_at = now(), paused_reason = NULL"],
  ["a reason without a pause", "paused_at = NULL, paused_reason = 'plan'"],
  ["a named tool that nobody confirmed to be read-only", `health = '{"kind": "named", "tool": "drop"}'`],
])("%s is refused by the table itself", async (_name, change) => {
  const update = database.pool("super").query(`UPDATE endpoints SET ${change} WHERE id = $1`, [id]);
  await expect(update).rejects.toMatchObject({ code: "23514" });
});
