/** What the first request meets above TLS: statuses, types, bodies, frames. */
import { brotliCompressSync, gzipSync } from "node:zlib";
import { expect } from "vitest";
import { INITIALIZED, legacyEndpoint } from "../servers/endpoints.ts";
import type { Answer } from "../servers/stub.ts";
import { always, type Fault } from "./fault.ts";
import { saying, speaking } from "./raw-endpoint.ts";

const status =
  (code: number, headers: Record<string, string> = {}, body = "no"): Answer =>
  (_asked, response) =>
    void response.writeHead(code, headers).end(body);

const body =
  (contentType: string | null, text: string | Buffer, headers: Record<string, string> = {}): Answer =>
  (_asked, response) =>
    void response
      .writeHead(200, { ...(contentType === null ? {} : { "content-type": contentType }), ...headers })
      .end(text);

/** The right answer to `initialize` under a content type, or under none. */
const initializedAs =
  (contentType: string | null): Answer =>
  (asked, response) =>
    body(contentType, JSON.stringify({ jsonrpc: "2.0", id: asked.id, result: INITIALIZED }))(asked, response);

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
const JSON_TYPE = "application/json";
const short = { budgetMs: 1_000 };

const STATUSES: readonly Fault[] = [
  ...[400, 404, 405, 406, 407, 410, 415, 422, 500, 501, 502, 504, 511].map(
    (code): Fault => ({
      name: `nothing but ${code}`,
      open: always(status(code)),
      judged: `down http_error http http_${code}`,
    }),
  ),
  {
    name: "503 for maintenance, with a time to come back",
    open: always(status(503, { "retry-after": "600" })),
    judged: "down http_error http http_503",
    also: ({ retryAfterMs }) => expect(retryAfterMs).toBe(600_000),
  },
  {
    name: "429 with a time to come back",
    open: always(status(429, { "retry-after": "30" })),
    judged: "degraded rate_limited http http_429",
    also: ({ retryAfterMs }, { asked }) => {
      expect(retryAfterMs).toBe(30_000);
      expect(asked.length).toBe(1);
    },
  },
  {
    name: "429 with a time to come back that is none",
    open: always(status(429, { "retry-after": "soon" })),
    judged: "degraded rate_limited http http_429",
    also: ({ retryAfterMs }) => expect(retryAfterMs).toBeNull(),
  },
  {
    name: "204 and nothing else",
    open: always((_asked, response) => void response.writeHead(204).end()),
    judged: "down not_mcp protocol empty_reply",
  },
];

const TYPES: readonly Fault[] = [
  {
    name: "a web page",
    open: always(body("text/html; charset=utf-8", "<!doctype html>")),
    judged: "down not_mcp protocol not_mcp",
    also: ({ evidence }) => expect(evidence).toContain("text/html"),
  },
  {
    name: "text",
    open: always(body("text/plain", "It works!")),
    judged: "down not_mcp protocol bad_content_type",
  },
  {
    name: "the right answer as text",
    open: always(initializedAs("text/plain")),
    judged: "down protocol_error protocol bad_content_type",
  },
  {
    name: "the right answer without a content type",
    open: always(initializedAs(null)),
    judged: "down protocol_error protocol bad_content_type",
  },
  {
    name: "the right answer as JSON of a charset",
    open: always(
      legacyEndpoint({ initialize: initializedAs("Application/JSON; charset=utf-8") }, { session: null }),
    ),
    judged: "up - - -",
  },
  {
    name: "JSON of an API that is no MCP",
    open: always(body(JSON_TYPE, '{"status":"ok"}')),
    judged: "down not_mcp protocol not_mcp",
  },
  { name: "a JSON string", open: always(body(JSON_TYPE, '"ok"')), judged: "down not_mcp protocol not_mcp" },
  { name: "an empty batch", open: always(body(JSON_TYPE, "[]")), judged: "down not_mcp protocol not_mcp" },
  {
    name: "half of some JSON",
    open: always(body(JSON_TYPE, '{"jsonrpc":')),
    judged: "down not_mcp protocol invalid_json",
  },
  { name: "an empty body", open: always(body(JSON_TYPE, "")), judged: "down not_mcp protocol empty_reply" },
  {
    name: "JSON-RPC 1.0",
    open: always(body(JSON_TYPE, '{"id":1,"result":{},"error":null}')),
    judged: "down not_mcp protocol not_mcp",
  },
];

const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

const FRAMES: readonly Fault[] = [
  {
    name: "a connection closed at once",
    open: saying("", "close"),
    judged: "down http_error http connection_reset",
  },
  {
    name: "a connection reset at once",
    open: saying("", "reset"),
    judged: "down http_error http connection_reset",
  },
  {
    name: "a banner of another protocol",
    open: saying("SSH-2.0-x\r\n", "hang"),
    judged: "down http_error http http_malformed",
  },
  { name: "silence", open: saying("", "hang"), request: short, judged: "down timeout http budget_spent" },
  {
    name: "a head and no body",
    open: saying(`${head}content-length: 9\r\n\r\n`, "hang"),
    request: short,
    judged: "down timeout http body_timeout",
  },
  {
    name: "a socket closed in the body",
    open: saying(`${head}content-length: 99\r\n\r\n{"json`, "close"),
    judged: "down not_mcp protocol truncated",
  },
  {
    name: "a socket reset in a chunk",
    open: saying(`${head}transfer-encoding: chunked\r\n\r\nff\r\n{`, "reset"),
    judged: "down not_mcp protocol truncated",
  },
  {
    name: "a chunk size that is none",
    open: saying(`${head}transfer-encoding: chunked\r\n\r\nzz\r\n`, "hang"),
    judged: "down not_mcp protocol truncated",
  },
  {
    name: "a head without an end",
    open: saying(`${head}x-a: 1\r\n`, "hang"),
    request: short,
    judged: "down timeout http budget_spent",
  },
  {
    name: "announcements without end",
    open: speaking((socket) => {
      const announce = () => {
        if (!socket.destroyed) {
          socket.write("HTTP/1.1 103 Early Hints\r\n\r\n", () => setImmediate(announce));
        }
      };
      announce();
    }),
    request: short,
    judged: "down timeout http budget_spent",
  },
  {
    name: "a body that drips a byte at a time",
    open: speaking((socket) => {
      socket.write(`${head}content-length: 100000\r\n\r\n`);
      const timer = setInterval(() => socket.write(" "), 20);
      socket.on("close", () => clearInterval(timer));
    }),
    request: short,
    judged: "down timeout http body_timeout",
  },
  {
    name: "a head that drips a byte at a time",
    open: speaking((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nx-slow: ");
      const timer = setInterval(() => socket.write("a"), 20);
      socket.on("close", () => clearInterval(timer));
    }),
    request: short,
    judged: "down timeout http budget_spent",
  },
];

const bomb = Buffer.alloc(16 * 1024 * 1024);

const BOUNDS: readonly Fault[] = [
  {
    name: "a body of 5 MB",
    open: always(body(JSON_TYPE, `"${"x".repeat(5_000_000)}"`)),
    judged: "down response_too_large http response_too_large",
  },
  {
    name: "a head of 100 KB",
    open: always(status(200, { "x-big": "a".repeat(100_000) })),
    judged: "down response_too_large http response_headers_too_large",
  },
  {
    name: "16 MB in a few KB of gzip",
    open: always(body(JSON_TYPE, gzipSync(bomb), { "content-encoding": "gzip" })),
    judged: "down response_too_large http response_too_large",
  },
  {
    name: "16 MB in a few bytes of brotli",
    open: always(body(JSON_TYPE, brotliCompressSync(bomb), { "content-encoding": "br" })),
    judged: "down response_too_large http response_too_large",
  },
  {
    name: "plain bytes that claim to be gzip",
    open: always(body(JSON_TYPE, "{}", { "content-encoding": "gzip" })),
    judged: "down not_mcp protocol bad_content_encoding",
  },
  {
    name: "an encoding nobody knows",
    open: always(body(JSON_TYPE, "\u0001\u0002", { "content-encoding": "sdch" })),
    judged: "down not_mcp protocol invalid_json",
  },
  {
    name: "JSON of 65 levels",
    open: always(body(JSON_TYPE, nested(65))),
    judged: "down response_too_large http response_too_deep",
  },
  {
    name: "JSON of 20,000 levels",
    open: always(body(JSON_TYPE, nested(20_000))),
    judged: "down response_too_large http response_too_deep",
  },
  {
    name: "an error page of 20,000 levels",
    open: always(status(500, { "content-type": JSON_TYPE }, nested(20_000))),
    judged: "down http_error http http_500",
  },
  {
    name: "more values than anybody needs",
    open: always(body(JSON_TYPE, `[${"1,".repeat(1_000_000)}1]`)),
    judged: "down response_too_large http response_too_complex",
  },
];

export const HTTP_FAULTS = { statuses: STATUSES, types: TYPES, frames: FRAMES, bounds: BOUNDS };
