import { deleteExpired, deleteSessionsOfUser } from "@alivemcp/db/queries/sessions-identity";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  freshEmail,
  linkIn,
  openBrowser,
  openTestWeb,
  PASSWORD,
  signIn,
  signUp,
  type TestWeb,
} from "../../test/open-test-web.ts";

let web: TestWeb;
beforeAll(async () => {
  web = await openTestWeb();
});
afterAll(() => web.close());
const query = async (text: string, values: unknown[] = []) =>
  (await web.database.pool("super").query(text, values)).rows;
const signedInTwice = async () => {
  const person = await signUp(web);
  const other = openBrowser(web);
  await signIn(other, person.email);
  return { ...person, other };
};

test("a name is changed, and a bad one refused beside its field", async () => {
  const { browser, email } = await signUp(web);
  const refused = await browser.submit("/account", { name: "" }, "/account/name");
  expect(refused.status).toBe(400);
  expect(refused.text).toContain("This may not be empty.");
  const saved = await browser.submit(
    "/account",
    { name: "Zoë Ωmega", role: "owner", email: "x@example.com", emailVerified: "true" },
    "/account/name",
  );
  expect(saved.location).toBe("/account");
  const page = await browser.get("/account");
  expect(page.text).toContain("Zoë Ωmega");
  expect(page.text).toContain("Saved.");
  expect((await browser.get("/account")).text).not.toContain("Saved.");
  expect(page.text).toContain(email);
});

describe("an address", () => {
  test("is changed by the link at the new one; the old one is told and no longer signs in", async () => {
    const { browser, email } = await signUp(web);
    const newEmail = freshEmail("new");
    const asked = await browser.submit(
      "/account",
      { newEmail: newEmail.toUpperCase(), password: PASSWORD },
      "/account/email",
    );
    expect(asked.location).toBe("/account");
    expect((await signIn(openBrowser(web), email)).status).toBe(303);
    const link = linkIn(await web.mailbox.waitFor(newEmail));
    const phone = openBrowser(web);
    expect((await phone.get(link)).text).toContain("Use this address");
    expect((await phone.submit(link, {})).location).toBe("/sign-in");
    expect((await browser.get("/account")).text).toContain(newEmail);
    expect(
      (await web.mailbox.waitFor(email, ({ subject }) => subject === "A change to your account")).text,
    ).toContain("another address");
    expect((await signIn(openBrowser(web), email)).status).toBe(400);
    expect((await signIn(openBrowser(web), newEmail)).status).toBe(303);
    expect((await openBrowser(web).submit(link, {})).status).toBe(400);
  });

  test("of somebody else looks as if it could be had, but nothing happens and they are told", async () => {
    const { browser, email } = await signUp(web);
    const other = await signUp(web);
    const asked = await browser.submit(
      "/account",
      { newEmail: other.email, password: PASSWORD },
      "/account/email",
    );
    expect(asked.location).toBe("/account");
    expect(
      (await web.mailbox.waitFor(other.email, ({ subject }) => subject === "This address has an account"))
        .text,
    ).not.toContain("token=");
    expect((await browser.get("/account")).text).toContain(email);
  });

  test("that somebody else took before the link was opened stays theirs", async () => {
    const { browser, email } = await signUp(web);
    const wanted = freshEmail("wanted");
    await browser.submit("/account", { newEmail: wanted, password: PASSWORD }, "/account/email");
    const link = linkIn(
      await web.mailbox.waitFor(wanted, ({ subject }) => subject === "Confirm your new address"),
    );
    await signUp(web, { email: wanted });
    expect((await browser.submit(link, {})).status).toBe(400);
    expect((await browser.get("/account")).text).toContain(email);
  });

  test.each([
    ["a wrong password", { password: "not my password" }, "That is not your password."],
    ["no password", { password: "" }, "That is not your password."],
    ["the present address", {}, "This is your address already."],
    ["two addresses", { newEmail: "a@example.com, b@example.com" }, "not an e-mail address"],
  ])("is not changed with %s", async (_name, wrong, sentence) => {
    const { browser, email } = await signUp(web);
    const fields = {
      newEmail: sentence.includes("already") ? email : freshEmail(),
      password: PASSWORD,
      ...wrong,
    };
    const answer = await browser.submit("/account", fields, "/account/email");
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(sentence);
  });
});

describe("a password", () => {
  test("is changed with the present one; every other session ends, this one stays, the owner is told", async () => {
    const { browser, other, email } = await signedInTwice();
    const done = await browser.submit(
      "/account/security",
      { password: PASSWORD, newPassword: "a brand new passphrase" },
      "/account/password",
    );
    expect(done.location).toBe("/account/security");
    expect((await browser.get("/account")).status).toBe(200);
    expect((await other.get("/account")).location).toContain("/sign-in");
    expect((await signIn(openBrowser(web), email)).status).toBe(400);
    expect((await signIn(openBrowser(web), email, "a brand new passphrase")).status).toBe(303);
    await web.mailbox.waitFor(email, ({ subject }) => subject === "A change to your account");
  });

  test.each([
    ["without the present one", { password: "" }, "That is not your password."],
    ["with a wrong present one", { password: "not my password" }, "That is not your password."],
    ["to a short one", { newPassword: "short" }, "at least 10"],
    ["to one that everybody tries", { newPassword: "1234567890" }, "first that anybody"],
  ])("is not changed %s", async (_name, wrong, sentence) => {
    const { browser, email } = await signUp(web);
    const answer = await browser.submit(
      "/account/security",
      { password: PASSWORD, newPassword: "a brand new passphrase", ...wrong },
      "/account/password",
    );
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(sentence);
    expect((await signIn(openBrowser(web), email)).status).toBe(303);
  });

  test("of who has none is set after a recent sign-in, and not after an old one", async () => {
    const { browser, email } = await signUp(web);
    await query("DELETE FROM accounts WHERE user_id = (SELECT id FROM users WHERE email = $1)", [email]);
    expect((await browser.get("/account/security")).text).toContain("Set password");
    await query(
      "UPDATE sessions SET created_at = now() - interval '16 min' WHERE user_id = (SELECT id FROM users WHERE email = $1)",
      [email],
    );
    const late = await browser.submit(
      "/account/security",
      { newPassword: "a brand new passphrase" },
      "/account/password",
    );
    expect(late.status).toBe(401);
    expect(late.text).toContain("within the last 15 minutes");
    await query(
      "UPDATE sessions SET created_at = now() WHERE user_id = (SELECT id FROM users WHERE email = $1)",
      [email],
    );
    const done = await browser.submit(
      "/account/security",
      { newPassword: "a brand new passphrase" },
      "/account/password",
    );
    expect(done.status).toBe(303);
    expect((await signIn(openBrowser(web), email, "a brand new passphrase")).status).toBe(303);
  });
});

describe("sessions", () => {
  test("are listed with device and address, and one of them is ended", async () => {
    const { browser, other, email } = await signedInTwice();
    const page = await browser.get("/account/sessions");
    expect(page.text).toContain(other.address);
    expect(page.text).toContain("this one");
    const [id] = (
      await query(
        "SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1 AND s.ip_address = $2",
        [email, other.address],
      )
    ).map((row) => row.id as string);
    expect(
      (await browser.submit("/account/sessions", { session: id ?? "" }, "/account/sessions/end")).location,
    ).toBe("/account/sessions");
    expect((await other.get("/account")).location).toContain("/sign-in");
    expect((await browser.get("/account")).status).toBe(200);
  });

  test("of somebody else, made up, or no session at all cannot be ended", async () => {
    const { browser } = await signUp(web);
    const victim = await signUp(web);
    const [row] = await query(
      "SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1",
      [victim.email],
    );
    for (const session of [row?.id, "00000000-0000-4000-8000-000000000000", "' OR true --", ""]) {
      expect((await browser.submit("/account/sessions", { session }, "/account/sessions/end")).status).toBe(
        404,
      );
    }
    expect((await victim.browser.get("/account")).status).toBe(200);
  });

  test("are ended all at once but this one", async () => {
    const { browser, other } = await signedInTwice();
    await browser.submit("/account/sessions", {}, "/account/sessions/end-others");
    expect((await other.get("/account")).location).toContain("/sign-in");
    expect((await browser.get("/account/sessions")).text).toContain("One session ended.");
  });

  test("live longer with a visit a day, in the browser too", async () => {
    const { browser, email } = await signUp(web);
    await query(
      "UPDATE sessions SET expires_at = now() + interval '12 days' WHERE user_id = (SELECT id FROM users WHERE email = $1)",
      [email],
    );
    const visit = await browser.get("/account");
    expect(visit.headers.getSetCookie().join()).toContain("alivemcp.session_token=");
    const [row] = await query(
      "SELECT expires_at > now() + interval '13 days' AS longer FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1",
      [email],
    );
    expect(row).toEqual({ longer: true });
    expect((await browser.get("/account")).headers.getSetCookie().join()).not.toContain("session_token");
  });

  test("that are over are removed, with tokens that are; others stay", async () => {
    const gone = await signUp(web);
    const stays = await signUp(web);
    await query(
      "UPDATE sessions SET expires_at = now() - interval '1 s' WHERE user_id = (SELECT id FROM users WHERE email = $1)",
      [gone.email],
    );
    expect(await deleteExpired(web.deps.identityPool)).toBeGreaterThan(0);
    expect(
      await query("SELECT FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1", [gone.email]),
    ).toEqual([]);
    expect((await stays.browser.get("/account")).status).toBe(200);
  });

  test("end all together when a person's role changes", async () => {
    const { browser, other, email } = await signedInTwice();
    const bystander = await signUp(web);
    const [user] = await query("SELECT id FROM users WHERE email = $1", [email]);
    expect(await deleteSessionsOfUser(web.deps.identityPool, user?.id)).toBe(2);
    expect((await browser.get("/account")).location).toContain("/sign-in");
    expect((await other.get("/account")).location).toContain("/sign-in");
    expect((await bystander.browser.get("/account")).status).toBe(200);
  });
});

test("what people do to their accounts is in the audit log, without secrets", async () => {
  const { browser, email } = await signUp(web);
  await browser.submit("/account", { name: "Zoë 2" }, "/account/name");
  await browser.submit(
    "/account/security",
    { password: PASSWORD, newPassword: "a brand new passphrase" },
    "/account/password",
  );
  const rows = await query(
    "SELECT a.action, a.actor_kind, a.tenant_id, a.from_address FROM audit_log a JOIN users u ON u.id::text = a.actor_id WHERE u.email = $1 AND a.tenant_id IS NULL ORDER BY a.id",
    [email],
  );
  expect(rows.map(({ action }) => action)).toEqual([
    "account.create",
    "account.sign_in",
    "account.change_name",
    "account.change_password",
  ]);
  expect(
    rows.every(({ actor_kind, from_address }) => actor_kind === "user" && from_address === browser.address),
  ).toBe(true);
});

describe("a new workspace", () => {
  test("is owned by who makes it and can be switched to", async () => {
    const { browser } = await signUp(web, { name: "Zoë" });
    const made = await browser.submit("/workspaces/new", { name: "Second one" });
    expect(made.location).toMatch(/^\/w\/second-one/);
    const page = await browser.get(made.location ?? "");
    expect(page.text).toContain("Second one");
    expect((await browser.get("/account")).text).toMatch(/href="\/w\/zo/);
  });

  test("is refused without a name, and beyond five with who can help", async () => {
    const { browser } = await signUp(web);
    expect((await browser.submit("/workspaces/new", { name: " " })).status).toBe(400);
    for (let made = 0; made < 4; made += 1) {
      expect((await browser.submit("/workspaces/new", { name: `W ${made}` })).status).toBe(303);
    }
    const sixth = await browser.submit("/workspaces/new", { name: "W 6" });
    expect(sixth.status).toBe(400);
    expect(sixth.text).toContain("Write to the operators");
  });
});
