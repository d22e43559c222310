import { expect, test } from "vitest";
import {
  ACTIONS,
  type Action,
  decidePermission,
  ROLES,
  type Role,
  rolesAllowed,
  SCOPES,
} from "./permissions.ts";

/** The table once more, as people would state it: `o` owner, `a` admin, `m` member, `v` viewer. */
const TABLE: Readonly<Record<Action, string>> = {
  "workspace.read": "oamv",
  "workspace.update": "oa",
  "workspace.transfer": "o",
  "workspace.delete": "o",
  "workspace.keep": "o",
  "workspace.export": "o",
  "workspace.set_plan": "",
  "workspace.suspend": "",
  "member.list": "oamv",
  "member.invite": "oa",
  "member.change_role": "oa",
  "member.remove": "oa",
  "member.leave": "oamv",
  "key.list": "oam",
  "key.create": "oa",
  "key.revoke": "oa",
  "audit.read": "oa",
  "endpoint.read": "oamv",
  "endpoint.create": "oam",
  "endpoint.update": "oam",
  "endpoint.pause": "oam",
  "endpoint.delete": "oam",
  "endpoint.follow": "oam",
  "endpoint.claim": "oa",
  "endpoint.probe_now": "oam",
  "notice.dismiss": "oam",
  "credential.describe": "oam",
  "credential.write": "oa",
  "drift.accept": "oam",
  "drift.announce": "oam",
  "incident.read": "oamv",
  "incident.respond": "oam",
  "incident.publish": "oam",
  "alert.simulate": "oam",
  "sink.list": "oamv",
  "sink.write": "oa",
  "rule.read": "oamv",
  "rule.write": "oam",
  "maintenance.write": "oam",
  "delivery.read": "oamv",
  "delivery.resend": "oam",
  "page.write": "oa",
};
const LETTER: Readonly<Record<Role, string>> = { owner: "o", admin: "a", member: "m", viewer: "v" };

const cases = ACTIONS.flatMap((action) => ROLES.map((role) => ({ action, role })));

test.each(cases)("$role, $action: as the table says", ({ action, role }) => {
  const decision = decidePermission({ kind: "member", userId: "u", role }, action);
  expect(decision.kind).toBe(TABLE[action].includes(LETTER[role]) ? "allowed" : "refused");
});

test.each(ACTIONS)("%s: operators and our own jobs may", (action) => {
  expect(decidePermission({ kind: "operator", operatorId: "o" }, action).kind).toBe("allowed");
  expect(decidePermission({ kind: "system", job: "j" }, action).kind).toBe("allowed");
});

test("what a viewer may do changes nothing but the viewer's own membership", () => {
  const mayView = ACTIONS.filter((action) => rolesAllowed(action).includes("viewer"));
  expect(mayView).toEqual([
    "workspace.read",
    "member.list",
    "member.leave",
    "endpoint.read",
    "incident.read",
    "sink.list",
    "rule.read",
    "delivery.read",
  ]);
});

test.each(ACTIONS)(
  "%s: a key with every scope may unless only a person may, one without scopes never",
  (action) => {
    const keyMay = (scopes: typeof SCOPES | []) =>
      decidePermission({ kind: "api-key", keyId: "k", scopes }, action);
    const isForPeople = [
      "workspace.transfer",
      "workspace.delete",
      "workspace.keep",
      "workspace.export",
      "workspace.set_plan",
      "workspace.suspend",
      "member.leave",
      "notice.dismiss",
    ].includes(action);
    expect(keyMay(SCOPES)).toEqual(
      isForPeople ? expect.objectContaining({ reason: "not-for-keys" }) : { kind: "allowed" },
    );
    expect(keyMay([])).toMatchObject({
      kind: "refused",
      reason: isForPeople ? "not-for-keys" : "scope-missing",
    });
  },
);

test("a refusal says what is missing and who could help", () => {
  expect(decidePermission({ kind: "member", userId: "u", role: "viewer" }, "endpoint.update")).toEqual({
    kind: "refused",
    reason: "role-too-low",
    sentence: "As a viewer you may not change endpoints; ask an owner or admin or member of the workspace.",
  });
  expect(decidePermission({ kind: "member", userId: "u", role: "admin" }, "workspace.delete")).toMatchObject({
    sentence: "As an admin you may not delete this workspace; ask the owner of the workspace.",
  });
  expect(decidePermission({ kind: "api-key", keyId: "k", scopes: ["read"] }, "key.create")).toMatchObject({
    sentence: "This API key may not create API keys: it lacks the scope keys:write.",
  });
});

test("what only operators may is refused with who they are", () => {
  expect(
    decidePermission({ kind: "member", userId: "u", role: "owner" }, "workspace.set_plan"),
  ).toMatchObject({
    sentence:
      "As an owner you may not set the plan of this workspace; ask the operators of this installation.",
  });
  expect(
    decidePermission({ kind: "api-key", keyId: "k", scopes: SCOPES }, "workspace.suspend"),
  ).toMatchObject({
    sentence: "An API key may not suspend this workspace; ask the operators of this installation.",
  });
});
