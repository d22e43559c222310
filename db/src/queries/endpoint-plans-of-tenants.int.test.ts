import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../test/database.ts";
import { addTestTenant, type TestTenant } from "../../test/tenant.ts";
import { listEndpointPlans } from "./endpoint-plans-system.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const system = () => database.pool("system");
const run = (sql: string, values: unknown[] = []) => database.pool("super").query(sql, values);

async function addEndpoint({ id, slug }: TestTenant): Promise<string> {
  const { rows } = await run(
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing,
       retention_class)
     VALUES ($1, $2, 'E', 'https://e.example.com/' || $2, 'https://e.example.com/' || $2, 'e.example.com', 'example.com', 'public',
       'added', 'team') RETURNING id`,
    [id, `e-${slug}`],
  );
  return rows[0].id;
}

const shownPausedAt = async (endpointId: string): Promise<Date | null> =>
  (await database.pool("reader").query("SELECT paused_at FROM public_endpoint WHERE id = $1", [endpointId]))
    .rows[0].paused_at;

const LEAVING = "deletion_requested_at = now(), deletion_due_at = now() + interval '14 days'";
const STAYING = "deletion_requested_at = NULL, deletion_due_at = NULL";

test.each([
  ["is suspended", "suspended_at = now()", "suspended_at = NULL"],
  ["is on its way out", LEAVING, STAYING],
])(
  "endpoints of a workspace that %s are not probed, are shown as paused, and come back with it",
  async (_, stop, resume) => {
    const tenant = await addTestTenant(database);
    const endpointId = await addEndpoint(tenant);
    const before = await listEndpointPlans(system(), { changedSinceMs: null });
    expect(before.plans.map(({ id }) => id)).toContain(endpointId);

    // Long ago for the endpoint itself: only the tenant's change can bring it up.
    await run("ALTER TABLE endpoints DISABLE TRIGGER USER");
    await run("UPDATE endpoints SET updated_at = now() - interval '1 day'");
    await run("ALTER TABLE endpoints ENABLE TRIGGER USER");
    await run(`UPDATE tenants SET ${stop} WHERE id = $1`, [tenant.id]);
    const stopped = await listEndpointPlans(system(), { changedSinceMs: before.readAtMs });
    expect(stopped.pausedIds).toEqual([endpointId]);
    expect(stopped.watchedCount).toBe(before.watchedCount - 1);
    expect(
      (await listEndpointPlans(system(), { changedSinceMs: null })).plans.map(({ id }) => id),
    ).not.toContain(endpointId);
    expect(await shownPausedAt(endpointId)).toBeInstanceOf(Date);

    await run(`UPDATE tenants SET ${resume} WHERE id = $1`, [tenant.id]);
    const resumed = await listEndpointPlans(system(), { changedSinceMs: stopped.readAtMs });
    expect(resumed.plans.map(({ id }) => id)).toEqual([endpointId]);
    expect(await shownPausedAt(endpointId)).toBeNull();
  },
);

test.each([
  ["is paused by its plan", "UPDATE follow SET paused_at = now() WHERE tenant_id = $1"],
  ["belongs to a suspended workspace", "UPDATE tenants SET suspended_at = now() WHERE id = $1"],
  ["belongs to a workspace that leaves", `UPDATE tenants SET ${LEAVING} WHERE id = $1`],
])("a follow that %s does not shorten the cadence", async (_, stop) => {
  const [owner, follower] = [await addTestTenant(database), await addTestTenant(database)];
  const endpointId = await addEndpoint(owner);
  await run("INSERT INTO follow (tenant_id, endpoint_id, cadence_s) VALUES ($1, $2, 30)", [
    follower.id,
    endpointId,
  ]);
  const cadence = async () => {
    const { plans } = await listEndpointPlans(system(), { changedSinceMs: null });
    const plan = plans.find(({ id }) => id === endpointId);
    return { cadenceS: plan?.cadenceS, isFollowed: plan?.isFollowed };
  };
  expect(await cadence()).toEqual({ cadenceS: 30, isFollowed: true });
  await run(stop, [follower.id]);
  expect(await cadence()).toEqual({ cadenceS: 60, isFollowed: false });
});
