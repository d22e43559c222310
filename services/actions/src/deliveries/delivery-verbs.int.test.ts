import { randomUUID } from "node:crypto";
import type { AlertMessage } from "@alivemcp/core/alert-message";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../db/test/database.ts";
import { addTestTenant, type TestTenant } from "../../../../db/test/tenant.ts";
import { callerOf } from "../../test/action-deps.ts";
import { addSink } from "../../test/add-sink.ts";
import { getDelivery, listDeliveries } from "./list-deliveries.ts";
import { resendDelivery } from "./resend-delivery.ts";

const t0 = Date.UTC(2026, 10, 21, 12);
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const deps = () => ({ pool: database.pool("app"), clock: { nowMs: () => t0 } });
const MESSAGE: AlertMessage = {
  v: 1,
  event: "test",
  severity: null,
  dedupKey: "thread",
  title: "A title",
  summary: "A summary.",
  atMs: t0,
  isTest: true,
  isWorse: false,
  endpoint: null,
  incident: null,
  facts: [],
  links: [],
  entries: [],
  entriesLeftOut: 0,
  proof: null,
};

async function addDelivery(
  tenant: TestTenant,
  sinkId: string,
  changes: { readonly state?: string; readonly message?: AlertMessage; readonly atMs?: number } = {},
): Promise<string> {
  const { state = "sent", message = MESSAGE, atMs = t0 } = changes;
  const { rows } = await database.pool("super").query<{ id: string }>(
    `INSERT INTO delivery (tenant_id, sink_id, alert_key, dedup_key, event, message, state, attempts, created_at, due_at,
       deadline_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8, $8) RETURNING id`,
    [tenant.id, sinkId, randomUUID(), message.dedupKey, message.event, message, state, new Date(atMs)],
  );
  const id = String(rows[0]?.id);
  await database.pool("super").query(
    `INSERT INTO delivery_attempt (delivery_id, n, tenant_id, at, outcome, status, answer, duration_ms)
     VALUES ($1, 1, $2, $3, 'sent', 200, 'ok', 12)`,
    [id, tenant.id, new Date(atMs)],
  );
  return id;
}

test("deliveries are listed newest first with the last answer, filtered, paged, and to their workspace only", async () => {
  const [tenant, other] = [await addTestTenant(database), await addTestTenant(database)];
  const sinkId = await addSink(database, tenant);
  for (const n of [1, 2, 3]) {
    await addDelivery(tenant, sinkId, { atMs: t0 + n, state: n === 3 ? "failed" : "sent" });
  }
  const list = (filter = {}, before: { createdAtMs: number; id: string } | null = null) =>
    listDeliveries(deps(), callerOf(tenant), { filter, before, limit: 2 });
  const first = await list();
  expect(first).toMatchObject([{ state: "failed", sinkName: "Sink", lastStatus: 200, lastAnswer: "ok" }, {}]);
  const rest = await list({}, first[1] ?? null);
  expect([...first, ...rest].map(({ createdAtMs }) => createdAtMs - t0)).toEqual([3, 2, 1]);
  expect(await list({ state: "failed" })).toHaveLength(1);
  expect(await list({ sink: sinkId, event: "test" })).toHaveLength(2);
  expect(await list({ event: "digest" })).toEqual([]);
  const stranger = callerOf(other);
  expect(await listDeliveries(deps(), stranger, { filter: {}, before: null, limit: 9 })).toEqual([]);
  await expect(
    listDeliveries(deps(), stranger, { filter: { sink: sinkId }, before: null, limit: 9 }),
  ).rejects.toMatchObject({ code: "not_found" });
});

test("a delivery is shown with its tries and what it said, but never with what proves a sink", async () => {
  const tenant = await addTestTenant(database);
  const sinkId = await addSink(database, tenant, { state: "unverified" });
  const proof = { code: "ABCD-2345", url: null };
  const id = await addDelivery(tenant, sinkId, { message: { ...MESSAGE, event: "verification", proof } });
  const reading = await getDelivery(deps(), callerOf(tenant, "viewer"), id);
  expect(reading).toMatchObject({
    attempts: [{ n: 1, durationMs: 12 }],
    message: { title: "A title", proof: null },
  });
  expect(JSON.stringify(reading)).not.toContain(proof.code);
  const stranger = callerOf(await addTestTenant(database));
  for (const name of [id, "no-uuid"]) {
    await expect(getDelivery(deps(), stranger, name)).rejects.toMatchObject({ code: "not_found" });
    await expect(resendDelivery(deps(), stranger, { id: name, clickId: "1" })).rejects.toMatchObject({
      code: "not_found",
    });
  }
});

test("sending again is one new message in the same thread, however often the button is pressed", async () => {
  const tenant = await addTestTenant(database);
  const first = await addDelivery(tenant, await addSink(database, tenant), { state: "failed" });
  const resend = (clickId: string) => resendDelivery(deps(), callerOf(tenant), { id: first, clickId });
  const again = await resend("click-1");
  expect(await resend("click-1")).toBe(again);
  expect(await resend("click-2")).not.toBe(again);
  const { delivery } = await getDelivery(deps(), callerOf(tenant), again);
  expect(delivery).toMatchObject({ state: "pending", resendOf: first, dedupKey: "thread", attempts: 0 });
});

test.each<[string, { state?: string; message?: AlertMessage }, "verified" | "unverified"]>([
  ["that is on its way", { state: "pending" }, "verified"],
  ["that proves a sink", { message: { ...MESSAGE, event: "verification" } }, "verified"],
  ["to a sink that is not verified", {}, "unverified"],
])("a message %s is not sent again", async (_name, changes, state) => {
  const tenant = await addTestTenant(database);
  const id = await addDelivery(tenant, await addSink(database, tenant, { state }), changes);
  await expect(resendDelivery(deps(), callerOf(tenant), { id, clickId: "1" })).rejects.toMatchObject({
    code: "conflict",
  });
});
