/** Eras and the handshake: `server/discover`, `initialize`, `notifications/initialized`. */
import { expect } from "vitest";
import { INITIALIZED, legacyEndpoint, modernEndpoint, TOOLS } from "../servers/endpoints.ts";
import { type Answer, sendError, sendEvent, sendJson, sendResult } from "../servers/stub.ts";
import { always, type Fault } from "./fault.ts";

const MODERN = { era: "modern", transport: "http", protocolVersion: "2026-07-28" } as const;
const LEGACY = { era: "legacy", transport: "http", protocolVersion: "2025-06-18" } as const;
const short = { budgetMs: 1_500 };

const error =
  (status: number, code: number, message = "no", data?: unknown): Answer =>
  (asked, response) =>
    sendError(response, asked, status, code, message, data);
const result =
  (value: unknown): Answer =>
  (asked, response) =>
    sendResult(response, asked, value);
const status =
  (code: number, text = "no"): Answer =>
  (_asked, response) =>
    void response.writeHead(code).end(text);
const DISCOVERED = { supportedVersions: ["2026-07-28"], capabilities: { tools: {} } };
const TOO_NEW = { supported: ["2031-01-01"], requested: "2026-07-28" };

/** A legacy endpoint that meets `server/discover` in its own way: never a reason to call it down. */
const meetsDiscover = (name: string, answer: Answer): Fault => ({
  name: `a legacy endpoint that meets a modern greeting with ${name}`,
  open: always(legacyEndpoint({ "server/discover": answer })),
  judged: "up - - -",
  also: ({ era }) => expect(era).toBe("legacy"),
});

const GREETINGS: readonly Fault[] = [
  meetsDiscover("400 and -32000, without a content type", (_asked, response) => {
    response
      .writeHead(400)
      .end('{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Bad Request"}}');
  }),
  meetsDiscover("an error for an id of its own", (_asked, response) =>
    sendJson(response, 400, { jsonrpc: "2.0", id: "server-error", error: { code: -32600, message: "no" } }),
  ),
  meetsDiscover("200 and -32601", error(200, -32601)),
  meetsDiscover("200 and -32602 as an event", (asked, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(`data: {"jsonrpc":"2.0","id":${asked.id},"error":{"code":-32602,"message":"no"}}\n\n`);
  }),
  meetsDiscover("JSON that is no JSON-RPC", (_asked, response) =>
    sendJson(response, 400, { error: { code: "BadRequest" } }),
  ),
  meetsDiscover("422 in plain words", status(422, "Unexpected message, expect initialize request")),
  meetsDiscover("404", status(404)),
  meetsDiscover("405", status(405)),
  meetsDiscover("a crash", status(500)),
  meetsDiscover("a result that is no discovery", result({ ok: true })),
  meetsDiscover(
    "a list of legacy versions only",
    result({ supportedVersions: ["2025-11-25"], capabilities: {} }),
  ),
  {
    name: "a legacy endpoint that lists tools for a modern greeting too",
    open: always(legacyEndpoint({ "server/discover": error(200, -32602) })),
    judged: "up - - -",
    also: (_finding, { asked }) => expect(asked[0]?.rpc).toBe("server/discover"),
  },
  {
    name: "a modern endpoint that tells no name",
    open: always(modernEndpoint({ "server/discover": result(DISCOVERED) })),
    judged: "up - - -",
    also: ({ server }) => expect(server).toBeNull(),
  },
  {
    name: "a modern-only endpoint remembered as legacy",
    open: always(modernEndpoint()),
    request: { remembered: LEGACY },
    judged: "up - - -",
    also: ({ era }) => expect(era).toBe("modern"),
  },
  {
    name: "a legacy endpoint remembered as modern",
    open: always(legacyEndpoint()),
    request: { remembered: MODERN },
    judged: "up - - -",
    also: ({ era }) => expect(era).toBe("legacy"),
  },
];

const MODERN_FAULTS: readonly Fault[] = [
  {
    name: "only versions newer than ours, in an error",
    open: always(
      modernEndpoint({
        "server/discover": error(400, -32022, "no", TOO_NEW),
        initialize: error(400, -32022, "no", TOO_NEW),
      }),
    ),
    judged: "degraded unsupported_version protocol unsupported_by_prober",
  },
  {
    name: "only versions newer than ours, in a discovery",
    open: always(
      modernEndpoint({ "server/discover": result({ ...DISCOVERED, supportedVersions: ["2031-01-01"] }) }),
    ),
    judged: "degraded unsupported_version protocol unsupported_by_prober",
  },
  {
    name: "our headers called wrong",
    open: always(modernEndpoint({ "server/discover": error(400, -32020, "HeaderMismatch") })),
    judged: "unknown probe_error probe probe_rejected -32020",
  },
  {
    name: "a demand for a capability we do not declare",
    open: always(modernEndpoint({ "server/discover": error(400, -32021, "MissingCapability") })),
    judged: "unknown probe_error probe probe_rejected -32021",
  },
  {
    name: "our parameters called wrong by an endpoint that took them yesterday",
    open: always(modernEndpoint({ "server/discover": error(400, -32602, "Invalid params") })),
    request: { remembered: MODERN },
    judged: "unknown probe_error probe probe_rejected -32602",
  },
  {
    name: "a discovery without capabilities and no other era",
    open: always(modernEndpoint({ "server/discover": result({ supportedVersions: ["2026-07-28"] }) })),
    judged: "down protocol_error protocol initialize_error -32022",
  },
  {
    name: "an unknown kind of result",
    open: always(modernEndpoint({ "server/discover": result({ ...DISCOVERED, resultType: "later" }) })),
    request: { remembered: MODERN },
    judged: "down protocol_error protocol initialize_error -32022",
  },
];

const initializing = (name: string, answer: Answer, detail: string): Fault => ({
  name: `initialize answered with ${name}`,
  open: always(legacyEndpoint({ initialize: answer })),
  judged: `down protocol_error protocol ${detail}`,
});

const LEGACY_FAULTS: readonly Fault[] = [
  initializing("a JSON-RPC error", error(200, -32603, "oops"), "initialize_error -32603"),
  initializing("a JSON-RPC error and 400", error(400, -32600, "oops"), "initialize_error -32600"),
  initializing("no version", result({ capabilities: {}, serverInfo: { name: "x" } }), "initialize_invalid"),
  initializing("no capabilities", result({ ...INITIALIZED, capabilities: [] }), "initialize_invalid"),
  initializing("no name", result({ ...INITIALIZED, serverInfo: {} }), "initialize_invalid"),
  initializing(
    "a version nobody knows",
    result({ ...INITIALIZED, protocolVersion: "2031-01-01" }),
    "version_unknown",
  ),
  initializing(
    "another id",
    (_asked, response) => sendJson(response, 200, { jsonrpc: "2.0", id: 99, result: INITIALIZED }),
    "id_mismatch",
  ),
  {
    name: "initialize answered with another id on a stream that stays open",
    open: always(
      legacyEndpoint({
        initialize: (_asked, response) => {
          response.writeHead(200, { "content-type": "text/event-stream" });
          response.write(`data: ${JSON.stringify({ jsonrpc: "2.0", id: 99, result: INITIALIZED })}\n\n`);
        },
      }),
    ),
    request: short,
    judged: "down protocol_error protocol id_mismatch",
  },
  {
    name: "our id sent back as text",
    open: always(
      legacyEndpoint({
        initialize: (asked, response) =>
          sendJson(response, 200, { jsonrpc: "2.0", id: `${asked.id}`, result: INITIALIZED }),
      }),
    ),
    judged: "up - - -",
  },
  {
    name: "a refusal of every version but the one it negotiated",
    open: always((asked, response) => {
      const sent = asked.headers["mcp-protocol-version"];
      const isWrong =
        asked.rpc !== "server/discover" && sent !== undefined && sent !== INITIALIZED.protocolVersion;
      if (isWrong) {
        sendError(response, asked, 400, -32000, "Unsupported protocol version");
      } else {
        legacyEndpoint()(asked, response);
      }
    }),
    judged: "up - - -",
  },
  {
    name: "406 for an Accept that does not name both types",
    open: always((asked, response) => {
      const accept = `${asked.headers.accept}`;
      const isBoth = accept.includes("application/json") && accept.includes("text/event-stream");
      (asked.method === "POST" && !isBoth ? status(406) : legacyEndpoint())(asked, response);
    }),
    judged: "up - - -",
  },
  ...[200, 204, 400, 404, 500].map(
    (code): Fault => ({
      name: `notifications/initialized answered with ${code}, and all else well`,
      open: always(legacyEndpoint({ "notifications/initialized": status(code, "") })),
      judged: "up - - -",
    }),
  ),
  {
    name: "notifications/initialized refused, and the list after it",
    open: always(legacyEndpoint({ "notifications/initialized": status(500), "tools/list": status(500) })),
    judged: "degraded tools_list_failed tools_list initialized_rejected",
  },
  {
    name: "a handshake of more than five seconds",
    open: always(
      legacyEndpoint({
        initialize: (asked, response) =>
          void setTimeout(() => sendEvent(response, asked, INITIALIZED, { "mcp-session-id": "slow" }), 5_200),
      }),
    ),
    request: { remembered: LEGACY },
    judged: "degraded latency latency slow_handshake",
    also: ({ latencyMs, toolsCount }) => {
      expect(latencyMs).toBeGreaterThan(5_000);
      expect(toolsCount).toBe(TOOLS.length);
    },
  },
];

export const HANDSHAKE_FAULTS = {
  greetings: GREETINGS,
  modern: MODERN_FAULTS,
  legacy: LEGACY_FAULTS,
};
