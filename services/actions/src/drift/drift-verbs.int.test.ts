import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addTestTenant, type TestTenant } from "../../../../db/test/tenant.ts";
import { callerOf, openTestActions, type TestActions } from "../../test/action-deps.ts";
import { registerEndpoint } from "../endpoints/register-endpoint.ts";
import { acceptBaseline } from "./accept-baseline.ts";
import { announceRelease, cancelRelease, listReleases } from "./announce-release.ts";

const [OLD, NEW, OTHER] = ["a", "b", "c"].map((letter) => letter.repeat(64)) as [string, string, string];
const HOUR_MS = 3_600_000;
let actions: TestActions;
beforeAll(async () => {
  actions = await openTestActions();
});
afterAll(() => actions?.close());

let ports = 30_000;
async function addEndpoint(tenant: TestTenant): Promise<{ id: string; slug: string }> {
  ports += 1;
  const input = { url: `http://127.0.77.${ports % 250}:${ports}/mcp` };
  return (await registerEndpoint(actions.deps, callerOf(tenant), input)).endpoint;
}
const query = async (sql: string, values: unknown[] = []) =>
  (await actions.database.pool("super").query(sql, values)).rows;
const iso = (atMs: number) => new Date(atMs).toISOString();

/** An endpoint whose regions serve these lists instead of the baseline, with an open event. */
async function addDrifted(tenant: TestTenant, served: Readonly<Record<string, string>>) {
  const endpoint = await addEndpoint(tenant);
  await query(
    "INSERT INTO endpoint_memory (endpoint_id, baseline_contract_hash, baseline_full_hash) VALUES ($1, $2, $2)",
    [endpoint.id, OLD],
  );
  for (const [region, hash] of Object.entries(served)) {
    await query(
      "INSERT INTO endpoint_region_tool_list (endpoint_id, region, contract_hash, full_hash, believed_at) VALUES ($1, $2, $3, $3, now())",
      [endpoint.id, region, hash],
    );
  }
  await query(
    "INSERT INTO drift_event (endpoint_id, at, kind, is_breaking, to_full_hash) VALUES ($1, now() - interval '1 minute', 'drift', true, $2)",
    [endpoint.id, NEW],
  );
  return endpoint;
}
const baselineOf = async (id: string) =>
  (await query("SELECT baseline_full_hash FROM endpoint_memory WHERE endpoint_id = $1", [id]))[0]
    ?.baseline_full_hash;

describe("accepting a baseline", () => {
  test("makes the list that is served the right one and accepts what led to it; twice is once", async () => {
    const tenant = await addTestTenant(actions.database);
    const { id, slug } = await addDrifted(tenant, { "us-east": NEW, "eu-west": NEW });
    const accept = () => acceptBaseline(actions.deps, callerOf(tenant, "member"), { endpoint: slug });
    expect(await accept()).toEqual({ kind: "accepted", fullHash: NEW });
    expect(await accept()).toEqual({ kind: "nothing-new" });
    expect(await baselineOf(id)).toBe(NEW);
    expect(
      await query("SELECT accepted_at, accepted_by FROM drift_event WHERE endpoint_id = $1", [id]),
    ).toEqual([{ accepted_at: expect.any(Date), accepted_by: "a member of the workspace" }]);
    expect(
      await query("SELECT FROM audit_log WHERE tenant_id = $1 AND action = 'drift.accept'", [tenant.id]),
    ).toHaveLength(1);
  });

  test("asks which one while regions serve different lists", async () => {
    const tenant = await addTestTenant(actions.database);
    const { id, slug } = await addDrifted(tenant, { "us-east": NEW, "eu-west": OTHER });
    const accept = (fullHash?: string) =>
      acceptBaseline(actions.deps, callerOf(tenant), { endpoint: slug, fullHash });
    await expect(accept()).rejects.toMatchObject({ code: "conflict", field: "full_hash" });
    await expect(accept("d".repeat(64))).rejects.toMatchObject({ code: "conflict" });
    expect(await accept(OTHER)).toEqual({ kind: "accepted", fullHash: OTHER });
    expect(await baselineOf(id)).toBe(OTHER);
  });

  test("where nothing changed, or nothing was ever listed, changes nothing", async () => {
    const tenant = await addTestTenant(actions.database);
    for (const { slug } of [await addDrifted(tenant, {}), await addEndpoint(tenant)]) {
      expect(await acceptBaseline(actions.deps, callerOf(tenant), { endpoint: slug })).toEqual({
        kind: "nothing-new",
      });
    }
  });

  test("is not for viewers, and not for another tenant", async () => {
    const [tenant, other] = [await addTestTenant(actions.database), await addTestTenant(actions.database)];
    const { id, slug } = await addDrifted(tenant, { "us-east": NEW });
    await expect(
      acceptBaseline(actions.deps, callerOf(tenant, "viewer"), { endpoint: slug }),
    ).rejects.toMatchObject({ code: "forbidden" });
    await expect(acceptBaseline(actions.deps, callerOf(other), { endpoint: id })).rejects.toMatchObject({
      code: "not_found",
    });
    expect(await baselineOf(id)).toBe(OLD);
  });
});

describe("announcing a release", () => {
  test("is listed until it is cancelled, once", async () => {
    const tenant = await addTestTenant(actions.database);
    const { slug } = await addEndpoint(tenant);
    const until = iso(Date.now() + HOUR_MS);
    const release = await announceRelease(actions.deps, callerOf(tenant), {
      endpoint: slug,
      release: { until, note: "Version 2" },
    });
    expect(release).toMatchObject({ note: "Version 2", cancelledAt: null, untilAt: new Date(until) });
    const cancel = () =>
      cancelRelease(actions.deps, callerOf(tenant), { endpoint: slug, releaseId: release.id });
    await cancel();
    await expect(cancel()).rejects.toMatchObject({ code: "not_found" });
    expect(await listReleases(actions.deps, callerOf(tenant), slug)).toMatchObject([
      { id: release.id, cancelledAt: expect.any(Date) },
    ]);
  });

  test.each([
    ["that begins in the past", { from: -HOUR_MS, until: HOUR_MS }, "from"],
    ["more than 90 days ahead", { from: 91 * 24 * HOUR_MS, until: 91 * 24 * HOUR_MS + 1 }, "from"],
    ["that ends before it begins", { from: 2 * HOUR_MS, until: HOUR_MS }, "until"],
    ["longer than a day", { from: 0, until: 25 * HOUR_MS }, "until"],
  ])("%s is refused with its field", async (_name, { from, until }, field) => {
    const tenant = await addTestTenant(actions.database);
    const { slug } = await addEndpoint(tenant);
    const nowMs = Date.now();
    const release = { from: iso(nowMs + from), until: iso(nowMs + until) };
    await expect(
      announceRelease(actions.deps, callerOf(tenant), { endpoint: slug, release }),
    ).rejects.toMatchObject({ code: "invalid", field });
  });

  test("more than twenty at once is refused", async () => {
    const tenant = await addTestTenant(actions.database);
    const { slug } = await addEndpoint(tenant);
    const release = { until: iso(Date.now() + HOUR_MS) };
    const announce = () => announceRelease(actions.deps, callerOf(tenant), { endpoint: slug, release });
    for (let n = 0; n < 20; n += 1) {
      await announce();
    }
    await expect(announce()).rejects.toMatchObject({ code: "conflict" });
  });

  test("another tenant can neither announce, list nor cancel", async () => {
    const [tenant, other] = [await addTestTenant(actions.database), await addTestTenant(actions.database)];
    const { id, slug } = await addEndpoint(tenant);
    const release = { until: iso(Date.now() + HOUR_MS) };
    const row = await announceRelease(actions.deps, callerOf(tenant), { endpoint: slug, release });
    const own = await addEndpoint(other);
    for (const attempt of [
      () => announceRelease(actions.deps, callerOf(other), { endpoint: id, release }),
      () => listReleases(actions.deps, callerOf(other), id),
      () => cancelRelease(actions.deps, callerOf(other), { endpoint: id, releaseId: row.id }),
      () => cancelRelease(actions.deps, callerOf(other), { endpoint: own.slug, releaseId: row.id }),
      () => cancelRelease(actions.deps, callerOf(other), { endpoint: own.slug, releaseId: randomUUID() }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: "not_found" });
    }
  });
});
