import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { TestTenant } from "../../../../db/test/tenant.ts";
import { type ApiWorld, openApiWorld } from "../../test/open-api-world.ts";
import {
  CLIENT_ID,
  CLIENT_SECRET,
  openAuthorizationServer,
  type TestAuthorizationServer,
} from "../../test/open-authorization-server.ts";

let world: ApiWorld;
let server: TestAuthorizationServer;
let tenant: TestTenant;
const HOUR_MS = 3_600_000;

beforeAll(async () => {
  [world, server] = await Promise.all([openApiWorld(), openAuthorizationServer()]);
});
afterAll(async () => {
  await Promise.all([world?.close(), server?.close()]);
});
const untouched = () => ({
  tokenStatus: null,
  tokenError: null,
  expiresInS: 3_600,
  hasRefreshToken: true,
  isRegistrationOpen: true,
  issuer: null,
  authorizationIssuer: null,
  resource: null,
  challengeMethods: ["S256"],
  tokenDelayMs: 0,
});
afterEach(() => {
  Object.assign(server.knobs, untouched());
});

/** A fresh workspace with one endpoint behind the authorization server. */
async function addWalled(): Promise<string> {
  tenant = await world.addTenant();
  return world.addEndpoint(tenant, { url: server.endpointUrl });
}
const clientCredentials = { kind: "client_credentials", clientId: CLIENT_ID, clientSecret: CLIENT_SECRET };
const authorization = async (endpoint: string, options = {}) =>
  (await world.open(tenant, endpoint, options)).headers?.Authorization;

describe("client credentials", () => {
  test("get a token for the endpoint's own resource from the authorization server that it names", async () => {
    const endpoint = await addWalled();
    const stored = await world.put(tenant, endpoint, clientCredentials);
    expect(stored).toMatchObject({
      status: 200,
      body: {
        credential: { kind: "client_credentials", hints: { clientId: CLIENT_ID, issuer: server.origin } },
      },
    });
    expect(await authorization(endpoint)).toBe(`Bearer ${server.accessTokens.at(-1)}`);
    expect(server.tokenRequests.at(-1)).toEqual({
      grant_type: "client_credentials",
      resource: server.endpointUrl,
      scope: "mcp:tools",
      authenticated_as: CLIENT_ID,
    });
  });

  test("ask once for five regions at once, and again only when the token is about to end", async () => {
    const endpoint = await addWalled();
    await world.put(tenant, endpoint, clientCredentials);
    const before = server.tokenRequests.length;
    server.knobs.tokenDelayMs = 200;
    const given = await Promise.all(Array.from({ length: 5 }, () => authorization(endpoint)));
    expect(new Set(given).size).toBe(1);
    world.moveMs(HOUR_MS - 6 * 60_000);
    expect(await authorization(endpoint)).toBe(given[0]);
    expect(server.tokenRequests.length).toBe(before + 1);
    world.moveMs(2 * 60_000);
    expect(await authorization(endpoint)).not.toBe(given[0]);
    expect(server.tokenRequests.length).toBe(before + 2);
  });

  test("keep the token that still holds while the authorization server is down, then probes know nothing", async () => {
    const endpoint = await addWalled();
    await world.put(tenant, endpoint, clientCredentials);
    const given = await authorization(endpoint);
    server.knobs.tokenStatus = 500;
    world.moveMs(HOUR_MS - 2 * 60_000);
    expect(await authorization(endpoint)).toBe(given);
    world.moveMs(2 * 60_000);
    expect(await world.open(tenant, endpoint)).toMatchObject({ status: 502, headers: null });
  });

  test("are told as rejected when the authorization server refuses them, and it is left in peace for five minutes", async () => {
    const endpoint = await addWalled();
    await world.put(tenant, endpoint, { ...clientCredentials, clientSecret: "not-the-secret" });
    expect(await world.open(tenant, endpoint)).toMatchObject({
      status: 200,
      rejected: expect.stringContaining("authorization server"),
    });
    const asked = server.tokenRequests.length;
    world.moveMs(4 * 60_000);
    expect((await world.open(tenant, endpoint)).rejected).not.toBeNull();
    expect(server.tokenRequests.length).toBe(asked);
    expect((await world.describe(tenant, endpoint)).body).toMatchObject({
      credential: { rejection: { detail: expect.stringContaining("authorization server") } },
    });
    world.moveMs(2 * 60_000);
    await world.open(tenant, endpoint);
    expect(server.tokenRequests.length).toBe(asked + 1);
  });

  test("are renewed when the endpoint refuses a token before its time, but not for every region", async () => {
    const endpoint = await addWalled();
    await world.put(tenant, endpoint, clientCredentials);
    const revoked = await authorization(endpoint);
    world.moveMs(60_000);
    const fresh = await Promise.all(
      Array.from({ length: 5 }, () => authorization(endpoint, { isRenewal: true })),
    );
    expect(new Set(fresh).size).toBe(1);
    expect(fresh[0]).not.toBe(revoked);
  });

  test("use the token URL that was entered where the endpoint publishes no metadata", async () => {
    tenant = await world.addTenant();
    const endpoint = await world.addEndpoint(tenant, { url: `${server.origin}/bare` });
    expect((await world.put(tenant, endpoint, clientCredentials)).status).toBe(200);
    const stored = await world.put(tenant, endpoint, {
      ...clientCredentials,
      tokenUrl: `${server.origin}/token`,
    });
    expect(stored.status).toBe(200);
    await world.open(tenant, endpoint);
    expect(server.tokenRequests.at(-1)?.resource).toBe(`${server.origin}/bare`);
  });
});

describe("Connect", () => {
  async function connect(endpoint: string, body: unknown = {}) {
    const started = await world.startConnect(tenant, endpoint, body);
    expect(started).toMatchObject({ status: 200 });
    return server.logIn(String(started.body.authorizationUrl));
  }

  test("registers us, sends the person with PKCE and resource, and keeps what comes back in the vault", async () => {
    const endpoint = await addWalled();
    const parameters = await connect(endpoint);
    expect(server.registrations.at(-1)).toMatchObject({
      redirect_uris: ["http://127.0.0.1:4400/oauth/callback"],
      token_endpoint_auth_method: "none",
    });
    const finished = await world.finishConnect(tenant, parameters);
    expect(finished).toMatchObject({ status: 200, body: { tenantId: tenant.id, endpointId: endpoint } });
    expect(await authorization(endpoint)).toBe(`Bearer ${server.accessTokens.at(-1)}`);
    expect((await world.describe(tenant, endpoint)).body).toMatchObject({
      credential: { kind: "connect", hints: { issuer: server.origin }, expiry: { kind: "unknown" } },
    });
  });

  test("renews with the refresh token, keeps the rotated one, and sends none twice", async () => {
    const endpoint = await addWalled();
    await world.finishConnect(tenant, await connect(endpoint));
    for (let hour = 0; hour < 3; hour += 1) {
      world.moveMs(HOUR_MS);
      const given = await Promise.all(Array.from({ length: 5 }, () => authorization(endpoint)));
      expect(new Set(given)).toEqual(new Set([`Bearer ${server.accessTokens.at(-1)}`]));
    }
    const sent = server.tokenRequests.flatMap(({ refresh_token: token }) => token ?? []);
    expect(new Set(sent).size).toBe(sent.length);
  });

  test("tells a revoked grant as rejected", async () => {
    const endpoint = await addWalled();
    await world.finishConnect(tenant, await connect(endpoint));
    world.moveMs(HOUR_MS);
    server.knobs.tokenError = "invalid_grant";
    expect((await world.open(tenant, endpoint)).rejected).toContain("invalid_grant");
  });

  test("without a refresh token ends with its access token, of which the owner is warned", async () => {
    server.knobs.hasRefreshToken = false;
    const endpoint = await addWalled();
    await world.finishConnect(tenant, await connect(endpoint));
    expect((await world.describe(tenant, endpoint)).body).toMatchObject({
      credential: { expiry: { kind: "expiring" }, expirySource: "token" },
    });
    world.moveMs(HOUR_MS);
    expect((await world.open(tenant, endpoint)).rejected).toContain("connect again");
  });

  test.each<[string, (parameters: Record<string, string>) => Promise<unknown>]>([
    ["a state nobody was given", (p) => world.finishConnect(tenant, { ...p, state: "x".repeat(43) })],
    ["the state in another session", (p) => world.finishConnect(tenant, p, { sessionId: "another-session" })],
    [
      "the state of another person",
      async (p) => world.finishConnect(tenant, p, { userId: await world.addMember(tenant, "admin") }),
    ],
    [
      "the state after ten minutes",
      async (p) => {
        for (const key of await world.deps.redis.keys("oauth-state:*")) {
          expect(await world.deps.redis.pttl(key)).toBeLessThanOrEqual(600_000);
          await world.deps.redis.del(key);
        }
        return world.finishConnect(tenant, p);
      },
    ],
    [
      "the answer of another issuer",
      (p) => world.finishConnect(tenant, { ...p, iss: "https://evil.example" }),
    ],
    ["an answer without its issuer", ({ iss: _iss, ...p }) => world.finishConnect(tenant, p)],
    ["a code that is none", (p) => world.finishConnect(tenant, { ...p, code: "guessed" })],
    [
      "a refusal of the person",
      ({ state = "", iss = "" }) => world.finishConnect(tenant, { state, iss, error: "access_denied" }),
    ],
  ])("stores nothing on %s", async (_name, finish) => {
    const endpoint = await addWalled();
    expect(await finish(await connect(endpoint))).toMatchObject({ status: 400 });
    expect((await world.describe(tenant, endpoint)).body).toEqual({ credential: null });
  });

  test("takes a state once", async () => {
    const endpoint = await addWalled();
    const parameters = await connect(endpoint);
    expect((await world.finishConnect(tenant, parameters)).status).toBe(200);
    expect((await world.finishConnect(tenant, parameters)).status).toBe(400);
  });

  test("ends when the person is no longer allowed to by then", async () => {
    const endpoint = await addWalled();
    const userId = await world.addMember(tenant, "admin");
    const started = await world.startConnect(tenant, endpoint, {}, userId);
    const parameters = await server.logIn(String(started.body.authorizationUrl));
    await world.database
      .pool("super")
      .query("UPDATE members SET role = 'viewer' WHERE user_id = $1", [userId]);
    expect((await world.finishConnect(tenant, parameters, { userId })).status).toBe(403);
  });

  test.each<[string, Partial<TestAuthorizationServer["knobs"]>, string]>([
    ["does not let us register", { isRegistrationOpen: false }, "enter the client id"],
    [
      "calls itself by another name than it was found under",
      { issuer: "https://evil.example" },
      "no usable metadata",
    ],
    ["offers no S256", { challengeMethods: ["plain"] }, "S256"],
    ["guards another resource", { resource: "https://other.example/mcp" }, "another resource"],
  ])("does not begin when the authorization server %s, and says so", async (_name, change, words) => {
    Object.assign(server.knobs, change);
    const endpoint = await addWalled();
    expect(await world.startConnect(tenant, endpoint)).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining(words) },
    });
  });

  test("uses the client id that was entered", async () => {
    server.knobs.isRegistrationOpen = false;
    const endpoint = await addWalled();
    const parameters = await connect(endpoint, { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
    expect((await world.finishConnect(tenant, parameters)).status).toBe(200);
    expect(server.tokenRequests.at(-1)?.authenticated_as).toBe(CLIENT_ID);
  });

  test("asks no address that probes may not reach", async () => {
    tenant = await world.addTenant();
    const endpoint = await world.addEndpoint(tenant, { url: "http://127.0.0.1:9/mcp" });
    expect((await world.startConnect(tenant, endpoint)).status).toBe(502);
  });
});
