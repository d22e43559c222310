/** What only an owner can call a fault: tools that are gone, a result or a health page that does not say all is well. */
import type { HealthAssertion } from "@alivemcp/core/health-assertion";
import { type Expectations, NO_EXPECTATIONS } from "@alivemcp/core/pipeline";
import { expect } from "vitest";
import type { ProbeRequest } from "../../src/probe-deps.ts";
import { INITIALIZED, legacyEndpoint, modernEndpoint } from "../servers/endpoints.ts";
import { type Answer, sendError, sendJson, sendResult } from "../servers/stub.ts";
import { type Aftermath, always, type Fault, type FaultyEndpoint, type Judged } from "./fault.ts";

const expecting = (expectations: Partial<Expectations>): Partial<ProbeRequest> => ({
  expectations: { ...NO_EXPECTATIONS, ...expectations },
});
const result =
  (value: unknown): Answer =>
  (asked, response) =>
    sendResult(response, asked, value);
const stepOf = (step: string) => (finding: Parameters<Aftermath>[0]) =>
  finding.steps.filter((one) => one.step === step);

const TOOLS: readonly Fault[] = [
  {
    name: "lists them all",
    open: always(legacyEndpoint()),
    request: expecting({ tools: ["echo", "add"] }),
    judged: "up - - -",
  },
  {
    name: "lacks one",
    open: always(legacyEndpoint()),
    request: expecting({ tools: ["add", "deploy"] }),
    judged: "degraded tools_list_malformed tools_list expected_tool_missing: deploy",
    also: (finding) => {
      expect(finding.fullHash).not.toBeNull();
      expect(stepOf("tools_list")(finding)).toMatchObject([{ ok: false }]);
    },
  },
  {
    name: "lacks many, of which five are named",
    open: always(modernEndpoint()),
    request: expecting({ tools: ["a", "b", "c", "d", "e", "f", "g"] }),
    judged: "degraded tools_list_malformed tools_list expected_tool_missing: a, b, c, d, e and 2 more",
  },
  {
    name: "has them on a second page",
    open: always(
      legacyEndpoint({
        "tools/list": (asked, response) =>
          sendResult(
            response,
            asked,
            asked.params.cursor === undefined
              ? { tools: [{ name: "first", inputSchema: { type: "object" } }], nextCursor: "2" }
              : { tools: [{ name: "second", inputSchema: { type: "object" } }] },
          ),
      }),
    ),
    request: expecting({ tools: ["second"] }),
    judged: "up - - -",
  },
  {
    name: "offers no tools at all any more",
    open: always(legacyEndpoint({ initialize: result({ ...INITIALIZED, capabilities: {} }) })),
    request: expecting({ tools: ["add"] }),
    judged: "degraded tools_list_malformed tools_list expected_tool_missing: add",
  },
];

const HEALTH_TOOL = { name: "health_check", inputSchema: { type: "object" } };
const SECRET = "sk-live-abcdefghijklmnopqrstuvwxyz";
const SAID = { status: "ok", queue: { depth: 240 }, checks: [{ ms: 3 }, { ms: 7 }], key: SECRET };
const asserting = (
  name: string,
  assertions: readonly HealthAssertion[],
  judged: Judged,
  rest: Partial<Fault> = {},
): Fault => ({
  name,
  open: always(
    legacyEndpoint({
      "tools/list": result({ tools: [HEALTH_TOOL] }),
      "tools/call": result({
        content: [{ type: "text", text: JSON.stringify(SAID) }],
        structuredContent: SAID,
      }),
    }),
  ),
  request: { health: { kind: "auto", assertions: [...assertions] } },
  judged,
  ...rest,
});

const ASSERTIONS: readonly Fault[] = [
  asserting(
    "and all of it holds",
    [
      { kind: "equals", path: "$.status", value: "ok" },
      { kind: "matches", path: "$.status", pattern: "^(ok|pass)$" },
      { kind: "less-than", path: "$.checks[*].ms", value: 10 },
      { kind: "contains", path: "$.status", value: "k" },
    ],
    "up - - -",
  ),
  asserting(
    "and the second assertion fails",
    [
      { kind: "equals", path: "$.status", value: "ok" },
      { kind: "less-than", path: "$.queue.depth", value: 100 },
    ],
    "degraded health_check_failed health assertion_failed 2: $.queue.depth less-than 100, found 240",
    { also: (finding) => expect(stepOf("health")(finding)).toMatchObject([{ ok: false }]) },
  ),
  asserting(
    "and its result holds a secret, of which nothing is kept",
    [{ kind: "equals", path: "$.key", value: "none" }],
    'degraded health_check_failed health assertion_failed 1: $.key equals "none", found "[redacted]"',
    {
      also: (finding) => {
        expect(JSON.stringify(finding)).not.toContain("abcdefghij");
        expect(finding.evidence).not.toContain("queue");
      },
    },
  ),
  asserting(
    "and its result is text that is no JSON",
    [{ kind: "matches", path: "$", pattern: "lag: \\d ms" }],
    "up - - -",
    {
      open: always(
        legacyEndpoint({
          "tools/list": result({ tools: [HEALTH_TOOL] }),
          "tools/call": result({ content: [{ type: "text", text: "all fine, lag: 4 ms" }] }),
        }),
      ),
    },
  ),
  asserting(
    "and the tool reports an error, whatever is asserted",
    [{ kind: "equals", path: "$.status", value: "ok" }],
    "degraded health_check_failed health tool_error",
    {
      open: always(
        legacyEndpoint({
          "tools/list": result({ tools: [HEALTH_TOOL] }),
          "tools/call": result({ isError: true, content: [], structuredContent: SAID }),
        }),
      ),
    },
  ),
  asserting(
    "and the tool is not listed any more",
    [{ kind: "equals", path: "$.status", value: "ok" }],
    "degraded health_check_failed health health_tool_missing",
    { open: always(legacyEndpoint()) },
  ),
];

const asking = (paths: readonly string[], change: Partial<ProbeRequest> = {}, isStatusChecked = true) => {
  return (endpoint: FaultyEndpoint): Partial<ProbeRequest> => ({
    ...expecting({
      healthUrls: paths.map((path, index) => ({
        position: index + 1,
        url: new URL(path, endpoint.url).href,
        isStatusChecked,
      })),
    }),
    ...change,
  });
};

/** A well endpoint beside a health page at `/health`. */
const page = (answer: Answer, mcp: Answer = legacyEndpoint()): Fault["open"] =>
  always((asked, response) => (asked.path === "/mcp" ? mcp : answer)(asked, response));
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_asked, response) =>
    void response.writeHead(code, headers).end();
const json =
  (value: unknown, type = "application/json"): Answer =>
  (_asked, response) =>
    void response.writeHead(200, { "content-type": type }).end(JSON.stringify(value));
const paged = (name: string, answer: Answer, judged: Judged, rest: Partial<Fault> = {}): Fault => ({
  name,
  open: page(answer),
  request: asking(["/health"]),
  judged,
  ...rest,
});
const ill = (name: string, answer: Answer, detail: string, rest: Partial<Fault> = {}): Fault =>
  paged(name, answer, `degraded health_url_failed health health_url 1: ${detail}`, rest);
const badlyPlaced = (name: string, url: string, detail: string): Fault =>
  ill(name, status(200), detail, { request: asking([url]) });

const HEALTH_URLS: readonly Fault[] = [
  paged("answers 204", status(204), "up - - -", {
    also: (finding, { asked }) => {
      expect(stepOf("health_url")(finding)).toMatchObject([{ ok: true, detail: "1" }]);
      const headers = asked.find(({ path }) => path === "/health")?.headers;
      expect(headers?.["user-agent"]).toContain("AliveMCP/");
    },
  }),
  paged("says that it passes", json({ status: "pass" }, "application/health+json"), "up - - -"),
  paged("says UP, as Spring Boot does", json({ status: "UP" }), "up - - -"),
  paged("speaks JSON without a status", json({ version: 3 }), "up - - -"),
  paged(
    "is a web page larger than we read",
    (_asked, response) =>
      void response.writeHead(200, { "content-type": "text/html" }).end("x".repeat(1_000_000)),
    "up - - -",
  ),
  paged(
    "is a web page that never ends",
    (_asked, response) => void response.writeHead(200, { "content-type": "text/html" }).write("<p>"),
    "up - - -",
    { request: asking(["/health"], { budgetMs: 4_000 }) },
  ),
  paged("speaks more JSON than we read", json({ pad: "x".repeat(100_000), status: "fail" }), "up - - -"),
  paged("says that it fails, which its owner ignores", json({ status: "fail" }), "up - - -", {
    request: asking(["/health"], {}, false),
  }),
  ill("says that it fails", json({ status: "fail" }), "status fail"),
  ill("fails with 503", status(503), "http_503"),
  ill("is gone", status(404), "http_404"),
  ill("wants a log-in", status(401, { "www-authenticate": "Bearer" }), "http_401"),
  ill("resets", (_asked, response) => void response.socket?.resetAndDestroy(), "connection_reset"),
  ill("never answers", () => {}, "budget_spent", {
    request: asking(["/health"], { budgetMs: 6_000 }),
  }),
  paged("is not asked when the probe's time is nearly up", status(500), "up - - -", {
    request: asking(["/health"], { budgetMs: 1_900 }),
    also: (finding) => expect(stepOf("health_url")(finding)).toEqual([]),
  }),
  ill(
    "sends its visitors elsewhere",
    status(302, { location: "http://other.example/" }),
    "redirect_cross_origin",
  ),
  paged(
    "moved inside its origin",
    (asked, response) =>
      void response.writeHead(asked.path === "/health" ? 302 : 200, { location: "/healthz" }).end(),
    "up - - -",
  ),
  badlyPlaced("leads to a private address", "http://10.0.0.1/health", "target_forbidden"),
  badlyPlaced("leads to cloud metadata", "http://169.254.169.254/latest", "target_forbidden"),
  badlyPlaced("has no host any more", "http://gone.invalid/health", "dns_nxdomain"),
  paged(
    "fails, the second of two",
    (asked, response) => void response.writeHead(asked.path === "/a" ? 200 : 500).end(),
    "degraded health_url_failed health health_url 2: http_500",
    {
      request: asking(["/a", "/b"]),
      also: (finding) => expect(stepOf("health_url")(finding).map(({ ok }) => ok)).toEqual([true, false]),
    },
  ),
  paged(
    "fails beside a wall that is in order",
    status(500),
    "degraded health_url_failed health health_url 1: http_500",
    {
      open: page(status(500), status(401)),
    },
  ),
  paged("is not asked when the endpoint is down", status(500), "down http_error http http_500", {
    open: page(status(200), status(500)),
    also: (_finding, { asked }) => expect(asked.some(({ path }) => path === "/health")).toBe(false),
  }),
  paged("is asked without the credential", status(200), "up - - -", {
    open: page(status(200), (asked, response) => {
      const isKnown = asked.headers.authorization === "Bearer secret-token";
      (isKnown ? legacyEndpoint() : status(401, { "www-authenticate": "Bearer" }))(asked, response);
    }),
    request: asking(["/health"], { credential: { bearer: "secret-token", headers: { "x-key": "k" } } }),
    also: (_finding, { asked }) => {
      const { headers } = asked.find(({ path }) => path === "/health") ?? {};
      expect(headers).toBeDefined();
      expect(headers?.authorization).toBeUndefined();
      expect(headers?.["x-key"]).toBeUndefined();
    },
  }),
];

const lateBy =
  (ms: number): Answer =>
  (asked, response) => {
    if (asked.rpc === "initialize") {
      setTimeout(() => sendResult(response, asked, INITIALIZED), ms);
    } else {
      legacyEndpoint()(asked, response);
    }
  };
const remembered: ProbeRequest["remembered"] = {
  era: "legacy",
  transport: "http",
  protocolVersion: "2025-06-18",
};

const LATENCY: readonly Fault[] = [
  {
    name: "and takes longer than they want",
    open: always(lateBy(700)),
    request: { remembered, ...expecting({ latencyDegradedMs: 500 }) },
    judged: "degraded latency latency slow_handshake",
  },
  {
    name: "and is just fast enough",
    open: always(lateBy(300)),
    request: { remembered, ...expecting({ latencyDegradedMs: 5_000 }) },
    judged: "up - - -",
  },
];

const declaring = (capabilities: object, overrides: Record<string, Answer> = {}) =>
  always(legacyEndpoint({ initialize: result({ ...INITIALIZED, capabilities }), ...overrides }));
const BOTH = { tools: {}, resources: {}, prompts: {} };
const due = expecting({ isCapabilityCheckDue: true });
const askedFor = ({ asked }: FaultyEndpoint) =>
  asked.map(({ rpc }) => rpc).filter((rpc) => rpc === "resources/list" || rpc === "prompts/list");

const CAPABILITIES: readonly Fault[] = [
  {
    name: "and are there",
    open: declaring(BOTH, {
      "resources/list": result({ resources: [] }),
      "prompts/list": result({ prompts: [] }),
    }),
    request: due,
    judged: "up - - -",
    also: (finding, endpoint) => {
      expect(askedFor(endpoint)).toEqual(["resources/list", "prompts/list"]);
      expect(finding.lints.join()).not.toContain("capability_");
      expect(stepOf("capabilities")(finding)).toMatchObject([{ ok: true, detail: "resources, prompts" }]);
    },
  },
  {
    name: "and one of them does not exist, which is a lint and no outage",
    open: declaring(BOTH, {
      "resources/list": (asked, response) => sendError(response, asked, 200, -32601, "Method not found"),
      "prompts/list": result({ prompts: [] }),
    }),
    request: due,
    judged: "up - - -",
    also: (finding) => {
      expect(finding.lints.filter((lint) => lint.startsWith("capability_missing"))).toHaveLength(1);
      expect(finding.lints.join()).toContain("resources are declared");
      expect(stepOf("capabilities")(finding)).toMatchObject([{ ok: false }]);
    },
  },
  {
    name: "and fail in another way, which says nothing about the declaration",
    open: declaring(BOTH, {
      "resources/list": (asked, response) => sendError(response, asked, 200, -32603, "Internal error"),
      "prompts/list": (_asked, response) => sendJson(response, 500, {}),
    }),
    request: due,
    judged: "up - - -",
    also: ({ lints }) => expect(lints.join()).not.toContain("capability_"),
  },
  {
    name: "only when they were declared",
    open: declaring({ tools: {}, prompts: {} }, { "prompts/list": result({ prompts: [] }) }),
    request: due,
    judged: "up - - -",
    also: (_finding, endpoint) => expect(askedFor(endpoint)).toEqual(["prompts/list"]),
  },
  {
    name: "only when this probe is to do it",
    open: declaring(BOTH),
    request: expecting({}),
    judged: "up - - -",
    also: (_finding, endpoint) => expect(askedFor(endpoint)).toEqual([]),
  },
  {
    name: "over the modern wire, too",
    open: always(
      modernEndpoint({
        "server/discover": (asked, response) =>
          sendResult(response, asked, {
            supportedVersions: ["2026-07-28"],
            capabilities: BOTH,
            ttlMs: 1,
            cacheScope: "private",
          }),
      }),
    ),
    request: due,
    judged: "up - - -",
    also: ({ lints }) =>
      expect(lints.filter((lint) => lint.startsWith("capability_missing"))).toHaveLength(2),
  },
];

export const EXPECTATION_FAULTS = {
  tools: TOOLS,
  assertions: ASSERTIONS,
  healthUrls: HEALTH_URLS,
  latency: LATENCY,
  capabilities: CAPABILITIES,
};
