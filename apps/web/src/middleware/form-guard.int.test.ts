import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  APP_URL,
  freshEmail,
  hiddenFields,
  openBrowser,
  openTestWeb,
  signUp,
  type TestBrowser,
  type TestWeb,
} from "../../test/open-test-web.ts";

let web: TestWeb;
let browser: TestBrowser;
beforeAll(async () => {
  web = await openTestWeb();
  browser = (await signUp(web, { name: "Before" })).browser;
});
afterAll(() => web.close());

const tokenOf = async (from: TestBrowser, page = "/account") =>
  hiddenFields((await from.get(page)).text, "/account/name")._token ?? "";
const nameNow = async () => /name="name"[^>]*value="([^"]*)"/.exec((await browser.get("/account")).text)?.[1];
const rename = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  browser.post("/account/name", { name: "After", ...fields }, headers);

describe("a form is refused and changes nothing", () => {
  test.each([
    [
      "from another site",
      async () =>
        rename(
          { _token: await tokenOf(browser) },
          { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
        ),
    ],
    [
      "from another site whose browser says no more than the origin",
      async () =>
        rename({ _token: await tokenOf(browser) }, { "sec-fetch-site": "", origin: "https://evil.example" }),
    ],
    [
      "from a sibling host",
      async () =>
        rename(
          { _token: await tokenOf(browser) },
          { "sec-fetch-site": "same-site", origin: "http://other.127.0.0.1:4400" },
        ),
    ],
    ["from a sandboxed frame", async () => rename({ _token: await tokenOf(browser) }, { origin: "null" })],
    [
      "from our name with another port",
      async () => rename({ _token: await tokenOf(browser) }, { origin: "http://127.0.0.1:4401" }),
    ],
    ["without a token", () => rename({})],
    ["with an empty token", () => rename({ _token: "" })],
    ["with a made-up token", () => rename({ _token: "a".repeat(43) })],
    [
      "with the token of a stranger who is not signed in",
      async () => rename({ _token: await tokenOf(openBrowser(web), "/sign-in") }),
    ],
    [
      "with the token of somebody else",
      async () => rename({ _token: await tokenOf((await signUp(web)).browser) }),
    ],
    [
      "with a token in the query",
      async () => browser.post(`/account/name?_token=${await tokenOf(browser)}`, { name: "After" }),
    ],
  ])("%s", async (_name, send) => {
    const answer = await send();
    expect(answer.status).toBe(403);
    expect(answer.text).toMatch(/sent from another site|open for too long/);
    expect(await nameNow()).toBe("Before");
  });

  test("as JSON, as text, or with a body that is no form", async () => {
    const token = await tokenOf(browser);
    for (const [type, body] of [
      ["application/json", JSON.stringify({ _token: token, name: "After" })],
      ["text/plain", `_token=${token}&name=After`],
      ["multipart/form-data; boundary=x", "no parts"],
      ["", `_token=${token}&name=After`],
    ] as const) {
      const response = await web.app.request(`${APP_URL}/account/name`, {
        method: "POST",
        body: new Blob([body]),
        headers: {
          origin: APP_URL,
          cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
          "content-type": type,
        },
      });
      expect([type, response.status]).toEqual([type, 400]);
    }
    expect(await nameNow()).toBe("Before");
  });

  test("of ten megabytes, before it is read", async () => {
    const answer = await rename({ _token: await tokenOf(browser), filler: "x".repeat(10 * 1024 * 1024) });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("larger than 1 MiB");
  });

  test("with any other unsafe method", async () => {
    for (const method of ["PUT", "PATCH", "DELETE"]) {
      const response = await web.app.request(`${APP_URL}/account/name`, {
        method,
        headers: {
          origin: "https://evil.example",
          cookie: `alivemcp.session_token=${browser.cookies.get("alivemcp.session_token")}`,
        },
      });
      expect([method, response.status]).toEqual([method, 403]);
    }
  });
});

test("a form of ours is taken, also by browsers that send neither Origin nor Sec-Fetch-Site", async () => {
  const { browser: own } = await signUp(web);
  const token = await tokenOf(own);
  const response = await web.app.request(`${APP_URL}/account/name`, {
    method: "POST",
    body: new URLSearchParams({ _token: token, name: "Old browser" }),
    headers: { cookie: [...own.cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
  });
  expect(response.status).toBe(303);
  expect((await own.get("/account")).text).toContain("Old browser");
});

test("who was signed out meanwhile is told so, and nothing happened", async () => {
  const { browser: own, email } = await signUp(web);
  const token = await tokenOf(own);
  await web.database
    .pool("super")
    .query("DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE email = $1)", [email]);
  const answer = await own.post("/account/name", { _token: token, name: "After" });
  expect(answer.status).toBe(403);
  const anonymous = await tokenOf(own, "/sign-in");
  const told = await own.post("/account/name", { _token: anonymous, name: "After" });
  expect(told.status).toBe(401);
  expect(told.text).toContain("You were signed out");
  expect(told.text).toContain('href="/sign-in"');
});

describe("a sentence after a redirect", () => {
  test("cannot be planted by a cookie, and broken ones are dropped", async () => {
    for (const cookie of [
      "e30.forged",
      `${Buffer.from('{"tone":"good","text":"Call +1 555"}').toString("base64url")}.AAAA`,
      "no-dot",
      ".",
    ]) {
      const stranger = openBrowser(web);
      stranger.cookies.set("alivemcp.flash", cookie);
      const page = await stranger.get("/sign-in");
      expect(page.status).toBe(200);
      expect(page.text).not.toContain("555");
      expect(stranger.cookies.has("alivemcp.flash")).toBe(false);
    }
  });

  test("signed for another purpose is not shown", async () => {
    const text = Buffer.from('{"tone":"good","text":"Call +1 555"}').toString("base64url");
    const stranger = openBrowser(web);
    stranger.cookies.set("alivemcp.flash", `${text}.${web.deps.signer.sign("address", text)}`);
    expect((await stranger.get("/sign-in")).text).not.toContain("555");
  });
});

describe("an address that is not there", () => {
  test("is a page that leads on", async () => {
    const answer = await browser.get("/no/such/page");
    expect(answer.status).toBe(404);
    expect(answer.text).toContain("There is nothing at this address.");
    expect(answer.text).toContain('href="/"');
  });

  test("a workspace of others and one that does not exist are the same 404", async () => {
    const other = await signUp(web, { name: `Other ${freshEmail()}` });
    const theirs = (await other.browser.get("/")).location ?? "";
    const answers = await Promise.all([browser.get(theirs), browser.get("/w/never-made/")]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    const bare = answers.map(({ text }) => text.replace(/value="[^"]*"/g, ""));
    expect(bare[0]).toBe(bare[1]);
    expect((await openBrowser(web).get(theirs)).location).toBe(`/sign-in?next=${encodeURIComponent(theirs)}`);
  });
});
