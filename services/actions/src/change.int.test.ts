import { canonicalJson, sha256Hex } from "@alivemcp/core/canonical-json";
import type { Role } from "@alivemcp/core/permissions";
import { insertMember } from "@alivemcp/db/queries/members";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { addTestTenant, addTestUser, type TestTenant } from "../../../db/test/tenant.ts";
import type { Caller } from "./caller.ts";
import { change } from "./change.ts";
import { createWorkspace } from "./workspaces/create-workspace.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const callerAs = (tenant: TestTenant, role: Role): Caller => ({
  scope: tenant.scope,
  actor: { kind: "member", userId: tenant.ownerId, role },
  requestId: "req-1",
  address: "192.0.2.7",
});
const auditOf = async (tenantId: string) =>
  (await database.pool("super").query("SELECT * FROM audit_log WHERE tenant_id = $1 ORDER BY id", [tenantId]))
    .rows;
const membersOf = async (tenantId: string) =>
  (await database.pool("super").query("SELECT user_id FROM members WHERE tenant_id = $1", [tenantId]))
    .rowCount;

/** Adds a member, as a verb would. */
async function addMember(caller: Caller, userId: string, fail = false): Promise<boolean> {
  return change({ pool: database.pool("app") }, caller, "member.invite", async (tx) => {
    const result = await insertMember(caller.scope, tx, { userId, role: "viewer" });
    if (fail) {
      throw new Error("half-way");
    }
    const audit = result
      ? { targetKind: "member", targetId: userId, content: { role: "viewer" }, reason: "on call" }
      : null;
    return { result, audit };
  });
}

test("a change and its audit row are written together: who, what, why, from where, and only the hash of the content", async () => {
  const tenant = await addTestTenant(database);
  const userId = await addTestUser(database);
  expect(await addMember(callerAs(tenant, "admin"), userId)).toBe(true);
  expect(await auditOf(tenant.id)).toMatchObject([
    {
      actor_kind: "member",
      actor_id: tenant.ownerId,
      action: "member.invite",
      target_kind: "member",
      target_id: userId,
      reason: "on call",
      from_address: "192.0.2.7",
      request_id: "req-1",
      content_hash: sha256Hex(canonicalJson({ role: "viewer" })),
    },
  ]);
});

test("a change that fails half-way leaves neither the change nor an audit row", async () => {
  const tenant = await addTestTenant(database);
  const userId = await addTestUser(database);
  await expect(addMember(callerAs(tenant, "admin"), userId, true)).rejects.toThrow("half-way");
  expect(await membersOf(tenant.id)).toBe(1);
  expect(await auditOf(tenant.id)).toEqual([]);
});

test("asking twice changes once and is recorded once", async () => {
  const tenant = await addTestTenant(database);
  const userId = await addTestUser(database);
  const asked = await Promise.all([1, 2, 3].map(() => addMember(callerAs(tenant, "owner"), userId)));
  expect(asked.filter((isNew) => isNew)).toHaveLength(1);
  expect(await auditOf(tenant.id)).toHaveLength(1);
});

test("who may not is refused before anything is read or written", async () => {
  const tenant = await addTestTenant(database);
  const userId = await addTestUser(database);
  await expect(addMember(callerAs(tenant, "viewer"), userId)).rejects.toMatchObject({
    code: "forbidden",
    public: "As a viewer you may not invite people; ask an owner or admin of the workspace.",
  });
  expect(await membersOf(tenant.id)).toBe(1);
});

test("a suspended workspace is read-only", async () => {
  const tenant = await addTestTenant(database);
  await database.pool("super").query("UPDATE tenants SET suspended_at = now() WHERE id = $1", [tenant.id]);
  await expect(addMember(callerAs(tenant, "owner"), await addTestUser(database))).rejects.toMatchObject({
    code: "forbidden",
    public: expect.stringContaining("suspended"),
  });
});

test("nobody can change or remove a row of the audit log, not even its owner", async () => {
  const tenant = await addTestTenant(database);
  await addMember(callerAs(tenant, "owner"), await addTestUser(database));
  for (const role of ["owner", "super"] as const) {
    for (const statement of [
      "UPDATE audit_log SET action = 'x'",
      "DELETE FROM audit_log",
      "TRUNCATE audit_log",
    ]) {
      await expect(database.pool(role).query(statement)).rejects.toThrow("append-only");
    }
  }
  await expect(database.pool("app").query("DELETE FROM audit_log")).rejects.toThrow("permission denied");
});

test("a new workspace has its owner and an audit row; a taken slug gets a suffix", async () => {
  const ownerId = await addTestUser(database);
  const input = { name: "Zoë's Café", plan: "team", ownerId, requestId: null, address: null } as const;
  const first = await createWorkspace({ pool: database.pool("app") }, input);
  const second = await createWorkspace({ pool: database.pool("app") }, input);
  expect(first.slug).toBe("zoe-s-cafe");
  expect(second.slug).toMatch(/^zoe-s-cafe-[0-9a-f]{6}$/);
  expect(await auditOf(second.id)).toMatchObject([{ action: "workspace.create", actor_id: ownerId }]);
  expect(await membersOf(second.id)).toBe(1);
});
