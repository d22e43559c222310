/** The whole worker on the real clock: queue, sweep and receivers, several processes, receivers that hang, a Redis that forgets. */
import { systemClock } from "@alivemcp/runtime/clock";
import { openRedis } from "@alivemcp/runtime/redis";
import { afterEach, beforeEach, expect, test } from "vitest";
import { testMessage } from "../../../sinks/test/alert-message.ts";
import { testSinkDeps } from "../../../sinks/test/sink-deps.ts";
import { type DeliveryWorld, openDeliveryWorld } from "../../test/open-delivery-world.ts";
import { SINK_IN_FLIGHT_MAX, TENANT_IN_FLIGHT_MAX } from "./deliver-one.ts";
import { enqueueDeliveries } from "./enqueue-deliveries.ts";
import { startDelivering } from "./start-delivering.ts";

const WAIT = { timeout: 15_000, interval: 20 };
let world: DeliveryWorld;
let running: ReturnType<typeof startDelivering>[];
beforeEach(async () => {
  world = await openDeliveryWorld();
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await world.close();
});

function start() {
  const process = startDelivering(world.freshDeps({ clock: systemClock, sinkDeps: testSinkDeps() }));
  running.push(process);
  return process;
}

const page = (tenantId: string, sinkId: string, n = 0, priority = 1) =>
  world.addDelivery({
    tenantId,
    sinkId,
    message: testMessage({ dedupKey: `${sinkId} ${n}` }),
    createdAtMs: Date.now(),
    priority,
  });

test("a row without a job is sent within seconds, and one with a job at once", async () => {
  const { id: tenantId } = await world.addTenant();
  const { sinkId, receiver } = await world.addWebhook(tenantId);
  start();
  await page(tenantId, sinkId);
  await expect.poll(() => receiver.events.length, WAIT).toBe(1);
  const id = await page(tenantId, sinkId, 1);
  const startedMs = performance.now();
  await enqueueDeliveries(world.deps, [{ id, priority: 1 }]);
  await expect.poll(() => receiver.events.length, WAIT).toBe(2);
  expect(performance.now() - startedMs).toBeLessThan(900);
});

test("sinks that hang, of a tenant with a hundred messages, delay none of fifty other tenants", async () => {
  const { id: hangingId } = await world.addTenant();
  const hanging = await Promise.all([world.addWebhook(hangingId), world.addWebhook(hangingId)]);
  for (const { sinkId, receiver } of hanging) {
    receiver.misbehaveAlways("hang");
    for (let n = 0; n < 50; n += 1) {
      await page(hangingId, sinkId, n);
    }
  }
  const others = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const { id: tenantId } = await world.addTenant();
      return { tenantId, ...(await world.addWebhook(tenantId)) };
    }),
  );
  start();
  await expect
    .poll(() => hanging.every(({ receiver }) => receiver.requests.length === SINK_IN_FLIGHT_MAX), WAIT)
    .toBe(true);
  const startedMs = performance.now();
  await Promise.all(others.map(({ tenantId, sinkId }) => page(tenantId, sinkId, 0, 5)));
  await expect.poll(() => others.every(({ receiver }) => receiver.events.length === 1), WAIT).toBe(true);
  expect(performance.now() - startedMs).toBeLessThan(6_000);
  const inFlight = hanging.reduce((sum, { receiver }) => sum + receiver.requests.length, 0);
  expect(inFlight).toBeLessThanOrEqual(Math.min(TENANT_IN_FLIGHT_MAX, 2 * SINK_IN_FLIGHT_MAX));
}, 40_000);

test("one sink gets a long queue in order of its threads, without waiting for a sweep between two", async () => {
  const { id: tenantId } = await world.addTenant();
  const { sinkId, receiver } = await world.addWebhook(tenantId);
  for (let n = 0; n < 15; n += 1) {
    await page(tenantId, sinkId, n);
  }
  start();
  const startedMs = performance.now();
  await expect.poll(() => receiver.events.length, WAIT).toBe(15);
  expect(performance.now() - startedMs).toBeLessThan(7_000);
});

test("a Redis that forgot everything costs no message", async () => {
  const { id: tenantId } = await world.addTenant();
  const { sinkId, receiver } = await world.addWebhook(tenantId);
  const ids = [await page(tenantId, sinkId), await page(tenantId, sinkId, 1)];
  await enqueueDeliveries(
    world.deps,
    ids.map((id) => ({ id, priority: 1 })),
  );
  const redis = openRedis(world.redisUrl, { name: "test", onError: () => {} });
  await redis.flushdb();
  redis.disconnect();
  start();
  await expect.poll(() => receiver.events.map(({ id }) => id).sort(), WAIT).toEqual(ids.toSorted());
});

test("two processes share the work, and each message goes out once", async () => {
  const sinks = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const { id: tenantId } = await world.addTenant();
      return { tenantId, ...(await world.addWebhook(tenantId)) };
    }),
  );
  const ids = await Promise.all(
    sinks.flatMap(({ tenantId, sinkId }) => Array.from({ length: 5 }, (_, n) => page(tenantId, sinkId, n))),
  );
  start();
  start();
  const keys = () => sinks.flatMap(({ receiver }) => receiver.events.map(({ id }) => id));
  await expect.poll(() => new Set(keys()).size, WAIT).toBe(50);
  await Promise.all(running.splice(0).map((one) => one.stop()));
  expect(keys().toSorted()).toEqual(ids.toSorted());
});

test("stopping waits for what is under way, and what is settled stays so", async () => {
  const { id: tenantId } = await world.addTenant();
  const { sinkId, receiver } = await world.addWebhook(tenantId);
  const id = await page(tenantId, sinkId);
  const process = start();
  await expect.poll(() => receiver.requests.length, WAIT).toBe(1);
  await process.stop();
  expect(await world.deliveryOf(id)).toMatchObject({ state: "sent", leased_until: null });
});
