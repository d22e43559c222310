import { afterEach, describe, expect, test } from "vitest";
import { probeOnce } from "../test/probe-once.ts";
import {
  INITIALIZED,
  legacyEndpoint,
  modernEndpoint,
  type Overrides,
  ssePairEndpoint,
  TOOLS,
} from "../test/servers/endpoints.ts";
import {
  type Answer,
  openStub,
  type Stub,
  sendError,
  sendEvent,
  sendJson,
  sendResult,
} from "../test/servers/stub.ts";

const opened: Stub[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((stub) => stub.close()));
});

async function stub(answer: Answer): Promise<Stub> {
  const server = await openStub(answer);
  opened.push(server);
  return server;
}

const asLegacy = { remembered: { era: "legacy", transport: "http", protocolVersion: "2025-06-18" } } as const;

describe("what is sent", () => {
  test("legacy: the negotiated version and the session on everything after initialize, never before", async () => {
    const server = await stub(legacyEndpoint());
    await probeOnce(server.url, asLegacy);
    const [initialize, ...rest] = server.asked;
    expect(initialize?.headers["mcp-protocol-version"]).toBeUndefined();
    expect(initialize?.headers["mcp-session-id"]).toBeUndefined();
    for (const { headers } of rest) {
      expect(headers).toMatchObject({ "mcp-protocol-version": "2025-06-18", "mcp-session-id": "session-1" });
    }
    expect(server.asked.map(({ method, rpc }) => rpc || method)).toEqual([
      "initialize",
      "notifications/initialized",
      "tools/list",
      "DELETE",
    ]);
  });

  test("both types are accepted, we say who we are and how to reach us, and declare no capability", async () => {
    const server = await stub(legacyEndpoint());
    await probeOnce(server.url, asLegacy);
    const [initialize] = server.asked;
    expect(initialize?.headers).toMatchObject({
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "user-agent": "AliveMCP/0.1.0 (+https://status.example/bot)",
    });
    expect(initialize?.headers["accept-encoding"]).toBeUndefined();
    expect(initialize?.params).toEqual({
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "AliveMCP", version: "0.1.0", websiteUrl: "https://status.example/bot" },
    });
  });

  test("modern: version and method in headers and in _meta on every request, no session, no DELETE", async () => {
    const server = await stub(modernEndpoint());
    await probeOnce(server.url);
    expect(server.asked.map(({ rpc }) => rpc)).toEqual(["server/discover", "tools/list"]);
    for (const { headers, rpc, params } of server.asked) {
      expect(headers).toMatchObject({ "mcp-protocol-version": "2026-07-28", "mcp-method": rpc });
      expect(params._meta).toMatchObject({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
      });
    }
  });

  test("a followed redirect is where everything else goes, the DELETE too", async () => {
    const well = legacyEndpoint();
    const server = await stub((asked, response) => {
      if (asked.path === "/mcp") {
        response.writeHead(307, { location: "/mcp/" }).end();
      } else {
        well(asked, response);
      }
    });
    const { finding } = await probeOnce(server.url, asLegacy);
    expect(finding.state).toBe("up");
    expect(server.asked.map(({ path }) => path)).toEqual(["/mcp", "/mcp/", "/mcp/", "/mcp/", "/mcp/"]);
  });
});

describe("an event stream as reply", () => {
  const onList = (answer: Answer): Overrides => ({ "tools/list": answer });
  const event = (value: unknown) => `event: message\ndata: ${JSON.stringify(value)}\n\n`;
  const result = (id: unknown) => ({ jsonrpc: "2.0", id, result: { tools: TOOLS } });

  test("may stay open after the answer", async () => {
    const server = await stub(
      legacyEndpoint(
        onList((asked, response) => {
          response.writeHead(200, { "content-type": "text/event-stream" });
          response.write(event(result(asked.id)));
        }),
      ),
    );
    const { finding } = await probeOnce(server.url, asLegacy);
    expect(finding.state).toBe("up");
    expect(finding.observedAtMs - finding.startedAtMs).toBeLessThan(2_000);
  });

  test("may carry other messages, comments and a priming event first", async () => {
    const server = await stub(
      legacyEndpoint(
        onList((asked, response) => {
          response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
          response.write(
            `: warm\n\nid: 1\ndata:\n\n${event({ jsonrpc: "2.0", method: "notifications/message" })}`,
          );
          response.end(event(result(asked.id)));
        }),
      ),
    );
    expect((await probeOnce(server.url, asLegacy)).finding.state).toBe("up");
  });

  test("is taken up again where it ended, after the wait it asked for", async () => {
    let askedAtMs = 0;
    const server = await stub(
      legacyEndpoint({
        ...onList((_asked, response) => {
          askedAtMs = performance.now();
          response.writeHead(200, { "content-type": "text/event-stream" });
          response.end("id: e-7\nretry: 300\ndata:\n\n");
        }),
        GET: (asked, response) => {
          if (asked.headers["last-event-id"] === "e-7" && performance.now() - askedAtMs >= 290) {
            response.writeHead(200, { "content-type": "text/event-stream" });
            response.end(event(result(2)));
          } else {
            response.writeHead(400).end();
          }
        },
      }),
    );
    expect((await probeOnce(server.url, asLegacy)).finding.state).toBe("up");
  });

  test("that ends without an answer is a protocol error, and is not taken up for ever", async () => {
    let resumes = 0;
    const silent: Answer = (_asked, response) => {
      resumes += 1;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end("id: e\nretry: 0\ndata:\n\n");
    };
    const server = await stub(legacyEndpoint({ ...onList(silent), GET: silent }));
    const { finding } = await probeOnce(server.url, asLegacy);
    expect(finding).toMatchObject({ state: "down", reason: "protocol_error", detail: "sse_no_response" });
    expect(resumes).toBeLessThanOrEqual(4);
  });

  test("a ping on it is answered before the list comes", async () => {
    let pong: (() => void) | null = null;
    const well = legacyEndpoint();
    const server = await stub((asked, response) => {
      if (asked.rpc === "tools/list") {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(event({ jsonrpc: "2.0", id: "p-1", method: "ping" }));
        pong = () => response.end(event(result(asked.id)));
      } else if (asked.body.includes('"p-1"')) {
        response.writeHead(202).end();
        pong?.();
      } else {
        well(asked, response);
      }
    });
    expect((await probeOnce(server.url, asLegacy)).finding.state).toBe("up");
  });
});

describe("a reply that is no answer", () => {
  type Row = readonly [name: string, answer: Answer, judged: string];
  const html: Answer = (_asked, response) =>
    void response.writeHead(200, { "content-type": "text/html" }).end("<html>");
  const ROWS: readonly Row[] = [
    ["a web page", html, "not_mcp not_mcp"],
    [
      "JSON-RPC under another name",
      (asked, response) =>
        void response
          .writeHead(200, { "content-type": "text/plain" })
          .end(JSON.stringify({ jsonrpc: "2.0", id: asked.id, result: INITIALIZED })),
      "protocol_error bad_content_type",
    ],
    [
      "no content type",
      (_asked, response) => void response.writeHead(200).end("ok"),
      "not_mcp bad_content_type",
    ],
    [
      "JSON of something else",
      (_asked, response) => sendJson(response, 200, { status: "ok" }),
      "not_mcp not_mcp",
    ],
    [
      "broken JSON",
      (_asked, response) => void response.writeHead(200, { "content-type": "application/json" }).end("{"),
      "not_mcp invalid_json",
    ],
    [
      "nothing",
      (_asked, response) => void response.writeHead(200, { "content-type": "application/json" }).end(),
      "not_mcp empty_reply",
    ],
    [
      "another id",
      (_asked, response) => sendJson(response, 200, { jsonrpc: "2.0", id: 99, result: INITIALIZED }),
      "protocol_error id_mismatch",
    ],
    [
      "a result without a version",
      (asked, response) => sendResult(response, asked, { capabilities: {}, serverInfo: { name: "x" } }),
      "protocol_error initialize_invalid",
    ],
    [
      "a version nobody knows",
      (asked, response) => sendResult(response, asked, { ...INITIALIZED, protocolVersion: "2031-01-01" }),
      "protocol_error version_unknown",
    ],
    [
      "an error",
      (asked, response) => sendError(response, asked, 200, -32603, "oops"),
      "protocol_error initialize_error -32603",
    ],
    [
      "404 for everything",
      (_asked, response) => void response.writeHead(404).end("no"),
      "http_error http_404",
    ],
    [
      "500 for everything",
      (_asked, response) => void response.writeHead(500).end("no"),
      "http_error http_500",
    ],
    [
      "a log-in page elsewhere",
      (_asked, response) => void response.writeHead(302, { location: "https://login.example/" }).end(),
      "redirect_blocked redirect_cross_origin",
    ],
    [
      "a body of 5 MB",
      (_asked, response) =>
        void response.writeHead(200, { "content-type": "application/json" }).end("x".repeat(5_000_000)),
      "response_too_large response_too_large",
    ],
  ];
  test.each(ROWS)("%s", async (_name, answer, judged) => {
    const server = await stub(answer);
    const { finding } = await probeOnce(server.url);
    expect(finding.state).toBe("down");
    expect(`${finding.reason} ${finding.detail}`).toBe(judged);
    expect(finding.steps.some(({ ok }) => !ok)).toBe(true);
  });

  test("429 keeps the endpoint alive and tells when to come back", async () => {
    const server = await stub(
      (_asked, response) => void response.writeHead(429, { "retry-after": "120" }).end(),
    );
    const { finding } = await probeOnce(server.url);
    expect(finding).toMatchObject({ state: "degraded", reason: "rate_limited", retryAfterMs: 120_000 });
    expect(server.asked.length).toBe(1);
  });

  test("only versions newer than ours degrade the endpoint and are our business", async () => {
    const server = await stub(
      modernEndpoint({
        "server/discover": (asked, response) =>
          sendError(response, asked, 400, -32022, "unsupported", {
            supported: ["2031-01-01"],
            requested: "2026-07-28",
          }),
        initialize: (asked, response) =>
          sendError(response, asked, 400, -32022, "unsupported", { supported: ["2031-01-01"] }),
      }),
    );
    expect((await probeOnce(server.url)).finding).toMatchObject({
      state: "degraded",
      reason: "unsupported_version",
    });
  });

  test("a version that is refused and offered in one breath is asked for once more", async () => {
    let discoveries = 0;
    const well = modernEndpoint();
    const server = await stub((asked, response) => {
      discoveries += asked.rpc === "server/discover" ? 1 : 0;
      if (discoveries === 1 && asked.rpc === "server/discover") {
        sendError(response, asked, 400, -32022, "unsupported", { supported: ["2026-07-28"] });
      } else {
        well(asked, response);
      }
    });
    expect((await probeOnce(server.url)).finding).toMatchObject({ state: "up", era: "modern" });
    expect(server.asked.map(({ rpc }) => rpc)).toEqual(["server/discover", "server/discover", "tools/list"]);
  });

  test("a modern endpoint that rejects our headers is our fault", async () => {
    const server = await stub(
      modernEndpoint({ "server/discover": (asked, response) => sendError(response, asked, 400, -32020) }),
    );
    expect((await probeOnce(server.url)).finding).toMatchObject({ state: "unknown", reason: "probe_error" });
  });

  test("a legacy server that hangs on a method it does not know is still found up", async () => {
    const server = await stub(legacyEndpoint({ "server/discover": () => {} }));
    const { finding } = await probeOnce(server.url, { budgetMs: 3_000 });
    expect(finding).toMatchObject({ state: "up", era: "legacy" });
  });

  test("evidence of a refused redirect says where it led", async () => {
    const location = "https://login.example/?next=%2Fmcp&token=abcdefgh";
    const server = await stub((_asked, response) => void response.writeHead(302, { location }).end("moved"));
    const { finding } = await probeOnce(server.url);
    expect(finding.evidence).toBe("HTTP 302 location: https://login.example/?next=%2Fmcp&token=[redacted]");
  });

  test("evidence holds what it said, redacted and short", async () => {
    const server = await stub(
      (_asked, response) =>
        void response
          .writeHead(500, { "content-type": "text/plain" })
          .end(`token=abcdefgh ${"y".repeat(2_000)}`),
    );
    const { finding } = await probeOnce(server.url);
    expect(finding.evidence).toMatch(/^HTTP 500 text\/plain token=\[redacted\] y+…$/);
    expect(finding.evidence?.length).toBeLessThanOrEqual(500);
  });
});

describe("the old HTTP+SSE pair", () => {
  test("an endpoint event that leads to another origin is not followed", async () => {
    const thief = await stub(legacyEndpoint());
    const server = await stub(ssePairEndpoint({ endpoint: thief.url }));
    const { finding } = await probeOnce(server.url);
    expect(finding).toMatchObject({ state: "down", detail: "sse_endpoint_cross_origin" });
    expect(thief.asked).toEqual([]);
  });

  test("a stream that never names its endpoint is given up after five seconds", async () => {
    const server = await stub((asked, response) => {
      if (asked.method === "GET") {
        response.writeHead(200, { "content-type": "text/event-stream" }).write(": hi\n\n");
      } else {
        response.writeHead(405).end();
      }
    });
    const { finding } = await probeOnce(server.url, { transport: "sse" });
    expect(finding).toMatchObject({ state: "down", reason: "not_mcp", detail: "sse_no_endpoint" });
    expect(finding.observedAtMs - finding.startedAtMs).toBeLessThan(7_000);
  });

  test("a stream that breaks while we wait is told", async () => {
    let stream: Parameters<Answer>[1] | null = null;
    const server = await stub((asked, response) => {
      if (asked.method === "GET") {
        stream = response;
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write("event: endpoint\ndata: /messages\n\n");
      } else {
        response.writeHead(202).end();
        stream?.destroy();
      }
    });
    const { finding } = await probeOnce(server.url, { transport: "sse" });
    expect(finding).toMatchObject({ state: "down", reason: "not_mcp", detail: "truncated" });
  });

  test("its POSTs may be refused", async () => {
    const server = await stub((asked, response) => {
      if (asked.method === "GET") {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write("event: endpoint\ndata: /messages\n\n");
      } else {
        response.writeHead(500).end();
      }
    });
    const { finding } = await probeOnce(server.url, { transport: "sse" });
    expect(finding).toMatchObject({ state: "down", reason: "http_error", detail: "http_500" });
  });
});

test("a stream of events reply for every step is as good as JSON", async () => {
  const server = await stub(
    modernEndpoint({
      "tools/list": (asked, response) => sendEvent(response, asked, { resultType: "complete", tools: TOOLS }),
    }),
  );
  expect((await probeOnce(server.url)).finding).toMatchObject({ state: "up", era: "modern", toolsCount: 2 });
});
