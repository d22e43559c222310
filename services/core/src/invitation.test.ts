import { expect, test } from "vitest";
import { decideInvitationUse, type InvitationState } from "./invitation.ts";

const t0 = Date.UTC(2026, 0, 1);
const open: InvitationState = {
  email: "ann@example.com",
  expiresAtMs: t0 + 1,
  acceptedAtMs: null,
  revokedAtMs: null,
};
const ann = { email: "ann@example.com", isAddressProven: true };

test.each([
  ["an open one, by whom it was sent to", open, ann, "allowed"],
  ["the same in capitals", open, { ...ann, email: "Ann@Example.COM" }, "allowed"],
  ["at the instant of its end", { ...open, expiresAtMs: t0 }, ann, "expired"],
  ["one that was taken back", { ...open, revokedAtMs: t0 - 1 }, ann, "revoked"],
  [
    "one that was used, whatever came after",
    { ...open, acceptedAtMs: t0 - 2, revokedAtMs: t0, expiresAtMs: t0 },
    ann,
    "used",
  ],
  ["one that was sent to somebody else", open, { ...ann, email: "bob@example.com" }, "other-address"],
  ["with an address that is not proven", open, { ...ann, isAddressProven: false }, "unproven-address"],
] as const)("an invitation, %s: %s", (_name, invitation, person, expected) => {
  const decision = decideInvitationUse(invitation, person, t0);
  expect(decision.kind === "refused" ? decision.reason : decision.kind).toBe(expected);
});

test("who is signed in with another address is told which one to use", () => {
  expect(decideInvitationUse(open, { ...ann, email: "bob@example.com" }, t0)).toMatchObject({
    sentence: expect.stringContaining("Sign in with ann@example.com"),
  });
});
