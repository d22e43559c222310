/** The old HTTP+SSE pair: a stream that names where to POST, and answers there. */
import { expect } from "vitest";
import { INITIALIZED, ssePairEndpoint } from "../servers/endpoints.ts";
import type { Answer } from "../servers/stub.ts";
import { always, type Fault } from "./fault.ts";

const short = { budgetMs: 1_500 };
const pair = { transport: "sse" } as const;
const stream =
  (text: string, isOpen: boolean): Answer =>
  (asked, response) => {
    if (asked.method !== "GET") {
      response.writeHead(202).end();
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" }).write(text);
    if (!isOpen) {
      response.end();
    }
  };

export const PAIR_FAULTS: readonly Fault[] = [
  {
    name: "a stream that never names where to POST",
    open: always(stream(": hello\n\n", true)),
    request: pair,
    judged: "down not_mcp protocol sse_no_endpoint",
    also: ({ startedAtMs, observedAtMs }) => expect(observedAtMs - startedAtMs).toBeLessThan(6_500),
  },
  {
    name: "a stream that ends before it names where to POST",
    open: always(stream(": hello\n\n", false)),
    request: pair,
    judged: "down not_mcp protocol sse_no_endpoint",
  },
  ...[
    ["another host", "http://other.example/messages", "sse_endpoint_cross_origin"],
    ["cloud metadata", "http://169.254.169.254/latest", "sse_endpoint_cross_origin"],
    ["another port", "//127.0.0.1:1/messages", "sse_endpoint_cross_origin"],
    ["a URL that is none", "http://[", "sse_endpoint_invalid"],
    ["a URL without end", `/${"a".repeat(5_000)}`, "sse_endpoint_invalid"],
  ].map(
    ([where, endpoint, detail]): Fault => ({
      name: `an endpoint event that leads to ${where}`,
      open: always(ssePairEndpoint({ endpoint: endpoint as string })),
      request: pair,
      judged: `down not_mcp protocol ${detail}`,
      also: (_finding, { asked }) => expect(asked.every(({ method }) => method === "GET")).toBe(true),
    }),
  ),
  {
    name: "POSTs that are accepted and never answered",
    open: always(stream("event: endpoint\ndata: /messages\n\n", true)),
    request: { ...pair, ...short },
    judged: "down timeout http body_timeout",
  },
  {
    name: "answers on the stream to another id",
    open: always(
      stream(
        `event: endpoint\ndata: /messages\n\ndata: ${JSON.stringify({ jsonrpc: "2.0", id: 99, result: INITIALIZED })}\n\n`,
        true,
      ),
    ),
    request: { ...pair, ...short },
    judged: "down protocol_error protocol id_mismatch",
  },
  {
    name: "404 for every POST and no pair either",
    open: always((_asked, response) => void response.writeHead(404).end()),
    judged: "down http_error http http_404",
  },
  {
    name: "404 for every POST and a GET that hangs",
    open: always((asked, response) => {
      if (asked.method !== "GET") {
        response.writeHead(404).end();
      }
    }),
    request: short,
    judged: "down http_error http http_404",
  },
];
