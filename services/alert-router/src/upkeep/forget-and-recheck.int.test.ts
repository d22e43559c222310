/** What alerting forgets, and the weekly question whether a sink is still there. */
import type { GuardedReply, GuardedRequest } from "@alivemcp/probe/guarded-fetch";
import type { SinkDeps } from "@alivemcp/sinks/sink-client";
import { VENDOR_URLS } from "@alivemcp/sinks/vendor-urls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addTestTenant } from "../../../../db/test/tenant.ts";
import { dieEverywhere } from "../../test/crash-pool.ts";
import { openUpkeepWorld, type UpkeepWorld } from "../../test/open-upkeep-world.ts";
import { forgetOldAlerts } from "./forget-old-alerts.ts";
import { type RecheckDeps, recheckSinks } from "./recheck-sinks.ts";

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

const discord = { url: "https://discord.com/api/webhooks/123456789012345678/abcdefghijklmnopqrstuvwxyz" };

/** A Discord that answers every question with this status. */
function recheckDeps(status: number): { readonly deps: RecheckDeps; readonly asked: string[] } {
  const asked: string[] = [];
  const sinkDeps = {
    clock: world.deps.clock,
    vendors: VENDOR_URLS,
    fetch: async ({ url, method }: GuardedRequest): Promise<GuardedReply> => {
      asked.push(`${method} ${new URL(url).pathname}`);
      const body = Buffer.from(JSON.stringify({ id: "123456789012345678", name: "alerts", channel_id: "1" }));
      return { kind: "replied", status, headers: {}, body, retryAfterMs: null };
    },
  } as unknown as SinkDeps;
  return { deps: { ...world.deps, sinkDeps, appUrl: "https://app.alivemcp.test" }, asked };
}

/** A tenant with its default e-mail and a verified Discord. */
async function addDiscord() {
  await world.admin.query("DELETE FROM sink");
  const tenant = await addTestTenant(world.database);
  const mailId = await world.addSink(tenant.id);
  const sinkId = await world.addSink(tenant.id, { kind: "discord", isDefault: false, settings: discord });
  return { tenantId: tenant.id, mailId, sinkId };
}
const sinkOf = async (id: string) =>
  (await world.admin.query("SELECT state, disabled_reason, reverify_at FROM sink WHERE id = $1", [id]))
    .rows[0];

test("a sink is asked after a week, and then a week later, by a question nobody sees", async () => {
  const { sinkId } = await addDiscord();
  const { deps, asked } = recheckDeps(200);
  world.pass(7 * DAY_MS - 1);
  await recheckSinks(deps);
  expect(asked).toEqual([]);
  world.pass(1);
  expect(await recheckSinks(deps)).toEqual({ asked: 1, disabled: 0 });
  expect(asked).toEqual(["GET /api/v10/webhooks/123456789012345678/abcdefghijklmnopqrstuvwxyz"]);
  await recheckSinks(deps);
  expect(asked).toHaveLength(1);
  expect((await sinkOf(sinkId)).reverify_at.getTime()).toBe(world.nowMs() + 7 * DAY_MS);
});

test("one that is gone is disabled, and its owner is told once through the other", async () => {
  const { tenantId, mailId, sinkId } = await addDiscord();
  const { deps } = recheckDeps(404);
  world.pass(7 * DAY_MS);
  expect(await recheckSinks(deps)).toEqual({ asked: 1, disabled: 1 });
  expect(await recheckSinks(deps)).toEqual({ asked: 0, disabled: 0 });
  expect(await sinkOf(sinkId)).toMatchObject({ state: "disabled", disabled_reason: "recheck_refused" });
  expect((await world.messages(tenantId, "notice")).map((notice) => notice.sinkId)).toEqual([mailId]);
});

test("one that fails just now stays, and is asked again the same day", async () => {
  const { sinkId } = await addDiscord();
  const { deps } = recheckDeps(503);
  world.pass(7 * DAY_MS);
  expect(await recheckSinks(deps)).toEqual({ asked: 1, disabled: 0 });
  const { state, reverify_at } = await sinkOf(sinkId);
  expect([state, reverify_at.getTime() - world.nowMs()]).toEqual(["verified", DAY_MS / 4]);
});

test("one that no key here opens is left as it is", async () => {
  const { sinkId } = await addDiscord();
  await world.admin.query("UPDATE sink SET sealing_key_id = 'lost' WHERE id = $1", [sinkId]);
  const { deps, asked } = recheckDeps(404);
  world.pass(7 * DAY_MS);
  expect(await recheckSinks(deps)).toEqual({ asked: 1, disabled: 0 });
  expect(asked).toEqual([]);
  expect((await sinkOf(sinkId)).state).toBe("verified");
});

test("wherever the process dies, a sink that is gone is disabled and its owner told exactly once", async () => {
  const { deps } = recheckDeps(404);
  const { seen } = await dieEverywhere({
    pool: world.deps.pool,
    async prepare() {
      const made = await addDiscord();
      world.pass(7 * DAY_MS);
      return made;
    },
    run: (pool) => recheckSinks({ ...deps, pool }),
    look: async ({ tenantId, sinkId }) => [
      (await sinkOf(sinkId)).state,
      (await world.messages(tenantId, "notice")).length,
    ],
  });
  expect(seen.length).toBeGreaterThan(10);
  expect(seen.filter((one) => one.join() !== "disabled,1")).toEqual([]);
});
