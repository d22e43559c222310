/** What is done to sinks while nothing is sent: asked weekly whether they are there, sealed anew when the key changes. */
import { openSettings, type SealedSettings } from "@alivemcp/runtime/sink-keys";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTestSinkKey } from "../../../runtime/test/sink-keys.ts";
import { openHttpReceiver } from "../../../sinks/test/receivers/http-receiver.ts";
import { testSinkDeps } from "../../../sinks/test/sink-deps.ts";
import { type DeliveryWorld, openDeliveryWorld } from "../../test/open-delivery-world.ts";
import { RECHECK_EVERY_MS, recheckSinks } from "./recheck-sinks.ts";
import { resealSinks } from "./reseal-sinks.ts";

let world: DeliveryWorld;
beforeAll(async () => {
  world = await openDeliveryWorld();
});
afterAll(() => world.close());

describe("a verified sink that can be asked in silence", () => {
  async function openDiscord(status: number) {
    const { id: tenantId } = await world.addTenant();
    const receiver = await openHttpReceiver(() => ({ status, body: status === 200 ? '{"id":"1"}' : "{}" }));
    world.closing.push(() => receiver.close());
    const settings = { url: `https://discord.com/api/webhooks/123456789012345678/${"t".repeat(68)}` };
    const sinkId = await world.addSink(tenantId, { kind: "discord", settings, name: "Ops room" });
    await world.sql("UPDATE sink SET verified_at = $2 WHERE id = $1", [sinkId, new Date(world.nowMs())]);
    const other = await world.addWebhook(tenantId, { isDefault: true });
    const sinkDeps = testSinkDeps({ nowMs: world.nowMs, vendors: { discord: receiver.url } });
    return { sinkId, receiver, other, deps: world.freshDeps({ sinkDeps }) };
  }

  test("is asked once a week, and kept while it answers", async () => {
    const { sinkId, receiver, deps } = await openDiscord(200);
    world.pass(RECHECK_EVERY_MS - 1);
    await recheckSinks(deps);
    expect(receiver.requests).toHaveLength(0);
    world.pass(1);
    await Promise.all([recheckSinks(deps), recheckSinks(deps)]);
    await recheckSinks(deps);
    expect(receiver.requests.map(({ method }) => method)).toEqual(["GET"]);
    expect(await world.sinkOf(sinkId)).toMatchObject({ state: "verified" });
    world.pass(RECHECK_EVERY_MS);
    await recheckSinks(deps);
    expect(receiver.requests).toHaveLength(2);
  });

  test("and is gone is disabled, and its owner told through another", async () => {
    const { sinkId, other, deps } = await openDiscord(404);
    world.pass(RECHECK_EVERY_MS);
    await recheckSinks(deps);
    expect(await world.sinkOf(sinkId)).toMatchObject({
      state: "disabled",
      disabled_reason: "recheck_refused",
    });
    await world.turn();
    expect(other.receiver.events).toMatchObject([
      { type: "notice", data: { title: "Alerts no longer reach Ops room" } },
    ]);
  });

  test("and only fails for now is kept", async () => {
    const { sinkId, receiver, deps } = await openDiscord(503);
    world.pass(RECHECK_EVERY_MS);
    await recheckSinks(deps);
    expect(receiver.requests.length).toBeGreaterThan(0);
    expect(await world.sinkOf(sinkId)).toMatchObject({ state: "verified" });
  });
});

test("a new key takes over every sink, so that messages go out with it alone; what no key opens is left", async () => {
  const { id: tenantId } = await world.addTenant();
  const { sinkId, receiver } = await world.addWebhook(tenantId);
  const lost = await world.addWebhook(tenantId);
  await world.sql("UPDATE sink SET sealing_key_id = 'lost' WHERE id = $1", [lost.sinkId]);
  const { key: newer } = makeTestSinkKey("newer");
  const both = world.freshDeps({ sinkKeys: [newer, ...world.deps.sinkKeys] });
  const done = await resealSinks(both);
  expect(done.resealed).toBeGreaterThan(0);
  expect(done.unreadable).toBe(1);
  expect((await resealSinks(both)).resealed).toBe(0);
  const row = await world.sinkOf(sinkId);
  const sealed = { sealed: row.sealed, sealingKeyId: row.sealing_key_id } as SealedSettings;
  expect(openSettings([newer], { ...sealed, tenantId, sinkId, version: 1 })).toMatchObject({
    url: expect.any(String),
  });
  await world.deliver(await world.addDelivery({ tenantId, sinkId }), world.freshDeps({ sinkKeys: [newer] }));
  expect(receiver.events).toHaveLength(1);
});

test("a message whose settings no key opens waits for the key", async () => {
  const { id: tenantId } = await world.addTenant();
  const { sinkId, receiver } = await world.addWebhook(tenantId);
  const id = await world.addDelivery({ tenantId, sinkId });
  await world.deliver(id, world.freshDeps({ sinkKeys: [makeTestSinkKey("other").key] }));
  expect(await world.deliveryOf(id)).toMatchObject({ state: "pending", attempts: 1 });
  expect(await world.attemptsOf(id)).toMatchObject([{ outcome: "retryable", reason: "settings_unreadable" }]);
  world.pass(5 * 60_000);
  await world.turn();
  expect(receiver.events.map((event) => event.id)).toEqual([id]);
});
