/** What is told although no verdict came: people, time and other processes leave rows, and the router finds them. */
import { randomUUID } from "node:crypto";
import { alertMessageSchema } from "@alivemcp/core/alert-message";
import { MINUTE_MS } from "@alivemcp/core/pipeline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addTestTenant } from "../../../../db/test/tenant.ts";
import { openRouterWorld, REGIONS, type RouterWorld } from "../../test/open-router-world.ts";
import { sweepIncidentTenants, sweepPublicUpdates } from "./sweep-incident-tenants.ts";
import { sweepIncidents } from "./sweep-incidents.ts";
import { sweepOrphanedThreads } from "./sweep-orphaned-threads.ts";
import { sweepDrift, sweepExpiries } from "./sweep-warnings.ts";

let world: RouterWorld;
beforeAll(async () => {
  world = await openRouterWorld();
});
afterAll(() => world.close());

const DAY_MS = 86_400_000;
const sql = (text: string, values: readonly unknown[] = []) =>
  world.database.pool("super").query(text, [...values]);
const everywhere = (state: "up" | "down") => Object.fromEntries(REGIONS.map((region) => [region, state]));

async function addDown(options: Parameters<typeof addTestTenant>[1] = {}) {
  const tenant = await addTestTenant(world.database, options);
  const id = await world.addEndpoint({ tenantId: tenant.id });
  await world.slot(id, everywhere("up"));
  await world.route(id);
  world.moveTo(world.nowMs() + MINUTE_MS);
  await world.beatAll();
  return { tenant, id };
}

const events = async (tenantId: string) => (await world.deliveries(tenantId)).map(({ event }) => event);
/** Twice, as two routers would. */
const twice = async (sweep: (deps: RouterWorld["deps"]) => Promise<number>) => {
  await Promise.all([sweep(world.deps), sweep(world.deps)]);
};

/** A verified sink of the tenant's own. */
async function addSink(tenantId: string) {
  const id = randomUUID();
  await sql(
    `INSERT INTO sink (id, tenant_id, kind, name, state, shown, sealed, sealing_key_id, verified_at)
     VALUES ($1, $2, 'webhook', 'hook', 'verified', 's', '{}', 'k', now())`,
    [id, tenantId],
  );
  return id;
}

test("an endpoint deleted during its incident ends it once, for owner and follower, only where it had been told", async () => {
  const { tenant, id } = await addDown();
  const follower = await addTestTenant(world.database);
  await sql("INSERT INTO follow (tenant_id, endpoint_id, cadence_s) VALUES ($1, $2, 60)", [follower.id, id]);
  await world.takeDown(id);
  const opened = [...(await world.deliveries(tenant.id)), ...(await world.deliveries(follower.id))];
  await sql("UPDATE delivery SET state = 'sent' WHERE id = ANY($1::uuid[])", [opened.map((one) => one.id)]);
  const unheard = await addSink(tenant.id);
  await sql("DELETE FROM endpoints WHERE id = $1", [id]);
  await twice(sweepOrphanedThreads);
  for (const [index, tenantId] of [tenant.id, follower.id].entries()) {
    const [ended, ...more] = await world.deliveries(tenantId);
    expect(more).toEqual([]);
    expect(ended).toMatchObject({ event: "incident.resolved", severity: "P1", state: "pending" });
    expect(ended).toMatchObject({ dedupKey: opened[index].dedupKey, sinkId: opened[index].sinkId });
    expect(ended.sinkId).not.toBe(unheard);
    expect(alertMessageSchema.parse(ended.message).title).toBe("x is no longer watched");
  }
  expect(await sweepOrphanedThreads(world.deps)).toBe(0);
});

test.each([
  ["nobody was told of", "UPDATE delivery SET state = 'cancelled' WHERE tenant_id = $1"],
  [
    "belongs to a workspace that leaves",
    "UPDATE tenants SET deletion_requested_at = now(), deletion_due_at = now() WHERE id = $1",
  ],
])("an incident that %s ends with its endpoint in silence", async (_which, before) => {
  const { tenant, id } = await addDown();
  await world.takeDown(id);
  await sql("UPDATE delivery SET state = 'sent' WHERE tenant_id = $1", [tenant.id]);
  await sql(before, [tenant.id]);
  await sql("DELETE FROM endpoints WHERE id = $1", [id]);
  expect(await sweepOrphanedThreads(world.deps)).toBe(0);
  expect(await world.deliveries(tenant.id)).toEqual([]);
});

test("a simulated outage is told to its own workspace, marked as a test, and is over after a minute", async () => {
  const { tenant, id } = await addDown();
  const follower = await addTestTenant(world.database);
  await sql("INSERT INTO follow (tenant_id, endpoint_id, cadence_s) VALUES ($1, $2, 60)", [follower.id, id]);
  await sql(
    `INSERT INTO incident (endpoint_id, simulated_for, started_at, opened_at, severity, severity_worst, causes)
     VALUES ($1, $2, $3, $3, 'P1', 'P1', '{down}')`,
    [id, tenant.id, new Date(world.nowMs())],
  );
  await twice(sweepIncidents);
  expect((await world.deliveries(tenant.id)).map(({ event, message }) => [event, message.isTest])).toEqual([
    ["incident.opened", true],
  ]);
  await world.slot(id, everywhere("up"));
  await world.route(id);
  world.moveTo(world.nowMs() + MINUTE_MS);
  await twice(sweepIncidents);
  await twice(sweepIncidents);
  expect((await world.deliveries(tenant.id)).map(({ event, message }) => [event, message.isTest])).toEqual([
    ["incident.opened", true],
    ["incident.resolved", true],
  ]);
  expect(await events(follower.id)).toEqual([]);
});

test("an endpoint that is paused in the middle of an incident ends it, with that reason", async () => {
  const { tenant, id } = await addDown();
  await world.takeDown(id);
  await sql("UPDATE endpoints SET paused_at = now(), paused_reason = 'owner' WHERE id = $1", [id]);
  await twice(sweepIncidents);
  expect(await events(tenant.id)).toEqual(["incident.opened", "incident.resolved"]);
  const { rows } = await sql(
    "SELECT facts ->> 'reason' AS reason FROM incident_event e JOIN incident i ON i.id = e.incident_id WHERE i.endpoint_id = $1 AND kind = 'resolved'",
    [id],
  );
  expect(rows).toEqual([{ reason: "endpoint-paused" }]);
});

test("an acknowledgement is told once to whoever was paged, stops escalation, and not the end", async () => {
  const { tenant, id } = await addDown();
  const late = await addSink(tenant.id);
  const first = await addSink(tenant.id);
  const policyId = randomUUID();
  await sql("INSERT INTO escalation_policy (id, tenant_id, name, steps) VALUES ($1, $2, 'p', $3)", [
    policyId,
    tenant.id,
    JSON.stringify([
      { afterMs: 0, sinkIds: [first] },
      { afterMs: 5 * MINUTE_MS, sinkIds: [late] },
      { afterMs: 15 * MINUTE_MS, sinkIds: [first] },
    ]),
  ]);
  await sql(
    `INSERT INTO alert_rule (tenant_id, name, position, severities, scope, escalation_policy_id)
     VALUES ($1, 'r', 1, '{P1,P2}', '{"kind": "all"}', $2)`,
    [tenant.id, policyId],
  );
  await world.takeDown(id);
  const sinksTold = async () =>
    (await world.deliveries(tenant.id)).map(({ event, sinkId }) => [event, sinkId]);
  expect(await sinksTold()).toEqual([["incident.opened", first]]);
  world.moveTo(world.nowMs() + 4 * MINUTE_MS);
  await twice(sweepIncidentTenants);
  expect(await sinksTold()).toHaveLength(1);
  world.moveTo(world.nowMs() + MINUTE_MS);
  await twice(sweepIncidentTenants);
  expect((await sinksTold()).slice(1)).toEqual([["incident.opened", late]]);
  await sql(
    "UPDATE incident_tenant SET acknowledged_at = $2, acknowledged_by = 'member x' WHERE tenant_id = $1",
    [tenant.id, new Date(world.nowMs())],
  );
  await sql("UPDATE incident_tenant SET wake_at = $2 WHERE tenant_id = $1", [
    tenant.id,
    new Date(world.nowMs()),
  ]);
  await twice(sweepIncidentTenants);
  world.moveTo(world.nowMs() + 11 * MINUTE_MS);
  await twice(sweepIncidentTenants);
  const acknowledged = (await sinksTold()).filter(([event]) => event === "incident.acknowledged");
  expect(acknowledged.map(([, sinkId]) => sinkId).sort()).toEqual([first, late].sort());
  await world.beatAll();
  await world.bringBack(id);
  const resolved = (await sinksTold()).filter(([event]) => event === "incident.resolved");
  expect(resolved).toHaveLength(2);
  expect(await sinksTold()).toHaveLength(6);
});

test("what a mute kept back is told when the mute ends, and nothing is told when it is over by then", async () => {
  for (const isOver of [false, true]) {
    const { tenant, id } = await addDown();
    await sql(
      `INSERT INTO maintenance_window (tenant_id, name, scope, starts_at, ends_at, created_by)
       VALUES ($1, 'm', '{"kind": "all"}', $2, $3, 'member x')`,
      [tenant.id, new Date(world.nowMs() - MINUTE_MS), new Date(world.nowMs() + 10 * MINUTE_MS)],
    );
    await world.takeDown(id);
    expect(await world.decisions(tenant.id)).toEqual(["mute maintenance incident.opened P1"]);
    if (isOver) {
      world.moveTo(world.nowMs() + MINUTE_MS);
      await world.beatAll();
      await world.bringBack(id);
    }
    world.moveTo(world.nowMs() + 10 * MINUTE_MS);
    await twice(sweepIncidentTenants);
    expect(await events(tenant.id)).toEqual(isOver ? [] : ["incident.opened"]);
    expect((await world.decisions(tenant.id)).at(-1)).toBe(
      isOver ? "skip never-told incident.resolved P1" : "send still-open incident.opened P1",
    );
  }
});

test("a public update reaches everybody who was told of the incident, followers too, and nobody else", async () => {
  const { tenant, id } = await addDown();
  const [follower, stranger] = [await addTestTenant(world.database), await addTestTenant(world.database)];
  await sql("INSERT INTO follow (tenant_id, endpoint_id, cadence_s) VALUES ($1, $2, 60)", [follower.id, id]);
  await world.takeDown(id);
  await sql(
    `INSERT INTO incident_update (incident_id, tenant_id, stage, body, written_by)
     SELECT id, $2, 'identified', 'A disk is full.', 'member x' FROM incident WHERE endpoint_id = $1`,
    [id, tenant.id],
  );
  await twice(sweepPublicUpdates);
  for (const told of [tenant, follower]) {
    const messages = await world.deliveries(told.id);
    expect(messages.map(({ event }) => event)).toEqual(["incident.opened", "incident.updated"]);
    expect(messages[1].message.incident.update).toEqual({ stage: "identified", body: "A disk is full." });
  }
  expect(await events(stranger.id)).toEqual([]);
});

describe("drift", () => {
  async function addDrift(endpointId: string, isBreaking: boolean) {
    const change = {
      kind: "tool_removed",
      class: "breaking",
      isBreaking,
      concern: null,
      tool: "t",
      path: "",
    };
    await sql(
      "INSERT INTO drift_event (endpoint_id, at, kind, is_breaking, changes, to_full_hash) VALUES ($1, $2, 'drift', $3, $4, $5)",
      [endpointId, new Date(world.nowMs()), isBreaking, JSON.stringify([change]), randomUUID()],
    );
  }

  test("that breaks is told once to owner and followers; that breaks nobody waits for the weekly digest", async () => {
    const { tenant, id } = await addDown();
    const follower = await addTestTenant(world.database);
    await sql("INSERT INTO follow (tenant_id, endpoint_id, cadence_s) VALUES ($1, $2, 60)", [
      follower.id,
      id,
    ]);
    await addDrift(id, true);
    await twice(sweepDrift);
    await addDrift(id, false);
    await twice(sweepDrift);
    for (const told of [tenant, follower]) {
      expect(await events(told.id)).toEqual(["drift.detected"]);
      expect(await world.decisions(told.id)).toEqual([
        "send default-rule drift.detected P3",
        "fold weekly-digest drift.detected P4",
      ]);
    }
  });
});

test("a certificate that runs out is told of at 30, 14, 7 and 3 days, each once, and anew when it was replaced", async () => {
  const { tenant, id } = await addDown();
  const endsAtMs = world.nowMs() + 40 * DAY_MS;
  const set = (atMs: number) =>
    sql(
      `INSERT INTO endpoint_memory (endpoint_id, tls_expires_at) VALUES ($1, $2)
       ON CONFLICT (endpoint_id) DO UPDATE SET tls_expires_at = excluded.tls_expires_at`,
      [id, new Date(atMs)],
    );
  await set(endsAtMs);
  const startMs = world.nowMs();
  for (let day = 0; day <= 41; day += 1) {
    world.moveTo(startMs + day * DAY_MS);
    await twice(sweepExpiries);
  }
  const keys = async () =>
    (await world.deliveries(tenant.id)).map(({ alertKey }) => alertKey.split(":").at(-1));
  expect(await keys()).toEqual(["30", "14", "7", "3"]);
  await set(world.nowMs() + 5 * DAY_MS);
  await twice(sweepExpiries);
  expect(await keys()).toEqual(["30", "14", "7", "3", "7"]);
  world.moveTo(startMs + MINUTE_MS);
});
