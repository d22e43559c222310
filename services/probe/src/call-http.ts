/**
 * One JSON-RPC request over Streamable HTTP. The reply is a JSON body, or an event stream that may carry other messages
 * first, and that may end before the answer to be taken up again by `Last-Event-ID` (2025-11-25, Transports).
 */
import type { ProbeOutcome } from "@alivemcp/core/probe-outcome";
import type { BodyReader } from "./body-sink.ts";
import type { ExchangeReply, ExchangeResult, ReplyHead } from "./exchange.ts";
import { MODERN_VERSION, pongBody, type RpcCall } from "./mcp-messages.ts";
import { pause } from "./pause.ts";
import { askEndpoint, baseHeaders, keepEvidence, type ProbeRun, REQUEST_TIMEOUT_MS } from "./probe-run.ts";
import { readRefusal } from "./read-refusal.ts";
import { type Reading, type Recognise, type RpcReply, readRpcText } from "./rpc.ts";
import { createSseParser, type SseParser } from "./sse-parser.ts";

export interface HttpCallOptions {
  readonly isModern: boolean;
  /** Sent as `MCP-Protocol-Version`; null on `initialize`, which negotiates it. */
  readonly protocolVersion: string | null;
  readonly sessionId: string | null;
  readonly timeoutMs: number;
  readonly recognise: Recognise | null;
  readonly isCredentialSent: boolean;
}

const RESUMES_MAX = 3;
const RETRY_MS_DEFAULT = 1_000;
const RETRY_MS_MAX = 5_000;
const PONGS_MAX = 5;

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
      stream = isEventStream(head) ? openAnswerStream(run, call, options) : null;
      return stream?.reader ?? null;
    },
  });
  const opened = stream as AnswerStream | null;
  if (opened !== null && (result.kind === "replied" || result.outcome.kind === "truncated")) {
    return takeUp(run, options, opened, result, deadlineMs);
  }
  return result.kind === "replied"
    ? readBody(run, call, result, options.recognise)
    : { kind: "failed", outcome: result.outcome };
}

function isEventStream(head: ReplyHead): boolean {
  return head.status >= 200 && head.status < 300 && head.contentType === "text/event-stream";
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
  } else if (options.protocolVersion !== null) {
    headers.push("mcp-protocol-version", options.protocolVersion);
  }
  if (options.sessionId !== null) {
    headers.push("mcp-session-id", options.sessionId);
  }
  return headers;
}

/** Plain ASCII goes as it is, all else wrapped (MCP 2026-07-28, Streamable HTTP, header encoding). */
export function headerValue(text: string): string {
  const isPlain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith("=?base64?");
  return isPlain ? text : `=?base64?${Buffer.from(text).toString("base64")}?=`;
}

function readBody(run: ProbeRun, call: RpcCall, reply: ExchangeReply, recognise: Recognise | null): RpcReply {
  const { head, body } = reply;
  if (head.status < 200 || head.status >= 300) {
    return readRefusal(run, call.id, reply);
  }
  if (body.length === 0) {
    return failed({ kind: "not-json-rpc", detail: "empty_reply" });
  }
  keepEvidence(run, body.toString("latin1", 0, 2_000));
  if (head.contentType !== "application/json") {
    return failed({ kind: "not-json-rpc", detail: wrongTypeDetail(run, call, reply) });
  }
  const reading = readRpcText(run, body, call.id, recognise);
  return reading.kind === "nothing"
    ? failed(
        reading.hasWrongId
          ? { kind: "handshake-invalid", detail: "id_mismatch" }
          : { kind: "not-json-rpc", detail: "not_mcp" },
      )
    : replyOf(reading, body, head, reply.sentMs, reply.endMs);
}

/** Right JSON under the wrong name is another fault than a web page: official clients fail on both. */
function wrongTypeDetail(
  run: ProbeRun,
  call: RpcCall,
  { head, body }: ExchangeReply,
): "not_mcp" | "bad_content_type" {
  const reading = body[0] === 0x7b ? readRpcText(run, body, call.id, null) : null;
  const isMcp = reading?.kind === "answer" || reading?.kind === "nothing";
  return isMcp || head.contentType !== "text/html" ? "bad_content_type" : "not_mcp";
}

interface AnswerStream {
  readonly reader: BodyReader;
  parser: SseParser;
  answer: { readonly reading: Extract<Reading, { kind: "answer" | "known" }>; readonly raw: string } | null;
  fault: ProbeOutcome | null;
}

function openAnswerStream(run: ProbeRun, call: RpcCall, options: HttpCallOptions): AnswerStream {
  const stream: AnswerStream = {
    reader: {
      push: (chunk) => {
        stream.parser.push(chunk);
        return stream.answer === null ? "more" : "done";
      },
    },
    parser: createSseParser(onEvent),
    answer: null,
    fault: null,
  };
  function onEvent({ data }: { readonly data: string }): boolean {
    const reading = readRpcText(run, data, call.id, options.recognise);
    if (reading.kind === "answer" || reading.kind === "known") {
      stream.answer = { reading, raw: data };
      return false;
    }
    if (reading.kind === "failed") {
      stream.fault ??= reading.outcome;
      keepEvidence(run, data);
    } else {
      stream.fault ??= reading.hasWrongId ? { kind: "handshake-invalid", detail: "id_mismatch" } : null;
      for (const id of options.isModern ? [] : reading.pings) {
        sendPong(run, id, options);
      }
    }
    return true;
  }
  return stream;
}

/** Answers a server's `ping` beside the open stream; nobody waits for what comes back. */
function sendPong(run: ProbeRun, id: string | number, options: HttpCallOptions): void {
  run.pongs += 1;
  if (run.pongs > PONGS_MAX) {
    return;
  }
  const body = pongBody(id);
  const call: RpcCall = { method: "", id: 0, name: null, body, paramHeaders: [] };
  void askEndpoint(run, {
    url: run.url,
    method: "POST",
    headers: headersOf(run, call, options),
    body,
    timeoutMs: REQUEST_TIMEOUT_MS,
    lane: "pong",
    readBody: null,
  });
}

/** Ends with the stream's answer, resuming the stream a bounded number of times when it said how. */
async function takeUp(
  run: ProbeRun,
  options: HttpCallOptions,
  stream: AnswerStream,
  first: ExchangeResult,
  deadlineMs: number,
): Promise<RpcReply> {
  const sentMs = first.kind === "replied" ? first.sentMs : performance.now();
  let last = first;
  for (let resumes = 0; stream.answer === null && resumes < RESUMES_MAX; resumes += 1) {
    const eventId = stream.parser.lastEventId();
    const waitMs = Math.min(stream.parser.retryMs() ?? RETRY_MS_DEFAULT, RETRY_MS_MAX);
    const leftMs = deadlineMs - performance.now() - waitMs;
    if (
      options.isModern ||
      eventId === null ||
      eventId === "" ||
      leftMs <= 0 ||
      !(await pause(run.scope, waitMs))
    ) {
      break;
    }
    last = await resume(run, options, stream, eventId, leftMs);
    if (last.kind === "failed" ? last.outcome.kind !== "truncated" : !isEventStream(last.head)) {
      break;
    }
  }
  const endMs = last.kind === "replied" ? last.endMs : performance.now();
  if (stream.answer !== null && first.head !== null) {
    return replyOf(stream.answer.reading, stream.answer.raw, first.head, sentMs, endMs);
  }
  if (last.kind === "failed" && last.outcome.kind !== "truncated") {
    return failed(last.outcome);
  }
  return failed(stream.fault ?? { kind: "not-json-rpc", detail: "sse_no_response" });
}

function resume(
  run: ProbeRun,
  options: HttpCallOptions,
  stream: AnswerStream,
  eventId: string,
  timeoutMs: number,
): Promise<ExchangeResult> {
  const headers = baseHeaders(run, options.isCredentialSent);
  headers.push("accept", "text/event-stream", "last-event-id", eventId);
  if (options.protocolVersion !== null) {
    headers.push("mcp-protocol-version", options.protocolVersion);
  }
  if (options.sessionId !== null) {
    headers.push("mcp-session-id", options.sessionId);
  }
  stream.parser = stream.parser.reopened();
  return askEndpoint(run, {
    url: run.url,
    method: "GET",
    headers,
    body: null,
    timeoutMs,
    lane: "main",
    readBody: (head) => (isEventStream(head) ? stream.reader : null),
  });
}

function replyOf(
  reading: Extract<Reading, { kind: "answer" | "known" | "failed" }>,
  raw: Buffer | string,
  head: ReplyHead,
  sentMs: number,
  endMs: number,
): RpcReply {
  switch (reading.kind) {
    case "failed":
      return reading;
    case "known":
      return { kind: "known", list: reading.list, head, sentMs, endMs };
    case "answer":
      return reading.answer.kind === "error"
        ? { ...reading.answer, head }
        : { kind: "result", result: reading.answer.result, raw, head, sentMs, endMs };
  }
}

function failed(outcome: ProbeOutcome): RpcReply {
  return { kind: "failed", outcome };
}
