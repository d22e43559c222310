/** One cause that would page many tenants: one notice each, and pages after all for who is still down when it is over. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { addTestTenant } from "../../../../db/test/tenant.ts";
import { dieEverywhere } from "../../test/crash-pool.ts";
import { openUpkeepWorld, type UpkeepWorld } from "../../test/open-upkeep-world.ts";
import { sweepClusters } from "./sweep-clusters.ts";

const MINUTE_MS = 60_000;
const host = "shared.hosting.test";

let world: UpkeepWorld;
beforeAll(async () => {
  world = await openUpkeepWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.pass(24 * 60 * MINUTE_MS);
  for (const table of ["delivery", "incident", "suppression_cluster", "sink", "endpoints"]) {
    await world.admin.query(`DELETE FROM ${table}`);
  }
});

/** Tenants with one endpoint each on the shared host. */
async function addTenants(count: number) {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const tenant = await addTestTenant(world.database);
      await world.addSink(tenant.id);
      return { id: tenant.id, endpointId: (await world.addEndpoint(tenant.id, { host })).id };
    }),
  );
}
type Struck = Awaited<ReturnType<typeof addTenants>>[number];
const takeDown = (tenants: readonly Struck[]) =>
  Promise.all(tenants.map(({ id, endpointId }) => world.addIncident(id, endpointId)));
const clusters = async () =>
  (
    await world.admin.query(
      "SELECT id, cause, tenants, tenants_all, closed_at FROM suppression_cluster ORDER BY opened_at",
    )
  ).rows;
/** As the router does with pages that come while a cluster is open. */
const fold = async (incidentTenantIds: readonly string[]) => {
  const [{ id }] = await clusters();
  await world.admin.query("UPDATE incident_tenant SET cluster_id = $1 WHERE id = ANY($2)", [
    id,
    incidentTenantIds,
  ]);
};

test("nine tenants are their own trouble, the tenth opens a cluster, once", async () => {
  const tenants = await addTenants(12);
  await takeDown(tenants.slice(0, 9));
  expect(await sweepClusters(world.deps)).toEqual({ opened: [], closed: [] });
  await takeDown(tenants.slice(9, 10));
  expect((await sweepClusters(world.deps)).opened).toEqual([`host:${host}`]);
  expect((await sweepClusters(world.deps)).opened).toEqual([]);
  expect(await clusters()).toMatchObject([
    { cause: `host:${host}`, tenants: 10, tenants_all: 12, closed_at: null },
  ]);
});

test("outages of more than five minutes ago, simulated ones and those of different hosts open none", async () => {
  const tenants = await addTenants(12);
  await takeDown(tenants);
  world.pass(5 * MINUTE_MS + 1);
  expect((await sweepClusters(world.deps)).opened).toEqual([]);
  await world.admin.query("DELETE FROM incident");
  await takeDown(tenants);
  await world.admin.query(
    "UPDATE incident SET simulated_for = (SELECT tenant_id FROM endpoints e WHERE e.id = endpoint_id)",
  );
  expect((await sweepClusters(world.deps)).opened).toEqual([]);
  await world.admin.query("UPDATE incident SET simulated_for = NULL");
  await world.admin.query("UPDATE endpoints SET host = id::text, registrable_domain = id::text");
  expect((await sweepClusters(world.deps)).opened).toEqual([]);
});

test("who is under a cluster gets one notice that names nobody else, who was paged before gets none", async () => {
  const tenants = await addTenants(12);
  await takeDown(tenants.slice(0, 10));
  await sweepClusters(world.deps);
  const [late] = tenants.slice(10) as [Struck];
  await fold(await takeDown([late]));
  world.pass(MINUTE_MS);
  await sweepClusters(world.deps);
  await sweepClusters(world.deps);
  const [notice, ...others] = await world.messages(late.id, "notice");
  expect(others).toEqual([]);
  expect(notice.message.summary).toContain(`the host ${host}`);
  expect(JSON.stringify(notice.message)).not.toContain((tenants[0] as Struck).id);
  expect(await world.messages((tenants[0] as Struck).id, "notice")).toEqual([]);
});

test("when most have recovered it closes: who is still down is woken to be paged, and everybody told is told of the end", async () => {
  const tenants = await addTenants(12);
  await takeDown(tenants.slice(0, 10));
  await sweepClusters(world.deps);
  const [stillDown, well] = await takeDown(tenants.slice(10));
  await fold([stillDown ?? "", well ?? ""]);
  await sweepClusters(world.deps);
  await world.admin.query("UPDATE incident_tenant SET resolved_at = $2 WHERE id <> $1", [
    stillDown,
    new Date(world.nowMs()),
  ]);
  world.pass(MINUTE_MS);
  expect((await sweepClusters(world.deps)).closed).toEqual([`host:${host}`]);
  expect((await sweepClusters(world.deps)).closed).toEqual([]);
  const { rows } = await world.admin.query(
    "SELECT id, cluster_id, wake_at FROM incident_tenant WHERE id = ANY($1)",
    [[stillDown, well]],
  );
  const woken = rows.find(({ id }) => id === stillDown);
  expect([woken.cluster_id, woken.wake_at.getTime()]).toEqual([null, world.nowMs()]);
  expect(rows.find(({ id }) => id === well).wake_at).toBeNull();
  for (const { id } of tenants.slice(10)) {
    expect((await world.messages(id, "notice")).map(({ message }) => message.title)).toEqual([
      "Many servers fail at once for one cause",
      "Over: many servers failed at once",
    ]);
  }
});

test("a cluster that nobody new joins for half an hour closes, and the same cause may open another", async () => {
  const tenants = await addTenants(12);
  await takeDown(tenants.slice(0, 10));
  await sweepClusters(world.deps);
  world.pass(30 * MINUTE_MS);
  expect((await sweepClusters(world.deps)).closed).toEqual([`host:${host}`]);
  await world.admin.query("DELETE FROM incident");
  world.pass(1_000);
  await takeDown(tenants);
  expect((await sweepClusters(world.deps)).opened).toEqual([`host:${host}`]);
});

test("wherever the process dies, a cluster opens once and its members are told once", async () => {
  const { seen } = await dieEverywhere({
    pool: world.deps.pool,
    async prepare() {
      for (const table of ["delivery", "incident", "suppression_cluster", "sink", "endpoints"]) {
        await world.admin.query(`DELETE FROM ${table}`);
      }
      const tenants = await addTenants(11);
      await takeDown(tenants.slice(0, 10));
      await sweepClusters(world.deps);
      const late = tenants[10] as Struck;
      await fold(await takeDown([late]));
      return late;
    },
    run: (pool) => sweepClusters({ ...world.deps, pool }),
    look: async (late) => [(await clusters()).length, (await world.messages(late.id, "notice")).length],
  });
  expect(seen.length).toBeGreaterThan(10);
  expect(seen.filter((counts) => counts.join() !== "1,1")).toEqual([]);
});
