/** How an endpoint takes the end of its sessions, and how replies may come over an event stream. */
import { expect } from "vitest";
import { INITIALIZED, legacyEndpoint, TOOLS } from "../servers/endpoints.ts";
import { type Answer, type Asked, sendError, sendResult } from "../servers/stub.ts";
import { type Aftermath, always, type Fault, type FaultyEndpoint } from "./fault.ts";

const status =
  (code: number): Answer =>
  (_asked, response) =>
    void response.writeHead(code).end();
const ended = ({ asked }: FaultyEndpoint) =>
  asked.filter(({ method }) => method === "DELETE").map(({ headers }) => `${headers["mcp-session-id"]}`);
const message = (asked: Asked, result: unknown) => JSON.stringify({ jsonrpc: "2.0", id: asked.id, result });

const SESSIONS: readonly Fault[] = [
  ...[204, 400, 404, 405, 500, 501].map(
    (code): Fault => ({
      name: `the end of its session answered with ${code}`,
      open: always(legacyEndpoint({ DELETE: status(code) })),
      judged: "up - - -",
      also: ({ steps }) => expect(steps.at(-1)).toMatchObject({ step: "close", detail: `${code}` }),
    }),
  ),
  {
    name: "the end of its session never answered",
    open: always(legacyEndpoint({ DELETE: () => {} })),
    judged: "up - - -",
    also: ({ steps }) => expect(steps.at(-1)).toMatchObject({ step: "close", ok: false }),
  },
  {
    name: "a reset at the end of its session",
    open: always(legacyEndpoint({ DELETE: (_asked, response) => void response.socket?.resetAndDestroy() })),
    judged: "up - - -",
  },
  {
    name: "a session handed out with every error",
    open: always((asked, response) => {
      if (asked.method === "DELETE") {
        response.writeHead(200).end();
      } else {
        response.setHeader("mcp-session-id", `of-${asked.rpc || asked.method}`);
        sendError(response, asked, 400, -32600);
      }
    }),
    judged: "down protocol_error protocol initialize_error -32600",
    also: (_finding, endpoint) =>
      expect(ended(endpoint).sort()).toEqual(["of-GET", "of-initialize", "of-server/discover"]),
  },
  {
    name: "a session that is no header value",
    open: always(legacyEndpoint({}, { session: "with space" })),
    judged: "up - - -",
    also: (_finding, endpoint) => expect(ended(endpoint)).toEqual([]),
  },
  {
    name: "a session handed out before everything hangs",
    open: always(legacyEndpoint({ "tools/list": () => {} })),
    request: { budgetMs: 1_000 },
    judged: "down timeout tools_list budget_spent",
    also: (_finding, endpoint) => expect(ended(endpoint)).toEqual(["session-1"]),
  },
];

/** The list as an event stream of this text, `{answer}` being its message; the stream may stay open. */
const listStream =
  (text: string, isOpen = false): Answer =>
  (asked, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(text.replace("{answer}", message(asked, { tools: TOOLS })));
    if (!isOpen) {
      response.end();
    }
  };
const streamed = (name: string, text: string, judged: Fault["judged"], rest: Partial<Fault> = {}): Fault => ({
  name: `a list on a stream that ${name}`,
  open: always(legacyEndpoint({ "tools/list": listStream(text) })),
  judged,
  ...rest,
});
const note = `data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n`;
const resumes =
  (times: number): Aftermath =>
  (_finding, { asked }) =>
    expect(asked.filter(({ method }) => method === "GET").length).toBe(times);

const STREAMS: readonly Fault[] = [
  streamed("ends its lines as it likes", "event: message\r\ndata: {answer}\r\n\r\n", "up - - -"),
  streamed(
    "begins with comments, an empty event and other messages",
    `: hi\n\nid: 1\ndata:\n\n${note}data: {answer}\n\n`,
    "up - - -",
  ),
  streamed(
    "asks us for something first",
    `data: {"jsonrpc":"2.0","id":7,"method":"sampling/createMessage","params":{}}\n\ndata: {answer}\n\n`,
    "up - - -",
    { also: (_finding, { asked }) => expect(asked.filter(({ id }) => id === 7)).toEqual([]) },
  ),
  streamed("stays open after the answer", "data: {answer}\n\n", "up - - -", {
    open: always(legacyEndpoint({ "tools/list": listStream("data: {answer}\n\n", true) })),
  }),
  streamed("ends without an answer", note, "down protocol_error tools_list sse_no_response", {
    also: resumes(0),
  }),
  streamed("carries no JSON", "data: hello\n\n", "down protocol_error tools_list invalid_json"),
  streamed(
    "ends in the middle of the answer",
    "data: {answer}",
    "down protocol_error tools_list sse_no_response",
  ),
  {
    name: "a stream to be taken up at once, for ever",
    open: always((asked, response) => {
      const again = "id: again\nretry: 0\ndata:\n\n";
      (asked.method === "GET" || asked.rpc === "tools/list" ? listStream(again) : legacyEndpoint())(
        asked,
        response,
      );
    }),
    judged: "down protocol_error tools_list sse_no_response",
    also: resumes(3),
  },
  {
    name: "a stream to be taken up where nothing is",
    open: always(
      legacyEndpoint({ "tools/list": listStream("id: 1\nretry: 0\ndata:\n\n"), GET: status(404) }),
    ),
    judged: "down protocol_error tools_list sse_no_response",
    also: resumes(1),
  },
  {
    name: "a stream that pings us a hundred times",
    open: always(
      legacyEndpoint({
        "tools/list": listStream(
          `${Array.from({ length: 100 }, (_, id) => `data: {"jsonrpc":"2.0","id":"p${id}","method":"ping"}\n\n`).join("")}data: {answer}\n\n`,
        ),
      }),
    ),
    judged: "up - - -",
    also: (_finding, { asked }) => {
      const pongs = asked.filter(({ id, rpc }) => `${id}`.startsWith("p") && rpc === "");
      expect(pongs.length).toBeLessThanOrEqual(5);
    },
  },
  {
    name: "a stream of comments without end",
    open: always(
      legacyEndpoint({
        initialize: (_asked, response) => {
          response.writeHead(200, { "content-type": "text/event-stream" });
          const timer = setInterval(() => response.write(": alive\n\n"), 20);
          response.on("close", () => clearInterval(timer));
        },
      }),
    ),
    request: { budgetMs: 1_000 },
    judged: "down timeout http body_timeout",
  },
  {
    name: "an answer in a batch",
    open: always(
      legacyEndpoint({
        initialize: (asked, response) => {
          response.writeHead(200, { "content-type": "application/json" });
          response.end(`[${message(asked, INITIALIZED)}]`);
        },
        "tools/list": (asked, response) => sendResult(response, asked, { tools: TOOLS }),
      }),
    ),
    judged: "up - - -",
  },
];

export const MANNERS_FAULTS = { sessions: SESSIONS, streams: STREAMS };
