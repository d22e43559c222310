/** From a committed state to a message in the outbox: who hears of an incident, once, and why others do not. */
import { MINUTE_MS } from "@alivemcp/core/pipeline";
import { openSettings } from "@alivemcp/runtime/sink-keys";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addTestTenant } from "../../../../db/test/tenant.ts";
import { openRouterWorld, REGIONS, type RouterWorld } from "../../test/open-router-world.ts";

let world: RouterWorld;
beforeAll(async () => {
  world = await openRouterWorld();
});
afterAll(() => world.close());

const everywhere = (state: "up" | "down") => Object.fromEntries(REGIONS.map((region) => [region, state]));

/** An endpoint of a tenant that is up, a minute ago. */
async function addUp(tenantId: string) {
  const id = await world.addEndpoint({ tenantId });
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
