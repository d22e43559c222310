import { afterAll, beforeAll, expect, test } from "vitest";
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

test("a sign-up becomes an account with the link in its mail, and a workspace named after the person", async () => {
  const email = freshEmail();
  const browser = openBrowser(web);
  const sent = await browser.submit("/sign-up", { name: "Zoë 世界", email, password: PASSWORD });
  expect([sent.status, sent.location]).toEqual([303, "/sign-up/sent"]);
  expect((await browser.get("/sign-up/sent")).text).toContain(email);
  const { rows } = await web.database.pool("super").query("SELECT FROM users WHERE email = $1", [email]);
  expect(rows).toEqual([]);

  const mail = await web.mailbox.waitFor(email);
  const asked = await browser.get(linkIn(mail));
  expect(asked.text).toContain("Confirm address");
  const confirmed = await browser.submit(linkIn(mail), {});
  expect([confirmed.status, confirmed.location]).toEqual([303, "/"]);
  const home = await browser.get("/");
  expect(home.location).toMatch(/^\/w\//);
  const workspace = await browser.get(home.location ?? "");
  expect(workspace.status).toBe(200);
  expect(workspace.text).toContain("Zoë 世界");
});

test("a right password signs in and leads to the page that was wanted", async () => {
  const { email } = await signUp(web);
  const browser = openBrowser(web);
  const answer = await signIn(browser, email, PASSWORD, "/account?x=1");
  expect([answer.status, answer.location]).toEqual([303, "/account?x=1"]);
  expect((await browser.get("/")).location).toMatch(/^\/w\//);
});
