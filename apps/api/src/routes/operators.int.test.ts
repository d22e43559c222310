import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TEST_OPERATOR_KEY } from "../../test/api-config.ts";
import { openTestApi, type TestApi } from "../../test/open-test-api.ts";
import { addBelongings } from "../../test/operations.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

const operate = (method: string, path: string, body?: unknown) =>
  api.send(TEST_OPERATOR_KEY, method, `/v1/operator${path}`, body === undefined ? {} : { body });
const rows = async (text: string, values: readonly unknown[] = []) =>
  (await api.database.pool("super").query(text, [...values])).rows;
const auditOf = (targetId: string) =>
  rows("SELECT actor_kind, action, reason FROM audit_log WHERE target_id = $1 ORDER BY id", [targetId]);

test("workspaces are found by slug, id, name and a member's address, page by page, and the unclaimed one never", async () => {
  const [first] = [await api.addWorkspace(), await api.addWorkspace()];
  const [owner] = await rows("SELECT email FROM users WHERE id = $1", [first.tenant.ownerId]);
  for (const text of [first.tenant.slug, first.tenant.id, owner?.email, String(owner?.email).toUpperCase()]) {
    const found = await operate("GET", `/tenants?text=${encodeURIComponent(text)}`);
    expect(found.body.items, text).toMatchObject([
      { id: first.tenant.id, owner_email: owner?.email, member_count: 1 },
    ]);
  }
  const slugs: string[] = [];
  let cursor = "";
  do {
    const page = await operate("GET", `/tenants?limit=1${cursor && `&cursor=${cursor}`}`);
    slugs.push(...page.body.items.map((item: { slug: string }) => item.slug));
    cursor = page.body.next_cursor ?? "";
  } while (cursor !== "");
  expect(slugs).toEqual([...new Set(slugs)].sort());
  expect(slugs).not.toContain("public");
  expect(slugs).toContain("default");
});

test("a smaller plan pauses what exceeds it, newest first, and a larger one lets it run again; both are audited with the reason", async () => {
  const of = await addBelongings(api);
  const later = await api.send(of.key, "POST", "/v1/endpoints", {
    body: { url: `http://127.0.77.9:5000/${randomUUID()}` },
  });
  const path = `/tenants/${of.tenant.slug}/plan`;
  const smaller = await operate("PUT", path, { plan: "public", reason: "stopped paying" });
  expect(smaller.body).toMatchObject({ paused: 2, restored: 0, tenant: { plan: "public" } });
  expect((await api.send(of.key, "GET", `/v1/endpoints/${later.body.id}`)).body.is_paused).toBe(true);
  expect((await operate("PUT", path, { plan: "team" })).body).toMatchObject({ paused: 0, restored: 2 });
  expect(await auditOf(of.tenant.id)).toEqual([
    { actor_kind: "operator", action: "workspace.set_plan", reason: "stopped paying" },
    { actor_kind: "operator", action: "workspace.set_plan", reason: null },
  ]);
});

test("a suspension is told to the workspace and lifted again; asking twice is asking once", async () => {
  const { tenant, key } = await api.addWorkspace();
  const path = `/tenants/${tenant.id}/suspension`;
  await operate("PUT", path, { reason: "probes a stranger" });
  await operate("PUT", path, { reason: "probes a stranger" });
  expect((await api.send(key, "GET", "/v1/workspace")).body).toMatchObject({
    suspended_at: expect.any(String),
    suspended_reason: "probes a stranger",
  });
  expect((await operate("DELETE", path)).body.suspended_at).toBeNull();
  expect((await auditOf(tenant.id)).map(({ action }) => action)).toEqual([
    "workspace.suspend",
    "workspace.resume",
  ]);
});

test("an opt-out is recorded once with an audit row, may become verified, and is withdrawn", async () => {
  const target = `${randomUUID()}.example.com`;
  const first = await operate("POST", "/opt-outs", {
    target,
    contact: "ops@example.com",
    reason: "they called",
  });
  expect(first.body).toMatchObject({ kind: "host", target, is_verified: false });
  const again = await operate("POST", "/opt-outs", { target: target.toUpperCase(), is_verified: true });
  expect(again.body).toMatchObject({ id: first.body.id, is_verified: true });
  expect((await operate("POST", "/opt-outs", { target })).body.is_verified).toBe(true);
  expect((await operate("GET", "/opt-outs?limit=1")).body.items).toMatchObject([{ id: first.body.id }]);
  expect((await operate("DELETE", `/opt-outs/${first.body.id}`)).status).toBe(204);
  expect((await operate("DELETE", `/opt-outs/${first.body.id}`)).status).toBe(404);
  expect((await auditOf(first.body.id)).map(({ action }) => action)).toEqual([
    "opt-out.add",
    "opt-out.add",
    "opt-out.add",
    "opt-out.withdraw",
  ]);
  expect((await operate("POST", "/opt-outs", { target: "http://" })).status).toBe(400);
});
