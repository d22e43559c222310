import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  APP_URL,
  freshEmail,
  hiddenFields,
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
const rows = async (text: string, values: unknown[] = []) =>
  (await web.database.pool("super").query(text, values)).rows;

describe("signing up", () => {
  test("becomes an account with the link in its mail, and a workspace named after the person", async () => {
    const email = freshEmail();
    const browser = openBrowser(web);
    const sent = await browser.submit("/sign-up", { name: "Zoë 世界", email, password: PASSWORD });
    expect([sent.status, sent.location]).toEqual([303, "/sign-up/sent"]);
    expect((await browser.get("/sign-up/sent")).text).toContain(email);
    expect(await rows("SELECT FROM users WHERE email = $1", [email])).toEqual([]);

    const mail = await web.mailbox.waitFor(email);
    expect(mail.text).not.toContain("Zoë");
    expect((await browser.get(linkIn(mail))).text).toContain("Confirm address");
    const confirmed = await browser.submit(linkIn(mail), {});
    expect([confirmed.status, confirmed.location]).toEqual([303, "/"]);
    const home = await browser.get("/");
    expect(home.location).toMatch(/^\/w\//);
    const workspace = await browser.get(home.location ?? "");
    expect(workspace.status).toBe(200);
    expect(workspace.text).toContain("Zoë 世界");
    const [tenant] = await rows(
      `SELECT t.name, t.plan, m.role FROM members m JOIN tenants t ON t.id = m.tenant_id
       JOIN users u ON u.id = m.user_id WHERE u.email = $1`,
      [email],
    );
    expect(tenant).toEqual({ name: "Zoë 世界", plan: "team", role: "owner" });
    const audit = await rows(
      `SELECT a.action, a.from_address FROM audit_log a JOIN users u ON u.id::text = a.actor_id WHERE u.email = $1 ORDER BY a.id`,
      [email],
    );
    expect(audit.map(({ action }) => action)).toEqual([
      "account.create",
      "account.sign_in",
      "workspace.create",
    ]);
    expect(audit.every(({ from_address }) => from_address === browser.address)).toBe(true);
  });

  test("with an address that has an account looks the same, and its owner is told", async () => {
    const { email } = await signUp(web);
    const browser = openBrowser(web);
    const sent = await browser.submit("/sign-up", { name: "Mallory", email, password: "another password" });
    expect([sent.status, sent.location]).toEqual([303, "/sign-up/sent"]);
    const mail = await web.mailbox.waitFor(email, ({ subject }) => subject.startsWith("You have an account"));
    expect(mail.text).not.toContain("token=");
    expect(mail.text).not.toContain("Mallory");
    expect((await signIn(openBrowser(web), email, "another password")).status).toBe(400);
    expect((await signIn(openBrowser(web), email)).status).toBe(303);
  });

  test("prepares nothing for others: the password of a stranger's sign-up dies when the owner confirms their own", async () => {
    const email = freshEmail();
    const stranger = openBrowser(web);
    await stranger.submit("/sign-up", { name: "Mallory", email, password: "password of mallory" });
    const theirs = await web.mailbox.waitFor(email);
    const owner = openBrowser(web);
    await owner.submit("/sign-up", { name: "Zoë", email, password: PASSWORD });
    const mine = await web.mailbox.waitFor(email, ({ id }) => id !== theirs.id);
    expect((await owner.submit(linkIn(mine), {})).status).toBe(303);
    expect((await signIn(openBrowser(web), email, "password of mallory")).status).toBe(400);
    expect((await owner.submit(linkIn(theirs), {})).status).toBe(400);
    expect((await signIn(openBrowser(web), email)).status).toBe(303);
  });

  test.each([
    ["no name", { name: "" }, "may not be empty"],
    ["a name of 101 characters", { name: "x".repeat(101) }, "at most 100"],
    ["a name with a line break", { name: "Zoë\r\nBcc: x@example.com" }, "control characters"],
    ["no address", { email: "" }, "not an e-mail address"],
    ["two addresses", { email: "a@example.com,b@example.com" }, "not an e-mail address"],
    ["an address with a header", { email: "a@example.com\r\nBcc: b@example.com" }, "not an e-mail address"],
    ["a short password", { password: "short" }, "at least 10"],
    ["a password that everybody tries", { password: "1234567890" }, "first that anybody"],
    ["no password", { password: "" }, "at least 10"],
  ])(
    "is refused with %s, saying so beside the field and keeping the rest",
    async (_name, wrong, sentence) => {
      const email = freshEmail();
      const before = web.mailbox.list().length;
      const answer = await openBrowser(web).submit("/sign-up", {
        name: "Zoë",
        email,
        password: PASSWORD,
        ...wrong,
      });
      expect(answer.status).toBe(400);
      expect(answer.text).toContain(sentence);
      expect(answer.text).not.toContain(PASSWORD);
      expect(web.mailbox.list()).toHaveLength(before);
    },
  );

  test("takes a name in any script, and quotes and tags stay text", async () => {
    const name = `<b>"Ω'≈</b> ${"é".repeat(50)}`;
    const { browser } = await signUp(web, { name });
    const account = await browser.get("/account");
    expect(account.text).not.toContain("<b>&quot;Ω");
    expect(account.text).toContain("&lt;b&gt;&quot;Ω&#39;≈&lt;/b&gt;");
  });

  test("leads back to where the person wanted to go, and invites come before a workspace of one's own", async () => {
    const email = freshEmail();
    const browser = openBrowser(web);
    await browser.submit("/sign-up?next=%2Finvitations%2Fabc", { name: "Zoë", email, password: PASSWORD });
    const confirmed = await browser.submit(linkIn(await web.mailbox.waitFor(email)), {});
    expect(confirmed.location).toBe("/invitations/abc");
    expect((await browser.get("/")).text).toContain("You belong to no workspace");
    expect((await signIn(openBrowser(web), email)).location).toBe("/");
    expect((await browser.get("/")).location).toMatch(/^\/w\//);
  });

  test("mails the link again on wish, and for an address with an account something that opens nothing", async () => {
    const email = freshEmail();
    const browser = openBrowser(web);
    await browser.submit("/sign-up", { name: "Zoë", email, password: PASSWORD });
    const first = await web.mailbox.waitFor(email);
    const again = await browser.submit("/sign-up/sent", {}, "/sign-up/resend");
    expect([again.status, again.location]).toEqual([303, "/sign-up/sent"]);
    const second = await web.mailbox.waitFor(email, ({ id }) => id !== first.id);
    expect((await browser.submit(linkIn(second), {})).status).toBe(303);
    expect((await openBrowser(web).submit(linkIn(first), {})).status).toBe(400);
  });
});

describe("signing in", () => {
  test("leads to the page that was wanted", async () => {
    const { email } = await signUp(web);
    const answer = await signIn(openBrowser(web), email, PASSWORD, "/account?x=1");
    expect([answer.status, answer.location]).toEqual([303, "/account?x=1"]);
  });

  test("answers a wrong password and an unknown address alike", async () => {
    const { email } = await signUp(web);
    const browser = openBrowser(web);
    const answers = [
      await signIn(browser, email, "wrong password here"),
      await signIn(browser, freshEmail(), "wrong password here"),
    ];
    const bodies = answers.map(({ text }) =>
      text.replace(/value="[^"]*"/g, "").replace(/\S+@example\.com/g, ""),
    );
    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
    expect(bodies[0]).toBe(bodies[1]);
    expect(answers[0]?.text).toContain("Address or password is wrong.");
  });

  test("before the address is confirmed says so, and mails the link again; with a wrong password it says nothing", async () => {
    const email = freshEmail();
    const browser = openBrowser(web);
    await browser.submit("/sign-up", { name: "Zoë", email, password: PASSWORD });
    const first = await web.mailbox.waitFor(email);
    expect((await signIn(browser, email, "wrong password here")).text).toContain(
      "Address or password is wrong.",
    );
    const answer = await signIn(browser, email);
    expect(answer.location).toBe("/sign-up/sent");
    expect((await browser.get("/sign-up/sent")).text).toContain("Confirm your address first");
    expect(await web.mailbox.waitFor(email, ({ id }) => id > first.id)).toBeDefined();
    expect((await browser.get("/")).location).toContain("/sign-in");
  });

  test.each([
    "//evil.example",
    "/\\evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "/\t/evil.example",
  ])("never leads to %s", async (next) => {
    const { email, browser: signedIn } = await signUp(web);
    const path = `/sign-in?next=${encodeURIComponent(next)}`;
    expect((await signedIn.get(path)).location).toBe("/");
    const browser = openBrowser(web);
    expect((await browser.get(path)).text).not.toContain("evil");
    expect((await signIn(browser, email, PASSWORD, next)).location).toBe("/");
  });

  test("makes a session that ends with signing out, also for a copy of the cookie", async () => {
    const { browser } = await signUp(web);
    const copy = openBrowser(web);
    for (const [name, value] of browser.cookies) {
      copy.cookies.set(name, value);
    }
    expect((await copy.get("/account")).status).toBe(200);
    expect((await browser.submit("/account", {}, "/sign-out")).location).toBe("/sign-in");
    expect((await copy.get("/account")).location).toContain("/sign-in?next=%2Faccount");
  });

  test("does not take over a session that the browser had before", async () => {
    const { email } = await signUp(web);
    const other = await signUp(web);
    const before = other.browser.cookies.get("alivemcp.session_token");
    await other.browser.submit("/account", {}, "/sign-out");
    await signIn(other.browser, email);
    expect(other.browser.cookies.get("alivemcp.session_token")).not.toBe(before);
  });
});

describe("a session cookie", () => {
  const cookieOf = async () => {
    const { browser } = await signUp(web);
    return browser.cookies.get("alivemcp.session_token") ?? "";
  };
  test.each([
    [
      "whose signature is another's",
      (cookie: string) => `${cookie.split(".")[0]}.${Buffer.alloc(32, 7).toString("base64")}`,
    ],
    ["without a signature", (cookie: string) => cookie.split(".")[0] ?? ""],
    [
      "with one letter changed",
      (cookie: string) => (cookie.startsWith("a") ? `b${cookie.slice(1)}` : `a${cookie.slice(1)}`),
    ],
    ["that is no text", () => "%00%ff"],
    ["of 7,000 characters", () => "a".repeat(7_000)],
  ])("%s opens nothing", async (_name, forge) => {
    const answer = await openBrowser(web).get("/account", {
      cookie: `alivemcp.session_token=${forge(await cookieOf())}`,
    });
    expect([answer.status, answer.location]).toEqual([302, "/sign-in?next=%2Faccount"]);
  });

  test("of a session that expired opens nothing", async () => {
    const { email, browser } = await signUp(web);
    await web.database
      .pool("super")
      .query(
        "UPDATE sessions SET expires_at = now() - interval '1 s' WHERE user_id = (SELECT id FROM users WHERE email = $1)",
        [email],
      );
    expect((await browser.get("/account")).location).toContain("/sign-in");
  });

  test("cannot be read by scripts, stays on this site, and with https belongs to this host alone", async () => {
    const secure = await openTestWeb({ APP_URL: "https://app.example" });
    const page = await secure.app.request("https://app.example/sign-in");
    const line = page.headers.getSetCookie()[0] ?? "";
    expect(line).toMatch(/^__Host-alivemcp\.form=/);
    for (const part of ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"]) {
      expect(line).toContain(part);
    }
    expect(line).not.toContain("Domain");
    expect(page.headers.get("strict-transport-security")).toContain("max-age");
    await secure.close();
  });
});

test("nothing secret is logged: no password, cookie, token, mail or address of a person", async () => {
  const { email, browser } = await signUp(web, { password: "a very secret passphrase" });
  const mail = await web.mailbox.waitFor(email);
  await browser.get("/sign-in/link?token=token-in-a-query-string-of-ours");
  await signIn(openBrowser(web), email, "another secret attempt");
  const log = web.logged.join("");
  const token = new URL(linkIn(mail), APP_URL).searchParams.get("token") ?? "?";
  const session = browser.cookies.get("alivemcp.session_token")?.split(".")[0] ?? "?";
  for (const secret of [
    "a very secret passphrase",
    "another secret attempt",
    token,
    session,
    email,
    "token-in-a-query",
  ]) {
    expect(log).not.toContain(secret);
  }
  expect(log).toContain('"route":"/sign-up/confirm"');
});

test("every form of the pages of strangers carries a token, no page has inline script or style", async () => {
  const browser = openBrowser(web);
  for (const path of [
    "/sign-in",
    "/sign-up",
    "/forgot-password",
    "/reset-password?token=x",
    "/sign-in/link?token=x",
    "/sign-up/confirm?token=x",
    "/sign-in/code",
    "/change-email?token=x",
  ]) {
    const { status, text, headers } = await browser.get(path);
    expect([path, status]).toEqual([path, 200]);
    expect([path, text.split('method="post"').length]).toEqual([path, text.split('name="_token"').length]);
    expect(text).not.toMatch(/<script(?! type="module" src=)|<style|style="|\son[a-z]+="/);
    expect(headers.get("content-security-policy")).toContain("script-src 'self'");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(Object.keys(hiddenFields(text, path.split("?")[0] ?? ""))).toContain("_token");
  }
});

describe("a stranger who signs up with somebody's address", () => {
  test("gets no password of their account, though its owner opens the mail: the password is asked for elsewhere", async () => {
    const email = freshEmail();
    const mallory = openBrowser(web);
    const owner = openBrowser(web);
    await owner.submit("/sign-up", { name: "Owner", email, password: PASSWORD });
    const mine = linkIn(await web.mailbox.waitFor(email));
    const before = web.mailbox.list()[0]?.id ?? 0;
    await mallory.submit("/sign-up", { name: "M", email, password: "a password of mallory" });
    const theirs = linkIn(await web.mailbox.waitFor(email, ({ id }) => id > before));
    for (const password of ["", PASSWORD]) {
      const refused = await owner.submit(theirs, { password });
      expect(refused.status).toBe(400);
      expect(refused.text).toContain("Type the password that you signed up with");
      expect((await owner.get("/account")).location).toContain("/sign-in");
    }
    expect((await owner.submit(mine, {})).status).toBe(303);
    expect((await signIn(openBrowser(web), email, "a password of mallory")).status).toBe(400);
  });

  test("while the person themself may open it on another device with the password they chose", async () => {
    const email = freshEmail();
    await openBrowser(web).submit("/sign-up", { name: "Z", email, password: PASSWORD });
    const phone = openBrowser(web);
    const link = linkIn(await web.mailbox.waitFor(email));
    expect((await phone.submit(link, { password: PASSWORD })).status).toBe(303);
    expect((await phone.get("/account")).text).toContain(email);
  });
});
