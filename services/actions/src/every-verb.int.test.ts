import { type Action, decidePermission, ROLES, type Role } from "@alivemcp/core/permissions";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { recordingMailer } from "../test/recording-mailer.ts";
import { addPeople, type People } from "../test/workspace-people.ts";
import { listAudit } from "./audit/list-audit.ts";
import { inviteMember } from "./invitations/invite-member.ts";
import { listInvitations } from "./invitations/list-invitations.ts";
import { resendInvitation } from "./invitations/resend-invitation.ts";
import { revokeInvitation } from "./invitations/revoke-invitation.ts";
import { changeRole } from "./members/change-role.ts";
import { leaveWorkspace } from "./members/leave-workspace.ts";
import { listMembers } from "./members/list-members.ts";
import { removeMember } from "./members/remove-member.ts";
import { transferOwnership } from "./members/transfer-ownership.ts";
import { applyPlan } from "./workspaces/apply-plan.ts";
import { deleteWorkspace } from "./workspaces/delete-workspace.ts";
import { keepWorkspace } from "./workspaces/keep-workspace.ts";
import { renameWorkspace } from "./workspaces/rename-workspace.ts";
import { suspendWorkspace } from "./workspaces/suspend-workspace.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const NO_ID = "00000000-0000-4000-8000-00000000dead";
const deps = () => ({
  pool: database.pool("app"),
  operatorPool: database.pool("operator"),
  clock: { nowMs: () => Date.UTC(2026, 10, 21) },
  mailer: recordingMailer(),
  appUrl: "https://app.example.com",
});

/** Verb, the permission it needs, and a call that goes past the permission (to success or to another refusal). */
const VERBS: readonly (readonly [string, Action, (people: People, role: Role) => Promise<unknown>])[] = [
  ["list members", "member.list", ({ as }, role) => listMembers(deps(), as(role))],
  ["list invitations", "member.list", ({ as }, role) => listInvitations(deps(), as(role))],
  [
    "invite",
    "member.invite",
    ({ as }, role) => inviteMember(deps(), as(role), { email: "n@example.com", role: "viewer" }),
  ],
  ["resend", "member.invite", ({ as }, role) => resendInvitation(deps(), as(role), NO_ID)],
  ["revoke", "member.invite", ({ as }, role) => revokeInvitation(deps(), as(role), NO_ID)],
  [
    "change a role",
    "member.change_role",
    ({ as, ids }, role) => changeRole(deps(), as(role), { userId: ids.viewer, role: "member" }),
  ],
  ["remove", "member.remove", ({ as, ids }, role) => removeMember(deps(), as(role), ids.viewer)],
  ["leave", "member.leave", ({ as }, role) => leaveWorkspace(deps(), as(role))],
  [
    "transfer",
    "workspace.transfer",
    ({ as, ids, tenant }, role) =>
      transferOwnership(deps(), as(role), { userId: ids.admin, confirmation: tenant.slug }),
  ],
  [
    "rename",
    "workspace.update",
    ({ as, tenant }, role) => renameWorkspace(deps(), as(role), { name: "New", slug: tenant.slug }),
  ],
  [
    "delete",
    "workspace.delete",
    ({ as, tenant }, role) => deleteWorkspace(deps(), as(role), { confirmation: tenant.slug }),
  ],
  ["keep", "workspace.keep", ({ as }, role) => keepWorkspace(deps(), as(role))],
  ["set a plan", "workspace.set_plan", ({ as }, role) => applyPlan(deps(), as(role), { plan: "public" })],
  ["suspend", "workspace.suspend", ({ as }, role) => suspendWorkspace(deps(), as(role), { reason: "x" })],
  [
    "read the audit log",
    "audit.read",
    ({ as }, role) => listAudit(deps(), as(role), { beforeId: null, limit: 10 }),
  ],
];

const snapshot = async ({ tenant }: People) =>
  (
    await database.pool("super").query(
      `SELECT t.*, (SELECT jsonb_agg(m ORDER BY m.user_id) FROM members m WHERE m.tenant_id = t.id) AS members,
         (SELECT count(*) FROM invitations i WHERE i.tenant_id = t.id) AS invitations,
         (SELECT count(*) FROM audit_log a WHERE a.tenant_id = t.id) AS audited
       FROM tenants t WHERE t.id = $1`,
      [tenant.id],
    )
  ).rows;

const cases = VERBS.flatMap(([verb, action, run]) =>
  ROLES.map((role) => {
    const { kind } = decidePermission({ kind: "member", userId: "u", role }, action);
    return { verb, action, run, role, kind };
  }),
);

test.each(cases)("$verb as $role is $kind, and a refusal changes nothing", async ({ run, role, kind }) => {
  const people = await addPeople(database);
  const before = await snapshot(people);
  const outcome = await run(people, role).then(
    () => "done",
    (err: { code?: string }) => err.code,
  );
  if (kind === "refused") {
    expect(outcome).toBe("forbidden");
    expect(await snapshot(people)).toEqual(before);
  } else {
    expect(outcome).not.toBe("forbidden");
  }
});
