/** Error budgets that burn: an incident when fast, a notice when slow, nothing without a target or the plan for it. */
import type { PlanName } from "@alivemcp/core/plans";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { makePartitionsAhead } from "../../../../db/src/queries/partitions-system.ts";
import { addTestTenant } from "../../../../db/test/tenant.ts";
import { openUpkeepWorld, type UpkeepWorld } from "../../test/open-upkeep-world.ts";
import { watchBurnRates } from "./watch-burn-rates.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DOWN = 2;
const start = Date.UTC(2026, 10, 21, 3, 50);

let world: UpkeepWorld;
beforeAll(async () => {
  world = await openUpkeepWorld();
  await makePartitionsAhead(world.database.pool("system"), start);
});
afterAll(() => world.close());
beforeEach(() => world.moveTo(start));

async function addBurning(options: { plan?: PlanName; sloTarget?: number | null; badMinutes?: number } = {}) {
  const { plan = "team", sloTarget = 0.99, badMinutes = 12 } = options;
  const tenant = await addTestTenant(world.database, { plan });
  await world.addSink(tenant.id);
  const endpoint = await world.addEndpoint(tenant.id, { name: "Weather", sloTarget });
  await world.admin.query(
    `INSERT INTO probe_minute (endpoint_number, retention_class, state, minute_at, revision, covers_minutes, regions)
     SELECT $1, 0, CASE WHEN n < $4 THEN $3 ELSE 0 END, $2::timestamptz - n * interval '1 minute', 1, 1, ''
     FROM generate_series(0, 59) n`,
    [endpoint.number, new Date(start), DOWN, badMinutes],
  );
  return { tenantId: tenant.id, ...endpoint };
}
const eventsOf = async (tenantId: string) =>
  (
    await world.admin.query("SELECT event FROM delivery WHERE tenant_id = $1 ORDER BY created_at, seq", [
      tenantId,
    ])
  ).rows.map(({ event }) => event);
const incidentsOf = async (endpointId: string) =>
  (
    await world.admin.query("SELECT causes, severity, resolved_at FROM incident WHERE endpoint_id = $1", [
      endpointId,
    ])
  ).rows;

test("a budget that burns fast is one incident, told once, and over half an hour after it stopped", async () => {
  const { tenantId, id } = await addBurning();
  await watchBurnRates(world.deps);
  await watchBurnRates(world.deps);
  expect(await incidentsOf(id)).toMatchObject([{ causes: ["burn_rate"], severity: "P2", resolved_at: null }]);
  expect(await eventsOf(tenantId)).toEqual(["incident.opened"]);
  world.pass(29 * MINUTE_MS);
  await watchBurnRates(world.deps);
  expect(await eventsOf(tenantId)).toEqual(["incident.opened"]);
  world.pass(2 * MINUTE_MS);
  await watchBurnRates(world.deps);
  await watchBurnRates(world.deps);
  expect(await eventsOf(tenantId)).toEqual(["incident.opened", "incident.resolved"]);
  expect((await incidentsOf(id))[0].causes).toEqual([]);
});

test.each([
  ["without a target", { sloTarget: null }],
  ["under the Author plan", { plan: "author" as const }],
  ["with two bad minutes", { sloTarget: 0.9999, badMinutes: 2 }],
])("nothing is told %s", async (_name, options) => {
  const { tenantId, id } = await addBurning(options);
  await watchBurnRates(world.deps);
  expect(await incidentsOf(id)).toEqual([]);
  expect(await eventsOf(tenantId)).toEqual([]);
});

test("a budget that burns slowly is one notice and no incident", async () => {
  const { tenantId, id, number } = await addBurning({ badMinutes: 0 });
  const hour = start - (start % HOUR_MS);
  await world.admin.query(
    `INSERT INTO probe_hour (endpoint_number, hour_at, up_minutes, down_minutes)
     SELECT $1, $2::timestamptz - n * interval '1 hour', 59, 1 FROM generate_series(1, 72) n`,
    [number, new Date(hour)],
  );
  await watchBurnRates(world.deps);
  await watchBurnRates(world.deps);
  expect(await incidentsOf(id)).toEqual([]);
  expect(await eventsOf(tenantId)).toEqual(["notice"]);
  const [notice] = await world.messages(tenantId, "notice");
  expect(notice.message.title).toBe("Weather uses up its error budget");
});
