import { INVITATION_LIFE_MS } from "@alivemcp/core/invitation";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../db/test/database.ts";
import { addTestTenant, addTestUser, type TestTenant } from "../../../../db/test/tenant.ts";
import { recordingMailer } from "../../test/recording-mailer.ts";
import type { Caller } from "../caller.ts";
import { acceptInvitation } from "./accept-invitation.ts";
import { findInvitation } from "./find-invitation.ts";
import { inviteMember } from "./invite-member.ts";
import { listInvitations } from "./list-invitations.ts";
import { resendInvitation } from "./resend-invitation.ts";
import { revokeInvitation } from "./revoke-invitation.ts";

const MINUTE_MS = 60_000;
const t0 = Date.UTC(2026, 10, 21);
let nowMs = t0;
let count = 0;
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const mailer = recordingMailer();
const deps = () => ({
  pool: database.pool("app"),
  identityPool: database.pool("identity"),
  clock: { nowMs: () => nowMs },
  mailer,
  appUrl: "https://app.example.com",
});
const ownerOf = (tenant: TestTenant): Caller => ({
  scope: tenant.scope,
  actor: { kind: "member", userId: tenant.ownerId, role: "owner" },
  requestId: null,
  address: null,
});
function newAddress(): string {
  count += 1;
  return `guest-${count}@example.com`;
}
const rows = async (sql: string, values: unknown[]) => (await database.pool("super").query(sql, values)).rows;
const membersOf = async (tenant: TestTenant) =>
  (await rows("SELECT user_id FROM members WHERE tenant_id = $1", [tenant.id])).length;

/** The token of the newest mail to an address. */
function tokenTo(email: string): string {
  const mail = mailer.mails.findLast(({ to }) => to === email);
  return /\/invitations\/([A-Za-z0-9_-]{43})$/m.exec(mail?.text ?? "")?.[1] ?? "no mail";
}
const guest = async (email: string, isAddressProven = true) => ({
  userId: await addTestUser(database, email),
  email,
  isAddressProven,
  requestId: null,
  address: "192.0.2.9",
});
const invite = async (tenant: TestTenant, email: string, role: "viewer" | "admin" = "viewer") => {
  const invitation = await inviteMember(deps(), ownerOf(tenant), { email, role });
  return { invitation, token: tokenTo(email.trim().toLowerCase()) };
};

describe("an invitation", () => {
  test("goes to the address as it is really spelt, and its token is nowhere but in the mail", async () => {
    const tenant = await addTestTenant(database);
    const email = newAddress();
    const { invitation, token } = await invite(tenant, `  ${email.toUpperCase()} `);
    expect(invitation).toMatchObject({ email, role: "viewer", invitedBy: tenant.ownerId });
    expect(mailer.mails.at(-1)).toMatchObject({ to: email, subject: expect.stringContaining(tenant.slug) });
    const stored = await rows("SELECT * FROM invitations WHERE id = $1", [invitation.id]);
    const audit = await rows("SELECT * FROM audit_log WHERE target_id = $1", [invitation.id]);
    expect(audit).toMatchObject([{ action: "member.invite" }]);
    expect(JSON.stringify([stored, audit])).not.toContain(token);
    expect(await listInvitations(deps(), ownerOf(tenant))).toEqual([invitation]);
  });

  test("lets in who proved that address, once, in the role it names", async () => {
    const tenant = await addTestTenant(database);
    const email = newAddress();
    const { token } = await invite(tenant, email);
    const person = await guest(email);
    expect(await acceptInvitation(deps(), token, person)).toEqual({
      kind: "joined",
      workspaceSlug: tenant.slug,
      workspaceName: tenant.slug,
    });
    expect(await rows("SELECT role FROM members WHERE user_id = $1", [person.userId])).toEqual([
      { role: "viewer" },
    ]);
    expect(await acceptInvitation(deps(), token, person)).toMatchObject({ kind: "member-already" });
    expect(await acceptInvitation(deps(), token, await guest(newAddress()))).toMatchObject({
      reason: "used",
    });
    expect(await membersOf(tenant)).toBe(2);
    expect(
      await rows(
        "SELECT actor_id, from_address FROM audit_log WHERE tenant_id = $1 AND action = 'invitation.accept'",
        [tenant.id],
      ),
    ).toEqual([{ actor_id: person.userId, from_address: "192.0.2.9" }]);
  });

  test("used many times at once lets in once", async () => {
    const tenant = await addTestTenant(database);
    const email = newAddress();
    const { token } = await invite(tenant, email);
    const person = await guest(email);
    const kinds = await Promise.all(Array.from({ length: 5 }, () => acceptInvitation(deps(), token, person)));
    expect(kinds.map(({ kind }) => kind).sort()).toEqual(["joined", ...Array(4).fill("member-already")]);
    expect(await membersOf(tenant)).toBe(2);
  });

  test.each([
    ["after it expired", "expired"],
    ["after it was taken back", "revoked"],
    ["by somebody with another address", "other-address"],
    ["by somebody who has not proven the address", "unproven-address"],
  ] as const)("used %s lets nobody in and says why", async (_name, reason) => {
    const tenant = await addTestTenant(database);
    const email = newAddress();
    const { token, invitation } = await invite(tenant, email);
    const person = await guest(
      reason === "other-address" ? newAddress() : email,
      reason !== "unproven-address",
    );
    if (reason === "revoked") {
      await revokeInvitation(deps(), ownerOf(tenant), invitation.id);
    }
    nowMs = reason === "expired" ? t0 + INVITATION_LIFE_MS : t0;
    expect(await acceptInvitation(deps(), token, person)).toMatchObject({ kind: "refused", reason });
    nowMs = t0;
    expect(await membersOf(tenant)).toBe(1);
  });

  test("is sent again with a new link; the one before stops working", async () => {
    const tenant = await addTestTenant(database);
    const email = newAddress();
    const { token, invitation } = await invite(tenant, email);
    await expect(resendInvitation(deps(), ownerOf(tenant), invitation.id)).rejects.toMatchObject({
      code: "rate_limited",
      retryAfterS: 300,
    });
    nowMs = t0 + 6 * MINUTE_MS;
    await resendInvitation(deps(), ownerOf(tenant), invitation.id);
    expect(await findInvitation(deps(), token)).toBeNull();
    expect(await acceptInvitation(deps(), tokenTo(email), await guest(email))).toMatchObject({
      kind: "joined",
    });
    nowMs = t0;
  });

  test.each(["", "x", "a".repeat(43), "../../etc/passwd", "é".repeat(43)])(
    "with the token %j never was",
    async (token) => {
      await expect(acceptInvitation(deps(), token, await guest(newAddress()))).rejects.toMatchObject({
        code: "not_found",
      });
    },
  );

  test("of another workspace can neither be taken back nor sent again", async () => {
    const [mine, other] = [await addTestTenant(database), await addTestTenant(database)];
    const { invitation } = await invite(mine, newAddress());
    for (const verb of [revokeInvitation, resendInvitation]) {
      await expect(verb(deps(), ownerOf(other), invitation.id)).rejects.toMatchObject({ code: "not_found" });
      await expect(verb(deps(), ownerOf(other), "nonsense")).rejects.toMatchObject({ code: "not_found" });
    }
  });

  test("that is settled can neither be taken back nor sent again", async () => {
    const tenant = await addTestTenant(database);
    const { invitation } = await invite(tenant, newAddress());
    await revokeInvitation(deps(), ownerOf(tenant), invitation.id);
    for (const verb of [revokeInvitation, resendInvitation]) {
      await expect(verb(deps(), ownerOf(tenant), invitation.id)).rejects.toMatchObject({ code: "conflict" });
    }
  });
});

describe("inviting", () => {
  test.each([
    "",
    "ann",
    "ann@",
    "ann@example.com\r\nBcc: all@example.com",
    "a@b@c",
    "ann@example.com,bob@example.com",
    "änn@example.com",
  ])("%j is refused at its field and sends nothing", async (email) => {
    const tenant = await addTestTenant(database);
    const before = mailer.mails.length;
    await expect(invite(tenant, email)).rejects.toMatchObject({ code: "invalid", field: "email" });
    expect(mailer.mails).toHaveLength(before);
  });

  test("a member, or an address with an open invitation, is refused; an expired one makes way", async () => {
    const tenant = await addTestTenant(database);
    const [owner] = await rows("SELECT email FROM users WHERE id = $1", [tenant.ownerId]);
    await expect(invite(tenant, owner.email)).rejects.toMatchObject({ code: "conflict", field: "email" });
    const email = newAddress();
    await invite(tenant, email);
    await expect(invite(tenant, email)).rejects.toMatchObject({ code: "conflict", field: "email" });
    nowMs = t0 + INVITATION_LIFE_MS;
    expect((await invite(tenant, email)).invitation.createdAt.getTime()).toBe(nowMs);
    nowMs = t0;
  });

  test("beyond the plan, members and open invitations together, is refused with the limit and who can lift it", async () => {
    const publicTenant = await addTestTenant(database, { plan: "public" });
    await expect(invite(publicTenant, newAddress())).rejects.toMatchObject({
      code: "limit_reached",
      field: "email",
      public: expect.stringMatching(
        /The plan public allows 1 member.*owner of the workspace.*team.*operators/,
      ),
    });
    const team = await addTestTenant(database);
    for (let n = 1; n < 10; n += 1) {
      await invite(team, newAddress());
    }
    await expect(invite(team, newAddress())).rejects.toMatchObject({ code: "limit_reached" });
  });

  test("ten people at the same moment never exceeds the plan", async () => {
    const team = await addTestTenant(database);
    const outcomes = await Promise.allSettled(Array.from({ length: 15 }, () => invite(team, newAddress())));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(9);
  });

  test("and taking back again and again ends at a hundred mails a day", async () => {
    const tenant = await addTestTenant(database, { plan: "enterprise" });
    for (let n = 0; n < 100; n += 1) {
      const { invitation } = await invite(tenant, newAddress());
      await revokeInvitation(deps(), ownerOf(tenant), invitation.id);
    }
    await expect(invite(tenant, newAddress())).rejects.toMatchObject({ code: "rate_limited" });
  });

  test("an admin by API key is refused: a key that leaked lets nobody in who could make better ones", async () => {
    const tenant = await addTestTenant(database);
    const key: Caller = {
      ...ownerOf(tenant),
      actor: { kind: "api-key", keyId: "k", scopes: ["members:write"] },
    };
    await expect(inviteMember(deps(), key, { email: newAddress(), role: "admin" })).rejects.toMatchObject({
      code: "conflict",
      field: "role",
    });
    expect(await inviteMember(deps(), key, { email: newAddress(), role: "member" })).toMatchObject({
      invitedBy: null,
    });
  });
});

test("a plan that became too small meanwhile lets nobody in", async () => {
  const tenant = await addTestTenant(database);
  const email = newAddress();
  const { token } = await invite(tenant, email);
  await rows("UPDATE tenants SET plan = 'public' WHERE id = $1", [tenant.id]);
  await expect(acceptInvitation(deps(), token, await guest(email))).rejects.toMatchObject({
    code: "limit_reached",
  });
  expect(await membersOf(tenant)).toBe(1);
});

test("a name with line breaks and markup becomes plain words in the mail", async () => {
  const tenant = await addTestTenant(database);
  await rows("UPDATE users SET name = $2 WHERE id = $1", [
    tenant.ownerId,
    "Eve\r\nBcc: x@example.com <script>alert(1)</script>",
  ]);
  const email = newAddress();
  await invite(tenant, email);
  const mail = mailer.mails.at(-1);
  expect(mail?.subject).not.toMatch(/[\r\n]/);
  expect(mail?.html).toContain("&lt;script&gt;");
  expect(mail?.html).not.toContain("<script>");
});
