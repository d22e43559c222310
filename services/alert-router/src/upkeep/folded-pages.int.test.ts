/** A page that comes while its cause strikes many: folded, and sent after all when the cluster closes before it is well. */
import { MINUTE_MS } from "@alivemcp/core/pipeline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addTestTenant } from "../../../../db/test/tenant.ts";
import { openRouterWorld, REGIONS, type RouterWorld } from "../../test/open-router-world.ts";
import { sweepIncidentTenants } from "../sweeps/sweep-incident-tenants.ts";
import { sweepClusters } from "./sweep-clusters.ts";

let world: RouterWorld;
beforeAll(async () => {
  world = await openRouterWorld();
});
afterAll(() => world.close());

const everywhere = Object.fromEntries(REGIONS.map((region) => [region, "up" as const]));

/** An endpoint on a host of its tenant's own that is down, while a cluster may be open for the host. */
async function outageOn(host: string, isClustered: boolean) {
  const tenant = await addTestTenant(world.database);
  const id = await world.addEndpoint({ tenantId: tenant.id, host });
  await world.slot(id, everywhere);
  await world.route(id);
  world.moveTo(world.nowMs() + MINUTE_MS);
  await world.beatAll();
  if (isClustered) {
    await world.database
      .pool("super")
      .query(
        "INSERT INTO suppression_cluster (cause, opened_at, tenants, endpoints, tenants_all) VALUES ($1, $2, 40, 40, 50)",
        [`host:${host}`, new Date(world.nowMs())],
      );
  }
  await world.takeDown(id);
  return { tenant, id };
}
const eventsOf = async (tenantId: string) =>
  (await world.deliveries(tenantId)).map(({ event, severity }) => `${event} ${severity}`);

test("it is folded with its reason, its tenant gets the notice, and the page goes out when the cluster closes", async () => {
  const { tenant } = await outageOn("clustered.test", true);
  expect(await eventsOf(tenant.id)).toEqual([]);
  expect(await world.decisions(tenant.id)).toEqual(["fold shared-cause incident.opened P1"]);
  // One tenant of forty is still down: it is over.
  await sweepClusters(world.deps);
  expect(await eventsOf(tenant.id)).toEqual(["notice null", "notice null"]);
  await sweepIncidentTenants(world.deps);
  await sweepIncidentTenants(world.deps);
  expect(await eventsOf(tenant.id)).toEqual(["notice null", "notice null", "incident.opened P1"]);
});

test("one that is well again before the cluster closes tells neither its beginning nor its end", async () => {
  const { tenant, id } = await outageOn("brief.test", true);
  world.moveTo(world.nowMs() + MINUTE_MS);
  await world.beatAll();
  await world.bringBack(id);
  await sweepClusters(world.deps);
  await sweepIncidentTenants(world.deps);
  expect((await eventsOf(tenant.id)).filter((event) => event.startsWith("incident."))).toEqual([]);
});

test("on another host it is paged as ever", async () => {
  const { tenant } = await outageOn("alone.test", false);
  expect(await eventsOf(tenant.id)).toEqual(["incident.opened P1"]);
});
