/** The pages of an endpoint's credential as a browser without JavaScript uses them; the api's internal port is played. */
import { randomBytes } from "node:crypto";
import { AppError } from "@alivemcp/core/app-error";
import type { CredentialInput } from "@alivemcp/core/credential-input";
import type { ConnectFinish } from "@alivemcp/core/internal-port";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addTestMember, addTestUser } from "../../../../db/test/tenant.ts";
import {
  addWorkspace,
  askAs,
  openTestDashboard,
  postAs,
  type SeededEndpoint,
  seedEndpoint,
  type TestDashboard,
  type TestWorkspace,
} from "../../test/open-test-dashboard.ts";
import type { VaultClient } from "./vault-client.ts";

const SECRET = "s3cret-that-is-long-enough-9f2a";
let dashboard: TestDashboard;
let mine: TestWorkspace;
let other: TestWorkspace;
let endpoint: SeededEndpoint;
let home = "";
const asked: { who: string; endpoint: string; body: unknown }[] = [];
const finished: ConnectFinish[] = [];
let refusal: AppError | null = null;

const port: VaultClient = {
  async store(caller, id, credential: CredentialInput) {
    asked.push({ who: `${caller.userId} ${caller.sessionId}`, endpoint: id, body: credential });
    if (refusal !== null) {
      throw refusal;
    }
    return { isProbeRequested: true };
  },
  async startConnect(caller, id, connect) {
    asked.push({ who: `${caller.userId} ${caller.sessionId}`, endpoint: id, body: connect });
    if (refusal !== null) {
      throw refusal;
    }
    return { authorizationUrl: "https://login.example/authorize?state=x" };
  },
  async finishConnect(finish) {
    finished.push(finish);
    if (refusal !== null) {
      throw refusal;
    }
    return { tenantId: mine.id, endpointId: endpoint.id, endpointSlug: endpoint.slug };
  },
};

beforeAll(async () => {
  dashboard = await openTestDashboard();
  Object.assign(dashboard.deps, { vault: port });
  [mine, other] = [await addWorkspace(dashboard), await addWorkspace(dashboard)];
  endpoint = await seedEndpoint(dashboard, mine.id);
  home = `${mine.base}/endpoints/${endpoint.slug}`;
});
afterAll(() => dashboard?.close());
beforeEach(() => {
  asked.length = 0;
  finished.length = 0;
  refusal = null;
});

const page = async (path: string, userId = mine.ownerId) => {
  const response = await askAs(dashboard, userId, path);
  return { status: response.status, text: await response.text() };
};
const post = async (path: string, fields: Record<string, string>, userId = mine.ownerId) => {
  const response = await postAs(dashboard, userId, path, fields);
  return { status: response.status, to: response.headers.get("location"), text: await response.text() };
};

/** As the api writes it. */
async function storeRow(columns: { expiresAt?: Date; rejected?: string } = {}): Promise<void> {
  const pool = dashboard.database.pool("super");
  await pool.query("DELETE FROM endpoint_credential WHERE endpoint_id = $1", [endpoint.id]);
  await pool.query(
    `INSERT INTO tenant_data_key (tenant_id, version, provider, provider_key_id, wrapped_key)
     VALUES ($1, 1, 'local', 'k', '') ON CONFLICT DO NOTHING`,
    [mine.id],
  );
  await pool.query(
    `INSERT INTO endpoint_credential (endpoint_id, tenant_id, version, kind, data_key_version, sealed, hints, expires_at, expiry_source, created_by)
     VALUES ($1, $2, 1, 'bearer', 1, $3, '{"headerNames": ["Authorization"], "lastFour": "9f2a"}', $4, $5, $6)`,
    [
      endpoint.id,
      mine.id,
      randomBytes(40),
      columns.expiresAt ?? null,
      columns.expiresAt ? "declared" : null,
      mine.ownerId,
    ],
  );
  if (columns.rejected) {
    await pool.query(
      `INSERT INTO endpoint_oauth_token (endpoint_id, tenant_id, credential_version, data_key_version, rejected_at, rejected_detail)
       VALUES ($1, $2, 1, 1, now(), $3)`,
      [endpoint.id, mine.id, columns.rejected],
    );
  }
}

describe("the page of a credential", () => {
  test("without one says what that means and offers four ways", async () => {
    const { status, text } = await page(`${home}/credential`);
    expect(status).toBe(200);
    for (const words of [
      "None is stored",
      "becomes <b>private</b>",
      "Bearer token",
      "Custom headers",
      "Connect:",
      "OAuth client credentials",
    ]) {
      expect(text).toContain(words);
    }
  });

  test("with one shows what it is, who stored it and when it ends, and warns in time", async () => {
    await storeRow({ expiresAt: new Date(dashboard.clock.atMs + 5 * 3_600_000) });
    const { text } = await page(`${home}/credential`);
    for (const words of [
      "…9f2a",
      "Authorization",
      "by Person",
      "It expires in 5 h",
      "as entered",
      "Delete it for good",
    ]) {
      expect(text).toContain(words);
    }
  });

  test("says loudly when the authorization server refused it", async () => {
    await storeRow({ rejected: "the authorization server answered invalid_grant" });
    expect((await page(`${home}/credential`)).text).toContain("answered invalid_grant");
  });

  test.each([
    ["admin", 200, true],
    ["member", 200, false],
    ["viewer", 403, false],
  ] as const)("of an endpoint for the role %s: %i", async (role, status, mayWrite) => {
    const userId = await addTestUser(dashboard.database);
    await addTestMember(dashboard.database, { tenantId: mine.id, userId, role });
    const shown = await page(`${home}/credential`, userId);
    expect(shown.status).toBe(status);
    expect(shown.text.includes('class="way"')).toBe(mayWrite);
    const tried = await post(`${home}/credential`, { kind: "bearer", token: SECRET }, userId);
    expect(tried.status).toBe(mayWrite ? 303 : 403);
    expect(asked).toHaveLength(mayWrite ? 1 : 0);
  });

  test("of another workspace's endpoint is not found, by either way in", async () => {
    const foreign = `${other.base}/endpoints/${endpoint.slug}`;
    for (const path of [`${foreign}/credential`, `${home}/credential`]) {
      expect((await page(path, other.ownerId)).status).toBe(404);
    }
    for (const path of [
      `${foreign}/credential`,
      `${foreign}/credential/delete`,
      `${foreign}/connect`,
      `${home}/connect`,
    ]) {
      expect((await post(path, { kind: "bearer", token: SECRET }, other.ownerId)).status).toBe(404);
    }
    expect(asked).toEqual([]);
  });
});

describe("storing", () => {
  test.each<[string, Record<string, string>, unknown]>([
    [
      "a token",
      { kind: "bearer", token: ` ${SECRET} ` },
      { kind: "bearer", token: SECRET, expiresAtMs: null },
    ],
    [
      "a token with its last day",
      { kind: "bearer", token: SECRET, expires: "2027-01-31" },
      { kind: "bearer", token: SECRET, expiresAtMs: Date.UTC(2027, 0, 31, 23, 59, 59) },
    ],
    [
      "headers, leaving out empty lines",
      {
        kind: "headers",
        header_name_0: "",
        header_value_0: "",
        header_name_1: "X-Key",
        header_value_1: SECRET,
      },
      { kind: "headers", headers: [{ name: "X-Key", value: SECRET }], expiresAtMs: null },
    ],
    [
      "client credentials",
      { kind: "client_credentials", client_id: "id", client_secret: SECRET, scope: "", token_url: "" },
      {
        kind: "client_credentials",
        clientId: "id",
        clientSecret: SECRET,
        scope: null,
        tokenUrl: null,
        expiresAtMs: null,
      },
    ],
  ])("hands %s to the api, in the person's name, and comes back", async (_name, fields, body) => {
    const { status, to } = await post(`${home}/credential`, fields);
    expect({ status, to }).toEqual({ status: 303, to: `${home}/credential` });
    expect(asked).toEqual([
      { who: `${mine.ownerId} session of ${mine.ownerId}`, endpoint: endpoint.id, body },
    ]);
  });

  test.each<[string, Record<string, string>, string]>([
    ["an empty token", { kind: "bearer", token: "" }, "bearer-token-problem"],
    ["no day", { kind: "bearer", token: SECRET, expires: "soon" }, "bearer-expires-problem"],
    [
      "a broken second header, counted as the page counts",
      { kind: "headers", header_name_1: "Host", header_value_1: SECRET },
      "headers-header_name_1-problem",
    ],
    ["no header", { kind: "headers" }, "At least one".toLowerCase()],
    [
      "no client id",
      { kind: "client_credentials", client_secret: SECRET },
      "client_credentials-client_id-problem",
    ],
  ])(
    "with %s says so beside the field, asks nobody, and shows no secret again",
    async (_name, fields, mark) => {
      const { status, text } = await post(`${home}/credential`, fields);
      expect(status).toBe(400);
      expect(text).toContain(mark);
      expect(text).toContain('<details class="way" open>');
      expect(text).not.toContain(SECRET);
      expect(asked).toEqual([]);
    },
  );

  test("that the api refuses is told beside the field, with everything but the secrets kept", async () => {
    refusal = new AppError({
      code: "invalid",
      internal: "x",
      public: "This date has passed.",
      field: "expires_at",
    });
    const fields = { kind: "headers", header_name_0: "X-Key", header_value_0: SECRET, expires: "2020-01-01" };
    const { status, text } = await post(`${home}/credential`, fields);
    expect(status).toBe(400);
    expect(text).toContain("This date has passed.");
    expect(text).toContain('value="X-Key"');
    expect(text).toContain('value="2020-01-01"');
    expect(text).not.toContain(SECRET);
  });

  test.each([
    ["limit_reached", 402, "The plan author allows 2 private endpoints."],
    ["upstream", 502, "Credentials cannot be changed just now."],
  ] as const)("refused with %s is told on the form", async (code, status, sentence) => {
    refusal = new AppError({ code, internal: "x", public: sentence });
    const answer = await post(`${home}/credential`, { kind: "bearer", token: SECRET });
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(sentence);
  });

  test("of a kind we do not have is refused", async () => {
    expect((await post(`${home}/credential`, { kind: "password" })).status).toBe(400);
  });

  test("from another site, or without the form's token, changes nothing", async () => {
    const response = await askAs(dashboard, mine.ownerId, `${home}/credential`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", origin: "https://evil.example" },
      body: `kind=bearer&token=${SECRET}`,
    });
    expect(response.status).toBe(403);
    expect(asked).toEqual([]);
  });
});

test("deleting removes it and says so", async () => {
  await storeRow();
  expect(await post(`${home}/credential/delete`, {})).toMatchObject({
    status: 303,
    to: `${home}/credential`,
  });
  expect((await page(`${home}/credential`)).text).toContain("None is stored");
});

describe("Connect", () => {
  test("shows where the person is about to log in before they leave", async () => {
    const { status, text } = await post(`${home}/connect`, {
      kind: "connect",
      client_id: "",
      client_secret: "",
      scope: "",
    });
    expect(status).toBe(200);
    expect(text).toContain("<b>login.example</b>");
    expect(text).toContain('href="https://login.example/authorize?state=x"');
    expect(asked[0]?.body).toEqual({ clientId: null, clientSecret: null, scope: null });
  });

  test("that cannot begin says what is missing", async () => {
    refusal = new AppError({
      code: "invalid",
      internal: "x",
      public: "Enter the client id.",
      field: "client_id",
    });
    const { status, text } = await post(`${home}/connect`, { kind: "connect" });
    expect(status).toBe(400);
    expect(text).toContain("connect-client_id-problem");
  });

  test("ends at the endpoint, with only what the redirect may carry passed on", async () => {
    const response = await askAs(
      dashboard,
      mine.ownerId,
      "/oauth/callback?code=c&state=s&iss=https%3A%2F%2Flogin.example&session_state=x",
    );
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe(`${home}/credential`);
    expect(finished).toMatchObject([
      {
        userId: mine.ownerId,
        sessionId: `session of ${mine.ownerId}`,
        parameters: { code: "c", state: "s", iss: "https://login.example" },
      },
    ]);
  });

  test("that the api refuses is told on a page, without the code", async () => {
    refusal = new AppError({ code: "invalid", internal: "x", public: "This log-in has ended." });
    const response = await askAs(dashboard, mine.ownerId, "/oauth/callback?code=the-code&state=s");
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).toContain("This log-in has ended.");
    expect(text).not.toContain("the-code");
  });

  test("comes back to nobody when the person was signed out meanwhile", async () => {
    const response = await dashboard.app.request("http://web.example/oauth/callback?code=c&state=s");
    expect(response.status).toBe(401);
    expect(finished).toEqual([]);
  });
});
