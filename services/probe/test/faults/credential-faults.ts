/** Endpoints that are probed with a credential: what they make of it, and that it goes nowhere else. */
import { expect } from "vitest";
import { legacyEndpoint, modernEndpoint, ssePairEndpoint, TOOLS } from "../servers/endpoints.ts";
import { sendError, sendResult } from "../servers/stub.ts";
import { ECHO_FAULTS } from "./credential-echo-faults.ts";
import { REFUSAL_FAULTS, RENEWAL_FAULTS } from "./credential-life-faults.ts";
import { REJECTED, refusal, row, steps, TOKEN } from "./credentialed.ts";
import { type Aftermath, always, type Fault } from "./fault.ts";

const linted =
  (lint: string, step: string): Aftermath =>
  (finding) => {
    expect(finding.lints.join()).toContain(lint);
    expect(steps(finding).unauthenticated).toBe(step);
  };

/** Over http, so without a TLS step. */
const EIGHT_STEPS = [
  ...["dns", "tcp", "http", "unauthenticated", "auth_metadata"],
  ...["detect", "handshake", "initialized", "tools_list", "health", "hash", "close"],
];
const ANSWERS: readonly Fault[] = [
  row(
    "a credential that is good, looked at in eight steps",
    {
      behind: legacyEndpoint({
        "tools/list": (asked, response) =>
          sendResult(response, asked, { tools: [{ name: "health_check", inputSchema: { type: "object" } }] }),
        "tools/call": (asked, response) => sendResult(response, asked, { content: [] }),
      }),
    },
    "up - - -",
    {
      request: { health: { kind: "auto" } },
      also: (finding) => {
        expect(finding.steps.map(({ step }) => step)).toEqual(EIGHT_STEPS);
        expect(steps(finding)).toMatchObject({
          unauthenticated: "ok 401 bearer",
          auth_metadata: "ok auth_discoverable",
          handshake: "ok legacy 2025-06-18",
          tools_list: "ok 1 tools",
          health: "ok null",
          hash: expect.stringMatching(/^ok first seen [0-9a-f]{12}$/),
        });
        expect(finding.lints).toEqual([]);
      },
    },
  ),
  row(
    "a credential of custom headers",
    { isLetThrough: ({ headers }) => headers["x-api-key"] === TOKEN, wall: refusal(401, 'ApiKey realm="x"') },
    "up - - -",
    {
      request: { credential: { headers: { "x-api-key": TOKEN, "x-tenant": "blue" } } },
      also: (finding) => expect(steps(finding).unauthenticated).toBe("ok 401 apikey"),
    },
  ),
  row("a public endpoint without TLS", {}, "up - - -", {
    deps: () => ({ guard: { classify: () => "public" } }),
    also: ({ lints }) => expect(lints.join()).toContain("credential_unencrypted"),
  }),
  row("a modern endpoint behind its wall", { behind: modernEndpoint() }, "up - - -"),
  row(
    "a credential that is refused, and quoted back",
    { behind: (asked, response) => void response.writeHead(401).end(`${asked.headers.authorization}`) },
    REJECTED,
  ),
  row(
    "a credential that is refused, and quoted as a media type",
    {
      behind: (asked, response) =>
        void response.writeHead(401, { "content-type": `${asked.headers.authorization}` }).end("no"),
    },
    REJECTED,
  ),
  row(
    "a credential that is refused after its declared end",
    { behind: refusal(401, 'Bearer error="invalid_token"') },
    "auth_walled credential_rejected auth credential_expired",
    {
      request: { credential: { bearer: TOKEN, expiresAtMs: 1 } },
    },
  ),
  row("a credential that works after its declared end", {}, "up - - -", {
    request: { credential: { bearer: TOKEN, expiresAtMs: 1 } },
  }),
  row(
    "a credential without the scope",
    { behind: refusal(403, 'Bearer error="insufficient_scope"') },
    "auth_walled credential_rejected auth credential_insufficient_scope",
  ),
  row(
    "a credential refused with 403 and a challenge",
    { behind: refusal(403, 'Bearer error="invalid_token"') },
    REJECTED,
  ),
  row(
    "a credential that is known and not let in",
    { behind: refusal(403, null) },
    "auth_walled credential_rejected auth credential_insufficient_scope",
  ),
  row(
    "403 for everybody",
    { behind: refusal(403, null), wall: refusal(403, null) },
    "degraded access_blocked http http_403",
  ),
  row(
    "a bot wall behind the wall",
    { behind: (_asked, response) => void response.writeHead(403, { "cf-mitigated": "challenge" }).end() },
    "degraded access_blocked http http_403",
  ),
  row(
    "a refusal in JSON-RPC words",
    { behind: (asked, response) => sendError(response, asked, 200, -32001, "Invalid token") },
    REJECTED,
  ),
  row(
    "a credential that stops working after the handshake",
    { behind: legacyEndpoint({ "notifications/initialized": refusal(401, "Bearer") }) },
    REJECTED,
  ),
  row(
    "a credential that stops working at the list",
    { behind: legacyEndpoint({ "tools/list": refusal(401, "Bearer") }) },
    REJECTED,
    {
      also: (finding) =>
        expect(steps(finding)).toMatchObject({
          handshake: "ok legacy 2025-06-18",
          tools_list: "failed credential_rejected",
        }),
    },
  ),
  row(
    "a credential that stops working at the second page",
    {
      behind: legacyEndpoint({
        "tools/list": (asked, response) =>
          asked.params.cursor === undefined
            ? sendResult(response, asked, { tools: TOOLS, nextCursor: "2" })
            : void response.writeHead(401).end(),
      }),
    },
    REJECTED,
  ),
  row(
    "a credential that may list and not call",
    {
      behind: legacyEndpoint({
        "tools/list": (asked, response) =>
          sendResult(response, asked, { tools: [{ name: "health_check", inputSchema: { type: "object" } }] }),
        "tools/call": refusal(403, 'Bearer error="insufficient_scope"'),
      }),
    },
    "auth_walled credential_rejected auth credential_insufficient_scope",
    { request: { health: { kind: "auto" } } },
  ),
  row(
    "an endpoint that is ill behind its wall",
    { behind: refusal(503, null) },
    "down http_error http http_503",
  ),
  row(
    "a redirect that would carry the credential away",
    {
      behind: (_asked, response) =>
        void response.writeHead(307, { location: "http://127.0.0.1:1/steal" }).end(),
    },
    "down redirect_blocked http redirect_cross_origin",
  ),
  row(
    "a redirect inside the origin",
    {
      behind: (asked, response) =>
        asked.path === "/mcp"
          ? void response.writeHead(307, { location: "/mcp/" }).end()
          : legacyEndpoint()(asked, response),
    },
    "up - - -",
  ),
  row("the old pair behind a wall", { behind: ssePairEndpoint() }, "up - - -", {
    request: { transport: "sse" },
  }),
  row(
    "an event stream that sends the credential elsewhere",
    { behind: ssePairEndpoint({ endpoint: "http://127.0.0.1:1/steal" }) },
    "down not_mcp protocol sse_endpoint_cross_origin",
    { request: { transport: "sse" } },
  ),
  row("a header that cannot be sent", {}, "unknown probe_error probe probe_request_invalid", {
    request: { credential: { headers: { "x-api-key": `${TOKEN}\r\nx: y` } } },
  }),
];

const WALLS: readonly Fault[] = [
  {
    ...row("a wall that disappeared", {}, "up - - -", {
      also: linted("wall_open", "failed answered, not refused"),
    }),
    open: always(legacyEndpoint()),
  },
  {
    ...row("a wall that disappeared from a modern endpoint", {}, "up - - -", {
      also: linted("wall_open", "failed answered, not refused"),
    }),
    open: always(modernEndpoint()),
  },
  {
    ...row("a wall that disappeared from an event stream", {}, "up - - -", {
      request: { transport: "sse" },
      also: linted("wall_open", "failed answered, not refused"),
    }),
    open: always(ssePairEndpoint()),
  },
  row("a wall without a challenge", { wall: refusal(401, null), documents: {} }, "up - - -", {
    also: linted("bare_401", "failed 401 no WWW-Authenticate"),
  }),
  row("a wall nobody can read", { wall: refusal(401, 'resource_metadata="x') }, "up - - -", {
    also: linted("challenge_broken", "failed 401 unreadable WWW-Authenticate"),
  }),
  row("a wall whose metadata is gone", { documents: {} }, "up - - -", {
    also: (finding) => {
      linted("challenge_broken", "ok 401 bearer")(
        finding,
        { url: "", asked: [], close: async () => {} },
        null,
      );
      expect(steps(finding).auth_metadata).toBe("failed auth_metadata_broken");
    },
  }),
  row(
    "a wall with the wrong number",
    { wall: refusal(403, 'Bearer error="insufficient_scope"'), documents: {} },
    "up - - -",
    { also: linted("wall_status", "ok 403 bearer") },
  ),
  row("a wall that hides behind 404", { wall: refusal(404, null) }, "up - - -", {
    also: (finding) => expect(steps(finding).unauthenticated).toBe("failed http_404"),
  }),
  row("a wall that fails for strangers", { wall: refusal(500, null) }, "up - - -", {
    also: (finding) => expect(steps(finding).unauthenticated).toBe("failed http_500"),
  }),
  row(
    "a wall that is a web page",
    {
      wall: (_asked, response) =>
        void response.writeHead(200, { "content-type": "text/html" }).end("<h1>Log in"),
    },
    "up - - -",
    { also: (finding) => expect(steps(finding).unauthenticated).toBe("failed not_mcp") },
  ),
  row(
    "a wall of JSON-RPC words",
    { wall: (asked, response) => sendError(response, asked, 200, -32001, "Unauthorized") },
    "up - - -",
    {
      also: (finding) => {
        expect(finding.lints.join()).toContain("wall_status");
        expect(finding.lints.join()).not.toContain("wall_open");
      },
    },
  ),
  row(
    "a wall that has had enough of us",
    { wall: refusal(429, null) },
    "degraded rate_limited http http_429",
  ),
];

export const CREDENTIAL_FAULTS = {
  answers: ANSWERS,
  walls: WALLS,
  echoes: ECHO_FAULTS,
  renewals: RENEWAL_FAULTS,
  refusals: REFUSAL_FAULTS,
};
