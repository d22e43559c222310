import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testMessage } from "../../../sinks/test/alert-message.ts";
import { type DeliveryWorld, openDeliveryWorld } from "../../test/open-delivery-world.ts";
import { LEASE_MS } from "./deliver-one.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
let world: DeliveryWorld;
beforeAll(async () => {
  world = await openDeliveryWorld();
});
afterAll(() => world.close());

async function openSink(options: Parameters<DeliveryWorld["addWebhook"]>[1] = {}) {
  const tenant = await world.addTenant();
  return { tenantId: tenant.id, ...(await world.addWebhook(tenant.id, options)) };
}

describe("a message that its receiver accepts", () => {
  test("is settled with its attempt, the sink's record and a receipt in the timeline", async () => {
    const { tenantId, sinkId, receiver } = await openSink();
    const incident = await world.addIncident(tenantId);
    const id = await world.addDelivery({
      tenantId,
      sinkId,
      incidentTenantId: incident.id,
      endpointId: incident.endpointId,
    });
    expect(await world.deliver(id)).toEqual({ kind: "settled", state: "sent", reason: "accepted" });
    expect(receiver.events).toMatchObject([{ id, type: "incident.opened" }]);
    expect(await world.deliveryOf(id)).toMatchObject({ state: "sent", attempts: 1, leased_until: null });
    expect(await world.attemptsOf(id)).toEqual([
      { n: 1, outcome: "sent", reason: null, status: 204, answer: null },
    ]);
    expect(await world.sinkOf(sinkId)).toMatchObject({ last_outcome: "sent", failures_in_a_row: 0 });
    const [row] = await world.sql("SELECT first_accepted_at FROM incident_tenant WHERE id = $1", [
      incident.id,
    ]);
    expect(row?.first_accepted_at).toEqual(new Date(world.nowMs()));
    const timeline = await world.sql(
      "SELECT kind, tenant_id, key, facts FROM incident_event WHERE incident_id = $1",
      [incident.incidentId],
    );
    expect(timeline).toMatchObject([
      {
        kind: "delivery",
        tenant_id: tenantId,
        key: `delivery:${id}`,
        facts: { sinkId, sinkKind: "webhook" },
      },
    ]);
  });

  test("goes out once, however often its job comes", async () => {
    const { tenantId, sinkId, receiver } = await openSink();
    const id = await world.addDelivery({ tenantId, sinkId });
    const outcomes = await Promise.all([world.deliver(id), world.deliver(id), world.deliver(id)]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["not-leased", "not-leased", "settled"]);
    expect(await world.deliver(id)).toEqual({ kind: "not-leased", why: "gone" });
    expect(receiver.events).toHaveLength(1);
  });

  test("of a lease that ran out is not settled by who had it, and goes out again under the same key", async () => {
    const { tenantId, sinkId, receiver } = await openSink();
    const id = await world.addDelivery({ tenantId, sinkId });
    await world.sql("UPDATE delivery SET leased_until = $2, leased_by = 'dead' WHERE id = $1", [
      id,
      new Date(world.nowMs() + LEASE_MS),
    ]);
    expect(await world.deliver(id)).toEqual({ kind: "not-leased", why: "gone" });
    world.pass(LEASE_MS);
    expect(await world.turn()).toBe(1);
    expect(receiver.events.map((event) => event.id)).toEqual([id]);
  });
});

describe("a message that is refused for now", () => {
  test("waits longer and longer, and is given up at its deadline, shown as failed", async () => {
    const { tenantId, sinkId, receiver } = await openSink();
    receiver.misbehaveAlways(503);
    const id = await world.addDelivery({ tenantId, sinkId, deadlineAtMs: world.nowMs() + 24 * HOUR_MS });
    const waits: number[] = [];
    for (let round = 0; round < 100 && (await world.deliveryOf(id)).state === "pending"; round += 1) {
      const { dueAtMs, attempts } = await world.deliveryOf(id);
      world.moveTo(Math.max(world.nowMs(), dueAtMs));
      await world.turn();
      const after = await world.deliveryOf(id);
      if (after.attempts > attempts) {
        waits.push(after.dueAtMs - world.nowMs());
      }
    }
    expect(await world.deliveryOf(id)).toMatchObject({ state: "failed", reason: "deadline" });
    expect(waits.length).toBeGreaterThan(4);
    expect(waits.slice(0, 3)).toEqual(waits.slice(0, 3).toSorted((a, b) => a - b));
    const attempts = await world.attemptsOf(id);
    expect(attempts.at(0)).toMatchObject({ outcome: "retryable", reason: "server_error", status: 503 });
    expect(attempts.map(({ n }) => n)).toEqual(attempts.map((_, n) => n + 1));
  });

  test("with Retry-After waits at least so long", async () => {
    const { tenantId, sinkId, receiver } = await openSink();
    receiver.misbehave({ status: 429, headers: { "retry-after": "120" } });
    const id = await world.addDelivery({ tenantId, sinkId });
    await world.deliver(id);
    const waiting = await world.deliveryOf(id);
    expect(waiting).toMatchObject({ state: "pending", reason: "retry_after", attempts: 1 });
    expect(waiting.dueAtMs - world.nowMs()).toBeGreaterThanOrEqual(120_000);
    world.pass(119_000);
    expect(await world.deliver(id)).toEqual({ kind: "not-leased", why: "gone" });
    world.pass(2_000);
    expect(await world.deliver(id)).toMatchObject({ state: "sent" });
  });

  test("by a sink that is down for an hour arrives once it is back", async () => {
    const { tenantId, sinkId, receiver } = await openSink();
    await receiver.down();
    const id = await world.addDelivery({ tenantId, sinkId, deadlineAtMs: world.nowMs() + 24 * HOUR_MS });
    for (let minute = 0; minute < 60; minute += 1) {
      await world.turn();
      world.pass(MINUTE_MS);
    }
    expect((await world.deliveryOf(id)).state).toBe("pending");
    await receiver.up();
    for (let minute = 0; minute < 180 && receiver.events.length === 0; minute += 1) {
      await world.turn();
      world.pass(MINUTE_MS);
    }
    expect(receiver.events.map((event) => event.id)).toEqual([id]);
    expect(await world.sinkOf(sinkId)).toMatchObject({ failures_in_a_row: 0, failing_since: null });
  });
});

describe("an open breaker", () => {
  test("spends no attempt of the messages it holds back", async () => {
    const { tenantId, sinkId, receiver } = await openSink();
    await receiver.down();
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const message = testMessage({ dedupKey: `d-${n}` });
      ids.push(await world.addDelivery({ tenantId, sinkId, message }));
    }
    for (const id of ids) {
      await world.deliver(id);
    }
    const states = await Promise.all(ids.map((id) => world.deliveryOf(id)));
    expect(states.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 0, 0]);
    expect(states.slice(3)).toMatchObject([{ reason: "breaker_open" }, { reason: "breaker_open" }]);
    await receiver.up();
    for (let n = 0; n < 20; n += 1) {
      world.pass(30_000);
      await world.turn();
    }
    expect(receiver.events.map((event) => event.id).sort()).toEqual([...ids].sort());
  });
});

describe("what may go to a sink", () => {
  test.each([
    ["unverified", "incident.opened", "sink_unverified"],
    ["unverified", "test", "sink_unverified"],
    ["disabled", "incident.opened", "sink_disabled"],
    ["disabled", "verification", "sink_disabled"],
    ["verified", "verification", "sink_verified"],
  ] as const)("%s: no %s", async (state, event, reason) => {
    const { tenantId, sinkId, receiver } = await openSink({ state });
    const proof = event === "verification" ? { code: "c", url: null } : null;
    const id = await world.addDelivery({ tenantId, sinkId, message: testMessage({ event, proof }) });
    expect(await world.deliver(id)).toEqual({ kind: "settled", state: "cancelled", reason });
    expect(receiver.requests).toEqual([]);
    expect(await world.attemptsOf(id)).toEqual([]);
  });

  test("an echoed challenge proves an unverified sink, and then alerts go there", async () => {
    const { tenantId, sinkId, receiver } = await openSink({ state: "unverified" });
    await world.sql("UPDATE sink SET proof_hash = repeat('a', 64), proof_expires_at = $2 WHERE id = $1", [
      sinkId,
      new Date(world.nowMs() + MINUTE_MS),
    ]);
    const message = testMessage({
      event: "verification",
      proof: { code: "challenge-1", url: null },
      dedupKey: "v",
    });
    await world.deliver(await world.addDelivery({ tenantId, sinkId, message }));
    expect(await world.sinkOf(sinkId)).toMatchObject({ state: "verified", proof_hash: null });
    await world.deliver(await world.addDelivery({ tenantId, sinkId }));
    expect(receiver.events.map(({ type }) => type)).toEqual(["endpoint.verification", "incident.opened"]);
  });

  test("a receiver that only accepts the challenge proves nothing", async () => {
    const { tenantId, sinkId, receiver } = await openSink({ state: "unverified" });
    receiver.misbehave({ status: 200, body: "{}" });
    const message = testMessage({ event: "verification", proof: { code: "challenge-1", url: null } });
    await world.deliver(await world.addDelivery({ tenantId, sinkId, message }));
    expect(await world.sinkOf(sinkId)).toMatchObject({ state: "unverified" });
  });
});

describe("messages of one incident to one sink", () => {
  test("go in their order: what waits behind an older one waits until that is settled", async () => {
    const { tenantId, sinkId, receiver } = await openSink();
    receiver.misbehave(503);
    const opened = await world.addDelivery({ tenantId, sinkId });
    const resolved = await world.addDelivery({
      tenantId,
      sinkId,
      message: testMessage({ event: "incident.resolved" }),
    });
    expect(await world.deliver(resolved)).toEqual({ kind: "not-leased", why: "behind" });
    await world.deliver(opened);
    expect(await world.deliver(resolved)).toEqual({ kind: "not-leased", why: "behind" });
    world.pass(10 * MINUTE_MS);
    await world.turn();
    expect(receiver.events.map(({ type }) => type)).toEqual(["incident.opened", "incident.resolved"]);
  });

  test("that end or acknowledge what was never told there are not sent", async () => {
    const { tenantId, sinkId, receiver } = await openSink();
    const opened = await world.addDelivery({ tenantId, sinkId, deadlineAtMs: world.nowMs() - 1 });
    const resolved = await world.addDelivery({
      tenantId,
      sinkId,
      message: testMessage({ event: "incident.resolved" }),
    });
    await world.turn();
    expect(await world.deliveryOf(opened)).toMatchObject({ state: "failed", reason: "deadline" });
    expect(await world.deliveryOf(resolved)).toMatchObject({ state: "cancelled", reason: "never_told" });
    expect(receiver.requests).toEqual([]);
  });
});

describe("a sink that says never again", () => {
  test("is disabled, its page goes to the tenant's other sinks, and its owner is told through the default one", async () => {
    const { tenantId, sinkId, receiver } = await openSink({ name: "Ops hook" });
    const other = await world.addWebhook(tenantId);
    const main = await world.addWebhook(tenantId, { isDefault: true });
    const unproven = await world.addWebhook(tenantId, { state: "unverified" });
    receiver.misbehave(410);
    const id = await world.addDelivery({ tenantId, sinkId });
    const waiting = await world.addDelivery({
      tenantId,
      sinkId,
      message: testMessage({ dedupKey: "other" }),
    });
    expect(await world.deliver(id)).toEqual({ kind: "settled", state: "failed", reason: "sink_dead" });
    expect(await world.sinkOf(sinkId)).toMatchObject({
      state: "disabled",
      disabled_reason: "refused_for_good",
    });
    await world.turn();
    await world.turn();
    expect(await world.deliveryOf(waiting)).toMatchObject({ state: "cancelled", reason: "sink_disabled" });
    expect(receiver.requests).toHaveLength(1);
    expect(main.receiver.events.map(({ type }) => type).sort()).toEqual([
      "incident.opened",
      "incident.opened",
      "notice",
    ]);
    expect(other.receiver.events.map(({ type }) => type)).toEqual(["incident.opened", "incident.opened"]);
    expect(main.receiver.events.find(({ type }) => type === "notice")?.data).toMatchObject({
      title: "Alerts no longer reach Ops hook",
    });
    expect(other.receiver.events[0]?.data.facts).toContainEqual({
      label: "Why here",
      value: "It could not be delivered to Ops hook.",
    });
    expect(unproven.receiver.requests).toEqual([]);
  });
});

describe("a page that nobody takes for ten minutes", () => {
  test("goes to the tenant's other verified sinks once, and still to its own", async () => {
    const { tenantId, sinkId, receiver } = await openSink({ name: "Down hook" });
    const other = await world.addWebhook(tenantId);
    receiver.misbehaveAlways(503);
    const id = await world.addDelivery({ tenantId, sinkId, alertKey: "incident:1:1" });
    for (let half = 0; half < 19; half += 1) {
      await world.turn();
      world.pass(30_000);
    }
    expect(other.receiver.requests).toEqual([]);
    for (let half = 0; half < 10; half += 1) {
      await world.turn();
      world.pass(30_000);
    }
    expect(other.receiver.events).toHaveLength(1);
    expect(other.receiver.events[0]?.data.facts).toContainEqual({
      label: "Why here",
      value: "It could not be delivered to Down hook within 10 minutes.",
    });
    expect(await world.deliveryOf(id)).toMatchObject({ state: "pending" });
    const decisions = await world.sql(
      "SELECT sink_id, verdict, reason FROM alert_decision WHERE tenant_id = $1",
      [tenantId],
    );
    expect(decisions).toEqual([{ sink_id: other.sinkId, verdict: "send", reason: "undelivered-elsewhere" }]);
  });

  test("does not go where the same alert went by rule, nor does a digest go anywhere", async () => {
    const { tenantId, sinkId, receiver } = await openSink();
    const other = await world.addWebhook(tenantId);
    receiver.misbehaveAlways(503);
    await world.addDelivery({ tenantId, sinkId, alertKey: "same" });
    await world.addDelivery({ tenantId, sinkId: other.sinkId, alertKey: "same" });
    const digest = testMessage({
      event: "digest",
      severity: null,
      incident: null,
      endpoint: null,
      dedupKey: "digest",
    });
    await world.addDelivery({ tenantId, sinkId, message: digest });
    for (let half = 0; half < 30; half += 1) {
      await world.turn();
      world.pass(30_000);
    }
    expect(other.receiver.events.map(({ type }) => type)).toEqual(["incident.opened"]);
  });
});

test("neither a log line nor a row shows the secret or the URL of a webhook, whatever its receiver echoes", async () => {
  const { tenantId, sinkId, receiver, secret } = await openSink();
  receiver.misbehaveAlways({ status: 500, body: `no: ${receiver.url}/hook?key=secret-of-the-url ${secret}` });
  const id = await world.addDelivery({ tenantId, sinkId });
  await world.deliver(id);
  expect(await world.attemptsOf(id)).toMatchObject([{ answer: "no: [redacted] [redacted]" }]);
  const rows = await world.sql(
    "SELECT to_jsonb(d) AS d FROM delivery d UNION ALL SELECT to_jsonb(s) FROM sink s",
  );
  for (const text of [JSON.stringify(rows), world.logged.join("")]) {
    expect(text).not.toContain("secret-of-the-url");
    expect(text).not.toContain(secret);
  }
});
