/** From a committed state to a message in the outbox: who hears of an incident, once, and why others do not. */
import { MINUTE_MS } from "@alivemcp/core/pipeline";
import type { MinuteEntry } from "@alivemcp/core/verdict-entry";
import { openSettings } from "@alivemcp/runtime/sink-keys";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addTestMember, addTestTenant, addTestUser } from "../../../../db/test/tenant.ts";
import { openRouterWorld, REGIONS, type RouterWorld } from "../../test/open-router-world.ts";
import { ensureDefaultSinks } from "../alerts/ensure-default-sinks.ts";
import { routeBatch } from "../route-batch.ts";

let world: RouterWorld;
beforeAll(async () => {
  world = await openRouterWorld();
});
afterAll(() => world.close());

const everywhere = (state: "up" | "down") => Object.fromEntries(REGIONS.map((region) => [region, state]));

const sql = (text: string, values: readonly unknown[] = []) =>
  world.database.pool("super").query(text, [...values]);
const follow = (tenantId: string, endpointId: string) =>
  sql("INSERT INTO follow (tenant_id, endpoint_id, cadence_s) VALUES ($1, $2, 60)", [tenantId, endpointId]);

/** An endpoint of a tenant that is up, a minute ago. */
async function addUp(tenantId: string) {
  const id = await world.addEndpoint({ tenantId });
  await world.beatAll();
  await world.slot(id, everywhere("up"));
  await world.route(id);
  world.moveTo(world.nowMs() + MINUTE_MS);
  await world.beatAll();
  return id;
}

test("an outage mails the owner once when it begins and once when it ends, on one thread", async () => {
  const tenant = await addTestTenant(world.database);
  const id = await addUp(tenant.id);
  const sinceMs = await world.takeDown(id);
  const [opened, ...others] = await world.deliveries(tenant.id);
  expect(others).toEqual([]);
  expect(opened).toMatchObject({ event: "incident.opened", severity: "P1", state: "pending", priority: 1 });
  expect(opened.message).toMatchObject({
    event: "incident.opened",
    isTest: false,
    dedupKey: opened.dedupKey,
  });
  expect(opened.message.incident).toMatchObject({ state: "open", startedAtMs: sinceMs, causes: ["down"] });

  world.moveTo(world.nowMs() + MINUTE_MS);
  await world.beatAll();
  await world.bringBack(id);
  const told = await world.deliveries(tenant.id);
  expect(told.map(({ event }) => event)).toEqual(["incident.opened", "incident.resolved"]);
  expect(new Set(told.map(({ dedupKey }) => dedupKey)).size).toBe(1);
  expect(await world.decisions(tenant.id)).toEqual([
    "send default-rule incident.opened P1",
    "send told-before incident.resolved P1",
  ]);
  const [incident] = await world.incidents(id);
  expect(incident).toMatchObject({ causes: [], severity_worst: "P1", failure_reason: "connection_refused" });
  expect(incident.started_at.getTime()).toBe(sinceMs);
  expect(incident.resolved_at).not.toBeNull();
  const { rows } = await world.deps.pool.query("SELECT * FROM sink WHERE tenant_id = $1", [tenant.id]);
  const [sink] = rows;
  expect(sink).toMatchObject({ kind: "email", is_default: true, state: "verified", version: 1 });
  expect(
    openSettings(world.deps.sinkKeys, {
      sealed: sink.sealed,
      sealingKeyId: sink.sealing_key_id,
      tenantId: tenant.id,
      sinkId: sink.id,
      version: 1,
    }),
  ).toMatchObject({ address: sink.shown });
  const jobs = await world.deps.deliveryQueue.getJobs(["prioritized"]);
  expect(jobs.map(({ data }) => data.deliveryId).sort()).toEqual(told.map(({ id: one }) => one).sort());
});

test("a blip that a second look did not confirm pages nobody, and says so to owner and followers", async () => {
  const [tenant, follower] = [await addTestTenant(world.database), await addTestTenant(world.database)];
  const id = await addUp(tenant.id);
  await follow(follower.id, id);
  await world.slot(id, { "us-east": "down" });
  await world.route(id);
  await world.answerLooks(id, (region) => (region === "us-east" ? "down" : "up"));
  await world.route(id);
  for (const told of [tenant, follower]) {
    expect(await world.deliveries(told.id)).toEqual([]);
    expect(await world.decisions(told.id)).toEqual(["fold not-confirmed incident.opened P4"]);
  }
  expect((await world.transitions(id)).at(-1)).toBe("up to up: not-confirmed");
  expect(await world.incidents(id)).toEqual([]);
});

describe("who hears of an incident", () => {
  test("the owner and every follower, each under a key and an address of its own; a paused follower does not", async () => {
    const [owner, follower, paused] = [
      await addTestTenant(world.database),
      await addTestTenant(world.database),
      await addTestTenant(world.database),
    ];
    const id = await addUp(owner.id);
    await follow(follower.id, id);
    await follow(paused.id, id);
    await sql("UPDATE follow SET paused_at = now() WHERE tenant_id = $1", [paused.id]);
    await world.takeDown(id);
    const [toOwner, toFollower] = [await world.deliveries(owner.id), await world.deliveries(follower.id)];
    expect(toOwner).toHaveLength(1);
    expect(toFollower).toHaveLength(1);
    expect(toOwner[0].dedupKey).not.toBe(toFollower[0].dedupKey);
    expect(toOwner[0].sinkId).not.toBe(toFollower[0].sinkId);
    expect(await world.deliveries(paused.id)).toEqual([]);
    expect(await world.decisions(paused.id)).toEqual([]);
  });

  test("nobody of a workspace that is suspended or leaves, and it does not hear the end either", async () => {
    const [owner, suspended, leaving] = [
      await addTestTenant(world.database),
      await addTestTenant(world.database),
      await addTestTenant(world.database),
    ];
    const id = await addUp(owner.id);
    await follow(suspended.id, id);
    await follow(leaving.id, id);
    await sql("UPDATE tenants SET suspended_at = now(), suspended_reason = 'x' WHERE id = $1", [
      suspended.id,
    ]);
    await sql(
      "UPDATE tenants SET deletion_due_at = now() + interval '1 day', deletion_requested_at = now() WHERE id = $1",
      [leaving.id],
    );
    await world.takeDown(id);
    world.moveTo(world.nowMs() + MINUTE_MS);
    await world.beatAll();
    await world.bringBack(id);
    expect(await world.deliveries(owner.id)).toHaveLength(2);
    for (const told of [suspended, leaving]) {
      expect(await world.deliveries(told.id)).toEqual([]);
      expect(await world.decisions(told.id)).toEqual([]);
    }
  });

  test("an unclaimed endpoint's incident is a fact that only its followers are told of", async () => {
    const follower = await addTestTenant(world.database);
    const id = await world.addEndpoint();
    await follow(follower.id, id);
    await world.slot(id, everywhere("up"));
    await world.route(id);
    world.moveTo(world.nowMs() + MINUTE_MS);
    await world.beatAll();
    await world.takeDown(id);
    expect(await world.incidents(id)).toHaveLength(1);
    expect(await world.deliveries(follower.id)).toHaveLength(1);
    const { rows } = await sql("SELECT tenant_id FROM incident_tenant WHERE endpoint_id = $1", [id]);
    expect(rows).toEqual([{ tenant_id: follower.id }]);
  });

  test("another tenant sees neither its decisions, nor its messages, nor its part of the incident", async () => {
    const [owner, stranger] = [await addTestTenant(world.database), await addTestTenant(world.database)];
    const id = await addUp(owner.id);
    await world.takeDown(id);
    for (const table of ["alert_decision", "delivery", "incident_tenant", "sink"]) {
      const count = async (tenantId: string) => {
        const client = await world.database.pool("app").connect();
        try {
          await client.query("BEGIN");
          await client.query("SELECT set_config('app.tenant_id', $1, true)", [tenantId]);
          const { rows } = await client.query(
            `SELECT count(*)::int AS n FROM ${table} WHERE tenant_id = $1`,
            [owner.id],
          );
          return rows[0].n;
        } finally {
          await client.query("ROLLBACK");
          client.release();
        }
      };
      expect([table, await count(owner.id), await count(stranger.id)]).toEqual([table, 1, 0]);
    }
  });
});

const sealed = (endpointId: string, minute: number, state: "up" | "degraded"): MinuteEntry => ({
  kind: "sealed",
  endpointId,
  minute,
  revision: 1,
  state,
  reason: state === "degraded" ? "health_check_failed" : null,
  latencyMs: 100,
  coversMinutes: 1,
  retentionClass: "team",
  regionsAsked: REGIONS,
  votes: {},
  findings: {},
  writtenAtMs: (minute + 1) * MINUTE_MS,
  traceparent: "",
});

describe("minutes that come late", () => {
  const states = ["degraded", "degraded", "degraded", "up", "up", "up"] as const;

  test("a warning that began and ended in one backlog is history with its own times, and wakes nobody", async () => {
    const tenant = await addTestTenant(world.database);
    const id = await addUp(tenant.id);
    const first = Math.floor(world.nowMs() / MINUTE_MS);
    world.moveTo(world.nowMs() + 30 * MINUTE_MS);
    await routeBatch(world.deps, {
      ...(await world.leaseOf(id)),
      entries: states.map((state, i) => sealed(id, first + i, state)),
    });
    const incidents = await world.incidents(id);
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject({ severity_worst: "P2", failure_reason: "health_check_failed" });
    expect(incidents[0].resolved_at.getTime()).toBeLessThan(world.nowMs() - 20 * MINUTE_MS);
    expect(await world.deliveries(tenant.id)).toEqual([]);
    expect(await world.decisions(tenant.id)).toEqual([
      "skip over-before-told incident.opened P2",
      "skip never-told incident.resolved P2",
    ]);
  });

  test("told minute by minute, the same warning is one incident with one beginning and one end, repeats included", async () => {
    const tenant = await addTestTenant(world.database);
    const id = await addUp(tenant.id);
    const first = Math.floor(world.nowMs() / MINUTE_MS);
    for (const [i, state] of states.entries()) {
      world.moveTo((first + i + 1) * MINUTE_MS);
      const batch = { ...(await world.leaseOf(id)), entries: [sealed(id, first + i, state)] };
      await routeBatch(world.deps, batch);
      await routeBatch(world.deps, batch);
    }
    expect(await world.incidents(id)).toHaveLength(1);
    expect(await world.decisions(tenant.id)).toEqual([
      "send default-rule incident.opened P2",
      "send told-before incident.resolved P2",
    ]);
  });
});

test("a router that lost its shard writes neither state nor incident nor message", async () => {
  const tenant = await addTestTenant(world.database);
  const id = await addUp(tenant.id);
  const stale = await world.leaseOf(id);
  await world.takeOver(id);
  const entry = sealed(id, Math.floor(world.nowMs() / MINUTE_MS), "degraded");
  await expect(routeBatch(world.deps, { ...stale, entries: [entry] })).rejects.toThrow("newer holder");
  expect(await world.incidents(id)).toEqual([]);
  expect(await world.decisions(tenant.id)).toEqual([]);
});

test("when the workspace changes hands, or its owner's address, the default sink follows under its own id", async () => {
  const tenant = await addTestTenant(world.database);
  const ensure = () =>
    ensureDefaultSinks(world.deps.pool, {
      keys: world.deps.sinkKeys,
      tenantIds: [tenant.id],
      nowMs: world.nowMs(),
    });
  const sinkOf = async () =>
    (await sql("SELECT id, shown, version, state FROM sink WHERE tenant_id = $1", [tenant.id])).rows;
  expect(await ensure()).toBe(1);
  expect(await ensure()).toBe(0);
  const [first] = await sinkOf();
  const heir = await addTestUser(world.database);
  await sql("UPDATE members SET role = 'admin' WHERE tenant_id = $1", [tenant.id]);
  await addTestMember(world.database, { tenantId: tenant.id, userId: heir, role: "owner" });
  await Promise.all([ensure(), ensure()]);
  expect(await sinkOf()).toEqual([
    { id: first.id, shown: `${heir}@example.com`, version: 2, state: "verified" },
  ]);
  await sql("UPDATE users SET email_verified = false WHERE id = $1", [heir]);
  expect(await ensure()).toBe(0);
});
