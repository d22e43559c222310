/** What alerting forgets, and when. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { addTestTenant } from "../../../../db/test/tenant.ts";
import { openUpkeepWorld, type UpkeepWorld } from "../../test/open-upkeep-world.ts";
import { forgetOldAlerts } from "./forget-old-alerts.ts";

const DAY_MS = 86_400_000;

let world: UpkeepWorld;
beforeAll(async () => {
  world = await openUpkeepWorld();
});
afterAll(() => world.close());
const agoMs = (days: number) => world.nowMs() - days * DAY_MS;

test("messages and decisions go after 90 days, one that waits stays, and forgetting twice finds nothing", async () => {
  const tenant = await addTestTenant(world.database);
  const sinkId = await world.addSink(tenant.id);
  const kept = [
    await world.addDelivery(tenant.id, sinkId, { state: "sent", atMs: agoMs(89) }),
    await world.addDelivery(tenant.id, sinkId, { state: "pending", atMs: agoMs(91) }),
  ];
  await world.addDelivery(tenant.id, sinkId, { state: "sent", atMs: agoMs(91) });
  await world.addDelivery(tenant.id, sinkId, { state: "folded", atMs: agoMs(91) });
  for (const days of [89, 91]) {
    await world.admin.query(
      `INSERT INTO alert_decision (tenant_id, at, alert_key, event, severity, verdict, reason)
       VALUES ($1, $2, $3, 'drift.detected', 'P4', 'fold', 'weekly-digest')`,
      [tenant.id, new Date(agoMs(days)), `k${days}`],
    );
  }
  expect(await forgetOldAlerts(world.deps)).toBe(3);
  expect(await forgetOldAlerts(world.deps)).toBe(0);
  const { rows } = await world.admin.query("SELECT id FROM delivery WHERE tenant_id = $1", [tenant.id]);
  expect(rows.map(({ id }) => id).sort()).toEqual(kept.sort());
});

test("an incident stays as long as the longest day history of those who have it, an open one for ever", async () => {
  const [owner, follower] = [
    await addTestTenant(world.database, { plan: "public" }),
    await addTestTenant(world.database, { plan: "author" }),
  ];
  const left = async (days: number, options: { isOpen?: boolean; follower?: string } = {}) => {
    const endpoint = await world.addEndpoint(owner.id);
    const id = await world.addIncident(owner.id, endpoint.id, { atMs: agoMs(days) });
    if (!options.isOpen) {
      await world.admin.query(
        "UPDATE incident SET causes = '{}', resolved_at = opened_at WHERE endpoint_id = $1",
        [endpoint.id],
      );
    }
    if (options.follower) {
      await world.admin.query(
        "INSERT INTO incident_tenant (incident_id, tenant_id, endpoint_id) SELECT id, $2, endpoint_id FROM incident WHERE endpoint_id = $1",
        [endpoint.id, options.follower],
      );
    }
    await forgetOldAlerts(world.deps);
    const { rows } = await world.admin.query("SELECT id FROM incident_tenant WHERE id = $1", [id]);
    return rows.length;
  };
  expect(await left(89)).toBe(1);
  expect(await left(91)).toBe(0);
  expect(await left(91, { isOpen: true })).toBe(1);
  expect(await left(399, { follower: follower.id })).toBe(1);
  expect(await left(401, { follower: follower.id })).toBe(0);
});
