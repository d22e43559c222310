import { ROLES } from "@alivemcp/core/permissions";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../db/test/database.ts";
import { addTestMember, addTestTenant, addTestUser } from "../../../../db/test/tenant.ts";
import { addPeople } from "../../test/workspace-people.ts";
import { changeRole } from "./change-role.ts";
import { leaveWorkspace } from "./leave-workspace.ts";
import { listMembers } from "./list-members.ts";
import { removeMember } from "./remove-member.ts";
import { transferOwnership } from "./transfer-ownership.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const deps = () => ({ pool: database.pool("app") });
const rows = async (sql: string, values: unknown[]) => (await database.pool("super").query(sql, values)).rows;
const roleOf = async (tenantId: string, userId: string) =>
  (await rows("SELECT role FROM members WHERE tenant_id = $1 AND user_id = $2", [tenantId, userId]))[0]?.role;
const sessionsOf = async (userId: string) =>
  (await rows("SELECT id FROM sessions WHERE user_id = $1", [userId])).length;
const auditOf = (tenantId: string) =>
  rows("SELECT action, target_id FROM audit_log WHERE tenant_id = $1 ORDER BY id", [tenantId]);
const signIn = (userId: string) =>
  rows(
    "INSERT INTO sessions (user_id, token, expires_at) VALUES ($1, gen_random_uuid()::text, now() + interval '1 day')",
    [userId],
  );

test("members are listed from owner to viewer with what colleagues may know, nobody of another workspace", async () => {
  const people = await addPeople(database);
  await addPeople(database);
  const listed = await listMembers(deps(), people.as("viewer"));
  expect(listed.map(({ role }) => role)).toEqual(ROLES);
  expect(listed[0]).toMatchObject({
    userId: people.ids.owner,
    isAddressProven: true,
    hasSecondFactor: false,
  });
});

describe("a role", () => {
  test("that changes is recorded and ends every session of that person, and nobody else's", async () => {
    const { tenant, ids, as } = await addPeople(database);
    await Promise.all([signIn(ids.viewer), signIn(ids.viewer), signIn(ids.member)]);
    await changeRole(deps(), as("admin"), { userId: ids.viewer, role: "member" });
    expect(await roleOf(tenant.id, ids.viewer)).toBe("member");
    expect(await sessionsOf(ids.viewer)).toBe(0);
    expect(await sessionsOf(ids.member)).toBe(1);
    expect(await auditOf(tenant.id)).toEqual([{ action: "member.change_role", target_id: ids.viewer }]);
  });

  test("that stays as it is ends no session and is not recorded", async () => {
    const { tenant, ids, as } = await addPeople(database);
    await signIn(ids.viewer);
    await changeRole(deps(), as("owner"), { userId: ids.viewer, role: "viewer" });
    expect(await sessionsOf(ids.viewer)).toBe(1);
    expect(await auditOf(tenant.id)).toEqual([]);
  });

  test.each([
    ["of the owner", "owner", "viewer"],
    ["to owner", "viewer", "owner"],
  ] as const)("%s is not changed by an admin", async (_name, member, role) => {
    const { tenant, ids, as } = await addPeople(database);
    await expect(changeRole(deps(), as("admin"), { userId: ids[member], role })).rejects.toMatchObject({
      code: "conflict",
      field: "role",
    });
    expect(await roleOf(tenant.id, ids[member])).toBe(member);
  });

  test("of somebody in another workspace is not found, and their sessions go on", async () => {
    const { as } = await addPeople(database);
    const other = await addPeople(database);
    await signIn(other.ids.viewer);
    for (const userId of [other.ids.viewer, "nobody"]) {
      await expect(changeRole(deps(), as("owner"), { userId, role: "admin" })).rejects.toMatchObject({
        code: "not_found",
      });
      await expect(removeMember(deps(), as("owner"), userId)).rejects.toMatchObject({ code: "not_found" });
    }
    expect(await sessionsOf(other.ids.viewer)).toBe(1);
    const own = await database
      .pool("app")
      .query("SELECT end_sessions_of_member($1) AS ended", [other.ids.viewer]);
    expect(own.rows).toEqual([{ ended: 0 }]);
  });
});

describe("a member", () => {
  test("who is removed is gone at once, signed out, and stays in their other workspaces", async () => {
    const { tenant, ids, as } = await addPeople(database);
    const other = await addTestTenant(database);
    await addTestMember(database, { tenantId: other.id, userId: ids.member, role: "viewer" });
    await signIn(ids.member);
    await removeMember(deps(), as("admin"), ids.member);
    expect(await roleOf(tenant.id, ids.member)).toBeUndefined();
    expect(await roleOf(other.id, ids.member)).toBe("viewer");
    expect(await sessionsOf(ids.member)).toBe(0);
  });

  test.each(["admin", "member", "viewer"] as const)("may leave as %s", async (role) => {
    const { tenant, ids, as } = await addPeople(database);
    await leaveWorkspace(deps(), as(role));
    expect(await roleOf(tenant.id, ids[role])).toBeUndefined();
    expect(await auditOf(tenant.id)).toEqual([{ action: "member.leave", target_id: ids[role] }]);
  });

  test("who owns the workspace neither leaves nor is removed", async () => {
    const { tenant, ids, as } = await addPeople(database);
    await expect(leaveWorkspace(deps(), as("owner"))).rejects.toMatchObject({ code: "conflict" });
    await expect(removeMember(deps(), as("admin"), ids.owner)).rejects.toMatchObject({ code: "conflict" });
    expect(await roleOf(tenant.id, ids.owner)).toBe("owner");
  });
});

describe("a workspace that is handed over", () => {
  test("has the new owner and the old one as admin, both signed out", async () => {
    const { tenant, ids, as } = await addPeople(database);
    await Promise.all([signIn(ids.owner), signIn(ids.viewer)]);
    await transferOwnership(deps(), as("owner"), {
      userId: ids.viewer,
      confirmation: ` ${tenant.slug.toUpperCase()}`,
    });
    expect(await roleOf(tenant.id, ids.viewer)).toBe("owner");
    expect(await roleOf(tenant.id, ids.owner)).toBe("admin");
    expect(await sessionsOf(ids.owner)).toBe(0);
    expect(await sessionsOf(ids.viewer)).toBe(0);
    expect(await auditOf(tenant.id)).toEqual([{ action: "workspace.transfer", target_id: ids.viewer }]);
  });

  test("twice at the same moment has one owner, and the second is told", async () => {
    const { tenant, ids, as } = await addPeople(database);
    const confirmation = tenant.slug;
    const outcomes = await Promise.allSettled([
      transferOwnership(deps(), as("owner"), { userId: ids.admin, confirmation }),
      transferOwnership(deps(), as("owner"), { userId: ids.member, confirmation }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(
      await rows("SELECT count(*)::int AS n FROM members WHERE tenant_id = $1 AND role = 'owner'", [
        tenant.id,
      ]),
    ).toEqual([{ n: 1 }]);
  });

  test.each([
    ["to somebody who is no member", "stranger", "not_found"],
    ["with another name typed in", "typo", "invalid"],
    ["to somebody whose address is not proven", "unproven", "conflict"],
    ["to oneself", "self", "conflict"],
  ] as const)("%s is not", async (_name, how, code) => {
    const { tenant, ids, as } = await addPeople(database);
    await rows("UPDATE users SET email_verified = false WHERE id = $1", [ids.member]);
    const targets = {
      stranger: await addTestUser(database),
      typo: ids.admin,
      unproven: ids.member,
      self: ids.owner,
    };
    const confirmation = how === "typo" ? "something else" : tenant.slug;
    await expect(
      transferOwnership(deps(), as("owner"), { userId: targets[how], confirmation }),
    ).rejects.toMatchObject({ code });
    expect(await roleOf(tenant.id, ids.owner)).toBe("owner");
  });
});
