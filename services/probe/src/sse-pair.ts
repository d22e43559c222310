/**
 * The old pair of HTTP+SSE (2024-11-05): a GET opens the event stream, its first event names where to POST, answers
 * arrive on the stream. The named URL must be of the same origin, else an endpoint could send us anywhere.
 */
import type { ProbeOutcome } from "@alivemcp/core/probe-outcome";
import type { BodyReader } from "./body-sink.ts";
import type { ExchangeResult } from "./exchange.ts";
import type { ReplyHead } from "./exchange-scope.ts";
import { pongBody, type RpcCall } from "./mcp-messages.ts";
import {
  askEndpoint,
  BODY_BYTES_MAX,
  baseHeaders,
  keepEvidence,
  leftMs,
  type ProbeRun,
  REQUEST_TIMEOUT_MS,
  type SsePair,
} from "./probe-run.ts";
import { readRefusal } from "./read-refusal.ts";
import { type Recognise, type RpcReply, readRpcText, replyOf } from "./rpc.ts";
import { createSseParser, type SseEvent } from "./sse-parser.ts";

/** Streamable HTTP servers may answer a GET with a stream that stays silent; the endpoint event is due at once. */
const ENDPOINT_EVENT_MS = 5_000;
const EVENTS_KEPT_MAX = 1_000;
/** Of the whole stream; one event may be as large as any body. */
const STREAM_BYTES_MAX = 16 * 1024 * 1024;
const PONGS_MAX = 5;

/** Opens the stream and waits for the endpoint event; null when the pair is open on the run. */
export async function openSsePair(
  run: ProbeRun,
): Promise<Extract<RpcReply, { kind: "status" | "failed" }> | null> {
  const pair: SsePair = { postUrl: null, head: null, events: [], isOversized: false, end: null, wake: null };
  const headers = baseHeaders(run);
  headers.push("accept", "text/event-stream");
  void askEndpoint(
    run,
    {
      url: run.url,
      method: "GET",
      headers,
      body: null,
      timeoutMs: Math.max(1, leftMs(run)),
      lane: "stream",
      readBody: (head) => {
        pair.head = head;
        return isEventStream(head) ? openReader(pair) : null;
      },
    },
    STREAM_BYTES_MAX,
  ).then((end) => {
    pair.end = end;
    pair.wake?.();
  });
  const deadlineMs = performance.now() + REQUEST_TIMEOUT_MS;
  let eventDeadlineMs = deadlineMs;
  for (;;) {
    const event = pair.events.shift();
    if (event?.event === "endpoint") {
      return acceptEndpoint(run, pair, event.data);
    }
    if (event !== undefined) {
      continue;
    }
    if (pair.end !== null) {
      return unopened(pair.end);
    }
    if (pair.head !== null && eventDeadlineMs === deadlineMs) {
      eventDeadlineMs = Math.min(deadlineMs, performance.now() + ENDPOINT_EVENT_MS);
    }
    if (!(await arrival(run, pair, eventDeadlineMs))) {
      return failed(
        pair.head === null
          ? { kind: "timed-out", detail: "first_byte_timeout" }
          : { kind: "not-json-rpc", detail: "sse_no_endpoint" },
      );
    }
  }
}

function isEventStream(head: ReplyHead): boolean {
  return head.status === 200 && head.contentType === "text/event-stream";
}

function openReader(pair: SsePair): BodyReader {
  let bytesSinceEvent = 0;
  const parser = createSseParser((event) => {
    bytesSinceEvent = 0;
    pair.events.push(event);
    return pair.events.length < EVENTS_KEPT_MAX;
  });
  pair.wake?.();
  return {
    push: (chunk) => {
      bytesSinceEvent += chunk.length;
      parser.push(chunk);
      pair.isOversized = bytesSinceEvent > BODY_BYTES_MAX || pair.events.length >= EVENTS_KEPT_MAX;
      pair.wake?.();
      return pair.isOversized ? "done" : "more";
    },
  };
}

function acceptEndpoint(
  run: ProbeRun,
  pair: SsePair,
  data: string,
): Extract<RpcReply, { kind: "failed" }> | null {
  if (data.length > 4_096 || !URL.canParse(data, run.url.href)) {
    keepEvidence(run, data);
    return failed({ kind: "not-json-rpc", detail: "sse_endpoint_invalid" });
  }
  const url = new URL(data, run.url);
  if (url.origin !== run.url.origin || url.username !== "" || url.password !== "") {
    keepEvidence(run, data);
    return failed({ kind: "not-json-rpc", detail: "sse_endpoint_cross_origin" });
  }
  pair.postUrl = url;
  run.pair = pair;
  return null;
}

/** The GET ended without an endpoint event: refused, or no event stream at all. */
function unopened(end: ExchangeResult): Extract<RpcReply, { kind: "status" | "failed" }> {
  if (end.kind === "failed") {
    return failed(end.outcome);
  }
  if (end.head.status < 200 || end.head.status >= 300) {
    return { kind: "status", head: end.head };
  }
  const isHtml = end.head.contentType === "text/html";
  return failed({
    kind: "not-json-rpc",
    detail: isEventStream(end.head) ? "sse_no_endpoint" : isHtml ? "not_mcp" : "bad_content_type",
  });
}

/** Sends a request and waits for its answer on the stream. Never rejects. */
export async function callSse(
  run: ProbeRun,
  request: RpcCall,
  timeoutMs: number,
  recognise: Recognise | null,
): Promise<RpcReply> {
  const { pair } = run;
  if (pair?.postUrl == null || pair.head === null) {
    return failed({ kind: "not-json-rpc", detail: "sse_no_endpoint" });
  }
  let sentMs = performance.now();
  const deadlineMs = sentMs + timeoutMs;
  let refusal: RpcReply | null = null;
  void post(run, pair, request.body, timeoutMs, "main", (atMs) => {
    sentMs = atMs;
  }).then((told) => {
    refusal =
      told.kind === "failed"
        ? failed(told.outcome)
        : told.head.status >= 300
          ? readRefusal(run, request.id, told)
          : null;
    pair.wake?.();
  });
  for (;;) {
    const reply = readArrived(run, pair, request, recognise, sentMs) ?? refusal ?? streamEnd(pair);
    if (reply !== null) {
      return reply;
    }
    if (!(await arrival(run, pair, deadlineMs))) {
      return failed({ kind: "timed-out", detail: "first_byte_timeout" });
    }
  }
}

/** The answer among what arrived so far; everything before it is read and gone. */
function readArrived(
  run: ProbeRun,
  pair: SsePair,
  request: RpcCall,
  recognise: Recognise | null,
  sentMs: number,
): RpcReply | null {
  for (let event = pair.events.shift(); event !== undefined; event = pair.events.shift()) {
    const reply = readEvent(run, pair, request, event, recognise, sentMs);
    if (reply !== null) {
      return reply;
    }
  }
  return null;
}

/** Why nothing more will arrive; null while the stream is open. */
function streamEnd({ isOversized, end }: SsePair): RpcReply | null {
  if (isOversized) {
    return failed({ kind: "too-large", detail: "response_too_large" });
  }
  if (end === null) {
    return null;
  }
  return failed(end.kind === "failed" ? end.outcome : { kind: "not-json-rpc", detail: "sse_no_response" });
}

/** A notification: whether the POST was accepted. */
export async function notifySse(run: ProbeRun, request: RpcCall): Promise<RpcReply> {
  const { pair } = run;
  if (pair?.postUrl == null) {
    return failed({ kind: "not-json-rpc", detail: "sse_no_endpoint" });
  }
  const told = await post(run, pair, request.body, REQUEST_TIMEOUT_MS, "main", () => {});
  if (told.kind === "failed") {
    return failed(told.outcome);
  }
  return told.head.status < 300
    ? failed({ kind: "not-json-rpc", detail: "empty_reply" })
    : readRefusal(run, request.id, told);
}

function readEvent(
  run: ProbeRun,
  pair: SsePair,
  request: RpcCall,
  event: SseEvent,
  recognise: Recognise | null,
  sentMs: number,
): RpcReply | null {
  if (event.event !== "message" || pair.head === null) {
    return null;
  }
  const reading = readRpcText(run, event.data, request.id, recognise);
  const endMs = performance.now();
  const { head } = pair;
  switch (reading.kind) {
    case "known":
      return replyOf(reading, { raw: event.data, head, sentMs, endMs });
    case "failed":
      keepEvidence(run, event.data);
      return reading;
    case "nothing":
      for (const id of reading.pings) {
        answerPing(run, pair, id);
      }
      return null;
    case "answer":
      return replyOf(reading, { raw: event.data, head, sentMs, endMs });
  }
}

function answerPing(run: ProbeRun, pair: SsePair, id: string | number): void {
  run.pongs += 1;
  if (run.pongs <= PONGS_MAX) {
    void post(run, pair, pongBody(id), REQUEST_TIMEOUT_MS, "pong", () => {});
  }
}

function post(
  run: ProbeRun,
  pair: SsePair,
  body: Buffer,
  timeoutMs: number,
  lane: string,
  onSent: (atMs: number) => void,
): Promise<ExchangeResult> {
  const headers = baseHeaders(run);
  headers.push("content-type", "application/json", "accept", "application/json, text/event-stream");
  if (run.wire !== null) {
    headers.push("mcp-protocol-version", run.wire.protocolVersion);
  }
  return askEndpoint(run, {
    url: pair.postUrl ?? run.url,
    method: "POST",
    headers,
    body,
    timeoutMs,
    lane,
    readBody: null,
    onSent,
  });
}

/** True when something happened on the pair before the deadline. */
function arrival(run: ProbeRun, pair: SsePair, deadlineMs: number): Promise<boolean> {
  const ms = Math.min(deadlineMs, run.deadlineMs + 50) - performance.now();
  if (ms <= 0) {
    return Promise.resolve(false);
  }
  return new Promise((resolve) => {
    const settle = (hasArrived: boolean) => {
      clearTimeout(timer);
      pair.wake = null;
      resolve(hasArrived);
    };
    const timer = setTimeout(() => settle(false), ms);
    pair.wake = () => settle(true);
  });
}

function failed(outcome: ProbeOutcome): Extract<RpcReply, { kind: "failed" }> {
  return { kind: "failed", outcome };
}
