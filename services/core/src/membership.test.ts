import { describe, expect, test } from "vitest";
import {
  decideInvitedRole,
  decideLeave,
  decideRemoval,
  decideRoleChange,
  decideTransfer,
  type MembershipDecision,
} from "./membership.ts";
import { type Actor, ROLES, type Role } from "./permissions.ts";

const ACTORS = {
  owner: { kind: "member", userId: "o", role: "owner" },
  admin: { kind: "member", userId: "a", role: "admin" },
  key: { kind: "api-key", keyId: "k", scopes: ["members:write"] },
  operator: { kind: "operator", operatorId: "op" },
} as const satisfies Record<string, Actor>;
type ActorName = keyof typeof ACTORS;

const answer = (decision: MembershipDecision) =>
  decision.kind === "refused" ? decision.reason : decision.kind;

describe("a role", () => {
  /** From, to, by whom, answer; every other (from, to, by) is allowed. */
  const EXCEPTIONS: readonly (readonly [Role, Role, ActorName | "anybody", string])[] = [
    ...ROLES.map((role) => [role, role, "anybody", "unchanged"] as const),
    ...(["admin", "member", "viewer"] as const).flatMap((role) => [
      ["owner", role, "anybody", "is-owner"] as const,
      [role, "owner", "anybody", "one-owner"] as const,
    ]),
    ["admin", "member", "key", "not-for-keys"],
    ["admin", "viewer", "key", "not-for-keys"],
    ["admin", "owner", "key", "not-for-keys"],
    ["member", "admin", "key", "not-for-keys"],
    ["viewer", "admin", "key", "not-for-keys"],
  ];
  const cases = ROLES.flatMap((from) =>
    ROLES.flatMap((to) =>
      (Object.keys(ACTORS) as ActorName[]).map((by) => {
        const exact = EXCEPTIONS.find((row) => row[0] === from && row[1] === to && row[2] === by);
        const general = EXCEPTIONS.find((row) => row[0] === from && row[1] === to && row[2] === "anybody");
        return { from, to, by, expected: exact?.[3] ?? general?.[3] ?? "allowed" };
      }),
    ),
  );
  test.each(cases)("$from to $to by $by: $expected", ({ from, to, by, expected }) => {
    expect(answer(decideRoleChange(ACTORS[by], { userId: "x", role: from }, to))).toBe(expected);
  });

  test("of one's own may be lowered by an admin", () => {
    expect(answer(decideRoleChange(ACTORS.admin, { userId: "a", role: "admin" }, "viewer"))).toBe("allowed");
  });
});

test.each([
  ["viewer", "owner", "allowed"],
  ["admin", "owner", "allowed"],
  ["admin", "admin", "allowed"],
  ["member", "key", "allowed"],
  ["admin", "key", "not-for-keys"],
  ["owner", "owner", "one-owner"],
  ["owner", "operator", "one-owner"],
] as const)("somebody invited as %s by %s: %s", (role, by, expected) => {
  expect(answer(decideInvitedRole(ACTORS[by], role))).toBe(expected);
});

test.each([
  ["x", "member", "admin", "allowed"],
  ["x", "admin", "admin", "allowed"],
  ["x", "admin", "key", "not-for-keys"],
  ["x", "viewer", "key", "allowed"],
  ["x", "owner", "admin", "is-owner"],
  ["o", "owner", "owner", "is-owner"],
  ["a", "admin", "admin", "is-oneself"],
  ["x", "admin", "operator", "allowed"],
] as const)("removing %s, %s, by %s: %s", (userId, role, by, expected) => {
  expect(answer(decideRemoval(ACTORS[by], { userId, role }))).toBe(expected);
});

test.each(ROLES)("as %s one may leave, unless one owns the workspace", (role) => {
  expect(answer(decideLeave({ userId: "x", role }))).toBe(role === "owner" ? "owner-stays" : "allowed");
});

test("a workspace is handed over to another member with a proven address only", () => {
  const owner = { userId: "o", role: "owner" } as const;
  const to = (userId: string, isAddressProven: boolean) =>
    answer(decideTransfer(owner, { userId, role: "viewer", isAddressProven }));
  expect(to("x", true)).toBe("allowed");
  expect(to("x", false)).toBe("address-unproven");
  expect(to("o", true)).toBe("is-oneself");
});
