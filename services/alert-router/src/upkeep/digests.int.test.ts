/** Digests: what was folded, and the week. */
import { alertMessageSchema } from "@alivemcp/core/alert-message";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { addTestTenant } from "../../../../db/test/tenant.ts";
import { dieEverywhere } from "../../test/crash-pool.ts";
import { openUpkeepWorld, type UpkeepWorld } from "../../test/open-upkeep-world.ts";
import { sendHourlyDigests } from "./send-hourly-digests.ts";
import { sendWeeklyDigests } from "./send-weekly-digests.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const saturday = Date.UTC(2026, 10, 21, 3);

let world: UpkeepWorld;
beforeAll(async () => {
  world = await openUpkeepWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.moveTo(saturday);
  await world.admin.query("DELETE FROM delivery");
  await world.admin.query("DELETE FROM sink");
});

test("what was folded within an hour goes out as one digest when the hour is over, and only once", async () => {
  const tenant = await addTestTenant(world.database, { plan: "author" });
  const sinkId = await world.addSink(tenant.id);
  const folded = [
    await world.addDelivery(tenant.id, sinkId, { title: "Weather is degraded" }),
    await world.addDelivery(tenant.id, sinkId, { title: "News is slow", reason: "opening_was_folded" }),
  ];
  world.pass(59 * MINUTE_MS);
  expect(await sendHourlyDigests(world.deps)).toBe(0);
  world.pass(MINUTE_MS);
  expect(await sendHourlyDigests(world.deps)).toBe(1);
  expect(await sendHourlyDigests(world.deps)).toBe(0);
  const [digest, ...others] = await world.messages(tenant.id, "digest");
  expect(others).toEqual([]);
  const message = alertMessageSchema.parse(digest.message);
  expect(message.title).toBe("2 alerts over today's budget");
  expect(message.entries.map(({ title }) => title).sort()).toEqual(["News is slow", "Weather is degraded"]);
  expect(message.summary).toContain("50 alerts a day");
  expect(digest.deadlineAt - digest.createdAt).toBe(DAY_MS);
  const { rows } = await world.admin.query("SELECT DISTINCT digest_id FROM delivery WHERE id = ANY($1)", [
    folded,
  ]);
  expect(rows).toEqual([{ digest_id: digest.id }]);
  const jobs = await world.deps.deliveryQueue.getJobs(["prioritized"]);
  expect(jobs.map(({ data }) => data.deliveryId)).toContain(digest.id);
});

test("a page far over the budget makes the digest go at once, and again only ten minutes later", async () => {
  const tenant = await addTestTenant(world.database);
  const sinkId = await world.addSink(tenant.id);
  const page = { reason: "far_over_budget", severity: "P1", title: "Weather is down" };
  await world.addDelivery(tenant.id, sinkId, page);
  expect(await sendHourlyDigests(world.deps)).toBe(1);
  world.pass(MINUTE_MS);
  await world.addDelivery(tenant.id, sinkId, page);
  expect(await sendHourlyDigests(world.deps)).toBe(0);
  world.pass(9 * MINUTE_MS);
  expect(await sendHourlyDigests(world.deps)).toBe(1);
});

test("nothing goes to a sink that is not verified, nor is another's or a differently folded message told", async () => {
  const [tenant, other] = [await addTestTenant(world.database), await addTestTenant(world.database)];
  const unproven = await world.addSink(tenant.id, { state: "unverified" });
  await world.addDelivery(tenant.id, unproven);
  const sinkId = await world.addSink(other.id);
  await world.addDelivery(other.id, sinkId, { reason: "shared-cause" });
  world.pass(HOUR_MS);
  expect(await sendHourlyDigests(world.deps)).toBe(0);
});

test("wherever the process dies, what was folded is told of exactly once", async () => {
  const { seen, crashPoints } = await dieEverywhere({
    pool: world.deps.pool,
    async prepare() {
      await world.admin.query("DELETE FROM delivery");
      world.moveTo(saturday);
      const tenant = await addTestTenant(world.database);
      await world.addDelivery(tenant.id, await world.addSink(tenant.id));
      world.pass(HOUR_MS);
      return tenant.id;
    },
    run: (pool) => sendHourlyDigests({ ...world.deps, pool }),
    look: async (tenantId) => (await world.messages(tenantId, "digest")).length,
  });
  expect(crashPoints).toBeGreaterThan(5);
  expect(seen.filter((digests) => digests !== 1)).toEqual([]);
});

const monday = Date.UTC(2026, 10, 23, 8);

/** A workspace whose last week was looked at. */
async function addWeeklyTenant(timeZone = "UTC") {
  const tenant = await addTestTenant(world.database);
  await world.admin.query("UPDATE tenants SET time_zone = $2 WHERE id = $1", [tenant.id, timeZone]);
  await world.addSink(tenant.id);
  await world.admin.query("INSERT INTO digest_mark VALUES ($1, $2)", [
    tenant.id,
    new Date(monday - 7 * DAY_MS),
  ]);
  return tenant;
}

test("a week with small things is told on Monday at eight, once, with uptime and counts", async () => {
  const tenant = await addWeeklyTenant();
  const { id, number } = await world.addEndpoint(tenant.id, { name: "Weather" });
  await world.admin.query(
    "INSERT INTO probe_day (endpoint_number, day, up_minutes, down_minutes, unknown_minutes) VALUES ($1, '2026-11-20', 1400, 10, 30)",
    [number],
  );
  await world.admin.query(
    `INSERT INTO alert_decision (tenant_id, at, endpoint_id, alert_key, event, severity, verdict, reason)
     VALUES ($1, $2, $3, 'drift:1', 'drift.detected', 'P4', 'fold', 'weekly-digest')`,
    [tenant.id, new Date(saturday), id],
  );
  world.moveTo(monday - 1);
  await sendWeeklyDigests(world.deps);
  expect(await world.messages(tenant.id, "digest")).toEqual([]);
  world.moveTo(monday);
  await sendWeeklyDigests(world.deps);
  await sendWeeklyDigests(world.deps);
  world.pass(DAY_MS);
  await sendWeeklyDigests(world.deps);
  const [digest, ...others] = await world.messages(tenant.id, "digest");
  expect(others).toEqual([]);
  const message = alertMessageSchema.parse(digest.message);
  expect(message.facts).toEqual([{ label: "Weather", value: "99.29 %" }]);
  expect(message.entries).toEqual([
    { title: "Weather: tools changed, breaking nobody", atMs: saturday, url: null },
  ]);
  expect(message.title).toBe("Your week: 0 incidents, 1 small thing");
});

test("eight o'clock is the workspace's", async () => {
  const tenant = await addWeeklyTenant("America/New_York");
  const { number } = await world.addEndpoint(tenant.id);
  await world.admin.query(
    "INSERT INTO probe_day (endpoint_number, day, up_minutes, down_minutes) VALUES ($1, '2026-11-20', 1, 1)",
    [number],
  );
  world.moveTo(monday + 5 * HOUR_MS - 1);
  await sendWeeklyDigests(world.deps);
  expect(await world.messages(tenant.id, "digest")).toEqual([]);
  world.moveTo(monday + 5 * HOUR_MS);
  await sendWeeklyDigests(world.deps);
  expect(await world.messages(tenant.id, "digest")).toHaveLength(1);
});

test("a week in which nothing happened sends nothing and is not looked at again", async () => {
  const tenant = await addWeeklyTenant();
  await world.addEndpoint(tenant.id);
  world.moveTo(monday);
  await sendWeeklyDigests(world.deps);
  expect(await world.messages(tenant.id, "digest")).toEqual([]);
  const { rows } = await world.admin.query("SELECT weekly_due_at FROM digest_mark WHERE tenant_id = $1", [
    tenant.id,
  ]);
  expect(rows[0].weekly_due_at.getTime()).toBe(monday);
});

test("a workspace that was never looked at, and a Monday we were away for, get no late digest", async () => {
  const [young, late] = [await addTestTenant(world.database), await addWeeklyTenant()];
  await world.addSink(young.id);
  for (const tenant of [young, late]) {
    const { number } = await world.addEndpoint(tenant.id);
    await world.admin.query(
      "INSERT INTO probe_day (endpoint_number, day, up_minutes, down_minutes) VALUES ($1, '2026-11-20', 1, 1)",
      [number],
    );
  }
  world.moveTo(monday + DAY_MS);
  await sendWeeklyDigests(world.deps);
  expect(await world.messages(young.id, "digest")).toEqual([]);
  expect(await world.messages(late.id, "digest")).toEqual([]);
});

test("with rules, the week goes to the sinks of those that ask for P4", async () => {
  const tenant = await addWeeklyTenant();
  const other = await world.addSink(tenant.id, { isDefault: false });
  await world.admin.query(
    `INSERT INTO alert_rule (tenant_id, name, position, severities, scope, sink_ids) VALUES ($1, 'r', 1, '{P4}', '{"kind": "all"}', $2)`,
    [tenant.id, [other]],
  );
  const { number } = await world.addEndpoint(tenant.id);
  await world.admin.query(
    "INSERT INTO probe_day (endpoint_number, day, up_minutes, down_minutes) VALUES ($1, '2026-11-20', 1, 1)",
    [number],
  );
  world.moveTo(monday);
  await sendWeeklyDigests(world.deps);
  expect((await world.messages(tenant.id, "digest")).map(({ sinkId }) => sinkId)).toEqual([other]);
});

test("wherever the process dies, a week is told exactly once", async () => {
  const { seen, crashPoints } = await dieEverywhere({
    pool: world.deps.pool,
    async prepare() {
      world.moveTo(monday - DAY_MS);
      await world.admin.query(
        "INSERT INTO digest_mark SELECT id, $1 FROM tenants ON CONFLICT (tenant_id) DO UPDATE SET weekly_due_at = $1",
        [new Date(monday)],
      );
      const tenant = await addTestTenant(world.database);
      await world.addSink(tenant.id);
      await world.admin.query("INSERT INTO digest_mark VALUES ($1, $2)", [
        tenant.id,
        new Date(monday - 7 * DAY_MS),
      ]);
      const { number } = await world.addEndpoint(tenant.id);
      await world.admin.query(
        "INSERT INTO probe_day (endpoint_number, day, up_minutes, down_minutes) VALUES ($1, '2026-11-20', 1, 1)",
        [number],
      );
      world.moveTo(monday);
      return tenant.id;
    },
    run: (pool) => sendWeeklyDigests({ ...world.deps, pool }),
    look: async (tenantId) => (await world.messages(tenantId, "digest")).length,
  });
  expect(crashPoints).toBeGreaterThan(5);
  expect(seen.filter((digests) => digests !== 1)).toEqual([]);
});
