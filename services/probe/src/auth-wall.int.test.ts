import { afterEach, describe, expect, test } from "vitest";
import { probeOnce, testDeps } from "../test/probe-once.ts";
import { legacyEndpoint } from "../test/servers/endpoints.ts";
import { type Answer, openStub, type Stub, sendError, sendJson } from "../test/servers/stub.ts";

const opened: Stub[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((stub) => stub.close()));
});

/** Documents by path; `{origin}` in any of them is where the stub listens. */
type Documents = Readonly<Record<string, unknown>>;

async function walled(challenge: string | null, documents: Documents = {}, status = 401): Promise<Stub> {
  let origin = "";
  const fill = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll("{origin}", origin));
  const server = await openStub((asked, response) => {
    const document = documents[asked.path];
    if (asked.path === "/mcp") {
      if (challenge !== null) {
        response.setHeader("www-authenticate", challenge.replaceAll("{origin}", origin));
      }
      response.writeHead(status).end("no");
    } else if (document === undefined) {
      response.writeHead(404).end("<html>");
    } else {
      sendJson(response, 200, fill(document));
    }
  });
  origin = server.origin;
  opened.push(server);
  return server;
}

const PRM = "/.well-known/oauth-protected-resource/mcp";
const AS = "/.well-known/oauth-authorization-server";
const goodResource = { resource: "{origin}/mcp", authorization_servers: ["{origin}"] };
const goodServer = {
  issuer: "{origin}",
  authorization_endpoint: "{origin}/authorize",
  token_endpoint: "{origin}/token",
  code_challenge_methods_supported: ["S256"],
};
const advertised = `Bearer resource_metadata="{origin}${PRM}"`;

type Row = readonly [name: string, challenge: string | null, documents: Documents, judged: string];

const ROWS: readonly Row[] = [
  [
    "everything in order",
    advertised,
    { [PRM]: goodResource, [AS]: goodServer },
    "auth_required auth_discoverable",
  ],
  [
    "metadata found without being named",
    "Bearer",
    { [PRM]: goodResource, [AS]: goodServer },
    "auth_required auth_discoverable",
  ],
  [
    "metadata at the root",
    null,
    { "/.well-known/oauth-protected-resource": goodResource, [AS]: goodServer },
    "auth_required auth_discoverable",
  ],
  [
    "an issuer with a final slash",
    advertised,
    { [PRM]: goodResource, [AS]: { ...goodServer, issuer: "{origin}/" } },
    "auth_required auth_discoverable",
  ],
  ["the 2025-03-26 way", "Bearer", { [AS]: goodServer }, "auth_required auth_legacy_discovery"],
  ["a bare 401", null, {}, "auth_required auth_undiscoverable"],
  ["a scheme of its own", 'ApiKey realm="x"', {}, "auth_required auth_undiscoverable"],
  [
    "a challenge nobody can read",
    'resource_metadata="x',
    {},
    "auth_challenge_malformed challenge_unparseable",
  ],
  [
    "a metadata URL that is none",
    'Bearer resource_metadata="//["',
    {},
    "auth_challenge_malformed auth_metadata_url_invalid",
  ],
  ["named metadata that is missing", advertised, {}, "auth_challenge_malformed auth_metadata_broken"],
  [
    "named metadata at a private address",
    'Bearer resource_metadata="https://10.0.0.1/x"',
    {},
    "auth_challenge_malformed auth_metadata_unreachable",
  ],
  [
    "metadata without an authorization server",
    advertised,
    { [PRM]: { resource: "{origin}/mcp" } },
    "auth_challenge_malformed auth_metadata_broken",
  ],
  [
    "metadata of another resource",
    advertised,
    { [PRM]: { ...goodResource, resource: "https://other.example/mcp" } },
    "auth_challenge_malformed auth_metadata_wrong_resource",
  ],
  [
    "metadata of a sibling path",
    advertised,
    { [PRM]: { ...goodResource, resource: "{origin}/mc" } },
    "auth_challenge_malformed auth_metadata_wrong_resource",
  ],
  [
    "an authorization server without metadata",
    advertised,
    { [PRM]: goodResource },
    "auth_challenge_malformed auth_server_metadata_broken",
  ],
  [
    "another issuer",
    advertised,
    { [PRM]: goodResource, [AS]: { ...goodServer, issuer: "https://evil.example" } },
    "auth_challenge_malformed auth_server_wrong_issuer",
  ],
  [
    "no S256",
    advertised,
    { [PRM]: goodResource, [AS]: { ...goodServer, code_challenge_methods_supported: undefined } },
    "auth_challenge_malformed auth_server_metadata_broken",
  ],
  [
    "machines only, no S256 needed",
    advertised,
    { [PRM]: goodResource, [AS]: { issuer: "{origin}", token_endpoint: "{origin}/t" } },
    "auth_required auth_discoverable",
  ],
];

describe("a log-in wall", () => {
  test.each(ROWS)("with %s is auth_walled, and says so", async (_name, challenge, documents, judged) => {
    const server = await walled(challenge, documents);
    const { finding } = await probeOnce(server.url);
    expect(finding).toMatchObject({ state: "auth_walled", layer: "auth", isAuthRequired: true });
    expect(`${finding.reason} ${finding.detail}`).toBe(judged);
    expect(server.asked.length).toBeLessThanOrEqual(6);
  });

  test("is looked at hourly, not on every probe", async () => {
    const server = await walled(advertised, { [PRM]: goodResource, [AS]: goodServer });
    const deps = testDeps();
    const first = await probeOnce(server.url, {}, deps);
    const asked = server.asked.length;
    const second = await probeOnce(server.url, {}, deps);
    expect(server.asked.length).toBe(asked + 1);
    expect(second.finding.detail).toBe(first.finding.detail);
  });

  test("behind a 403 with a challenge is a wall with the wrong number", async () => {
    const server = await walled('Bearer error="insufficient_scope"', {}, 403);
    const { finding } = await probeOnce(server.url);
    expect(finding).toMatchObject({ state: "auth_walled", detail: "auth_insufficient_scope" });
    expect(finding.lints.join()).toContain("wall_status");
  });

  test("a 403 without a challenge is a bot wall", async () => {
    const server = await walled(null, {}, 403);
    expect((await probeOnce(server.url)).finding).toMatchObject({
      state: "degraded",
      reason: "access_blocked",
    });
  });

  test("in JSON-RPC words counts as one", async () => {
    const server = await openStub((asked, response) =>
      sendError(response, asked, 200, -32001, "Unauthorized: missing API key"),
    );
    opened.push(server);
    expect((await probeOnce(server.url)).finding).toMatchObject({
      state: "auth_walled",
      detail: "auth_nonstandard",
    });
  });

  test("in front of the list only is told apart", async () => {
    const server = await openStub(
      legacyEndpoint({ "tools/list": (_asked, response) => void response.writeHead(401).end() }),
    );
    opened.push(server);
    expect((await probeOnce(server.url)).finding).toMatchObject({
      state: "auth_walled",
      detail: "auth_on_list",
    });
  });

  test("with a renamed header (API Gateway) is read all the same", async () => {
    const server = await openStub((_asked, response) => {
      response.writeHead(401, { "x-amzn-remapped-www-authenticate": "Bearer" }).end();
    });
    opened.push(server);
    const { finding } = await probeOnce(server.url);
    expect(finding.lints.join()).not.toContain("bare_401");
  });
});

describe("with a credential", () => {
  const guarded =
    (isGood: (authorization: string | undefined) => boolean, refusal = 401): Answer =>
    (asked, response) => {
      if (!asked.path.startsWith("/mcp")) {
        response.writeHead(404).end();
      } else if (isGood(asked.headers.authorization)) {
        legacyEndpoint()(asked, response);
      } else {
        response.writeHead(refusal, { "www-authenticate": 'Bearer error="invalid_token"' }).end("no");
      }
    };

  test("the wall is looked at first, then the endpoint is probed with it, on every request", async () => {
    const server = await openStub(guarded((authorization) => authorization === "Bearer s3cret-token"));
    opened.push(server);
    const { finding } = await probeOnce(server.url, { credential: { bearer: "s3cret-token" } });
    expect(finding).toMatchObject({ state: "up", toolsCount: 2 });
    const [first, ...rest] = server.asked.filter(({ path }) => path === "/mcp");
    expect(first?.headers.authorization).toBeUndefined();
    expect(new Set(rest.map(({ headers }) => headers.authorization))).toEqual(
      new Set(["Bearer s3cret-token"]),
    );
    expect(rest.some(({ method }) => method === "DELETE")).toBe(true);
  });

  test("a document of the wall never sees it", async () => {
    const server = await openStub(guarded(() => false));
    opened.push(server);
    await probeOnce(server.url, { credential: { bearer: "s3cret-token", headers: { "x-key": "k" } } });
    const documents = server.asked.filter(({ path }) => path !== "/mcp");
    expect(documents.length).toBeGreaterThan(0);
    expect(
      documents.every(({ headers }) => headers.authorization === undefined && headers["x-key"] === undefined),
    ).toBe(true);
  });

  test("one that is refused is credential_rejected, and is not in the evidence", async () => {
    const server = await openStub((asked, response) => {
      response.writeHead(401).end(`token ${asked.headers.authorization} is unknown`);
    });
    opened.push(server);
    const { finding } = await probeOnce(server.url, { credential: { bearer: "s3cret-token" } });
    expect(finding).toMatchObject({ state: "auth_walled", reason: "credential_rejected" });
    expect(JSON.stringify(finding)).not.toContain("s3cret-token");
  });

  test("one without the scope is told apart", async () => {
    const server = await openStub((_asked, response) => {
      response.writeHead(403, { "www-authenticate": 'Bearer error="insufficient_scope"' }).end();
    });
    opened.push(server);
    const { finding } = await probeOnce(server.url, { credential: { bearer: "t" } });
    expect(finding).toMatchObject({ reason: "credential_rejected", detail: "credential_insufficient_scope" });
  });

  test("an endpoint that is open without it is up, with a security lint", async () => {
    const server = await openStub(legacyEndpoint());
    opened.push(server);
    const { finding } = await probeOnce(server.url, { credential: { headers: { "x-api-key": "k" } } });
    expect(finding.state).toBe("up");
    expect(finding.lints.join()).toContain("wall_open");
  });

  test("it does not follow a redirect to another origin", async () => {
    const thief = await openStub(legacyEndpoint());
    const server = await openStub(
      (_asked, response) => void response.writeHead(307, { location: thief.url }).end(),
    );
    opened.push(thief, server);
    const { finding } = await probeOnce(server.url, { credential: { bearer: "s3cret-token" } });
    expect(finding).toMatchObject({
      state: "down",
      reason: "redirect_blocked",
      detail: "redirect_cross_origin",
    });
    expect(thief.asked).toEqual([]);
  });
});
