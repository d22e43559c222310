import { afterAll, beforeAll, expect, test } from "vitest";
import {
  linkIn,
  openBrowser,
  openTestWeb,
  PASSWORD,
  signIn,
  signUp,
  type TestWeb,
} from "../../test/open-test-web.ts";
import { codesOn, guarded, readKey } from "../../test/second-factor.ts";

let web: TestWeb;
beforeAll(async () => {
  web = await openTestWeb();
});
afterAll(() => web.close());

test("is set up with the password, a picture, and the first code; ten recovery codes are shown once", async () => {
  const { browser, email } = await signUp(web);
  const wrong = await browser.submit(
    "/account/security",
    { password: "not my password" },
    "/account/codes/start",
  );
  expect(wrong.status).toBe(400);
  expect(wrong.text).toContain("That is not your password.");
  await browser.submit("/account/security", { password: PASSWORD }, "/account/codes/start");
  const page = await browser.get("/account/codes");
  expect(page.text).toContain("<svg");
  expect((await signIn(openBrowser(web), email)).location).toBe("/");
  const refused = await browser.submit("/account/codes", { code: "000000" }, "/account/codes/confirm");
  expect(refused.status).toBe(400);
  const code = await readKey(browser);
  const other = openBrowser(web);
  await signIn(other, email);
  const confirmed = await browser.submit("/account/codes", { code: await code() }, "/account/codes/confirm");
  expect(codesOn(confirmed.text)).toHaveLength(10);
  expect((await browser.get("/account/codes")).location).toBe("/account/security");
  expect((await browser.get("/account/security")).text).toContain("Every sign-in asks for a code");
  expect((await other.get("/account")).location).toContain("/sign-in");
  expect((await web.mailbox.waitFor(email, ({ text }) => text.includes("authenticator"))).subject).toBe(
    "A change to your account",
  );
});

test("is asked after a password and after a mailed link, and then leads to the page that was wanted", async () => {
  const { email, code } = await guarded(web);
  const browser = openBrowser(web);
  const half = await signIn(browser, email, PASSWORD, "/account/sessions");
  expect(half.location).toBe("/sign-in/code?next=%2Faccount%2Fsessions");
  expect((await browser.get("/account")).location).toContain("/sign-in?");
  const whole = await browser.submit(half.location ?? "", { code: await code() });
  expect([whole.status, whole.location]).toEqual([303, "/account/sessions"]);
  expect((await browser.get("/account")).status).toBe(200);

  const byLink = openBrowser(web);
  await byLink.submit("/sign-in", { email, password: "" }, "/sign-in/link");
  const link = linkIn(await web.mailbox.waitFor(email, ({ subject }) => subject === "Your link to sign in"));
  const opened = await byLink.submit(link, {}, "/sign-in/link/open");
  expect(opened.location).toBe("/sign-in/code?next=%2F");
  expect((await byLink.get("/account")).location).toContain("/sign-in?");
  expect((await byLink.submit("/sign-in/code", { code: await code(1) })).location).toBe("/");
});

test("a code works once", async () => {
  const { email, code } = await guarded(web);
  const first = openBrowser(web);
  const second = openBrowser(web);
  await signIn(first, email);
  await signIn(second, email);
  const shown = await code();
  expect(
    (await first.submit("/sign-in/code", { code: ` ${shown.slice(0, 3)} ${shown.slice(3)} ` })).location,
  ).toBe("/");
  const replayed = await second.submit("/sign-in/code", { code: shown });
  expect(replayed.location).toContain("/sign-in?");
  expect((await second.get("/account")).location).toContain("/sign-in");
  const { rows } = await web.database
    .pool("super")
    .query(
      "SELECT count(*)::int AS live FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1",
      [email],
    );
  expect(rows).toEqual([{ live: 2 }]);
});

test("a recovery code works once, and making new ones voids the old", async () => {
  const { email, browser, recoveryCodes } = await guarded(web);
  const [first = "", second = ""] = recoveryCodes;
  const one = openBrowser(web);
  await signIn(one, email);
  expect((await one.submit("/sign-in/code", { code: first })).location).toBe("/");
  const two = openBrowser(web);
  await signIn(two, email);
  expect((await two.submit("/sign-in/code", { code: first })).status).toBe(400);
  const renewed = await browser.submit("/account/security", { password: PASSWORD }, "/account/codes/renew");
  const codes = codesOn(renewed.text);
  expect(codes).toHaveLength(10);
  expect((await two.submit("/sign-in/code", { code: second })).status).toBe(400);
  expect((await two.submit("/sign-in/code", { code: codes[0] ?? "" })).location).toBe("/");
  expect((await browser.get("/account/security")).text).not.toContain(codes[1]);
});

test("wrong codes end the sign-in after five, and then the account for a while", async () => {
  const { email, code } = await guarded(web);
  const browser = openBrowser(web);
  await signIn(browser, email);
  const statuses: (number | string | null)[] = [];
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const answer = await browser.submit("/sign-in/code", { code: "000000" });
    statuses.push(answer.status === 303 ? answer.location : answer.status);
  }
  expect(statuses.slice(0, 5)).toEqual(Array(5).fill(400));
  expect(statuses[5]).toContain("/sign-in?");
  await signIn(browser, email);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await browser.submit("/sign-in/code", { code: "000000" });
  }
  await signIn(browser, email);
  expect((await browser.submit("/sign-in/code", { code: await code() })).location).toContain("/sign-in?");
});

test("a code is good only in the browser that gave the password", async () => {
  const mine = await guarded(web);
  const theirs = await guarded(web);
  const browser = openBrowser(web);
  await signIn(browser, mine.email);
  expect((await browser.submit("/sign-in/code", { code: await theirs.code() })).status).toBe(400);
  const stranger = openBrowser(web);
  expect((await stranger.submit("/sign-in/code", { code: await mine.code() })).location).toContain(
    "/sign-in?",
  );
  stranger.cookies.set("alivemcp.two_factor", "2fa-forged.signature");
  expect((await stranger.submit("/sign-in/code", { code: await mine.code() })).location).toContain(
    "/sign-in?",
  );
});

test("is turned off with the password, which signs out every other device and is told by mail", async () => {
  const { email, browser, code } = await guarded(web);
  const other = openBrowser(web);
  await signIn(other, email);
  await other.submit("/sign-in/code", { code: await code() });
  expect(
    (await browser.submit("/account/security", { password: "not my password" }, "/account/codes/off")).status,
  ).toBe(400);
  const off = await browser.submit("/account/security", { password: PASSWORD }, "/account/codes/off");
  expect(off.location).toBe("/account/security");
  expect((await browser.get("/account/security")).text).toContain("Set up codes");
  expect((await other.get("/account")).location).toContain("/sign-in");
  expect((await signIn(openBrowser(web), email)).location).toBe("/");
  await web.mailbox.waitFor(email, ({ text }) => text.includes("no longer asks for a code"));
});

test("recovery codes are not shown again for a code of the app alone", async () => {
  const { browser, code, recoveryCodes } = await guarded(web);
  const again = await browser.submit("/account/sessions", { code: await code(1) }, "/account/codes/confirm");
  expect(again.location).toBe("/account/security");
  expect(again.text).not.toContain(recoveryCodes[0]);
});

test("secret and recovery codes are stored encrypted", async () => {
  const { recoveryCodes } = await guarded(web);
  const { rows } = await web.database.pool("super").query("SELECT * FROM two_factors");
  const stored = JSON.stringify(rows);
  for (const code of recoveryCodes) {
    expect(stored).not.toContain(code);
  }
});
