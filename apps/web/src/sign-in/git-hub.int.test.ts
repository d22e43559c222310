import { afterAll, beforeAll, expect, test } from "vitest";
import { type GitHubPerson, openTestGitHub, type TestGitHub } from "../../test/open-github.ts";
import {
  APP_URL,
  freshEmail,
  openBrowser,
  openTestWeb,
  PASSWORD,
  signIn,
  signUp,
  type TestBrowser,
  type TestWeb,
} from "../../test/open-test-web.ts";
import { guarded } from "../../test/second-factor.ts";

const app = {
  clientId: "Iv1.client",
  clientSecret: "secret-of-the-app",
  callbackUrl: `${APP_URL}/api/auth/callback/github`,
};
let web: TestWeb;
let github: TestGitHub;
beforeAll(async () => {
  web = await openTestWeb({ GITHUB_CLIENT_ID: app.clientId, GITHUB_CLIENT_SECRET: app.clientSecret });
  github = await openTestGitHub(app);
});
afterAll(async () => {
  await github.close();
  await web.close();
});

let ids = 1_000;
const person = (email: string, over: Partial<GitHubPerson> = {}): GitHubPerson => ({
  id: ++ids,
  login: `octo${ids}`,
  name: "Octo Cat",
  emails: [{ email, primary: true, verified: true }],
  ...over,
});
const leave = async (browser: TestBrowser, next = "/") =>
  (await browser.submit(`/sign-in?next=${encodeURIComponent(next)}`, {}, "/sign-in/github")).location ?? "";
const comeBack = async (browser: TestBrowser, who: GitHubPerson, next = "/") =>
  browser.get(github.agree(await leave(browser, next), who));
const connect = async (browser: TestBrowser, password: string = PASSWORD) =>
  (await browser.submit("/account/security", { password }, "/account/github/connect")).location ?? "";
const accountsOf = async (email: string) =>
  (
    await web.database
      .pool("super")
      .query(
        "SELECT a.provider_id, a.access_token, a.refresh_token, u.name, u.image FROM accounts a JOIN users u ON u.id = a.user_id WHERE u.email = $1 ORDER BY 1",
        [email],
      )
  ).rows;

test("somebody new gets an account and a workspace; nothing is kept that could ask GitHub again", async () => {
  const email = freshEmail();
  const browser = openBrowser(web);
  const back = await comeBack(browser, person(email), "/account");
  expect([back.status, back.location]).toEqual([302, "/account"]);
  expect((await browser.get("/account")).text).toContain(email);
  expect((await browser.get("/")).location).toBe("/w/octo-cat/");
  expect(await accountsOf(email)).toEqual([
    { provider_id: "github", access_token: null, refresh_token: null, name: "Octo Cat", image: null },
  ]);
});

test("the same GitHub account signs in to the same account, whatever its address became", async () => {
  const email = freshEmail();
  const who = person(email);
  await comeBack(openBrowser(web), who);
  const browser = openBrowser(web);
  await comeBack(browser, { ...who, emails: [{ email: freshEmail(), primary: true, verified: true }] });
  expect((await browser.get("/account")).text).toContain(email);
});

test("an account with the same confirmed address is signed in to and connected", async () => {
  const { email } = await signUp(web);
  const browser = openBrowser(web);
  expect((await comeBack(browser, person(email))).location).toBe("/");
  expect((await accountsOf(email)).map(({ provider_id }) => provider_id)).toEqual(["credential", "github"]);
  expect((await signIn(openBrowser(web), email)).status).toBe(303);
});

test("the second factor of who has one is asked after GitHub too", async () => {
  const { email, code } = await guarded(web);
  const browser = openBrowser(web);
  const back = await comeBack(browser, person(email), "/account/sessions");
  expect(back.location).toBe("/sign-in/code?next=%2Faccount%2Fsessions");
  expect((await browser.get("/account")).location).toContain("/sign-in?");
  const whole = await browser.submit(back.location ?? "", { code: await code() });
  expect(whole.location).toBe("/account/sessions");
  expect((await browser.get("/account")).text).toContain(email);
});

test("an address that GitHub has not confirmed opens no account, new or old", async () => {
  const { email } = await signUp(web);
  for (const address of [email, freshEmail()]) {
    const browser = openBrowser(web);
    const back = await comeBack(
      browser,
      person(address, { emails: [{ email: address, primary: true, verified: false }] }),
    );
    expect(back.location).toBe("/sign-in");
    expect((await browser.get("/account")).location).toContain("/sign-in");
  }
  expect(await accountsOf(email)).toHaveLength(1);
});

test("an answer that this browser did not ask for is refused: state of another browser, made up, none, or used", async () => {
  const email = freshEmail();
  const victim = openBrowser(web);
  const mallory = openBrowser(web);
  const back = github.agree(await leave(mallory), person(email));
  expect((await victim.get(back)).location).toBe("/sign-in");
  expect((await victim.get("/api/auth/callback/github?code=x&state=made-up")).location).toBe("/sign-in");
  expect((await victim.get("/api/auth/callback/github?code=x")).location).toBe("/sign-in");
  expect((await victim.get("/account")).location).toContain("/sign-in");
  expect((await victim.get("/sign-in")).text).toContain("Signing in with GitHub did not work");
  const own = openBrowser(web);
  const once = github.agree(await leave(own), person(freshEmail()));
  expect((await own.get(once)).location).toBe("/");
  await own.submit("/account", {}, "/sign-out");
  expect((await own.get(once)).location).toBe("/sign-in");
});

test("who says no at GitHub is back at the sign-in with a word about it", async () => {
  const browser = openBrowser(web);
  const state = new URL(await leave(browser)).searchParams.get("state") ?? "";
  const back = await browser.get(`/api/auth/callback/github?error=access_denied&state=${state}`);
  expect(back.location).toBe("/sign-in");
  expect((await browser.get("/sign-in")).text).toContain("GitHub was told not to sign you in");
});

test("a person who is signed in connects GitHub, of any address, and disconnects it with their password", async () => {
  const { email, browser } = await signUp(web);
  const who = person(freshEmail());
  expect((await browser.get(github.agree(await connect(browser), who))).location).toBe("/account/security");
  expect((await browser.get("/account/security")).text).toContain("Connected");
  const other = openBrowser(web);
  await comeBack(other, who);
  expect((await other.get("/account")).text).toContain(email);
  const wrong = await browser.submit(
    "/account/security",
    { password: "not my password" },
    "/account/github/disconnect",
  );
  expect(wrong.status).toBe(400);
  const off = await browser.submit(
    "/account/security",
    { password: "correct horse battery" },
    "/account/github/disconnect",
  );
  expect(off.status).toBe(303);
  expect((await accountsOf(email)).map(({ provider_id }) => provider_id)).toEqual(["credential"]);
});

test("a borrowed session cannot add a way in that outlives the password; who adds one is told by mail", async () => {
  const { email, browser } = await signUp(web);
  for (const password of ["", "not my password"]) {
    expect(await connect(browser, password)).toBe("");
  }
  expect(await accountsOf(email)).toHaveLength(1);
  await browser.get(github.agree(await connect(browser), person(freshEmail())));
  const mail = await web.mailbox.waitFor(email, ({ subject }) => subject === "A change to your account");
  expect(mail.text).toContain("GitHub account was connected");
  const { rows } = await web.database
    .pool("super")
    .query("SELECT a.action FROM audit_log a JOIN users u ON u.id::text = a.actor_id WHERE u.email = $1", [
      email,
    ]);
  expect(rows).toContainEqual({ action: "account.connect_github" });
});

test("a sign-in begun before another one ends as a sign-in, with the second factor and in the log", async () => {
  const { email } = await guarded(web);
  const { browser } = await signUp(web);
  const early = openBrowser(web);
  const away = await leave(early, "/account");
  for (const [name, value] of browser.cookies) {
    early.cookies.set(name, value);
  }
  const back = await early.get(github.agree(away, person(email)));
  expect(back.location).toBe("/sign-in/code?next=%2Faccount");
});

test("a GitHub account of one person cannot be connected by another", async () => {
  const who = person(freshEmail());
  await comeBack(openBrowser(web), who);
  const { email, browser } = await signUp(web);
  expect((await browser.get(github.agree(await connect(browser), who))).location).toBe("/account/security");
  expect((await browser.get("/account/security")).text).toContain("connected to another account");
  expect(await accountsOf(email)).toHaveLength(1);
});

test("a name from GitHub is one line, and a missing one is the login", async () => {
  const email = freshEmail();
  await comeBack(openBrowser(web), person(email, { name: "Octo\r\nBcc: x\u202e" }));
  expect((await accountsOf(email))[0]?.name).toBe("Octo Bcc: x");
  const other = freshEmail();
  await comeBack(openBrowser(web), person(other, { name: null, login: "octocat" }));
  expect((await accountsOf(other))[0]?.name).toBe("octocat");
});

test("without its keys GitHub is neither offered nor answered", async () => {
  const plain = await openTestWeb();
  const browser = openBrowser(plain);
  expect((await browser.get("/sign-in")).text).not.toContain("GitHub");
  expect((await browser.submit("/sign-in", { next: "/" }, "/sign-in/github")).status).toBe(404);
  expect((await browser.get("/api/auth/callback/github?code=x&state=y")).location).toBe("/sign-in");
  await plain.close();
});

test("no other route of the identity library can be reached", async () => {
  const browser = openBrowser(web);
  for (const path of [
    "sign-up/email",
    "sign-in/email",
    "sign-in/magic-link",
    "get-session",
    "list-sessions",
    "update-user",
    "delete-user",
    "two-factor/enable",
    "ok",
    "error",
  ]) {
    expect([path, (await browser.get(`/api/auth/${path}`)).status]).toEqual([path, 404]);
    const posted = await browser.submit("/sign-in", { email: "a@example.com" }, `/api/auth/${path}`);
    expect([path, posted.status]).toEqual([path, 404]);
  }
});
