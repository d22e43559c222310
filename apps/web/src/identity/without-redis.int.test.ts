import { afterAll, beforeAll, expect, test } from "vitest";
import {
  freshEmail,
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

test("with Redis away nobody can guess, and who is signed in goes on", async () => {
  const { email, browser } = await signUp(web);
  web.redis.disconnect();
  const before = web.mailbox.list().length;
  for (const answer of [
    await signIn(openBrowser(web), email),
    await openBrowser(web).submit("/forgot-password", { email }),
    await openBrowser(web).submit("/sign-up", { name: "Z", email: freshEmail(), password: PASSWORD }),
    await openBrowser(web).submit("/sign-in/link?token=x", { token: "x" }, "/sign-in/link/open"),
  ]) {
    expect(answer.status).toBe(502);
    expect(answer.text).toContain("not possible for the moment");
    expect(answer.headers.get("retry-after")).toBe("60");
  }
  expect(web.mailbox.list()).toHaveLength(before);
  expect((await browser.get("/account")).status).toBe(200);
});
