import { randomUUID } from "node:crypto";
import type { PlanName } from "@alivemcp/core/plans";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../db/test/database.ts";
import { addTestTenant, type TestTenant } from "../../../../db/test/tenant.ts";
import { recordingMailer } from "../../test/recording-mailer.ts";
import { addPeople } from "../../test/workspace-people.ts";
import type { Caller } from "../caller.ts";
import { inviteMember } from "../invitations/invite-member.ts";
import { leaveWorkspace } from "../members/leave-workspace.ts";
import { applyPlan } from "./apply-plan.ts";
import { DELETION_GRACE_MS, deleteWorkspace } from "./delete-workspace.ts";
import { keepWorkspace } from "./keep-workspace.ts";
import { renameWorkspace } from "./rename-workspace.ts";
import { suspendWorkspace } from "./suspend-workspace.ts";

const t0 = Date.UTC(2026, 10, 21);
let nowMs = t0;
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const mailer = recordingMailer();
const deps = () => ({
  pool: database.pool("app"),
  operatorPool: database.pool("operator"),
  clock: { nowMs: () => nowMs },
  mailer,
  appUrl: "https://app.example.com",
});
const operatorFor = ({ scope }: TestTenant): Caller => ({
  scope,
  actor: { kind: "operator", operatorId: "bootstrap" },
  requestId: null,
  address: null,
});
const rows = async (sql: string, values: unknown[]) => (await database.pool("super").query(sql, values)).rows;
const tenantRow = async ({ id }: TestTenant) => (await rows("SELECT * FROM tenants WHERE id = $1", [id]))[0];
const auditOf = async ({ id }: TestTenant) =>
  (await rows("SELECT action FROM audit_log WHERE tenant_id = $1 ORDER BY id", [id])).map(
    ({ action }) => action,
  );

describe("a workspace's name", () => {
  test("changes without its address, or with it", async () => {
    const { tenant, as } = await addPeople(database);
    await renameWorkspace(deps(), as("admin"), { name: "Zoë", slug: tenant.slug });
    expect(await tenantRow(tenant)).toMatchObject({ name: "Zoë", slug: tenant.slug });
    const slug = `s-${randomUUID().slice(0, 8)}`;
    await renameWorkspace(deps(), as("admin"), { name: "Zoë", slug });
    await renameWorkspace(deps(), as("admin"), { name: "Zoë", slug });
    expect(await tenantRow(tenant)).toMatchObject({ name: "Zoë", slug });
    expect(await auditOf(tenant)).toEqual(["workspace.update", "workspace.update"]);
  });

  test.each(["", "-a", "a-", "A", "a b", "ä", "a".repeat(61), "a/b"])("takes no address %j", async (slug) => {
    const { as } = await addPeople(database);
    await expect(renameWorkspace(deps(), as("owner"), { name: "x", slug })).rejects.toMatchObject({
      code: "invalid",
      field: "slug",
    });
  });

  test("does not take the address of another workspace, and nothing else changes", async () => {
    const { tenant, as } = await addPeople(database);
    const other = await addTestTenant(database);
    await expect(renameWorkspace(deps(), as("owner"), { name: "x", slug: other.slug })).rejects.toMatchObject(
      {
        code: "conflict",
        field: "slug",
      },
    );
    expect(await tenantRow(tenant)).toMatchObject({ name: tenant.slug, slug: tenant.slug });
    expect(await auditOf(tenant)).toEqual([]);
  });
});

describe("a workspace that its owner deletes", () => {
  test("is due in 14 days, tells every member, and is asked for once", async () => {
    const { tenant, as } = await addPeople(database);
    mailer.mails.length = 0;
    const confirmation = tenant.slug;
    const dueAt = await deleteWorkspace(deps(), as("owner"), { confirmation });
    expect(dueAt.getTime()).toBe(t0 + DELETION_GRACE_MS);
    expect(mailer.mails).toHaveLength(4);
    expect(mailer.mails[0]?.text).toContain(`https://app.example.com/w/${tenant.slug}/settings`);
    nowMs = t0 + 86_400_000;
    expect(await deleteWorkspace(deps(), as("owner"), { confirmation })).toEqual(dueAt);
    nowMs = t0;
    expect(mailer.mails).toHaveLength(4);
    expect(await auditOf(tenant)).toEqual(["workspace.delete"]);
  });

  test("is not, with another name typed in", async () => {
    const { tenant, as } = await addPeople(database);
    await expect(deleteWorkspace(deps(), as("owner"), { confirmation: "" })).rejects.toMatchObject({
      code: "invalid",
      field: "confirmation",
    });
    expect(await tenantRow(tenant)).toMatchObject({ deletion_due_at: null });
  });

  test("is read-only, except that people leave it and its owner keeps it", async () => {
    const { tenant, as } = await addPeople(database);
    await deleteWorkspace(deps(), as("owner"), { confirmation: tenant.slug });
    await expect(
      inviteMember(deps(), as("owner"), { email: "new@example.com", role: "viewer" }),
    ).rejects.toMatchObject({ code: "forbidden", public: expect.stringContaining("2026-12-05") });
    await leaveWorkspace(deps(), as("viewer"));
    mailer.mails.length = 0;
    await keepWorkspace(deps(), as("owner"));
    expect(mailer.mails).toHaveLength(3);
    expect(await tenantRow(tenant)).toMatchObject({ deletion_due_at: null, deletion_requested_at: null });
    expect(await auditOf(tenant)).toEqual(["workspace.delete", "member.leave", "workspace.keep"]);
  });

  test("cannot be kept once it is due, nor when it never was on its way out", async () => {
    const { tenant, as } = await addPeople(database);
    await expect(keepWorkspace(deps(), as("owner"))).rejects.toMatchObject({ code: "conflict" });
    await deleteWorkspace(deps(), as("owner"), { confirmation: tenant.slug });
    nowMs = t0 + DELETION_GRACE_MS;
    await expect(keepWorkspace(deps(), as("owner"))).rejects.toMatchObject({ code: "conflict" });
    nowMs = t0;
  });
});

/** Endpoints on consecutive days, oldest first. */
async function addEndpoints({ id }: TestTenant, count: number, retentionClass: PlanName): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const slug = `e-${randomUUID()}`;
    const [row] = await rows(
      `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing,
         retention_class, created_at, cadence_s)
       VALUES ($1, $2, $2, $2, $2, 'h', 'd', 'unlisted', 'added', $3, $4, 30) RETURNING id`,
      [id, slug, retentionClass, new Date(t0 + n * 86_400_000)],
    );
    ids.push(row.id);
  }
  return ids;
}
const stateOf = async (ids: readonly string[]) =>
  Promise.all(
    ids.map(async (id) => {
      const [row] = await rows(
        "SELECT paused_reason, cadence_s, retention_class FROM endpoints WHERE id = $1",
        [id],
      );
      return `${row.paused_reason ?? "runs"} ${row.cadence_s} ${row.retention_class}`;
    }),
  );

describe("a plan", () => {
  test("that is smaller pauses the newest and deletes nothing; a larger one lets them run again", async () => {
    const tenant = await addTestTenant(database, { plan: "enterprise" });
    const ids = await addEndpoints(tenant, 7, "enterprise");
    mailer.mails.length = 0;
    expect(await applyPlan(deps(), operatorFor(tenant), { plan: "author", reason: "asked by mail" })).toEqual(
      {
        plan: "author",
        paused: 2,
        restored: 0,
        slowed: 5,
      },
    );
    expect(await stateOf(ids)).toEqual([
      ...Array(5).fill("runs 60 enterprise"),
      ...Array(2).fill("plan 30 enterprise"),
    ]);
    expect(mailer.mails).toMatchObject([{ text: expect.stringContaining("2026-12-21") }]);
    expect(await tenantRow(tenant)).toMatchObject({ plan: "author", plan_changed_at: new Date(t0) });
    await rows("UPDATE endpoints SET retention_class = 'author' WHERE tenant_id = $1", [tenant.id]);
    expect(await applyPlan(deps(), operatorFor(tenant), { plan: "team" })).toMatchObject({
      restored: 2,
      slowed: 2,
    });
    expect(await stateOf(ids)).toEqual(Array(7).fill("runs 60 team"));
    expect(await auditOf(tenant)).toEqual(["workspace.set_plan", "workspace.set_plan"]);
    expect(
      await rows("SELECT reason FROM audit_log WHERE tenant_id = $1 ORDER BY id LIMIT 1", [tenant.id]),
    ).toEqual([{ reason: "asked by mail" }]);
  });

  test("applied again changes nothing and is not recorded", async () => {
    const tenant = await addTestTenant(database, { plan: "team" });
    await addEndpoints(tenant, 2, "team");
    await applyPlan(deps(), operatorFor(tenant), { plan: "public" });
    expect(await applyPlan(deps(), operatorFor(tenant), { plan: "public" })).toMatchObject({ paused: 0 });
    expect(await auditOf(tenant)).toEqual(["workspace.set_plan"]);
  });

  test("pauses what is followed too, newest first", async () => {
    const tenant = await addTestTenant(database, { plan: "team" });
    const [own] = await addEndpoints(tenant, 1, "team");
    const [foreign] = await addEndpoints(await addTestTenant(database), 1, "team");
    await rows("INSERT INTO follow (tenant_id, endpoint_id, cadence_s, created_at) VALUES ($1, $2, 60, $3)", [
      tenant.id,
      foreign,
      new Date(t0 - 1),
    ]);
    await applyPlan(deps(), operatorFor(tenant), { plan: "public" });
    expect(await stateOf([own as string])).toEqual(["plan 30 team"]);
    await rows("UPDATE follow SET created_at = $2 WHERE tenant_id = $1", [tenant.id, new Date(t0 + 1)]);
    await applyPlan(deps(), operatorFor(tenant), { plan: "team" });
    await applyPlan(deps(), operatorFor(tenant), { plan: "public" });
    expect(await stateOf([own as string])).toEqual(["runs 60 team"]);
    expect(await rows("SELECT paused_at FROM follow WHERE tenant_id = $1", [tenant.id])).toEqual([
      { paused_at: new Date(t0) },
    ]);
    expect(await stateOf([foreign as string])).toEqual(["runs 30 team"]);
  });
});

test("a suspension says why, is recorded once, and is lifted", async () => {
  const { tenant, as } = await addPeople(database);
  await suspendWorkspace(deps(), operatorFor(tenant), { reason: "probes of other people's hosts" });
  await suspendWorkspace(deps(), operatorFor(tenant), { reason: "probes of other people's hosts" });
  expect(await tenantRow(tenant)).toMatchObject({
    suspended_at: new Date(t0),
    suspended_reason: "probes of other people's hosts",
  });
  await expect(renameWorkspace(deps(), as("owner"), { name: "x", slug: "x" })).rejects.toMatchObject({
    code: "forbidden",
  });
  await suspendWorkspace(deps(), operatorFor(tenant), { reason: null });
  expect(await tenantRow(tenant)).toMatchObject({ suspended_at: null, suspended_reason: null });
  expect(await auditOf(tenant)).toEqual(["workspace.suspend", "workspace.resume"]);
});
