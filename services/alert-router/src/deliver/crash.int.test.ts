/** Dies at every touch of Postgres, the queue and the receiver between taking a message and having settled it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Death, dyingDelivery } from "../../test/dying-delivery.ts";
import { type DeliveryWorld, openDeliveryWorld } from "../../test/open-delivery-world.ts";
import { deliverOne, LEASE_MS } from "./deliver-one.ts";

let world: DeliveryWorld;
beforeAll(async () => {
  world = await openDeliveryWorld();
});
afterAll(() => world.close());

/** One page whose process dies; then its lease runs out and another process goes on. `status` is what the receiver says. */
async function live(status: number, death: Death | null) {
  const { id: tenantId } = await world.addTenant();
  const { sinkId, receiver } = await world.addWebhook(tenantId);
  const other = await world.addWebhook(tenantId);
  const incident = await world.addIncident(tenantId);
  const id = await world.addDelivery({
    tenantId,
    sinkId,
    incidentTenantId: incident.id,
    endpointId: incident.endpointId,
    alertKey: `incident:${incident.id}:1`,
  });
  receiver.misbehaveAlways(status === 204 ? null : status);
  const dying = dyingDelivery(world.freshDeps(), death);
  await deliverOne(dying.deps, id).catch(() => undefined);
  await world.deps.deliveryQueue.drain();
  world.pass(LEASE_MS);
  for (let turns = 0; turns < 3; turns += 1) {
    await world.turn(world.freshDeps());
  }
  const receipts = await world.sql("SELECT key FROM incident_event WHERE incident_id = $1 AND key = $2", [
    incident.incidentId,
    `delivery:${id}`,
  ]);
  const told = await world.sql<{ event: string }>(
    "SELECT event FROM delivery WHERE sink_id = $1 AND state = 'sent' ORDER BY event",
    [other.sinkId],
  );
  return {
    touches: dying.touches(),
    delivery: await world.deliveryOf(id),
    attempts: await world.attemptsOf(id),
    keys: receiver.requests.map(({ headers }) => headers["webhook-id"]),
    id,
    receipts: receipts.length,
    told: told.map(({ event }) => event),
    otherEvents: other.receiver.events.map(({ type }) => type).sort(),
    sink: await world.sinkOf(sinkId),
  };
}
type Lived = Awaited<ReturnType<typeof live>>;

/** Whatever happened: the receiver's yes is booked once, and what it got twice had one key. */
function expectDelivered({ delivery, keys, id, receipts, attempts }: Lived) {
  expect(delivery).toMatchObject({ state: "sent", reason: "accepted", leased_until: null });
  expect(new Set(keys)).toEqual(new Set([id]));
  expect(keys.length).toBeLessThanOrEqual(2);
  expect(receipts).toBe(1);
  expect(attempts).toMatchObject([{ n: 1, outcome: "sent" }]);
}

/** The sink is gone: its page took the detour once and its owner was told once. */
function expectGivenUp({ delivery, sink, otherEvents, told, receipts }: Lived) {
  // Who died after the receiver's word and before writing it down asks again: that one is told the same.
  expect(delivery).toMatchObject({ state: "failed", reason: "sink_dead" });
  expect(sink).toMatchObject({ state: "disabled" });
  expect(otherEvents).toEqual(["incident.opened", "notice"]);
  expect(told).toEqual(["incident.opened", "notice"]);
  expect(receipts).toBe(0);
}

describe.each([
  ["accepts", 204, expectDelivered],
  ["says never again", 410, expectGivenUp],
] as const)("dying while a receiver %s", (_name, status, check) => {
  test("loses nothing and books nothing twice, wherever it happens", async () => {
    const counted = await live(status, null);
    check(counted);
    expect(counted.touches).toBeGreaterThan(10);
    for (let call = 1; call <= counted.touches; call += 1) {
      for (const isDone of [false, true]) {
        const lived = await live(status, { call, isDone });
        try {
          check(lived);
        } catch (cause) {
          throw new Error(`died at touch ${call} of ${counted.touches}, ${isDone ? "after" : "before"}`, {
            cause,
          });
        }
      }
    }
  }, 240_000);
});
