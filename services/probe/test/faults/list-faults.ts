/** `tools/list` after a good handshake, on the wires it comes over. */
import { expect } from "vitest";
import { INITIALIZED, legacyEndpoint, modernEndpoint, TOOLS } from "../servers/endpoints.ts";
import { type Answer, type Asked, sendError, sendJson, sendResult } from "../servers/stub.ts";
import { always, type Fault, type Judged } from "./fault.ts";

const short = { budgetMs: 1_000 };
const schema = { type: "object" };
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_asked, response) =>
    void response.writeHead(code, headers).end("no");
const error =
  (code: number, rpcCode: number, message = "no"): Answer =>
  (asked, response) =>
    sendError(response, asked, code, rpcCode, message);
const page =
  (list: (asked: Asked) => unknown): Answer =>
  (asked, response) =>
    sendResult(response, asked, list(asked));
const tools = (...listed: unknown[]) => page(() => ({ tools: listed }));

const legacyList = (name: string, answer: Answer, judged: Judged, rest: Partial<Fault> = {}): Fault => ({
  name: `a list that is ${name}`,
  open: always(legacyEndpoint({ "tools/list": answer })),
  judged,
  ...rest,
});
const modernList = (name: string, answer: Answer, judged: Judged): Fault => ({
  name: `a modern list that is ${name}`,
  open: always(modernEndpoint({ "tools/list": answer })),
  judged,
});

const FAILED: readonly Fault[] = [
  legacyList("an error", error(200, -32603), "down tools_list_failed tools_list tools_list_error -32603"),
  legacyList(
    "unknown to it",
    error(404, -32601),
    "down tools_list_failed tools_list tools_list_error -32601",
  ),
  legacyList("a 500", status(500), "down tools_list_failed tools_list http_500"),
  legacyList("a 502 in JSON-RPC words", error(502, -32000), "down tools_list_failed tools_list http_502"),
  legacyList(
    "a reset",
    (_asked, response) => void response.socket?.resetAndDestroy(),
    "down tools_list_failed tools_list connection_reset",
  ),
  legacyList("never answered", () => {}, "down timeout tools_list budget_spent", { request: short }),
  legacyList("throttled", status(429), "degraded rate_limited http http_429"),
  legacyList("blocked", status(403), "degraded access_blocked http http_403"),
  legacyList(
    "a web page",
    (_asked, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<p>"),
    "down protocol_error tools_list not_mcp",
  ),
  legacyList(
    "half of some JSON",
    (_asked, response) => void response.writeHead(200, { "content-type": "application/json" }).end("{"),
    "down protocol_error tools_list invalid_json",
  ),
  legacyList(
    "under another id",
    (_asked, response) => sendJson(response, 200, { jsonrpc: "2.0", id: 99, result: { tools: TOOLS } }),
    "down protocol_error tools_list id_mismatch",
  ),
  legacyList(
    "walled",
    status(401, { "www-authenticate": "Bearer" }),
    "auth_walled auth_required auth auth_on_list",
  ),
  legacyList(
    "walled in words",
    error(200, -32001, "Unauthorized"),
    "auth_walled auth_required auth auth_on_list",
  ),
  legacyList(
    "for another session, every time",
    error(404, -32001, "Session not found"),
    "down tools_list_failed tools_list session_lost -32001",
    {
      also: (_finding, { asked }) => expect(asked.filter(({ rpc }) => rpc === "initialize").length).toBe(2),
    },
  ),
  legacyList(
    "for another session, with 400",
    status(400),
    "down tools_list_failed tools_list session_lost 400",
  ),
  legacyList(
    "over the bound",
    page(() => ({ tools: [{ name: "big", description: "x".repeat(5_000_000), inputSchema: schema }] })),
    "down response_too_large tools_list response_too_large",
  ),
  legacyList(
    "deeper than the bound",
    tools({ name: "deep", inputSchema: JSON.parse(`${'{"a":'.repeat(80)}1${"}".repeat(80)}`) }),
    "down response_too_large tools_list response_too_deep",
  ),
  modernList("an error", error(200, -32603), "down tools_list_failed tools_list tools_list_error -32603"),
  modernList(
    "unknown to it",
    error(404, -32601),
    "down tools_list_failed tools_list tools_list_error -32601",
  ),
];

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `t${index}`, inputSchema: schema }));

const MALFORMED: readonly Fault[] = [
  ...(
    [
      ["no array", () => ({ tools: {} }), "tools_list_invalid"],
      ["missing", () => ({}), "tools_list_invalid"],
      ["cut by a cursor that is a number", () => ({ tools: [], nextCursor: 7 }), "tools_list_invalid"],
      ["cut by the same cursor twice", () => ({ tools: many(1), nextCursor: "a" }), "pagination_runaway"],
      ["cut by the empty cursor for ever", () => ({ tools: many(1), nextCursor: "" }), "pagination_runaway"],
      [
        "of pages without end",
        ({ params }) => ({ tools: [], nextCursor: `${params.cursor ?? ""}x` }),
        "pagination_runaway",
      ],
      ["of 5,001 tools", () => ({ tools: many(5_001) }), "pagination_runaway"],
    ] as const satisfies readonly (readonly [string, (asked: Asked) => unknown, string])[]
  ).map(([name, list, detail]) =>
    legacyList(name, page(list), `down tools_list_malformed tools_list ${detail}`, {
      also: (_finding, { asked }) =>
        expect(asked.filter(({ rpc }) => rpc === "tools/list").length).toBeLessThanOrEqual(50),
    }),
  ),
  modernList(
    "not complete",
    page(() => ({ resultType: "input_required", tools: [] })),
    "down tools_list_malformed tools_list tools_list_invalid",
  ),
  legacyList("empty", tools(), "degraded tools_list_malformed tools_list tools_empty"),
  legacyList("empty as it always was", tools(), "up - - -", { request: { isToolListEmptyAtBaseline: true } }),
  {
    name: "no tools promised",
    open: always(legacyEndpoint({ initialize: page(() => ({ ...INITIALIZED, capabilities: {} })) })),
    judged: "up - - tools_not_offered",
    also: (_finding, { asked }) => expect(asked.some(({ rpc }) => rpc === "tools/list")).toBe(false),
  },
  ...(
    [
      ["no inputSchema", { name: "bad" }],
      ["an inputSchema of another root type", { name: "bad", inputSchema: { type: "string" } }],
      ["a description that is null", { name: "bad", description: null, inputSchema: schema }],
      [
        "an outputSchema of another root type",
        { name: "bad", inputSchema: schema, outputSchema: { type: "array" } },
      ],
    ] as const
  ).map(([name, tool]) =>
    legacyList(
      `spoilt by a tool with ${name}`,
      tools(...TOOLS, tool),
      "degraded tools_list_malformed tools_list tool_invalid: bad",
    ),
  ),
  legacyList(
    "spoilt by a tool of unprintable name",
    tools({ name: "a\u0000\ud800\u202eb" }),
    "degraded tools_list_malformed tools_list tool_invalid: a \ufffd b",
  ),
];

const linted = (name: string, tool: unknown, lint: string, more: readonly unknown[] = []): Fault =>
  legacyList(name, tools(tool, ...more), "up - - -", {
    also: ({ lints }) => expect(lints.join("\n")).toContain(lint),
  });

const LINTED: readonly Fault[] = [
  linted("one name twice", TOOLS[0], "tool_duplicate", [TOOLS[0]]),
  legacyList("of an endpoint whose name no page may print", tools(...TOOLS), "up - - -", {
    open: always(
      legacyEndpoint({
        initialize: page(() => ({
          ...INITIALIZED,
          serverInfo: { name: "a\u0000\u202eb", version: "x".repeat(999) },
        })),
      }),
    ),
    also: ({ server }) => expect(server).toEqual({ name: "a b", version: `${"x".repeat(99)}…` }),
  }),
  linted("under a name that is not portable", { name: "tool with spaces", inputSchema: schema }, "tool_name"),
  linted(
    "with an invalid x-mcp-header",
    {
      name: "h",
      inputSchema: { type: "object", properties: { a: { type: "string", "x-mcp-header": "bad header" } } },
    },
    "tool_header",
  ),
  linted(
    "with an outputSchema whose reference leads nowhere",
    {
      name: "r",
      inputSchema: schema,
      outputSchema: { type: "object", properties: { a: { $ref: "#/$defs/none" } } },
    },
    "tool_schema",
  ),
  linted(
    "with a pattern no engine compiles",
    {
      name: "p",
      inputSchema: schema,
      outputSchema: { type: "object", properties: { a: { type: "string", pattern: "(" } } },
    },
    "tool_schema",
  ),
  linted(
    "of a tool that wants a task",
    { name: "t", inputSchema: schema, execution: { taskSupport: "required" } },
    "tool_task_required",
  ),
  {
    name: "a reference to the network in a schema",
    open: always(
      legacyEndpoint({
        "tools/list": (asked, response) => {
          const $ref = `http://${asked.headers.host}/schema.json`;
          sendResult(response, asked, {
            tools: [
              {
                name: "n",
                inputSchema: { type: "object", properties: { a: { $ref } } },
                icons: [{ src: $ref }],
              },
            ],
          });
        },
      }),
    ),
    judged: "up - - -",
    also: (_finding, { asked }) => expect(asked.every(({ path }) => path === "/mcp")).toBe(true),
  },
];

export const LIST_FAULTS = { failed: FAILED, malformed: MALFORMED, linted: LINTED };
