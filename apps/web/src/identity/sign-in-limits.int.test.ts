import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
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
beforeEach(() => web.redis.flushdb());
afterAll(() => web.close());

describe("guessing passwords", () => {
  test("of one account stops after ten tries from wherever they come, also for the right password and its owner", async () => {
    const { email } = await signUp(web);
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect((await signIn(openBrowser(web), email, "wrong password here")).status).toBe(400);
    }
    const refused = await signIn(openBrowser(web), email);
    expect(refused.status).toBe(429);
    expect(refused.text).toMatch(/Please wait \d+ (seconds|minutes)/);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    const other = await signUp(web);
    expect((await signIn(openBrowser(web), other.email)).status).toBe(303);
  });

  test("of an address without an account stops just the same", async () => {
    const email = freshEmail();
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 11; attempt += 1) {
      statuses.push((await signIn(openBrowser(web), email, "wrong password here")).status);
    }
    expect(statuses).toEqual([...Array<number>(10).fill(400), 429]);
  });

  test("from one network address stops after forty tries, whoever is tried", async () => {
    const statuses: number[] = [];
    const browser = openBrowser(web, { address: "203.0.113.77" });
    for (let attempt = 0; attempt < 41; attempt += 1) {
      const email = freshEmail();
      statuses.push((await signIn(browser, email, "wrong password here")).status);
    }
    expect(statuses.filter((status) => status === 400)).toHaveLength(40);
    expect(statuses.at(-1)).toBe(429);
    expect((await signIn(openBrowser(web), freshEmail(), "wrong password here")).status).toBe(400);
  });
});

test("mails to one address stop after six an hour, whichever form asks for them", async () => {
  const { email } = await signUp(web);
  const asks = [
    () => openBrowser(web).submit("/forgot-password", { email }),
    () => openBrowser(web).submit("/sign-in", { email, password: "" }, "/sign-in/link"),
    () => openBrowser(web).submit("/sign-up", { name: "Z", email, password: PASSWORD }),
  ];
  const statuses: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    statuses.push((await asks[round % 3]?.())?.status ?? 0);
  }
  // The sign-up itself was the first.
  expect(statuses).toEqual([303, 303, 303, 303, 303, 429, 429]);
});

test("sign-ups from one network address stop after twenty an hour", async () => {
  const browser = openBrowser(web, { address: "203.0.113.78" });
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 21; attempt += 1) {
    statuses.push(
      (await browser.submit("/sign-up", { name: "Z", email: freshEmail(), password: PASSWORD })).status,
    );
  }
  expect(statuses).toEqual([...Array<number>(20).fill(303), 429]);
});

test("a header of the client cannot make it another network address", async () => {
  const browser = openBrowser(web, { address: "203.0.113.79" });
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 21; attempt += 1) {
    const { text } = await browser.get("/sign-up");
    const token = /name="_token" value="([^"]+)"/.exec(text)?.[1] ?? "";
    const answer = await browser.post(
      "/sign-up",
      { _token: token, name: "Z", email: freshEmail(), password: PASSWORD },
      { "x-forwarded-for": `10.0.0.${attempt}, 203.0.113.79`, "x-real-ip": `10.0.1.${attempt}` },
    );
    statuses.push(answer.status);
  }
  expect(statuses.at(-1)).toBe(429);
});

test("Redis knows nobody's address: keys are hashes", async () => {
  const { email } = await signUp(web);
  await signIn(openBrowser(web), email);
  const keys = await web.redis.keys("*");
  expect(keys.length).toBeGreaterThan(2);
  expect(keys.every((key) => /^limit:web:[a-z:-]+:[0-9a-f]{64}$/.test(key))).toBe(true);
});
