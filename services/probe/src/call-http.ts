/** One JSON-RPC request over Streamable HTTP: the reply is a JSON body or an event stream. */
import type { ProbeOutcome } from "@alivemcp/core/probe-outcome";
import {
  type AnswerStream,
  awaitAnswer,
  isEventStream,
  openAnswerStream,
  type ResumeStream,
} from "./answer-stream.ts";
import { keepEvidence } from "./evidence.ts";
import type { ExchangeReply } from "./exchange.ts";
import { MODERN_VERSION, pongBody, type RpcCall } from "./mcp-messages.ts";
import { askEndpoint, baseHeaders, type ProbeRun, REQUEST_TIMEOUT_MS } from "./probe-run.ts";
import { readRefusal } from "./read-refusal.ts";
import { type Recognise, type RpcReply, readRpcText, replyOf } from "./rpc.ts";

export interface HttpCallOptions {
  readonly isModern: boolean;
  /** Sent as `MCP-Protocol-Version`; null on `initialize`, which negotiates it. */
  readonly protocolVersion: string | null;
  readonly sessionId: string | null;
  readonly timeoutMs: number;
  readonly recognise: Recognise | null;
  readonly isCredentialSent: boolean;
}

const PONGS_MAX = 5;
const OPENING_BRACE = 0x7b;

/** Sends the request and waits for its answer. Never rejects. */
export async function callHttp(run: ProbeRun, call: RpcCall, options: HttpCallOptions): Promise<RpcReply> {
  let stream: AnswerStream | null = null;
  const deadlineMs = performance.now() + options.timeoutMs;
  const result = await askEndpoint(run, {
    url: run.url,
    method: "POST",
    headers: headersOf(run, call, options),
    body: call.body,
    timeoutMs: options.timeoutMs,
    lane: "main",
    readBody: (head) => {
      stream = isEventStream(head)
        ? openAnswerStream(run, {
            id: call.id,
            recognise: options.recognise,
            onPing: (id) => sendPong(run, id, options),
          })
        : null;
      return stream?.reader ?? null;
    },
  });
  const opened = stream as AnswerStream | null;
  if (opened !== null && (result.kind === "replied" || isInterrupted(result.outcome))) {
    return awaitAnswer(run, opened, result, deadlineMs, resumption(run, opened, options));
  }
  return result.kind === "replied" ? readReply(run, call, result, options.recognise) : failed(result.outcome);
}

/** The stream ended without its answer; what came on it says why. */
function isInterrupted(outcome: ProbeOutcome): boolean {
  return outcome.kind === "truncated" || outcome.kind === "timed-out";
}

function headersOf(run: ProbeRun, call: RpcCall, options: HttpCallOptions): string[] {
  const headers = baseHeaders(run, options.isCredentialSent);
  headers.push("content-type", "application/json", "accept", "application/json, text/event-stream");
  if (options.isModern) {
    headers.push("mcp-protocol-version", MODERN_VERSION, "mcp-method", call.method);
    if (call.name !== null) {
      headers.push("mcp-name", headerValue(call.name));
    }
    headers.push(...call.paramHeaders);
  } else {
    pushWireHeaders(headers, options);
  }
  return headers;
}

function pushWireHeaders(headers: string[], options: HttpCallOptions): void {
  if (options.protocolVersion !== null) {
    headers.push("mcp-protocol-version", options.protocolVersion);
  }
  if (options.sessionId !== null) {
    headers.push("mcp-session-id", options.sessionId);
  }
}

/** Plain ASCII goes as it is, all else wrapped (MCP 2026-07-28, Streamable HTTP, header encoding). */
export function headerValue(text: string): string {
  const isPlain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith("=?base64?");
  return isPlain ? text : `=?base64?${Buffer.from(text).toString("base64")}?=`;
}

function readReply(
  run: ProbeRun,
  call: RpcCall,
  reply: ExchangeReply,
  recognise: Recognise | null,
): RpcReply {
  const { head, body } = reply;
  if (head.status < 200 || head.status >= 300) {
    return readRefusal(run, call.id, reply);
  }
  if (body.length === 0) {
    return failed({ kind: "not-json-rpc", detail: "empty_reply" });
  }
  keepEvidence(run, body);
  if (head.contentType !== "application/json") {
    return failed({ kind: "not-json-rpc", detail: wrongTypeDetail(run, call, reply) });
  }
  const reading = readRpcText(run, body, call.id, recognise);
  if (reading.kind !== "nothing") {
    return replyOf(reading, { raw: body, head, sentMs: reply.sentMs, endMs: reply.endMs });
  }
  return failed(
    reading.hasWrongId
      ? { kind: "handshake-invalid", detail: "id_mismatch" }
      : { kind: "not-json-rpc", detail: "not_mcp" },
  );
}

/** Right JSON under the wrong name is another fault than a web page: official clients fail on both. */
function wrongTypeDetail(
  run: ProbeRun,
  call: RpcCall,
  { head, body }: ExchangeReply,
): "not_mcp" | "bad_content_type" {
  const reading = body[0] === OPENING_BRACE ? readRpcText(run, body, call.id, null) : null;
  const isMcp = reading?.kind === "answer" || reading?.kind === "nothing";
  return isMcp || head.contentType !== "text/html" ? "bad_content_type" : "not_mcp";
}

/** Answers a server's `ping` beside the open stream; nobody waits for what comes back. */
function sendPong(run: ProbeRun, id: string | number, options: HttpCallOptions): void {
  run.pongs += 1;
  if (options.isModern || run.pongs > PONGS_MAX) {
    return;
  }
  const body = pongBody(id);
  const pong: RpcCall = { method: "", id: 0, name: null, body, paramHeaders: [] };
  void askEndpoint(run, {
    url: run.url,
    method: "POST",
    headers: headersOf(run, pong, options),
    body,
    timeoutMs: REQUEST_TIMEOUT_MS,
    lane: "pong",
    readBody: null,
  });
}

function resumption(run: ProbeRun, stream: AnswerStream, options: HttpCallOptions): ResumeStream {
  if (options.isModern) {
    return null;
  }
  return (eventId, timeoutMs) => {
    const headers = baseHeaders(run, options.isCredentialSent);
    headers.push("accept", "text/event-stream", "last-event-id", eventId);
    pushWireHeaders(headers, options);
    return askEndpoint(run, {
      url: run.url,
      method: "GET",
      headers,
      body: null,
      timeoutMs,
      lane: "main",
      readBody: (head) => (isEventStream(head) ? stream.reader : null),
    });
  };
}

function failed(outcome: ProbeOutcome): RpcReply {
  return { kind: "failed", outcome };
}
