/** The one tool a probe may call. The protocol is alive by then; what fails is the application. */
import { expect } from "vitest";
import { legacyEndpoint } from "../servers/endpoints.ts";
import { type Answer, sendError, sendResult } from "../servers/stub.ts";
import { always, type Fault, type Judged } from "./fault.ts";

const TOOL = { name: "health_check", inputSchema: { type: "object" } };
const auto = { health: { kind: "auto" } } as const;
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_asked, response) =>
    void response.writeHead(code, headers).end();
const result =
  (value: unknown): Answer =>
  (asked, response) =>
    sendResult(response, asked, value);
const error =
  (code: number, rpcCode: number, message: string): Answer =>
  (asked, response) =>
    sendError(response, asked, code, rpcCode, message);

const called = (name: string, answer: Answer, judged: Judged, rest: Partial<Fault> = {}): Fault => ({
  name: `a health tool that ${name}`,
  open: always(legacyEndpoint({ "tools/list": result({ tools: [TOOL] }), "tools/call": answer })),
  request: auto,
  judged,
  ...rest,
});
const failed = (name: string, answer: Answer, detail: string, rest: Partial<Fault> = {}) =>
  called(name, answer, `degraded health_check_failed health ${detail}`, rest);
const openList: Partial<Fault> = {
  also: ({ lints, toolsCount }) => {
    expect(lints.join()).toContain("auth_on_call");
    expect(toolsCount).toBe(1);
  },
};

export const HEALTH_FAULTS: readonly Fault[] = [
  called("is well", result({ content: [] }), "up - - -"),
  failed(
    "reports an error",
    result({ isError: true, content: [{ type: "text", text: "db down" }] }),
    "tool_error",
    {
      // What the endpoint says to the end of its session later is not what it failed with.
      also: ({ evidence, steps }) => {
        expect(steps.map(({ step }) => step)).toContain("close");
        expect(evidence).toContain("db down");
      },
    },
  ),
  failed("is unknown after all", error(200, -32602, "Unknown tool"), "health_tool_rejected"),
  failed("wants input", result({ resultType: "input_required" }), "health_tool_input_required"),
  failed(
    "wants a capability we do not declare",
    error(400, -32021, "MissingCapability"),
    "health_tool_needs_task",
  ),
  failed("answers with nothing", result({}), "health_tool_malformed"),
  failed("crashes", status(500), "http_500"),
  failed("resets", (_asked, response) => void response.socket?.resetAndDestroy(), "connection_reset"),
  failed(
    "answers with a web page",
    (_asked, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<p>"),
    "not_mcp",
  ),
  failed(
    "answers with 5 MB",
    result({ content: [{ type: "text", text: "x".repeat(5_000_000) }] }),
    "response_too_large",
  ),
  called("never answers", () => {}, "degraded health_check_timeout health health_tool_timeout", {
    request: { ...auto, budgetMs: 1_000 },
  }),
  called(
    "takes more than five seconds",
    (asked, response) => void setTimeout(() => sendResult(response, asked, { content: [] }), 5_200),
    "degraded health_check_timeout health slow_tool",
  ),
  called("is walled with 401", status(401, { "www-authenticate": "Bearer" }), "up - - -", openList),
  called(
    "is walled with 403 for want of a scope",
    status(403, { "www-authenticate": 'Bearer error="insufficient_scope"' }),
    "up - - -",
    openList,
  ),
  called("is walled with a bare 403", status(403), "up - - -", openList),
  called("is walled in words", error(200, -32001, "Unauthorized: log in required"), "up - - -", openList),
  called("is throttled", status(429), "degraded rate_limited http http_429"),
  {
    name: "a health tool its owner named that is gone",
    open: always(legacyEndpoint()),
    request: { health: { kind: "named", tool: "gone", arguments: {}, isReadOnlyConfirmed: true } },
    judged: "degraded health_check_failed health health_tool_missing",
  },
  {
    name: "a health tool that only runs as a task",
    open: always(
      legacyEndpoint({
        "tools/list": result({ tools: [{ ...TOOL, execution: { taskSupport: "required" } }] }),
      }),
    ),
    request: { health: { kind: "named", tool: "health_check", arguments: {}, isReadOnlyConfirmed: true } },
    judged: "degraded health_check_failed health health_tool_needs_task",
    also: (_finding, { asked }) => expect(asked.some(({ rpc }) => rpc === "tools/call")).toBe(false),
  },
];
